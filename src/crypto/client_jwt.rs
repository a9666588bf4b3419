//! JWTs that clients sign: assertions and request objects.
//!
//! Nothing that a header says about keys is followed (RFC 8725 §3.10): the
//! keys are those that the client registered, and each verifies with the
//! algorithms of its type alone, so that a public key is never a secret of
//! HMAC. Headers are read loosely otherwise, since libraries add to them;
//! what they mark as critical is refused, as nothing of it is understood here.

use std::fmt;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_FIXED, ED25519, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::secret::{ClientSecret, Opaque};
use crate::domain::client::{ClientAlgorithm, MAX_KEYS};

/// The longest token that is looked at.
const MAX_LEN: usize = 32 * 1024;
/// RFC 7518 §3.3; more than 4,096 bits cost more to check than they are worth.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=512;

/// A token that was taken apart, and is not believed yet.
pub struct ClientJwt<'a> {
    header: Header,
    claims: Map<String, Value>,
    signed: &'a str,
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: ClientAlgorithm,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    typ: Option<String>,
    #[serde(default)]
    crit: Option<Value>,
}

impl<'a> ClientJwt<'a> {
    /// Takes a compact JWS (RFC 7515 §3.1) apart.
    pub fn parse(token: &'a str) -> Result<Self, Malformed> {
        if token.len() > MAX_LEN {
            return Err(Malformed::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(Malformed::NotCompact)?;
        let (header, payload) = signed.split_once('.').ok_or(Malformed::NotCompact)?;
        let decode = |part: &str| {
            let decoded = URL_SAFE_NO_PAD.decode(part);
            decoded.map_err(|_| Malformed::NotCompact)
        };
        let header: Header =
            serde_json::from_slice(&decode(header)?).map_err(|_| Malformed::Header)?;
        if header.crit.is_some() {
            return Err(Malformed::Critical);
        }
        Ok(Self {
            header,
            claims: serde_json::from_slice(&decode(payload)?).map_err(|_| Malformed::Claims)?,
            signature: decode(signature)?,
            signed,
        })
    }

    /// The algorithm that the header names.
    #[must_use]
    pub fn algorithm(&self) -> ClientAlgorithm {
        self.header.alg
    }

    /// The `typ` of the header, in small letters and without `application/`
    /// (RFC 7515 §4.1.9).
    #[must_use]
    pub fn typ(&self) -> Option<String> {
        let typ = self.header.typ.as_ref()?.to_ascii_lowercase();
        Some(
            typ.strip_prefix("application/")
                .map(str::to_owned)
                .unwrap_or(typ),
        )
    }

    /// What is claimed, whoever does. Not to be believed before the signature
    /// was checked; it says whose keys to check it with.
    #[must_use]
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// Checks that one of the keys signed it.
    pub fn verify(&self, keys: &ClientKeys) -> Result<(), NotVerified> {
        if !self.header.alg.is_asymmetric() {
            return Err(NotVerified::Signature);
        }
        let kid = self.header.kid.as_deref();
        let named =
            |key: &&ClientKey| kid.is_none() || key.kid.is_none() || key.kid.as_deref() == kid;
        let mut candidates = keys.0.iter().filter(named).peekable();
        if candidates.peek().is_none() {
            return Err(NotVerified::UnknownKey);
        }
        let message = self.signed.as_bytes();
        if candidates.any(|key| key.verifies(self.header.alg, message, &self.signature)) {
            Ok(())
        } else {
            Err(NotVerified::Signature)
        }
    }

    /// Checks that whoever knows the secret signed it (OpenID Connect
    /// Core 1.0 §10.1: the octets of the text are the key).
    pub fn verify_with_secret(&self, secret: &Opaque<ClientSecret>) -> Result<(), NotVerified> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.reveal().as_bytes());
        if self.header.alg == ClientAlgorithm::HS256
            && hmac::verify(&key, self.signed.as_bytes(), &self.signature).is_ok()
        {
            Ok(())
        } else {
            Err(NotVerified::Signature)
        }
    }

    /// Checks that it has no signature. Only for a client that registered so:
    /// anybody could have written it.
    pub fn check_unsigned(&self) -> Result<(), NotVerified> {
        if self.header.alg == ClientAlgorithm::None && self.signature.is_empty() {
            Ok(())
        } else {
            Err(NotVerified::Signature)
        }
    }
}

impl fmt::Debug for ClientJwt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClientJwt({})", self.header.alg.as_str())
    }
}

/// The public keys of a client.
#[derive(Debug, Default)]
pub struct ClientKeys(Vec<ClientKey>);

impl ClientKeys {
    /// Takes those keys of a JWK Set that can verify something here, and passes
    /// over the others (RFC 7517 §5).
    #[must_use]
    pub fn from_jwks(document: &Value) -> Self {
        let keys = document.get("keys").and_then(Value::as_array);
        let usable = keys.into_iter().flatten().filter_map(ClientKey::from_jwk);
        Self(usable.take(MAX_KEYS).collect())
    }

    /// Reads a JWK Set document; `None` if it is none.
    #[must_use]
    pub fn parse(document: &[u8]) -> Option<Self> {
        let document: Value = serde_json::from_slice(document).ok()?;
        document.get("keys")?.as_array()?;
        Some(Self::from_jwks(&document))
    }

    /// Whether none can verify anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[derive(Debug)]
struct ClientKey {
    kid: Option<String>,
    /// The one algorithm that the client publishes it for.
    alg: Option<ClientAlgorithm>,
    material: Material,
}

enum Material {
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
    Rsa { n: Vec<u8>, e: Vec<u8> },
}

impl fmt::Debug for Material {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::P256(_) => "P-256",
            Self::Ed25519(_) => "Ed25519",
            Self::Rsa { .. } => "RSA",
        })
    }
}

impl ClientKey {
    fn from_jwk(jwk: &Value) -> Option<Self> {
        let text = |member| jwk.get(member).and_then(Value::as_str);
        let bytes = |member| text(member).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        if text("use").is_some_and(|usage| usage != "sig") {
            return None;
        }
        let operations = jwk.get("key_ops").and_then(Value::as_array);
        if operations.is_some_and(|all| all.iter().all(|one| one != "verify")) {
            return None;
        }
        let alg = match jwk.get("alg") {
            None => None,
            Some(alg) => Some(ClientAlgorithm::deserialize(alg).ok()?),
        };
        let material = match (text("kty")?, text("crv")) {
            ("EC", Some("P-256")) => {
                let (x, y) = (bytes("x")?, bytes("y")?);
                if x.len() != 32 || y.len() != 32 {
                    return None;
                }
                // SEC 1 §2.3.3.
                Material::P256([&[4], x.as_slice(), &y].concat())
            }
            ("OKP", Some("Ed25519")) => Material::Ed25519(bytes("x")?),
            ("RSA", _) => {
                let (n, e) = (bytes("n")?, bytes("e")?);
                if !RSA_BYTES.contains(&n.len()) || e.len() > 4 {
                    return None;
                }
                Material::Rsa { n, e }
            }
            _ => return None,
        };
        Some(Self {
            kid: text("kid").map(str::to_owned),
            alg,
            material,
        })
    }

    fn verifies(&self, alg: ClientAlgorithm, message: &[u8], signature: &[u8]) -> bool {
        if self.alg.is_some_and(|own| own != alg) {
            return false;
        }
        match (&self.material, alg) {
            (Material::P256(point), ClientAlgorithm::ES256) => {
                let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
                key.verify(message, signature).is_ok()
            }
            (Material::Ed25519(point), ClientAlgorithm::EdDsa) => {
                let key = UnparsedPublicKey::new(&ED25519, point);
                key.verify(message, signature).is_ok()
            }
            (Material::Rsa { n, e }, ClientAlgorithm::PS256 | ClientAlgorithm::RS256) => {
                let how = if alg == ClientAlgorithm::PS256 {
                    &signature::RSA_PSS_2048_8192_SHA256
                } else {
                    &signature::RSA_PKCS1_2048_8192_SHA256
                };
                let key = RsaPublicKeyComponents { n, e };
                key.verify(how, message, signature).is_ok()
            }
            _ => false,
        }
    }
}

/// Why a text is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Nobody has so much to say.
    #[error("it is longer than {MAX_LEN} bytes")]
    TooLong,
    /// It is not three parts of base64url.
    #[error("it is not a JWT in compact form")]
    NotCompact,
    /// Its header is not JSON, or its `alg` is none of those that are known.
    #[error(
        "its header cannot be read, or its alg is none of ES256, PS256, RS256, EdDSA, HS256, none"
    )]
    Header,
    /// It demands to be understood in a way that it is not.
    #[error("its header has crit, of which nothing is supported")]
    Critical,
    /// Its payload is not a JSON object.
    #[error("its payload is not a JSON object")]
    Claims,
}

/// Why a token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotVerified {
    /// The client has no key with its `kid`.
    #[error("its kid is none that the client publishes")]
    UnknownKey,
    /// None of the keys signed it, with the algorithm that it names.
    #[error("its signature does not hold under the keys that the client publishes")]
    Signature,
}

#[cfg(test)]
mod tests;
