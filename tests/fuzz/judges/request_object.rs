//! Request objects: as a token, or as two lines, a header and a payload, which
//! are signed here.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;
use sluis::crypto::client_jwt::ClientJwt;
use sluis::protocol::check_request;
use sluis::service::client_jwts::moment;
use sluis::service::request_objects::read;
use sluis::web::params::Params;

use super::client_assertion::signed;
use super::parties::{CLIENTS, ISSUER, NOW};

pub(super) fn judge(input: &str) -> bool {
    let Some(token) = signed(input) else {
        return false;
    };
    let token = ClientJwt::parse(&token).expect("it was read");
    let claims = token.claims();
    let accepted = CLIENTS.each_ref().map(|client| {
        let strict = client.client.metadata.is_fapi2();
        let Ok(params) = read(&client.client, ISSUER, claims, NOW) else {
            return false;
        };
        for own in ["iss", "client_id"] {
            assert!(claims.get(own).is_none_or(|value| *value == "shop"));
        }
        let expires_at = moment(claims, "exp").expect("a moment");
        assert!(expires_at.is_none_or(|at| at.plus(Duration::from_secs(10)) > NOW));
        if strict {
            assert!(expires_at.is_some_and(|at| at <= NOW.plus(Duration::from_mins(61))));
            let aud = &claims["aud"];
            let named = |one: &Value| one == ISSUER;
            assert!(named(aud) || aud.as_array().is_some_and(|all| all.iter().any(named)));
        }
        let names: BTreeSet<&str> = params.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names.len(), params.len(), "each comes once");
        for own in ["request", "request_uri", "aud", "exp"] {
            assert!(!names.contains(own));
        }
        let Some(params) = Params::from_pairs(params) else {
            return false;
        };
        check_request(client, &params).is_ok()
    });
    accepted.contains(&true)
}
