//! The OAuth scopes that Sluis knows, and the claims that OpenID Connect
//! Core 1.0 §5.4 says they ask for.

use std::fmt;
use std::str::FromStr;

use enumset::{EnumSet, EnumSetType};
use serde::{Deserialize, Serialize};

use super::claim::Claim;

/// One word of a `scope` parameter.
#[derive(Debug, Hash, PartialOrd, Ord, EnumSetType)]
#[enumset(repr = "u16", serialize_repr = "list")]
pub enum Scope {
    /// This is a request of OpenID Connect.
    Openid,
    /// Name and what goes with it.
    Profile,
    /// E-mail address.
    Email,
    /// Postal address.
    Address,
    /// Telephone number.
    Phone,
    /// A refresh token that outlives the session.
    OfflineAccess,
    /// Looking at grants (Grant Management for OAuth 2.0 §6.1).
    GrantManagementQuery,
    /// Ending grants.
    GrantManagementRevoke,
    /// Setting up a stream of events (CAEP Interoperability Profile 1.0).
    SsfManage,
    /// Looking at a stream of events, and fetching what is in it.
    SsfRead,
    /// Looking at the client's own data plan, and publishing another edition.
    DataPlan,
    /// Looking at deletion duties, and answering them.
    DeletionDuties,
    /// Looking at requests by which people use their rights, and answering them.
    DataSubjectRequests,
}

impl Scope {
    /// Every scope, in the order of discovery.
    #[must_use]
    pub fn all() -> EnumSet<Self> {
        EnumSet::all()
    }

    /// What a client may ask for itself, with nobody there (RFC 6749 §4.4). All
    /// others are somebody's to give.
    #[must_use]
    pub fn of_clients() -> EnumSet<Self> {
        Self::GrantManagementQuery
            | Self::GrantManagementRevoke
            | Self::SsfManage
            | Self::SsfRead
            | Self::DataPlan
            | Self::DeletionDuties
            | Self::DataSubjectRequests
    }

    /// The word in requests.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Openid => "openid",
            Self::Profile => "profile",
            Self::Email => "email",
            Self::Address => "address",
            Self::Phone => "phone",
            Self::OfflineAccess => "offline_access",
            Self::GrantManagementQuery => "grant_management_query",
            Self::GrantManagementRevoke => "grant_management_revoke",
            Self::SsfManage => "ssf.manage",
            Self::SsfRead => "ssf.read",
            Self::DataPlan => "data_plan",
            Self::DeletionDuties => "deletion_duties",
            Self::DataSubjectRequests => "data_subject_requests",
        }
    }

    /// The claims that it asks for, as far as Sluis knows them.
    #[must_use]
    pub fn claims(self) -> EnumSet<Claim> {
        match self {
            Self::Openid
            | Self::OfflineAccess
            | Self::GrantManagementQuery
            | Self::GrantManagementRevoke
            | Self::SsfManage
            | Self::SsfRead
            | Self::DataPlan
            | Self::DeletionDuties
            | Self::DataSubjectRequests => EnumSet::empty(),
            Self::Profile => {
                Claim::Name
                    | Claim::GivenName
                    | Claim::FamilyName
                    | Claim::Nickname
                    | Claim::Birthdate
                    | Claim::Gender
                    | Claim::Locale
            }
            Self::Email => Claim::Email.into(),
            Self::Address => Claim::Address.into(),
            Self::Phone => Claim::PhoneNumber.into(),
        }
    }

    /// The claims that some scopes ask for together.
    #[must_use]
    pub fn claims_of(scopes: EnumSet<Self>) -> EnumSet<Claim> {
        scopes
            .iter()
            .fold(EnumSet::empty(), |claims, scope| claims | scope.claims())
    }

    /// Reads a `scope` parameter. Words that Sluis does not know are passed
    /// over (OpenID Connect Core 1.0 §3.1.2.1).
    #[must_use]
    pub fn parse_list(text: &str) -> EnumSet<Self> {
        text.split(' ')
            .filter_map(|word| word.parse::<Self>().ok())
            .collect()
    }

    /// Writes a `scope` parameter.
    #[must_use]
    pub fn list(scopes: EnumSet<Self>) -> String {
        let words: Vec<&str> = scopes.iter().map(Self::as_str).collect();
        words.join(" ")
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Self::all()
            .iter()
            .find(|scope| scope.as_str() == text)
            .ok_or(UnknownScope)
    }
}

impl Serialize for Scope {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// The text names no scope that Sluis knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is not one of openid, profile, email, address, phone, offline_access, \
     grant_management_query, grant_management_revoke, ssf.manage, ssf.read, data_plan, \
     deletion_duties, data_subject_requests"
)]
pub struct UnknownScope;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scope_list_passes_over_unknown_words_and_writes_a_fixed_order() {
        let scopes = Scope::parse_list("email  openid groups openid");
        assert_eq!(scopes, Scope::Openid | Scope::Email);
        assert_eq!(Scope::list(scopes), "openid email");
        assert_eq!(Scope::parse_list(&Scope::list(Scope::all())), Scope::all());
    }

    #[test]
    fn scopes_never_reach_beyond_the_claims_of_openid_connect() {
        let named = Scope::claims_of(Scope::all());
        for foreign in [
            Claim::DeliveryAddress,
            Claim::PaymentAccount,
            Claim::Preferences,
        ] {
            assert!(!named.contains(foreign));
        }
        assert!(Scope::claims_of(Scope::Openid | Scope::OfflineAccess).is_empty());
    }
}
