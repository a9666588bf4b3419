//! What the shop says to Sluis in its own name: that it wants to hear events,
//! that it deleted, what it answers, and what it asks of people from now on.

use axum::http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::edition::Edition;
use super::event::{self, Ending, Reason, text};
use super::ledger::{Confirmation, Request};
use super::relying_party::{Answer, Call, Failure, RelyingParty};

/// RFC 8935: events are posted to us.
const PUSH: &str = "urn:ietf:rfc:8935";
/// Pages of a list that we read at a time.
const MOST_PAGES: usize = 10;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    #[error(transparent)]
    Failure(#[from] Failure),
    /// It is understood, and not granted.
    #[error("the provider answers {0}: {1}")]
    Refused(StatusCode, String),
}

fn expect(answer: Answer) -> Result<Answer, Trouble> {
    if answer.status.is_success() {
        return Ok(answer);
    }
    let why = text(&answer.body, "error_description")
        .or_else(|| text(&answer.body, "detail"))
        .or_else(|| text(&answer.body, "error"));
    Err(Trouble::Refused(answer.status, why.unwrap_or_default()))
}

/// Where events are to go, and what they bring along to be let in.
pub(super) struct Delivery<'a> {
    pub(super) endpoint: &'a str,
    pub(super) authorization: &'a str,
}

/// Makes our stream, or turns the one that we have to here.
pub(super) async fn subscribe(
    provider: &RelyingParty,
    delivery: &Delivery<'_>,
) -> Result<(), Trouble> {
    let metadata = expect(
        provider
            .call(&Call::get("/.well-known/ssf-configuration"))
            .await?,
    )?;
    let endpoint = text(&metadata.body, "configuration_endpoint");
    let path = endpoint
        .as_deref()
        .and_then(|url| url.strip_prefix(provider.issuer().trim_end_matches('/')))
        .ok_or_else(|| Failure::Unbelievable("streams are made elsewhere".to_owned()))?;
    let mut wish = json!({"delivery": {
        "method": PUSH,
        "endpoint_url": delivery.endpoint,
        "authorization_header": delivery.authorization,
    }});
    let streams = expect(provider.call(&Call::get(path)).await?)?;
    let own = streams.body.get(0).and_then(|own| text(own, "stream_id"));
    let call = match own {
        Some(id) => {
            wish["stream_id"] = id.into();
            Call {
                method: Method::PATCH,
                ..Call::post(path, &wish)
            }
        }
        None => Call::post(path, &wish),
    };
    expect(provider.call(&call).await?)?;
    Ok(())
}

/// Reads a list to its end, for each of some states.
async fn list(
    provider: &RelyingParty,
    what: &str,
    states: [&str; 2],
) -> Result<Vec<Value>, Trouble> {
    let mut found = Vec::new();
    for state in states {
        let mut after = String::new();
        for _ in 0..MOST_PAGES {
            let path = format!("/api/v1/{what}?state={state}{after}");
            let mut page = expect(provider.call(&Call::get(&path)).await?)?.body;
            if let Value::Array(items) = page[what].take() {
                found.extend(items);
            }
            match text(&page, "next") {
                // Ids are of letters, digits and hyphens.
                Some(next) if next.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') => {
                    after = format!("&after={next}");
                }
                _ => break,
            }
        }
    }
    Ok(found)
}

/// What we owe, as Sluis has it: whom it is about, and what ended.
pub(super) async fn duties(provider: &RelyingParty) -> Result<Vec<(String, Ending)>, Trouble> {
    let listed = list(provider, "duties", ["open", "overdue"]).await?;
    let read = |duty: &Value| {
        let ending = Ending {
            reason: Reason::from_word(duty["reason"].as_str()?)?,
            grant_id: text(duty, "grant_id"),
            duty_id: Some(text(duty, "duty_id")?),
            claims: event::names(&duty["claims"]),
            delete_by: event::moment(&duty["delete_by"]),
        };
        Some((text(duty, "sub")?, ending))
    };
    Ok(listed.iter().filter_map(read).collect())
}

/// Says that we deleted, and what the law makes us keep.
pub(super) async fn confirm(
    provider: &RelyingParty,
    duty_id: &str,
    answer: &Value,
    now: Timestamp,
) -> Confirmation {
    let path = format!("/api/v1/duties/{duty_id}/confirm");
    let said = provider.call(&Call::post(&path, answer)).await;
    match said.map_err(Trouble::from).and_then(expect) {
        Ok(_) => Confirmation::Accepted(now),
        Err(Trouble::Refused(status, why)) if status != StatusCode::TOO_MANY_REQUESTS => {
            tracing::warn!(%status, why, "a deletion is not taken as confirmed");
            Confirmation::Refused(format!("{status} {why}").trim().to_owned())
        }
        Err(trouble) => {
            tracing::warn!(%trouble, "a deletion could not be confirmed yet");
            Confirmation::Delayed
        }
    }
}

/// What people ask of us through Sluis and wait for.
pub(super) async fn requests(provider: &RelyingParty) -> Result<Vec<Request>, Trouble> {
    let listed = list(provider, "requests", ["open", "overdue"]).await?;
    let read = |request: &Value| {
        let number = &request["number"];
        Some(Request {
            id: text(request, "request_id")?,
            number: number
                .as_u64()
                .map(|number| number.to_string())
                .or_else(|| number.as_str().map(str::to_owned)),
            subject: text(request, "sub")?,
            right: text(request, "right")?,
            claims: event::names(&request["claims"]),
            opened: event::moment(&request["opened_at"]),
            due: event::moment(&request["due"]),
            state: text(request, "state").unwrap_or_default(),
        })
    };
    Ok(listed.iter().filter_map(read).collect())
}

/// Answers somebody.
pub(super) async fn answer(
    provider: &RelyingParty,
    request_id: &str,
    outcome: &str,
    words: &str,
) -> Result<(), Trouble> {
    let path = format!("/api/v1/requests/{request_id}/answer");
    let body = json!({"outcome": outcome, "text": words});
    expect(provider.call(&Call::post(&path, &body)).await?)?;
    Ok(())
}

/// The plan that stands: its number, and which of our editions it is.
#[derive(Clone)]
pub(super) struct Standing {
    pub(super) version: Option<u64>,
    pub(super) etag: Option<String>,
    pub(super) edition: Option<Edition>,
}

/// What Sluis made of a new edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Published {
    pub(super) version: u64,
    pub(super) narrower: bool,
    pub(super) wider: bool,
}

pub(super) async fn plan(provider: &RelyingParty) -> Result<Standing, Trouble> {
    let answer = expect(provider.call(&Call::get("/api/v1/plan")).await?)?;
    let plan = answer.body.get("plan").unwrap_or(&answer.body);
    Ok(Standing {
        version: answer.body["version"].as_u64(),
        etag: answer.etag,
        edition: Edition::of_plan(plan),
    })
}

/// Asks people for more or for less from now on. Who else changed it in the
/// meantime is not overwritten.
pub(super) async fn publish(
    provider: &RelyingParty,
    edition: Edition,
) -> Result<Published, Trouble> {
    let standing = plan(provider).await?;
    let body = edition.plan();
    let call = Call {
        method: Method::PUT,
        if_match: standing.etag.as_deref(),
        ..Call::post("/api/v1/plan", &body)
    };
    let answer = expect(provider.call(&call).await?)?.body;
    Ok(Published {
        version: answer["version"].as_u64().unwrap_or_default(),
        narrower: answer["narrower"] == true,
        wider: answer["wider"] == true,
    })
}
