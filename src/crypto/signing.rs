//! Signing keys, and the set of them that is published.
//!
//! A key is parsed once, when the set is put together: parsing an RSA key
//! costs more than the signature. Private keys are stored sealed under the
//! master key, bound to their identifier, use and algorithm.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest;
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RsaKeyPair, RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::JwtSigner;
use jsonwebtoken::jwk::{
    AlgorithmParameters, CommonParameters, EllipticCurve, EllipticCurveKeyParameters,
    EllipticCurveKeyType, Jwk, KeyAlgorithm, OctetKeyPairParameters, OctetKeyPairType,
    PublicKeyUse, RSAKeyParameters, RSAKeyType, ThumbprintHash,
};
use jsonwebtoken::signature::{self, Signer};
use serde::{Deserialize, Serialize};

use super::jwt::{self, PublicKey, PublicKeys, Typ};
use super::master::MasterKey;
use super::seal::{self, Aad, CannotOpen, Sealed};
use crate::domain::id::InvalidId;
use crate::random::Random;

/// The signature algorithms that Sluis signs with and accepts (RFC 7518 §3.1,
/// RFC 8037 §3.1). `none` and the HMAC family have no place here, so no
/// configuration can admit them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256: the default.
    #[serde(rename = "ES256")]
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256: what OpenID Connect Core §15.1 obliges to support.
    #[serde(rename = "RS256")]
    Rs256,
    /// EdDSA on Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl Algorithm {
    /// Every algorithm, in the order of preference.
    pub const ALL: [Self; 3] = [Self::Es256, Self::Rs256, Self::EdDsa];

    /// Its registered name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The `at_hash` of an access token beside an ID token signed with this
    /// algorithm (OpenID Connect Core §3.1.3.6): the left half of the hash
    /// that the algorithm uses, which for Ed25519 is SHA-512 (RFC 8032 §5.1).
    #[must_use]
    pub fn at_hash(self, access_token: &str) -> String {
        let hash = match self {
            Self::Es256 | Self::Rs256 => &digest::SHA256,
            Self::EdDsa => &digest::SHA512,
        };
        let digest = digest::digest(hash, access_token.as_bytes());
        URL_SAFE_NO_PAD.encode(&digest.as_ref()[..digest.as_ref().len() / 2])
    }

    pub(super) const fn in_jsonwebtoken(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::Es256 => jsonwebtoken::Algorithm::ES256,
            Self::Rs256 => jsonwebtoken::Algorithm::RS256,
            Self::EdDsa => jsonwebtoken::Algorithm::EdDSA,
        }
    }

    const fn in_jwk(self) -> KeyAlgorithm {
        match self {
            Self::Es256 => KeyAlgorithm::ES256,
            Self::Rs256 => KeyAlgorithm::RS256,
            Self::EdDsa => KeyAlgorithm::EdDSA,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Algorithm {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let named = |algorithm: &Self| algorithm.as_str() == text;
        Self::ALL.into_iter().find(named).ok_or(UnknownName)
    }
}

/// What a key signs. A key has one use, so that a leak of the keys that sign
/// logins by the thousand leaves the evidence standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyUse {
    /// ID tokens.
    IdToken,
    /// Receipts, and the heads of their chains.
    Receipt,
}

impl KeyUse {
    /// Its name in the store and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IdToken => "id_token",
            Self::Receipt => "receipt",
        }
    }
}

impl fmt::Display for KeyUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for KeyUse {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        match text {
            "id_token" => Ok(Self::IdToken),
            "receipt" => Ok(Self::Receipt),
            _ => Err(UnknownName),
        }
    }
}

/// The text names no algorithm or use that is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this algorithm or use of a key is not known")]
pub struct UnknownName;

/// A key's `kid`. Ours are RFC 7638 thumbprints, so a key has the same one
/// everywhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyId(String);

impl KeyId {
    /// The identifier as it stands in headers.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for KeyId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        let fits = (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if fits { Ok(Self(text)) } else { Err(InvalidId) }
    }
}

impl From<KeyId> for String {
    fn from(id: KeyId) -> Self {
        id.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

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
            Algorithm::Rs256 => Private::Rsa(RsaKeyPair::generate(KeySize::Rsa2048)?),
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
            id: KeyId(thumbprint),
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
            Algorithm::Rs256 => RsaKeyPair::from_pkcs8(&der).map(Private::Rsa),
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
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
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

/// The keys of an instance at one moment. Never changes: a rotation puts a
/// new set in its place.
#[derive(Debug)]
pub struct KeySet {
    active: HashMap<(KeyUse, Algorithm), SigningKey>,
    public: PublicKeys,
    jwks: String,
}

impl KeySet {
    /// Puts together the keys that sign and the public JWKs of those that do
    /// not sign yet, or no more, but are published.
    pub fn new(
        active: Vec<SigningKey>,
        published: &[serde_json::Value],
    ) -> Result<Self, BadKeySet> {
        let mut public = Vec::with_capacity(active.len() + published.len());
        let own = active.iter().map(SigningKey::public_jwk);
        for jwk in own.chain(published.iter().cloned()) {
            let key = PublicKey::from_jwk(jwk).map_err(|_| BadKeySet::Unusable)?;
            public.push(key);
        }
        let public = PublicKeys::new(public).map_err(|_| BadKeySet::TwiceTheSame)?;
        let mut by_use = HashMap::with_capacity(active.len());
        for key in active {
            let (usage, algorithm) = (key.usage, key.algorithm);
            if by_use.insert((usage, algorithm), key).is_some() {
                return Err(BadKeySet::TwoActive { usage, algorithm });
            }
        }
        Ok(Self {
            active: by_use,
            jwks: public.to_json(),
            public,
        })
    }

    /// The JWK Set document (RFC 7517 §5), made once.
    #[must_use]
    pub fn jwks_json(&self) -> &str {
        &self.jwks
    }

    /// All published keys, to check what this instance signed.
    #[must_use]
    pub fn public_keys(&self) -> &PublicKeys {
        &self.public
    }

    /// The algorithms with which the set signs for `usage`, preferred first.
    pub fn algorithms(&self, usage: KeyUse) -> impl Iterator<Item = Algorithm> + '_ {
        Algorithm::ALL
            .into_iter()
            .filter(move |algorithm| self.active.contains_key(&(usage, *algorithm)))
    }

    /// Signs `claims` as a compact JWS. The type of the token says which key
    /// it takes: a receipt cannot be signed with a key for ID tokens.
    pub fn sign<T: Serialize>(
        &self,
        typ: Typ,
        algorithm: Algorithm,
        claims: &T,
    ) -> Result<String, CannotSign> {
        let usage = typ.key_use();
        let key = self
            .active
            .get(&(usage, algorithm))
            .ok_or(CannotSign::NoKey { usage, algorithm })?;
        jwt::encode(key, &key.id, typ, claims)
    }
}

/// Why keys do not make a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKeySet {
    /// A published key is none that can verify.
    #[error("a published key is not a usable public key")]
    Unusable,
    /// Two published keys have the same identifier.
    #[error("two published keys have the same identifier")]
    TwiceTheSame,
    /// Two keys claim to be the one that signs.
    #[error("two {algorithm} keys are active for {usage}")]
    TwoActive {
        /// For what.
        usage: KeyUse,
        /// With what.
        algorithm: Algorithm,
    },
}

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum CannotSign {
    /// There is no key for this.
    #[error("there is no active {algorithm} key for {usage}")]
    NoKey {
        /// For what.
        usage: KeyUse,
        /// With what.
        algorithm: Algorithm,
    },
    /// The claims have no JSON form.
    #[error("the claims cannot be written as JSON")]
    Claims(#[from] serde_json::Error),
    /// The library refused.
    #[error("the signature failed")]
    Signature,
}
