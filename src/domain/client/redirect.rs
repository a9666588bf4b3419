//! Redirect URIs: what may be registered, and which request means which.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::{ApplicationType, InvalidClient, MAX_URI};

/// A redirect URI, kept as it was written: RFC 9700 §4.1.3 wants comparison
/// letter by letter, so it is never normalised.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RedirectUri(String);

impl RedirectUri {
    /// The URI as it was registered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a request that names `uri` means this one. The port of a
    /// loopback redirect of a native app may differ (RFC 8252 §7.3).
    #[must_use]
    pub fn matches(&self, uri: &str, application_type: ApplicationType) -> bool {
        let same_but_for_port = || {
            loopback_without_port(&self.0)
                .is_some_and(|own| loopback_without_port(uri) == Some(own))
        };
        self.0 == uri || (application_type == ApplicationType::Native && same_but_for_port())
    }

    pub(super) fn parsed(&self) -> Option<Url> {
        Url::parse(&self.0).ok()
    }

    /// The host, or the scheme where that stands for one: a private-use scheme
    /// is a reversed domain name (RFC 8252 §7.1).
    pub(super) fn host(&self) -> String {
        self.parsed()
            .map(|uri| uri.host_str().unwrap_or(uri.scheme()).to_owned())
            .unwrap_or_default()
    }

    /// Every spelling of this machine is one host.
    pub(super) fn sector_host(&self) -> String {
        if self.parsed().is_some_and(|uri| is_loopback(&uri)) {
            "localhost".to_owned()
        } else {
            self.host()
        }
    }

    pub(super) fn check(&self, application_type: ApplicationType) -> Result<(), InvalidClient> {
        let bad = |why| {
            Err(InvalidClient::RedirectUri {
                uri: self.0.clone(),
                why,
            })
        };
        let Some(uri) = self.parsed() else {
            return bad("is not an absolute URI");
        };
        if uri.fragment().is_some() || self.0.contains('#') {
            return bad("must not have a fragment (RFC 6749 §3.1.2)");
        }
        if !uri.username().is_empty() || uri.password().is_some() {
            return bad("must not have a user name or password");
        }
        match (uri.scheme(), application_type) {
            ("https", _) if uri.host().is_some() => Ok(()),
            ("http", _) if is_loopback(&uri) => Ok(()),
            ("http", _) => bad("must use https, unless its host is loopback (RFC 9700 §2.6)"),
            // RFC 8252 §7.1: a private-use scheme is a reversed domain name.
            (scheme, ApplicationType::Native) if scheme.contains('.') => Ok(()),
            _ => bad(
                "must use https, or a reverse-domain scheme if the client is native (RFC 8252 §7.1)",
            ),
        }
    }
}

impl TryFrom<String> for RedirectUri {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.len() <= MAX_URI && text.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(Self(text))
        } else {
            Err("a redirect URI is at most 2,000 printable ASCII characters")
        }
    }
}

impl From<RedirectUri> for String {
    fn from(uri: RedirectUri) -> Self {
        uri.0
    }
}

/// Whether a URL's host is this machine: `localhost`, `*.localhost`, or a
/// loopback address.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    let by_name = matches!(url.host(), Some(Host::Domain(name)) if name == "localhost" || name.ends_with(".localhost"));
    by_name || is_loopback_ip(url)
}

/// A loopback redirect URI by address, as what stands before its port and what
/// stands after it. Letter by letter: nothing is normalised.
fn loopback_without_port(uri: &str) -> Option<(&str, &str)> {
    let authority = uri.strip_prefix("http://")?;
    let end = authority.find(['/', '?']).unwrap_or(authority.len());
    let (authority, rest) = authority.split_at(end);
    let (host, port) = match authority.rfind(':') {
        Some(colon) if !authority.ends_with(']') => authority.split_at(colon),
        _ => (authority, ":0"),
    };
    let port_is_number =
        port[1..].bytes().all(|b| b.is_ascii_digit()) && port[1..].parse::<u16>().is_ok();
    let address: IpAddr = match host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        Some(v6) => v6.parse::<Ipv6Addr>().ok()?.into(),
        None => host.parse::<Ipv4Addr>().ok()?.into(),
    };
    (port_is_number && address.is_loopback()).then_some((host, rest))
}

fn is_loopback_ip(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    }
}
