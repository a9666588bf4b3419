//! Addresses that a client registers besides its redirect URIs.

use serde::{Deserialize, Serialize};
use url::Url;

use super::is_loopback;

/// The most bytes of an address that a client registers.
pub const MAX_URI: usize = 2_000;

/// A web address that a client shows to people: http or https, nothing that
/// could run in a browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebUri(Url);

impl WebUri {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The address, to fetch from.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// The host.
    pub(super) fn host_str(&self) -> Option<&str> {
        self.0.host_str()
    }

    /// Scheme, host and port, for a content security policy.
    #[must_use]
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }
}

impl TryFrom<String> for WebUri {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match Url::parse(&text) {
            // As it is kept, too: what is no URI by the letter gets longer by its
            // being escaped, and has to be read again.
            Ok(url)
                if matches!(url.scheme(), "https" | "http")
                    && url.has_host()
                    && text.len().max(url.as_str().len()) <= MAX_URI =>
            {
                Ok(Self(url))
            }
            _ => Err("a web address starts with https:// and has at most 2,000 characters"),
        }
    }
}

impl From<WebUri> for String {
    fn from(uri: WebUri) -> Self {
        uri.0.into()
    }
}

/// An address that Sluis fetches something from: https, or http where the
/// host is this machine itself (which the operator has to allow). Kept letter
/// by letter, as `request_uris` are compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FetchUri {
    text: String,
    url: Url,
}

impl FetchUri {
    /// The address, as it was registered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host. One that has none cannot be made.
    pub(super) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// The address, to fetch from.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }
}

impl TryFrom<String> for FetchUri {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wrong = "an address to fetch from starts with https://, has no user name, \
                     and at most 2,000 characters";
        let url = Url::parse(&text).map_err(|_| wrong)?;
        let reachable = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        let plain = url.username().is_empty() && url.password().is_none();
        if reachable && plain && url.has_host() && text.len() <= MAX_URI {
            Ok(Self { text, url })
        } else {
            Err(wrong)
        }
    }
}

impl From<FetchUri> for String {
    fn from(uri: FetchUri) -> Self {
        uri.text
    }
}
