use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RSA_PSS_SHA256, RsaKeyPair, RsaPublicKeyComponents,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::random::Random;

/// The example of RFC 9449 §4.1.
const EXAMPLE: &str = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

enum Pair {
    Ec(EcdsaKeyPair),
    Rsa(RsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl Pair {
    fn jwk(&self) -> Value {
        match self {
            Self::Ec(pair) => {
                let point = &pair.public_key().as_ref()[1..];
                json!({"kty": "EC", "crv": "P-256", "x": text(&point[..32]), "y": text(&point[32..])})
            }
            Self::Rsa(pair) => {
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                json!({"kty": "RSA", "n": text(&public.n), "e": text(&public.e)})
            }
            Self::Ed(pair) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": text(pair.public_key().as_ref())})
            }
        }
    }

    fn sign(&self, alg: &str, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Ec(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                if alg == "RS256" {
                    pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                        .unwrap();
                } else {
                    pair.sign(&RSA_PSS_SHA256, &random, message, &mut signature)
                        .unwrap();
                }
                signature
            }
            Self::Ed(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    fn proof(&self, header: &Value, claims: &Value) -> String {
        let alg = header["alg"].as_str().unwrap_or_default();
        let signed = format!(
            "{}.{}",
            text(header.to_string().as_bytes()),
            text(claims.to_string().as_bytes())
        );
        let signature = self.sign(alg, signed.as_bytes());
        format!("{signed}.{}", text(&signature))
    }
}

fn ec() -> Pair {
    Pair::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
}

fn rsa(size: KeySize) -> Pair {
    Pair::Rsa(RsaKeyPair::generate(size).unwrap())
}

fn ed() -> Pair {
    Pair::Ed(Ed25519KeyPair::generate().unwrap())
}

fn header(pair: &Pair, alg: &str) -> Value {
    json!({"typ": "dpop+jwt", "alg": alg, "jwk": pair.jwk()})
}

fn claims() -> Value {
    json!({"jti": "1", "htm": "POST", "htu": "https://id.example/token", "iat": 1_000, "ath": "x", "nonce": "n"})
}

fn why(text: &str) -> &'static str {
    Proof::verify(text).expect_err("it is refused").0
}

#[test]
fn the_example_of_the_rfc_is_a_proof() {
    let proof = Proof::verify(EXAMPLE).expect("the example");
    assert_eq!(
        proof.key.as_str(),
        "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
    );
    assert_eq!(
        (proof.method.as_str(), proof.url.as_str()),
        ("POST", "https://server.example.com/token")
    );
    assert_eq!(proof.issued_at, Timestamp::from_seconds(1_562_262_616));
    assert!(proof.nonce.is_none() && !proof.is_for(""));
}

#[test]
fn ath_is_that_of_the_example_of_the_rfc() {
    // RFC 9449 §7.1.
    let mut proof = Proof::verify(EXAMPLE).expect("the example");
    proof.ath = Some("fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo".to_owned());
    assert!(proof.is_for("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"));
    assert!(!proof.is_for("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxu"));
}

#[test]
fn each_algorithm_proves_with_a_key_of_its_type() {
    let (ec, rsa, ed) = (ec(), rsa(KeySize::Rsa2048), ed());
    for (pair, alg) in [
        (&ec, "ES256"),
        (&rsa, "PS256"),
        (&rsa, "RS256"),
        (&ed, "EdDSA"),
        (&ed, "Ed25519"),
    ] {
        let proof = Proof::verify(&pair.proof(&header(pair, alg), &claims())).expect(alg);
        assert_eq!(proof.nonce.as_deref(), Some("n"));
        for other in ALGORITHMS {
            if other != alg && !(other.starts_with("Ed") && alg.starts_with("Ed")) {
                assert!(
                    Proof::verify(
                        &pair
                            .proof(&header(pair, other), &claims())
                            .replace(alg, other)
                    )
                    .is_err()
                        || alg.ends_with("S256"),
                    "{alg} {other}"
                );
            }
        }
    }
    for (pair, alg) in [
        (&ec, "RS256"),
        (&ec, "EdDSA"),
        (&rsa, "ES256"),
        (&ed, "ES256"),
        (&ed, "PS256"),
    ] {
        assert_eq!(
            why(&pair.proof(&header(pair, alg), &claims())),
            "jwk is not a key for alg"
        );
    }
}

#[test]
fn a_signature_by_one_rsa_algorithm_is_none_by_the_other() {
    let rsa = rsa(KeySize::Rsa2048);
    let signed = |alg: &str| {
        let header = text(header(&rsa, alg).to_string().as_bytes());
        format!("{header}.{}", text(claims().to_string().as_bytes()))
    };
    for (said, done) in [("RS256", "PS256"), ("PS256", "RS256")] {
        let signature = text(&rsa.sign(done, signed(said).as_bytes()));
        assert_eq!(
            why(&format!("{}.{signature}", signed(said))),
            "the signature does not hold"
        );
    }
}

#[test]
fn no_algorithm_without_two_keys_is_taken() {
    let pair = ec();
    for alg in [
        "none", "None", "HS256", "HS512", "ES384", "ES512", "ES256K", "es256", "RSA-OAEP", "",
    ] {
        let told = why(&pair.proof(&header(&pair, alg), &claims()));
        assert_eq!(
            told, "alg is none of ES256, PS256, RS256, EdDSA, Ed25519",
            "{alg}"
        );
    }
    let unsigned = pair.proof(&header(&pair, "none"), &claims());
    let (signed, _) = unsigned.rsplit_once('.').unwrap();
    assert!(Proof::verify(&format!("{signed}.")).is_err());
    let mut symmetric = header(&pair, "HS256");
    symmetric["jwk"] = json!({"kty": "oct", "k": "c2VjcmV0"});
    assert!(Proof::verify(&pair.proof(&symmetric, &claims())).is_err());
    symmetric["jwk"] = json!({"kty": "oct"});
    assert!(Proof::verify(&pair.proof(&symmetric, &claims())).is_err());
}

#[test]
fn a_private_key_in_a_proof_is_refused() {
    let pair = ec();
    for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        let mut header = header(&pair, "ES256");
        header["jwk"][member] = json!("AQAB");
        let told = why(&pair.proof(&header, &claims()));
        assert!(told.starts_with("jwk holds a private key"), "{member}");
    }
}

#[test]
fn a_header_must_be_that_of_a_proof() {
    let pair = ec();
    let with = |name: &str, value: Value| {
        let mut header = header(&pair, "ES256");
        header[name] = value;
        pair.proof(&header, &claims())
    };
    for good in [
        with("typ", json!("DPoP+JWT")),
        with("kid", json!("x")),
        with("jku", json!("https://evil.example")),
    ] {
        assert!(Proof::verify(&good).is_ok());
    }
    for typ in ["JWT", "application/dpop+jwt", "", "at+jwt"] {
        assert_eq!(why(&with("typ", json!(typ))), "typ is not dpop+jwt");
    }
    assert!(why(&with("crit", json!(["b64"]))).starts_with("crit"));
    for odd in [
        json!(null),
        json!("x"),
        json!({}),
        json!([]),
        json!({"kty": "EC"}),
        json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}),
    ] {
        assert!(Proof::verify(&with("jwk", odd.clone())).is_err(), "{odd}");
    }
    let jwk = pair.jwk();
    let twice = format!(r#"{{"typ":"dpop+jwt","alg":"none","alg":"ES256","jwk":{jwk}}}"#);
    let signed = format!(
        "{}.{}",
        text(twice.as_bytes()),
        text(claims().to_string().as_bytes())
    );
    let signature = text(&pair.sign("ES256", signed.as_bytes()));
    assert!(Proof::verify(&format!("{signed}.{signature}")).is_err());
}

#[test]
fn a_key_that_is_too_short_proves_nothing() {
    let bytes = vec![0xc3; 128];
    let pair = ec();
    let mut header = header(&pair, "RS256");
    header["jwk"] = json!({"kty": "RSA", "n": text(&bytes), "e": "AQAB"});
    assert_eq!(
        why(&pair.proof(&header, &claims())),
        "the signature does not hold"
    );
}

#[test]
fn claims_must_be_those_of_a_proof() {
    let pair = ec();
    let header = header(&pair, "ES256");
    for missing in ["jti", "htm", "htu", "iat"] {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(missing);
        assert!(
            why(&pair.proof(&header, &claims)).starts_with("jti, htm"),
            "{missing}"
        );
    }
    for (name, value) in [
        ("iat", json!("now")),
        ("jti", json!("")),
        ("jti", json!("j".repeat(257))),
        ("nonce", json!(1)),
    ] {
        let mut claims = claims();
        claims[name] = value;
        assert!(
            Proof::verify(&pair.proof(&header, &claims)).is_err(),
            "{name}"
        );
    }
    let mut claims = claims();
    claims["iat"] = json!(1e300);
    assert!(
        Proof::verify(&pair.proof(&header, &claims)).is_ok(),
        "a moment that never comes"
    );
}

#[test]
fn a_changed_proof_does_not_hold() {
    for at in 0..EXAMPLE.len() {
        let mut bytes = EXAMPLE.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert!(Proof::verify(&changed).is_err(), "{at}");
    }
    assert!(Proof::verify(&format!("{EXAMPLE}=")).is_err());
    assert!(Proof::verify(&"a.".repeat(10_000)).is_err());
}

#[test]
fn proofs_differ_by_key_and_by_identifier() {
    let (one, two) = (ec(), ec());
    let hash = |pair: &Pair, jti: &str| {
        let mut claims = claims();
        claims["jti"] = json!(jti);
        Proof::verify(&pair.proof(&header(pair, "ES256"), &claims))
            .unwrap()
            .hash()
    };
    assert_eq!(hash(&one, "1"), hash(&one, "1"));
    assert_ne!(hash(&one, "1"), hash(&one, "2"));
    assert_ne!(hash(&one, "1"), hash(&two, "1"));
}

#[test]
fn a_nonce_lasts_for_a_turn_and_the_next_on_every_node() {
    let random = Random::seeded(1);
    let (master, other) = (MasterKey::generate(&random), MasterKey::generate(&random));
    let at = Timestamp::from_seconds;
    let nonce = master.dpop_nonce(at(3_000));
    assert_eq!(nonce, master.dpop_nonce(at(3_299)));
    assert_ne!(nonce, master.dpop_nonce(at(3_300)));
    for (now, accepted) in [
        (2_699, false),
        (2_700, true),
        (3_000, true),
        (3_599, true),
        (3_600, false),
        (i64::MAX, false),
        (i64::MIN, false),
    ] {
        assert_eq!(
            master.accepts_dpop_nonce(&nonce, at(now)),
            accepted,
            "{now}"
        );
    }
    assert!(!other.accepts_dpop_nonce(&nonce, at(3_000)));
    assert!(!master.accepts_dpop_nonce("", at(3_000)));
}

proptest! {
    #[test]
    fn any_text_is_a_proof_or_refused_without_panic(text: String) {
        let _ = Proof::verify(&text);
        let parts: Vec<String> = text.split('.').map(|part| URL_SAFE_NO_PAD.encode(part)).collect();
        let _ = Proof::verify(&parts.join("."));
    }
}
