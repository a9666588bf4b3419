//! Key sets, as a client publishes them and as `sluis receipt verify` reads
//! them.

use std::sync::LazyLock;

use serde_json::Value;
use sluis::crypto::client_jwt::{ClientJwt, ClientKeys};
use sluis::crypto::jwt::{PublicKeys, Typ};
use sluis::domain::client::{Jwks, MAX_JWKS, MAX_KEYS};

use super::signer::OWN;

static TOKEN: LazyLock<String> = LazyLock::new(|| OWN.sign(r#"{"alg":"EdDSA"}"#, "{}"));
static RECEIPT: LazyLock<String> = LazyLock::new(|| {
    let header = r#"{"alg":"EdDSA","kid":"1","typ":"consent-receipt+jwt"}"#;
    OWN.sign(header, "{}")
});
static X: LazyLock<String> = LazyLock::new(|| OWN.jwk()["x"].as_str().expect("text").to_owned());

pub(super) fn judge(input: &str) -> bool {
    // No set verifies what the key is not in that signed it.
    let has_key = input.contains(&*X) || input.contains('\\');
    let token = ClientJwt::parse(&TOKEN).expect("a token");
    let mut accepted = false;
    if let Some(keys) = ClientKeys::parse(input.as_bytes()) {
        accepted = token.verify(&keys).is_ok();
        assert!(has_key || !accepted);
        assert!(token.check_unsigned().is_err());
    }
    if let Ok(keys) = PublicKeys::parse(input) {
        assert!(has_key || keys.verify(&RECEIPT, Typ::Receipt).is_err());
        assert!(keys.verify(&RECEIPT, Typ::ReceiptChain).is_err());
        assert!(keys.verify(&TOKEN, Typ::IdToken).is_err(), "it has no kid");
    }
    if let Ok(document) = serde_json::from_str::<Value>(input)
        && let Ok(jwks) = Jwks::try_from(document)
    {
        let keys = jwks.document()["keys"].as_array().expect("keys");
        assert!((1..=MAX_KEYS).contains(&keys.len()));
        assert!(jwks.document().to_string().len() <= MAX_JWKS);
        for private in ["d", "p", "q", "k"] {
            assert!(keys.iter().all(|key| key.get(private).is_none()));
        }
    }
    accepted
}
