//! Other providers: what they publish of themselves, fetched with the guards of
//! [`outbound`](crate::outbound).

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use serde::Deserialize;
use url::Url;

use crate::app::App;
use crate::config::Issuer;
use crate::crypto::jwt::PublicKeys;
use crate::domain::transfer::ACCOUNT_TRANSFER;
use crate::outbound::FetchError;

/// Larger than any document that a provider publishes of itself.
const MAX_METADATA: usize = 256 * 1024;
/// How many providers are asked for their keys at a time, for one import. For all that
/// come in at a time there are look-ups enough.
const SIDE_BY_SIDE: usize = 4;
/// How long all of them have together.
const TOGETHER: Duration = Duration::from_secs(5);

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

/// The keys that providers publish, of those that could be asked.
pub(super) type KeysOf = BTreeMap<String, PublicKeys>;

/// The keys that these providers publish. They are asked side by side, and for
/// so long together: whoever names many that do not answer holds nobody up.
pub(super) async fn keys_of_all(app: &App, providers: Vec<String>) -> KeysOf {
    let mut keys = KeysOf::new();
    let mut asked = stream::iter(providers)
        .map(|provider| async move {
            let found = keys_of(app, &provider).await;
            (provider, found)
        })
        .buffer_unordered(SIDE_BY_SIDE);
    let all = async {
        while let Some((provider, found)) = asked.next().await {
            if let Some(found) = found {
                keys.insert(provider, found);
            }
        }
    };
    if tokio::time::timeout(TOGETHER, all).await.is_err() {
        tracing::info!("not all providers of an import told their keys in time");
    }
    drop(asked);
    keys
}

/// The keys of the provider that wrote something down, if it can be asked.
async fn keys_of(app: &App, provider: &str) -> Option<PublicKeys> {
    if provider == app.issuer() {
        return app.keys().await.ok().map(|keys| keys.public_keys().clone());
    }
    let issuer: Issuer = provider.parse().ok()?;
    match published(app, &issuer).await {
        Ok(keys) => Some(keys),
        Err(error) => {
            tracing::info!(%issuer, %error, "the keys of another provider cannot be fetched");
            None
        }
    }
}

async fn published(app: &App, issuer: &Issuer) -> Result<PublicKeys, FetchError> {
    let metadata = metadata(app, issuer).await?;
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
        .look_up(url, "application/json", MAX_METADATA)
        .await
}
