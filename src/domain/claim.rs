//! The catalogue of claims: which pieces of personal data Sluis knows, and how
//! OpenID Connect names them (OpenID Connect Core 1.0 §5.1).

use std::fmt;
use std::str::FromStr;

use enumset::{EnumSet, EnumSetType};
use serde::{Deserialize, Serialize};

use super::tier::Tier;

/// The base of the claim names that OpenID Connect has none for
/// (collision-resistant, RFC 7519 §2).
pub const CLAIM_BASE: &str = "https://schemas.sluis.example/claims/";

/// One piece of personal data, as a kind: the name of an attribute that an
/// account may hold, and of the claim that carries it in a response.
///
/// The order is that of pages and responses.
#[derive(Debug, Hash, PartialOrd, Ord, EnumSetType)]
#[enumset(repr = "u32", serialize_repr = "list")]
pub enum Claim {
    /// Full name in displayable form.
    Name,
    /// Given name or names.
    GivenName,
    /// Family name or names.
    FamilyName,
    /// What someone likes to be called.
    Nickname,
    /// E-mail address; brings `email_verified` with it.
    Email,
    /// Language, BCP 47.
    Locale,
    /// Home address.
    Address,
    /// Where parcels go.
    DeliveryAddress,
    /// Telephone number, E.164; brings `phone_number_verified` with it.
    PhoneNumber,
    /// IBAN and its holder. Never a card number (PCI DSS).
    PaymentAccount,
    /// Date of birth, ISO 8601.
    Birthdate,
    /// Gender, in the person's own word.
    Gender,
    /// What someone likes, in their own words.
    Preferences,
}

impl Claim {
    /// Every claim, in the order of pages.
    #[must_use]
    pub fn all() -> EnumSet<Self> {
        EnumSet::all()
    }

    /// The short name: in data plans, forms, page ids and the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::Nickname => "nickname",
            Self::Email => "email",
            Self::Locale => "locale",
            Self::Address => "address",
            Self::DeliveryAddress => "delivery_address",
            Self::PhoneNumber => "phone_number",
            Self::PaymentAccount => "payment_account",
            Self::Birthdate => "birthdate",
            Self::Gender => "gender",
            Self::Preferences => "preferences",
        }
    }

    /// The name in an ID token or a UserInfo response.
    #[must_use]
    pub const fn claim_name(self) -> &'static str {
        match self {
            Self::DeliveryAddress => "https://schemas.sluis.example/claims/delivery_address",
            Self::PaymentAccount => "https://schemas.sluis.example/claims/payment_account",
            Self::Preferences => "https://schemas.sluis.example/claims/preferences",
            standard => standard.key(),
        }
    }

    /// The tier of a new account in which this claim first appears
    /// (`product.md` section 4).
    #[must_use]
    pub const fn default_tier(self) -> Tier {
        match self {
            Self::Name
            | Self::GivenName
            | Self::FamilyName
            | Self::Nickname
            | Self::Email
            | Self::Locale => Tier::Low,
            Self::Address | Self::DeliveryAddress | Self::PhoneNumber | Self::PaymentAccount => {
                Tier::Medium
            }
            Self::Birthdate | Self::Gender | Self::Preferences => Tier::High,
        }
    }

    /// The personal-data concept of the W3C DPV extension `pd`, for receipts.
    #[must_use]
    pub const fn dpv(self) -> &'static str {
        match self {
            Self::Name | Self::GivenName | Self::FamilyName => "pd:Name",
            Self::Nickname => "pd:Nickname",
            Self::Email => "pd:EmailAddress",
            Self::Locale => "pd:Language",
            Self::Address | Self::DeliveryAddress => "pd:PhysicalAddress",
            Self::PhoneNumber => "pd:TelephoneNumber",
            Self::PaymentAccount => "pd:BankAccount",
            Self::Birthdate => "pd:BirthDate",
            Self::Gender => "pd:Gender",
            Self::Preferences => "pd:Preference",
        }
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl FromStr for Claim {
    type Err = UnknownClaim;

    /// Takes the short name or the one used in responses.
    fn from_str(text: &str) -> Result<Self, UnknownClaim> {
        let key = text.strip_prefix(CLAIM_BASE).unwrap_or(text);
        EnumSet::<Self>::all()
            .iter()
            .find(|claim| claim.key() == text || (claim.key() == key && claim.claim_name() == text))
            .ok_or_else(|| UnknownClaim(text.chars().take(64).collect()))
    }
}

impl Serialize for Claim {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.key())
    }
}

impl<'de> Deserialize<'de> for Claim {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// The text names no claim of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a claim that Sluis knows")]
pub struct UnknownClaim(pub String);
