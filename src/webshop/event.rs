//! What Sluis tells: security event tokens (RFC 8417), as its guide
//! `docs/shared-signals.md` describes them.

use jiff::Timestamp;
use serde_json::{Map, Value};

/// The header's type, which nothing else has.
pub(super) const TYPE: &str = "secevent+jwt";

const OURS: &str = "https://schemas.sluis.example/secevent/consent/event-type/";
const SESSION_REVOKED: &str = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";
const VERIFICATION: &str = "https://schemas.openid.net/secevent/ssf/event-type/verification";
const STREAM_UPDATED: &str = "https://schemas.openid.net/secevent/ssf/event-type/stream-updated";

/// One event.
pub(super) struct Event {
    /// The same event may come twice, and has the same name then.
    pub(super) jti: String,
    /// As the provider says.
    pub(super) happened_at: Option<Timestamp>,
    /// Whom it is about, as we know the person.
    pub(super) subject: Option<String>,
    pub(super) news: News,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// An agreement is over: we must delete.
    Ended(Ending),
    /// The terms are others now.
    Changed {
        change: String,
        dropped: Vec<String>,
        /// The duty to delete these.
        duty: Option<Ending>,
    },
    /// We may store and not use, or use again.
    Restricted(bool),
    /// These have other values now.
    ProfileChanged { claims: Vec<String> },
    /// One login is over; all of the person's without `sid`.
    SignedOut { sid: Option<String> },
    /// The person wants something of us that the law gives them.
    Request { right: String },
    /// The person does not want to be approached or judged any more.
    Objected,
    /// We asked whether the stream works.
    Verification,
    /// The provider changed the stream itself.
    StreamUpdated { status: String },
    /// Something that we have no use for.
    Other(String),
}

/// How an agreement ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ending {
    pub(super) reason: Reason,
    pub(super) grant_id: Option<String>,
    /// By which name the provider asks us to confirm.
    pub(super) duty_id: Option<String>,
    pub(super) claims: Vec<String>,
    pub(super) delete_by: Option<Timestamp>,
}

impl Ending {
    /// Whether the whole agreement is over, and not a part of it.
    pub(super) fn is_whole(&self) -> bool {
        self.reason != Reason::Narrowed
    }
}

/// Why something is to be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    Withdrawn,
    Expired,
    /// There is less in the agreement than there was.
    Narrowed,
    /// We gave it up ourselves.
    Ended,
}

impl Reason {
    pub(super) fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "withdrawn" => Self::Withdrawn,
            "expired" => Self::Expired,
            "narrowed" => Self::Narrowed,
            "ended" => Self::Ended,
            _ => return None,
        })
    }
}

/// Why a token is no event for us: a code of RFC 8935 §2.4, and a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) err: &'static str,
    pub(super) description: &'static str,
}

const fn refuse(err: &'static str, description: &'static str) -> Refusal {
    Refusal { err, description }
}

impl Event {
    /// Reads the payload of a token whose signature holds.
    pub(super) fn read(payload: &Value, issuer: &str, client_id: &str) -> Result<Self, Refusal> {
        if payload["iss"] != issuer {
            return Err(refuse("invalid_issuer", "the event is not of our provider"));
        }
        if !super::jws::is_for(&payload["aud"], client_id) {
            return Err(refuse("invalid_audience", "the event is not for us"));
        }
        let malformed = |why| refuse("invalid_request", why);
        let jti = text(payload, "jti").filter(|jti| jti.len() <= 200);
        let jti = jti.ok_or_else(|| malformed("the event has no jti"))?;
        let events = payload["events"].as_object();
        let mut events = events
            .ok_or_else(|| malformed("there is no event in the token"))?
            .iter();
        let (Some((kind, event)), None) = (events.next(), events.next()) else {
            return Err(malformed("there is not exactly one event in the token"));
        };
        let person = match payload["sub_id"]["format"].as_str() {
            Some("complex") => &payload["sub_id"]["user"],
            _ => &payload["sub_id"],
        };
        let subject = match person["format"].as_str() {
            Some("iss_sub") if person["iss"] != issuer => {
                return Err(malformed("the person is another provider's"));
            }
            Some("iss_sub") => text(person, "sub"),
            _ => None,
        };
        let news = News::read(kind, event, &payload["sub_id"]["session"]);
        if subject.is_none() && news.is_about_somebody() {
            return Err(malformed("the event does not say whom it is about"));
        }
        Ok(Self {
            jti,
            happened_at: moment(&event["event_timestamp"]),
            subject,
            news,
        })
    }
}

impl News {
    fn read(kind: &str, event: &Value, session: &Value) -> Self {
        let ending = |reason, claims: &str| Ending {
            reason,
            grant_id: text(event, "grant_id"),
            duty_id: text(event, "duty_id"),
            claims: names(&event[claims]),
            delete_by: moment(&event["delete_by"]),
        };
        match kind {
            SESSION_REVOKED => Self::SignedOut {
                sid: text(session, "id"),
            },
            VERIFICATION => Self::Verification,
            STREAM_UPDATED => Self::StreamUpdated {
                status: text(event, "status").unwrap_or_default(),
            },
            kind => match kind.strip_prefix(OURS) {
                Some("consent-withdrawn") => Self::Ended(ending(Reason::Withdrawn, "claims")),
                Some("retention-expired") => Self::Ended(ending(Reason::Expired, "claims")),
                Some("consent-changed") => Self::Changed {
                    change: text(event, "change").unwrap_or_default(),
                    dropped: names(&event["dropped_claims"]),
                    duty: text(event, "duty_id")
                        .map(|_| ending(Reason::Narrowed, "dropped_claims")),
                },
                Some("processing-restricted") => Self::Restricted(event["restricted"] == true),
                Some("profile-changed") => Self::ProfileChanged {
                    claims: names(&event["claims"]),
                },
                Some("data-subject-request") => Self::Request {
                    right: text(event, "right").unwrap_or_default(),
                },
                Some("processing-objected") => Self::Objected,
                _ => Self::Other(kind.chars().take(200).collect()),
            },
        }
    }

    /// Whether it makes no sense without a person.
    fn is_about_somebody(&self) -> bool {
        !matches!(
            self,
            Self::Verification | Self::StreamUpdated { .. } | Self::Other(_)
        )
    }
}

/// A member that is a text with something in it.
pub(super) fn text(value: &Value, member: &str) -> Option<String> {
    let members: &Map<String, Value> = value.as_object()?;
    let text = members.get(member)?.as_str()?;
    (!text.is_empty() && text.len() <= 2_000).then(|| text.to_owned())
}

/// A list of claims; nobody has more than a hundred.
pub(super) fn names(value: &Value) -> Vec<String> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .filter_map(|name| name.as_str())
        .take(100)
        .map(str::to_owned)
        .collect()
}

/// A moment: seconds since 1970 in tokens, RFC 3339 in documents.
pub(super) fn moment(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Number(seconds) => Timestamp::from_second(seconds.as_i64()?).ok(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}
