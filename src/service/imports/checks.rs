//! Holds the receipts of another provider against its keys. One that does not
//! hold is named, and stays behind.

use crate::crypto::jwt::{PublicKeys, Typ, VerifyError};
use crate::domain::export::ExportedGrant;
use crate::domain::import::{Archive, ArchiveHead, Flaw, FlawKind, KeysFrom};
use crate::domain::receipt::{Hash, Receipt};
use crate::service::providers::KeysOf;

/// Holds what came of an account at each of some providers against their keys:
/// what is to be said of it, and what is left.
pub(super) fn check_all(archives: Vec<Archive>, keys: &KeysOf) -> (Vec<ArchiveHead>, Vec<Archive>) {
    archives.into_iter().map(|one| check(one, keys)).unzip()
}

fn check(mut archive: Archive, published: &KeysOf) -> (ArchiveHead, Archive) {
    let in_file;
    let (keys, keys_from) = match published.get(&archive.provider) {
        Some(keys) => (Some(keys), KeysFrom::Provider),
        None => {
            in_file = PublicKeys::parse(&archive.jwks.to_json()).ok();
            (in_file.as_ref(), KeysFrom::File)
        }
    };
    // Of what stayed behind on the way here, nobody else would say so. A gap shows
    // again in what is left.
    let mut flaws = std::mem::take(&mut archive.flaws);
    flaws.retain(|flaw| flaw.why != FlawKind::Gap);
    let provider = archive.provider.clone();
    for grant in &mut archive.grants {
        flaws.extend(check_grant(grant, &provider, keys));
    }
    archive.flaws.clone_from(&flaws);
    let head = ArchiveHead {
        origin: archive.origin(),
        keys_from,
        flaws,
        counts: archive.counts(),
    };
    (head, archive)
}

/// Takes out of an agreement the receipts that do not hold, and names them.
fn check_grant(grant: &mut ExportedGrant, provider: &str, keys: Option<&PublicKeys>) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut before: Option<Receipt> = None;
    let mut last = None;
    let (grant_id, business) = (grant.grant_id, grant.business.clone());
    let chain = std::mem::take(&mut grant.receipts);
    for (at, jws) in chain.into_iter().enumerate() {
        let mut name = |why, number| {
            flaws.push(Flaw {
                grant_id,
                business: business.clone(),
                number,
                why,
            });
        };
        let read = keys
            .ok_or(FlawKind::NotTheirs)
            .and_then(|keys| {
                keys.verify(&jws, Typ::Receipt)
                    .map_err(|error| of_error(&error))
            })
            .and_then(|verified| {
                verified
                    .claims::<Receipt>()
                    .map_err(|error| of_error(&error))
            });
        let receipt = match read {
            Ok(receipt) if receipt.iss != provider => {
                name(FlawKind::NotTheirs, at + 1);
                continue;
            }
            Ok(receipt) if receipt.grant_id != grant_id => {
                name(FlawKind::Misplaced, at + 1);
                continue;
            }
            Ok(receipt) => receipt,
            Err(why) => {
                name(why, at + 1);
                continue;
            }
        };
        let follows = match &before {
            None => receipt.seq == 1 && receipt.prev.is_none(),
            Some(earlier) => earlier.seq + 1 == receipt.seq && receipt.prev == last,
        };
        if !follows {
            // Its own number: its place is another one when more stay behind.
            name(
                FlawKind::Gap,
                usize::try_from(receipt.seq).unwrap_or(usize::MAX),
            );
        }
        last = Some(Hash::of(jws.as_bytes()));
        before = Some(receipt);
        grant.receipts.push(jws);
    }
    flaws
}

fn of_error(error: &VerifyError) -> FlawKind {
    match error {
        VerifyError::UnknownKey { .. } => FlawKind::NotTheirs,
        _ => FlawKind::Tampered,
    }
}
