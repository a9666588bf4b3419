//! What a business answers while the consumer is away: anybody here can seal
//! it, and the consumer's vault alone opens it.
//!
//! Each request brings a key pair of X25519 (RFC 7748). The private half is
//! under the vault key. Whoever seals agrees on a key with a pair of the
//! moment, of which only the public half is kept, in front of what is sealed.

use aws_lc_rs::agreement::{PrivateKey, UnparsedPublicKey, X25519, agree};
use zeroize::Zeroizing;

use super::{CannotOpen, Sealed, VaultKey};
use crate::crypto::seal::{self, Aad, Key};
use crate::domain::id::RightsRequestId;
use crate::random::Random;

/// Length of a public key.
const LEN: usize = 32;

/// Makes the key pair of a request: the public half, and the private one under
/// the vault key.
pub fn make_reply_key(
    vault: &VaultKey,
    request: RightsRequestId,
    random: &Random,
) -> Result<([u8; LEN], Sealed), CannotOpen> {
    let secret = Zeroizing::new(random.bytes::<LEN>());
    let public = public_of(secret.as_slice())?;
    let place = key_place(request);
    let wrapped = seal::seal(&vault.0, &place, secret.as_slice(), random);
    Ok((public, wrapped))
}

/// Seals an answer so that it opens in the vault of whoever asked.
pub fn seal_reply(
    public: &[u8],
    request: RightsRequestId,
    seq: u32,
    text: &str,
    random: &Random,
) -> Result<Vec<u8>, CannotOpen> {
    let secret = Zeroizing::new(random.bytes::<LEN>());
    let own = public_of(secret.as_slice())?;
    let key = shared(secret.as_slice(), public, &own, public)?;
    let sealed = seal::seal(&key, &text_place(request, seq), text.as_bytes(), random);
    Ok([own.as_slice(), &sealed.into_bytes()].concat())
}

/// Opens an answer in the vault.
pub fn open_reply(
    vault: &VaultKey,
    wrapped: &Sealed,
    public: &[u8],
    request: RightsRequestId,
    seq: u32,
    sealed: &[u8],
) -> Result<Zeroizing<String>, CannotOpen> {
    let secret = seal::open(&vault.0, &key_place(request), wrapped)?;
    let (other, sealed) = sealed.split_at_checked(LEN).ok_or(CannotOpen)?;
    let key = shared(&secret, other, other, public)?;
    let sealed = Sealed::from_bytes(sealed.to_vec());
    let text = seal::open(&key, &text_place(request, seq), &sealed)?;
    let text = std::str::from_utf8(&text).map_err(|_| CannotOpen)?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn private(secret: &[u8]) -> Result<PrivateKey, CannotOpen> {
    PrivateKey::from_private_key(&X25519, secret).map_err(|_| CannotOpen)
}

fn public_of(secret: &[u8]) -> Result<[u8; LEN], CannotOpen> {
    let public = private(secret)?
        .compute_public_key()
        .map_err(|_| CannotOpen)?;
    public.as_ref().try_into().map_err(|_| CannotOpen)
}

/// The key that both halves give, bound to both public keys (RFC 7748 §6.1).
fn shared(secret: &[u8], other: &[u8], sender: &[u8], receiver: &[u8]) -> Result<Key, CannotOpen> {
    let peer = UnparsedPublicKey::new(&X25519, other);
    agree(&private(secret)?, peer, CannotOpen, |shared| {
        let mut bytes = Zeroizing::new([0; LEN]);
        if shared.len() != LEN {
            return Err(CannotOpen);
        }
        bytes.copy_from_slice(shared);
        Ok(Key::derive(&bytes, &[b"reply/v1/", sender, receiver]))
    })
}

fn key_place(request: RightsRequestId) -> Aad {
    Aad::new("rights_request", request, "reply_key")
}

fn text_place(request: RightsRequestId, seq: u32) -> Aad {
    Aad::new("rights_answer", format_args!("{request}/{seq}"), "text")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_answer_opens_in_the_vault_of_whoever_asked_and_nowhere_else() {
        let random = Random::seeded(1);
        let id = |number| RightsRequestId::new(Uuid::from_u128(number));
        let (vault, other) = (VaultKey::generate(&random), VaultKey::generate(&random));
        let (public, wrapped) = make_reply_key(&vault, id(1), &random).expect("a pair");
        let sealed = seal_reply(&public, id(1), 1, "We did it.", &random).expect("sealed");
        let open = |vault: &VaultKey, request, seq, sealed: &[u8]| {
            let opened = open_reply(vault, &wrapped, &public, request, seq, sealed);
            opened.map(|text| text.to_string()).ok()
        };
        assert_eq!(
            open(&vault, id(1), 1, &sealed).as_deref(),
            Some("We did it.")
        );
        assert_eq!(open(&other, id(1), 1, &sealed), None);
        assert_eq!(open(&vault, id(2), 1, &sealed), None);
        assert_eq!(open(&vault, id(1), 2, &sealed), None);
        assert_eq!(open(&vault, id(1), 1, &sealed[..20]), None);
        let mut flipped = sealed.clone();
        flipped[3] ^= 1;
        assert_eq!(open(&vault, id(1), 1, &flipped), None);
        let again = seal_reply(&public, id(1), 1, "We did it.", &random).expect("sealed");
        assert_ne!(again, sealed, "another key each time");
        assert!(seal_reply(&[0; 32], id(1), 1, "x", &random).is_err());
        assert!(seal_reply(&[1; 31], id(1), 1, "x", &random).is_err());
    }
}
