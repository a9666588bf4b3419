//! `/ssf/stream`: the configuration of a stream (§8.1.1).

use axum::extract::State;
use axum::response::Response;
use enumset::EnumSet;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::error::OAuthError;
use super::{Call, Members, answer, bad, done, told};
use crate::app::App;
use crate::domain::client::FetchUri;
use crate::domain::id::{ClientId, StreamId};
use crate::domain::signal::EventType;
use crate::domain::stream::{
    AuthorizationHeader, Delivery, MIN_VERIFICATION_INTERVAL, MOST_REQUESTED, Stream,
};
use crate::service::streams::{self, DeliveryWish, Wish};

fn uris(kinds: EnumSet<EventType>) -> Vec<&'static str> {
    kinds.iter().map(EventType::as_str).collect()
}

fn poll_endpoint(app: &App, id: StreamId) -> String {
    app.config().issuer.at(&format!("/ssf/poll/{id}"))
}

/// What is the same of every stream of a client.
fn fixed(app: &App, client_id: &ClientId) -> Map<String, Value> {
    let members = [
        ("iss", json!(app.issuer())),
        ("aud", json!(client_id)),
        ("events_supported", json!(uris(EventType::all()))),
        (
            "min_verification_interval",
            json!(MIN_VERIFICATION_INTERVAL.as_secs()),
        ),
    ];
    let named = members.map(|(name, value)| (name.to_owned(), value));
    named.into_iter().collect()
}

/// A stream as its client is told of it. What the client wants to be shown is
/// not told again: whoever sets a stream up need not be who receives.
fn document(app: &App, stream: &Stream) -> Map<String, Value> {
    let endpoint = match &stream.delivery {
        Delivery::Push { endpoint, .. } => endpoint.as_str().to_owned(),
        Delivery::Poll => poll_endpoint(app, stream.id),
    };
    let mut members = fixed(app, &stream.client_id);
    let mut add = |name: &str, value: Value| members.insert(name.to_owned(), value);
    add("stream_id", json!(stream.id));
    add("events_delivered", json!(uris(stream.delivered())));
    add(
        "delivery",
        json!({"method": stream.delivery.method(), "endpoint_url": endpoint}),
    );
    if let Some(requested) = &stream.requested {
        add("events_requested", json!(requested));
    }
    if let Some(description) = &stream.description {
        add("description", json!(description));
    }
    if let Some(timeout) = stream.inactivity_timeout() {
        add("inactivity_timeout", json!(timeout.as_secs()));
    }
    members
}

#[derive(Deserialize)]
struct DeliveryDocument {
    method: String,
    endpoint_url: Option<String>,
    #[serde(default, deserialize_with = "given")]
    authorization_header: Option<Option<String>>,
}

/// Tells a member that is `null` from one that is not there.
fn given<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// What a client wants, in so far as it may. `stream` is there when it changes
/// one that it has.
fn wish(app: &App, members: &Members, stream: Option<&Stream>) -> Result<Wish, OAuthError> {
    let requested = members.given("events_requested")?;
    if let Some(Some(list)) = &requested
        && Vec::len(list) > MOST_REQUESTED
    {
        return Err(bad(format!(
            "events_requested: at most {MOST_REQUESTED} kinds of events"
        )));
    }
    let delivery = match members.given("delivery")? {
        Some(Some(document)) => Some(Some(delivery(app, document, stream)?)),
        Some(None) => Some(None),
        None => None,
    };
    Ok(Wish {
        delivery,
        requested,
        description: members.given("description")?,
    })
}

fn delivery(
    app: &App,
    document: DeliveryDocument,
    stream: Option<&Stream>,
) -> Result<DeliveryWish, OAuthError> {
    let of_delivery = |why: &str| bad(format!("delivery: {why}"));
    match document.method.as_str() {
        Delivery::POLL => match (document.endpoint_url, stream) {
            (Some(url), Some(stream)) if url != poll_endpoint(app, stream.id) => Err(of_delivery(
                "where events are fetched is not for the client to say",
            )),
            _ => Ok(DeliveryWish::Poll),
        },
        Delivery::PUSH => {
            let endpoint = document.endpoint_url.unwrap_or_default();
            let header = document.authorization_header.map(|header| {
                header
                    .map(|text| AuthorizationHeader::try_from(text).map_err(of_delivery))
                    .transpose()
            });
            Ok(DeliveryWish::Push {
                endpoint: FetchUri::try_from(endpoint)
                    .map_err(|why| of_delivery(&format!("endpoint_url: {why}")))?,
                authorization: header.transpose()?,
            })
        }
        _ => Err(of_delivery(
            "method must be urn:ietf:rfc:8935 or urn:ietf:rfc:8936",
        )),
    }
}

/// What is ours to say may be repeated, and must be right then (§8.1.1.3).
fn check(expected: &Map<String, Value>, members: &Members) -> Result<(), OAuthError> {
    const OURS: [&str; 6] = [
        "iss",
        "aud",
        "events_supported",
        "events_delivered",
        "min_verification_interval",
        "inactivity_timeout",
    ];
    for name in OURS {
        if let Some(given) = members.0.get(name)
            && let Some(expected) = expected.get(name)
            && !given.is_null()
            && as_list(given) != as_list(expected)
        {
            return Err(bad(format!("{name} is not for the client to change")));
        }
    }
    Ok(())
}

/// One is a list of one, and a list has no order.
fn as_list(value: &Value) -> Vec<String> {
    let mut list: Vec<String> = match value {
        Value::Array(list) => list.iter().map(ToString::to_string).collect(),
        one => vec![one.to_string()],
    };
    list.sort();
    list.dedup();
    list
}

/// `POST`: a stream is made.
pub(super) async fn create(State(app): State<App>, call: Call) -> Result<Response, OAuthError> {
    let client = call.manager(&app).await?;
    let members = call.members()?;
    if members.optional::<Value>("stream_id")?.is_some() {
        return Err(bad("stream_id is not for the client to choose"));
    }
    check(&fixed(&app, &client.client.id), &members)?;
    let wish = wish(&app, &members, None)?;
    let stream = streams::create(&app, &client, wish).await.map_err(told)?;
    Ok(answer(StatusCode::CREATED, &document(&app, &stream)))
}

/// `GET`: one stream, or all that the client has.
pub(super) async fn read(State(app): State<App>, call: Call) -> Result<Response, OAuthError> {
    let client = call.reader(&app).await?;
    if let Some(id) = call.queried()? {
        let stream = streams::one(&app, &client, id).await.map_err(told)?;
        return Ok(answer(StatusCode::OK, &document(&app, &stream)));
    }
    let stream = streams::of_client(&app, &client).await.map_err(told)?;
    let all: Vec<_> = stream.iter().map(|stream| document(&app, stream)).collect();
    Ok(answer(StatusCode::OK, &all))
}

/// `PATCH`: what is named is changed.
pub(super) async fn update(State(app): State<App>, call: Call) -> Result<Response, OAuthError> {
    change(&app, &call, |wish| wish).await
}

/// `PUT`: what is not named is taken away.
pub(super) async fn replace(State(app): State<App>, call: Call) -> Result<Response, OAuthError> {
    change(&app, &call, Wish::whole).await
}

async fn change(
    app: &App,
    call: &Call,
    complete: impl Fn(Wish) -> Wish,
) -> Result<Response, OAuthError> {
    let client = call.manager(app).await?;
    let members = call.members()?;
    let id = members.stream_id()?;
    let stream = streams::one(app, &client, id).await.map_err(told)?;
    check(&document(app, &stream), &members)?;
    let wish = complete(wish(app, &members, Some(&stream))?);
    let stream = streams::edit(app, &client, id, &wish).await.map_err(told)?;
    Ok(answer(StatusCode::OK, &document(app, &stream)))
}

/// `DELETE`: the stream ends.
pub(super) async fn delete(State(app): State<App>, call: Call) -> Result<Response, OAuthError> {
    let client = call.manager(&app).await?;
    let id = call.queried()?.ok_or_else(|| bad("stream_id is missing"))?;
    streams::delete(&app, &client, id).await.map_err(told)?;
    Ok(done(StatusCode::NO_CONTENT))
}
