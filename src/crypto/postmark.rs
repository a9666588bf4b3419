//! By what a mail that comes back is known: its `Message-ID` names the message that
//! it tells, and carries a tag that this instance alone can make, over that message
//! and the address that it went to. So a stranger can make up no report of a mail,
//! and whoever has a mail of ours can make one up about their own address alone.

use std::fmt;

use subtle::ConstantTimeEq as _;

use super::master::MasterKey;
use crate::domain::attribute::Email;
use crate::domain::id::MessageId;

/// 128 bits: nobody guesses that by sending mail.
const TAG_LEN: usize = 16;

/// What stands before the `@` of a `Message-ID`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Postmark {
    message: MessageId,
    tag: [u8; TAG_LEN],
}

impl Postmark {
    /// That of a message which is mailed to an address: the same each time.
    #[must_use]
    pub fn new(master: &MasterKey, message: MessageId, to: &Email) -> Self {
        // The first part has one length: no two read the same.
        let marked = [message.as_uuid().as_bytes(), to.folded().as_bytes()].concat();
        let whole = master.postmark().tag(&marked);
        Self {
            message,
            tag: std::array::from_fn(|at| whole.get(at).copied().unwrap_or_default()),
        }
    }

    /// Reads one from a `Message-ID`, without its angle brackets. Whether it is one of
    /// ours, [`Postmark::is_of`] says.
    #[must_use]
    pub fn read(message_id: &str) -> Option<Self> {
        let (marked, _) = message_id.split_once('@')?;
        let (message, digits) = marked.split_once('.')?;
        let whole = digits.len() == 2 * TAG_LEN && digits.bytes().all(|c| c.is_ascii_hexdigit());
        let tag = whole.then(|| u128::from_str_radix(digits, 16).ok())??;
        Some(Self {
            message: message.parse().ok()?,
            tag: tag.to_be_bytes(),
        })
    }

    /// The message that it names.
    #[must_use]
    pub fn message(&self) -> MessageId {
        self.message
    }

    /// Whether this instance has mailed that message to that address; takes the same
    /// time either way.
    #[must_use]
    pub fn is_of(&self, master: &MasterKey, to: &Email) -> bool {
        let own = Self::new(master, self.message, to);
        own.tag.ct_eq(&self.tag).into()
    }
}

impl fmt::Display for Postmark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:032x}", self.message, u128::from_be_bytes(self.tag))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::random::Random;

    fn email(text: &str) -> Email {
        Email::parse(text).expect("an address")
    }

    fn message(number: u128) -> MessageId {
        MessageId::new(Uuid::from_u128(number))
    }

    #[test]
    fn a_mail_is_known_again_by_message_address_and_key() {
        let random = Random::seeded(1);
        let (own, other) = (MasterKey::generate(&random), MasterKey::generate(&random));
        let ada = email("ada@home.example");
        let mark = Postmark::new(&own, message(7), &ada);
        let text = format!("{mark}@id.example.org");
        assert_eq!(Postmark::read(&text), Some(mark));
        assert!(mark.is_of(&own, &ada));
        assert!(mark.is_of(&own, &email("Ada@Home.example")), "in any case");
        assert!(!mark.is_of(&other, &ada));
        assert!(!mark.is_of(&own, &email("bob@home.example")));
        let swapped = text.replace(&message(7).to_string(), &message(8).to_string());
        let swapped = Postmark::read(&swapped).expect("well formed");
        assert!(!swapped.is_of(&own, &ada));
    }

    #[test]
    fn what_is_no_postmark_is_read_as_none() {
        let id = message(0xabc);
        let digits = "0123456789abcdef".repeat(2);
        assert!(Postmark::read(&format!("{id}.{digits}@host")).is_some());
        for wrong in [
            String::new(),
            "@".to_owned(),
            format!("{id}@host"),
            format!("{id}.@host"),
            format!("{id}.{digits}"),
            format!("{id}.{digits}0@host"),
            format!("{id}.+{}@host", &digits[1..]),
            format!("{id}.{}é@host", &digits[2..]),
            format!("{}.{digits}@host", id.to_string().to_uppercase()),
            format!("<{id}.{digits}@host>"),
        ] {
            assert_eq!(Postmark::read(&wrong), None, "{wrong}");
        }
    }
}
