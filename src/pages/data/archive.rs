//! `/account/data/archive/{id}`: what came of an account at another provider.
//! It is there to be read and to be taken along: nothing follows from it here.
//!
//! # The form
//! Posted to the same path; field `csrf`. It throws the records away.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::overview::Done;
use super::super::way::see_other;
use crate::domain::export::ExportedGrant;
use crate::domain::grant::GrantState;
use crate::domain::id::ImportId;
use crate::domain::import::{ArchiveHead, Flaw, FlawKind, KeysFrom};
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};
use crate::service;
use crate::service::imports::{KeptImport, find_kept, grants_of, remove};
use crate::web::error_page::Fault;
use crate::web::fresh::FreshForm;
use crate::web::page::{Section, Shell, respond};
use crate::web::visitor::Consumer;

/// How many agreements of a provider are shown.
const SHOWN: usize = 200;

/// The page.
#[derive(Clone, Template)]
#[template(path = "archive.html")]
pub struct ArchivePage {
    /// Around it.
    pub shell: Shell,
    /// Which.
    pub id: ImportId,
    /// When it came along.
    pub came_at: Timestamp,
    /// What came of the account at each provider.
    pub parts: Vec<Part>,
}

/// What came of an account at one provider.
#[derive(Clone)]
pub struct Part {
    /// What is to be said of it.
    pub summary: Summary,
    /// The agreements.
    pub agreements: Vec<Agreement>,
    /// Whether there are more of them than are shown.
    pub more: bool,
}

/// What is to be said of records.
#[derive(Clone)]
pub struct Summary {
    /// Which provider.
    pub provider: String,
    /// When it wrote them down.
    pub written_at: Timestamp,
    /// How much there is, in words.
    pub counts: Vec<String>,
    /// Whether the receipts hold against the keys that the provider publishes.
    pub by_provider: bool,
    /// How many receipts hold.
    pub receipts: usize,
    /// What is wrong with others, in words.
    pub flaws: Vec<String>,
}

/// An agreement elsewhere.
#[derive(Clone)]
pub struct Agreement {
    /// With whom.
    pub business: String,
    /// How it stood.
    pub state: GrantState,
    /// Since when.
    pub since: Timestamp,
    /// What it was about, in words.
    pub claims: String,
    /// What for.
    pub purposes: Vec<String>,
    /// How many receipts there are of it.
    pub receipts: usize,
}

impl Summary {
    /// Of what came along.
    #[must_use]
    pub fn of(head: &ArchiveHead, texts: Texts) -> Self {
        let counts = &head.counts;
        let newest = (!head.origin.reads_complete).then(|| t!(texts, "archive-reads-newest"));
        let lines = [
            Some(t!(texts, "archive-grants", count = counts.grants)),
            Some(t!(texts, "archive-receipts", count = counts.receipts)),
            Some(t!(texts, "archive-reads", count = counts.reads)),
            newest,
            Some(t!(texts, "archive-duties", count = counts.duties)),
            Some(t!(texts, "archive-requests", count = counts.requests)),
        ];
        Self {
            provider: head.origin.provider.clone(),
            written_at: head.origin.exported_at.0,
            counts: lines.into_iter().flatten().collect(),
            by_provider: head.keys_from == KeysFrom::Provider,
            receipts: counts.receipts,
            flaws: head.flaws.iter().map(|flaw| told(flaw, texts)).collect(),
        }
    }
}

fn told(flaw: &Flaw, texts: Texts) -> String {
    let (business, number) = (flaw.business.as_str(), flaw.number);
    match flaw.why {
        FlawKind::Tampered => t!(texts, "flaw-tampered", business = business, number = number),
        FlawKind::NotTheirs => t!(
            texts,
            "flaw-not-theirs",
            business = business,
            number = number
        ),
        FlawKind::Misplaced => t!(
            texts,
            "flaw-misplaced",
            business = business,
            number = number
        ),
        FlawKind::Gap => t!(texts, "flaw-gap", business = business, number = number),
    }
}

impl Agreement {
    fn of(grant: &ExportedGrant, texts: Texts) -> Self {
        let claims = grant.purposes.iter().map(|one| one.claims);
        let claims = claims.fold(enumset::EnumSet::empty(), |all, one| all | one);
        Self {
            business: grant.business.clone(),
            state: grant.state,
            since: grant.created_at.0,
            claims: texts.claims(claims),
            purposes: grant
                .purposes
                .iter()
                .map(|purpose| match &purpose.title {
                    Some(title) => title.get(texts.language()).to_owned(),
                    None => purpose.id.to_string(),
                })
                .collect(),
            receipts: grant.receipts.len(),
        }
    }
}

/// `GET /account/data/archive/{id}`
pub async fn show(consumer: Consumer, Path(id): Path<String>) -> Response {
    match find(&consumer, &id).await {
        Ok(Some(kept)) => match page(&consumer, &kept).await {
            Ok(page) => respond(StatusCode::OK, &page),
            Err(fault) => consumer.fault(&fault),
        },
        Ok(None) => consumer.error(Fault::NotFound),
        Err(fault) => consumer.fault(&fault),
    }
}

async fn find(consumer: &Consumer, id: &str) -> Result<Option<KeptImport>, service::Fault> {
    let Ok(id) = id.parse::<ImportId>() else {
        return Ok(None);
    };
    find_kept(&consumer.visitor.app, &consumer.signed_in, id).await
}

async fn page(consumer: &Consumer, kept: &KeptImport) -> Result<ArchivePage, service::Fault> {
    let (app, texts) = (&consumer.visitor.app, consumer.visitor.texts());
    let grants = grants_of(app, &consumer.signed_in, kept, SHOWN).await?;
    let heads = kept.head.archives.iter().zip(grants);
    let parts = heads.map(|(head, grants)| Part {
        summary: Summary::of(head, texts),
        agreements: grants.iter().map(|one| Agreement::of(one, texts)).collect(),
        more: head.counts.grants > grants.len(),
    });
    Ok(ArchivePage {
        shell: consumer.shell(Some(Section::Profiles)),
        id: kept.id,
        came_at: kept.kept_at.0,
        parts: parts.collect(),
    })
}

/// `POST /account/data/archive/{id}`
pub async fn throw_away(Path(id): Path<String>, form: FreshForm) -> Response {
    let consumer = form.consumer;
    let Ok(id) = id.parse::<ImportId>() else {
        return consumer.error(Fault::NotFound);
    };
    match remove(&consumer.visitor.app, &consumer.signed_in, id).await {
        Ok(true) => see_other(&Done::Saved.told_at("/account/data")),
        Ok(false) => consumer.error(Fault::NotFound),
        Err(fault) => consumer.fault(&fault),
    }
}
