//! Attributes: the pieces of personal data that an account holds, each with
//! where it came from, when it was last confirmed and whether it was verified.
//!
//! A value can only be made by parsing ([`AttributeValue::parse`]), which also
//! normalises it, so that a business gets data that it can use. Values, and
//! everything that holds them, do not print.

use std::collections::BTreeMap;
use std::fmt;

use enumset::EnumSet;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::claim::Claim;
use super::time::Timestamp;

/// Gives types that hold personal data a `Debug` that shows their name alone.
macro_rules! unprintable {
    ($($name:ident),+ $(,)?) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}

mod address;
mod contact;
mod country;
mod country_names;
mod document;
mod form;
mod payment;
mod postal_code;
mod released;
mod text;
mod value;
mod vault;

#[cfg(test)]
mod tests;

pub use address::Address;
pub use contact::{Email, PhoneNumber};
pub use country::Country;
pub use document::{DocumentError, DocumentProblem, DocumentValue, read_document};
pub use form::{Checks, Field, FieldError, FieldErrors, FormFields, Problem, fields};
pub use payment::PaymentAccount;
pub use released::{Released, ReleasedValue, changed, released, verified_name};
pub(in crate::domain) use text::is_control;
pub use text::{Birthdate, Locale, Text};
pub use value::{AttributeValue, Content};
pub use vault::{UnreadableVault, VaultContents};

/// Where an attribute came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The consumer filled it in.
    Consumer,
    /// The operator created the account with it.
    Operator,
    /// It came along from another provider.
    Import,
}

/// One piece of personal data that an account holds.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    /// The value; it knows which claim it is for.
    pub value: AttributeValue,
    /// Where it came from.
    pub source: Source,
    /// When someone last said that it is right.
    pub confirmed_at: Timestamp,
    /// When it was proven to be right, if it ever was.
    pub verified_at: Option<Timestamp>,
}

unprintable!(Attribute);

impl Attribute {
    /// An attribute that was stated at `now` and that nobody has verified.
    #[must_use]
    pub const fn new(value: AttributeValue, source: Source, now: Timestamp) -> Self {
        Self {
            value,
            source,
            confirmed_at: now,
            verified_at: None,
        }
    }

    /// The same attribute, proven to be right at `now`.
    #[must_use]
    pub fn verified(self, now: Timestamp) -> Self {
        Self {
            verified_at: Some(now),
            ..self
        }
    }

    /// The claim that it is the value of.
    #[must_use]
    pub const fn claim(&self) -> Claim {
        self.value.claim()
    }
}

/// Everything that an account holds: at most one attribute for each claim,
/// and under each claim a value of its kind.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Attributes(BTreeMap<Claim, Attribute>);

impl Attributes {
    /// No attributes.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Which claims have a value.
    #[must_use]
    pub fn held(&self) -> EnumSet<Claim> {
        self.0.keys().copied().collect()
    }

    /// The attribute of a claim.
    #[must_use]
    pub fn get(&self, claim: Claim) -> Option<&Attribute> {
        self.0.get(&claim)
    }

    /// Puts an attribute under its claim, and gives back the one that was there.
    pub fn insert(&mut self, attribute: Attribute) -> Option<Attribute> {
        self.0.insert(attribute.claim(), attribute)
    }

    /// Takes the attribute of a claim away.
    pub fn remove(&mut self, claim: Claim) -> Option<Attribute> {
        self.0.remove(&claim)
    }

    /// Takes a newly stated value in, and says whether anything changed: a
    /// value that stays the same keeps its source and verification, and is
    /// merely confirmed.
    pub fn state(&mut self, value: AttributeValue, source: Source, now: Timestamp) -> bool {
        match self.0.get_mut(&value.claim()) {
            Some(held) if held.value == value => {
                held.confirmed_at = now;
                false
            }
            _ => {
                self.insert(Attribute::new(value, source, now));
                true
            }
        }
    }

    /// Every attribute, in the order of pages.
    pub fn iter(&self) -> impl Iterator<Item = (Claim, &Attribute)> {
        self.0.iter().map(|(claim, attribute)| (*claim, attribute))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl FromIterator<Attribute> for Attributes {
    fn from_iter<I: IntoIterator<Item = Attribute>>(attributes: I) -> Self {
        Self(
            attributes
                .into_iter()
                .map(|attribute| (attribute.claim(), attribute))
                .collect(),
        )
    }
}

impl fmt::Debug for Attributes {
    /// Names the claims that are held, and none of their values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Serialize for Attributes {
    /// A list: each value names its claim, so a key would say it twice.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.values())
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Attribute>::deserialize(deserializer)?
            .into_iter()
            .collect())
    }
}
