//! The keys of a client: which it publishes and where, with which algorithms
//! it signs, and what its security profile asks of both.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    AuthMethod, ClientMetadata, FetchUri, InvalidClient, SecurityProfile, SigningAlgorithm,
};

/// How many keys a client may publish. A signature without a `kid` is tried
/// against each that fits.
pub const MAX_KEYS: usize = 20;
/// How large a set of keys may be as JSON.
pub const MAX_JWKS: usize = 64 * 1024;
/// How many request objects a client may register by reference.
const MAX_REQUEST_URIS: usize = 16;

/// An algorithm with which clients sign what they send (RFC 7518 §3.1,
/// RFC 8037 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ClientAlgorithm {
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// RSASSA-PSS with SHA-256.
    PS256,
    /// RSASSA-PKCS1-v1_5 with SHA-256; not for `fapi2`.
    RS256,
    /// The Edwards curve algorithm on Ed25519, which RFC 9864 calls `Ed25519`.
    #[serde(rename = "EdDSA", alias = "Ed25519")]
    EdDsa,
    /// HMAC with SHA-256 under the client's secret: `client_secret_jwt` alone.
    HS256,
    /// Unsigned: request objects alone, of clients that registered so.
    #[serde(rename = "none")]
    None,
}

impl ClientAlgorithm {
    /// Those that take a key pair.
    pub const ASYMMETRIC: [Self; 4] = [Self::ES256, Self::PS256, Self::EdDsa, Self::RS256];

    /// The registered name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ES256 => "ES256",
            Self::PS256 => "PS256",
            Self::RS256 => "RS256",
            Self::EdDsa => "EdDSA",
            Self::HS256 => "HS256",
            Self::None => "none",
        }
    }

    /// Whether it takes a key pair.
    #[must_use]
    pub fn is_asymmetric(self) -> bool {
        Self::ASYMMETRIC.contains(&self)
    }

    /// Whether a client of this profile may use it: FAPI 2.0 Security Profile
    /// §5.4.1 leaves PS256, ES256 and `EdDSA`.
    #[must_use]
    pub fn is_allowed_by(self, profile: SecurityProfile) -> bool {
        match profile {
            SecurityProfile::Standard => true,
            SecurityProfile::Fapi2 => matches!(self, Self::ES256 | Self::PS256 | Self::EdDsa),
        }
    }
}

/// A JWK Set that a client registered (RFC 7517 §5): public keys alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct Jwks(Value);

impl Jwks {
    /// The document.
    #[must_use]
    pub fn document(&self) -> &Value {
        &self.0
    }
}

impl TryFrom<Value> for Jwks {
    type Error = &'static str;

    fn try_from(document: Value) -> Result<Self, Self::Error> {
        let keys = document
            .get("keys")
            .and_then(Value::as_array)
            .ok_or("this is not a JWK Set: an object with an array `keys`")?;
        if keys.is_empty() || keys.len() > MAX_KEYS || document.to_string().len() > MAX_JWKS {
            return Err("a JWK Set has 1 to 20 keys and at most 65,536 bytes");
        }
        // What RFC 7518 §6 and RFC 8037 §2 mark as private, and the secret of an `oct`.
        let private = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
        let leaks = |key: &Value| private.iter().any(|member| key.get(member).is_some());
        if keys.iter().any(leaks) {
            return Err(
                "it holds a private or secret key: treat that key as leaked, make another, and \
                 register its public half alone",
            );
        }
        Ok(Self(document))
    }
}

impl From<Jwks> for Value {
    fn from(jwks: Jwks) -> Self {
        jwks.0
    }
}

/// Where a client's public keys come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwksSource<'a> {
    /// It has none.
    Nowhere,
    /// It registered them.
    Registered(&'a Jwks),
    /// They are fetched.
    At(&'a FetchUri),
}

impl ClientMetadata {
    /// Where the client's public keys come from.
    #[must_use]
    pub fn jwks_source(&self) -> JwksSource<'_> {
        match (&self.jwks, &self.jwks_uri) {
            (Some(jwks), _) => JwksSource::Registered(jwks),
            (None, Some(uri)) => JwksSource::At(uri),
            (None, None) => JwksSource::Nowhere,
        }
    }

    /// Whether a request of the client must be pushed (RFC 9126 §5; FAPI 2.0
    /// Security Profile §5.3.2.2).
    #[must_use]
    pub fn must_push(&self) -> bool {
        self.require_pushed_authorization_requests || self.is_fapi2()
    }

    /// Whether the client is held to FAPI 2.0.
    #[must_use]
    pub fn is_fapi2(&self) -> bool {
        self.security_profile == SecurityProfile::Fapi2
    }

    /// Whether the client's assertions and request objects may be signed with
    /// this algorithm, of which one may be registered.
    #[must_use]
    pub fn may_sign_with(
        &self,
        algorithm: ClientAlgorithm,
        registered: Option<ClientAlgorithm>,
    ) -> bool {
        registered.is_none_or(|registered| registered == algorithm)
            && algorithm.is_allowed_by(self.security_profile)
    }

    /// How the client's authorization responses are signed when it asks for
    /// that (JARM §3: RS256 unless registered otherwise; FAPI 2.0 forbids that).
    #[must_use]
    pub fn response_algorithm(&self) -> SigningAlgorithm {
        let default = if self.is_fapi2() {
            SigningAlgorithm::ES256
        } else {
            SigningAlgorithm::RS256
        };
        self.authorization_signed_response_alg.unwrap_or(default)
    }

    /// With what the client has us sign what it gets.
    pub fn our_algorithms(&self) -> impl Iterator<Item = SigningAlgorithm> {
        [
            Some(self.id_token_signed_response_alg),
            self.userinfo_signed_response_alg,
            self.authorization_signed_response_alg,
            self.introspection_signed_response_alg,
        ]
        .into_iter()
        .flatten()
    }

    pub(super) fn check_keys(&self) -> Result<(), InvalidClient> {
        let wrong = |what| Err(InvalidClient::Keys(what));
        let has_keys = self.jwks_source() != JwksSource::Nowhere;
        if self.jwks.is_some() && self.jwks_uri.is_some() {
            return wrong("`jwks` and `jwks_uri` exclude each other (RFC 7591 §2)");
        }
        let assertion = self.token_endpoint_auth_signing_alg;
        match self.token_endpoint_auth_method {
            AuthMethod::PrivateKeyJwt if !has_keys => {
                return wrong("private_key_jwt needs `jwks` or `jwks_uri`");
            }
            AuthMethod::PrivateKeyJwt if assertion.is_some_and(|alg| !alg.is_asymmetric()) => {
                return wrong(
                    "`token_endpoint_auth_signing_alg` of private_key_jwt is one of ES256, PS256, RS256, EdDSA",
                );
            }
            AuthMethod::ClientSecretJwt
                if assertion.is_some_and(|alg| alg != ClientAlgorithm::HS256) =>
            {
                return wrong("`token_endpoint_auth_signing_alg` of client_secret_jwt is HS256");
            }
            _ => {}
        }
        match self.request_object_signing_alg {
            Some(ClientAlgorithm::HS256) => {
                return wrong(
                    "`request_object_signing_alg` is one of ES256, PS256, RS256, EdDSA, none",
                );
            }
            Some(alg) if alg.is_asymmetric() && !has_keys => {
                return wrong("`request_object_signing_alg` needs `jwks` or `jwks_uri`");
            }
            _ => {}
        }
        let unsigned = self.request_object_signing_alg == Some(ClientAlgorithm::None);
        if self.require_signed_request_object && (unsigned || !has_keys) {
            return wrong(
                "`require_signed_request_object` needs keys, and an algorithm that is not none",
            );
        }
        if self.request_uris.len() > MAX_REQUEST_URIS {
            return wrong("`request_uris` must name at most 16 URIs");
        }
        if self.is_fapi2() {
            self.check_fapi2()
        } else {
            Ok(())
        }
    }

    /// FAPI 2.0 Security Profile §5.3.2 and §5.4.1.
    fn check_fapi2(&self) -> Result<(), InvalidClient> {
        let wrong = |what| Err(InvalidClient::Keys(what));
        if self.token_endpoint_auth_method != AuthMethod::PrivateKeyJwt {
            return wrong(
                "the security profile fapi2 needs \"token_endpoint_auth_method\": \"private_key_jwt\"",
            );
        }
        let theirs = [
            self.token_endpoint_auth_signing_alg,
            self.request_object_signing_alg,
        ];
        let weak = |alg: &ClientAlgorithm| !alg.is_allowed_by(self.security_profile);
        let ours = [
            Some(self.id_token_signed_response_alg),
            self.authorization_signed_response_alg,
        ];
        if theirs.iter().flatten().any(weak) || ours.contains(&Some(SigningAlgorithm::RS256)) {
            return wrong(
                "the security profile fapi2 allows the algorithms ES256, PS256 and EdDSA alone",
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::id::BusinessId;

    fn checked(more: &Value) -> Result<(), String> {
        let mut members = json!({
            "client_name": "Shop",
            "redirect_uris": ["https://shop.example/back"],
        });
        for (name, value) in more.as_object().expect("members") {
            members[name] = value.clone();
        }
        let metadata: ClientMetadata =
            serde_json::from_value(members).map_err(|error| error.to_string())?;
        let business = BusinessId::new(uuid::Uuid::from_u128(1));
        let checked = metadata.check(business);
        checked.map(|_| ()).map_err(|error| error.to_string())
    }

    fn ec() -> Value {
        json!({"keys": [{"kty": "EC", "crv": "P-256", "x": "x", "y": "y", "kid": "1"}]})
    }

    #[test]
    fn keys_are_registered_or_fetched_and_never_private() {
        checked(&json!({"jwks": ec()})).expect("public keys");
        checked(&json!({"jwks_uri": "https://shop.example/jwks"})).expect("an address");
        checked(&json!({"jwks_uri": "http://localhost:9/jwks"})).expect("this machine");
        let mut leaking = ec();
        leaking["keys"][0]["d"] = json!("secret");
        let many = json!({"keys": vec![ec()["keys"][0].clone(); 21]});
        for wrong in [
            json!({"jwks": ec(), "jwks_uri": "https://shop.example/jwks"}),
            json!({"jwks": leaking}),
            json!({"jwks": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}}),
            json!({"jwks": {"keys": []}}),
            json!({"jwks": {}}),
            json!({"jwks": many}),
            json!({"jwks_uri": "http://shop.example/jwks"}),
            json!({"jwks_uri": "https://user@shop.example/jwks"}),
            json!({"jwks_uri": "file:///etc/passwd"}),
        ] {
            assert!(checked(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_method_and_an_algorithm_have_the_keys_that_they_need() {
        let with = |method: &str, alg: &str, keys: bool| {
            let mut more = json!({
                "token_endpoint_auth_method": method,
                "token_endpoint_auth_signing_alg": alg,
            });
            if keys {
                more["jwks"] = ec();
            }
            checked(&more).is_ok()
        };
        for alg in ["ES256", "PS256", "RS256", "EdDSA", "Ed25519"] {
            assert!(with("private_key_jwt", alg, true), "{alg}");
            assert!(!with("private_key_jwt", alg, false), "{alg}");
            assert!(!with("client_secret_jwt", alg, true), "{alg}");
        }
        for alg in ["HS256", "none", "ES512"] {
            assert!(!with("private_key_jwt", alg, true), "{alg}");
        }
        assert!(with("client_secret_jwt", "HS256", false));
        for (alg, keys, fine) in [
            ("none", false, true),
            ("ES256", true, true),
            ("ES256", false, false),
            ("HS256", true, false),
        ] {
            let mut more = json!({"request_object_signing_alg": alg});
            if keys {
                more["jwks"] = ec();
            }
            assert_eq!(checked(&more).is_ok(), fine, "{more}");
        }
    }

    #[test]
    fn fapi2_leaves_private_key_jwt_and_strong_algorithms() {
        let with = |name: &str, value: &str| {
            let mut more = json!({
                "security_profile": "fapi2",
                "token_endpoint_auth_method": "private_key_jwt",
                "jwks": ec(),
            });
            more[name] = json!(value);
            checked(&more)
        };
        with("client_name", "Bank").expect("nothing is missing");
        with("token_endpoint_auth_signing_alg", "PS256").expect("a strong algorithm");
        for alg in ["ES256", "PS256", "EdDSA"] {
            with("id_token_signed_response_alg", alg).expect("a strong algorithm");
        }
        for (name, value) in [
            ("token_endpoint_auth_method", "client_secret_basic"),
            ("token_endpoint_auth_method", "client_secret_jwt"),
            ("token_endpoint_auth_method", "none"),
            ("token_endpoint_auth_signing_alg", "RS256"),
            ("request_object_signing_alg", "RS256"),
            ("request_object_signing_alg", "none"),
            ("id_token_signed_response_alg", "RS256"),
            ("authorization_signed_response_alg", "RS256"),
        ] {
            let told = with(name, value).expect_err(value);
            assert!(told.contains("fapi2"), "{told}");
        }
    }
}
