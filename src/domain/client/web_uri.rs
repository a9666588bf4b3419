//! Web addresses that clients show to people.

use serde::{Deserialize, Serialize};
use url::Url;

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

    pub(super) fn host(&self) -> Option<String> {
        self.0.host_str().map(str::to_owned)
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
            Ok(url)
                if matches!(url.scheme(), "https" | "http")
                    && url.has_host()
                    && text.len() <= 2_000 =>
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
