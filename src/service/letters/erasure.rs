//! The letters around the end of an account.
//!
//! The last one is written before the address goes, and carries it along, sealed:
//! once it is sent, it is nowhere any more.

use serde::{Deserialize, Serialize};

use super::links::{Room, count_letter};
use super::posting::{Posting, new_id, opened_text, sealed_text};
use super::words::Text;
use super::{hand_over, is_anothers};
use crate::app::App;
use crate::domain::account::LinkPurpose;
use crate::domain::attribute::Email;
use crate::domain::id::AccountId;
use crate::domain::language::Language;
use crate::domain::message::{About, Lane};
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};
use crate::mail::Mail;
use crate::service::addresses::is_confirmed;
use crate::service::deliveries::Delivery;
use crate::service::erasure::{Affected, EVIDENCE_YEARS};
use crate::service::notices::Words;
use crate::service::{Fault, accounts};
use crate::store::outbox::Claimed;

/// What the last letter is written from.
#[derive(Serialize, Deserialize)]
struct Last {
    to: String,
    language: Language,
    /// Who was told, and by when they have to delete.
    told: Vec<(String, Timestamp)>,
    /// Whether the account had the address, and did not merely say so.
    #[serde(default)]
    confirmed: bool,
}

impl Last {
    fn read(app: &App, claimed: &Claimed, sealed: &str) -> Result<Self, Fault> {
        let bytes = opened_text(app, claimed.id, sealed)?;
        serde_json::from_slice(&bytes)
            .map_err(|_| Fault::Inconsistent("a letter that does not read"))
    }
}

/// What is kept to tell somebody that their account is gone; `None` when the
/// address that they said is theirs is somebody else's, who is told nothing of it.
pub(in crate::service) async fn farewell(
    app: &App,
    account_id: AccountId,
    told: &[Affected],
) -> Result<Option<Posting>, Fault> {
    let contact = accounts::contact(app, account_id).await?;
    if is_anothers(app, account_id, &contact.email).await? {
        return Ok(None);
    }
    let id = new_id(app);
    let name = |one: &Affected| one.client.business.document.name.clone();
    let last = Last {
        to: contact.email,
        language: contact.language,
        told: told.iter().map(|one| (name(one), one.delete_by)).collect(),
        confirmed: is_confirmed(app, account_id).await?,
    };
    let bytes = zeroize::Zeroizing::new(
        serde_json::to_vec(&last)
            .map_err(|_| Fault::Inconsistent("a letter that cannot be written"))?,
    );
    let last_sealed = sealed_text(app, id, &bytes);
    let lane = Lane::Address(id);
    let about = About::Farewell { last_sealed };
    Ok(Some(Posting::new(app, id, lane, about)))
}

/// Tells somebody that their account is gone.
pub(super) async fn tell(app: &App, claimed: &Claimed, sealed: &str) -> Delivery {
    let composed = Last::read(app, claimed, sealed)
        .and_then(|last| Ok((last.confirmed, compose(app, claimed, &last)?)));
    let (confirmed, mail) = match composed {
        Ok(composed) => composed,
        Err(fault) => {
            tracing::error!(error = %fault, "a mail cannot be written");
            return Delivery::Moot;
        }
    };
    // Whoever merely claims an address does not use up what is told of those who had it.
    let purpose = if confirmed {
        LinkPurpose::Left
    } else {
        LinkPurpose::Told
    };
    match count_letter(app, claimed, &mail.to, purpose).await {
        Ok(Room::Free) => {}
        Ok(Room::Later | Room::Never) => return Delivery::Moot,
        Err(fault) => {
            tracing::error!(error = %fault, "it cannot be counted what a mailbox was told");
            return Delivery::NotNow("the mail could not be counted".to_owned());
        }
    }
    match hand_over(app, &mail).await {
        // Nobody is there: the address is not kept for that.
        Delivery::Refused(_) => Delivery::Moot,
        delivery => delivery,
    }
}

fn compose(app: &App, claimed: &Claimed, last: &Last) -> Result<Mail, Fault> {
    let to =
        Email::parse(&last.to).map_err(|_| Fault::Inconsistent("a letter that goes nowhere"))?;
    let texts = Texts::new(last.language);
    let issuer = &app.config().issuer;
    let mut lines = vec![t!(
        texts,
        "letter-erased-what",
        issuer = issuer.as_str(),
        when = texts.date_time(claimed.created_at)
    )];
    for (business, delete_by) in &last.told {
        lines.push(t!(
            texts,
            "letter-erased-told",
            business = business.as_str(),
            date = texts.date(*delete_by)
        ));
    }
    if !last.told.is_empty() {
        lines.push(t!(texts, "letter-erased-unheard"));
    }
    lines.push(t!(texts, "letter-erased-kept", years = EVIDENCE_YEARS));
    lines.push(t!(texts, "letter-erased-not-you"));
    let words = Words::new(
        issuer,
        last.language,
        &t!(texts, "letter-erased-subject"),
        lines,
        t!(texts, "letter-erased-link"),
        "/",
    );
    words.to_mail(app, claimed, to)
}

/// What stands in the letters of an account that waits for its end, or whose
/// vault was emptied.
pub(super) fn words(texts: Texts, when: &str, about: &About) -> Text {
    match about {
        About::ErasureWaits {
            due_at,
            address_sealed,
        } => {
            let what = t!(
                texts,
                "letter-erasure-waits-what",
                when = when,
                due = texts.date_time(*due_at)
            );
            // At an address that was left, its own way to undo that comes first.
            let (more, link, path) = if address_sealed.is_some() {
                let subject = t!(texts, "letter-address-left-subject");
                let undo = t!(texts, "letter-erasure-waits-undo", subject = subject);
                (vec![undo], t!(texts, "letter-tried-link"), "/sign-in")
            } else {
                let paused = t!(texts, "letter-erasure-waits-paused");
                let not_you = t!(texts, "letter-erasure-waits-not-you");
                let link = t!(texts, "letter-erasure-waits-link");
                (vec![paused, not_you], link, "/account/erase")
            };
            let lines = [vec![what], more].concat();
            let subject = t!(texts, "letter-erasure-waits-subject");
            Text::new(subject, lines, link, path)
        }
        About::EmptyingStarted { ready_at } => Text::new(
            t!(texts, "letter-emptying-subject"),
            vec![
                t!(
                    texts,
                    "letter-emptying-what",
                    when = when,
                    ready = texts.date_time(*ready_at)
                ),
                t!(texts, "letter-emptying-lost"),
                t!(texts, "letter-started-not-you"),
            ],
            t!(texts, "letter-started-link"),
            "/recover/stop",
        ),
        About::EmptyingReady => Text::new(
            t!(texts, "letter-ready-subject"),
            vec![
                t!(texts, "letter-ready-what"),
                t!(texts, "recover-will-empty"),
                t!(texts, "letter-ready-not-you"),
            ],
            t!(texts, "letter-ready-link"),
            "/recover/continue",
        ),
        About::Emptied => Text::new(
            t!(texts, "letter-emptied-subject"),
            vec![
                t!(texts, "letter-emptied-what", when = when),
                t!(texts, "letter-emptied-next"),
                t!(texts, "letter-recovered-not-you"),
            ],
            t!(texts, "letter-recovered-link"),
            "/recover",
        ),
        _ => Text::new(
            t!(texts, "letter-erasure-off-subject"),
            vec![t!(texts, "letter-erasure-off-what", when = when)],
            t!(texts, "letter-security-link"),
            "/account/security",
        ),
    }
}
