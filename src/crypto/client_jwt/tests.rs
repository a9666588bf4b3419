use proptest::prelude::*;
use serde_json::json;

use super::*;

/// RFC 7515 appendix A.3.
const TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.\
    eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
    DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

fn jwk() -> Value {
    json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    })
}

fn keys(jwk: &Value) -> ClientKeys {
    ClientKeys::from_jwks(&json!({ "keys": [jwk] }))
}

fn token(header: &Value, payload: &str) -> String {
    let header = URL_SAFE_NO_PAD.encode(header.to_string());
    format!("{header}.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))
}

#[test]
fn the_example_of_the_rfc_verifies_with_its_key_alone() {
    let token = ClientJwt::parse(TOKEN).expect("a JWT");
    assert_eq!(token.claims()["iss"], "joe");
    assert_eq!(token.verify(&keys(&jwk())), Ok(()));
    assert_eq!(
        token.verify(&ClientKeys::default()),
        Err(NotVerified::UnknownKey)
    );
    let mut other = jwk();
    other["x"] = jwk()["y"].clone();
    assert_eq!(token.verify(&keys(&other)), Err(NotVerified::Signature));
    let changed = TOKEN.replace("eyJpc3MiOiJqb2UiLA0K", "eyJpc3MiOiJqb3UiLA0K");
    let changed = ClientJwt::parse(&changed).expect("a JWT");
    assert_eq!(changed.verify(&keys(&jwk())), Err(NotVerified::Signature));
}

#[test]
fn a_key_of_no_use_here_is_passed_over() {
    let with = |name: &str, value: Value| {
        let mut key = jwk();
        key[name] = value;
        keys(&key).is_empty()
    };
    assert!(!with("use", json!("sig")));
    assert!(!with("alg", json!("ES256")));
    assert!(!with("key_ops", json!(["verify"])));
    assert!(with("use", json!("enc")));
    assert!(with("alg", json!("ES512")));
    assert!(with("key_ops", json!(["encrypt"])));
    assert!(with("crv", json!("P-521")));
    assert!(with("x", json!("AAAA")));
    assert!(with("kty", json!("oct")));
    let short = URL_SAFE_NO_PAD.encode([0xff; 128]);
    assert!(
        keys(&json!({"kty": "RSA", "n": short, "e": "AQAB"})).is_empty(),
        "1,024 bits"
    );
}

#[test]
fn a_key_that_is_published_for_another_algorithm_does_not_verify() {
    let token = ClientJwt::parse(TOKEN).expect("a JWT");
    let mut key = jwk();
    key["alg"] = json!("PS256");
    assert_eq!(token.verify(&keys(&key)), Err(NotVerified::Signature));
}

#[test]
fn what_is_no_jwt_is_told_apart() {
    let fine = json!({"alg": "ES256"});
    for (text, why) in [
        (String::new(), Malformed::NotCompact),
        ("a.b".to_owned(), Malformed::NotCompact),
        ("a.b.c.d".to_owned(), Malformed::NotCompact),
        (format!("{TOKEN}="), Malformed::NotCompact),
        (format!("{TOKEN}.{TOKEN}"), Malformed::NotCompact),
        (token(&json!([]), "{}"), Malformed::Header),
        (token(&json!({}), "{}"), Malformed::Header),
        (token(&json!({"alg": "ES512"}), "{}"), Malformed::Header),
        (token(&json!({"alg": "None"}), "{}"), Malformed::Header),
        (
            token(&json!({"alg": "ES256", "kid": 1}), "{}"),
            Malformed::Header,
        ),
        (
            token(&json!({"alg": "ES256", "crit": ["exp"]}), "{}"),
            Malformed::Critical,
        ),
        (token(&fine, "[]"), Malformed::Claims),
        (token(&fine, "joe"), Malformed::Claims),
        (token(&fine, &"[".repeat(10_000)), Malformed::Claims),
        ("x".repeat(MAX_LEN + 1), Malformed::TooLong),
    ] {
        assert_eq!(ClientJwt::parse(&text).err(), Some(why), "{text:.80}");
    }
}

#[test]
fn unsigned_is_without_algorithm_and_without_signature() {
    let bare = token(&json!({"alg": "none"}), "{}").replace("c2ln", "");
    let bare = ClientJwt::parse(&bare).expect("a JWT");
    assert_eq!(bare.check_unsigned(), Ok(()));
    assert_eq!(bare.verify(&keys(&jwk())), Err(NotVerified::Signature));
    let signed = token(&json!({"alg": "none"}), "{}");
    let signed = ClientJwt::parse(&signed).expect("a JWT");
    assert_eq!(signed.check_unsigned(), Err(NotVerified::Signature));
    let other = ClientJwt::parse(TOKEN).expect("a JWT");
    assert_eq!(other.check_unsigned(), Err(NotVerified::Signature));
}

#[test]
fn a_typ_is_compared_without_its_prefix_and_case() {
    let typ = |typ: &str| {
        let token = token(&json!({"alg": "ES256", "typ": typ}), "{}");
        ClientJwt::parse(&token).expect("a JWT").typ()
    };
    for text in ["JWT", "application/jwt", "jwt"] {
        assert_eq!(typ(text).as_deref(), Some("jwt"));
    }
}

proptest! {
    #[test]
    fn nothing_that_is_sent_makes_it_panic(text in "[A-Za-z0-9_.=-]{0,200}", bytes: Vec<u8>) {
        let _ = ClientJwt::parse(&text);
        let folded = URL_SAFE_NO_PAD.encode(&bytes);
        let _ = ClientJwt::parse(&format!("{folded}.{folded}.{folded}"));
        let _ = ClientKeys::parse(&bytes);
    }
}
