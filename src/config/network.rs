//! Addresses, and who may speak for others.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use ipnet::IpNet;
use reqwest::Certificate;

use super::Refusal;

/// An address and port to listen on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listen(pub(super) SocketAddr);

impl FromStr for Listen {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        text.parse().map(Self).map_err(|_| {
            Refusal::new(
                format!("{text:?} is not an IP address and port"),
                "write it like 127.0.0.1:8000, or [::]:8000 for every address",
            )
        })
    }
}

/// A list of networks, and whether an address is in one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Networks(Vec<IpNet>);

impl Networks {
    fn contains(&self, address: IpAddr) -> bool {
        // A listener on `[::]` sees IPv4 peers as ::ffff:a.b.c.d.
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

impl FromStr for Networks {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        text.split([',', ' '])
            .filter(|part| !part.is_empty())
            .map(|part| {
                let address = part.parse::<IpAddr>().map(IpNet::from);
                address.or_else(|_| part.parse()).map_err(|_| {
                    Refusal::new(
                        format!("{part:?} is not a network"),
                        "write networks like 10.0.0.0/8, separated by commas",
                    )
                })
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

/// The networks of the reverse proxies in front: only their `Forwarded` and
/// `X-Forwarded-For` headers are believed, since anyone can send one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Networks);

impl TrustedProxies {
    /// Whether this peer's word counts.
    #[must_use]
    pub fn contains(&self, peer: IpAddr) -> bool {
        self.0.contains(peer)
    }

    /// Whether nobody is trusted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.0.is_empty()
    }
}

impl FromStr for TrustedProxies {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        text.parse().map(Self)
    }
}

/// The networks that outgoing requests may reach although they are private.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboundAllow(Networks);

impl OutboundAllow {
    /// Whether the operator allowed this address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(address)
    }
}

impl FromStr for OutboundAllow {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        text.parse().map(Self)
    }
}

/// Extra authorities for outgoing TLS.
#[derive(Clone, Debug, Default)]
pub struct OutboundCa {
    certificates: Vec<Certificate>,
    pem: Vec<u8>,
}

impl OutboundCa {
    /// The authorities.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The same as PEM, for what speaks TLS by itself; empty when there are none.
    #[must_use]
    pub fn pem(&self) -> &[u8] {
        &self.pem
    }
}

impl FromStr for OutboundCa {
    type Err = Refusal;

    fn from_str(path: &str) -> Result<Self, Refusal> {
        let remedy = "name a PEM file with the certificates of the authorities";
        let pem = std::fs::read(path)
            .map_err(|error| Refusal::new(format!("{path:?} cannot be read ({error})"), remedy))?;
        match Certificate::from_pem_bundle(&pem) {
            Ok(certificates) if !certificates.is_empty() => Ok(Self { certificates, pem }),
            _ => Err(Refusal::new(
                format!("{path:?} holds no certificate"),
                remedy,
            )),
        }
    }
}

/// Whether attempts are counted and slowed down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RateLimits {
    /// As every instance that people use.
    #[default]
    On,
    /// For load and interoperability tests, on test hosts only.
    Off,
}

impl FromStr for RateLimits {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        match text {
            "on" => Ok(Self::On),
            "off" => Ok(Self::Off),
            _ => Err(Refusal::new(
                format!("{text:?} is neither on nor off"),
                "write on or off",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_proxy_is_trusted_by_its_network_and_in_either_notation() {
        let proxies: TrustedProxies = "10.0.0.0/8, 192.0.2.7,2001:db8::/32"
            .parse()
            .expect("networks");
        for inside in ["10.1.2.3", "::ffff:10.1.2.3", "192.0.2.7", "2001:db8::1"] {
            assert!(proxies.contains(ip(inside)), "{inside}");
        }
        for outside in ["11.0.0.1", "192.0.2.8", "2001:db9::1"] {
            assert!(!proxies.contains(ip(outside)), "{outside}");
        }
    }

    #[test]
    fn nobody_is_trusted_by_default() {
        assert!(TrustedProxies::default().is_empty());
        assert!("".parse::<TrustedProxies>().expect("none").is_empty());
        assert!(!TrustedProxies::default().contains(ip("127.0.0.1")));
    }

    #[test]
    fn what_is_not_a_network_is_refused_by_name() {
        let refusal = "10.0.0.0/8,proxy.example"
            .parse::<TrustedProxies>()
            .expect_err("a name is not a network");
        assert!(refusal.what.contains("proxy.example"));
    }
}
