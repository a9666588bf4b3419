//! Rights of the data subject, on the page of an agreement: what was asked of
//! the business, what it answered, and a form to ask.
//!
//! The form posts to `/account/businesses/{grant_id}/request`: `right`, and
//! `claim-{name}` for each that it is about (none: all of them).

use axum::extract::Path;
use axum::response::Response;
use enumset::EnumSet;

use super::overview::Done;
use super::way::see_other;
use crate::domain::claim::Claim;
use crate::domain::grant::EventKind;
use crate::domain::id::GrantId;
use crate::domain::reach::Reach;
use crate::domain::rights::{Outcome, RequestState, Right};
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};
use crate::service::Fault as Inside;
use crate::service::grants::GrantView;
use crate::service::rights::{self, RequestView, RightsError};
use crate::web::error_page::Fault;
use crate::web::form::ConsumerForm;
use crate::web::visitor::Consumer;

/// What the page of an agreement shows of rights.
#[derive(Clone, Default)]
pub struct RightsPanel {
    /// Those that can be used now; none when the business cannot be reached.
    pub choices: Vec<Right>,
    /// Where people turn themselves, where it cannot be reached.
    pub contact: Option<String>,
    /// What they can be about.
    pub claims: Vec<Claim>,
    /// What was asked, the newest first.
    pub requests: Vec<RequestCard>,
}

/// A request at a glance.
#[derive(Clone)]
pub struct RequestCard {
    /// Its number under the agreement.
    pub number: u32,
    /// Which right.
    pub right: Right,
    /// About what; all when there is nothing.
    pub claims: Vec<Claim>,
    /// How it stands.
    pub state: RequestState,
    /// When it was sent.
    pub opened_at: Timestamp,
    /// By when it must be answered.
    pub due: Timestamp,
    /// What was answered, the oldest first.
    pub replies: Vec<ReplyCard>,
}

/// An answer.
#[derive(Clone)]
pub struct ReplyCard {
    /// What it is.
    pub outcome: Outcome,
    /// When it came.
    pub at: Timestamp,
    /// Until when it took more time.
    pub until: Option<Timestamp>,
    /// What it says, line by line; `None` when it cannot be opened any more.
    pub text: Option<String>,
}

impl RequestCard {
    /// What was asked, and when.
    #[must_use]
    pub fn asked(&self, texts: Texts) -> String {
        let date = texts.date(self.opened_at);
        if self.claims.is_empty() {
            return t!(texts, "right-asked", date = date);
        }
        let claims = texts.claims(self.claims.iter().copied());
        t!(texts, "right-asked-about", date = date, claims = claims)
    }

    /// Where it stands.
    #[must_use]
    pub fn clock(&self, texts: Texts) -> String {
        let date = texts.date(self.due);
        match self.state {
            RequestState::Open => t!(texts, "right-until", date = date),
            RequestState::Overdue => t!(texts, "right-overdue", date = date),
            RequestState::Answered => String::new(),
        }
    }
}

impl ReplyCard {
    /// What the business did, and when.
    #[must_use]
    pub fn said(&self, texts: Texts) -> String {
        let date = texts.date(self.at);
        match (self.outcome, self.until) {
            (Outcome::Done, _) => t!(texts, "right-done", date = date),
            (Outcome::Refused, _) => t!(texts, "right-refused", date = date),
            (Outcome::Extended, until) => t!(
                texts,
                "right-extended",
                date = date,
                until = texts.date(until.unwrap_or(self.at))
            ),
        }
    }
}

impl From<RequestView> for RequestCard {
    fn from(view: RequestView) -> Self {
        let RequestView { request, replies } = view;
        Self {
            state: request.state(),
            number: request.number,
            right: request.right,
            claims: request.claims.iter().collect(),
            opened_at: request.opened_at,
            due: request.due,
            replies: replies
                .into_iter()
                .map(|reply| ReplyCard {
                    outcome: reply.taken.outcome,
                    at: reply.taken.at,
                    until: reply.taken.until,
                    text: reply.text.map(|text| text.to_string()),
                })
                .collect(),
        }
    }
}

/// What the page of an agreement shows.
pub(super) async fn panel(
    consumer: &Consumer,
    view: &GrantView,
    reach: Reach,
) -> Result<RightsPanel, Inside> {
    let app = &consumer.visitor.app;
    let requests = rights::of_grant(app, &consumer.signed_in, view.grant.id).await?;
    let requests: Vec<RequestCard> = requests.into_iter().map(RequestCard::from).collect();
    let waits = |right: Right| {
        let mut waiting = requests
            .iter()
            .filter(|request| request.state != RequestState::Answered);
        waiting.any(|request| request.right == right)
    };
    let told = reach.is_told_of_requests();
    let contact = &view.client.business.document.contact;
    Ok(RightsPanel {
        choices: Right::ALL
            .into_iter()
            .filter(|right| told && !waits(*right))
            .collect(),
        contact: (!told).then(|| contact.clone()),
        claims: view.grant.terms.all_claims().iter().collect(),
        requests,
    })
}

/// What to say that was done, besides sending it.
fn done(event: Option<EventKind>) -> Done {
    match event {
        Some(EventKind::Narrowed) => Done::Objected,
        Some(EventKind::Paused) => Done::Restricted,
        _ => Done::Asked,
    }
}

/// `POST /account/businesses/{grant_id}/request`
pub async fn send(Path(id): Path<String>, form: ConsumerForm) -> Response {
    let ConsumerForm { consumer, params } = form;
    let Ok(id) = id.parse::<GrantId>() else {
        return consumer.error(Fault::NotFound);
    };
    let mut claims = EnumSet::<Claim>::empty();
    for name in params
        .iter()
        .filter_map(|(name, _)| name.strip_prefix("claim-"))
    {
        let Ok(claim) = name.parse::<Claim>() else {
            return consumer.error(Fault::Malformed);
        };
        claims.insert(claim);
    }
    let Some(Ok(right)) = params.get("right").map(str::parse::<Right>) else {
        return consumer.error(Fault::Malformed);
    };
    let app = &consumer.visitor.app;
    let path = format!("/account/businesses/{id}");
    match rights::send(app, &consumer.signed_in, id, right, claims).await {
        Ok(event) => see_other(&done(event).told_at(&path)),
        // A second press of the button has nothing left to do.
        Err(RightsError::Waiting) => see_other(&path),
        Err(RightsError::Unknown) => consumer.error(Fault::NotFound),
        Err(RightsError::Fault(fault)) => consumer.fault(&fault),
        Err(RightsError::TooMany | RightsError::Unreachable | RightsError::Invalid(_)) => {
            consumer.error(Fault::Conflict)
        }
    }
}
