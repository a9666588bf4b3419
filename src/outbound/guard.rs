//! Which addresses are connected to, by name and by number.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use super::FetchError;
use super::address::is_public;
use crate::config::OutboundAllow;
use crate::domain::client::is_loopback;

/// Decides which addresses may be connected to.
#[derive(Clone)]
pub(super) struct Guard(Arc<OutboundAllow>);

impl Guard {
    /// The public ones, and those that the operator allowed.
    pub(super) fn new(allow: OutboundAllow) -> Self {
        Self(Arc::new(allow))
    }

    fn permits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        is_public(address) || self.0.contains(address)
    }

    /// What needs no name: an address in the URL never reaches the resolver.
    /// Without TLS, only from this very machine.
    pub(super) fn check(&self, url: &Url) -> Result<(), FetchError> {
        let is_reachable = match url.host() {
            None => false,
            Some(Host::Domain(_)) => true,
            Some(Host::Ipv4(address)) => self.permits(address.into()),
            Some(Host::Ipv6(address)) => self.permits(address.into()),
        };
        let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url));
        // It would go along as `Authorization` that nobody meant to send.
        let is_plain = url.username().is_empty() && url.password().is_none();
        if is_reachable && is_safe && is_plain {
            Ok(())
        } else {
            Err(FetchError::Forbidden)
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let permitted: Vec<SocketAddr> =
                found.filter(|found| guard.permits(found.ip())).collect();
            if permitted.is_empty() {
                return Err(NotPermitted.into());
            }
            Ok(Box::new(permitted.into_iter()) as Addrs)
        })
    }
}

/// A name has no address that may be reached.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the name has no address that may be reached")]
pub(super) struct NotPermitted;
