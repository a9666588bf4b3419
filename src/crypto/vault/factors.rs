//! What passkeys, second factors and half a sign-in open.

use zeroize::Zeroizing;

use super::super::master::MasterKey;
use super::super::passkey::PrfOutput;
use super::super::seal::{self, Aad, CannotOpen, Sealed};
use super::super::secret::{HalfSignIn, Opaque};
use super::super::totp::TotpSecret;
use super::{KeyholderKind, VaultKey};
use crate::domain::id::{AccountId, KeyholderId, PasskeyId};
use crate::random::Random;

/// Lets a passkey open the vault, by the secret that it gives to this site.
#[must_use]
pub fn wrap_for_passkey(
    vault: &VaultKey,
    account: AccountId,
    keyholder: KeyholderId,
    secret: &PrfOutput,
    random: &Random,
) -> Sealed {
    let place = passkey_place(account, keyholder);
    seal::wrap(&secret.wrapping_key(), &place, &vault.0, random)
}

/// Opens the vault with a passkey.
pub fn open_with_passkey(
    wrapped: &Sealed,
    account: AccountId,
    keyholder: KeyholderId,
    secret: &PrfOutput,
) -> Result<VaultKey, CannotOpen> {
    let place = passkey_place(account, keyholder);
    seal::unwrap(&secret.wrapping_key(), &place, wrapped).map(VaultKey)
}

/// Lets the cookie of half a sign-in open the vault once the rest is done.
#[must_use]
pub fn wrap_for_half(
    vault: &VaultKey,
    account: AccountId,
    half: &Opaque<HalfSignIn>,
    random: &Random,
) -> Sealed {
    half.wrap(&half_place(account), &vault.0, random)
}

/// Opens the vault with the cookie of half a sign-in.
pub fn open_with_half(
    wrapped: &Sealed,
    account: AccountId,
    half: &Opaque<HalfSignIn>,
) -> Result<VaultKey, CannotOpen> {
    half.unwrap(&half_place(account), wrapped).map(VaultKey)
}

/// Seals what an authenticator app shares with this server, under the master
/// key. Under the vault key it would be of no use: whoever has the password
/// would have the second factor with it, and it must be checked also where
/// the vault is shut. The database alone does not open it.
#[must_use]
pub fn seal_totp(
    master: &MasterKey,
    account: AccountId,
    secret: &TotpSecret,
    random: &Random,
) -> Sealed {
    seal::seal(
        &master.totp_seal(),
        &totp_place(account),
        secret.bytes(),
        random,
    )
}

/// Opens what an authenticator app shares with this server.
pub fn open_totp(
    master: &MasterKey,
    account: AccountId,
    sealed: &Sealed,
) -> Result<TotpSecret, CannotOpen> {
    let opened = seal::open(&master.totp_seal(), &totp_place(account), sealed)?;
    TotpSecret::from_bytes(&opened).ok_or(CannotOpen)
}

/// Seals what its owner calls a passkey.
#[must_use]
pub fn seal_passkey_name(
    vault: &VaultKey,
    account: AccountId,
    passkey: PasskeyId,
    name: &str,
    random: &Random,
) -> Sealed {
    seal::seal(
        &vault.0,
        &name_place(account, passkey),
        name.as_bytes(),
        random,
    )
}

/// Opens what its owner calls a passkey.
pub fn open_passkey_name(
    vault: &VaultKey,
    account: AccountId,
    passkey: PasskeyId,
    sealed: &Sealed,
) -> Result<Zeroizing<String>, CannotOpen> {
    let opened = seal::open(&vault.0, &name_place(account, passkey), sealed)?;
    let text = std::str::from_utf8(&opened).map_err(|_| CannotOpen)?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn passkey_place(account: AccountId, keyholder: KeyholderId) -> Aad {
    let row = format_args!("{account}/{keyholder}").to_string();
    Aad::new("keyholder", row, KeyholderKind::Passkey.as_str())
}

fn half_place(account: AccountId) -> Aad {
    Aad::new("half_sign_in", account, "vault_key")
}

fn totp_place(account: AccountId) -> Aad {
    Aad::new("totp", account, "secret")
}

fn name_place(account: AccountId, passkey: PasskeyId) -> Aad {
    Aad::new("passkey", format_args!("{account}/{passkey}"), "name")
}
