//! What an account's vault holds, as bytes to seal.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::super::house_rules::HouseRules;
use super::super::profile::Profiles;
use super::super::time::Timestamp;
use super::Attributes;

/// The format that this edition writes. Older ones stay readable; a newer one
/// is refused, since reading half of it and writing it back would lose data.
const FORMAT: u32 = 1;

/// The content of one account's vault.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct VaultContents {
    /// What the account holds.
    pub attributes: Attributes,
    /// What it shows in each tier.
    pub profiles: Profiles,
    /// What it answers to businesses that are new to it.
    pub rules: HouseRules,
    /// Until when what is closed to a minor stays closed, although the birthdate
    /// that closed it was taken away.
    pub closed_until: Option<Timestamp>,
}

unprintable!(VaultContents);

#[derive(Deserialize)]
struct Header {
    format: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    #[serde(rename = "format")]
    _format: u32,
    attributes: Attributes,
    profiles: Profiles,
    /// Not in vaults of before there were house rules.
    #[serde(default)]
    rules: HouseRules,
    #[serde(default)]
    closed_until: Option<Timestamp>,
}

#[derive(Serialize)]
struct Storing<'a> {
    format: u32,
    attributes: &'a Attributes,
    profiles: &'a Profiles,
    #[serde(skip_serializing_if = "HouseRules::is_empty")]
    rules: &'a HouseRules,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_until: Option<Timestamp>,
}

impl VaultContents {
    /// The bytes to seal; they are wiped when dropped.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let storing = Storing {
            format: FORMAT,
            attributes: &self.attributes,
            profiles: &self.profiles,
            rules: &self.rules,
            closed_until: self.closed_until,
        };
        Zeroizing::new(serde_json::to_vec(&storing).unwrap_or_default())
    }

    /// Reads what [`VaultContents::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, UnreadableVault> {
        let header: Header = serde_json::from_slice(bytes).map_err(|_| UnreadableVault)?;
        if header.format != FORMAT {
            return Err(UnreadableVault);
        }
        let stored: Stored = serde_json::from_slice(bytes).map_err(|_| UnreadableVault)?;
        Ok(Self {
            attributes: stored.attributes,
            profiles: stored.profiles,
            rules: stored.rules,
            closed_until: stored.closed_until,
        })
    }
}

/// The bytes are not of a format that this edition of Sluis reads. Says no
/// more, since the reason might quote a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the personal data are of a format that this edition of Sluis cannot read")]
pub struct UnreadableVault;
