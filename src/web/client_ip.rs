//! Where a request came from, when proxies stand in between.
//!
//! `Forwarded` (RFC 7239) and `X-Forwarded-For` are claims that anyone can send.
//! Each proxy appends the address that it saw, so the list is believed from its
//! right end, for as long as the one who wrote the entry is trusted; everything
//! left of that may be invented.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::{HeaderMap, HeaderName, header};

use crate::config::TrustedProxies;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of the machine that sent a request, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientIp(IpAddr);

impl ClientIp {
    /// From the peer of the connection and what trusted proxies say.
    ///
    /// A proxy writes one of the two headers and passes the other on as it came,
    /// so a client can put its inventions there. Where both are present and do
    /// not agree, neither is believed, and the peer itself stands for the client.
    #[must_use]
    pub fn of(peer: IpAddr, headers: &HeaderMap, proxies: &TrustedProxies) -> Self {
        let peer = peer.to_canonical();
        if !proxies.contains(peer) {
            return Self(peer);
        }
        let standard = headers
            .contains_key(header::FORWARDED)
            .then(|| nearest_stranger(peer, forwarded(headers), proxies));
        let custom = headers
            .contains_key(X_FORWARDED_FOR)
            .then(|| nearest_stranger(peer, x_forwarded_for(headers), proxies));
        Self(match (standard, custom) {
            (Some(one), Some(other)) if one != other => peer,
            (Some(ip), _) | (None, Some(ip)) => ip,
            (None, None) => peer,
        })
    }

    /// The address.
    #[must_use]
    pub fn ip(self) -> IpAddr {
        self.0
    }

    /// What limits on the number of attempts count by: an IPv6 client has a
    /// whole /64 to itself and could use a fresh address each time.
    #[must_use]
    pub fn network(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(ip) => {
                let [a, b, c, d, ..] = ip.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
        }
    }
}

/// Walks back along the proxies to the first that is not one of ours. An entry
/// that is no address (`unknown`, `_hidden`) ends the walk: what is left of it
/// came from someone who is not known.
fn nearest_stranger(
    peer: IpAddr,
    hops: impl DoubleEndedIterator<Item = Option<IpAddr>>,
    proxies: &TrustedProxies,
) -> IpAddr {
    let mut nearest = peer;
    for hop in hops.rev() {
        let Some(ip) = hop else { break };
        nearest = ip;
        if !proxies.contains(ip) {
            break;
        }
    }
    nearest
}

/// Several headers of one name are one list, in order (RFC 9110 §5.3).
fn elements(headers: &HeaderMap, name: HeaderName) -> impl DoubleEndedIterator<Item = &str> {
    headers
        .get_all(name)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or_default().split(','))
        .map(str::trim)
}

fn x_forwarded_for(headers: &HeaderMap) -> impl DoubleEndedIterator<Item = Option<IpAddr>> {
    elements(headers, X_FORWARDED_FOR).map(node)
}

/// `for=192.0.2.60;proto=http, for="[2001:db8::1]:4711"` (RFC 7239 §4).
fn forwarded(headers: &HeaderMap) -> impl DoubleEndedIterator<Item = Option<IpAddr>> {
    elements(headers, header::FORWARDED).map(|element| {
        let mut values = element.split(';').filter_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            name.eq_ignore_ascii_case("for").then_some(value)
        });
        // RFC 7239 §4: each parameter at most once.
        let value = values.next().filter(|_| values.next().is_none())?;
        node(value.trim_matches('"'))
    })
}

/// An address with or without a port: `192.0.2.60`, `192.0.2.60:80`,
/// `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`.
fn node(text: &str) -> Option<IpAddr> {
    let bare = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None => match text.split_once(':') {
            Some((ip, port)) if !port.contains(':') => ip,
            _ => text,
        },
    };
    bare.parse().map(|ip: IpAddr| ip.to_canonical()).ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn client(peer: &str, headers: &[(&'static str, &'static str)]) -> String {
        let proxies = "10.0.0.0/8, fd00::/8".parse().expect("networks");
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        ClientIp::of(peer.parse().expect("an address"), &map, &proxies)
            .ip()
            .to_string()
    }

    #[test]
    fn a_stranger_cannot_pose_as_someone_else() {
        let posed = [
            ("x-forwarded-for", "192.0.2.1"),
            ("forwarded", "for=192.0.2.1"),
        ];
        assert_eq!(client("203.0.113.9", &posed), "203.0.113.9");
    }

    #[test]
    fn a_trusted_proxy_is_believed_as_far_as_it_saw() {
        let list = [("x-forwarded-for", "192.0.2.66, 198.51.100.7, 10.0.0.2")];
        assert_eq!(client("10.0.0.1", &list), "198.51.100.7");
        let split = [
            ("x-forwarded-for", "192.0.2.66"),
            ("x-forwarded-for", "198.51.100.7"),
        ];
        assert_eq!(client("10.0.0.1", &split), "198.51.100.7");
    }

    #[test]
    fn every_notation_of_an_address_is_understood() {
        for (header, expected) in [
            ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"),
            ("For=\"192.0.2.60:4711\"", "192.0.2.60"),
            (
                "proto=https; for=\"[2001:db8:cafe::17]:4711\"",
                "2001:db8:cafe::17",
            ),
            ("for=\"[2001:db8::1]\"", "2001:db8::1"),
            ("for=\"[::ffff:192.0.2.60]\"", "192.0.2.60"),
        ] {
            assert_eq!(client("10.0.0.1", &[("forwarded", header)]), expected);
        }
        for (header, expected) in [
            ("192.0.2.60:4711", "192.0.2.60"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
        ] {
            assert_eq!(client("10.0.0.1", &[("x-forwarded-for", header)]), expected);
        }
        assert_eq!(
            client("::ffff:10.0.0.1", &[("x-forwarded-for", "192.0.2.60")]),
            "192.0.2.60"
        );
    }

    #[test]
    fn what_is_no_address_ends_the_walk() {
        for header in [
            "for=unknown",
            "for=_hidden",
            "",
            "for=1.2.3.4;for=5.6.7.8",
            "x",
        ] {
            assert_eq!(client("10.0.0.1", &[("forwarded", header)]), "10.0.0.1");
        }
        let list = [("x-forwarded-for", "192.0.2.66, unknown, 10.0.0.2")];
        assert_eq!(client("10.0.0.1", &list), "10.0.0.2");
    }

    #[test]
    fn headers_that_disagree_are_not_believed() {
        let disagreeing = [
            ("forwarded", "for=192.0.2.66"),
            ("x-forwarded-for", "198.51.100.7"),
        ];
        assert_eq!(client("10.0.0.1", &disagreeing), "10.0.0.1");
        let agreeing = [
            ("forwarded", "for=198.51.100.7"),
            ("x-forwarded-for", "198.51.100.7"),
        ];
        assert_eq!(client("10.0.0.1", &agreeing), "198.51.100.7");
    }

    #[test]
    fn an_ipv6_client_counts_as_its_network() {
        let network = |ip: &str| {
            ClientIp(ip.parse().expect("an address"))
                .network()
                .to_string()
        };
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("192.0.2.1"), "192.0.2.1");
    }
}
