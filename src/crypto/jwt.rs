//! Compact JWS (RFC 7515 §3.1): written by a key set, checked against
//! published keys.
//!
//! Checking is strict, so that a token has exactly one spelling and a receipt
//! of which any byte was changed is refused: base64url without padding or
//! stray bits, a header of exactly `alg`, `kid` and `typ`, and the algorithm
//! that the named key is published for. What the header says about keys is
//! never followed (RFC 8725 §3.1, §3.10).

use std::collections::HashMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::JwtSigner;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk};
use jsonwebtoken::{AlgorithmFamily, DecodingKey, Header};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::signing::{Algorithm, CannotSign, KeyId, KeyUse};
use crate::domain::receipt::MAX_RECEIPT;

#[cfg(test)]
mod tests;

/// The longest token that is looked at: none is longer than a receipt.
const MAX_LEN: usize = MAX_RECEIPT;

/// What kind of token it is, by its header (RFC 8725 §3.11): one kind is
/// never taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Typ {
    /// An ID token.
    IdToken,
    /// An authorization response (JARM, which names no `typ` of its own). It
    /// lacks the `sub` without which nothing passes for an ID token.
    AuthorizationResponse,
    /// A receipt.
    Receipt,
    /// The head of a chain of receipts.
    ReceiptChain,
    /// What introspection says of a token (RFC 9701 §5).
    Introspection,
    /// A UserInfo response (OpenID Connect Core 1.0 §5.3.2). Nothing registers
    /// a type for it; unlike an ID token, it has no `exp`.
    UserInfo,
    /// What a client is told at the end of a session (OpenID Connect
    /// Back-Channel Logout 1.0 §2.4).
    Logout,
    /// What a business is told of an agreement (RFC 8417 §2.3).
    SecurityEvent,
    /// What a client is to do with an account (OpenID Provider Commands 1.0).
    Command,
}

impl Typ {
    /// The header's `typ`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IdToken | Self::AuthorizationResponse | Self::UserInfo => "JWT",
            Self::Receipt => "consent-receipt+jwt",
            Self::ReceiptChain => "consent-receipt-chain+jwt",
            Self::Introspection => "token-introspection+jwt",
            Self::Logout => "logout+jwt",
            Self::SecurityEvent => "secevent+jwt",
            Self::Command => "command+jwt",
        }
    }

    /// Which keys sign it.
    #[must_use]
    pub const fn key_use(self) -> KeyUse {
        match self {
            Self::IdToken
            | Self::AuthorizationResponse
            | Self::Introspection
            | Self::UserInfo
            | Self::Logout
            | Self::SecurityEvent
            | Self::Command => KeyUse::IdToken,
            Self::Receipt | Self::ReceiptChain => KeyUse::Receipt,
        }
    }
}

impl fmt::Display for Typ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

pub(super) fn encode<T: Serialize>(
    signer: &dyn JwtSigner,
    key: &KeyId,
    typ: Typ,
    claims: &T,
) -> Result<String, CannotSign> {
    let header = Header {
        typ: Some(typ.as_str().to_owned()),
        kid: Some(key.as_str().to_owned()),
        ..Header::new(signer.algorithm())
    };
    let mut token = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header)?);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(claims)?, &mut token);
    let signature = signer
        .try_sign(token.as_bytes())
        .map_err(|_| CannotSign::Signature)?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}

/// One published key, ready to verify.
#[derive(Clone)]
pub struct PublicKey {
    id: KeyId,
    algorithm: Algorithm,
    jwk: Jwk,
    verifying: DecodingKey,
}

impl PublicKey {
    /// Takes a JWK that has a `kid` and an `alg` of ours, and whose type fits
    /// that algorithm. Members that are not public are dropped.
    pub fn from_jwk(jwk: serde_json::Value) -> Result<Self, UnusableKey> {
        let jwk: Jwk = serde_json::from_value(jwk).map_err(|_| UnusableKey)?;
        let id = jwk.common.key_id.clone().ok_or(UnusableKey)?;
        let named = jwk.common.key_algorithm.ok_or(UnusableKey)?.to_string();
        let algorithm: Algorithm = named.parse().map_err(|_| UnusableKey)?;
        let fits = match (algorithm, &jwk.algorithm) {
            (Algorithm::Es256, AlgorithmParameters::EllipticCurve(ec)) => {
                ec.curve == EllipticCurve::P256
            }
            (Algorithm::EdDsa, AlgorithmParameters::OctetKeyPair(okp)) => {
                okp.curve == EllipticCurve::Ed25519
            }
            (Algorithm::Rs256 | Algorithm::Ps256, AlgorithmParameters::RSA(_)) => true,
            _ => false,
        };
        let verifying = DecodingKey::from_jwk(&jwk).map_err(|_| UnusableKey)?;
        if !fits || verifying.family() == AlgorithmFamily::Hmac {
            return Err(UnusableKey);
        }
        Ok(Self {
            id: KeyId::try_from(id).map_err(|_| UnusableKey)?,
            algorithm,
            jwk,
            verifying,
        })
    }

    /// Its identifier.
    #[must_use]
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// The one algorithm that it verifies.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({} {})", self.algorithm, self.id)
    }
}

/// The JWK is none that Sluis can verify with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this JWK is not a public key with `kid` and a known `alg`")]
pub struct UnusableKey;

/// Published keys, by identifier.
#[derive(Clone, Debug)]
pub struct PublicKeys {
    keys: Vec<PublicKey>,
    by_id: HashMap<KeyId, usize>,
}

impl PublicKeys {
    /// Collects keys. Their identifiers must differ, or a signature could be
    /// ascribed to either of two.
    pub fn new(keys: Vec<PublicKey>) -> Result<Self, BadKeys> {
        let mut by_id = HashMap::with_capacity(keys.len());
        for (index, key) in keys.iter().enumerate() {
            if by_id.insert(key.id.clone(), index).is_some() {
                return Err(BadKeys::TwiceTheSame(key.id.clone()));
            }
        }
        Ok(Self { keys, by_id })
    }

    /// Reads a JWK Set document. Keys that are of no use here are passed over,
    /// as RFC 7517 §5 has it.
    pub fn parse(json: &str) -> Result<Self, BadKeys> {
        #[derive(Deserialize)]
        struct Document {
            keys: Vec<serde_json::Value>,
        }
        let document: Document = serde_json::from_str(json).map_err(|_| BadKeys::NotAKeySet)?;
        let usable = document.keys.into_iter().map(PublicKey::from_jwk);
        let keys: Vec<_> = usable.filter_map(Result::ok).collect();
        if keys.is_empty() {
            return Err(BadKeys::NoneUsable);
        }
        Self::new(keys)
    }

    /// The key with this identifier.
    #[must_use]
    pub fn find(&self, id: &KeyId) -> Option<&PublicKey> {
        self.by_id.get(id).and_then(|index| self.keys.get(*index))
    }

    /// The JWK Set document.
    pub(super) fn to_json(&self) -> String {
        let keys: Vec<&Jwk> = self.keys.iter().map(|key| &key.jwk).collect();
        serde_json::json!({ "keys": keys }).to_string()
    }

    /// Checks that `token` is of type `typ` and signed by one of these keys.
    /// What it claims, its times and parties, is for the caller to judge.
    pub fn verify(&self, token: &str, typ: Typ) -> Result<Verified, VerifyError> {
        if token.len() > MAX_LEN {
            return Err(VerifyError::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(VerifyError::NotCompact)?;
        let (header, payload) = signed.split_once('.').ok_or(VerifyError::NotCompact)?;
        // A further dot would be in the payload, and is not in the alphabet.
        let decode = |part: &str| {
            let decoded = URL_SAFE_NO_PAD.decode(part);
            decoded.map_err(|_| VerifyError::NotCompact)
        };
        let header = decode(header)?;
        let payload = decode(payload)?;
        decode(signature)?;

        let header: StrictHeader =
            serde_json::from_slice(&header).map_err(|_| VerifyError::BadHeader)?;
        if header.typ != typ.as_str() {
            return Err(VerifyError::WrongType { expected: typ });
        }
        let key = self.find(&header.kid).ok_or(VerifyError::UnknownKey {
            key: header.kid.clone(),
        })?;
        if header.alg != key.algorithm {
            return Err(VerifyError::WrongAlgorithm);
        }
        let algorithm = key.algorithm.in_jsonwebtoken();
        match jsonwebtoken::crypto::verify(signature, signed.as_bytes(), &key.verifying, algorithm)
        {
            Ok(true) => Ok(Verified {
                key: header.kid,
                payload,
            }),
            Ok(false) | Err(_) => Err(VerifyError::BadSignature),
        }
    }
}

/// Who a token says that it is from. Nobody has checked that: it is good for
/// saying whose keys it would take, and for nothing else.
#[must_use]
pub fn unverified_issuer(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Claims {
        iss: String,
    }
    if token.len() > MAX_LEN {
        return None;
    }
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Claims = serde_json::from_slice(&payload).ok()?;
    Some(claims.iss)
}

/// Exactly what [`encode`] writes. So `crit`, `jwk`, `x5u` and the like cannot
/// be there, let alone count.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StrictHeader {
    alg: Algorithm,
    kid: KeyId,
    typ: String,
}

/// A token whose type and signature hold.
#[derive(Clone, Debug)]
pub struct Verified {
    key: KeyId,
    payload: Vec<u8>,
}

impl Verified {
    /// Which key signed.
    #[must_use]
    pub fn key(&self) -> &KeyId {
        &self.key
    }

    /// What was signed, byte for byte.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// What was signed, read as `T`.
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, VerifyError> {
        serde_json::from_slice(&self.payload).map_err(|_| VerifyError::BadClaims)
    }
}

/// Why a document is no set of keys to verify with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKeys {
    /// It is something else.
    #[error("this is not a JWK Set: a JSON object with an array `keys`")]
    NotAKeySet,
    /// None of its keys can verify anything here.
    #[error("none of the published keys can be used")]
    NoneUsable,
    /// Two of its keys have one identifier.
    #[error("the key identifier {0} is published twice")]
    TwiceTheSame(KeyId),
}

/// Why a token is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// It is larger than any that Sluis makes.
    #[error("the token is longer than {MAX_LEN} bytes")]
    TooLong,
    /// It is not three parts of canonical base64url.
    #[error("this is not a signed token in compact form")]
    NotCompact,
    /// Its header is not one that Sluis writes.
    #[error("the token's header is not one of ours")]
    BadHeader,
    /// It is another kind of token.
    #[error("the token is not of type {expected}")]
    WrongType {
        /// What it should have been.
        expected: Typ,
    },
    /// No published key has the identifier that it names.
    #[error("the token names a key that is not published: {key}")]
    UnknownKey {
        /// The identifier that it names.
        key: KeyId,
    },
    /// Its algorithm is not that of the key.
    #[error("the token's algorithm is not the one that its key is published for")]
    WrongAlgorithm,
    /// The signature does not hold.
    #[error("the signature does not hold: the token was changed or forged")]
    BadSignature,
    /// The signature holds, but the claims are not as expected.
    #[error("the token's claims cannot be read")]
    BadClaims,
}
