//! An account that goes along to another provider, or comes from one: what the
//! code and the token open, and what the way back has to fit.

use zeroize::Zeroizing;

use super::{CannotOpen, Sealed, VaultKey};
use crate::crypto::seal::{self, Aad};
use crate::crypto::secret::{Code, Kind, Opaque, TransferToken};
use crate::domain::id::{AccountId, TransferId};
use crate::random::Random;

/// What opens a vault for the moment of its transfer.
pub trait VaultBearer: Kind {}
impl VaultBearer for Code {}
impl VaultBearer for TransferToken {}

/// Lets the code or the token of a transfer open the vault.
#[must_use]
pub fn wrap_for_transfer<K: VaultBearer>(
    vault: &VaultKey,
    account: AccountId,
    bearer: &Opaque<K>,
    random: &Random,
) -> Sealed {
    bearer.wrap(&key_place(account, bearer), &vault.0, random)
}

/// Opens the vault with the code or the token of a transfer.
pub fn open_with_transfer<K: VaultBearer>(
    wrapped: &Sealed,
    account: AccountId,
    bearer: &Opaque<K>,
) -> Result<VaultKey, CannotOpen> {
    bearer
        .unwrap(&key_place(account, bearer), wrapped)
        .map(VaultKey)
}

/// Seals what the answer of another provider has to fit.
#[must_use]
pub fn seal_journey(
    vault: &VaultKey,
    account: AccountId,
    transfer: TransferId,
    journey: &[u8],
    random: &Random,
) -> Sealed {
    seal::seal(&vault.0, &journey_place(account, transfer), journey, random)
}

/// Opens what the answer of another provider has to fit.
pub fn open_journey(
    vault: &VaultKey,
    account: AccountId,
    transfer: TransferId,
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    seal::open(&vault.0, &journey_place(account, transfer), sealed)
}

fn key_place<K: VaultBearer>(account: AccountId, bearer: &Opaque<K>) -> Aad {
    let transfer = bearer.owner();
    Aad::new(
        "transfer",
        format_args!("{account}/{transfer}"),
        "vault_key",
    )
}

fn journey_place(account: AccountId, transfer: TransferId) -> Aad {
    Aad::new("arrival", format_args!("{account}/{transfer}"), "journey")
}
