//! How much of a document things take: what comes along goes along again, and a
//! document that leaves has to be one that every Sluis reads.

use serde::{Deserialize, Serialize};

use super::head::ArchiveHead;
use super::{MAX_FILE, MOST_ARCHIVES, limits};
use crate::domain::export::MOST_RECEIPTS;

/// What is left for the account itself, what it holds and its rules, and for the
/// signs between things.
const FOR_THE_REST: usize = 512 * 1024;

/// What something takes, besides reads: of those, the oldest are left out where
/// there is no room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// Archives.
    pub archives: usize,
    /// Agreements.
    pub grants: usize,
    /// Their receipts.
    pub receipts: usize,
    /// Deletion duties.
    pub duties: usize,
    /// Requests by right.
    pub requests: usize,
    /// Receipts that are not as they should be.
    pub flaws: usize,
    /// Keys.
    pub keys: usize,
    /// Bytes.
    pub bytes: usize,
}

impl Load {
    /// That of archives which take so many bytes.
    #[must_use]
    pub fn of(archives: &[ArchiveHead], bytes: usize) -> Self {
        let total = |count: fn(&ArchiveHead) -> usize| archives.iter().map(count).sum();
        Self {
            archives: archives.len(),
            grants: total(|one| one.counts.grants),
            receipts: total(|one| one.counts.receipts),
            duties: total(|one| one.counts.duties),
            requests: total(|one| one.counts.requests),
            flaws: total(|one| one.flaws.len()),
            keys: total(|one| one.origin.jwks.count()),
            bytes,
        }
    }

    /// That of both.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            archives: self.archives.saturating_add(other.archives),
            grants: self.grants.saturating_add(other.grants),
            receipts: self.receipts.saturating_add(other.receipts),
            duties: self.duties.saturating_add(other.duties),
            requests: self.requests.saturating_add(other.requests),
            flaws: self.flaws.saturating_add(other.flaws),
            keys: self.keys.saturating_add(other.keys),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }

    /// Whether there is a document with all of it that is read.
    #[must_use]
    pub const fn fits(&self) -> bool {
        self.archives <= MOST_ARCHIVES
            && self.grants <= limits::MOST_GRANTS
            && self.receipts <= MOST_RECEIPTS
            && self.duties <= limits::MOST_OTHERS
            && self.requests <= limits::MOST_OTHERS
            && self.flaws <= MOST_RECEIPTS
            && self.keys <= limits::MOST_KEYS
            && self.bytes <= MAX_FILE - FOR_THE_REST
    }
}
