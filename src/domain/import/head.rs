//! What an import says of itself, as it is kept: sealed, beside its records.

use serde::{Deserialize, Serialize};

use super::room::Load;
use crate::domain::attribute::{Attributes, VaultContents};
use crate::domain::claim::Claim;
use crate::domain::export::{AccountFacts, AttributeFacts, ExportedDeparture, KeySet, Moment};
use crate::domain::house_rules::HouseRules;
use crate::domain::id::GrantId;
use crate::domain::profile::Profiles;
use crate::domain::receipt::Hash;
use crate::domain::time::Timestamp;

/// Where records come from.
#[derive(Clone, Serialize, Deserialize)]
pub struct Origin {
    /// The provider.
    pub provider: String,
    /// When it wrote them down.
    pub exported_at: Moment,
    /// When they came along from there, if they have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported_at: Option<Moment>,
    /// The account there.
    pub account: AccountFacts,
    /// What it held, without the values.
    pub attributes: Vec<AttributeFacts>,
    /// To whom it went along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub departures: Vec<ExportedDeparture>,
    /// Whether its reads are all there.
    pub reads_complete: bool,
    /// The keys that its receipts verify with.
    pub jwks: KeySet,
}

/// With whose keys receipts were verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeysFrom {
    /// Those that the provider publishes.
    Provider,
    /// Those in the file, since the provider could not be asked: that says that
    /// nothing was changed since, and not who signed.
    File,
}

/// How much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Agreements.
    pub grants: usize,
    /// Their receipts.
    pub receipts: usize,
    /// Reads.
    pub reads: usize,
    /// Deletion duties.
    pub duties: usize,
    /// Requests by right.
    pub requests: usize,
}

/// A receipt that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flaw {
    /// Of which agreement.
    pub grant_id: GrantId,
    /// With whom that is.
    pub business: String,
    /// Its place in the file, from 1; of one after a gap, its number in the chain.
    pub number: usize,
    /// What is wrong.
    pub why: FlawKind,
}

/// What is wrong with a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlawKind {
    /// Its signature does not hold: it was changed.
    Tampered,
    /// The provider that it is said to be from did not sign it.
    NotTheirs,
    /// It is of another agreement.
    Misplaced,
    /// One before it is missing. This one holds, and came along.
    Gap,
}

/// What is kept of records besides the records.
#[derive(Clone, Serialize, Deserialize)]
pub struct ArchiveHead {
    /// Where they come from.
    pub origin: Origin,
    /// With whose keys its receipts were verified.
    pub keys_from: KeysFrom,
    /// Receipts that are not as they should be.
    pub flaws: Vec<Flaw>,
    /// How much there is.
    pub counts: Counts,
}

/// What lists say of an import, and tell two of them apart by: it is small,
/// whatever the import is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportSummary {
    /// The provider that wrote the document.
    pub provider: String,
    /// Hash of the document.
    pub digest: Hash,
    /// How many agreements there are, at all providers.
    pub grants: usize,
    /// What it takes of the next document; those of an older edition do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<Load>,
}

/// What is kept of an import besides its records.
#[derive(Clone, Serialize, Deserialize)]
pub struct ImportHead {
    /// Hash of the document.
    pub digest: Hash,
    /// What its owner stated; gone once they took over what they wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stated: Option<Stated>,
    /// The claims whose values cannot be used here.
    pub unusable: Vec<Claim>,
    /// What came of the account: at the provider that wrote the document first.
    pub archives: Vec<ArchiveHead>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Stated {
    attributes: Attributes,
    profiles: Profiles,
    rules: HouseRules,
    closed_until: Option<Timestamp>,
}

impl ImportHead {
    /// Of a document that was just read.
    #[must_use]
    pub fn new(
        digest: Hash,
        contents: VaultContents,
        unusable: Vec<Claim>,
        archives: Vec<ArchiveHead>,
    ) -> Self {
        Self {
            digest,
            stated: Some(Stated {
                attributes: contents.attributes,
                profiles: contents.profiles,
                rules: contents.rules,
                closed_until: contents.closed_until,
            }),
            unusable,
            archives,
        }
    }

    /// What it takes of the next document, with records of so many bytes.
    #[must_use]
    pub fn load(&self, records: usize) -> Load {
        Load::of(
            &self.archives,
            self.to_bytes().len().saturating_add(records),
        )
    }

    /// The least that is to be said of it, with records of so many bytes if that
    /// is known.
    #[must_use]
    pub fn summary(&self, records: Option<usize>) -> ImportSummary {
        let newest = self.archives.first();
        ImportSummary {
            provider: newest.map_or_else(String::new, |one| one.origin.provider.clone()),
            digest: self.digest.clone(),
            grants: self.archives.iter().map(|one| one.counts.grants).sum(),
            load: records.map(|bytes| self.load(bytes)),
        }
    }

    /// What its owner stated elsewhere.
    #[must_use]
    pub fn contents(&self) -> Option<VaultContents> {
        let stated = self.stated.clone()?;
        Some(VaultContents {
            attributes: stated.attributes,
            profiles: stated.profiles,
            rules: stated.rules,
            closed_until: stated.closed_until,
        })
    }

    /// It, once it was taken over: the values are where they belong, or nowhere.
    #[must_use]
    pub fn kept(self) -> Self {
        Self {
            stated: None,
            ..self
        }
    }

    /// For the store, which gets it sealed.
    #[must_use]
    pub fn to_bytes(&self) -> zeroize::Zeroizing<Vec<u8>> {
        zeroize::Zeroizing::new(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads what [`Self::to_bytes`] wrote.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

impl ImportSummary {
    /// For the store, which gets it sealed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads what [`Self::to_bytes`] wrote.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}
