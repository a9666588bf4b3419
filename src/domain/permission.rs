//! Permissions: uses of data, not data. Processing and contacting are apart,
//! and each is a switch of its own (`product.md` section 5, rule 7).

use std::fmt;
use std::str::FromStr;

use enumset::{EnumSet, EnumSetType};
use serde::{Deserialize, Serialize};

use super::tier::Tier;

/// One use of data that a consumer may permit.
#[derive(Debug, Hash, PartialOrd, Ord, EnumSetType)]
#[enumset(repr = "u8", serialize_repr = "list")]
pub enum Permission {
    /// Analysis of behaviour.
    Analytics,
    /// Adapting what someone sees to them.
    Personalisation,
    /// Joining what was collected in shop, site, app and call centre.
    OmnichannelCollection,
    /// Contact by e-mail.
    ContactEmail,
    /// Contact by text message.
    ContactSms,
    /// Contact by telephone.
    ContactPhone,
    /// Contact by post.
    ContactPost,
}

impl Permission {
    /// Every permission, in the order of pages.
    #[must_use]
    pub fn all() -> EnumSet<Self> {
        EnumSet::all()
    }

    /// The processing permissions.
    #[must_use]
    pub fn processing() -> EnumSet<Self> {
        Self::Analytics | Self::Personalisation | Self::OmnichannelCollection
    }

    /// The contact permissions, one per channel.
    #[must_use]
    pub fn contact() -> EnumSet<Self> {
        Self::all() - Self::processing()
    }

    /// The word in documents: the name of the processing, or of the channel.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Analytics => "analytics",
            Self::Personalisation => "personalisation",
            Self::OmnichannelCollection => "omnichannel_collection",
            Self::ContactEmail => "email",
            Self::ContactSms => "sms",
            Self::ContactPhone => "phone",
            Self::ContactPost => "post",
        }
    }

    /// Whether this is a contact channel.
    #[must_use]
    pub fn is_contact(self) -> bool {
        Self::contact().contains(self)
    }

    /// The tier of a new account in which this permission first appears.
    #[must_use]
    pub const fn default_tier(self) -> Tier {
        Tier::High
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl FromStr for Permission {
    type Err = UnknownPermission;

    fn from_str(text: &str) -> Result<Self, UnknownPermission> {
        EnumSet::<Self>::all()
            .iter()
            .find(|permission| permission.key() == text)
            .ok_or_else(|| UnknownPermission(text.chars().take(64).collect()))
    }
}

impl Serialize for Permission {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.key())
    }
}

impl<'de> Deserialize<'de> for Permission {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// The text names no permission or channel.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a permission or contact channel that Sluis knows")]
pub struct UnknownPermission(pub String);
