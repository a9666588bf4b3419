//! What came along from another provider: under the vault key, like what is held
//! here.

use zeroize::Zeroizing;

use super::{CannotOpen, Sealed, VaultKey};
use crate::crypto::seal::{self, Aad};
use crate::domain::id::{AccountId, ImportId};
use crate::random::Random;

/// Seals what an import says of itself.
#[must_use]
pub fn seal_import(
    vault: &VaultKey,
    account: AccountId,
    import: ImportId,
    head: &[u8],
    random: &Random,
) -> Sealed {
    seal::seal(&vault.0, &head_place(account, import), head, random)
}

/// Opens what an import says of itself.
pub fn open_import(
    vault: &VaultKey,
    account: AccountId,
    import: ImportId,
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    seal::open(&vault.0, &head_place(account, import), sealed)
}

/// Seals the least that is to be said of an import.
#[must_use]
pub fn seal_import_summary(
    vault: &VaultKey,
    account: AccountId,
    import: ImportId,
    summary: &[u8],
    random: &Random,
) -> Sealed {
    seal::seal(&vault.0, &summary_place(account, import), summary, random)
}

/// Opens the least that is to be said of an import.
pub fn open_import_summary(
    vault: &VaultKey,
    account: AccountId,
    import: ImportId,
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    seal::open(&vault.0, &summary_place(account, import), sealed)
}

/// Seals some of its records.
#[must_use]
pub fn seal_import_piece(
    vault: &VaultKey,
    account: AccountId,
    import: ImportId,
    seq: i64,
    piece: &[u8],
    random: &Random,
) -> Sealed {
    seal::seal(&vault.0, &piece_place(account, import, seq), piece, random)
}

/// Opens some of its records.
pub fn open_import_piece(
    vault: &VaultKey,
    account: AccountId,
    import: ImportId,
    seq: i64,
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    seal::open(&vault.0, &piece_place(account, import, seq), sealed)
}

fn head_place(account: AccountId, import: ImportId) -> Aad {
    Aad::new("import", format_args!("{account}/{import}"), "head")
}

fn summary_place(account: AccountId, import: ImportId) -> Aad {
    Aad::new("import", format_args!("{account}/{import}"), "summary")
}

fn piece_place(account: AccountId, import: ImportId, seq: i64) -> Aad {
    Aad::new("import", format_args!("{account}/{import}/{seq}"), "piece")
}
