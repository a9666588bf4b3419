//! Enhanced status codes (RFC 3463).

use std::fmt;

/// A code such as `5.1.1`: whether it worked, about what, and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    class: u16,
    subject: u16,
    detail: u16,
}

impl Status {
    /// RFC 3463 §2: a digit, and twice up to three.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let number = |digits: &str| {
            let whole = (1..=3).contains(&digits.len());
            let whole = whole && digits.bytes().all(|c| c.is_ascii_digit());
            whole.then(|| digits.parse::<u16>().ok())?
        };
        let mut numbers = text.split('.').map(number);
        let mut next = || numbers.next().flatten();
        let status = Self {
            class: next().filter(|class| matches!(class, 2 | 4 | 5))?,
            subject: next()?,
            detail: next()?,
        };
        numbers.next().is_none().then_some(status)
    }

    /// Whether it says that something failed, and not what (RFC 3463 §3.1).
    #[must_use]
    pub fn is_unspecific(self) -> bool {
        (self.class, self.subject, self.detail) == (5, 0, 0)
    }

    /// Whether nobody is there, and nobody will be. What is full, too busy, or refuses
    /// this mail for what it holds or for whom it comes from, may take another.
    #[must_use]
    pub fn is_nobody_there(self) -> bool {
        matches!(
            (self.class, self.subject, self.detail),
            // RFC 3463 §3.2: no such mailbox; no such system, or one that takes no mail;
            // no mailbox could have that name; it moved, and nobody says where to. RFC 7505
            // §4.2: the domain says that it takes no mail (10, which Exchange says of a
            // mailbox that is not there).
            (5, 1, 1 | 2 | 3 | 6 | 10)
            // RFC 3463 §3.3: the mailbox is shut. Not 5.2.2, which is full.
            | (5, 2, 1)
            // RFC 3463 §3.5: no way leads there. Postfix says so of a domain that does
            // not exist. Not 5.4.1, a host that does not answer.
            | (5, 4, 4)
        )
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}
