//! What is mailed to people, and what is kept of the browsers that they use.

use zeroize::Zeroizing;

use super::{CannotOpen, Sealed, VaultKey};
use crate::crypto::master::MasterKey;
use crate::crypto::seal::{self, Aad};
use crate::domain::id::{AccountId, MessageId};
use crate::random::Random;

/// Seals what is known of the browser of a session, which its hash names.
#[must_use]
pub fn seal_seen(
    vault: &VaultKey,
    account: AccountId,
    session: &[u8; 32],
    seen: &[u8],
    random: &Random,
) -> Sealed {
    seal::seal(&vault.0, &seen_place(account, session), seen, random)
}

/// Opens what is known of the browser of a session.
pub fn open_seen(
    vault: &VaultKey,
    account: AccountId,
    session: &[u8; 32],
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    seal::open(&vault.0, &seen_place(account, session), sealed)
}

/// Seals what a message in the outbox needs and may not show.
#[must_use]
pub fn seal_letter(master: &MasterKey, id: MessageId, text: &[u8], random: &Random) -> Sealed {
    seal::seal(&master.letter_seal(), &letter_place(id), text, random)
}

/// Opens what a message in the outbox needs.
pub fn open_letter(
    master: &MasterKey,
    id: MessageId,
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    seal::open(&master.letter_seal(), &letter_place(id), sealed)
}

/// Seals the address that a link was mailed to, which the hash of the link names.
#[must_use]
pub fn seal_link_address(
    master: &MasterKey,
    account: AccountId,
    link: &[u8; 32],
    address: &str,
    random: &Random,
) -> Sealed {
    let place = link_place(account, link);
    seal::seal(&master.letter_seal(), &place, address.as_bytes(), random)
}

/// Opens the address that a link was mailed to.
pub fn open_link_address(
    master: &MasterKey,
    account: AccountId,
    link: &[u8; 32],
    sealed: &Sealed,
) -> Result<Zeroizing<String>, CannotOpen> {
    let opened = seal::open(&master.letter_seal(), &link_place(account, link), sealed)?;
    let text = std::str::from_utf8(&opened).map_err(|_| CannotOpen)?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Seals the address that an account is to have.
#[must_use]
pub fn seal_asked_address(
    master: &MasterKey,
    account: AccountId,
    address: &str,
    random: &Random,
) -> Sealed {
    let place = asked_place(account);
    seal::seal(&master.letter_seal(), &place, address.as_bytes(), random)
}

/// Opens the address that an account is to have.
pub fn open_asked_address(
    master: &MasterKey,
    account: AccountId,
    sealed: &Sealed,
) -> Result<Zeroizing<String>, CannotOpen> {
    let opened = seal::open(&master.letter_seal(), &asked_place(account), sealed)?;
    let text = std::str::from_utf8(&opened).map_err(|_| CannotOpen)?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn seen_place(account: AccountId, session: &[u8; 32]) -> Aad {
    Aad::new(
        "session",
        format_args!("{account}/{}", hex(session)),
        "seen",
    )
}

fn letter_place(id: MessageId) -> Aad {
    Aad::new("outbox", id, "letter")
}

fn link_place(account: AccountId, link: &[u8; 32]) -> Aad {
    Aad::new(
        "mail_link",
        format_args!("{account}/{}", hex(link)),
        "address",
    )
}

fn asked_place(account: AccountId) -> Aad {
    Aad::new("address_change", account, "address")
}

fn hex(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
