//! The vault: who can open what of a person's data.
//!
//! Which key opens what is drawn in the crate's own documentation ("What opens what").
//!
//! Every place where a sealed value may live is named in this module and
//! nowhere else. The identifiers bind a value to its account or grant: a row
//! that somebody moves to another one does not open there.

use zeroize::Zeroizing;

use super::escrow::EscrowKey;
use super::master::MasterKey;
use super::password::Derived;
use super::seal::{self, Aad, Key};
use super::secret::{Browser, GrantBearer, Opaque, Session};
use crate::domain::id::{AccountId, GrantId, ReadId, RequestId};
use crate::random::Random;

mod clients;
mod device;
mod factors;
mod imports;
mod keyholder;
mod kit;
mod letters;
mod receivers;
mod replies;
#[cfg(test)]
mod tests;
mod transfers;

pub use self::clients::{
    open_client_secret, open_pushed_request, open_registered_secret, seal_client_secret,
    seal_pushed_request, seal_registered_secret,
};
pub use self::device::{device_key, open_grant_key_on_device, wrap_grant_key_for_device};
pub use self::factors::{
    open_passkey_name, open_totp, open_with_half, open_with_passkey, seal_passkey_name, seal_totp,
    wrap_for_half, wrap_for_passkey,
};
pub use self::imports::{
    open_import, open_import_piece, open_import_summary, seal_import, seal_import_piece,
    seal_import_summary,
};
pub use self::keyholder::{KeyholderKind, UnknownKeyholder};
pub use self::kit::{open_with_kit, wrap_for_kit};
pub use self::letters::{
    open_asked_address, open_letter, open_link_address, open_seen, seal_asked_address, seal_letter,
    seal_link_address, seal_seen,
};
pub use self::receivers::{open_receiver_authorization, seal_receiver_authorization};
pub use self::replies::{make_reply_key, open_reply, seal_reply};
pub use self::transfers::{
    VaultBearer, open_journey, open_with_transfer, seal_journey, wrap_for_transfer,
};
pub use super::seal::{CannotOpen, Sealed};

/// The key of one account's vault.
#[derive(Clone)]
pub struct VaultKey(Key);

/// The key of what one grant releases.
#[derive(Clone)]
pub struct GrantKey(Key);

never_print!(VaultKey, GrantKey);

impl VaultKey {
    /// The key for a new account.
    #[must_use]
    pub fn generate(random: &Random) -> Self {
        Self(Key::generate(random))
    }
}

impl GrantKey {
    /// The key for a new grant.
    #[must_use]
    pub fn generate(random: &Random) -> Self {
        Self(Key::generate(random))
    }
}

/// Lets the password open the vault.
#[must_use]
pub fn wrap_for_password(
    vault: &VaultKey,
    account: AccountId,
    password: &Derived,
    random: &Random,
) -> Sealed {
    let place = keyholder(account, KeyholderKind::Password);
    seal::wrap(&password.wrapping_key(), &place, &vault.0, random)
}

/// Opens the vault with the password.
pub fn open_with_password(
    wrapped: &Sealed,
    account: AccountId,
    password: &Derived,
) -> Result<VaultKey, CannotOpen> {
    let place = keyholder(account, KeyholderKind::Password);
    seal::unwrap(&password.wrapping_key(), &place, wrapped).map(VaultKey)
}

/// Lets the operator open the vault, while the consumer allows it.
#[must_use]
pub fn wrap_for_escrow(
    vault: &VaultKey,
    account: AccountId,
    escrow: &EscrowKey,
    random: &Random,
) -> Sealed {
    let place = keyholder(account, KeyholderKind::Escrow);
    seal::wrap(escrow.wrapping_key(), &place, &vault.0, random)
}

/// Opens the vault as the operator.
pub fn open_with_escrow(
    wrapped: &Sealed,
    account: AccountId,
    escrow: &EscrowKey,
) -> Result<VaultKey, CannotOpen> {
    let place = keyholder(account, KeyholderKind::Escrow);
    seal::unwrap(escrow.wrapping_key(), &place, wrapped).map(VaultKey)
}

/// Lets one session's cookie open the vault.
#[must_use]
pub fn wrap_for_session(
    vault: &VaultKey,
    account: AccountId,
    session: &Opaque<Session>,
    random: &Random,
) -> Sealed {
    session.wrap(&session_place(account), &vault.0, random)
}

/// Opens the vault with a session's cookie.
pub fn open_with_session(
    wrapped: &Sealed,
    account: AccountId,
    session: &Opaque<Session>,
) -> Result<VaultKey, CannotOpen> {
    session
        .unwrap(&session_place(account), wrapped)
        .map(VaultKey)
}

/// Seals what a vault holds: attributes, profiles, house rules.
#[must_use]
pub fn seal_contents(
    vault: &VaultKey,
    account: AccountId,
    contents: &[u8],
    random: &Random,
) -> Sealed {
    seal::seal(&vault.0, &contents_place(account), contents, random)
}

/// Opens what a vault holds.
pub fn open_contents(
    vault: &VaultKey,
    account: AccountId,
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    seal::open(&vault.0, &contents_place(account), sealed)
}

/// Lets the vault open a grant, so that the released values follow an edit.
#[must_use]
pub fn wrap_grant_key(vault: &VaultKey, grant: GrantId, key: &GrantKey, random: &Random) -> Sealed {
    seal::wrap(&vault.0, &grant_place(grant), &key.0, random)
}

/// Opens a grant's key with the vault.
pub fn open_grant_key(
    vault: &VaultKey,
    grant: GrantId,
    wrapped: &Sealed,
) -> Result<GrantKey, CannotOpen> {
    seal::unwrap(&vault.0, &grant_place(grant), wrapped).map(GrantKey)
}

/// Lets a code or token open the grant that it names as its owner.
#[must_use]
pub fn wrap_grant_key_for<K: GrantBearer>(
    token: &Opaque<K>,
    key: &GrantKey,
    random: &Random,
) -> Sealed {
    token.wrap(&token_place(token), &key.0, random)
}

/// Opens with a code or token the key of the grant that it names.
pub fn open_grant_key_with<K: GrantBearer>(
    token: &Opaque<K>,
    wrapped: &Sealed,
) -> Result<GrantKey, CannotOpen> {
    token.unwrap(&token_place(token), wrapped).map(GrantKey)
}

/// Seals the values that a grant releases.
#[must_use]
pub fn seal_released(key: &GrantKey, grant: GrantId, values: &[u8], random: &Random) -> Sealed {
    seal::seal(&key.0, &released_place(grant), values, random)
}

/// Opens the values that a grant releases.
pub fn open_released(
    key: &GrantKey,
    grant: GrantId,
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    seal::open(&key.0, &released_place(grant), sealed)
}

/// Seals what a business asked for claim by claim, which may hold values.
#[must_use]
pub fn seal_asked(key: &GrantKey, grant: GrantId, asked: &[u8], random: &Random) -> Sealed {
    seal::seal(&key.0, &asked_place(grant), asked, random)
}

/// Opens what a business asked for claim by claim.
pub fn open_asked(
    key: &GrantKey,
    grant: GrantId,
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    seal::open(&key.0, &asked_place(grant), sealed)
}

/// Seals the record of one read by the business.
#[must_use]
pub fn seal_read(
    key: &GrantKey,
    grant: GrantId,
    read: ReadId,
    record: &[u8],
    random: &Random,
) -> Sealed {
    seal::seal(&key.0, &read_place(grant, read), record, random)
}

/// Opens the record of one read.
pub fn open_read(
    key: &GrantKey,
    grant: GrantId,
    read: ReadId,
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    seal::open(&key.0, &read_place(grant, read), sealed)
}

/// Seals an authorization request that waits for the browser that made it: a
/// business may hint there who it thinks someone is.
#[must_use]
pub fn seal_request(
    browser: &Opaque<Browser>,
    id: RequestId,
    request: &[u8],
    random: &Random,
) -> Sealed {
    browser.seal(&request_place(id), request, random)
}

/// Opens an authorization request in the browser that made it.
pub fn open_request(
    browser: &Opaque<Browser>,
    id: RequestId,
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    browser.open(&request_place(id), sealed)
}

/// Seals the address for notices, which the operator must be able to read.
#[must_use]
pub fn seal_contact_email(
    master: &MasterKey,
    account: AccountId,
    email: &str,
    random: &Random,
) -> Sealed {
    let place = contact_place(account);
    seal::seal(&master.contact_seal(), &place, email.as_bytes(), random)
}

/// Opens the address for notices.
pub fn open_contact_email(
    master: &MasterKey,
    account: AccountId,
    sealed: &Sealed,
) -> Result<Zeroizing<String>, CannotOpen> {
    let opened = seal::open(&master.contact_seal(), &contact_place(account), sealed)?;
    let text = std::str::from_utf8(&opened).map_err(|_| CannotOpen)?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn keyholder(account: AccountId, kind: KeyholderKind) -> Aad {
    Aad::new("keyholder", account, kind.as_str())
}

fn session_place(account: AccountId) -> Aad {
    Aad::new("session", account, "vault_key")
}

fn contents_place(account: AccountId) -> Aad {
    Aad::new("account", account, "contents")
}

fn contact_place(account: AccountId) -> Aad {
    Aad::new("account", account, "contact_email")
}

fn grant_place(grant: GrantId) -> Aad {
    Aad::new("grant", grant, "grant_key")
}

fn released_place(grant: GrantId) -> Aad {
    Aad::new("grant", grant, "released")
}

fn asked_place(grant: GrantId) -> Aad {
    Aad::new("grant", grant, "asked")
}

fn token_place<K: GrantBearer>(token: &Opaque<K>) -> Aad {
    Aad::new("token", token.owner(), "grant_key")
}

fn request_place(id: RequestId) -> Aad {
    Aad::new("authorization_request", id, "request")
}

fn read_place(grant: GrantId, read: ReadId) -> Aad {
    Aad::new("read", format_args!("{grant}/{read}"), "record")
}
