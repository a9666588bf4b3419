//! Proofs of possession in requests: RFC 9449 §4.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::error::{Code, OAuthError};
use crate::app::App;
use crate::crypto::dpop::Proof;
use crate::domain::dpop::{Occasion, Statement};

/// The header that a proof comes in.
pub(super) const DPOP: HeaderName = HeaderName::from_static("dpop");
/// The header that the next proof's nonce goes out in.
pub(super) const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// The proof of a request for this path, if it holds one. That it was not
/// shown before is checked where it is used, since that is written down.
pub(super) fn proof(
    app: &App,
    headers: &HeaderMap,
    method: &str,
    path: &str,
) -> Result<Option<Proof>, OAuthError> {
    let invalid = |what: &str| {
        let description = format!("the DPoP proof is refused: {what}");
        OAuthError::new(Code::InvalidDpopProof, description)
    };
    let mut values = headers.get_all(DPOP).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(invalid("there is more than one DPoP header"));
    }
    let text = value
        .to_str()
        .map_err(|_| invalid("the header cannot be read"))?;
    let proof = Proof::verify(text).map_err(|bad| invalid(&bad.to_string()))?;
    let now = app.now();
    if let Some(nonce) = &proof.nonce
        && !app.master().accepts_dpop_nonce(nonce, now)
    {
        return Err(OAuthError::nonce_needed());
    }
    let statement = Statement {
        method: &proof.method,
        url: &proof.url,
        issued_at: proof.issued_at,
        has_nonce: proof.nonce.is_some(),
    };
    let occasion = Occasion {
        method,
        url: &app.config().issuer.at(path),
        now,
    };
    statement.fits(&occasion).map_err(invalid)?;
    Ok(Some(proof))
}

/// Hands whoever comes with a proof the nonce for the next one
/// (RFC 9449 §8.2).
pub(super) async fn offer_nonce(State(app): State<App>, request: Request, next: Next) -> Response {
    let proves = request.headers().contains_key(DPOP);
    let mut response = next.run(request).await;
    if proves && let Ok(nonce) = HeaderValue::try_from(app.master().dpop_nonce(app.now())) {
        response.headers_mut().insert(DPOP_NONCE, nonce);
    }
    response
}
