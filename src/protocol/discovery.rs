//! What a client can find out by itself: the metadata (OpenID Connect
//! Discovery 1.0 §3, RFC 8414 §2) and the keys. Both are written once for each
//! set of keys, and then handed out as they are.

use std::sync::{Arc, PoisonError, RwLock};

use axum::body::Bytes;
use axum::extract::State;
use axum::response::IntoResponse;
use http::HeaderValue;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use serde::Serialize;

use super::error::OAuthError;
use super::token::DEVICE_GRANT;
use crate::app::App;
use crate::config::{Config, Registration};
use crate::crypto::dpop;
use crate::crypto::signing::{Algorithm, KeySet, KeyUse};
use crate::domain::account::Assurance;
use crate::domain::attribute::verified_name;
use crate::domain::authorization::{GrantAction, Prompt, ResponseMode};
use crate::domain::claim::Claim;
use crate::domain::client::ClientAlgorithm;
use crate::domain::details::PROFILE_RELEASE;
use crate::domain::language::Language;
use crate::domain::scope::Scope;
use crate::domain::transfer::ACCOUNT_TRANSFER;
use crate::service::Fault;

/// How clients may show who they are.
const AUTH_METHODS: [&str; 5] = [
    "client_secret_basic",
    "client_secret_post",
    "client_secret_jwt",
    "private_key_jwt",
    "none",
];

/// The metadata: exactly what is true.
#[derive(Serialize)]
struct Metadata<'a> {
    issuer: &'a str,
    authorization_endpoint: String,
    token_endpoint: String,
    pushed_authorization_request_endpoint: String,
    device_authorization_endpoint: String,
    userinfo_endpoint: String,
    revocation_endpoint: String,
    introspection_endpoint: String,
    end_session_endpoint: String,
    backchannel_logout_supported: bool,
    backchannel_logout_session_supported: bool,
    frontchannel_logout_supported: bool,
    frontchannel_logout_session_supported: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_endpoint: Option<String>,
    jwks_uri: String,
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 5],
    grant_types_supported: [&'static str; 4],
    subject_types_supported: [&'static str; 2],
    id_token_signing_alg_values_supported: Vec<&'static str>,
    token_endpoint_auth_methods_supported: [&'static str; 5],
    token_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    revocation_endpoint_auth_methods_supported: Vec<&'static str>,
    introspection_endpoint_auth_methods_supported: Vec<&'static str>,
    introspection_signing_alg_values_supported: Vec<&'static str>,
    userinfo_signing_alg_values_supported: Vec<&'static str>,
    acr_values_supported: Vec<&'static str>,
    grant_management_endpoint: String,
    grant_management_actions_supported: [&'static str; 5],
    grant_management_action_required: bool,
    authorization_details_types_supported: [&'static str; 2],
    account_transfer_endpoint: String,
    refresh_token_expiration_types_supported: [&'static str; 1],
    dpop_signing_alg_values_supported: [&'static str; 5],
    code_challenge_methods_supported: [&'static str; 1],
    scopes_supported: Vec<&'static str>,
    claims_supported: Vec<&'static str>,
    claim_types_supported: [&'static str; 1],
    prompt_values_supported: Vec<&'static str>,
    ui_locales_supported: [&'static str; 2],
    authorization_response_iss_parameter_supported: bool,
    claims_parameter_supported: bool,
    request_parameter_supported: bool,
    request_uri_parameter_supported: bool,
    require_request_uri_registration: bool,
    request_object_signing_alg_values_supported: Vec<&'static str>,
    authorization_signing_alg_values_supported: Vec<&'static str>,
    require_pushed_authorization_requests: bool,
    require_signed_request_object: bool,
}

impl<'a> Metadata<'a> {
    fn of(config: &'a Config, keys: &KeySet) -> Self {
        let issuer = &config.issuer;
        Self {
            issuer: issuer.as_str(),
            authorization_endpoint: issuer.at("/authorize"),
            token_endpoint: issuer.at("/token"),
            pushed_authorization_request_endpoint: issuer.at("/par"),
            device_authorization_endpoint: issuer.at("/device_authorization"),
            userinfo_endpoint: issuer.at("/userinfo"),
            revocation_endpoint: issuer.at("/revoke"),
            introspection_endpoint: issuer.at("/introspect"),
            end_session_endpoint: issuer.at("/logout"),
            backchannel_logout_supported: true,
            backchannel_logout_session_supported: true,
            frontchannel_logout_supported: true,
            frontchannel_logout_session_supported: true,
            registration_endpoint: (config.registration != Registration::Off)
                .then(|| issuer.at("/register")),
            jwks_uri: issuer.at("/jwks"),
            response_types_supported: ["code"],
            response_modes_supported: ResponseMode::NAMES.map(|(name, _)| name),
            grant_types_supported: [
                "authorization_code",
                "refresh_token",
                "client_credentials",
                DEVICE_GRANT,
            ],
            subject_types_supported: ["pairwise", "public"],
            id_token_signing_alg_values_supported: keys
                .algorithms(KeyUse::IdToken)
                .map(Algorithm::as_str)
                .collect(),
            token_endpoint_auth_methods_supported: AUTH_METHODS,
            token_endpoint_auth_signing_alg_values_supported: algorithms(ClientAlgorithm::HS256),
            revocation_endpoint_auth_methods_supported: AUTH_METHODS.to_vec(),
            // RFC 7662 §2.1: a client that only says its name finds out nothing.
            introspection_endpoint_auth_methods_supported: AUTH_METHODS
                .into_iter()
                .filter(|method| *method != "none")
                .collect(),
            introspection_signing_alg_values_supported: keys
                .algorithms(KeyUse::IdToken)
                .map(Algorithm::as_str)
                .collect(),
            userinfo_signing_alg_values_supported: keys
                .algorithms(KeyUse::IdToken)
                .map(Algorithm::as_str)
                .collect(),
            acr_values_supported: Assurance::ALL.map(Assurance::acr).to_vec(),
            grant_management_endpoint: issuer.at("/grants"),
            grant_management_actions_supported: GrantAction::NAMES,
            grant_management_action_required: false,
            authorization_details_types_supported: [PROFILE_RELEASE, ACCOUNT_TRANSFER],
            account_transfer_endpoint: issuer.at("/account-transfer"),
            refresh_token_expiration_types_supported: ["authorization"],
            dpop_signing_alg_values_supported: dpop::ALGORITHMS,
            code_challenge_methods_supported: ["S256"],
            scopes_supported: Scope::all().iter().map(Scope::as_str).collect(),
            claims_supported: [
                "iss",
                "sub",
                "aud",
                "exp",
                "iat",
                "auth_time",
                "nonce",
                "amr",
                "acr",
                "sid",
                "at_hash",
            ]
            .into_iter()
            .chain(
                Claim::all().iter().flat_map(|claim| {
                    std::iter::once(claim.claim_name()).chain(verified_name(claim))
                }),
            )
            .collect(),
            claim_types_supported: ["normal"],
            prompt_values_supported: Prompt::all().iter().map(Prompt::as_str).collect(),
            ui_locales_supported: Language::ALL.map(Language::as_str),
            authorization_response_iss_parameter_supported: true,
            claims_parameter_supported: true,
            request_parameter_supported: true,
            request_uri_parameter_supported: true,
            require_request_uri_registration: true,
            request_object_signing_alg_values_supported: algorithms(ClientAlgorithm::None),
            authorization_signing_alg_values_supported: keys
                .algorithms(KeyUse::IdToken)
                .map(Algorithm::as_str)
                .collect(),
            require_pushed_authorization_requests: false,
            require_signed_request_object: false,
        }
    }
}

/// What clients may sign with: key pairs, and one thing more.
fn algorithms(and: ClientAlgorithm) -> Vec<&'static str> {
    ClientAlgorithm::ASYMMETRIC
        .into_iter()
        .chain([and])
        .map(ClientAlgorithm::as_str)
        .collect()
}

/// The documents as they are sent.
#[derive(Clone, Debug)]
struct Written {
    keys: Arc<KeySet>,
    metadata: Bytes,
    jwks: Bytes,
}

/// What the handlers of the documents need.
#[derive(Clone, Debug)]
pub(super) struct Documents {
    app: App,
    newest: Arc<RwLock<Option<Written>>>,
}

impl Documents {
    pub(super) fn of(app: &App) -> Self {
        Self {
            app: app.clone(),
            newest: Arc::default(),
        }
    }

    /// The documents for the keys as they are now.
    async fn written(&self) -> Result<Written, Fault> {
        let keys = self.app.keys().await?;
        {
            let newest = self.newest.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(written) = newest.as_ref()
                && Arc::ptr_eq(&written.keys, &keys)
            {
                return Ok(written.clone());
            }
        }
        let metadata = Metadata::of(self.app.config(), &keys);
        let written = Written {
            metadata: serde_json::to_vec(&metadata)
                .map_err(|_| Fault::Inconsistent("the metadata cannot be written as JSON"))?
                .into(),
            jwks: keys.jwks_json().to_owned().into(),
            keys,
        };
        let mut newest = self.newest.write().unwrap_or_else(PoisonError::into_inner);
        *newest = Some(written.clone());
        Ok(written)
    }
}

/// `GET /.well-known/openid-configuration` and `…/oauth-authorization-server`.
pub(super) async fn openid_configuration(
    State(documents): State<Documents>,
) -> Result<impl IntoResponse, OAuthError> {
    Ok(cacheable(documents.written().await?.metadata))
}

/// `GET /jwks`: the keys that sign, that soon will, and that once did.
pub(super) async fn jwks(
    State(documents): State<Documents>,
) -> Result<impl IntoResponse, OAuthError> {
    Ok(cacheable(documents.written().await?.jwks))
}

/// Five minutes: far shorter than a new key is announced before it signs. Any
/// site may read it (Fetch §3.2.5), and it is the same for all.
fn cacheable(json: Bytes) -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=300"),
        ),
        (ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    ];
    (headers, json)
}
