//! `/account/businesses/{grant_id}` and what can be done there.

use axum::extract::{Path, RawQuery};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::GrantPage;
use super::assembly::{offered, page};
use super::confirmation::{ConfirmationPage, differences};
use super::wish::Wish;
use crate::domain::grant::GrantState;
use crate::domain::id::GrantId;
use crate::domain::negotiation::{Choice, Terms, Unmet};
use crate::domain::receipt::Hash;
use crate::domain::tier::Tier;
use crate::i18n::{Texts, t};
use crate::pages::asker::asker;
use crate::pages::businesses;
use crate::pages::confirm::in_form_if;
use crate::pages::overview::Done;
use crate::pages::way::see_other;
use crate::service::grants::{self, GrantView, MoveError, Request, fingerprint};
use crate::service::receipts::chain_file;
use crate::web::error_page::Fault;
use crate::web::form::ConsumerForm;
use crate::web::page::{Section, Shell, respond};
use crate::web::params::Params;
use crate::web::visitor::Consumer;

/// `GET /account/businesses/{grant_id}`
pub async fn show(
    consumer: Consumer,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let view = match find(&consumer, &id).await {
        Ok(view) => view,
        Err(page) => return page,
    };
    let state = view.grant.state_at(consumer.visitor.app.now());
    let done = Done::of_query(query.as_deref()).filter(|done| fits(*done, state));
    present(&consumer, &view, StatusCode::OK, |page| GrantPage {
        done,
        ..page
    })
    .await
}

/// Whether a grant in this state may be said to have been treated like this.
fn fits(done: Done, state: GrantState) -> bool {
    match done {
        Done::Saved | Done::Narrowed | Done::Resumed | Done::Renewed | Done::Kept => {
            state == GrantState::Active
        }
        Done::Paused | Done::Restricted => state == GrantState::Paused,
        Done::Withdrawn => state == GrantState::Withdrawn,
        Done::Stopped => !state.is_over(),
        Done::Asked | Done::Objected => true,
        Done::Welcome | Done::Stale => false,
    }
}

/// A grant of this consumer. Somebody else's is as unknown as none at all.
async fn find(consumer: &Consumer, id: &str) -> Result<GrantView, Response> {
    let Ok(id) = id.parse::<GrantId>() else {
        return Err(consumer.error(Fault::NotFound));
    };
    match grants::one(&consumer.visitor.app, &consumer.signed_in, id).await {
        Ok(Some(view)) => Ok(view),
        Ok(None) => Err(consumer.error(Fault::NotFound)),
        Err(fault) => Err(consumer.fault(&fault)),
    }
}

async fn present(
    consumer: &Consumer,
    view: &GrantView,
    status: StatusCode,
    adapt: impl FnOnce(GrantPage) -> GrantPage,
) -> Response {
    match page(consumer, view).await {
        Ok(page) => respond(status, &adapt(page)),
        Err(fault) => consumer.fault(&fault),
    }
}

/// `GET` of a path that only takes forms: after a change of language or a
/// reload it leads to the page.
pub async fn to_page(Path(id): Path<String>) -> Response {
    id.parse::<GrantId>().map_or_else(
        |_| see_other("/account/businesses"),
        |id| see_other(&format!("/account/businesses/{id}")),
    )
}

/// `GET /account/businesses/{grant_id}/receipts`: the chain as a file.
pub async fn receipts(consumer: Consumer, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse::<GrantId>() else {
        return consumer.error(Fault::NotFound);
    };
    let app = &consumer.visitor.app;
    match chain_file(app, consumer.signed_in.account.id, id).await {
        Ok(Some(file)) => {
            let disposition = format!("attachment; filename=\"sluis-receipts-{id}.txt\"");
            let mut response = file.into_response();
            if let Ok(disposition) = HeaderValue::from_str(&disposition) {
                response
                    .headers_mut()
                    .insert(header::CONTENT_DISPOSITION, disposition);
            }
            response
        }
        Ok(None) => consumer.error(Fault::NotFound),
        Err(fault) => consumer.fault(&fault),
    }
}

/// `POST /account/businesses/{grant_id}/withdraw`: one press, from any page
/// of this grant, however old.
pub async fn withdraw(Path(id): Path<String>, form: ConsumerForm) -> Response {
    simple(&id, form, Request::Withdraw, Done::Withdrawn).await
}

/// `POST /account/businesses/{grant_id}/pause`
pub async fn pause(Path(id): Path<String>, form: ConsumerForm) -> Response {
    simple(&id, form, Request::Pause, Done::Paused).await
}

/// `POST /account/businesses/{grant_id}/resume`
///
/// With the high profile it takes who was here a moment ago.
pub async fn resume(Path(id): Path<String>, form: ConsumerForm) -> Response {
    go_on_giving(&id, form, Request::Resume, Done::Resumed).await
}

/// `POST /account/businesses/{grant_id}/renew`
///
/// With the high profile it takes who was here a moment ago.
pub async fn renew(Path(id): Path<String>, form: ConsumerForm) -> Response {
    go_on_giving(&id, form, Request::Renew, Done::Renewed).await
}

/// What gives a business again what it would not get without.
async fn go_on_giving(id: &str, form: ConsumerForm, request: Request, done: Done) -> Response {
    let ConsumerForm {
        mut consumer,
        params,
    } = form;
    let most = match find(&consumer, id).await {
        Ok(view) => gives_most(&consumer, &view.grant.terms.choice()),
        Err(page) => return page,
    };
    match in_form_if(most, &mut consumer, &params).await {
        Ok(confirmed) => {
            let response = press(id, &consumer, &params, request, done).await;
            confirmed.answer(response)
        }
        Err(page) => page,
    }
}

/// Whether a choice gives what only the high profile holds.
fn gives_most(consumer: &Consumer, choice: &Choice) -> bool {
    choice.gives_most(&consumer.vault.contents.profiles)
}

pub(super) async fn simple(id: &str, form: ConsumerForm, request: Request, done: Done) -> Response {
    press(id, &form.consumer, &form.params, request, done).await
}

async fn press(
    id: &str,
    consumer: &Consumer,
    params: &Params,
    request: Request,
    done: Done,
) -> Response {
    let Ok(id) = id.parse::<GrantId>() else {
        return consumer.error(Fault::NotFound);
    };
    let app = &consumer.visitor.app;
    match grants::act(app, &consumer.signed_in, id, params.get("seen"), &request).await {
        Ok(()) => see_other(&done.told_at(&format!("/account/businesses/{id}"))),
        Err(error) => refuse(consumer, id, error).await,
    }
}

/// The page again, with why nothing was done.
async fn refuse(consumer: &Consumer, id: GrantId, error: MoveError) -> Response {
    let problems = match error {
        MoveError::Unknown => return consumer.error(Fault::NotFound),
        MoveError::Fault(fault) => return consumer.fault(&fault),
        // Where everybody goes who is in an account that waits for its end.
        MoveError::Ending => return see_other("/account/erase"),
        MoveError::Unmet(unmet) => Some(Refusal::Unmet(unmet)),
        MoveError::TooHigh => Some(Refusal::TooHigh),
        MoveError::NotAsBefore => Some(Refusal::NotAsBefore),
        MoveError::Stale | MoveError::Invalid(_) | MoveError::Wider(_) => None,
    };
    let view = match find(consumer, &id.to_string()).await {
        Ok(view) => view,
        Err(page) => return page,
    };
    let texts = consumer.visitor.texts();
    match problems {
        Some(refusal) => {
            let problems = match refusal {
                Refusal::Unmet(unmet) => sentences(&unmet, &view, texts),
                Refusal::TooHigh => vec![t!(texts, "consent-too-high")],
                Refusal::NotAsBefore => vec![not_as_before(&view, texts)],
            };
            present(consumer, &view, StatusCode::UNPROCESSABLE_ENTITY, |page| {
                GrantPage { problems, ..page }
            })
            .await
        }
        None => {
            present(consumer, &view, StatusCode::CONFLICT, |page| GrantPage {
                done: Some(Done::Stale),
                ..page
            })
            .await
        }
    }
}

/// Why another choice cannot be made here.
enum Refusal {
    Unmet(Vec<Unmet>),
    TooHigh,
    NotAsBefore,
}

fn not_as_before(view: &GrantView, texts: Texts) -> String {
    let asker = asker(&view.client, None, texts.language());
    t!(texts, "grant-renew-closed", business = asker.name())
}

/// What is missing, one sentence a piece.
fn sentences(unmet: &[Unmet], view: &GrantView, texts: Texts) -> Vec<String> {
    let mut sentences = Vec::new();
    for unmet in unmet {
        let title = view
            .plan
            .purpose(&unmet.purpose)
            .map_or("", |purpose| purpose.title.get(texts.language()));
        sentences.push(t!(texts, "tier-unmet", purpose = title));
        sentences.extend(unmet.missing.iter().map(|missing| texts.missing(missing)));
    }
    sentences
}

/// `POST /account/businesses/{grant_id}/change`
///
/// More than before, with the high profile, takes who was here a moment ago.
pub async fn change(Path(id): Path<String>, form: ConsumerForm) -> Response {
    let ConsumerForm {
        mut consumer,
        params,
    } = form;
    let agreed = params.get("agreed").is_some();
    let most = agreed && asks_for_most(&consumer, &id, &params).await;
    match in_form_if(most, &mut consumer, &params).await {
        Ok(confirmed) => confirmed.answer(change_as(&consumer, &id, &params).await),
        Err(page) => page,
    }
}

/// Whether it is a yes to what only the high profile holds, also where it has been
/// agreed to before: a form that names no tier keeps the one that there is.
async fn asks_for_most(consumer: &Consumer, id: &str, params: &Params) -> bool {
    if params.get("tier") == Some(Tier::High.as_str()) {
        return true;
    }
    // What cannot be read, or is not there, gives nothing and is told by `change_as`.
    let Ok(view) = find(consumer, id).await else {
        return false;
    };
    Wish::read(params, &offered(consumer, &view))
        .is_some_and(|wish| gives_most(consumer, &wish.choice(consumer, &view)))
}

async fn change_as(consumer: &Consumer, id: &str, params: &Params) -> Response {
    let view = match find(consumer, id).await {
        Ok(view) => view,
        Err(page) => return page,
    };
    let Some(seen) = params.get("seen") else {
        return consumer.error(Fault::Malformed);
    };
    let Some(wish) = Wish::read(params, &offered(consumer, &view)) else {
        let problem = t!(consumer.visitor.texts(), "grant-nothing-chosen");
        return present(consumer, &view, StatusCode::UNPROCESSABLE_ENTITY, |page| {
            GrantPage {
                problems: vec![problem],
                ..page
            }
        })
        .await;
    };
    let agreed = params.get("agreed");
    let done = if agreed.is_some() {
        Some(Done::Saved)
    } else if wish.choice(consumer, &view) == view.grant.terms.choice()
        && seen == fingerprint::of_grant(&view.grant).as_str()
    {
        None
    } else {
        Some(Done::Narrowed)
    };
    let request = Request::Change {
        wanted: wish.wanted(consumer, &view),
        agreed: agreed.map(|hash| Hash::from_stored(hash.to_owned())),
    };
    let (app, id) = (&consumer.visitor.app, view.grant.id);
    match grants::act(app, &consumer.signed_in, id, Some(seen), &request).await {
        Ok(()) => {
            let path = businesses::path(&view.grant);
            see_other(&done.map_or_else(|| path.clone(), |done| done.told_at(&path)))
        }
        Err(MoveError::Wider(terms)) => confirm(consumer, &view, &wish, &terms, agreed.is_some()),
        Err(error) => refuse(consumer, id, error).await,
    }
}

/// Asks before anything becomes wider.
fn confirm(
    consumer: &Consumer,
    view: &GrantView,
    wish: &Wish,
    terms: &Terms,
    changed: bool,
) -> Response {
    let texts = consumer.visitor.texts();
    let path = businesses::path(&view.grant);
    let page = ConfirmationPage {
        shell: Shell {
            here: path.clone(),
            ..consumer.shell(Some(Section::Businesses))
        },
        path,
        asker: asker(&view.client, None, consumer.visitor.language),
        seen: fingerprint::of_grant(&view.grant).as_str().to_owned(),
        terms: fingerprint::of_terms(terms).as_str().to_owned(),
        changed,
        differences: differences(&view.grant.terms, terms, &view.plan, texts),
        tier: None,
        retention: None,
        counts_from: None,
    };
    respond(StatusCode::OK, &page.wishing(wish))
}
