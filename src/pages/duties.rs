//! `/account/duties`: what businesses have to delete, and how far each is. The
//! same is shown on the page of each agreement.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::asker::asker;
use crate::domain::claim::Claim;
use crate::domain::duty::{Duty, Reason, Stage};
use crate::domain::language::Language;
use crate::domain::plan::LegalBasis;
use crate::domain::reach::Reach;
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};
use crate::service::duties;
use crate::store::clients::RegisteredClient;
use crate::web::page::{Section, Shell, respond};
use crate::web::visitor::Consumer;

/// The list.
#[derive(Clone, Template)]
#[template(path = "duties.html")]
pub struct DutiesPage {
    /// Around it.
    pub shell: Shell,
    /// Those that a business still has to confirm, the newest first.
    pub open: Vec<DutyCard>,
    /// Those of which nothing more is to come, the newest first.
    pub done: Vec<DutyCard>,
}

impl DutiesPage {
    /// The id, the title and the duties of each part of the page.
    fn sections(&self) -> [(&'static str, String, &[DutyCard]); 2] {
        let texts = self.shell.texts;
        [
            ("open", t!(texts, "duties-open"), &self.open),
            ("done", t!(texts, "duties-done"), &self.done),
        ]
    }
}

/// A duty at a glance.
#[derive(Clone)]
pub struct DutyCard {
    /// Names it within a page.
    pub id: String,
    /// What to call the business.
    pub business: String,
    /// `/account/businesses/{grant_id}`.
    pub grant: String,
    /// What has to be deleted.
    pub claims: Vec<Claim>,
    /// Why.
    pub reason: Reason,
    /// Where it is.
    pub stage: Stage,
    /// Whether nobody was told, or can be.
    pub unreachable: bool,
    /// Since when.
    pub opened_at: Timestamp,
    /// By when.
    pub delete_by: Timestamp,
    /// When the business had our message.
    pub told_at: Option<Timestamp>,
    /// When it looked at it.
    pub seen_at: Option<Timestamp>,
    /// Whether the time passed without an answer.
    pub late: bool,
    /// When the consumer wrote to it.
    pub letter_at: Option<Timestamp>,
    /// When the consumer agreed anew to all of it.
    pub lapsed_at: Option<Timestamp>,
    /// When it answered.
    pub answered_at: Option<Timestamp>,
    /// What it says that it keeps.
    pub kept: Vec<KeptView>,
    /// `/account/duties/{duty_id}`, below which the letters are, where they are
    /// of use.
    pub letters: Option<String>,
}

/// What a business keeps.
#[derive(Clone)]
pub struct KeptView {
    /// Which claims.
    pub claims: Vec<Claim>,
    /// On which ground.
    pub basis: LegalBasis,
    /// By which law, in its own words.
    pub law: String,
    /// Until which day.
    pub until: Timestamp,
}

impl DutyCard {
    /// What was asked, and when.
    #[must_use]
    pub fn asked(&self, texts: Texts) -> String {
        let (business, date) = (self.business.as_str(), texts.date(self.opened_at));
        if self.unreachable {
            return self.owed(texts);
        }
        if self.claims.is_empty() {
            return t!(
                texts,
                "duty-asked-nothing",
                business = business,
                date = date
            );
        }
        let claims = texts.claims(self.claims.iter().copied());
        t!(
            texts,
            "duty-asked",
            business = business,
            date = date,
            claims = claims
        )
    }

    /// What has to be deleted, where nobody was asked to.
    fn owed(&self, texts: Texts) -> String {
        let (business, date) = (self.business.as_str(), texts.date(self.opened_at));
        if self.claims.is_empty() {
            return t!(texts, "duty-owed-nothing", business = business, date = date);
        }
        t!(
            texts,
            "duty-owed",
            business = business,
            date = date,
            claims = texts.claims(self.claims.iter().copied())
        )
    }

    /// What is known of where the message is.
    #[must_use]
    pub fn message(&self, texts: Texts) -> String {
        match (self.seen_at, self.told_at) {
            (Some(at), _) => t!(texts, "duty-seen", date = texts.date(at)),
            (None, Some(at)) => t!(texts, "duty-told", date = texts.date(at)),
            (None, None) if self.unreachable => t!(texts, "duty-unreachable"),
            (None, None) => t!(texts, "duty-waits"),
        }
    }

    /// What is known of the deletion itself.
    #[must_use]
    pub fn outcome(&self, texts: Texts) -> String {
        let business = self.business.as_str();
        let by = texts.date(self.delete_by);
        match (self.stage, self.answered_at) {
            (Stage::Kept, Some(at)) => {
                t!(
                    texts,
                    "duty-kept",
                    business = business,
                    date = texts.date(at)
                )
            }
            (_, Some(at)) => {
                t!(
                    texts,
                    "duty-confirmed",
                    business = business,
                    date = texts.date(at)
                )
            }
            (Stage::Lapsed, None) => {
                let date = texts.date(self.lapsed_at.unwrap_or(self.opened_at));
                t!(texts, "duty-lapsed", date = date)
            }
            (Stage::Overdue, None) => t!(texts, "duty-overdue", date = by),
            (_, None) => t!(texts, "duty-until", date = by),
        }
    }
}

/// A duty as it is shown.
pub(super) fn card(
    duty: &Duty,
    client: &RegisteredClient,
    reach: Reach,
    language: Language,
) -> DutyCard {
    let answer = duty.answer.as_ref();
    let stage = duty.stage(reach);
    let kept = answer.map_or(&[][..], |answer| &answer.kept);
    DutyCard {
        id: duty.id.to_string(),
        business: asker(client, None, language).name().to_owned(),
        grant: format!("/account/businesses/{}", duty.grant_id),
        claims: duty.claims.iter().collect(),
        reason: duty.reason,
        stage,
        opened_at: duty.opened_at,
        delete_by: duty.delete_by,
        told_at: duty.told_at,
        seen_at: duty.seen_at,
        late: duty.overdue_at.is_some(),
        letter_at: duty.letter_at,
        lapsed_at: duty.lapsed_at,
        answered_at: answer.map(|answer| answer.answered_at),
        kept: kept
            .iter()
            .map(|kept| KeptView {
                claims: kept.claims.iter().collect(),
                basis: kept.basis,
                law: kept.law.clone(),
                until: kept.until.start(),
            })
            .collect(),
        unreachable: !duty.reaches(reach),
        letters: stage.has_letter().then(|| path(duty)),
    }
}

/// Below which the letters of a duty are.
pub(super) fn path(duty: &Duty) -> String {
    format!("/account/duties/{}", duty.id)
}

/// `GET /account/duties`
pub async fn show(consumer: Consumer) -> Response {
    let app = &consumer.visitor.app;
    let views = match duties::of_account(app, &consumer.signed_in).await {
        Ok(views) => views,
        Err(fault) => return consumer.fault(&fault),
    };
    let (done, open): (Vec<_>, Vec<_>) = views
        .iter()
        .map(|view| {
            let language = consumer.visitor.language;
            card(&view.duty, &view.client, view.reach, language)
        })
        .partition(|card| card.stage.is_settled());
    let page = DutiesPage {
        shell: consumer.shell(Some(Section::Businesses)),
        open,
        done,
    };
    respond(StatusCode::OK, &page)
}
