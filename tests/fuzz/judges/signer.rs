//! Key pairs, and the JWTs that are signed with them. A fuzzer cannot guess a
//! signature: what is to come past one is signed here.

use std::sync::LazyLock;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// The key that the clients have.
pub(super) static OWN: LazyLock<Signer> = LazyLock::new(|| Signer::of([1; 32]));
/// A key that they do not have.
pub(super) static OTHER: LazyLock<Signer> = LazyLock::new(|| Signer::of([2; 32]));

pub(super) struct Signer(Ed25519KeyPair);

impl Signer {
    fn of(seed: [u8; 32]) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(&seed).expect("a seed"))
    }

    pub(super) fn jwk(&self) -> Value {
        let x = URL_SAFE_NO_PAD.encode(self.0.public_key());
        json!({"kty": "OKP", "crv": "Ed25519", "x": x, "kid": "1"})
    }

    pub(super) fn sign(&self, header: &str, payload: &str) -> String {
        let message = message(header, payload);
        let signature = URL_SAFE_NO_PAD.encode(self.0.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }

    /// What whoever takes the public key for a secret would make (RFC 8725 §2.1).
    pub(super) fn confuse(&self, header: &str, payload: &str) -> String {
        let message = message(header, payload);
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.public_key().as_ref());
        let tag = hmac::sign(&key, message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()))
    }
}

fn message(header: &str, payload: &str) -> String {
    let [header, payload] = [header, payload].map(|part| URL_SAFE_NO_PAD.encode(part));
    format!("{header}.{payload}")
}

/// An input of two lines, the header and the payload of a JWT, as both.
pub(super) fn two_lines(input: &str) -> Option<(&str, &str)> {
    input
        .split_once('\n')
        .filter(|(header, _)| header.starts_with('{'))
}

/// The token with one character changed, which one the input decides: in the
/// last character of a part, not every bit counts.
pub(super) fn tampered(token: &str, input: &str) -> Option<String> {
    let at = input.bytes().map(usize::from).sum::<usize>() % token.len();
    let mut bytes = token.as_bytes().to_vec();
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    String::from_utf8(bytes).ok()
}
