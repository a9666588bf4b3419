//! Mail that comes back: a report on what became of it (RFC 3464, in a report of
//! RFC 6522; RFC 6533 where addresses are beyond ASCII), read at the edge. One thing
//! of it matters here: whether nobody is there under the address.
//!
//! A relay takes whatever it is handed and writes such a report later. It may say
//! anything about anybody: whose mail it is about, the `Message-ID` shows
//! ([`crate::crypto::postmark`]).

mod status;
#[cfg(test)]
mod tests;

use mailparse::{MailAddr, MailHeader, MailHeaderMap as _, ParsedMail, addrparse_header};

use super::attribute::Email;

pub use status::Status;

/// The largest report that is read: many times a mail of ours, which may come back in
/// whole.
pub const LARGEST: usize = 1024 * 1024;
/// Addresses beyond these are not looked at. A mail of ours went to one.
const MOST_ADDRESSES: usize = 64;

/// RFC 3464 §2; RFC 6533 §4.
const STATUS: [&str; 2] = ["message/delivery-status", "message/global-delivery-status"];
/// RFC 6522 §3, in whole or the header alone; RFC 6533 §5.
const RETURNED: [&str; 4] = [
    "message/rfc822",
    "text/rfc822-headers",
    "message/global",
    "message/global-headers",
];

/// A report on a mail that was sent.
pub struct Bounce {
    /// The `Message-ID` of that mail, without its angle brackets.
    pub message_id: String,
    /// The addresses that it may have been sent to. On its way one may have become
    /// another, so that the last is not always the first.
    pub addresses: Vec<Email>,
    /// What it says of whoever is there.
    pub verdict: Verdict,
    /// The code that it gives.
    pub status: Option<Status>,
}

/// What a report says of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// Nobody is there, and nobody will be.
    NobodyThere,
    /// The mail arrived, or may yet; or it did not for a reason that is no fault of
    /// the address.
    NotToBlame,
}

/// Why something is no [`Bounce`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotABounce {
    /// It is too long.
    #[error("has more than 1 MiB")]
    TooLong,
    /// It does not read.
    #[error("is no mail that can be read")]
    NotMail,
    /// It is another mail.
    #[error(
        "is no report on the delivery of a mail \
         (multipart/report; report-type=delivery-status, RFC 3464)"
    )]
    NotAReport,
    /// It does not say about which mail it is.
    #[error("does not hold the header of the mail that it is about")]
    WithoutMail,
}

impl Bounce {
    /// Reads a message as it came.
    pub fn read(message: &[u8]) -> Result<Self, NotABounce> {
        if message.len() > LARGEST {
            return Err(NotABounce::TooLong);
        }
        // Parts in parts end at a depth that the library bounds.
        let mail = mailparse::parse_mail(message).map_err(|_| NotABounce::NotMail)?;
        if !is_report(&mail) {
            return Err(NotABounce::NotAReport);
        }
        let told = body(&mail, &STATUS)?.ok_or(NotABounce::NotAReport)?;
        let recipients = recipients(&told)?;
        let first = recipients.first().ok_or(NotABounce::NotAReport)?;
        let returned = body(&mail, &RETURNED)?.ok_or(NotABounce::WithoutMail)?;
        let (header, _) =
            mailparse::parse_headers(&returned).map_err(|_| NotABounce::WithoutMail)?;
        let message_id = header.get_first_value("Message-ID");
        let message_id = message_id.ok_or(NotABounce::WithoutMail)?;
        let named = recipients.iter().flat_map(|one| one.addresses.iter());
        let sent_to = sent_to(&header);
        Ok(Self {
            message_id: within_brackets(&message_id).to_owned(),
            addresses: named
                .chain(&sent_to)
                .take(MOST_ADDRESSES)
                .filter_map(|text| Email::parse(text).ok())
                .collect(),
            // Where a mail went to more than one, it may have reached another.
            verdict: if recipients.iter().all(Recipient::is_not_there) {
                Verdict::NobodyThere
            } else {
                Verdict::NotToBlame
            },
            status: first.status,
        })
    }
}

/// RFC 6522 §3: at the top, and nowhere within.
fn is_report(mail: &ParsedMail<'_>) -> bool {
    let about = mail.ctype.params.get("report-type");
    mail.ctype.mimetype == "multipart/report"
        && about.is_some_and(|about| about.eq_ignore_ascii_case("delivery-status"))
}

/// The first part of one of these kinds, as it was before it was encoded.
fn body(mail: &ParsedMail<'_>, kinds: &[&str]) -> Result<Option<Vec<u8>>, NotABounce> {
    let mut parts = mail.subparts.iter();
    let part = parts.find(|part| kinds.contains(&part.ctype.mimetype.as_str()));
    part.map(|part| part.get_body_raw().map_err(|_| NotABounce::NotMail))
        .transpose()
}

/// What became of a mail for one whom it was for.
struct Recipient {
    has_failed: bool,
    status: Option<Status>,
    /// What a mail server answered, where it is told.
    answered: Option<Status>,
    /// As they stand there.
    addresses: Vec<String>,
}

impl Recipient {
    /// RFC 3464 §2.3: a group of fields that says what became of it.
    fn of(fields: &[MailHeader<'_>]) -> Option<Self> {
        let action = fields.get_first_value("Action")?;
        let field = |name| fields.get_first_value(name);
        let named = ["Original-Recipient", "Final-Recipient"].into_iter();
        Some(Self {
            has_failed: first_word(&action).eq_ignore_ascii_case("failed"),
            status: field("Status").and_then(|code| Status::read(first_word(&code))),
            answered: field("Diagnostic-Code").and_then(|text| answered(&text)),
            addresses: named
                .filter_map(field)
                .filter_map(|typed| Some(within_brackets(typed.split_once(';')?.1).to_owned()))
                .collect(),
        })
    }

    /// Whether every code says so that says anything. Some servers put what they were
    /// answered behind a code that says nothing (5.0.0).
    fn is_not_there(&self) -> bool {
        let status = self.status.filter(|status| !status.is_unspecific());
        let mut codes = status.iter().chain(&self.answered).peekable();
        self.has_failed && codes.peek().is_some() && codes.all(|code| code.is_nobody_there())
    }
}

/// RFC 3464 §2.1: groups of fields with an empty line between them; the first is about
/// the mail and not about a recipient.
fn recipients(told: &[u8]) -> Result<Vec<Recipient>, NotABounce> {
    let (mut found, mut rest) = (Vec::new(), told);
    while !rest.is_empty() {
        let (fields, end) = mailparse::parse_headers(rest).map_err(|_| NotABounce::NotMail)?;
        found.extend(Recipient::of(&fields));
        rest = rest.get(end..).unwrap_or_default();
    }
    Ok(found)
}

/// RFC 3464 §2.3.6: what a mail server answered, with the code that RFC 2034 §4 puts
/// after its own: `smtp; 550 5.1.1 …`.
fn answered(text: &str) -> Option<Status> {
    let (kind, answer) = text.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("smtp") {
        return None;
    }
    let (reply, text) = answer.trim_start().split_at_checked(3)?;
    let is_reply = reply.bytes().all(|c| c.is_ascii_digit()) && text.starts_with([' ', '-']);
    is_reply.then(|| Status::read(first_word(text.get(1..)?)))?
}

/// To whom a mail was, by its header.
fn sent_to(header: &[MailHeader<'_>]) -> Vec<String> {
    let to = header.get_first_header("To");
    let list = to.and_then(|to| addrparse_header(to).ok());
    let single = |address: &MailAddr| match address {
        MailAddr::Single(single) => Some(single.addr.clone()),
        MailAddr::Group(_) => None,
    };
    let list = list.iter().flat_map(|list| list.iter());
    list.filter_map(single).collect()
}

/// Up to a space or a comment (RFC 5322 §3.2.2).
fn first_word(text: &str) -> &str {
    let ends = |c: char| c.is_ascii_whitespace() || matches!(c, '(' | ';');
    text.trim_start().split(ends).next().unwrap_or_default()
}

fn within_brackets(text: &str) -> &str {
    let text = text.trim();
    let inner = text
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'));
    inner.unwrap_or(text)
}
