//! Where mail goes, and whom it is from.

use std::collections::VecDeque;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use lettre::Address;
use lettre::message::Mailbox;
use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::{Host, Url};

use super::{Issuer, Refusal};

/// RFC 6409: submission, with STARTTLS.
const SUBMISSION: u16 = 587;
/// RFC 8314 §3.3: submission within TLS.
const SUBMISSIONS: u16 = 465;

/// Where mail goes.
#[derive(Clone, Debug)]
pub enum MailUrl {
    /// Into a folder, a file for each.
    Folder(PathBuf),
    /// To a server that sends it on.
    Smtp(SmtpServer),
    /// Nowhere: it is kept, to be looked at by whoever runs the program within
    /// theirs.
    Memory(Letterbox),
}

/// A server that takes mail.
#[derive(Clone)]
pub struct SmtpServer {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is kept private.
    pub tls: SmtpTls,
    /// With what to sign in there.
    pub credentials: Option<(String, SecretString)>,
}

/// How the way to a mail server is kept private.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpTls {
    /// From the first byte (`smtps`).
    Implicit,
    /// By STARTTLS, and nothing is said without it.
    StartTls,
    /// Not at all: it does not leave this machine.
    Loopback,
}

/// It may hold a password and therefore does not print whole.
impl fmt::Debug for SmtpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpServer({}:{}, {:?})", self.host, self.port, self.tls)
    }
}

impl Default for MailUrl {
    fn default() -> Self {
        Self::Folder(PathBuf::from("mail"))
    }
}

impl FromStr for MailUrl {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        if let Some(folder) = text.strip_prefix("dir:") {
            if folder.is_empty() {
                return Err(Refusal::new("it names no folder", "write dir:FOLDER"));
            }
            return Ok(Self::Folder(PathBuf::from(folder)));
        }
        // A mistyped URL may hold a password just as well: it is not echoed.
        let unusable = || {
            Refusal::new(
                "this is not a place that mail goes to",
                "write smtps://USER:PASSWORD@HOST, smtp://USER:PASSWORD@HOST, or dir:FOLDER",
            )
        };
        let url = Url::parse(text).map_err(|_| unusable())?;
        let more = url.query().or_else(|| url.fragment()).is_some();
        let path = url.path().trim_start_matches('/');
        let host = url.host_str().filter(|_| !more && path.is_empty());
        // A URL of a scheme that it does not know takes any text for a host.
        let host = Host::parse(host.ok_or_else(unusable)?).map_err(|_| unusable())?;
        let (tls, port) = match url.scheme() {
            "smtps" => (SmtpTls::Implicit, SUBMISSIONS),
            "smtp" if is_this_machine(&host) => (SmtpTls::Loopback, SUBMISSION),
            "smtp" => (SmtpTls::StartTls, SUBMISSION),
            _ => return Err(unusable()),
        };
        // As a socket wants it: an IPv6 address without its brackets.
        let host = match host {
            Host::Domain(name) => name,
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        let plain = |text: &str| {
            let plain = percent_decode_str(text).decode_utf8();
            plain
                .map(std::borrow::Cow::into_owned)
                .map_err(|_| unusable())
        };
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            (user, Some(password)) if !user.is_empty() => {
                Some((plain(user)?, SecretString::from(plain(password)?)))
            }
            _ => return Err(unusable()),
        };
        Ok(Self::Smtp(SmtpServer {
            host,
            port: url.port().unwrap_or(port),
            tls,
            credentials,
        }))
    }
}

/// RFC 6761 §6.3: `localhost` and every name below it are loopback.
fn is_this_machine(host: &Host) -> bool {
    match host {
        Host::Domain(name) => name.rsplit('.').next() == Some("localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// Whom mail is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailFrom(Mailbox);

impl MailFrom {
    /// A mailbox that does not have to exist, at the host of the issuer.
    #[must_use]
    pub fn at(issuer: &Issuer) -> Self {
        let address = Address::new("sluis", issuer.host())
            .unwrap_or_else(|_| Address::new_dangerous("sluis", "localhost"));
        Self(Mailbox::new(Some("Sluis".to_owned()), address))
    }

    /// The name and address.
    #[must_use]
    pub const fn mailbox(&self) -> &Mailbox {
        &self.0
    }
}

impl FromStr for MailFrom {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let mailbox: Option<Mailbox> = text.parse().ok();
        mailbox.map(Self).ok_or_else(|| {
            Refusal::new(
                format!("{text:?} is not a sender"),
                "write an address, or a name and an address: Sluis <sluis@example.org>",
            )
        })
    }
}

/// How many a letterbox holds: the oldest make room.
const MOST_KEPT: usize = 10_000;

/// Mail that was kept rather than sent. All clones are one letterbox.
#[derive(Clone, Default)]
pub struct Letterbox(Arc<Mutex<VecDeque<Vec<u8>>>>);

impl Letterbox {
    /// Keeps a mail, as it would have been sent.
    pub fn keep(&self, mail: Vec<u8>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEPT {
            kept.pop_front();
        }
        kept.push_back(mail);
    }

    /// Takes out what was kept, the oldest first.
    #[must_use]
    pub fn empty(&self) -> Vec<Vec<u8>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.drain(..).collect()
    }
}

impl fmt::Debug for Letterbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Letterbox")
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn server(text: &str) -> SmtpServer {
        match text.parse() {
            Ok(MailUrl::Smtp(server)) => server,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_folder_is_named_by_its_path() {
        let Ok(MailUrl::Folder(folder)) = "dir:/var/mail/sluis".parse() else {
            panic!("a folder");
        };
        assert_eq!(folder, PathBuf::from("/var/mail/sluis"));
    }

    #[test]
    fn the_way_to_a_server_is_private_unless_it_is_this_machine() {
        for (text, port, tls) in [
            ("smtps://mail.example.org", 465, SmtpTls::Implicit),
            ("smtp://mail.example.org", 587, SmtpTls::StartTls),
            ("smtp://mail.example.org:25", 25, SmtpTls::StartTls),
            ("smtp://127.0.0.1:2525", 2525, SmtpTls::Loopback),
            ("smtp://[::1]:2525/", 2525, SmtpTls::Loopback),
            ("smtps://localhost", 465, SmtpTls::Implicit),
        ] {
            let server = server(text);
            assert_eq!((server.port, server.tls), (port, tls), "{text}");
            assert!(server.credentials.is_none());
        }
        assert_eq!(server("smtp://[::1]:2525").host, "::1");
    }

    #[test]
    fn a_password_is_decoded_and_never_printed() {
        let server = server("smtps://sluis%40example.org:p%2F%40ss@mail.example.org");
        let (user, password) = server.credentials.clone().expect("credentials");
        assert_eq!(user, "sluis@example.org");
        assert_eq!(password.expose_secret(), "p/@ss");
        assert!(!format!("{server:?}").contains("ss@"));
    }

    #[test]
    fn what_is_no_place_for_mail_is_refused_without_repeating_it() {
        for text in [
            "",
            "dir:",
            "mail",
            "http://mail.example.org",
            "smtp:mail.example.org",
            "smtps://",
            "smtps://sluis@mail.example.org",
            "smtps://:geheim@mail.example.org",
            "smtps://mail.example.org/path",
            "smtps://mail.example.org?tls=none",
            "smtps://a:%FF@mail.example.org",
        ] {
            let refusal = text.parse::<MailUrl>().expect_err(text);
            assert!(!refusal.to_string().contains("geheim"));
        }
    }

    #[test]
    fn the_sender_is_at_the_issuer_unless_another_is_named() {
        let at = |issuer: &str| {
            let from = MailFrom::at(&issuer.parse().expect("an issuer"));
            from.mailbox().email.to_string()
        };
        assert_eq!(at("https://id.example.org"), "sluis@id.example.org");
        assert_eq!(at("http://localhost:8000"), "sluis@localhost");
        let from: MailFrom = "De Sluis <post@example.org>".parse().expect("a sender");
        assert_eq!(from.mailbox().email.to_string(), "post@example.org");
        for text in [
            "",
            "sluis",
            "a@b.example, c@d.example",
            "x\r\nBcc: a@b.example",
        ] {
            assert!(text.parse::<MailFrom>().is_err(), "{text:?}");
        }
    }
}
