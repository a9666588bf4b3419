//! The demonstration: a webshop and a newspaper, two ordinary relying parties.
//!
//! They speak to Sluis over HTTP alone, with the `openidconnect` crate, as any
//! business would: discovery, the authorization code with PKCE, an ID token
//! checked against the published keys, UserInfo and refresh. They import
//! nothing else of this crate, so that what works here works anywhere.
//!
//! The shop goes further, and lives with Sluis: it hears events by a stream,
//! deletes when an agreement is over and confirms that, reads what changed, and
//! changes its data plan. The newspaper holds nothing that could be told of.
//!
//! [`serve`] runs one [`Site`] on one listener. Discovery happens at the first
//! login, so that provider and sites may start in any order.

mod access;
mod assets;
mod business;
mod catalogue;
mod edition;
mod event;
mod guard;
mod http;
mod jws;
mod lang;
mod ledger;
mod newsroom;
mod pages;
mod person;
mod reaction;
mod receipt;
mod receiver;
mod relying_party;
mod session;
mod site;
#[cfg(test)]
mod tests;
mod upkeep;
mod words;

use std::io;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::net::TcpListener;
use url::Url;

pub use self::site::Site;

use self::ledger::Ledger;
use self::relying_party::RelyingParty;
use self::session::Sessions;
use self::upkeep::Upkeep;

/// Where a site looks what time it is.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

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
    /// What time it is.
    pub now: Now,
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
    ledger: Ledger,
    upkeep: Upkeep,
}

impl Shop {
    fn new(site: Site, config: ClientConfig) -> Result<Arc<Self>, relying_party::Misconfigured> {
        Ok(Arc::new(Self {
            relying_party: RelyingParty::new(&config, site.scopes())?,
            sessions: Sessions::default(),
            ledger: Ledger::default(),
            upkeep: Upkeep::default(),
            site,
            config,
        }))
    }

    fn now(&self) -> Timestamp {
        (self.config.now)()
    }
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
    let shop = Shop::new(site, config).map_err(io::Error::other)?;
    let upkeep = site
        .is_shop()
        .then(|| tokio::spawn(upkeep::run(Arc::clone(&shop))));
    let served = axum::serve(listener, pages::routes(shop))
        .with_graceful_shutdown(shutdown)
        .await;
    if let Some(upkeep) = upkeep {
        upkeep.abort();
    }
    served
}
