//! Chains of receipts: what makes one whole.

use serde::{Deserialize, Serialize};

use super::super::grant::EventKind;
use super::super::id::GrantId;
use super::{Hash, Receipt};

/// The claims of the JWS that closes a chain which is handed out: how many
/// receipts there were at that moment, and the hash of the last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainHead {
    /// The provider.
    pub iss: String,
    /// When it was signed, in seconds.
    pub iat: i64,
    /// The agreement.
    pub grant_id: GrantId,
    /// How many receipts the chain has.
    pub count: u32,
    /// Hash of the last of them.
    pub last: Hash,
}

/// Checks that receipts, each with the hash of its own compact JWS, form the
/// whole chain that `head` closes. Signatures are checked before.
pub fn check_chain(receipts: &[(Receipt, Hash)], head: &ChainHead) -> Result<(), BrokenChain> {
    let mut before: Option<(&Receipt, &Hash)> = None;
    let (mut over, mut erased) = (false, false);
    for (position, (receipt, hash)) in (1..).zip(receipts) {
        let at = |what| BrokenChain { position, what };
        if receipt.seq != position {
            return Err(at(Break::Sequence));
        }
        if receipt.prev.as_ref() != before.map(|(_, hash)| hash) {
            return Err(at(Break::Link));
        }
        if receipt.grant_id != head.grant_id || receipt.iss != head.iss {
            return Err(at(Break::Foreign));
        }
        if let Some((earlier, _)) = before {
            if earlier.aud != receipt.aud || earlier.sub != receipt.sub {
                return Err(at(Break::Foreign));
            }
            if earlier.iat > receipt.iat {
                return Err(at(Break::Time));
            }
            let kind = receipt.event.kind;
            erased |= earlier.event.kind == EventKind::Erased;
            over |= earlier.event.kind.is_final();
            if erased || (over && !kind.follows_end()) || kind == EventKind::Given {
                return Err(at(Break::Life));
            }
        } else if receipt.event.kind != EventKind::Given {
            return Err(at(Break::Life));
        }
        before = Some((receipt, hash));
    }
    let position = u32::try_from(receipts.len()).unwrap_or(u32::MAX);
    match before {
        Some((_, hash)) if position == head.count && *hash == head.last => Ok(()),
        _ => Err(BrokenChain {
            position,
            what: Break::End,
        }),
    }
}

/// Where and how a chain is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("receipt {position}: {what}")]
pub struct BrokenChain {
    /// Which receipt, counted from 1.
    pub position: u32,
    /// What is wrong with it.
    pub what: Break,
}

/// In what way a chain is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Break {
    /// The numbers do not follow each other.
    #[error("its number does not follow the one before")]
    Sequence,
    /// The hash is not that of the receipt before.
    #[error("it does not follow the receipt before it")]
    Link,
    /// It is of another agreement, issuer or party.
    #[error("it belongs to another agreement")]
    Foreign,
    /// It is older than the one before.
    #[error("it is older than the receipt before it")]
    Time,
    /// Such an event cannot come here.
    #[error("such an event cannot happen at this point of an agreement")]
    Life,
    /// The chain does not end where its head says.
    #[error("the chain does not end where it should")]
    End,
}
