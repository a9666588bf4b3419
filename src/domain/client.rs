//! Clients: the sites and apps of a business, with the metadata of RFC 7591
//! and OpenID Connect Dynamic Client Registration 1.0.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::details::PROFILE_RELEASE;
use super::id::{BusinessId, ClientId};
use super::subject::Sector;
use super::transfer::ACCOUNT_TRANSFER;

mod keys;
mod kinds;
mod logout;
mod name;
mod read;
mod redirect;
mod rights;
mod tagged;
#[cfg(test)]
mod tests;
mod uri;

pub use keys::{ClientAlgorithm, Jwks, JwksSource, MAX_JWKS, MAX_KEYS};
pub use kinds::{AuthMethod, SigningAlgorithm};
pub use name::{ClientName, MAX_NAME};
pub use read::{FaultKind, MAX_CONTACT, MetadataFault};
pub use redirect::{RedirectUri, is_loopback};
pub use tagged::LocalAddresses;
pub use uri::{FetchUri, MAX_URI, WebUri};

/// How many redirect URIs a client may register.
const MAX_REDIRECT_URIS: usize = 64;

/// A registered client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its `client_id`.
    pub id: ClientId,
    /// Who is answerable for it.
    pub business_id: BusinessId,
    /// SHA-256 of its secret, if it presents one.
    pub secret_hash: Option<[u8; 32]>,
    /// Its secret under the master key, if it signs with it (`client_secret_jwt`).
    pub secret_sealed: Option<Vec<u8>>,
    /// Among which clients its users are the same subjects.
    pub sector: Sector,
    /// What it registered.
    pub metadata: ClientMetadata,
}

/// Whether a client learns the same subject as others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubjectType {
    /// An identifier of its own sector: the default here.
    #[default]
    Pairwise,
    /// The same as the other public clients of its business: no business is
    /// shown the identifier that another has.
    Public,
}

/// Whether a client runs on a server or on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ApplicationType {
    /// A web site.
    #[default]
    Web,
    /// An app on a device.
    Native,
}

/// The ways to a token that a client may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// By a code from the authorization endpoint.
    AuthorizationCode,
    /// By a refresh token.
    RefreshToken,
    /// By being the client: for what concerns the client alone.
    ClientCredentials,
    /// By a code that a device shows (RFC 8628).
    #[serde(rename = "urn:ietf:params:oauth:grant-type:device_code")]
    DeviceCode,
}

/// Which policy a client is held to (`design.md` section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecurityProfile {
    /// As certified OpenID Connect libraries speak it.
    #[default]
    Standard,
    /// FAPI 2.0 Security Profile.
    Fapi2,
}

/// Client metadata as registered. Members that Sluis does not know are
/// ignored, as RFC 7591 §2 asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientMetadata {
    /// Where answers may go. Compared letter by letter. None where there are no
    /// answers: a device asks for them itself.
    #[serde(default)]
    pub redirect_uris: Vec<RedirectUri>,
    /// Where browsers may go after signing out. Compared letter by letter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// Name of the client, and its names in other languages (`client_name#nl`).
    #[serde(flatten)]
    pub client_name: ClientName,
    /// Its home page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<WebUri>,
    /// Its logo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<WebUri>,
    /// Its privacy policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<WebUri>,
    /// Its terms of service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<WebUri>,
    /// Its pages in other languages (`policy_uri#nl`).
    #[serde(flatten)]
    pub local_addresses: LocalAddresses,
    /// Where a login that begins elsewhere goes (OpenID Connect Core 1.0 §4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initiate_login_uri: Option<FetchUri>,
    /// Where it is told of the end of a session, by us.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<FetchUri>,
    /// Whether it needs to know which session.
    #[serde(default, skip_serializing_if = "is_false")]
    pub backchannel_logout_session_required: bool,
    /// Where it is told of the end of a session, by the browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_uri: Option<FetchUri>,
    /// Whether it needs to know which session.
    #[serde(default, skip_serializing_if = "is_false")]
    pub frontchannel_logout_session_required: bool,
    /// Where it takes commands (OpenID Provider Commands 1.0, draft).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_endpoint: Option<FetchUri>,
    /// How it authenticates.
    #[serde(default)]
    pub token_endpoint_auth_method: AuthMethod,
    /// With which algorithm alone it signs its assertions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_signing_alg: Option<ClientAlgorithm>,
    /// Its public keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Jwks>,
    /// Where its public keys are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<FetchUri>,
    /// With which algorithm alone it signs request objects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_object_signing_alg: Option<ClientAlgorithm>,
    /// Whether it makes signed requests alone (RFC 9101 §10.5).
    #[serde(default, skip_serializing_if = "is_false")]
    pub require_signed_request_object: bool,
    /// Where the request objects are that it passes by reference.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub request_uris: Vec<FetchUri>,
    /// Whether it makes pushed requests alone (RFC 9126 §6).
    #[serde(default, skip_serializing_if = "is_false")]
    pub require_pushed_authorization_requests: bool,
    /// How its authorization responses are signed, where it asks for that (JARM §3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_signed_response_alg: Option<SigningAlgorithm>,
    /// How its ID tokens are signed.
    #[serde(default)]
    pub id_token_signed_response_alg: SigningAlgorithm,
    /// How its UserInfo responses are signed; not at all when nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userinfo_signed_response_alg: Option<SigningAlgorithm>,
    /// How signed answers of introspection are signed (RFC 9701 §6, which says
    /// RS256 when nothing is said).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introspection_signed_response_alg: Option<SigningAlgorithm>,
    /// Whether all its tokens are bound to a key (RFC 9449 §5.2).
    #[serde(default)]
    pub dpop_bound_access_tokens: bool,
    /// Which subjects it learns.
    #[serde(default)]
    pub subject_type: SubjectType,
    /// A document that names the redirect URIs of all clients among which its
    /// users are the same subjects (OpenID Connect Core 1.0 §8.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector_identifier_uri: Option<FetchUri>,
    /// Web or native.
    #[serde(default)]
    pub application_type: ApplicationType,
    /// Which grant types it uses.
    #[serde(default = "default_grant_types")]
    pub grant_types: Vec<GrantType>,
    /// Which scopes it may ask for, space separated; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Which types of authorization details it uses (RFC 9396 §10); any when
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_details_types: Option<Vec<String>>,
    /// How to reach the people responsible for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<String>,
    /// How many seconds old a sign-in may be, when a request does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u32>,
    /// With what `acr` people sign in at best, when a request does not say. A
    /// wish, like `acr_values`: the ID token says what came of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub default_acr_values: Vec<String>,
    /// Whether its ID tokens say when the sign-in was, which all here do.
    #[serde(default, skip_serializing_if = "is_false")]
    pub require_auth_time: bool,
    /// What software it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software_id: Option<String>,
    /// And which edition of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software_version: Option<String>,
    /// Which policy it is held to.
    #[serde(default)]
    pub security_profile: SecurityProfile,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn default_grant_types() -> Vec<GrantType> {
    vec![GrantType::AuthorizationCode]
}

impl ClientMetadata {
    /// Says in plain words what is wrong with the metadata of a client of this
    /// business, if anything is, and otherwise in which sector its subjects are.
    pub fn check(&self, business: BusinessId) -> Result<Sector, InvalidClient> {
        let has_codes = self.uses(GrantType::AuthorizationCode);
        if has_codes && self.redirect_uris.is_empty() {
            return Err(InvalidClient::NoRedirectUri);
        }
        if self.redirect_uris.len() > MAX_REDIRECT_URIS
            || self.post_logout_redirect_uris.len() > MAX_REDIRECT_URIS
        {
            return Err(InvalidClient::ManyRedirectUris);
        }
        for uri in self
            .redirect_uris
            .iter()
            .chain(&self.post_logout_redirect_uris)
        {
            uri.check(self.application_type)?;
        }
        // A refresh token comes of something else.
        if !has_codes
            && !self.uses(GrantType::DeviceCode)
            && !self.uses(GrantType::ClientCredentials)
        {
            return Err(InvalidClient::NoWayIn);
        }
        // RFC 6749 §4.4: by saying its name alone nobody shows to be the client.
        if self.is_public() && self.uses(GrantType::ClientCredentials) {
            return Err(InvalidClient::PublicCredentials);
        }
        self.check_details_types()?;
        if !self.client_name.is_printable() {
            return Err(InvalidClient::NoName);
        }
        self.check_texts()?;
        self.check_logout()?;
        self.check_keys()?;
        self.sector(business)
    }

    /// OpenID Connect Core 1.0 §8.1: the sector is the host of the
    /// `sector_identifier_uri`, or else the one host of the redirect URIs.
    fn sector(&self, business: BusinessId) -> Result<Sector, InvalidClient> {
        if self.subject_type == SubjectType::Public {
            return Ok(Sector::of_business(business));
        }
        if let Some(uri) = &self.sector_identifier_uri {
            return Ok(Sector::of_host(business, uri.host()));
        }
        let mut hosts = self.redirect_uris.iter().map(RedirectUri::sector_host);
        // Those of a business that have no host are one sector of it.
        let first = hosts.next().unwrap_or_default();
        if hosts.all(|host| host == first) {
            Ok(Sector::of_host(business, &first))
        } else {
            Err(InvalidClient::SeveralHosts)
        }
    }

    /// Whether its tokens must be bound to a key.
    #[must_use]
    pub fn binds_tokens(&self) -> bool {
        // FAPI 2.0 Security Profile §5.3.2.1: nothing but sender-constrained tokens.
        self.dpop_bound_access_tokens || self.is_fapi2()
    }

    /// Whether its proofs of possession must hold a nonce of ours. One that
    /// registered for DPoP has a library that knows them (RFC 9449 §8); of one
    /// that merely tries, a proof that is not a minute old will do.
    #[must_use]
    pub fn needs_dpop_nonce(&self) -> bool {
        self.binds_tokens()
    }

    /// How old a sign-in may be when a request does not say.
    #[must_use]
    pub fn default_max_age(&self) -> Option<Duration> {
        self.default_max_age
            .map(|seconds| Duration::from_secs(seconds.into()))
    }

    /// The host that people know the client by: of its home page, or else of
    /// its first redirect URI.
    #[must_use]
    pub fn domain(&self) -> String {
        self.client_uri
            .as_ref()
            .and_then(|uri| uri.host_str().map(str::to_owned))
            .or_else(|| self.redirect_uris.first().map(RedirectUri::host))
            .unwrap_or_default()
    }
}

/// Why client metadata cannot be registered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidClient {
    /// There must be one.
    #[error("`redirect_uris` must name at least one URI")]
    NoRedirectUri,
    /// Nobody needs so many.
    #[error(
        "`redirect_uris` and `post_logout_redirect_uris` must name at most {MAX_REDIRECT_URIS} URIs"
    )]
    ManyRedirectUris,
    /// One of them cannot be used.
    #[error("the redirect URI {uri} {why}")]
    RedirectUri {
        /// Which.
        uri: String,
        /// Why.
        why: &'static str,
    },
    /// There would be no way to any token.
    #[error(
        "`grant_types` must contain authorization_code, client_credentials or \
         urn:ietf:params:oauth:grant-type:device_code"
    )]
    NoWayIn,
    /// There is but one.
    #[error(
        "`authorization_details_types` may name {PROFILE_RELEASE} and {ACCOUNT_TRANSFER} alone"
    )]
    DetailsType,
    /// It would be anybody's.
    #[error("`grant_types` client_credentials takes a client that authenticates")]
    PublicCredentials,
    /// People must know who asks.
    #[error("`client_name`, in each language, must be 1 to 200 visible characters")]
    NoName,
    /// A text is endless, or cannot be shown.
    #[error("{0}")]
    Text(&'static str),
    /// Where it wants to be told of the end of a session cannot be.
    #[error("{0}")]
    Logout(&'static str),
    /// Its keys and algorithms do not fit its methods or its security profile.
    #[error("{0}")]
    Keys(&'static str),
    /// We cannot sign like that, or not yet.
    #[error("this provider has no key to sign with {0}; its metadata say with what it signs")]
    NoSigningKey(SigningAlgorithm),
    /// A sector cannot be told.
    #[error(
        "the redirect URIs have several hosts, which pairwise subjects cannot span: use one host, \
         a `sector_identifier_uri`, or \"subject_type\": \"public\""
    )]
    SeveralHosts,
    /// The document of its sector cannot be had.
    #[error("`sector_identifier_uri` cannot be fetched: {0}")]
    SectorUnreachable(String),
    /// The document of its sector is another kind of document.
    #[error("`sector_identifier_uri` must be a JSON array of redirect URIs")]
    SectorUnreadable,
    /// The document of its sector does not know it.
    #[error("`sector_identifier_uri` does not list the redirect URI {0}")]
    NotInSector(String),
}
