//! Authenticated encryption of what is stored.
//!
//! AES-256-GCM with a random nonce. The associated data names the table, row
//! and column of the value, so that a value which is copied to another place
//! in the database no longer opens. A key seals far fewer than the 2^32 values
//! that NIST SP 800-38D §8.3 allows with random nonces.

use std::fmt;

use aws_lc_rs::aead::{self, AES_256_GCM, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf;
use aws_lc_rs::hmac;
use zeroize::Zeroizing;

use crate::random::Random;

/// The first byte of every sealed value, so that a later format can be told apart.
const VERSION: u8 = 1;

/// Length of every key here, in bytes.
pub(super) const KEY_LEN: usize = 32;

/// A symmetric key of 256 bits that never prints and is wiped when dropped.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; KEY_LEN]>);

never_print!(Key, MacKey);

impl Key {
    /// A fresh key.
    #[must_use]
    pub fn generate(random: &Random) -> Self {
        Self(Zeroizing::new(random.bytes()))
    }

    /// The key that HKDF-SHA256 (RFC 5869) gives for `purpose`. The secret
    /// must have the strength of a key: a password goes through Argon2id first.
    pub(super) fn derive(secret: &[u8; KEY_LEN], purpose: &[&[u8]]) -> Self {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"sluis").extract(secret);
        let mut out = Zeroizing::new([0; KEY_LEN]);
        prk.expand(purpose, hkdf::HKDF_SHA256)
            .and_then(|okm| okm.fill(out.as_mut()))
            .expect("one block of output is always within HKDF's limit");
        Self(out)
    }

    pub(super) fn from_bytes(bytes: Zeroizing<[u8; KEY_LEN]>) -> Self {
        Self(bytes)
    }

    pub(super) fn bytes(&self) -> &[u8; KEY_LEN] {
        &self.0
    }

    fn cipher(&self) -> LessSafeKey {
        LessSafeKey::new(
            UnboundKey::new(&AES_256_GCM, self.0.as_ref())
                .expect("an AES-256 key is 32 bytes, as this one is"),
        )
    }
}

/// A key for HMAC-SHA256.
pub struct MacKey(hmac::Key);

impl MacKey {
    pub(super) fn new(key: &Key) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key.bytes()))
    }

    /// The HMAC of `message`.
    #[must_use]
    pub fn tag(&self, message: &[u8]) -> [u8; 32] {
        let mut out = [0; 32];
        out.copy_from_slice(hmac::sign(&self.0, message).as_ref());
        out
    }

    /// Whether `tag` is the HMAC of `message`; takes the same time either way.
    #[must_use]
    pub fn verify(&self, message: &[u8], tag: &[u8]) -> bool {
        hmac::verify(&self.0, message, tag).is_ok()
    }
}

/// Where a sealed value lives: authenticated with it, not stored.
///
/// Table and column are literals without a NUL, so the three parts cannot be
/// read in two ways, whatever the row's key holds.
pub(super) struct Aad(Vec<u8>);

impl Aad {
    pub(super) fn new(table: &'static str, row: impl fmt::Display, column: &'static str) -> Self {
        debug_assert!(!table.contains('\0') && !column.contains('\0'));
        Self(format!("{table}\0{row}\0{column}").into_bytes())
    }
}

/// A sealed value as it is stored: version byte, nonce, ciphertext, tag.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// Takes stored bytes. Whether they are whole shows when they are opened.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes to store.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

/// The key does not open this value in this place, or the value was changed.
/// Which of these it was cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value does not open: wrong key, wrong place, or changed bytes")]
pub struct CannotOpen;

/// Seals `plaintext` under `key` for the place that `aad` names.
pub(super) fn seal(key: &Key, aad: &Aad, plaintext: &[u8], random: &Random) -> Sealed {
    let nonce: [u8; NONCE_LEN] = random.bytes();
    let mut out = Vec::with_capacity(1 + NONCE_LEN + plaintext.len() + AES_256_GCM.tag_len());
    out.push(VERSION);
    out.extend_from_slice(&nonce);
    out.extend_from_slice(plaintext);
    let tag = key
        .cipher()
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            aead::Aad::from(&aad.0),
            &mut out[1 + NONCE_LEN..],
        )
        .expect("AES-GCM seals anything shorter than 64 GiB");
    out.extend_from_slice(tag.as_ref());
    Sealed(out)
}

/// Opens what [`seal`] made with the same key for the same place.
pub(super) fn open(
    key: &Key,
    aad: &Aad,
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    let body = sealed.0.strip_prefix(&[VERSION]).ok_or(CannotOpen)?;
    let (nonce, ciphertext) = body.split_first_chunk::<NONCE_LEN>().ok_or(CannotOpen)?;
    let mut buffer = Zeroizing::new(ciphertext.to_vec());
    let length = key
        .cipher()
        .open_in_place(
            Nonce::assume_unique_for_key(*nonce),
            aead::Aad::from(&aad.0),
            &mut buffer,
        )
        .map_err(|_| CannotOpen)?
        .len();
    buffer.truncate(length);
    Ok(buffer)
}

/// Seals a key under another one.
pub(super) fn wrap(wrapping: &Key, aad: &Aad, key: &Key, random: &Random) -> Sealed {
    seal(wrapping, aad, key.bytes(), random)
}

/// Opens what [`wrap`] made.
pub(super) fn unwrap(wrapping: &Key, aad: &Aad, wrapped: &Sealed) -> Result<Key, CannotOpen> {
    let opened = open(wrapping, aad, wrapped)?;
    let mut bytes = Zeroizing::new([0; KEY_LEN]);
    if opened.len() != KEY_LEN {
        return Err(CannotOpen);
    }
    bytes.copy_from_slice(&opened);
    Ok(Key::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place() -> Aad {
        Aad::new("grant", "7", "released")
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_to_the_same(seed: u64, text: Vec<u8>) {
            let random = Random::seeded(seed);
            let key = Key::generate(&random);
            let sealed = seal(&key, &place(), &text, &random);
            prop_assert_eq!(open(&key, &place(), &sealed).unwrap().to_vec(), text);
        }

        #[test]
        fn a_flipped_bit_is_refused(seed: u64, text: Vec<u8>, at: prop::sample::Index) {
            let random = Random::seeded(seed);
            let key = Key::generate(&random);
            let mut bytes = seal(&key, &place(), &text, &random).into_bytes();
            let bit = at.index(bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
            prop_assert_eq!(open(&key, &place(), &Sealed::from_bytes(bytes)), Err(CannotOpen));
        }

        #[test]
        fn a_shortened_value_is_refused(seed: u64, text: Vec<u8>, at: prop::sample::Index) {
            let random = Random::seeded(seed);
            let key = Key::generate(&random);
            let mut bytes = seal(&key, &place(), &text, &random).into_bytes();
            bytes.truncate(at.index(bytes.len()));
            prop_assert_eq!(open(&key, &place(), &Sealed::from_bytes(bytes)), Err(CannotOpen));
        }
    }

    #[test]
    fn another_table_row_column_or_key_is_refused() {
        let random = Random::seeded(1);
        let key = Key::generate(&random);
        let sealed = seal(&key, &place(), b"Damrak 1", &random);
        for elsewhere in [
            Aad::new("grants", "7", "released"),
            Aad::new("grant", "8", "released"),
            Aad::new("grant", "7", "contents"),
        ] {
            assert_eq!(open(&key, &elsewhere, &sealed), Err(CannotOpen));
        }
        let other = Key::generate(&random);
        assert_eq!(open(&other, &place(), &sealed), Err(CannotOpen));
        assert!(open(&key, &place(), &sealed).is_ok());
    }

    #[test]
    fn the_same_text_never_seals_to_the_same_bytes() {
        let random = Random::system();
        let key = Key::generate(&random);
        let once = seal(&key, &place(), b"same", &random);
        assert_ne!(once, seal(&key, &place(), b"same", &random));
    }

    #[test]
    fn only_a_whole_key_unwraps() {
        let random = Random::seeded(2);
        let (outer, inner) = (Key::generate(&random), Key::generate(&random));
        let wrapped = wrap(&outer, &place(), &inner, &random);
        let opened = unwrap(&outer, &place(), &wrapped).unwrap();
        assert_eq!(opened.bytes(), inner.bytes());
        let short = seal(&outer, &place(), &inner.bytes()[..31], &random);
        assert!(unwrap(&outer, &place(), &short).is_err());
    }

    #[test]
    fn derived_keys_differ_by_purpose() {
        let secret = [7; KEY_LEN];
        let one = Key::derive(&secret, &[b"one"]);
        assert_ne!(one.bytes(), Key::derive(&secret, &[b"two"]).bytes());
        assert_eq!(one.bytes(), Key::derive(&secret, &[b"one"]).bytes());
    }

    #[test]
    fn keys_do_not_print() {
        let key = Key::from_bytes(Zeroizing::new([0xAB; KEY_LEN]));
        assert_eq!(format!("{key:?}"), "Key(…)");
        assert_eq!(format!("{:?}", MacKey::new(&key)), "MacKey(…)");
        let sealed = Sealed::from_bytes(vec![0xAB; 40]);
        assert_eq!(format!("{sealed:?}"), "Sealed(40 bytes)");
    }
}
