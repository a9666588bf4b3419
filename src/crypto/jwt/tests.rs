use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::crypto::signing::{KeySet, SigningKey};

fn key(usage: KeyUse, algorithm: Algorithm) -> SigningKey {
    SigningKey::generate(usage, algorithm).unwrap()
}

fn keys() -> KeySet {
    let active = vec![
        key(KeyUse::IdToken, Algorithm::EdDsa),
        key(KeyUse::Receipt, Algorithm::Es256),
    ];
    KeySet::new(active, &[]).unwrap()
}

/// A signed receipt and the keys that verify it.
fn receipt() -> (String, PublicKeys) {
    let keys = keys();
    let token = keys
        .sign(
            Typ::Receipt,
            Algorithm::Es256,
            &json!({"seq": 3, "sub": "noor"}),
        )
        .unwrap();
    (token, keys.public_keys().clone())
}

/// A token with a header of the attacker's making over the receipt's payload.
fn with_header(token: &str, header: &Value, signature: &str) -> String {
    let payload = token.split('.').nth(1).unwrap();
    format!(
        "{}.{payload}.{signature}",
        URL_SAFE_NO_PAD.encode(header.to_string())
    )
}

#[test]
fn any_changed_byte_of_a_token_is_refused() {
    let (token, keys) = receipt();
    assert!(keys.verify(&token, Typ::Receipt).is_ok());
    for at in 0..token.len() {
        for other in [b'A', b'Q', b'w', b'_', b'.', b'=', b' ', b'\n'] {
            let mut bytes = token.clone().into_bytes();
            if bytes[at] == other {
                continue;
            }
            bytes[at] = other;
            let changed = String::from_utf8(bytes).unwrap();
            assert!(keys.verify(&changed, Typ::Receipt).is_err(), "{at} {other}");
        }
    }
}

#[test]
fn stray_bits_padding_and_surroundings_are_refused() {
    let (token, keys) = receipt();
    // 64 signature bytes leave four unused bits in the last character.
    let (rest, last) = token.split_at(token.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let index = alphabet.find(last).unwrap();
    for stray in 1..16 {
        let other = &alphabet[index + stray..=index + stray];
        let refused = keys.verify(&format!("{rest}{other}"), Typ::Receipt);
        assert_eq!(refused.unwrap_err(), VerifyError::NotCompact);
    }
    for wrong in [
        format!("{token}="),
        format!("{token}\n"),
        format!(" {token}"),
        format!("{token}."),
        format!(".{token}"),
        token.replacen('.', "", 1),
        token.replace('.', ""),
        String::new(),
        "..".to_owned(),
    ] {
        assert!(keys.verify(&wrong, Typ::Receipt).is_err(), "{wrong:?}");
    }
    let long = "a".repeat(MAX_LEN + 1);
    let refused = keys.verify(&long, Typ::Receipt).unwrap_err();
    assert_eq!(refused, VerifyError::TooLong);
}

#[test]
fn one_type_of_token_is_never_taken_for_another() {
    let (token, keys) = receipt();
    for other in [Typ::IdToken, Typ::ReceiptChain] {
        let refused = keys.verify(&token, other).unwrap_err();
        assert_eq!(refused, VerifyError::WrongType { expected: other });
    }
}

#[test]
fn a_header_that_names_no_signature_another_algorithm_or_its_own_key_is_refused() {
    let set = keys();
    let token = set
        .sign(Typ::Receipt, Algorithm::Es256, &json!({}))
        .unwrap();
    let keys = set.public_keys();
    let signature = token.rsplit_once('.').unwrap().1;
    let kid = jsonwebtoken::decode_header(&token).unwrap().kid.unwrap();
    let typ = Typ::Receipt.as_str();
    let refusal = |header: &Value| {
        let forged = with_header(&token, header, signature);
        keys.verify(&forged, Typ::Receipt).unwrap_err()
    };
    for alg in ["none", "HS256", "PS384", "es256"] {
        let header = json!({"alg": alg, "kid": kid, "typ": typ});
        assert_eq!(refusal(&header), VerifyError::BadHeader);
    }
    for alg in ["EdDSA", "PS256"] {
        let header = json!({"alg": alg, "kid": kid, "typ": typ});
        assert_eq!(refusal(&header), VerifyError::WrongAlgorithm);
    }
    let header = json!({"alg": "ES256", "kid": "foreign", "typ": typ});
    assert!(matches!(refusal(&header), VerifyError::UnknownKey { .. }));
    let header = json!({"alg": "ES256", "kid": kid});
    assert_eq!(refusal(&header), VerifyError::BadHeader);
    for extra in ["crit", "jwk", "jku", "x5u", "b64"] {
        let header = json!({"alg": "ES256", "kid": kid, "typ": typ, extra: ["b64"]});
        assert_eq!(refusal(&header), VerifyError::BadHeader);
    }
    // The public key's bytes as an HMAC secret, the oldest trick (RFC 8725 §2.1).
    let header = jsonwebtoken::Header {
        typ: Some(typ.to_owned()),
        kid: Some(kid),
        ..jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256)
    };
    let secret = jsonwebtoken::EncodingKey::from_secret(set.jwks_json().as_bytes());
    let forged = jsonwebtoken::encode(&header, &json!({}), &secret).unwrap();
    let refused = keys.verify(&forged, Typ::Receipt).unwrap_err();
    assert_eq!(refused, VerifyError::BadHeader);
}

#[test]
fn a_token_signed_by_a_foreign_key_under_our_identifier_is_refused() {
    let (token, keys) = receipt();
    let ours = keys.verify(&token, Typ::Receipt).unwrap().key().clone();
    let foreign = key(KeyUse::Receipt, Algorithm::Es256);
    let forged = encode(&foreign, &ours, Typ::Receipt, &json!({})).unwrap();
    let refused = keys.verify(&forged, Typ::Receipt).unwrap_err();
    assert_eq!(refused, VerifyError::BadSignature);
}

#[test]
fn a_key_set_document_is_read_strictly_where_it_matters() {
    let one = key(KeyUse::Receipt, Algorithm::Es256).public_jwk();
    let parse = |document: Value| PublicKeys::parse(&document.to_string()).map(|_| ());
    assert_eq!(parse(json!({"keys": [one]})), Ok(()));
    // RFC 7517 §5: keys that are not understood are passed over.
    assert_eq!(parse(json!({"keys": [{"kty": "new"}, one, 7]})), Ok(()));
    assert_eq!(parse(json!({"keys": []})), Err(BadKeys::NoneUsable));
    assert_eq!(parse(json!([one])), Err(BadKeys::NotAKeySet));
    assert!(matches!(
        parse(json!({"keys": [one, one]})),
        Err(BadKeys::TwiceTheSame(_))
    ));
    for (member, value) in [
        ("kid", Value::Null),
        ("kid", json!("")),
        ("alg", json!("RS256")),
        ("alg", json!("ES384")),
        ("alg", json!("HS256")),
        ("alg", Value::Null),
        ("crv", json!("P-384")),
        ("kty", json!("oct")),
    ] {
        let mut wrong = one.clone();
        wrong[member] = value;
        assert_eq!(
            parse(json!({"keys": [wrong]})),
            Err(BadKeys::NoneUsable),
            "{member}"
        );
    }
}

proptest! {
    #[test]
    fn any_text_is_judged_without_panic(text: String, part in "[A-Za-z0-9_-]{0,40}") {
        let jwk = json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "kid": "1",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]});
        let keys = PublicKeys::parse(&jwk.to_string()).unwrap();
        prop_assert!(keys.verify(&text, Typ::Receipt).is_err());
        let shaped = format!("{part}.{part}.{part}");
        prop_assert!(keys.verify(&shaped, Typ::Receipt).is_err());
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"EdDSA","kid":"1","typ":"JWT"}"#);
        let signed = format!("{header}.{part}.{part}");
        prop_assert!(keys.verify(&signed, Typ::IdToken).is_err());
        prop_assert!(PublicKeys::parse(&text).is_err());
    }
}
