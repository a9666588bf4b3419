//! The set of keys that an instance signs with and publishes.

use std::collections::HashMap;

use serde::Serialize;

use super::{Algorithm, KeyUse, SigningKey};
use crate::crypto::jwt::{self, PublicKey, PublicKeys, Typ};

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
            let (usage, algorithm) = (key.usage(), key.algorithm());
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
        jwt::encode(key, key.id(), typ, claims)
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
