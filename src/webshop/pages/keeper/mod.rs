//! The shopkeeper's side: what Sluis told, whom the shop knows, what it owes,
//! and what it asks. In a real shop this is behind a lock; in a demonstration
//! everybody may look over the counter.

mod rows;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{Redirect, Response};
use serde::Deserialize;

use self::rows::{CustomerRow, DutyRow, EventRow, InvoiceRow, RequestRow};
use super::{Frame, Posted, render};
use crate::webshop::business::{self, Published, Trouble};
use crate::webshop::edition::Edition;
use crate::webshop::guard::Visit;
use crate::webshop::lang::Lang;
use crate::webshop::{Shop, upkeep};

/// What became of the last button.
#[derive(Clone)]
pub(in crate::webshop) enum Note {
    Published(Published),
    Answered,
    /// Sluis would not, or could not.
    Failed(String),
}

impl Note {
    fn failed(trouble: &Trouble) -> Self {
        tracing::warn!(%trouble, "Sluis did not do what the shopkeeper asked");
        Self::Failed(trouble.to_string().chars().take(300).collect())
    }

    fn is_failure(&self) -> bool {
        matches!(self, Self::Failed(_))
    }

    fn text(&self, lang: Lang) -> String {
        match self {
            Self::Answered => lang
                .t("Uw antwoord staat bij Sluis.", "Sluis has your answer.")
                .to_owned(),
            Self::Failed(why) => {
                let failed = lang.t(
                    "Sluis nam het niet aan. Er is niets veranderd.",
                    "Sluis did not take it. Nothing was changed.",
                );
                format!("{failed} ({why})")
            }
            Self::Published(published) => {
                let stands = match lang {
                    Lang::Nl => format!("Versie {} geldt.", published.version),
                    Lang::En => format!("Version {} stands.", published.version),
                };
                let narrower = lang.t(
                    "Wat wij minder vragen, geldt meteen voor iedereen; niemand hoeft iets te doen.",
                    "What we ask less holds at once for everybody; nobody has to do anything.",
                );
                let wider = lang.t(
                    "Wat wij meer vragen, legt Sluis bij de volgende keer inloggen voor. Tot dan krijgen wij het van niemand.",
                    "What we ask more, Sluis puts before people when they next log in. Until then nobody gives it to us.",
                );
                let same = lang.t("Er verandert niets.", "Nothing changes.");
                let mut text = vec![stands];
                match (published.narrower, published.wider) {
                    (false, false) => text.push(same.to_owned()),
                    (is_narrower, is_wider) => {
                        text.extend(is_narrower.then(|| narrower.to_owned()));
                        text.extend(is_wider.then(|| wider.to_owned()));
                    }
                }
                text.join(" ")
            }
        }
    }
}

/// An edition of the plan, on a button.
struct Choice {
    word: &'static str,
    title: &'static str,
    text: &'static str,
    stands: bool,
}

impl Choice {
    fn of(edition: Edition, stands: bool, lang: Lang) -> Self {
        let (title, text) = match edition {
            Edition::Narrower => (
                lang.t("Minder", "Less"),
                lang.t(
                    "Geen verjaardagen en geen telefoonnummer voor de bezorger, en bezorggegevens één maand in plaats van drie.",
                    "No birthdays and no telephone number for the courier, and delivery data for one month instead of three.",
                ),
            ),
            Edition::Usual => (
                lang.t("Gewoon", "Usual"),
                lang.t(
                    "Zoals de winkel begon: bezorgen, de rekening, en wat klanten zelf aanzetten.",
                    "As the shop began: delivery, the invoice, and what customers switch on themselves.",
                ),
            ),
            Edition::Wider => (
                lang.t("Meer", "More"),
                lang.t(
                    "Ook laten weten wanneer de fiets een beurt nodig heeft, per e-mail of sms.",
                    "Also let people know when their bicycle needs a service, by e-mail or text message.",
                ),
            ),
        };
        Self {
            word: edition.word(),
            title,
            text,
            stands,
        }
    }
}

#[derive(Template)]
#[template(path = "webshop/shop/keeper.html")]
struct Keeper {
    subscribed: bool,
    note: Option<(String, bool)>,
    /// The edition that stands at Sluis; nothing when it does not say.
    version: Option<u64>,
    reachable: bool,
    choices: Vec<Choice>,
    waits: bool,
    duties: Vec<DutyRow>,
    requests: Vec<RequestRow>,
    customers: Vec<CustomerRow>,
    kept: Vec<InvoiceRow>,
    events: Vec<EventRow>,
    frame: Frame,
}

pub(super) async fn show(State(shop): State<Arc<Shop>>, visit: Visit) -> Response {
    let lang = visit.lang;
    // What the page says of duties and requests is as Sluis has it now.
    shop.upkeep.wake();
    upkeep::round(&shop).await;
    let standing = business::plan(&shop.relying_party).await;
    let note = shop
        .sessions
        .change(&visit.session_id, |session| session.note.take());
    let session = visit.session(&shop);
    let now = shop.now();
    let book = shop.ledger.book();
    let standing = standing.ok();
    let edition = standing.as_ref().and_then(|standing| standing.edition);
    let page = Keeper {
        subscribed: shop.upkeep.is_subscribed(),
        note: note.map(|note| (note.text(lang), note.is_failure())),
        version: standing.as_ref().and_then(|standing| standing.version),
        reachable: standing.is_some(),
        choices: Edition::ALL
            .map(|one| Choice::of(one, edition == Some(one), lang))
            .into(),
        waits: book.waits,
        duties: book
            .duties()
            .rev()
            .map(|duty| DutyRow::of(duty, now, lang))
            .collect(),
        requests: book
            .requests()
            .iter()
            .map(|request| RequestRow::of(request, now, lang))
            .collect(),
        customers: book
            .people()
            .map(|customer| CustomerRow::of(customer, &book, lang))
            .collect(),
        kept: book
            .invoices()
            .rev()
            .map(|invoice| InvoiceRow::of(invoice, &book, lang))
            .collect(),
        events: book
            .heard()
            .map(|heard| EventRow::of(heard, lang))
            .collect(),
        frame: Frame::with(&shop, &book, &visit, &session),
    };
    drop(book);
    render(&page)
}

/// Keeps what became of a button until the page is shown.
fn noted(shop: &Shop, visit: &Visit, note: Note) -> Redirect {
    shop.sessions
        .change(&visit.session_id, |session| session.note = Some(note));
    Redirect::to("/keeper")
}

#[derive(Deserialize)]
pub(super) struct Publish {
    edition: String,
}

/// Publishes an edition of the plan.
pub(super) async fn publish(State(shop): State<Arc<Shop>>, form: Posted<Publish>) -> Redirect {
    let Some(edition) = Edition::from_word(&form.fields.edition) else {
        return Redirect::to("/keeper");
    };
    let note = match business::publish(&shop.relying_party, edition).await {
        Ok(published) => Note::Published(published),
        Err(trouble) => Note::failed(&trouble),
    };
    noted(&shop, &form.visit, note)
}

#[derive(Deserialize)]
pub(super) struct Habit {
    waits: String,
}

/// Whether the shop deletes by itself.
pub(super) async fn settle_habit(State(shop): State<Arc<Shop>>, form: Posted<Habit>) -> Redirect {
    shop.ledger.book().waits = form.fields.waits == "true";
    shop.upkeep.wake();
    Redirect::to("/keeper#duties")
}

#[derive(Deserialize)]
pub(super) struct CarryOut {
    duty: String,
}

/// The shopkeeper presses the button: now it is deleted, and Sluis is told so.
pub(super) async fn carry_out(State(shop): State<Arc<Shop>>, form: Posted<CarryOut>) -> Redirect {
    if let Ok(number) = form.fields.duty.parse() {
        let now = shop.now();
        shop.ledger.book().carry_out(number, now);
    }
    upkeep::round(&shop).await;
    Redirect::to("/keeper#duties")
}

#[derive(Deserialize)]
pub(super) struct Reply {
    request: String,
    outcome: String,
    words: String,
}

/// Answers somebody who asked something through Sluis.
pub(super) async fn answer(State(shop): State<Arc<Shop>>, form: Posted<Reply>) -> Redirect {
    let Reply {
        request,
        outcome,
        words,
    } = form.fields;
    // One that we were told of: nothing else goes into an address.
    let is_known = shop
        .ledger
        .book()
        .requests()
        .iter()
        .any(|known| known.id == request);
    if !is_known || !["done", "refused"].contains(&outcome.as_str()) {
        return Redirect::to("/keeper#requests");
    }
    let said = business::answer(&shop.relying_party, &request, &outcome, words.trim()).await;
    let note = match said {
        Ok(()) => Note::Answered,
        Err(trouble) => Note::failed(&trouble),
    };
    noted(&shop, &form.visit, note)
}
