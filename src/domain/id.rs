//! Identifiers. Each kind of thing has a type of its own, so that one cannot
//! be handed in where another is meant.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::time::Timestamp;

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes a UUID as an identifier of this kind.
            #[must_use]
            pub const fn new(id: Uuid) -> Self { Self(id) }

            /// The UUID itself.
            #[must_use]
            pub const fn as_uuid(&self) -> &Uuid { &self.0 }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            /// Accepts the hyphenated lower-case form alone, so that an
            /// identifier has one spelling.
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let id = Uuid::try_parse(text).map_err(|_| InvalidId)?;
                if id.hyphenated().to_string() == text { Ok(Self(id)) } else { Err(InvalidId) }
            }
        }
    )+};
}

uuid_ids! {
    /// A consumer at this provider.
    AccountId,
    /// A legal entity behind one or more clients.
    BusinessId,
    /// A live or ended agreement between one account and one client.
    GrantId,
    /// One receipt (`jti` of its JWS).
    ReceiptId,
    /// An authorization request that waits for its answer.
    RequestId,
    /// A way into an account's vault.
    KeyholderId,
    /// The tokens that descend from one authorization code.
    FamilyId,
    /// One read of released values by a client.
    ReadId,
    /// One message that somebody is told (`jti` of its token).
    MessageId,
    /// A stream of events from Sluis to one client.
    StreamId,
    /// An act, as the client that is told of it knows it (`txn` of its tokens).
    TransactionId,
    /// What a business owes at the end of an agreement.
    DutyId,
    /// A passkey of an account.
    PasskeyId,
    /// A challenge that a browser was given.
    CeremonyId,
    /// A request by which somebody uses a right.
    RightsRequestId,
    /// What came along from another provider.
    ImportId,
    /// The move of an account to or from another provider.
    TransferId,
}

impl MessageId {
    /// When the message was made, which its first bits tell (RFC 9562 §5.7).
    #[must_use]
    pub fn made_at(&self) -> Option<Timestamp> {
        let (seconds, nanos) = self.0.get_timestamp()?.to_unix();
        let seconds = Timestamp::from_seconds(i64::try_from(seconds).ok()?);
        Some(seconds.plus(Duration::from_nanos(nanos.into())))
    }
}

/// A `client_id` (RFC 6749 §2.2): 1 to 128 characters of the unreserved set
/// of RFC 3986 §2.3, so that it needs no escaping anywhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientId(String);

impl ClientId {
    /// The identifier as clients send it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClientId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let fits = (1..=128).contains(&text.len());
        let clean = text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
        if fits && clean {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidId)
        }
    }
}

impl TryFrom<String> for ClientId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<ClientId> for String {
    fn from(id: ClientId) -> Self {
        id.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not an identifier of the kind that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a valid identifier")]
pub struct InvalidId;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::strategies::config;
    use super::*;

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn an_identifier_reads_as_it_was_written(bits: u128) {
            let id = GrantId::new(Uuid::from_u128(bits));
            prop_assert_eq!(id.to_string().parse(), Ok(id));
            let json = serde_json::to_string(&id).expect("JSON");
            prop_assert_eq!(serde_json::from_str::<GrantId>(&json).ok(), Some(id));
        }

        #[test]
        fn a_client_id_is_what_needs_no_escaping(text in "[ -~]{0,12}|[A-Za-z0-9._~-]{1,140}") {
            let escaped: String =
                url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
            // The form encoding alone escapes `~`, and alone leaves `*` as it is.
            let plain = escaped.replace("%7E", "~") == text && !text.contains('*');
            let fits = (1..=128).contains(&text.len());
            prop_assert_eq!(text.parse::<ClientId>().is_ok(), plain && fits);
        }
    }

    #[test]
    fn an_identifier_has_one_spelling() {
        let id = "0198f3c4-5b6a-7c8d-9e0f-1a2b3c4d5e6f";
        assert!(id.parse::<AccountId>().is_ok());
        for other in [
            id.to_uppercase(),
            id.replace('-', ""),
            format!("{{{id}}}"),
            format!("urn:uuid:{id}"),
            format!(" {id}"),
            format!("{id}\n"),
            id[1..].to_owned(),
            String::new(),
        ] {
            assert_eq!(other.parse::<AccountId>(), Err(InvalidId), "{other}");
        }
    }

    #[test]
    fn a_client_id_that_was_stored_is_checked_as_well() {
        assert!(serde_json::from_str::<ClientId>("\"shop\"").is_ok());
        assert!(serde_json::from_str::<ClientId>("\"sh op\"").is_err());
    }
}
