//! Mail: to a server by SMTP, into a folder, or kept in memory.
//!
//! A mail is text and HTML side by side. What stands in its header comes from
//! here, from the settings, or from a subject that is made one line; its
//! `Message-ID` is made of the message that it tells and of whom it goes to, so that
//! one that was sent twice is known by it, and one that comes back too
//! ([`crate::crypto::postmark`]).
//!
//! What a server answers may repeat the address that it was asked about. So it
//! is never handed on: only what it was asked, and the code that it answered.

mod folder;
mod smtp;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use crate::config::{Config, Letterbox, MailUrl};
use crate::crypto::postmark::Postmark;
use crate::domain::attribute::Email;
use crate::domain::language::Language;
use crate::domain::time::Timestamp;

/// How long a subject may be, in characters.
const LONGEST_SUBJECT: usize = 200;

/// A mail to somebody. It holds their address, and does not print.
pub struct Mail {
    /// The same over all attempts.
    pub mark: Postmark,
    /// To whom.
    pub to: Email,
    /// In which language.
    pub language: Language,
    /// What it is about. What would end the line is left out.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// When what it tells of happened.
    pub date: Timestamp,
}

/// Sends mail. Cheap to clone.
#[derive(Clone)]
pub struct Mailer(Arc<Inner>);

struct Inner {
    from: Mailbox,
    /// Whose mail it is: stands in `Message-ID` and in what is said to a server.
    host: String,
    way: Way,
}

enum Way {
    Folder(folder::Folder),
    Smtp(smtp::Smtp),
    Memory(Letterbox),
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mailer")
    }
}

impl Mailer {
    /// One that sends as the settings say. Nothing is reached for before there
    /// is something to send.
    pub fn new(config: &Config) -> Result<Self, CannotMail> {
        let issuer = &config.issuer;
        let from = config.sender();
        let way = match &config.mail_url {
            MailUrl::Folder(path) => Way::Folder(folder::Folder::at(path.clone())),
            MailUrl::Smtp(server) => {
                let smtp = smtp::Smtp::new(server, issuer.host(), config.outbound_ca.pem());
                Way::Smtp(smtp.map_err(|_| CannotMail)?)
            }
            MailUrl::Memory(letterbox) => Way::Memory(letterbox.clone()),
        };
        Ok(Self(Arc::new(Inner {
            from: from.mailbox().clone(),
            host: issuer.host().to_owned(),
            way,
        })))
    }

    /// Sends a mail. Once this returns, somebody else answers for it: the
    /// server took it, or it is in a file that survives power loss.
    pub async fn send(&self, mail: &Mail) -> Result<(), Unsent> {
        let inner = &self.0;
        let unusable = || Unsent::Refused("the address is not one that mail is sent to".to_owned());
        let to: Address = mail.to.as_str().parse().map_err(|_| unusable())?;
        let bytes = inner.write(mail, &to).map_err(|_| unusable())?;
        match &inner.way {
            Way::Folder(folder) => folder.keep(mail.mark.message(), bytes).await,
            Way::Smtp(smtp) => smtp.send(&inner.from.email, &to, &bytes).await,
            Way::Memory(letterbox) => {
                letterbox.keep(bytes);
                Ok(())
            }
        }
    }
}

impl Inner {
    /// A mail as it goes over the wire (RFC 5322, RFC 2046 §5.1.4).
    fn write(&self, mail: &Mail, to: &Address) -> Result<Vec<u8>, lettre::error::Error> {
        let seconds = u64::try_from(mail.date.as_seconds()).unwrap_or(0);
        let part = |kind: ContentType, body: &str| {
            SinglePart::builder()
                .header(kind)
                // Lines of any length, in any language, over any server.
                .header(ContentTransferEncoding::QuotedPrintable)
                .body(body.to_owned())
        };
        let plain = |name: &'static str, value: &str| {
            HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
        };
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(one_line(&mail.subject))
            .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .message_id(Some(format!("<{}@{}>", mail.mark, self.host)))
            // RFC 3834 §5: nobody's absence is to be told to us.
            .raw_header(plain("Auto-Submitted", "auto-generated"))
            .raw_header(plain("Content-Language", mail.language.as_str()))
            .multipart(
                MultiPart::alternative()
                    // Quoted-printable writes `=` as `=3D`: no text holds this.
                    .boundary(format!("=_{}", mail.mark.message()))
                    .singlepart(part(ContentType::TEXT_PLAIN, &mail.text))
                    .singlepart(part(ContentType::TEXT_HTML, &mail.html)),
            )?;
        Ok(message.formatted())
    }
}

/// Text on one line, of a length that people read: whatever ends a line, or
/// turns the direction of what follows, becomes a space.
#[must_use]
pub fn one_line(text: &str) -> String {
    let turns = |c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = |c: char| c.is_control() || turns(c) || c == '\u{2028}' || c == '\u{2029}';
    let spaced: String = text
        .chars()
        .take(LONGEST_SUBJECT)
        .map(|c| if breaks(c) { ' ' } else { c })
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Why a mail was not sent. Nobody's address is in here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// Nobody is there under that address, and nobody will be.
    Refused(String),
    /// The server answers, and will not have this mail now.
    NotNow(String),
    /// The server does not answer, or not as it should; or the folder takes no
    /// file.
    Away(String),
}

/// The settings for mail cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no mail can be sent: look at SLUIS_MAIL_URL, and at the authorities in SLUIS_OUTBOUND_CA")]
pub struct CannotMail;

#[cfg(test)]
mod tests;
