//! Rights of the data subject, sent through Sluis to a business: a numbered
//! request, the month that the business has, and what it answers (GDPR art. 12,
//! 15, 16, 18, 20 and 21). To have everything deleted is to end the agreement.
//!
//! A request says which right and which claims, and holds no text: whoever
//! reads it does so while the consumer is away, and no key that the server has
//! by itself may open what a person writes.

use enumset::EnumSet;
use serde::{Deserialize, Serialize};

use super::attribute::is_control;
use super::claim::Claim;
use super::duty::Day;
use super::grant::{EventKind, Grant, GrantState, Move};
use super::id::{AccountId, ClientId, GrantId, RightsRequestId};
use super::permission::Permission;
use super::plan::Plan;
use super::retention::Retention;
use super::subject::Subject;
use super::time::Timestamp;
use super::word::words;

/// The most characters of an answer.
pub const MAX_TEXT: usize = 2_000;
/// The most requests under one agreement.
pub const MAX_REQUESTS: u32 = 200;

/// A right of the data subject that a business answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// To know what the business has (art. 15).
    Access,
    /// To have mended what is wrong (art. 16).
    Rectification,
    /// To have it kept and not used (art. 18).
    Restriction,
    /// To have it used for something no longer (art. 21).
    Objection,
    /// To get it in a form that others can read (art. 20).
    Portability,
}

impl Right {
    /// Every right, in the order of the law.
    pub const ALL: [Self; 5] = [
        Self::Access,
        Self::Rectification,
        Self::Restriction,
        Self::Portability,
        Self::Objection,
    ];

    /// The word in documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Rectification => "rectification",
            Self::Restriction => "restriction",
            Self::Objection => "objection",
            Self::Portability => "portability",
        }
    }

    /// What using it does to an agreement by itself, before the business says
    /// anything: an objection ends marketing (art. 21(3)), a restriction pauses
    /// (art. 18). `None` when nothing is left to do. `plan` is what was agreed to.
    #[must_use]
    pub fn at_once(self, grant: &Grant, plan: &Plan, now: Timestamp) -> Option<Move> {
        let state = grant.state_at(now);
        match self {
            Self::Objection if !state.is_over() => {
                let quiet = grant.terms.without(Permission::contact(), plan);
                (quiet != grant.terms).then_some(Move::Narrow(quiet, grant.plan_version))
            }
            Self::Restriction if state == GrantState::Active => Some(Move::Pause),
            _ => None,
        }
    }

    /// The event of [`Right::at_once`].
    #[must_use]
    pub const fn event(self) -> Option<EventKind> {
        match self {
            Self::Objection => Some(EventKind::Narrowed),
            Self::Restriction => Some(EventKind::Paused),
            Self::Access | Self::Rectification | Self::Portability => None,
        }
    }

    /// The article of the GDPR.
    #[must_use]
    pub const fn article(self) -> u8 {
        match self {
            Self::Access => 15,
            Self::Rectification => 16,
            Self::Restriction => 18,
            Self::Portability => 20,
            Self::Objection => 21,
        }
    }
}

/// How a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    /// There is time left.
    Open,
    /// The time is up, and there is no answer.
    Overdue,
    /// It was answered for good.
    Answered,
}

impl RequestState {
    const ALL: [Self; 3] = [Self::Open, Self::Overdue, Self::Answered];

    /// The word in documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Overdue => "overdue",
            Self::Answered => "answered",
        }
    }
}

/// What a business answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It did what was asked.
    Done,
    /// It will not, and says why (art. 12(4)).
    Refused,
    /// It needs more time, and says why (art. 12(3)).
    Extended,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Done, Self::Refused, Self::Extended];

    /// The word in documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Extended => "extended",
        }
    }
}

words!(UnknownWord: Right, RequestState, Outcome);

/// The text is no word of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a word of a request")]
pub struct UnknownWord;

/// A request of a consumer to a business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RightsRequest {
    /// Which.
    pub id: RightsRequestId,
    /// Its number under the agreement, from 1.
    pub number: u32,
    /// Whose.
    pub account_id: AccountId,
    /// Under which agreement.
    pub grant_id: GrantId,
    /// To whom.
    pub client_id: ClientId,
    /// Who the account is to that client.
    pub subject: Subject,
    /// Which right.
    pub right: Right,
    /// About which claims; all when there are none.
    pub claims: EnumSet<Claim>,
    /// When it was made.
    pub opened_at: Timestamp,
    /// By when it must be answered.
    pub due: Timestamp,
    /// When the business took more time.
    pub extended_at: Option<Timestamp>,
    /// When it was found that the time was up.
    pub overdue_at: Option<Timestamp>,
    /// When it was answered for good.
    pub answered_at: Option<Timestamp>,
}

/// An answer that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// What it is.
    pub outcome: Outcome,
    /// When it came.
    pub at: Timestamp,
    /// Until when it extends the time.
    pub until: Option<Timestamp>,
}

impl Taken {
    /// Whether it is this answer. What it said only whoever asked can tell.
    #[must_use]
    pub fn says(&self, outcome: Outcome, until: Option<Day>) -> bool {
        self.outcome == outcome && self.until == until.map(Day::end)
    }
}

/// Why an answer is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReply {
    /// It has been answered.
    #[error("this request was answered before; that answer stands")]
    Answered,
    /// There is no reason.
    #[error("text must say why, in 1 to {MAX_TEXT} characters (GDPR art. 12(3) and (4))")]
    NoReason,
    /// Nobody reads so much.
    #[error("text has at most {MAX_TEXT} characters, and none that cannot be seen")]
    Text,
    /// A time without more time, or the other way round.
    #[error("until goes with extended, and with that alone")]
    Until,
    /// More than the law gives.
    #[error(
        "until must be later than the time that there is, and at most three months after the request (GDPR art. 12(3))"
    )]
    TooLong,
    /// Once is what the law gives, in the first month.
    #[error("the time can be extended once, within the month that there is (GDPR art. 12(3))")]
    TooLate,
}

impl RightsRequest {
    /// By when a request that is made at `now` must be answered (art. 12(3)).
    #[must_use]
    pub fn due_of(now: Timestamp) -> Timestamp {
        Self::within(1, now)
    }

    fn within(months: u16, from: Timestamp) -> Timestamp {
        let period = Retention::months(months).unwrap_or(Retention::MAX);
        period.last_moment(from)
    }

    /// How it stands.
    #[must_use]
    pub const fn state(&self) -> RequestState {
        match (self.answered_at, self.overdue_at) {
            (Some(_), _) => RequestState::Answered,
            (None, Some(_)) => RequestState::Overdue,
            (None, None) => RequestState::Open,
        }
    }

    /// Whether an answer of the business can be taken at `now`.
    pub fn take(
        &self,
        outcome: Outcome,
        text: &str,
        until: Option<Day>,
        now: Timestamp,
    ) -> Result<Taken, InvalidReply> {
        if self.answered_at.is_some() {
            return Err(InvalidReply::Answered);
        }
        let hidden = |c: char| is_control(c) && c != '\n';
        if text.chars().count() > MAX_TEXT || text.chars().any(hidden) {
            return Err(InvalidReply::Text);
        }
        if outcome != Outcome::Done && text.trim().is_empty() {
            return Err(InvalidReply::NoReason);
        }
        let at = now.max(self.opened_at);
        let until = match (outcome, until) {
            (Outcome::Extended, Some(day)) => Some(self.extension(day, at)?),
            (Outcome::Done | Outcome::Refused, None) => None,
            _ => return Err(InvalidReply::Until),
        };
        Ok(Taken { outcome, at, until })
    }

    fn extension(&self, day: Day, at: Timestamp) -> Result<Timestamp, InvalidReply> {
        if self.extended_at.is_some() || at > self.due {
            return Err(InvalidReply::TooLate);
        }
        let until = day.end();
        if until <= self.due || until > Self::within(3, self.opened_at) {
            return Err(InvalidReply::TooLong);
        }
        Ok(until)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

    fn request() -> RightsRequest {
        RightsRequest {
            id: RightsRequestId::new(Uuid::from_u128(1)),
            number: 1,
            account_id: AccountId::new(Uuid::from_u128(2)),
            grant_id: GrantId::new(Uuid::from_u128(3)),
            client_id: "shop".parse().expect("an id"),
            subject: Subject::from_random([4; 16]),
            right: Right::Access,
            claims: EnumSet::empty(),
            opened_at: NOW,
            due: RightsRequest::due_of(NOW),
            extended_at: None,
            overdue_at: None,
            answered_at: None,
        }
    }

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    #[test]
    fn a_business_has_a_month_and_with_a_reason_two_more() {
        let request = request();
        assert_eq!(request.due.to_string(), "2026-10-21T23:59:59Z");
        let extend = |request: &RightsRequest, until, now| {
            let taken = request.take(Outcome::Extended, "We need more time.", until, now);
            taken.map(|taken| taken.until.map(|until| until.to_string()))
        };
        let longest = Some("2026-12-21T23:59:59Z".to_owned());
        assert_eq!(extend(&request, Some(day("2026-12-21")), NOW), Ok(longest));
        for until in ["2026-12-22", "2026-10-21", "2026-09-30", "2030-01-01"] {
            let refused = extend(&request, Some(day(until)), NOW);
            assert_eq!(refused, Err(InvalidReply::TooLong), "{until}");
        }
        assert_eq!(extend(&request, None, NOW), Err(InvalidReply::Until));
        let late = request.due.plus(std::time::Duration::from_secs(1));
        let refused = extend(&request, Some(day("2026-12-01")), late);
        assert_eq!(refused, Err(InvalidReply::TooLate));
        let again = RightsRequest {
            extended_at: Some(NOW),
            ..request
        };
        let refused = extend(&again, Some(day("2026-12-01")), NOW);
        assert_eq!(refused, Err(InvalidReply::TooLate));
    }

    #[test]
    fn whoever_refuses_says_why_and_the_first_answer_stands() {
        let request = request();
        let take = |outcome, text: &str| request.take(outcome, text, None, NOW).map(|_| ());
        assert_eq!(take(Outcome::Done, ""), Ok(()));
        assert_eq!(take(Outcome::Refused, " \n "), Err(InvalidReply::NoReason));
        assert_eq!(take(Outcome::Refused, "We do not know you."), Ok(()));
        let long = "x".repeat(MAX_TEXT + 1);
        assert_eq!(take(Outcome::Done, &long), Err(InvalidReply::Text));
        for hidden in ["a\u{7}b", "a\u{202e}b", "a\u{2067}b"] {
            assert_eq!(take(Outcome::Done, hidden), Err(InvalidReply::Text));
        }
        let until = request.take(Outcome::Done, "", Some(day("2026-12-01")), NOW);
        assert_eq!(until, Err(InvalidReply::Until));
        let answered = RightsRequest {
            answered_at: Some(NOW),
            ..request.clone()
        };
        let again = answered.take(Outcome::Done, "", None, NOW);
        assert_eq!(again, Err(InvalidReply::Answered));
        // A clock that jumps back answers nothing before it was asked.
        let before = Timestamp::from_seconds(1);
        let taken = request
            .take(Outcome::Done, "", None, before)
            .expect("an answer");
        assert_eq!(taken.at, NOW);
    }
}
