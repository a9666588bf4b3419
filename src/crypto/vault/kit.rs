//! What the code of a recovery kit opens.

use super::{CannotOpen, KeyholderKind, Sealed, VaultKey, keyholder};
use crate::crypto::kit::KitCode;
use crate::crypto::seal;
use crate::domain::id::AccountId;
use crate::random::Random;

/// Lets the code of a recovery kit open the vault.
#[must_use]
pub fn wrap_for_kit(
    vault: &VaultKey,
    account: AccountId,
    code: &KitCode,
    random: &Random,
) -> Sealed {
    let place = keyholder(account, KeyholderKind::Kit);
    seal::wrap(&code.wrapping_key(), &place, &vault.0, random)
}

/// Opens the vault with the code of a recovery kit.
pub fn open_with_kit(
    wrapped: &Sealed,
    account: AccountId,
    code: &KitCode,
) -> Result<VaultKey, CannotOpen> {
    let place = keyholder(account, KeyholderKind::Kit);
    seal::unwrap(&code.wrapping_key(), &place, wrapped).map(VaultKey)
}
