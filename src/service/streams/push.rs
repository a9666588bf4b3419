//! Push: each event is posted as one security event token (RFC 8935).

use serde::Serialize;
use serde_json::{Map, Value};

use super::note_life;
use crate::app::App;
use crate::crypto::jwt::Typ;
use crate::crypto::seal::Sealed;
use crate::crypto::signing::{Algorithm, KeySet};
use crate::crypto::vault;
use crate::domain::client::Client;
use crate::domain::id::{ClientId, MessageId, TransactionId};
use crate::domain::signal::Signal;
use crate::domain::stream::{AuthorizationHeader, Delivery as Way, Status, Stream};
use crate::domain::time::Timestamp;
use crate::outbound::{Answer, Post};
use crate::service::Fault;
use crate::service::deliveries::Delivery;
use crate::store::outbox::Claimed;
use crate::store::streams;

/// The media type of a security event token (RFC 8417 §7.2).
const SECEVENT: &str = "application/secevent+jwt";
/// How much of an answer is read: an error is a word and a sentence.
const MOST_OF_ANSWER: usize = 4 * 1024;

/// The claims of a security event token. Neither `sub` nor `exp`: it is no
/// access token, and what happened does not stop having happened.
#[derive(Serialize)]
struct SecurityEventToken<'a> {
    iss: &'a str,
    aud: &'a ClientId,
    iat: i64,
    jti: MessageId,
    txn: TransactionId,
    sub_id: Value,
    events: Map<String, Value>,
}

/// Signs an event: the same token each time, but for the key.
pub(super) fn token(
    app: &App,
    keys: &KeySet,
    client: &Client,
    id: MessageId,
    at: Timestamp,
    signal: &Signal,
) -> Result<String, Fault> {
    let claims = SecurityEventToken {
        iss: app.issuer(),
        aud: &client.id,
        iat: at.as_seconds(),
        jti: id,
        txn: signal.txn,
        sub_id: signal.sub_id(app.issuer()),
        events: signal.events(at),
    };
    let algorithm = Algorithm::from(client.metadata.id_token_signed_response_alg);
    Ok(keys.sign(Typ::SecurityEvent, algorithm, &claims)?)
}

/// Tells a client of an event.
pub(in crate::service) async fn push(app: &App, claimed: &Claimed, signal: &Signal) -> Delivery {
    match try_to_push(app, claimed, signal).await {
        Ok(delivery) => delivery,
        Err(fault) => {
            tracing::error!(error = %fault, "a security event token cannot be made");
            Delivery::Unheard("the token could not be made".to_owned())
        }
    }
}

async fn try_to_push(app: &App, claimed: &Claimed, signal: &Signal) -> Result<Delivery, Fault> {
    let mut connection = app.store().read().await?;
    let stream = streams::find(&mut connection, signal.stream_id).await?;
    drop(connection);
    // A stream that was deleted tells nobody anything.
    let Some(stream) = stream else {
        return Ok(Delivery::Moot);
    };
    let Some(client) = app.client(&stream.client_id).await? else {
        return Ok(Delivery::Moot);
    };
    if !signal.is_told_when(stream.status) {
        return Ok(Delivery::Moot);
    }
    let (Way::Push { endpoint, .. }, false) = (&stream.delivery, stream.status == Status::Paused)
    else {
        return Ok(Delivery::Held);
    };
    let keys = app.keys().await?;
    let body = token(
        app,
        &keys,
        &client.client,
        claimed.id,
        claimed.created_at,
        signal,
    )?;
    let authorization = authorization(app, &stream)?;
    let post = Post {
        url: endpoint.url(),
        content_type: SECEVENT,
        accept: "application/json",
        authorization: authorization.as_ref().map(AuthorizationHeader::reveal),
        dpop: None,
        body,
        most: MOST_OF_ANSWER,
    };
    let delivery = match app.outbound().ask(post).await {
        Ok(answer) => judge(&answer),
        Err(error) => Delivery::Unheard(error.to_string()),
    };
    if delivery == Delivery::Heard {
        note_life(app, &stream).await?;
    }
    Ok(delivery)
}

fn authorization(app: &App, stream: &Stream) -> Result<Option<AuthorizationHeader>, Fault> {
    let Way::Push {
        authorization_sealed: Some(sealed),
        ..
    } = &stream.delivery
    else {
        return Ok(None);
    };
    let sealed = Sealed::from_bytes(sealed.clone());
    Ok(Some(vault::open_receiver_authorization(
        app.master(),
        stream.id,
        &sealed,
    )?))
}

/// RFC 8935 §2.2 to §2.4. Only 202 says that it was taken: whatever else an
/// address answers, it may be that of another thing altogether.
fn judge(answer: &Answer) -> Delivery {
    match answer.status {
        202 => Delivery::Heard,
        400 => match error_of(&answer.body) {
            // It is about who we are, which the receiver can mend; it says
            // nothing of this event.
            Some(err) if err == "authentication_failed" || err == "access_denied" => {
                Delivery::Unheard(format!("answered with status 400: {err}"))
            }
            Some(err) => Delivery::Refused(format!("answered with status 400: {err}")),
            None => Delivery::Refused("answered with status 400".to_owned()),
        },
        status => Delivery::Unheard(format!("answered with status {status}")),
    }
}

/// The word by which a receiver says what is wrong. It goes into the log and
/// to the operator, and may be anything.
pub(super) fn error_of(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let word = body.get("err")?.as_str()?;
    let fits = (1..=64).contains(&word.len());
    (fits && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Delivery {
        judge(&Answer {
            status,
            body: body.as_bytes().to_vec(),
            dpop_nonce: None,
        })
    }

    #[test]
    fn only_202_is_done_and_400_gives_up_what_is_wrong_with_the_event() {
        assert_eq!(answer(202, ""), Delivery::Heard);
        for status in [200, 204, 301, 307, 401, 404, 429, 500, 503] {
            assert!(
                matches!(answer(status, ""), Delivery::Unheard(_)),
                "{status}"
            );
        }
        for (body, why) in [
            ("", "answered with status 400"),
            ("<html>", "answered with status 400"),
            (
                r#"{"err": "invalid_key", "description": "x"}"#,
                "answered with status 400: invalid_key",
            ),
            ("{\"err\": \"a\\nb\"}", "answered with status 400"),
        ] {
            assert_eq!(answer(400, body), Delivery::Refused(why.to_owned()));
        }
        for err in ["authentication_failed", "access_denied"] {
            let body = format!(r#"{{"err": "{err}"}}"#);
            assert!(matches!(answer(400, &body), Delivery::Unheard(_)), "{err}");
        }
    }
}
