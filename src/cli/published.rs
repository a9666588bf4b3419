//! The keys that a provider publishes, from a file or from where it publishes
//! them.

use std::path::Path;
use std::time::Duration;

use url::Url;

use super::files::{read_text, refuse};
use super::{Failure, tell};
use crate::crypto::jwt::PublicKeys;
use crate::domain::client::is_loopback;

/// How long fetching may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer that is read.
const MAX_BYTES: usize = 1024 * 1024;

/// Reads a JWK Set from a file, or fetches it when `source` is a web address.
pub(super) async fn published_keys(source: &str) -> Result<PublicKeys, Failure> {
    let web = ["https://", "http://"]
        .iter()
        .any(|scheme| source.starts_with(scheme));
    let path = Path::new(source);
    let text = if web {
        fetch(source).await?
    } else {
        read_text(path)?
    };
    PublicKeys::parse(&text).map_err(|error| refuse(path, &format!("cannot be used: {error}")))
}

/// Fetches a document, and nothing but that document: what is checked offline
/// must not be led to the keys of somebody else.
async fn fetch(address: &str) -> Result<String, Failure> {
    let url = Url::parse(address)
        .map_err(|error| Failure::new(format!("{address} is not a web address: {error}")))?;
    let loopback = is_loopback(&url);
    if url.scheme() == "http" && !loopback {
        tell("advice: these keys come over plain http, where anybody on the way can replace them");
    }
    let mut client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE);
    if loopback {
        client = client.no_proxy();
    }
    let unreachable = |error: reqwest::Error| {
        Failure::new(format!("{address} cannot be fetched: {}", root(&error)))
    };
    let client = client.build().map_err(unreachable)?;
    let mut response = client.get(url).send().await.map_err(unreachable)?;
    if !response.status().is_success() {
        let failure = Failure::new(format!("{address} answered {}", response.status()));
        return Err(if response.status().is_redirection() {
            failure.remedy("redirects are not followed: name the address that `jwks_uri` of the provider's discovery document has")
        } else {
            failure
        });
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_BYTES {
            return Err(Failure::new(format!(
                "{address} answered with more than 1 MiB"
            )));
        }
    }
    String::from_utf8(body)
        .map_err(|_| Failure::new(format!("{address} answered with something else than text")))
}

/// What is at the bottom of an error: its surface says no more than that there
/// was one.
fn root(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
