//! Client metadata, as they are registered.

use serde_json::Value;
use sluis::domain::client::{
    AuthMethod, ClientMetadata, GrantType, SecurityProfile, SigningAlgorithm, is_loopback,
};
use url::Url;

use super::parties::{BUSINESS, members_of};

pub(super) fn judge(input: &str) -> bool {
    let Ok(document @ Value::Object(_)) = serde_json::from_str(input) else {
        return false;
    };
    let metadata = match ClientMetadata::read(members_of(document)) {
        Ok(metadata) => metadata,
        Err(faults) => {
            assert!(!faults.is_empty());
            assert!(faults.iter().all(|fault| !fault.to_string().is_empty()));
            return false;
        }
    };
    // What is told of a client can be registered once more (RFC 7592 §2.2).
    let told = serde_json::to_value(&metadata).expect("JSON");
    let again = ClientMetadata::read(members_of(told)).expect("what was told");
    assert_eq!(again, metadata);
    let checked = metadata.check(BUSINESS);
    assert_eq!(checked, again.check(BUSINESS));
    if checked.is_err() {
        return false;
    }
    check_redirects(&metadata);
    if metadata.is_public() {
        assert!(!metadata.uses(GrantType::ClientCredentials));
    }
    if metadata.security_profile == SecurityProfile::Fapi2 {
        let method = metadata.token_endpoint_auth_method;
        assert_eq!(method, AuthMethod::PrivateKeyJwt);
        assert_ne!(
            metadata.id_token_signed_response_alg,
            SigningAlgorithm::RS256
        );
        assert!(metadata.jwks.is_some() || metadata.jwks_uri.is_some());
    }
    true
}

/// RFC 9700 §2.6: https, this machine, or the scheme of an app; a fragment
/// and a user nowhere.
fn check_redirects(metadata: &ClientMetadata) {
    let uris = metadata.redirect_uris.iter();
    for uri in uris.chain(&metadata.post_logout_redirect_uris) {
        let url = Url::parse(uri.as_str()).expect("a URL");
        let scheme = url.scheme();
        assert!(
            scheme == "https" || scheme.contains('.') || (scheme == "http" && is_loopback(&url)),
            "{url}"
        );
        assert!(url.fragment().is_none() && url.username().is_empty() && url.password().is_none());
        assert!(uri.matches(uri.as_str(), metadata.application_type));
    }
}
