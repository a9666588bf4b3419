//! Fetching the document at the other provider: the code becomes a token, the
//! token fetches it, and each is shown with a proof of the key (RFC 9449).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use url::{Url, form_urlencoded};

use super::{ArrivalError, BACK, BUSY, Journey, ask};
use crate::app::App;
use crate::config::Issuer;
use crate::crypto::dpop::key::{Errand, ProvingKey};
use crate::crypto::signing::CannotSign;
use crate::domain::import::{BadImport, MAX_FILE};
use crate::outbound::{Answer, FORM, Fetch, FetchError, Fetched};
use crate::service::imports::ImportError;
use crate::service::{Fault, providers};

/// Brings the document along, with the code that its owner brought back.
pub(super) async fn bring(
    app: &App,
    journey: &Journey,
    code: &str,
) -> Result<Vec<u8>, ArrivalError> {
    let issuer: Issuer = journey.issuer.parse().map_err(|_| ArrivalError::Stray)?;
    let endpoints = providers::endpoints(app, &issuer)
        .await
        .map_err(ArrivalError::Unreachable)?;
    let key = URL_SAFE_NO_PAD
        .decode(&journey.key)
        .map_err(|_| Fault::Inconsistent("a journey has no key"))?;
    let key = ProvingKey::from_bytes(&key)?;
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("client_id", &journey.client_id)
        .append_pair("code", code)
        .append_pair("redirect_uri", &app.config().issuer.at(BACK))
        .append_pair("code_verifier", &journey.verifier)
        .finish();
    let token = redeem(app, &key, &endpoints.token, body).await?;
    fetch(app, &key, &endpoints.transfer, &token).await
}

fn prove(
    app: &App,
    key: &ProvingKey,
    (method, url): (&str, &Url),
    token: Option<&str>,
    nonce: Option<&str>,
) -> Result<String, CannotSign> {
    let jti = URL_SAFE_NO_PAD.encode(app.random().bytes::<16>());
    key.prove(&Errand {
        method,
        url: url.as_str(),
        token,
        now: app.now(),
        jti: &jti,
        nonce,
    })
}

/// Redeems the code. A provider that wants something of its own in the proof
/// says so once (RFC 9449 §8), and has not used up the code by it.
async fn redeem(
    app: &App,
    key: &ProvingKey,
    endpoint: &Url,
    body: String,
) -> Result<String, ArrivalError> {
    #[derive(Deserialize)]
    struct Ticket {
        access_token: String,
        token_type: String,
    }
    #[derive(Deserialize)]
    struct Problem {
        error: String,
    }
    let at = ("POST", endpoint);
    let proof = prove(app, key, at, None, None)?;
    let mut answer = ask(app, endpoint, FORM, body.clone(), Some(&proof)).await?;
    let asks_for_nonce = |answer: &Answer| {
        serde_json::from_slice::<Problem>(&answer.body)
            .is_ok_and(|problem| problem.error == "use_dpop_nonce")
    };
    if let Some(nonce) = answer.dpop_nonce.clone()
        && asks_for_nonce(&answer)
    {
        let proof = prove(app, key, at, None, Some(&nonce))?;
        answer = ask(app, endpoint, FORM, body, Some(&proof)).await?;
    }
    let ticket: Ticket = serde_json::from_slice(&answer.body).map_err(|_| ArrivalError::Refused)?;
    if answer.status == 200 && ticket.token_type.eq_ignore_ascii_case("dpop") {
        Ok(ticket.access_token)
    } else {
        Err(ArrivalError::Refused)
    }
}

/// How often a document is asked for: with a proof, with another where the provider
/// wants that (RFC 9449 §9), and twice more where it is the turn of others. The token
/// is as good after that: the document has not begun.
const TRIES: usize = 4;

/// Fetches the document.
async fn fetch(
    app: &App,
    key: &ProvingKey,
    endpoint: &Url,
    token: &str,
) -> Result<Vec<u8>, ArrivalError> {
    let authorization = format!("DPoP {token}");
    let mut nonce: Option<String> = None;
    let mut last = ArrivalError::Refused;
    for _ in 0..TRIES {
        let proof = prove(app, key, ("GET", endpoint), Some(token), nonce.as_deref())?;
        let fetch = Fetch {
            url: endpoint,
            accept: "application/json",
            authorization: &authorization,
            dpop: &proof,
            most: MAX_FILE,
        };
        match app.outbound().fetch(fetch).await {
            Ok(Fetched::Document(document)) => return Ok(document),
            // Once: whoever asks for another each time never hands anything over.
            Ok(Fetched::Nonce(_)) if nonce.is_some() => return Err(ArrivalError::Refused),
            Ok(Fetched::Nonce(wanted)) => nonce = Some(wanted),
            // It has waited for a while before it said so, as this one does.
            Err(busy @ FetchError::Status(BUSY)) => last = ArrivalError::Unreachable(busy),
            Err(FetchError::TooLarge) => return Err(ImportError::from(BadImport::TooLarge).into()),
            Err(error) => return Err(ArrivalError::Unreachable(error)),
        }
    }
    Err(last)
}
