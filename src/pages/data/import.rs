//! `/account/data/import`: bring along what another provider wrote down.
//!
//! # The forms
//! The file is posted to `/account/data/import` as `multipart/form-data`, with
//! fields `csrf` and `file`. What it would change is then shown at
//! `/account/data/import/{id}`, whose form has fields `csrf`, `revision` (that of
//! the vault that the page showed), one by the name of each
//! [`Item`] that is taken over (`on`), `records`
//! (`on`), and `answer` (`take` or `discard`).

mod beside;
mod upload;

use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::super::confirm::in_form;
use super::super::overview::Done;
use super::super::way::see_other;
use super::archive::Summary;
use crate::app::App;
use crate::domain::id::ImportId;
use crate::domain::import::{BadImport, Item, MAX_FILE, Stand};
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};
use crate::service;
use crate::service::imports::{
    ImportError, TakeError, Taking, Waiting, arriving, begin, discard, take, waiting,
};
use crate::service::sessions::open_vault;
use crate::web::error_page::Fault;
use crate::web::form::ConsumerForm;
use crate::web::fresh::FreshConsumer;
use crate::web::page::{Section, Shell, respond};
use crate::web::params::Params;
use crate::web::visitor::Consumer;
use beside::Beside;
use upload::{Unread, read};

/// The largest form with such a file: the file, and what is around it.
pub const MAX_FORM: usize = MAX_FILE + 16 * 1024;

/// The page that takes a file.
#[derive(Clone, Template)]
#[template(path = "import.html")]
pub struct ImportPage {
    /// Around it.
    pub shell: Shell,
    /// Why the last file was not taken, and what to do about that.
    pub refused: Option<(String, String)>,
}

/// The page that shows what a file would change.
#[derive(Clone, Template)]
#[template(path = "import_preview.html")]
pub struct PreviewPage {
    /// Around it.
    pub shell: Shell,
    /// Which import.
    pub id: ImportId,
    /// Of the vault that the page shows; comes back as `revision`.
    pub revision: i64,
    /// What to say about what was just done.
    pub done: Option<Done>,
    /// What there is to take over, in groups that have something.
    pub groups: Vec<Group>,
    /// How many items are here already.
    pub same: usize,
    /// What cannot be taken over, in words.
    pub unusable: Vec<String>,
    /// The records, provider by provider.
    pub records: Vec<Summary>,
    /// Until when taking anything over closes what is closed to minors.
    pub closes_until: Option<Timestamp>,
    /// Whether the same records were taken over before.
    pub is_kept: bool,
}

/// Items of one kind.
#[derive(Clone)]
pub struct Group {
    /// The word for it in ids.
    pub name: &'static str,
    /// What they are called.
    pub title: String,
    /// Each of them.
    pub rows: Vec<Row>,
}

/// An item that can be taken over.
#[derive(Clone)]
pub struct Row {
    /// Its name in the form.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// What there is here, if there is something.
    pub here: Option<String>,
    /// What came along.
    pub there: String,
    /// Whether it is ticked: what replaces something is not.
    pub ticked: bool,
    /// Until when taking it over closes what is closed to minors.
    pub closes_until: Option<Timestamp>,
}

/// `GET /account/data/import`
pub async fn show(FreshConsumer(consumer): FreshConsumer) -> Response {
    respond(StatusCode::OK, &form(&consumer, None))
}

fn form(consumer: &Consumer, refused: Option<(String, String)>) -> ImportPage {
    ImportPage {
        shell: consumer.shell(Some(Section::Profiles)),
        refused,
    }
}

/// `POST /account/data/import`
pub async fn submit(
    State(app): State<App>,
    FreshConsumer(consumer): FreshConsumer,
    request: Request,
) -> Response {
    // Before the file is let in: whoever waits for a turn fills no memory.
    let _turn = match arriving(consumer.signed_in.account.id, consumer.visitor.network).await {
        Ok(turn) => turn,
        Err(fault) => return consumer.fault(&fault),
    };
    let (csrf, file) = match read(&app, request).await {
        Ok(fields) => fields,
        Err(Unread::Fault(fault)) => return consumer.error(fault),
        Err(Unread::TooSlow) => {
            let texts = consumer.visitor.texts();
            let (what, then) = (t!(texts, "import-slow"), t!(texts, "import-slow-then"));
            return refuse_for(&consumer, what, then);
        }
    };
    if !consumer.accepts_csrf(&csrf) {
        return consumer.error(Fault::Forged);
    }
    match begin(&app, &consumer.signed_in, file).await {
        Ok(id) => see_other(&format!("/account/data/import/{id}")),
        Err(error) => refuse(&consumer, error),
    }
}

/// Says why nothing comes along.
pub(super) fn refuse(consumer: &Consumer, error: ImportError) -> Response {
    let texts = consumer.visitor.texts();
    let refused = match error {
        ImportError::Bad(bad) => why(bad, texts),
        ImportError::TooMany => (t!(texts, "import-many"), t!(texts, "import-many-then")),
        ImportError::NoRoom {
            beside_others: true,
        } => (t!(texts, "import-full"), t!(texts, "import-full-then")),
        ImportError::NoRoom {
            beside_others: false,
        } => (
            t!(texts, "import-full-alone"),
            t!(texts, "import-full-alone-then"),
        ),
        ImportError::Fault(fault) => return consumer.fault(&fault),
    };
    let (what, then) = refused;
    refuse_for(consumer, what, then)
}

/// Says why nothing comes along, and what to do about it.
pub(super) fn refuse_for(consumer: &Consumer, what: String, then: String) -> Response {
    respond(
        StatusCode::UNPROCESSABLE_ENTITY,
        &form(consumer, Some((what, then))),
    )
}

/// What is wrong with a file, and what to do about it.
fn why(bad: BadImport, texts: Texts) -> (String, String) {
    match bad {
        BadImport::TooLarge | BadImport::TooMany(_) => {
            (t!(texts, "import-large"), t!(texts, "import-large-then"))
        }
        BadImport::NotAnExport => (t!(texts, "import-other"), t!(texts, "import-other-then")),
        BadImport::Newer { .. } => (t!(texts, "import-newer"), t!(texts, "import-newer-then")),
        BadImport::Malformed { line, column } => (
            t!(texts, "import-broken", line = line, column = column),
            t!(texts, "import-broken-then"),
        ),
        BadImport::Text(_) => (t!(texts, "import-text"), t!(texts, "import-broken-then")),
        BadImport::Closed => (t!(texts, "import-closed"), t!(texts, "import-broken-then")),
        BadImport::Future => (t!(texts, "import-future"), t!(texts, "import-future-then")),
    }
}

/// `GET /account/data/import/{id}`
pub async fn preview(consumer: Consumer, Path(id): Path<String>) -> Response {
    match find(&consumer, &id).await {
        Ok(Some(waits)) => respond(StatusCode::OK, &page(&consumer, &waits, None)),
        Ok(None) => consumer.error(Fault::Expired),
        Err(fault) => consumer.fault(&fault),
    }
}

async fn find(consumer: &Consumer, id: &str) -> Result<Option<Waiting>, service::Fault> {
    match id.parse() {
        Ok(id) => {
            let app = &consumer.visitor.app;
            waiting(app, &consumer.signed_in, &consumer.vault, id).await
        }
        Err(_) => Ok(None),
    }
}

fn page(consumer: &Consumer, waits: &Waiting, done: Option<Done>) -> PreviewPage {
    let texts = consumer.visitor.texts();
    PreviewPage {
        shell: consumer.shell(Some(Section::Profiles)),
        revision: consumer.vault.revision,
        done,
        groups: groups(consumer, waits),
        same: waits
            .items
            .iter()
            .filter(|(item, stand)| *stand == Stand::Same && matches!(item, Item::Attribute(_)))
            .count(),
        unusable: waits
            .head
            .unusable
            .iter()
            .map(|claim| texts.claim(claim))
            .collect(),
        records: waits
            .head
            .archives
            .iter()
            .map(|head| Summary::of(head, texts))
            .collect(),
        closes_until: waits.closes_until,
        is_kept: waits.is_kept,
        id: waits.id,
    }
}

fn groups(consumer: &Consumer, waits: &Waiting) -> Vec<Group> {
    let texts = consumer.visitor.texts();
    let beside = Beside {
        own: &consumer.vault.contents,
        theirs: &waits.contents,
        consumer,
        texts,
    };
    let rows = |of_kind: fn(&Item) -> bool| -> Vec<Row> {
        let items = waits.items.iter().filter(|(item, _)| of_kind(item));
        items
            .filter_map(|(item, stand)| beside.row(*item, *stand))
            .collect()
    };
    let all = [
        Group {
            name: "attributes",
            title: t!(texts, "preview-attributes"),
            rows: rows(|item| matches!(item, Item::Attribute(_))),
        },
        Group {
            name: "profiles",
            title: t!(texts, "preview-profiles"),
            rows: rows(|item| !matches!(item, Item::Attribute(_) | Item::Rule(_))),
        },
        Group {
            name: "rules",
            title: t!(texts, "preview-rules"),
            rows: rows(|item| matches!(item, Item::Rule(_))),
        },
    ];
    all.into_iter()
        .filter(|group| !group.rows.is_empty())
        .collect()
}

/// `POST /account/data/import/{id}`
pub async fn answer(Path(id): Path<String>, form: ConsumerForm) -> Response {
    let ConsumerForm {
        mut consumer,
        params,
    } = form;
    let Ok(id) = id.parse::<ImportId>() else {
        return consumer.error(Fault::Expired);
    };
    let confirmed = match in_form(&mut consumer, &params).await {
        Ok(confirmed) => confirmed,
        Err(page) => return page,
    };
    let response = match params.get("answer") {
        Some("discard") => match discard(&consumer.visitor.app, &consumer.signed_in, id).await {
            Ok(()) => see_other("/account/data"),
            Err(fault) => consumer.fault(&fault),
        },
        Some("take") => take_over(&mut consumer, id, &params).await,
        _ => consumer.error(Fault::Malformed),
    };
    confirmed.answer(response)
}

async fn take_over(consumer: &mut Consumer, id: ImportId, params: &Params) -> Response {
    let Some(revision) = params.get("revision").and_then(|text| text.parse().ok()) else {
        return consumer.error(Fault::Malformed);
    };
    let on = params.iter().filter(|(_, value)| *value == "on");
    let taking = Taking {
        revision,
        items: on.filter_map(|(name, _)| name.parse().ok()).collect(),
        with_records: params.get("records") == Some("on"),
    };
    let app = consumer.visitor.app.clone();
    match take(&app, &consumer.signed_in, id, &taking).await {
        Ok(()) => see_other(&Done::Saved.told_at("/account/data")),
        Err(TakeError::Gone) => consumer.error(Fault::Expired),
        Err(TakeError::Stale) => {
            match open_vault(&app, &consumer.signed_in).await {
                Ok(vault) => consumer.vault = vault,
                Err(fault) => return consumer.fault(&fault),
            }
            match find(consumer, &id.to_string()).await {
                Ok(Some(waits)) => {
                    let page = page(consumer, &waits, Some(Done::Stale));
                    respond(StatusCode::CONFLICT, &page)
                }
                Ok(None) => consumer.error(Fault::Expired),
                Err(fault) => consumer.fault(&fault),
            }
        }
        Err(TakeError::Fault(fault)) => consumer.fault(&fault),
    }
}
