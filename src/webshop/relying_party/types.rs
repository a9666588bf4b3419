//! `openidconnect`'s types, with what Sluis adds to the standard answers.

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, Client, EndpointMaybeSet, EndpointNotSet, EndpointSet, ExtraTokenFields,
    IdTokenFields, StandardErrorResponse, StandardTokenResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The token response's extra members.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Extra {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) consent_receipt: Option<String>,
    /// Grant Management for OAuth 2.0 §5.5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) grant_id: Option<String>,
    /// The edition of our data plan that the agreement answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) plan_version: Option<u64>,
    /// Whether that is the one that stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) plan_current: Option<bool>,
}

impl ExtraTokenFields for Extra {}

/// What the ID token says besides who it is.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Which {
    /// Which login this is (OpenID Connect Back-Channel Logout 1.0 §2.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sid: Option<String>,
}

impl AdditionalClaims for Which {}

/// The token endpoint's answer.
pub(super) type Tokens = StandardTokenResponse<
    IdTokenFields<
        Which,
        Extra,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

/// A client that has been through discovery.
pub(super) type OidcClient = Client<
    Which,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Claims beyond those that OpenID Connect names.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct OtherClaims {
    #[serde(flatten)]
    pub(super) claims: Map<String, Value>,
}

impl AdditionalClaims for OtherClaims {}
