//! What the provider signed: compact JWS (RFC 7515).

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey as _, JsonWebKeyId};
use serde::Deserialize;
use serde_json::Value;

/// Why something signed proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadJws {
    #[error("it is not a compact JWS with an object in it")]
    Malformed,
    #[error("it is of another type than belongs here")]
    Type,
    #[error("its algorithm is not one that we trust")]
    Algorithm,
    #[error("the provider does not publish the key that signed it")]
    UnknownKey,
    #[error("its signature is wrong")]
    Signature,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
    typ: String,
}

/// The payload of a JWS of the type `typ` that one of `keys` signed. Whom it
/// is from and for is for the caller to check.
pub(super) fn open(jws: &str, typ: &str, keys: &[CoreJsonWebKey]) -> Result<Value, BadJws> {
    let (message, signature) = jws.rsplit_once('.').ok_or(BadJws::Malformed)?;
    let (header, payload) = message.split_once('.').ok_or(BadJws::Malformed)?;
    let header = Header::deserialize(decode(header)?).map_err(|_| BadJws::Malformed)?;
    // RFC 8725 §3.11: a token of one kind is never taken for another.
    if header.typ != typ {
        return Err(BadJws::Type);
    }
    // RFC 8725 §3.1: the header does not decide which algorithms we trust.
    let algorithm = match header.alg.as_str() {
        "ES256" => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        "EdDSA" => CoreJwsSigningAlgorithm::EdDsa,
        "RS256" => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        _ => return Err(BadJws::Algorithm),
    };
    let key_id = JsonWebKeyId::new(header.kid);
    let key = keys
        .iter()
        .find(|key| key.key_id() == Some(&key_id))
        .ok_or(BadJws::UnknownKey)?;
    let signature = BASE64_URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| BadJws::Malformed)?;
    key.verify_signature(&algorithm, message.as_bytes(), &signature)
        .map_err(|_| BadJws::Signature)?;
    decode(payload)
}

/// Whether `aud` (RFC 7519 §4.1.3) names a client.
pub(super) fn is_for(aud: &Value, client_id: &str) -> bool {
    match aud {
        Value::String(one) => one == client_id,
        Value::Array(several) => several.iter().any(|one| one == client_id),
        _ => false,
    }
}

fn decode(part: &str) -> Result<Value, BadJws> {
    let bytes = BASE64_URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| BadJws::Malformed)?;
    // As a `Value`, so that a member that stands twice is an error nowhere and
    // the last one counts everywhere, as in every other reader.
    serde_json::from_slice(&bytes).map_err(|_| BadJws::Malformed)
}
