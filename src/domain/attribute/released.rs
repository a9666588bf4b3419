//! What a client is handed: the values of the granted claims, and their shape
//! in an ID token or a UserInfo response.

use std::collections::BTreeMap;
use std::fmt;

use enumset::EnumSet;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::super::claim::Claim;
use super::Attributes;
use super::value::AttributeValue;
use super::vault::UnreadableVault;

/// A value as it was released.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleasedValue {
    /// The value.
    pub value: AttributeValue,
    /// Whether it was proven to be right.
    pub verified: bool,
}

unprintable!(ReleasedValue);

/// The values that one grant covers; what is sealed under the grant key.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Released(BTreeMap<Claim, ReleasedValue>);

impl fmt::Debug for Released {
    /// Names the claims, and none of their values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The values of `claims`, as far as the account holds them.
#[must_use]
pub fn released(attributes: &Attributes, claims: EnumSet<Claim>) -> Released {
    attributes
        .iter()
        .filter(|(claim, _)| claims.contains(*claim))
        .map(|(claim, attribute)| {
            let value = ReleasedValue {
                value: attribute.value.clone(),
                verified: attribute.verified_at.is_some(),
            };
            (claim, value)
        })
        .collect()
}

/// The claims of which a client would be handed something else after an edit:
/// another value, one where there was none, none any more, or the same that is
/// no longer verified. A value that was merely confirmed is the same.
#[must_use]
pub fn changed(before: &Attributes, after: &Attributes) -> EnumSet<Claim> {
    let (before, after) = (
        released(before, EnumSet::all()),
        released(after, EnumSet::all()),
    );
    EnumSet::<Claim>::all()
        .iter()
        .filter(|claim| before.get(*claim) != after.get(*claim))
        .collect()
}

impl FromIterator<(Claim, ReleasedValue)> for Released {
    fn from_iter<I: IntoIterator<Item = (Claim, ReleasedValue)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl Released {
    /// Which claims have a value.
    #[must_use]
    pub fn held(&self) -> EnumSet<Claim> {
        self.0.keys().copied().collect()
    }

    /// The value of a claim.
    #[must_use]
    pub fn get(&self, claim: Claim) -> Option<&ReleasedValue> {
        self.0.get(&claim)
    }

    /// Every value, in the order of pages.
    pub fn iter(&self) -> impl Iterator<Item = (Claim, &ReleasedValue)> {
        self.0.iter().map(|(claim, value)| (*claim, value))
    }

    /// The values of `filter` alone.
    #[must_use]
    pub fn narrowed_to(mut self, filter: EnumSet<Claim>) -> Self {
        self.0.retain(|claim, _| filter.contains(*claim));
        self
    }

    /// The members of a response that carry the claims of `filter`, with
    /// `email_verified` and `phone_number_verified` beside theirs.
    #[must_use]
    pub fn claims_json(&self, filter: EnumSet<Claim>) -> Map<String, Value> {
        let mut members = Map::new();
        for (claim, released) in self.iter().filter(|(claim, _)| filter.contains(*claim)) {
            members.insert(claim.claim_name().to_owned(), released.value.to_claim());
            if let Some(name) = verified_name(claim) {
                members.insert(name.to_owned(), released.verified.into());
            }
        }
        members
    }

    /// The bytes to seal.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads what [`Released::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, UnreadableVault> {
        serde_json::from_slice(bytes).map_err(|_| UnreadableVault)
    }
}

/// The member that says whether a claim was verified
/// (OpenID Connect Core 1.0 §5.1 has one for two claims).
#[must_use]
pub const fn verified_name(claim: Claim) -> Option<&'static str> {
    match claim {
        Claim::Email => Some("email_verified"),
        Claim::PhoneNumber => Some("phone_number_verified"),
        _ => None,
    }
}
