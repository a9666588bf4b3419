use std::str::FromStr as _;

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation};
use openidconnect::core::{CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet};
use openidconnect::{AccessToken, AccessTokenHash, ClientId, IssuerUrl, Nonce};
use serde_json::{Value, json};

use super::*;
use crate::crypto::jwt::{PublicKeys, Typ};

fn key(usage: KeyUse, algorithm: Algorithm) -> SigningKey {
    SigningKey::generate(usage, algorithm).unwrap()
}

/// A key of each algorithm for ID tokens, and one for receipts.
fn keys() -> KeySet {
    let mut active: Vec<_> = Algorithm::ALL
        .into_iter()
        .map(|algorithm| key(KeyUse::IdToken, algorithm))
        .collect();
    active.push(key(KeyUse::Receipt, Algorithm::Es256));
    KeySet::new(active, &[]).unwrap()
}

#[test]
fn another_library_verifies_every_algorithm_with_the_published_keys() {
    let keys = keys();
    let set: JwkSet = serde_json::from_str(keys.jwks_json()).unwrap();
    for algorithm in Algorithm::ALL {
        let token = keys
            .sign(Typ::IdToken, algorithm, &json!({"sub": "noor"}))
            .unwrap();
        let header = jsonwebtoken::decode_header(&token).unwrap();
        assert_eq!(header.typ.as_deref(), Some("JWT"));
        let jwk = set.find(&header.kid.unwrap()).unwrap();
        let mut validation = Validation::new(header.alg);
        validation.required_spec_claims.clear();
        let decoding = DecodingKey::from_jwk(jwk).unwrap();
        let read = jsonwebtoken::decode::<Value>(&token, &decoding, &validation).unwrap();
        assert_eq!(read.claims, json!({"sub": "noor"}));
    }
}

#[test]
fn a_relying_party_accepts_the_id_token_and_its_at_hash() {
    let keys = keys();
    let set: CoreJsonWebKeySet = serde_json::from_str(keys.jwks_json()).unwrap();
    let issuer = IssuerUrl::new("https://op.example".to_owned()).unwrap();
    for algorithm in Algorithm::ALL {
        let claims = json!({
            "iss": "https://op.example", "aud": "shop", "sub": "noor", "nonce": "n",
            "iat": 1_790_000_000_i64, "exp": 4_000_000_000_i64, "at_hash": algorithm.at_hash("slat_x"),
        });
        let token = keys.sign(Typ::IdToken, algorithm, &claims).unwrap();
        let token = CoreIdToken::from_str(&token).unwrap();
        let named = serde_json::from_value(json!(algorithm.as_str())).unwrap();
        let verifier = CoreIdTokenVerifier::new_public_client(
            ClientId::new("shop".to_owned()),
            issuer.clone(),
            set.clone(),
        )
        .set_allowed_algs([named]);
        let claims = token
            .claims(&verifier, &Nonce::new("n".to_owned()))
            .unwrap();
        let expected = AccessTokenHash::from_token(
            &AccessToken::new("slat_x".to_owned()),
            token.signing_alg().unwrap(),
            token.signing_key(&verifier).unwrap(),
        );
        assert_eq!(claims.access_token_hash(), Some(&expected.unwrap()));
    }
}

#[test]
fn a_public_jwk_names_its_use_and_holds_nothing_private() {
    for algorithm in Algorithm::ALL {
        let key = key(KeyUse::IdToken, algorithm);
        let jwk = key.public_jwk();
        assert_eq!(jwk["kid"], key.id().as_str());
        assert_eq!(jwk["alg"], algorithm.as_str());
        assert_eq!(jwk["use"], "sig");
        let expected: &[&str] = match algorithm {
            Algorithm::Es256 => &["alg", "crv", "kid", "kty", "use", "x", "y"],
            Algorithm::Rs256 | Algorithm::Ps256 => &["alg", "e", "kid", "kty", "n", "use"],
            Algorithm::EdDsa => &["alg", "crv", "kid", "kty", "use", "x"],
        };
        let mut members: Vec<_> = jwk.as_object().unwrap().keys().collect();
        members.sort_unstable();
        assert_eq!(members, expected);
    }
}

#[test]
fn private_members_of_a_published_key_are_not_passed_on() {
    let mut jwk = key(KeyUse::IdToken, Algorithm::Es256).public_jwk();
    jwk["d"] = json!("secret");
    let set = KeySet::new(Vec::new(), &[jwk]).unwrap();
    assert!(!set.jwks_json().contains("secret"));
}

#[test]
fn a_key_identifier_is_the_thumbprint_of_rfc_7638() {
    // RFC 8037 appendix A.3 gives both key and thumbprint.
    let jwk =
        json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    let jwk: Jwk = serde_json::from_value(jwk).unwrap();
    assert_eq!(
        jwk.thumbprint(ThumbprintHash::SHA256).unwrap(),
        "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    );
    let own = key(KeyUse::IdToken, Algorithm::EdDsa);
    assert_eq!(
        own.jwk.thumbprint(ThumbprintHash::SHA256).unwrap(),
        own.id().as_str()
    );
}

#[test]
fn a_sealed_key_signs_for_the_same_public_key_again() {
    let random = Random::seeded(1);
    let master = MasterKey::generate(&random);
    for algorithm in Algorithm::ALL {
        let made = key(KeyUse::Receipt, algorithm);
        let sealed = made.to_sealed(&master, &random).unwrap();
        let read = SigningKey::from_sealed(&master, made.id(), KeyUse::Receipt, algorithm, &sealed)
            .unwrap();
        assert_eq!(read.public_jwk(), made.public_jwk());
        let public = KeySet::new(vec![made], &[]).unwrap();
        let token = KeySet::new(vec![read], &[])
            .unwrap()
            .sign(Typ::Receipt, algorithm, &json!({}))
            .unwrap();
        assert!(public.public_keys().verify(&token, Typ::Receipt).is_ok());
    }
}

#[test]
fn a_sealed_key_opens_for_its_own_master_identifier_use_and_algorithm_alone() {
    let random = Random::seeded(1);
    let (own, foreign) = (MasterKey::generate(&random), MasterKey::generate(&random));
    let (es, receipt) = (Algorithm::Es256, KeyUse::Receipt);
    let made = key(receipt, es);
    let other = key(receipt, es);
    let sealed = made.to_sealed(&own, &random).unwrap();
    let opens = |master: &MasterKey, id: &KeyId, usage, algorithm| {
        SigningKey::from_sealed(master, id, usage, algorithm, &sealed).is_ok()
    };
    assert!(opens(&own, made.id(), receipt, es));
    assert!(!opens(&foreign, made.id(), receipt, es));
    assert!(!opens(&own, other.id(), receipt, es));
    assert!(!opens(&own, made.id(), KeyUse::IdToken, es));
    assert!(!opens(&own, made.id(), receipt, Algorithm::EdDsa));
}

#[test]
fn keys_that_are_not_active_are_published_and_verify_but_do_not_sign() {
    let retired = key(KeyUse::Receipt, Algorithm::Es256);
    let jwk = retired.public_jwk();
    let before = KeySet::new(vec![retired], &[]).unwrap();
    let token = before
        .sign(Typ::Receipt, Algorithm::Es256, &json!({"seq": 1}))
        .unwrap();
    let current = key(KeyUse::Receipt, Algorithm::Es256);
    let id = current.id().clone();
    let after = KeySet::new(vec![current], &[jwk]).unwrap();
    let offline = PublicKeys::parse(after.jwks_json()).unwrap();
    let seq: Value = offline
        .verify(&token, Typ::Receipt)
        .unwrap()
        .claims()
        .unwrap();
    assert_eq!(seq, json!({"seq": 1}));
    let newer = after
        .sign(Typ::Receipt, Algorithm::Es256, &json!({}))
        .unwrap();
    assert_eq!(offline.verify(&newer, Typ::Receipt).unwrap().key(), &id);
}

#[test]
fn a_use_without_a_key_for_the_algorithm_is_refused() {
    let set = KeySet::new(vec![key(KeyUse::IdToken, Algorithm::Es256)], &[]).unwrap();
    let missing = |typ, algorithm| {
        let signed = set.sign(typ, algorithm, &json!({}));
        matches!(signed, Err(CannotSign::NoKey { .. }))
    };
    assert!(missing(Typ::IdToken, Algorithm::EdDsa));
    assert!(missing(Typ::Receipt, Algorithm::Es256));
    assert_eq!(
        set.algorithms(KeyUse::IdToken).collect::<Vec<_>>(),
        [Algorithm::Es256]
    );
    assert_eq!(set.algorithms(KeyUse::Receipt).count(), 0);
}

#[test]
fn a_set_has_one_active_key_per_use_and_no_identifier_twice() {
    let pair = vec![
        key(KeyUse::IdToken, Algorithm::Es256),
        key(KeyUse::IdToken, Algorithm::Es256),
    ];
    assert!(matches!(
        KeySet::new(pair, &[]),
        Err(BadKeySet::TwoActive { .. })
    ));
    let one = key(KeyUse::IdToken, Algorithm::Es256);
    let again = one.public_jwk();
    assert_eq!(
        KeySet::new(vec![one], &[again]).unwrap_err(),
        BadKeySet::TwiceTheSame
    );
    assert_eq!(
        KeySet::new(
            Vec::new(),
            &[json!({"kty": "oct", "k": "AAAA", "alg": "HS256", "kid": "1"})]
        )
        .unwrap_err(),
        BadKeySet::Unusable
    );
}

#[test]
fn names_read_back() {
    for algorithm in Algorithm::ALL {
        assert_eq!(algorithm.as_str().parse(), Ok(algorithm));
        assert_eq!(
            serde_json::to_value(algorithm).unwrap(),
            json!(algorithm.as_str())
        );
    }
    for usage in [KeyUse::IdToken, KeyUse::Receipt] {
        assert_eq!(usage.as_str().parse(), Ok(usage));
        assert_eq!(serde_json::to_value(usage).unwrap(), json!(usage.as_str()));
    }
    for wrong in ["none", "HS256", "es256", ""] {
        assert_eq!(wrong.parse::<Algorithm>(), Err(UnknownName));
    }
}

#[test]
fn signing_keys_do_not_print() {
    let key = key(KeyUse::Receipt, Algorithm::Es256);
    let expected = format!("SigningKey(receipt ES256 {})", key.id());
    assert_eq!(format!("{key:?}"), expected);
}
