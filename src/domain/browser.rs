//! Browsers, as plainly as their owner knows them.
//!
//! A `User-Agent` is what anybody cares to send, and made of the names of other
//! browsers. What is read from it is a word from a short table, for people to
//! recognise a browser of their own by; nothing is decided by it.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// Longer than any browser sends, and a bound on what is looked through.
const MAX_USER_AGENT: usize = 512;

/// A browser. The order of its table is the order of looking: most name those
/// that they descend from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BrowserName {
    /// Microsoft Edge
    Edge,
    /// Samsung Internet
    SamsungInternet,
    /// Opera
    Opera,
    /// Vivaldi
    Vivaldi,
    /// `DuckDuckGo`
    DuckDuckGo,
    /// Mozilla Firefox
    Firefox,
    /// Google Chrome, or Chromium.
    Chrome,
    /// Apple Safari
    Safari,
    /// One that the table does not have.
    Other,
}

const BROWSERS: [(&str, BrowserName); 13] = [
    ("Edg/", BrowserName::Edge),
    ("EdgA/", BrowserName::Edge),
    ("EdgiOS/", BrowserName::Edge),
    ("SamsungBrowser/", BrowserName::SamsungInternet),
    ("OPR/", BrowserName::Opera),
    ("Vivaldi/", BrowserName::Vivaldi),
    ("DuckDuckGo/", BrowserName::DuckDuckGo),
    ("Firefox/", BrowserName::Firefox),
    ("FxiOS/", BrowserName::Firefox),
    ("CriOS/", BrowserName::Chrome),
    ("Chromium/", BrowserName::Chrome),
    ("Chrome/", BrowserName::Chrome),
    ("Safari/", BrowserName::Safari),
];

impl BrowserName {
    /// What it is called, in any language; `None` for one that has no name here.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Edge => "Edge",
            Self::SamsungInternet => "Samsung Internet",
            Self::Opera => "Opera",
            Self::Vivaldi => "Vivaldi",
            Self::DuckDuckGo => "DuckDuckGo",
            Self::Firefox => "Firefox",
            Self::Chrome => "Chrome",
            Self::Safari => "Safari",
            Self::Other => return None,
        })
    }
}

/// What a browser runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum System {
    /// A phone or tablet with Android.
    Android,
    /// An iPhone
    IPhone,
    /// An iPad
    IPad,
    /// Windows
    Windows,
    /// A Chromebook
    ChromeOs,
    /// A Mac
    Mac,
    /// Linux
    Linux,
    /// One that the table does not have.
    Other,
}

const SYSTEMS: [(&str, System); 7] = [
    ("Android", System::Android),
    ("iPhone", System::IPhone),
    ("iPad", System::IPad),
    ("Windows NT", System::Windows),
    ("CrOS", System::ChromeOs),
    ("Macintosh", System::Mac),
    ("Linux", System::Linux),
];

impl System {
    /// What it is called, in any language; `None` for one that has no name here.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Android => "Android",
            Self::IPhone => "iPhone",
            Self::IPad => "iPad",
            Self::Windows => "Windows",
            Self::ChromeOs => "ChromeOS",
            Self::Mac => "macOS",
            Self::Linux => "Linux",
            Self::Other => return None,
        })
    }
}

/// Where in the network someone was, so coarsely that it names nobody's home:
/// a /24 of IPv4, a /48 of IPv6.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Network(String);

impl Network {
    /// Around an address.
    #[must_use]
    pub fn around(address: IpAddr) -> Self {
        let address = address.to_canonical();
        let length = if address.is_ipv4() { 24 } else { 48 };
        let network = IpNet::new(address, length).map(|network| network.trunc());
        Self(network.map_or_else(|_| String::new(), |network| network.to_string()))
    }

    /// In the usual notation.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is kept of the browser in which someone signed in, for them alone. It
/// does not print.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Which browser.
    pub browser: BrowserName,
    /// What it runs on.
    pub system: System,
    /// Where it was.
    pub network: Option<Network>,
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seen(…)")
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Network(…)")
    }
}

impl Seen {
    /// From what a browser sends.
    #[must_use]
    pub fn from_user_agent(user_agent: &str, network: Option<Network>) -> Self {
        let agent = &user_agent[..user_agent.floor_char_boundary(MAX_USER_AGENT)];
        let browser = BROWSERS.iter().find(|(mark, _)| agent.contains(mark));
        let system = SYSTEMS.iter().find(|(mark, _)| agent.contains(mark));
        Self {
            browser: browser.map_or(BrowserName::Other, |(_, browser)| *browser),
            system: system.map_or(System::Other, |(_, system)| *system),
            network,
        }
    }

    /// The bytes to seal.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads what [`Seen::to_bytes`] wrote; `None` when only a newer version can.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(agent: &str) -> (Option<&'static str>, Option<&'static str>) {
        let seen = Seen::from_user_agent(agent, None);
        (seen.browser.name(), seen.system.name())
    }

    #[test]
    fn browsers_that_name_each_other_are_told_apart() {
        for (agent, browser, system) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox",
                "Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
                "Chrome",
                "Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
                "Edge",
                "Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
                "Samsung Internet",
                "Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
                "Safari",
                "iPhone",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
                "Safari",
                "macOS",
            ),
        ] {
            assert_eq!(read(agent), (Some(browser), Some(system)), "{agent}");
        }
        assert_eq!(read("curl/8.14.1"), (None, None));
        assert_eq!(read(""), (None, None));
    }

    #[test]
    fn a_network_is_coarse() {
        for (address, network) in [
            ("203.0.113.77", "203.0.113.0/24"),
            ("::ffff:203.0.113.77", "203.0.113.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ] {
            let address = address.parse().expect("an address");
            assert_eq!(Network::around(address).as_str(), network);
        }
    }

    proptest! {
        #[test]
        fn anything_is_read_without_panic(agent: String) {
            let seen = Seen::from_user_agent(&agent, None);
            prop_assert_eq!(Seen::from_bytes(&seen.to_bytes()), Some(seen));
        }

        #[test]
        fn an_endless_user_agent_is_cut_off(start in "[é]{300,400}") {
            let seen = Seen::from_user_agent(&format!("{start}Firefox/140.0"), None);
            prop_assert_eq!(seen.browser, BrowserName::Other);
        }
    }
}
