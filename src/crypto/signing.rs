//! Signing keys, and the set of them that is published.
//!
//! A key is parsed once, when it comes from the store: parsing an RSA key
//! costs more than the signature. Private keys are stored sealed under the
//! master key, bound to their identifier, use and algorithm.

use std::fmt;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RSA_PSS_SHA256, RsaEncoding, RsaKeyPair, RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::JwtSigner;
use jsonwebtoken::jwk::{
    AlgorithmParameters, CommonParameters, EllipticCurve, EllipticCurveKeyParameters,
    EllipticCurveKeyType, Jwk, OctetKeyPairParameters, OctetKeyPairType, PublicKeyUse,
    RSAKeyParameters, RSAKeyType, ThumbprintHash,
};
use jsonwebtoken::signature::{self, Signer};

use super::master::MasterKey;
use super::seal::{self, Aad, CannotOpen, Sealed};
use crate::random::Random;

mod name;
mod set;
#[cfg(test)]
mod tests;

pub use name::{Algorithm, KeyId, KeyUse, UnknownName};
pub use set::{BadKeySet, CannotSign, KeySet};

/// A private key, parsed and ready to sign.
pub struct SigningKey {
    id: KeyId,
    usage: KeyUse,
    algorithm: Algorithm,
    private: Private,
    jwk: Jwk,
}

enum Private {
    Ec(EcdsaKeyPair),
    Rsa(RsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl SigningKey {
    /// A new key. Its chance comes from the library that makes it, which draws
    /// on the same generator as [`Random::system`] and takes no other.
    pub fn generate(usage: KeyUse, algorithm: Algorithm) -> Result<Self, BadKey> {
        let private = match algorithm {
            Algorithm::Es256 => {
                Private::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?)
            }
            Algorithm::Rs256 | Algorithm::Ps256 => {
                Private::Rsa(RsaKeyPair::generate(KeySize::Rsa2048)?)
            }
            Algorithm::EdDsa => Private::Ed(Ed25519KeyPair::generate()?),
        };
        Self::new(usage, algorithm, private)
    }

    fn new(usage: KeyUse, algorithm: Algorithm, private: Private) -> Result<Self, BadKey> {
        let mut jwk = Jwk {
            common: CommonParameters {
                public_key_use: Some(PublicKeyUse::Signature),
                key_algorithm: Some(algorithm.in_jwk()),
                ..CommonParameters::default()
            },
            algorithm: private.public_parameters()?,
        };
        let thumbprint = jwk.thumbprint(ThumbprintHash::SHA256).map_err(|_| BadKey)?;
        jwk.common.key_id = Some(thumbprint.clone());
        Ok(Self {
            id: KeyId::try_from(thumbprint).map_err(|_| BadKey)?,
            usage,
            algorithm,
            private,
            jwk,
        })
    }

    /// Its identifier.
    #[must_use]
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// What it signs.
    #[must_use]
    pub fn usage(&self) -> KeyUse {
        self.usage
    }

    /// How it signs.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The public half as a JWK (RFC 7517), with `kid`, `alg` and `use`.
    ///
    /// # Panics
    /// Never: the members are plain text.
    #[must_use]
    pub fn public_jwk(&self) -> serde_json::Value {
        serde_json::to_value(&self.jwk).expect("a JWK of text members has a JSON form")
    }

    /// The private key, sealed for the store.
    pub fn to_sealed(&self, master: &MasterKey, random: &Random) -> Result<Sealed, BadKey> {
        let place = place(&self.id, self.usage, self.algorithm);
        let seal = |der: &[u8]| seal::seal(&master.signing_seal(), &place, der, random);
        Ok(match &self.private {
            Private::Ec(pair) => seal(pair.to_pkcs8v1()?.as_ref()),
            Private::Rsa(pair) => {
                let der: Pkcs8V1Der<'_> = pair.as_der()?;
                seal(der.as_ref())
            }
            Private::Ed(pair) => seal(pair.to_pkcs8v1()?.as_ref()),
        })
    }

    /// Opens and parses what [`SigningKey::to_sealed`] made.
    pub fn from_sealed(
        master: &MasterKey,
        id: &KeyId,
        usage: KeyUse,
        algorithm: Algorithm,
        sealed: &Sealed,
    ) -> Result<Self, CannotOpen> {
        let der = seal::open(&master.signing_seal(), &place(id, usage, algorithm), sealed)?;
        let private = match algorithm {
            Algorithm::Es256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).map(Private::Ec)
            }
            Algorithm::Rs256 | Algorithm::Ps256 => RsaKeyPair::from_pkcs8(&der).map(Private::Rsa),
            Algorithm::EdDsa => Ed25519KeyPair::from_pkcs8(&der).map(Private::Ed),
        };
        let private = private.map_err(|_| CannotOpen)?;
        let key = Self::new(usage, algorithm, private).map_err(|_| CannotOpen)?;
        if key.id == *id {
            Ok(key)
        } else {
            Err(CannotOpen)
        }
    }
}

fn place(id: &KeyId, usage: KeyUse, algorithm: Algorithm) -> Aad {
    let row = format_args!("{id} {usage} {algorithm}");
    Aad::new("signing_key", row, "private_key")
}

impl Private {
    fn public_parameters(&self) -> Result<AlgorithmParameters, BadKey> {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        Ok(match self {
            Self::Ec(pair) => {
                // SEC 1 §2.3.3: 0x04, then both coordinates at full width.
                let point = pair.public_key().as_ref().strip_prefix(&[4]);
                let (x, y) = point.and_then(|p| p.split_at_checked(32)).ok_or(BadKey)?;
                AlgorithmParameters::EllipticCurve(EllipticCurveKeyParameters {
                    key_type: EllipticCurveKeyType::EC,
                    curve: EllipticCurve::P256,
                    x: text(x),
                    y: text(y),
                })
            }
            Self::Rsa(pair) => {
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                AlgorithmParameters::RSA(RSAKeyParameters {
                    key_type: RSAKeyType::RSA,
                    n: text(&public.n),
                    e: text(&public.e),
                })
            }
            Self::Ed(pair) => AlgorithmParameters::OctetKeyPair(OctetKeyPairParameters {
                key_type: OctetKeyPairType::OctetKeyPair,
                curve: EllipticCurve::Ed25519,
                x: text(pair.public_key().as_ref()),
            }),
        })
    }
}

impl Signer<Vec<u8>> for SigningKey {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        let random = SystemRandom::new();
        match &self.private {
            Private::Ec(pair) => pair.sign(&random, message).map(|s| s.as_ref().to_vec()),
            Private::Rsa(pair) => {
                let encoding: &dyn RsaEncoding = match self.algorithm {
                    Algorithm::Ps256 => &RSA_PSS_SHA256,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(encoding, &random, message, &mut signature)
                    .map(|()| signature)
            }
            Private::Ed(pair) => pair.try_sign(message).map(|s| s.as_ref().to_vec()),
        }
        .map_err(|_| signature::Error::new())
    }
}

impl JwtSigner for SigningKey {
    fn algorithm(&self) -> jsonwebtoken::Algorithm {
        self.algorithm.in_jsonwebtoken()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "SigningKey({} {} {})",
            self.usage, self.algorithm, self.id
        )
    }
}

/// A key could not be made, or is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signing key cannot be made or used")]
pub struct BadKey;

impl From<aws_lc_rs::error::Unspecified> for BadKey {
    fn from(_: aws_lc_rs::error::Unspecified) -> Self {
        Self
    }
}
