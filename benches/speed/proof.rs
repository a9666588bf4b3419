//! Proofs of possession (RFC 9449 §4.2), as a client makes them.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sluis::clock::Clock;
use sluis::random::Random;

use crate::Outcome;

/// Someone with a key.
pub(crate) struct Prover {
    key: EcdsaKeyPair,
    header: String,
    signing: SystemRandom,
    clock: Clock,
    random: Random,
}

impl Prover {
    pub(crate) fn new() -> Outcome<Self> {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
        // SEC 1 §2.3.3: a mark, and the two coordinates.
        let (x, y) = key.public_key().as_ref()[1..].split_at(32);
        let header = format!(
            r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{{"kty":"EC","crv":"P-256","x":"{}","y":"{}"}}}}"#,
            URL_SAFE_NO_PAD.encode(x),
            URL_SAFE_NO_PAD.encode(y)
        );
        Ok(Self {
            key,
            header: URL_SAFE_NO_PAD.encode(header),
            signing: SystemRandom::new(),
            clock: Clock::system(),
            random: Random::system(),
        })
    }

    /// A header field with a new proof for a POST to this URL.
    pub(crate) fn post(&self, url: &str) -> Outcome<String> {
        let claims = format!(
            r#"{{"jti":"{}","htm":"POST","htu":"{url}","iat":{}}}"#,
            URL_SAFE_NO_PAD.encode(self.random.bytes::<16>()),
            self.clock.now().as_micros() / 1_000_000
        );
        let signed = format!("{}.{}", self.header, URL_SAFE_NO_PAD.encode(claims));
        let signature = self.key.sign(&self.signing, signed.as_bytes())?;
        let signature = URL_SAFE_NO_PAD.encode(signature);
        Ok(format!("dpop: {signed}.{signature}\r\n"))
    }
}
