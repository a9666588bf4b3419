//! What the paths need of cryptography, raw.

use std::hint::black_box;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    UnparsedPublicKey,
};

use crate::Outcome;
use crate::measure::{Meter, Process};

/// About as long as released values are.
const SEALED: usize = 512;
/// About as long as the header and claims of an ID token are.
const SIGNED: usize = 400;

/// One opening, or sealing, of AES-256-GCM, with the schedule of its key:
/// every value here has a key of its own.
pub(crate) fn aead<'a>(name: &'static str) -> Outcome<Meter<'a>> {
    let key = [7; 32];
    let cipher = move || UnboundKey::new(&AES_256_GCM, &key).map(LessSafeKey::new);
    let nonce = || Nonce::assume_unique_for_key([7; NONCE_LEN]);
    let mut sealed = vec![7; SEALED];
    cipher()?.seal_in_place_append_tag(nonce(), Aad::from(b"place"), &mut sealed)?;
    Meter::new(name, move |times| {
        Process::OWN.spends(|| {
            for _ in 0..times {
                let mut opened = sealed.clone();
                cipher()?.open_in_place(nonce(), Aad::from(b"place"), &mut opened)?;
                black_box(&opened);
            }
            Ok(())
        })
    })
}

/// One ES256 signature with a key that was read before.
pub(crate) fn signature<'a>() -> Outcome<Meter<'a>> {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
    let (random, message) = (SystemRandom::new(), [b'e'; SIGNED]);
    Meter::new("ES256", move |times| {
        Process::OWN.spends(|| {
            for _ in 0..times {
                black_box(key.sign(&random, &message)?);
            }
            Ok(())
        })
    })
}

/// One ES256 signature checked, with a key that comes along.
pub(crate) fn verification<'a>() -> Outcome<Meter<'a>> {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
    let message = [b'e'; SIGNED];
    let signature = key.sign(&SystemRandom::new(), &message)?;
    Meter::new("check", move |times| {
        Process::OWN.spends(|| {
            for _ in 0..times {
                let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public_key());
                key.verify(&message, signature.as_ref())?;
            }
            Ok(())
        })
    })
}
