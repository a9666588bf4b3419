//! Other providers: what they publish of themselves, fetched with the guards of
//! [`outbound`](crate::outbound).

use serde::Deserialize;
use url::Url;

use crate::app::App;
use crate::config::Issuer;
use crate::crypto::jwt::PublicKeys;
use crate::domain::import::Archive;
use crate::domain::transfer::ACCOUNT_TRANSFER;
use crate::outbound::FetchError;

/// Larger than any document that a provider publishes of itself.
const MAX_METADATA: usize = 256 * 1024;

/// What a provider publishes of itself (OpenID Connect Discovery 1.0 §3), as
/// far as another provider needs it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Metadata {
    issuer: String,
    jwks_uri: Url,
    authorization_endpoint: Option<Url>,
    token_endpoint: Option<Url>,
    pushed_authorization_request_endpoint: Option<Url>,
    registration_endpoint: Option<Url>,
    account_transfer_endpoint: Option<Url>,
    #[serde(default)]
    authorization_details_types_supported: Vec<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Where a provider that knows transfers is asked for one.
#[derive(Clone, Debug)]
pub(super) struct Endpoints {
    pub(super) authorization: Url,
    pub(super) token: Url,
    pub(super) pushed: Url,
    pub(super) transfer: Url,
    /// Where it lets clients register themselves, if it does.
    pub(super) registration: Option<Url>,
}

/// The endpoints of a provider that knows transfers. All are its own: what it
/// says of itself leads nowhere else.
pub(super) async fn endpoints(app: &App, issuer: &Issuer) -> Result<Endpoints, FetchError> {
    let metadata = metadata(app, issuer).await?;
    let origin = issuer.as_url().origin();
    let own = |url: Option<Url>| {
        url.filter(|url| url.origin() == origin)
            .ok_or(FetchError::Unusable)
    };
    let types = &metadata.authorization_details_types_supported;
    let knows = types.iter().any(|kind| kind == ACCOUNT_TRANSFER);
    if !knows || !metadata.authorization_response_iss_parameter_supported {
        return Err(FetchError::Unusable);
    }
    Ok(Endpoints {
        authorization: own(metadata.authorization_endpoint)?,
        token: own(metadata.token_endpoint)?,
        pushed: own(metadata.pushed_authorization_request_endpoint)?,
        transfer: own(metadata.account_transfer_endpoint)?,
        registration: match metadata.registration_endpoint {
            Some(url) => Some(own(Some(url))?),
            None => None,
        },
    })
}

/// With whose keys the receipts of a provider are held against.
#[derive(Debug)]
pub(super) enum KeysOf {
    /// Those that it publishes.
    Provider(PublicKeys),
    /// It cannot be asked: those that came along.
    File,
}

/// The keys of the provider that wrote something down.
pub(super) async fn keys_of(app: &App, archive: &Archive) -> KeysOf {
    let provider = &archive.provider;
    if *provider == app.issuer() {
        return match app.keys().await {
            Ok(keys) => KeysOf::Provider(keys.public_keys().clone()),
            Err(_) => KeysOf::File,
        };
    }
    match published(app, provider).await {
        Ok(keys) => KeysOf::Provider(keys),
        Err(error) => {
            tracing::info!(%provider, %error, "the keys of another provider cannot be fetched");
            KeysOf::File
        }
    }
}

async fn published(app: &App, provider: &str) -> Result<PublicKeys, FetchError> {
    let issuer: Issuer = provider.parse().map_err(|_| FetchError::Unusable)?;
    let metadata = metadata(app, &issuer).await?;
    let bytes = fetch(app, &metadata.jwks_uri).await?;
    let text = std::str::from_utf8(&bytes).map_err(|_| FetchError::Unusable)?;
    PublicKeys::parse(text).map_err(|_| FetchError::Unusable)
}

/// What a provider publishes of itself. That it says to be who was asked for
/// is part of it (OpenID Connect Discovery 1.0 §4.3).
pub(super) async fn metadata(app: &App, issuer: &Issuer) -> Result<Metadata, FetchError> {
    let url = Url::parse(&issuer.at("/.well-known/openid-configuration"))
        .map_err(|_| FetchError::Unusable)?;
    let bytes = fetch(app, &url).await?;
    let metadata: Metadata = serde_json::from_slice(&bytes).map_err(|_| FetchError::Unusable)?;
    if metadata.issuer == issuer.as_str() {
        Ok(metadata)
    } else {
        Err(FetchError::Unusable)
    }
}

async fn fetch(app: &App, url: &Url) -> Result<Vec<u8>, FetchError> {
    app.outbound()
        .get(url, "application/json", MAX_METADATA)
        .await
}
