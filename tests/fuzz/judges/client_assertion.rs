//! JWTs with which clients say who they are: as a token, or as two lines, a
//! header and a payload, which are signed here.

use std::sync::LazyLock;
use std::time::Duration;

use serde_json::{Value, json};
use sluis::config::Issuer;
use sluis::crypto::client_jwt::{ClientJwt, ClientKeys};
use sluis::crypto::secret::{ClientSecret, Opaque};
use sluis::domain::client::ClientAlgorithm;
use sluis::random::Random;
use sluis::service::assertions::Assertion;

use super::parties::{CLIENTS, ISSUER, NOW};
use super::signer::{OTHER, OWN, Signer, tampered, two_lines};

static KEYS: LazyLock<ClientKeys> = LazyLock::new(|| keys_of(&OWN));
static OTHER_KEYS: LazyLock<ClientKeys> = LazyLock::new(|| keys_of(&OTHER));
static SECRET: LazyLock<Opaque<ClientSecret>> =
    LazyLock::new(|| Opaque::generate_unowned(&Random::seeded(1)));
static OP: LazyLock<Issuer> = LazyLock::new(|| ISSUER.parse().expect("an issuer"));

fn keys_of(signer: &Signer) -> ClientKeys {
    ClientKeys::from_jwks(&json!({"keys": [signer.jwk()]}))
}

pub(super) fn judge(input: &str) -> bool {
    signed(input).is_some_and(|token| accepted(&token))
}

/// The token that an input makes, if it is the client's. On the way, what
/// nobody signed is tried as well.
pub(super) fn signed(input: &str) -> Option<String> {
    let Some((header, payload)) = two_lines(input) else {
        check_forgery(input);
        return None;
    };
    check_forgery(&OWN.confuse(header, payload));
    let token = OWN.sign(header, payload);
    if !holds(&token) {
        return None;
    }
    if let Some(tampered) = tampered(&token, input) {
        check_forgery(&tampered);
    }
    Some(token)
}

/// Whether the token is one of the client's, of which nobody else's key knows.
fn holds(token: &str) -> bool {
    let Ok(token) = ClientJwt::parse(token) else {
        return false;
    };
    assert!(token.verify(&OTHER_KEYS).is_err());
    assert!(token.verify(&ClientKeys::default()).is_err());
    assert!(token.verify_with_secret(&SECRET).is_err());
    assert!(token.check_unsigned().is_err(), "it has a signature");
    let holds = token.verify(&KEYS).is_ok();
    assert!(!holds || token.algorithm() == ClientAlgorithm::EdDsa);
    holds
}

/// Nothing that was not signed is believed, under whichever key.
fn check_forgery(token: &str) {
    let Ok(token) = ClientJwt::parse(token) else {
        return;
    };
    assert!(token.verify(&KEYS).is_err() && token.verify(&OTHER_KEYS).is_err());
    assert!(token.verify_with_secret(&SECRET).is_err());
    if token.check_unsigned().is_ok() {
        assert_eq!(token.algorithm(), ClientAlgorithm::None);
    }
}

/// Whether it shows who the client is, at this provider and moment.
fn accepted(token: &str) -> bool {
    let Ok(assertion) = Assertion::parse(token) else {
        return false;
    };
    let token = ClientJwt::parse(token).expect("it was read");
    let claims = token.claims();
    let Ok(id) = assertion.client_id() else {
        return false;
    };
    assert_eq!(claims["iss"], id.as_str());
    assert_eq!(claims["sub"], id.as_str());
    let endpoint = OP.at("/par");
    let accepted = CLIENTS.each_ref().map(|client| {
        let client = &client.client;
        let Ok((jti, expires_at)) = assertion.read(client, &OP, &endpoint, NOW) else {
            return false;
        };
        assert!(!jti.is_empty());
        assert!(expires_at.plus(Duration::from_mins(1)) > NOW);
        assert!(expires_at <= NOW.plus(Duration::from_mins(61)));
        let named = |one: &Value| one == ISSUER || *one == OP.at("/token") || *one == endpoint;
        let aud = &claims["aud"];
        if client.metadata.is_fapi2() {
            assert_eq!(aud, ISSUER);
        } else {
            assert!(named(aud) || aud.as_array().is_some_and(|all| all.iter().any(named)));
        }
        true
    });
    accepted.contains(&true)
}
