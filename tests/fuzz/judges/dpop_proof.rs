//! Proofs of possession: as a token, or as two lines, a header and a payload,
//! which are signed here. `"jwk":"?"` in the header stands for the key.

use std::sync::LazyLock;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use sluis::crypto::dpop::Proof;
use sluis::crypto::master::MasterKey;
use sluis::domain::dpop::{Occasion, Statement};
use sluis::random::Random;
use url::Url;

use super::parties::NOW;
use super::signer::{OTHER, OWN, tampered, two_lines};

static MASTER: LazyLock<MasterKey> = LazyLock::new(|| MasterKey::generate(&Random::seeded(1)));
const OCCASION: Occasion<'static> = Occasion {
    method: "POST",
    url: "https://op.example/token",
    now: NOW,
};

pub(super) fn judge(input: &str) -> bool {
    let Some((header, payload)) = two_lines(input) else {
        // Whoever makes the key can sign: there is nothing to hold against it.
        if let Ok(proof) = Proof::verify(input) {
            check(&proof);
        }
        return false;
    };
    let own = |key: &str| header.replacen("\"?\"", key, 1);
    let header = own(&OWN.jwk().to_string());
    assert!(Proof::verify(&OTHER.sign(&header, payload)).is_err());
    assert!(Proof::verify(&OWN.confuse(&header, payload)).is_err());
    let token = OWN.sign(&header, payload);
    let Ok(proof) = Proof::verify(&token) else {
        return false;
    };
    if let Some(tampered) = tampered(&token, input) {
        assert!(Proof::verify(&tampered).is_err());
    }
    check(&proof)
}

/// Whether the proof is for the token endpoint, now.
fn check(proof: &Proof) -> bool {
    assert!(!proof.is_for("slat_another"));
    let nonce = proof.nonce.as_deref();
    let is_ours = nonce.is_some_and(|nonce| MASTER.accepts_dpop_nonce(nonce, NOW));
    assert!(!is_ours || nonce == Some(&*MASTER.dpop_nonce(NOW)));
    let fits = |has_nonce| {
        let statement = Statement {
            method: &proof.method,
            url: &proof.url,
            issued_at: proof.issued_at,
            has_nonce,
        };
        statement.fits(&OCCASION).is_ok()
    };
    // A nonce makes a proof good for longer, and never for anything else.
    assert!(fits(true) || !fits(false));
    if !fits(true) {
        return false;
    }
    assert_eq!(proof.method, "POST");
    assert!(NOW.since(proof.issued_at) <= Duration::from_mins(5));
    assert!(proof.issued_at.since(NOW) <= Duration::from_mins(1));
    let url = Url::parse(&proof.url).expect("a URL");
    assert_eq!(url.origin().ascii_serialization(), "https://op.example");
    assert_eq!(
        percent_decode_str(url.path()).collect::<Vec<u8>>(),
        b"/token"
    );
    assert!(url.username().is_empty() && url.password().is_none());
    true
}
