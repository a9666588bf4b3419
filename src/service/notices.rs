//! What consumers are told by mail of their agreements, in their language.
//!
//! A mail names a business, days, and a page to go to. It holds nobody's
//! values, no link that does anything by being followed, and never asks for a
//! password.

mod words;

use url::Url;

use crate::app::App;
use crate::domain::attribute::Email;
use crate::domain::business::Vetting;
use crate::domain::grant::{Grant, GrantState};
use crate::domain::id::MessageId;
use crate::domain::language::Language;
use crate::domain::message::{Message, NewMessage, News, Notice};
use crate::domain::rights::Outcome;
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};
use crate::mail::{Mail, one_line};
use crate::service::deliveries::Delivery;
use crate::service::erasure::is_erased;
use crate::service::grants::agreed_client;
use crate::service::{Fault, accounts, duties, letters};
use crate::store::clients::RegisteredClient;
use crate::store::outbox::Claimed;
use crate::store::{grants, rights};

pub(super) use self::words::Words;

/// What is kept to tell the owner of a grant, in the transaction of what it
/// tells of.
pub(super) fn of_grant(app: &App, grant: &Grant, news: News, now: Timestamp) -> NewMessage {
    NewMessage {
        id: MessageId::new(app.random().uuid(now)),
        message: Message::Notice(Notice {
            account_id: grant.account_id,
            grant_id: grant.id,
            news,
        }),
        created_at: now,
    }
}

/// What the owner of a grant is told when it is over. Of what they did
/// themselves, nothing.
pub(super) fn at_end(app: &App, grant: &Grant, now: Timestamp) -> Option<NewMessage> {
    let news = match grant.state {
        GrantState::Expired => News::Expired,
        GrantState::Ended => News::Ended,
        GrantState::Active | GrantState::Paused | GrantState::Withdrawn | GrantState::Erased => {
            return None;
        }
    };
    Some(of_grant(app, grant, news, now))
}

/// Tells somebody by mail. The address is opened here, and goes nowhere else.
pub(super) async fn tell(app: &App, claimed: &Claimed, notice: &Notice) -> Delivery {
    let mail = match compose(app, claimed, notice).await {
        Ok(Some(mail)) => mail,
        Ok(None) => return Delivery::Heard,
        Err(fault) => {
            tracing::error!(error = %fault, "a mail cannot be written");
            return Delivery::NotNow("the mail could not be written".to_owned());
        }
    };
    letters::send(app, notice.account_id, &mail).await
}

/// The mail; `None` when it is of no use any more.
async fn compose(app: &App, claimed: &Claimed, notice: &Notice) -> Result<Option<Mail>, Fault> {
    let mut connection = app.store().read().await?;
    let row = grants::find(&mut connection, notice.account_id, notice.grant_id).await?;
    drop(connection);
    // The account is gone, and with it whoever there was to tell.
    let Some(grant) = row.map(|row| row.grant) else {
        return Ok(None);
    };
    if is_erased(app, notice.account_id).await? {
        return Ok(None);
    }
    if let News::Ending { until } = notice.news
        && (grant.state_at(app.now()).is_over() || grant.expires_at() != Some(until))
    {
        return Ok(None);
    }
    let owed = duties::of_grant(app, notice.account_id, notice.grant_id).await?;
    let about = match notice.news {
        News::Overdue { duty_id } => owed.iter().find(|duty| duty.id == duty_id),
        // Whoever came back since left less of it.
        _ => owed.iter().rfind(|duty| duty.is_of_all()).or(owed.last()),
    };
    // The business answered meanwhile, or whoever was to be told came back.
    let is_owed = about.is_some_and(|duty| duty.state().is_owed());
    if matches!(notice.news, News::Overdue { .. }) && !is_owed {
        return Ok(None);
    }
    let delete_by = about.map(|duty| duty.delete_by);
    let request = match notice.news {
        News::RequestAnswered { request_id, .. } | News::RequestOverdue { request_id } => {
            let mut connection = app.store().read().await?;
            rights::find(&mut connection, notice.account_id, request_id).await?
        }
        _ => None,
    };
    let request = request.map(|row| row.request);
    // It was answered meanwhile, which a mail of its own tells.
    if matches!(notice.news, News::RequestOverdue { .. })
        && request
            .as_ref()
            .is_none_or(|request| request.answered_at.is_some())
    {
        return Ok(None);
    }
    let known = Known {
        delete_by,
        number: request.as_ref().map_or(0, |request| request.number),
        due: request.map(|request| request.due),
    };
    let client = agreed_client(app, &grant).await?;
    let contact = accounts::contact(app, notice.account_id).await?;
    if letters::is_anothers(app, notice.account_id, &contact.email).await? {
        return Ok(None);
    }
    let to = Email::parse(&contact.email)
        .map_err(|_| Fault::Inconsistent("an account has no address for notices"))?;
    // Whoever claims somebody's, with a client of their own, would bury them in mail.
    if !letters::count_notice(app, claimed, notice.account_id, &to).await? {
        return Ok(None);
    }
    let words = Words::of(app, notice.news, known, &grant, &client, contact.language);
    words.to_mail(app, claimed, to).map(Some)
}

/// What else a mail tells.
#[derive(Clone, Copy)]
struct Known {
    delete_by: Option<Timestamp>,
    /// Which request.
    number: u32,
    due: Option<Timestamp>,
}

impl Words {
    fn of(
        app: &App,
        news: News,
        known: Known,
        grant: &Grant,
        client: &RegisteredClient,
        language: Language,
    ) -> Self {
        let texts = Texts::new(language);
        let issuer = &app.config().issuer;
        let who = Who::of(client, language);
        let (name, host) = (who.name.as_str(), who.host.as_str());
        // As the page of the grant says it.
        let gone_by = |end| texts.date(known.delete_by.unwrap_or(end));
        let since = texts.date(grant.created_at);
        let about = if name == host {
            t!(texts, "mail-about-site", business = name, date = since)
        } else {
            t!(
                texts,
                "mail-about",
                business = name,
                domain = host,
                date = since
            )
        };
        let (subject, lines, link) = match news {
            News::Ending { until } => (
                t!(
                    texts,
                    "mail-ending-subject",
                    business = name,
                    date = texts.date(until)
                ),
                vec![
                    about,
                    t!(texts, "mail-ending-nothing", business = name),
                    t!(texts, "mail-ending-renew"),
                ],
                t!(texts, "mail-ending-link"),
            ),
            News::Expired => {
                let end = grant.expires_at().unwrap_or(grant.updated_at);
                (
                    t!(texts, "mail-expired-subject", business = name),
                    vec![
                        about,
                        t!(texts, "mail-expired-over", date = texts.date(end)),
                        t!(
                            texts,
                            "mail-must-delete",
                            business = name,
                            date = gone_by(end)
                        ),
                    ],
                    t!(texts, "mail-link"),
                )
            }
            News::Ended => (
                t!(texts, "mail-ended-subject", business = name),
                vec![
                    about,
                    t!(
                        texts,
                        "mail-ended-over",
                        business = name,
                        date = texts.date(grant.updated_at)
                    ),
                    t!(
                        texts,
                        "mail-must-delete",
                        business = name,
                        date = gone_by(grant.updated_at)
                    ),
                ],
                t!(texts, "mail-link"),
            ),
            News::Narrowed { dropped } => {
                let less = if dropped.is_empty() {
                    t!(texts, "mail-narrowed-less", business = name)
                } else {
                    t!(
                        texts,
                        "mail-narrowed-claims",
                        business = name,
                        claims = texts.claims(dropped)
                    )
                };
                (
                    t!(texts, "mail-narrowed-subject", business = name),
                    vec![about, less, t!(texts, "mail-narrowed-nothing")],
                    t!(texts, "mail-narrowed-link"),
                )
            }
            News::Lapsed { dropped } => (
                t!(texts, "mail-lapsed-subject", business = name),
                vec![
                    about,
                    t!(
                        texts,
                        "mail-lapsed-claims",
                        business = name,
                        claims = texts.claims(dropped)
                    ),
                    t!(
                        texts,
                        "mail-must-delete-these",
                        business = name,
                        date = gone_by(grant.updated_at)
                    ),
                ],
                t!(texts, "mail-narrowed-link"),
            ),
            News::Overdue { .. } => (
                t!(texts, "mail-overdue-subject", business = name),
                vec![
                    about,
                    t!(
                        texts,
                        "mail-overdue-since",
                        business = name,
                        date = gone_by(grant.updated_at)
                    ),
                    t!(texts, "mail-overdue-letter"),
                ],
                t!(texts, "mail-overdue-link"),
            ),
            News::RequestAnswered { outcome, .. } => (
                answered(texts, outcome, name, known.number),
                vec![about, t!(texts, "mail-answered-read")],
                t!(texts, "mail-answered-link"),
            ),
            News::RequestOverdue { .. } => (
                t!(
                    texts,
                    "mail-unanswered-subject",
                    business = name,
                    number = known.number
                ),
                vec![
                    about,
                    t!(
                        texts,
                        "mail-unanswered-since",
                        business = name,
                        date = texts.date(known.due.unwrap_or(grant.updated_at))
                    ),
                ],
                t!(texts, "mail-link"),
            ),
        };
        let path = format!("/account/businesses/{}", grant.id);
        Self::new(issuer, language, &subject, lines, link, &path)
    }
}

/// What a business did about a request. More time is no answer yet.
fn answered(texts: Texts, outcome: Outcome, business: &str, number: u32) -> String {
    match outcome {
        Outcome::Done | Outcome::Refused => {
            t!(
                texts,
                "mail-answered-subject",
                business = business,
                number = number
            )
        }
        Outcome::Extended => t!(
            texts,
            "mail-extended-subject",
            business = business,
            number = number
        ),
    }
}

/// With whom the agreement is, on one line.
struct Who {
    name: String,
    host: String,
}

impl Who {
    fn of(client: &RegisteredClient, language: Language) -> Self {
        let metadata = &client.client.metadata;
        let uri = metadata.redirect_uris.first();
        let url = uri.and_then(|uri| Url::parse(uri.as_str()).ok());
        // An app has no host: it is known by the scheme that is its own.
        let host = url.as_ref().map_or_else(String::new, |url| {
            url.host_str().unwrap_or(url.scheme()).to_owned()
        });
        let name = match client.business.vetting {
            Vetting::Vetted => one_line(metadata.client_name.get(language)),
            // Nobody vouches for what it calls itself, and mail is read in a hurry.
            Vetting::Unvetted => host.clone(),
        };
        Self { name, host }
    }
}
