//! Proofs of possession (RFC 9449 §4.2): a compact JWS that brings its own
//! public key.
//!
//! The key comes from whoever proves, so nothing but the key's own type says
//! which algorithms may be used with it, and none that is not asymmetric.

use std::fmt;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};
use serde::Deserialize;

pub mod key;

use super::master::MasterKey;
use crate::domain::dpop::MAX_JTI;
use crate::domain::time::Timestamp;
use crate::domain::token::Thumbprint;

/// The longest proof that is looked at: one with the largest RSA key that can
/// be used here is a third of it.
const MAX_LEN: usize = 8 * 1024;

/// The algorithms that a proof may be signed with. `EdDSA` is what RFC 9864
/// calls `Ed25519` when the key is one of that curve, the only one here.
pub const ALGORITHMS: [&str; 5] = ["ES256", "PS256", "RS256", "EdDSA", "Ed25519"];

/// How many seconds a nonce is the newest one.
const NONCE_TURN: i64 = 300;
const NONCE_TAG: usize = 16;

/// A proof whose signature holds.
#[derive(Clone)]
pub struct Proof {
    /// Names the key that signed it.
    pub key: Thumbprint,
    /// `htm`.
    pub method: String,
    /// `htu`.
    pub url: String,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `nonce`.
    pub nonce: Option<String>,
    /// `ath`.
    ath: Option<String>,
    jti: String,
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proof({})", self.key)
    }
}

#[derive(Deserialize)]
struct Header {
    typ: String,
    alg: String,
    jwk: serde_json::Map<String, serde_json::Value>,
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: String,
    iat: NumericDate,
    ath: Option<String>,
    nonce: Option<String>,
}

/// RFC 7519 §2: a number, whole or not.
#[derive(Deserialize)]
#[serde(untagged)]
enum NumericDate {
    Whole(i64),
    Fraction(f64),
}

impl NumericDate {
    fn to_timestamp(&self) -> Timestamp {
        match self {
            Self::Whole(seconds) => Timestamp::from_seconds(*seconds),
            #[expect(
                clippy::cast_possible_truncation,
                reason = "it saturates, and parts of a second do not matter"
            )]
            Self::Fraction(seconds) => Timestamp::from_seconds(*seconds as i64),
        }
    }
}

impl Proof {
    /// Reads a proof and checks its signature.
    pub fn verify(text: &str) -> Result<Self, BadProof> {
        if text.len() > MAX_LEN {
            return Err(BadProof("it is too long"));
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(NOT_COMPACT)?;
        let (header, payload) = signed.split_once('.').ok_or(NOT_COMPACT)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| NOT_COMPACT);
        let (header, payload) = (decode(header)?, decode(payload)?);
        decode(signature)?;
        let header: Header = serde_json::from_slice(&header).map_err(|_| BAD_HEADER)?;
        // RFC 7515 §4.1.9: a media type, whose case says nothing.
        if !header.typ.eq_ignore_ascii_case("dpop+jwt") {
            return Err(BadProof("typ is not dpop+jwt"));
        }
        if header.crit.is_some() {
            return Err(BadProof("crit names extensions that are not known here"));
        }
        let (jwk, algorithm) = public_key(header.jwk, &header.alg)?;
        let verifying = DecodingKey::from_jwk(&jwk).map_err(|_| BAD_KEY)?;
        if verifying.family() == AlgorithmFamily::Hmac {
            return Err(BAD_KEY);
        }
        let holds =
            jsonwebtoken::crypto::verify(signature, signed.as_bytes(), &verifying, algorithm);
        if !matches!(holds, Ok(true)) {
            return Err(BadProof("the signature does not hold"));
        }
        let claims: Claims = serde_json::from_slice(&payload)
            .map_err(|_| BadProof("jti, htm, htu or iat is missing or malformed"))?;
        if claims.jti.is_empty() || claims.jti.len() > MAX_JTI {
            return Err(BadProof("jti must have 1 to 256 bytes"));
        }
        let thumbprint = jwk
            .thumbprint(ThumbprintHash::SHA256)
            .map_err(|_| BAD_KEY)?;
        Ok(Self {
            key: thumbprint.parse().map_err(|_| BAD_KEY)?,
            method: claims.htm,
            url: claims.htu,
            issued_at: claims.iat.to_timestamp(),
            nonce: claims.nonce,
            ath: claims.ath,
            jti: claims.jti,
        })
    }

    /// Whether it was made for this access token (RFC 9449 §4.2, `ath`).
    #[must_use]
    pub fn is_for(&self, access_token: &str) -> bool {
        let hash = digest::digest(&digest::SHA256, access_token.as_bytes());
        self.ath.as_deref() == Some(&*URL_SAFE_NO_PAD.encode(hash))
    }

    /// Names this proof among all that are remembered.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let mut context = digest::Context::new(&digest::SHA256);
        // Thumbprints have one length, so the two parts cannot be read in two ways.
        context.update(self.key.as_str().as_bytes());
        context.update(self.jti.as_bytes());
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        hash
    }
}

/// Takes the key of a header, if it is public and of the type that the
/// algorithm needs.
fn public_key(
    members: serde_json::Map<String, serde_json::Value>,
    algorithm: &str,
) -> Result<(Jwk, Algorithm), BadProof> {
    // RFC 7518 §6: the members that only a private or symmetric key has.
    const SECRET: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
    if SECRET.iter().any(|name| members.contains_key(*name)) {
        return Err(BadProof(
            "jwk holds a private key: it is no secret any more",
        ));
    }
    // What is said about the key's use, besides its parameters, does not make
    // it another key, and may name what the library does not know.
    let parameters = ["kty", "crv", "x", "y", "n", "e"];
    let members = members
        .into_iter()
        .filter(|(name, _)| parameters.contains(&name.as_str()))
        .collect();
    let jwk: Jwk =
        serde_json::from_value(serde_json::Value::Object(members)).map_err(|_| BAD_KEY)?;
    let algorithm = match (algorithm, &jwk.algorithm) {
        ("ES256", AlgorithmParameters::EllipticCurve(key)) if key.curve == EllipticCurve::P256 => {
            Algorithm::ES256
        }
        ("PS256", AlgorithmParameters::RSA(_)) => Algorithm::PS256,
        ("RS256", AlgorithmParameters::RSA(_)) => Algorithm::RS256,
        ("EdDSA" | "Ed25519", AlgorithmParameters::OctetKeyPair(key))
            if key.curve == EllipticCurve::Ed25519 =>
        {
            Algorithm::EdDSA
        }
        (known, _) if ALGORITHMS.contains(&known) => {
            return Err(BadProof("jwk is not a key for alg"));
        }
        _ => {
            return Err(BadProof(
                "alg is none of ES256, PS256, RS256, EdDSA, Ed25519",
            ));
        }
    };
    Ok((jwk, algorithm))
}

const NOT_COMPACT: BadProof = BadProof("it is not a signed token in compact form");
const BAD_HEADER: BadProof = BadProof("its header has no typ, alg and jwk, or has one twice");
const BAD_KEY: BadProof = BadProof("jwk is not a public key that can be used here");

/// Why a text is no proof of possession.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadProof(&'static str);

impl MasterKey {
    /// The nonce that proofs are asked to hold at `now` (RFC 9449 §8). Made
    /// from the time and the master key, so that each node knows those of the
    /// others and none is stored.
    #[must_use]
    pub fn dpop_nonce(&self, now: Timestamp) -> String {
        self.nonce_of(turn_at(now))
    }

    /// Whether a nonce is the newest one, or the one before it. One that is
    /// ahead is of a node whose clock is.
    #[must_use]
    pub fn accepts_dpop_nonce(&self, nonce: &str, now: Timestamp) -> bool {
        let turn = turn_at(now);
        [turn, turn.saturating_sub(1), turn.saturating_add(1)]
            .into_iter()
            .any(|turn| self.nonce_of(turn) == nonce)
    }

    fn nonce_of(&self, turn: i64) -> String {
        let tag = self.dpop().tag(&turn.to_be_bytes());
        URL_SAFE_NO_PAD.encode(&tag[..NONCE_TAG])
    }
}

fn turn_at(now: Timestamp) -> i64 {
    now.as_seconds().div_euclid(NONCE_TURN)
}

#[cfg(test)]
mod tests;
