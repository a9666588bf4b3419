use super::*;
use crate::crypto::secret::{AccessToken, Code, RefreshToken};
use uuid::Uuid;

fn account(number: u128) -> AccountId {
    AccountId::new(Uuid::from_u128(number))
}

fn grant(number: u128) -> GrantId {
    GrantId::new(Uuid::from_u128(number))
}

fn read(number: u128) -> ReadId {
    ReadId::new(Uuid::from_u128(number))
}

fn same(one: &VaultKey, other: &VaultKey) -> bool {
    one.0.bytes() == other.0.bytes()
}

#[test]
fn a_password_opens_its_own_accounts_vault_alone() {
    let random = Random::seeded(1);
    let vault = VaultKey::generate(&random);
    let (right, wrong) = (Derived::from_bytes([1; 32]), Derived::from_bytes([2; 32]));
    let wrapped = wrap_for_password(&vault, account(1), &right, &random);
    assert!(same(
        &open_with_password(&wrapped, account(1), &right).unwrap(),
        &vault
    ));
    assert!(open_with_password(&wrapped, account(1), &wrong).is_err());
    assert!(open_with_password(&wrapped, account(2), &right).is_err());
}

#[test]
fn the_verifier_in_the_database_does_not_open_the_vault() {
    let random = Random::seeded(1);
    let vault = VaultKey::generate(&random);
    let derived = Derived::from_bytes([1; 32]);
    let wrapped = wrap_for_password(&vault, account(1), &derived, &random);
    let verifier = derived.verifier();
    let place = keyholder(account(1), KeyholderKind::Password);
    // All that a thief who knows our code can make of it.
    for guess in [
        Key::from_bytes(Zeroizing::new(verifier)),
        Key::derive(&verifier, &[b"password/v1/wrap"]),
        Key::derive(&verifier, &[b"password/v1/verifier"]),
        Derived::from_bytes(verifier).wrapping_key(),
    ] {
        assert!(seal::unwrap(&guess, &place, &wrapped).is_err());
    }
}

#[test]
fn escrow_opens_with_its_own_key_and_account_alone() {
    let random = Random::seeded(1);
    let vault = VaultKey::generate(&random);
    let [own, foreign] = [(); 2].map(|()| EscrowKey::of_master(&MasterKey::generate(&random)));
    let wrapped = wrap_for_escrow(&vault, account(1), &own, &random);
    assert!(same(
        &open_with_escrow(&wrapped, account(1), &own).unwrap(),
        &vault
    ));
    assert!(open_with_escrow(&wrapped, account(2), &own).is_err());
    assert!(open_with_escrow(&wrapped, account(1), &foreign).is_err());
}

#[test]
fn the_master_key_opens_no_vault_without_escrow() {
    let random = Random::seeded(1);
    let (vault, master) = (VaultKey::generate(&random), MasterKey::generate(&random));
    let derived = Derived::from_bytes([1; 32]);
    let session = Opaque::<Session>::generate(Uuid::nil(), &random);
    let escrow = EscrowKey::of_master(&master);
    for wrapped in [
        wrap_for_password(&vault, account(1), &derived, &random),
        wrap_for_session(&vault, account(1), &session, &random),
    ] {
        assert!(open_with_escrow(&wrapped, account(1), &escrow).is_err());
    }
}

#[test]
fn a_session_opens_the_vault_with_its_own_cookie_alone() {
    let random = Random::seeded(1);
    let vault = VaultKey::generate(&random);
    let own = Opaque::<Session>::generate(Uuid::nil(), &random);
    let other = Opaque::<Session>::generate(Uuid::nil(), &random);
    let wrapped = wrap_for_session(&vault, account(1), &own, &random);
    assert!(same(
        &open_with_session(&wrapped, account(1), &own).unwrap(),
        &vault
    ));
    assert!(open_with_session(&wrapped, account(2), &own).is_err());
    assert!(open_with_session(&wrapped, account(1), &other).is_err());
}

#[test]
fn a_vault_opens_its_contents_and_the_keys_of_its_grants() {
    let random = Random::seeded(1);
    let (vault, key) = (VaultKey::generate(&random), GrantKey::generate(&random));
    let contents = seal_contents(&vault, account(1), b"Damrak 1", &random);
    let opened = open_contents(&vault, account(1), &contents).unwrap();
    assert_eq!(*opened, b"Damrak 1");
    assert!(open_contents(&vault, account(2), &contents).is_err());

    let wrapped = wrap_grant_key(&vault, grant(1), &key, &random);
    let opened = open_grant_key(&vault, grant(1), &wrapped).unwrap();
    assert_eq!(opened.0.bytes(), key.0.bytes());
    assert!(open_grant_key(&vault, grant(2), &wrapped).is_err());
    assert!(open_grant_key(&VaultKey::generate(&random), grant(1), &wrapped).is_err());
}

#[test]
fn code_and_tokens_open_the_key_of_the_grant_that_they_name() {
    fn check<K: GrantBearer>(random: &Random) {
        let key = GrantKey::generate(random);
        let own = Opaque::<K>::generate(*grant(1).as_uuid(), random);
        let other = Opaque::<K>::generate(*grant(1).as_uuid(), random);
        let wrapped = wrap_grant_key_for(&own, &key, random);
        let opened = open_grant_key_with(&own, &wrapped).unwrap();
        assert_eq!(opened.0.bytes(), key.0.bytes());
        assert!(open_grant_key_with(&other, &wrapped).is_err());
    }
    let random = Random::seeded(1);
    check::<Code>(&random);
    check::<AccessToken>(&random);
    check::<RefreshToken>(&random);
}

#[test]
fn what_a_grant_releases_and_its_reads_open_in_their_own_place_alone() {
    let random = Random::seeded(1);
    let key = GrantKey::generate(&random);
    let released = seal_released(&key, grant(1), b"values", &random);
    assert_eq!(
        *open_released(&key, grant(1), &released).unwrap(),
        b"values"
    );
    assert!(open_released(&key, grant(2), &released).is_err());
    assert!(open_read(&key, grant(1), read(1), &released).is_err());

    let record = seal_read(&key, grant(1), read(1), b"record", &random);
    assert_eq!(
        *open_read(&key, grant(1), read(1), &record).unwrap(),
        b"record"
    );
    assert!(open_read(&key, grant(1), read(2), &record).is_err());
    assert!(open_read(&key, grant(2), read(1), &record).is_err());
    assert!(open_released(&key, grant(1), &record).is_err());
}

#[test]
fn the_contact_address_opens_with_its_own_master_and_account_alone() {
    let random = Random::seeded(1);
    let (own, foreign) = (MasterKey::generate(&random), MasterKey::generate(&random));
    let sealed = seal_contact_email(&own, account(1), "noor@example.nl", &random);
    let opened = open_contact_email(&own, account(1), &sealed).unwrap();
    assert_eq!(opened.as_str(), "noor@example.nl");
    assert!(open_contact_email(&own, account(2), &sealed).is_err());
    assert!(open_contact_email(&foreign, account(1), &sealed).is_err());
}

#[test]
fn kinds_of_keyholder_read_back_from_their_names() {
    for kind in [KeyholderKind::Password, KeyholderKind::Escrow] {
        assert_eq!(kind.as_str().parse(), Ok(kind));
    }
    assert_eq!("Password".parse::<KeyholderKind>(), Err(UnknownKeyholder));
}

#[test]
fn keys_do_not_print() {
    let random = Random::seeded(1);
    assert_eq!(format!("{:?}", VaultKey::generate(&random)), "VaultKey(…)");
    assert_eq!(format!("{:?}", GrantKey::generate(&random)), "GrantKey(…)");
}
