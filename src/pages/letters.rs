//! `/account/duties/{duty_id}/letter` and `/complaint`: what a consumer can send
//! when a business let the time to delete pass, or cannot be told by us, ready to print, in Dutch and in
//! English (`?in=nl`, `?in=en`).
//!
//! Who writes is taken from the vault that the session has opened, and goes
//! nowhere but onto this page.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;

use super::asker::asker;
use super::duties::path;
use super::way::see_other;
use crate::domain::business::BusinessDocument;
use crate::domain::claim::Claim;
use crate::domain::duty::{Reason, Stage};
use crate::domain::id::DutyId;
use crate::domain::language::Language;
use crate::domain::rights::RightsRequest;
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};
use crate::service::duties::{self, DutyView};
use crate::service::grants;
use crate::web::error_page::Fault;
use crate::web::form::ConsumerForm;
use crate::web::page::{Section, Shell, respond};
use crate::web::params::Params;
use crate::web::visitor::Consumer;

/// A letter to the business.
#[derive(Clone, Template)]
#[template(path = "letter.html")]
pub struct LetterPage {
    /// Around it.
    pub shell: Shell,
    /// What it says.
    pub letter: Letter,
}

/// A complaint to the supervisory authority.
#[derive(Clone, Template)]
#[template(path = "complaint.html")]
pub struct ComplaintPage {
    /// Around it.
    pub shell: Shell,
    /// What it says.
    pub letter: Letter,
    /// To whom, line by line.
    pub authority: Vec<String>,
}

/// What stands in both.
#[derive(Clone)]
pub struct Letter {
    /// The phrases of its own language, which need not be the page's.
    pub texts: Texts,
    /// `/account/duties/{duty_id}`.
    pub path: String,
    /// `/account/businesses/{grant_id}`.
    pub grant: String,
    /// Who writes, line by line: name, address, e-mail address.
    pub sender: Vec<String>,
    /// Whether the first of these lines is a name.
    pub has_name: bool,
    /// The business.
    pub business: BusinessDocument,
    /// Its site or app.
    pub client: String,
    /// The issuer.
    pub issuer: String,
    /// When it is written.
    pub today: Timestamp,
    /// When the agreement was made.
    pub since: Timestamp,
    /// When the duty arose.
    pub opened_at: Timestamp,
    /// By when the business had to delete.
    pub delete_by: Timestamp,
    /// What.
    pub claims: Vec<Claim>,
    /// Why.
    pub reason: Reason,
    /// When the business was found to know of the duty.
    pub known_at: Option<Timestamp>,
    /// Whether the time to delete is up.
    pub late: bool,
    /// When the consumer wrote to the business.
    pub letter_at: Option<Timestamp>,
    /// What the business knows them by.
    pub subject: String,
    /// Which agreement.
    pub grant_id: String,
    /// Which duty.
    pub duty_id: String,
}

impl Letter {
    /// The phrases, by value, as templates hand them on.
    #[must_use]
    pub const fn texts(&self) -> Texts {
        self.texts
    }

    /// The tag of its language.
    #[must_use]
    pub const fn lang(&self) -> &'static str {
        self.texts.language().as_str()
    }

    /// The languages that it can be had in as well.
    pub fn others(&self) -> impl Iterator<Item = Language> {
        let own = self.texts.language();
        Language::ALL.into_iter().filter(move |other| *other != own)
    }

    /// Whether it is about some data of an agreement that lives on.
    #[must_use]
    pub fn is_of_some(&self) -> bool {
        self.reason == Reason::Narrowed
    }

    /// What there was, in a sentence.
    #[must_use]
    pub fn agreement(&self) -> String {
        let (texts, since) = (self.texts, self.texts.date(self.since));
        let (issuer, client) = (self.issuer.as_str(), self.client.as_str());
        if self.is_of_some() {
            return t!(
                texts,
                "letter-agreement-lives",
                issuer = issuer,
                client = client
            );
        }
        if self.claims.is_empty() {
            return t!(
                texts,
                "letter-agreement-nothing",
                since = since,
                issuer = issuer,
                client = client
            );
        }
        t!(
            texts,
            "letter-agreement",
            since = since,
            issuer = issuer,
            client = client,
            claims = texts.claims(self.claims.iter().copied())
        )
    }

    /// What there was and how it ended, as it is told to an authority.
    #[must_use]
    pub fn complaint(&self) -> String {
        let (texts, since) = (self.texts, self.texts.date(self.since));
        let (issuer, client) = (self.issuer.as_str(), self.client.as_str());
        let agreement = if self.is_of_some() {
            t!(
                texts,
                "complaint-agreement-lives",
                issuer = issuer,
                client = client
            )
        } else if self.claims.is_empty() {
            t!(
                texts,
                "complaint-agreement-nothing",
                since = since,
                issuer = issuer,
                client = client
            )
        } else {
            t!(
                texts,
                "complaint-agreement",
                since = since,
                issuer = issuer,
                client = client,
                claims = texts.claims(self.claims.iter().copied())
            )
        };
        let date = texts.date(self.opened_at);
        let end = match self.reason {
            Reason::Withdrawn => t!(texts, "letter-end-withdrawn", date = date),
            Reason::Ended => t!(texts, "complaint-end-ended", date = date),
            Reason::Expired => t!(texts, "letter-end-expired", date = date),
            Reason::Narrowed => self.narrowed(),
        };
        let due = texts.date(self.delete_by);
        // What nobody asked is not said to have been asked.
        let asked = match self.known_at {
            Some(at) => t!(
                texts,
                "complaint-not-deleted",
                date = texts.date(at),
                due = due
            ),
            None => t!(texts, "complaint-not-confirmed", due = due),
        };
        format!("{agreement} {end} {asked}")
    }

    /// What belongs to the agreement no longer.
    fn narrowed(&self) -> String {
        let texts = self.texts;
        t!(
            texts,
            "letter-end-narrowed",
            date = texts.date(self.opened_at),
            claims = texts.claims(self.claims.iter().copied())
        )
    }

    /// What the business is to do.
    #[must_use]
    pub fn demand(&self) -> String {
        let texts = self.texts;
        if self.is_of_some() {
            t!(texts, "letter-demand-some")
        } else {
            t!(texts, "letter-demand")
        }
    }

    /// Until when the business has time to answer the letter (GDPR art. 12(3));
    /// `None` once it is up, or without a letter.
    #[must_use]
    pub fn answer_by(&self) -> Option<Timestamp> {
        let due = self.letter_at.map(RightsRequest::due_of);
        due.filter(|due| *due >= self.today)
    }

    /// Which rules it breaks, and what the authority is to do. Silence breaks
    /// one only once a letter had its month.
    #[must_use]
    pub fn accusation(&self) -> String {
        let texts = self.texts;
        let is_silent = self.letter_at.is_some() && self.answer_by().is_none();
        match (self.is_of_some(), is_silent) {
            (false, true) => t!(texts, "complaint-demand"),
            (false, false) => t!(texts, "complaint-demand-first"),
            (true, true) => t!(texts, "complaint-demand-some"),
            (true, false) => t!(texts, "complaint-demand-some-first"),
        }
    }

    /// What there is to show for it.
    #[must_use]
    pub fn evidence(&self) -> String {
        let (texts, issuer) = (self.texts, self.issuer.as_str());
        if self.is_of_some() {
            t!(texts, "complaint-evidence-some", issuer = issuer)
        } else {
            t!(texts, "complaint-evidence", issuer = issuer)
        }
    }

    /// How it ended, and what was asked then.
    #[must_use]
    pub fn end(&self) -> String {
        let (texts, date) = (self.texts, self.texts.date(self.opened_at));
        let end = match self.reason {
            Reason::Withdrawn => t!(texts, "letter-end-withdrawn", date = date),
            Reason::Ended => t!(texts, "letter-end-ended", date = date),
            Reason::Expired => t!(texts, "letter-end-expired", date = date),
            Reason::Narrowed => self.narrowed(),
        };
        let Some(known_at) = self.known_at else {
            return end;
        };
        let asked = t!(
            texts,
            "letter-asked",
            date = texts.date(known_at),
            due = texts.date(self.delete_by)
        );
        format!("{end} {asked}")
    }
}

/// Where a complaint goes: to the authority of the country whose law the
/// business is under, where we know it (GDPR art. 77 lets the consumer choose).
pub(super) fn authority(country: &str, texts: Texts) -> Vec<String> {
    let lines: &[&str] = match (country, texts.language()) {
        ("NL", _) => &[
            "Autoriteit Persoonsgegevens",
            "Postbus 93374",
            "2509 AJ Den Haag",
            "autoriteitpersoonsgegevens.nl",
        ],
        ("BE", Language::Nl) => &[
            "Gegevensbeschermingsautoriteit",
            "Drukpersstraat 35",
            "1000 Brussel",
            "gegevensbeschermingsautoriteit.be",
        ],
        ("BE", Language::En) => &[
            "Data Protection Authority",
            "Rue de la Presse 35",
            "1000 Brussels",
            "dataprotectionauthority.be",
        ],
        _ => return vec![t!(texts, "authority-yours")],
    };
    lines.iter().map(|line| (*line).to_owned()).collect()
}

/// A duty of this consumer at a stage that there is something to send of.
async fn find(
    consumer: &Consumer,
    id: &str,
    fits: fn(Stage) -> bool,
) -> Result<DutyView, Response> {
    let Ok(id) = id.parse::<DutyId>() else {
        return Err(consumer.error(Fault::NotFound));
    };
    match duties::one(&consumer.visitor.app, &consumer.signed_in, id).await {
        Ok(Some(view)) if fits(view.duty.stage(view.reach)) => Ok(view),
        Ok(_) => Err(consumer.error(Fault::NotFound)),
        Err(fault) => Err(consumer.fault(&fault)),
    }
}

async fn letter(
    consumer: &Consumer,
    view: DutyView,
    query: Option<&str>,
) -> Result<Letter, Response> {
    let DutyView { duty, client, .. } = view;
    let app = &consumer.visitor.app;
    let grant = match grants::one(app, &consumer.signed_in, duty.grant_id).await {
        Ok(Some(view)) => view.grant,
        Ok(None) => return Err(consumer.error(Fault::NotFound)),
        Err(fault) => return Err(consumer.fault(&fault)),
    };
    let asked = query.and_then(Params::parse);
    let asked = asked.as_ref().and_then(|params| params.get("in"));
    let language = asked.and_then(|tag| Language::ALL.into_iter().find(|one| one.as_str() == tag));
    let language = language.unwrap_or(consumer.visitor.language);
    let attributes = &consumer.vault.contents.attributes;
    let lines = |claim| {
        attributes.get(claim).map_or_else(Vec::new, |attribute| {
            attribute.value.display_lines(language)
        })
    };
    let name = lines(Claim::Name);
    Ok(Letter {
        texts: Texts::new(language),
        path: path(&duty),
        grant: format!("/account/businesses/{}", duty.grant_id),
        has_name: !name.is_empty(),
        sender: [name, lines(Claim::Address), lines(Claim::Email)].concat(),
        business: client.business.document.clone(),
        client: asker(&client, None, language).name().to_owned(),
        issuer: app.issuer().to_owned(),
        today: app.now(),
        since: grant.created_at,
        opened_at: duty.opened_at,
        delete_by: duty.delete_by,
        claims: duty.claims.iter().collect(),
        reason: duty.reason,
        known_at: duty.told_at.into_iter().chain(duty.seen_at).min(),
        late: duty.overdue_at.is_some(),
        letter_at: duty.letter_at,
        subject: duty.subject.to_string(),
        grant_id: duty.grant_id.to_string(),
        duty_id: duty.id.to_string(),
    })
}

/// `GET /account/duties/{duty_id}/letter`
pub async fn show(
    consumer: Consumer,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let view = match find(&consumer, &id, Stage::has_letter).await {
        Ok(view) => view,
        Err(page) => return page,
    };
    match letter(&consumer, view, query.as_deref()).await {
        Ok(letter) => {
            let shell = consumer.shell(Some(Section::Businesses));
            respond(StatusCode::OK, &LetterPage { shell, letter })
        }
        Err(page) => page,
    }
}

/// `POST /account/duties/{duty_id}/letter`: the consumer says that they sent it.
pub async fn sent(Path(id): Path<String>, form: ConsumerForm) -> Response {
    let ConsumerForm { consumer, .. } = form;
    let view = match find(&consumer, &id, Stage::has_letter).await {
        Ok(view) => view,
        Err(page) => return page,
    };
    let app = &consumer.visitor.app;
    match duties::note_letter(app, &consumer.signed_in, view.duty.id).await {
        Ok(()) => see_other(&format!("{}/letter", path(&view.duty))),
        Err(fault) => consumer.fault(&fault),
    }
}

/// `GET /account/duties/{duty_id}/complaint`
pub async fn complaint(
    consumer: Consumer,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let view = match find(&consumer, &id, |stage| stage == Stage::Overdue).await {
        Ok(view) => view,
        Err(page) => return page,
    };
    match letter(&consumer, view, query.as_deref()).await {
        Ok(letter) => {
            let page = ComplaintPage {
                shell: consumer.shell(Some(Section::Businesses)),
                authority: authority(&letter.business.country, letter.texts),
                letter,
            };
            respond(StatusCode::OK, &page)
        }
        Err(page) => page,
    }
}
