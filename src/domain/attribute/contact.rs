//! E-mail addresses and telephone numbers.

use email_address::{EmailAddress, Options};
use phonenumber::Mode;
use serde::{Deserialize, Serialize};

use super::super::claim::Claim;
use super::form::{Field, Problem};
use super::text::is_control;

/// An e-mail address: the local part as it was typed, the domain in lower case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(String);

/// A telephone number in E.164: `+31201234567`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhoneNumber(String);

unprintable!(Email, PhoneNumber);

const PLAIN_ADDRESS: Options = Options {
    minimum_sub_domains: 2,
    allow_domain_literal: false,
    allow_display_text: false,
};

impl Email {
    /// Checks and normalises an address. Whether mail arrives there is for
    /// verification to find out.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text = check_length(text, Field::Value.max_length(Claim::Email))?;
        let address = EmailAddress::parse_with_options(text, PLAIN_ADDRESS)
            .map_err(|_| Problem::NotAnEmail)?;
        Ok(Self(format!(
            "{}@{}",
            address.local_part(),
            address.domain().to_lowercase()
        )))
    }

    /// The address, for sending.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two spellings of one mailbox share, for looking an account up.
    /// RFC 5321 §2.4 lets a host tell local parts apart by case; none that
    /// matters does, and people do not remember how they typed theirs.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl PhoneNumber {
    /// Checks and normalises a number. One without `+` or `00` is dialled in
    /// the Netherlands.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text = check_length(text, Field::Value.max_length(Claim::PhoneNumber))?;
        // Nothing but what people write numbers with reaches the library: no
        // `tel:` parameters, extensions or letters on keys.
        let plain = |c: char| c.is_ascii_digit() || " +()-./\u{a0}".contains(c);
        if !text.chars().all(plain) {
            return Err(Problem::NotAPhoneNumber);
        }
        let dialled = text.replace('\u{a0}', " ");
        // The library strips the national prefix of the region that it is
        // told, also from a foreign number: Rome would lose its zero.
        let number = match dialled
            .strip_prefix("00")
            .or_else(|| dialled.strip_prefix('+'))
        {
            Some(foreign) => phonenumber::parse(None, format!("+{foreign}")),
            None => phonenumber::parse(Some(phonenumber::country::Id::NL), dialled),
        };
        let number = number
            .ok()
            .filter(phonenumber::PhoneNumber::is_valid)
            .ok_or(Problem::NotAPhoneNumber)?;
        let number = number.format().mode(Mode::E164).to_string();
        if is_e164(&number) {
            Ok(Self(number))
        } else {
            Err(Problem::NotAPhoneNumber)
        }
    }

    /// The number in E.164.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number in groups: `+31 20 123 4567`.
    #[must_use]
    pub fn grouped(&self) -> String {
        phonenumber::parse(None, &self.0).map_or_else(
            |_| self.0.clone(),
            |number| number.format().mode(Mode::International).to_string(),
        )
    }
}

/// ITU-T E.164: at most 15 digits, country code included.
fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

fn check_length(text: &str, max: usize) -> Result<&str, Problem> {
    let text = text.trim();
    if text.is_empty() {
        Err(Problem::Empty)
    } else if text.len() > max {
        Err(Problem::TooLong { max })
    } else if text.chars().any(is_control) {
        Err(Problem::ControlCharacters)
    } else {
        Ok(text)
    }
}
