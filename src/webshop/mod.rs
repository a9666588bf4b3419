//! The demonstration: a webshop and a newspaper, two ordinary relying parties.
//!
//! They speak to Sluis over HTTP alone, with the `openidconnect` crate, as any
//! business would: discovery, the authorization code with PKCE, an ID token
//! checked against the published keys, UserInfo and refresh. They import
//! nothing else of this crate, so that what works here works anywhere.
//!
//! [`serve`] runs one [`Site`] on one listener. Discovery happens at the first
//! login, so that provider and sites may start in any order.

mod assets;
mod catalogue;
mod guard;
mod http;
mod lang;
mod newsroom;
mod pages;
mod person;
mod receipt;
mod relying_party;
mod session;
mod site;
#[cfg(test)]
mod tests;
mod words;

use std::io;
use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;
use url::Url;

pub use self::site::Site;

use self::relying_party::RelyingParty;
use self::session::Sessions;

/// What a relying party is told when it is registered, and where it lives.
#[derive(Clone)]
pub struct ClientConfig {
    /// The provider, byte for byte.
    pub issuer: String,
    /// From the registration response.
    pub client_id: String,
    /// From the registration response; a public client has none.
    pub client_secret: Option<String>,
    /// Where browsers find this site, without a trailing slash.
    pub own_url: Url,
}

impl ClientConfig {
    fn page(&self, path: &str) -> String {
        format!("{}{path}", self.own_url.as_str().trim_end_matches('/'))
    }

    fn provider_page(&self, path: &str) -> String {
        format!("{}{path}", self.issuer.trim_end_matches('/'))
    }
}

/// One running site.
struct Shop {
    site: Site,
    config: ClientConfig,
    relying_party: RelyingParty,
    sessions: Sessions,
}

/// Serves one site until `shutdown` resolves and the requests in hand are done.
///
/// # Errors
/// When the configuration cannot be used, or the listener fails.
pub async fn serve(
    listener: TcpListener,
    site: Site,
    config: ClientConfig,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let router = router(site, config).map_err(io::Error::other)?;
    axum::serve(listener, router)
        .with_graceful_shutdown(shutdown)
        .await
}

/// The routes of one site, for [`serve`] and for tests.
fn router(site: Site, config: ClientConfig) -> Result<Router, relying_party::Misconfigured> {
    let shop = Arc::new(Shop {
        relying_party: RelyingParty::new(&config, site.scopes())?,
        sessions: Sessions::default(),
        site,
        config,
    });
    Ok(pages::routes(shop))
}
