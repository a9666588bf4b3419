//! The form of each claim: its fields, what someone typed into them, and what
//! is wrong with it. The edge puts the problems into words.

use std::collections::BTreeMap;
use std::fmt;

use super::super::claim::Claim;
use super::super::time::Timestamp;
use super::Country;

/// One input of a claim's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The only field of a claim that has just one.
    Value,
    /// Street and house number; more lines if need be.
    StreetAddress,
    /// Postal code.
    PostalCode,
    /// Town or city.
    Locality,
    /// State, province or county; may stay empty.
    Region,
    /// ISO 3166-1 alpha-2 code.
    Country,
    /// Bank account number.
    Iban,
    /// In whose name the bank account is.
    Holder,
}

impl Field {
    const ALL: [Self; 8] = [
        Self::Value,
        Self::StreetAddress,
        Self::PostalCode,
        Self::Locality,
        Self::Region,
        Self::Country,
        Self::Iban,
        Self::Holder,
    ];

    /// The name of the input, and of the member of the JSON object.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::StreetAddress => "street_address",
            Self::PostalCode => "postal_code",
            Self::Locality => "locality",
            Self::Region => "region",
            Self::Country => "country",
            Self::Iban => "iban",
            Self::Holder => "holder",
        }
    }

    /// The field of this name.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.key() == key)
    }

    /// The most characters that the field takes in the form of `claim`.
    #[must_use]
    pub const fn max_length(self, claim: Claim) -> usize {
        match self {
            Self::Value => match claim {
                Claim::Preferences => 500,
                // RFC 5321 §4.5.3.1.3: a path has at most 256 octets, of which
                // two are its angle brackets.
                Claim::Email => 254,
                Claim::PhoneNumber | Claim::Birthdate => 32,
                Claim::Locale => 35,
                _ => 100,
            },
            Self::StreetAddress => 200,
            Self::PostalCode => 16,
            Self::Locality | Self::Region | Self::Country | Self::Holder => 100,
            // ISO 13616: 34 characters, in groups of four when printed.
            Self::Iban => 42,
        }
    }

    /// Whether the form of `claim` may leave the field empty. The postal code
    /// may where the country has none.
    #[must_use]
    pub const fn is_optional(self) -> bool {
        matches!(self, Self::Region)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// The fields of a claim's form, in their order on the page.
#[must_use]
pub const fn fields(claim: Claim) -> &'static [Field] {
    match claim {
        Claim::Address | Claim::DeliveryAddress => &[
            Field::StreetAddress,
            Field::PostalCode,
            Field::Locality,
            Field::Region,
            Field::Country,
        ],
        Claim::PaymentAccount => &[Field::Iban, Field::Holder],
        _ => &[Field::Value],
    }
}

/// What someone typed, by field.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FormFields(BTreeMap<Field, String>);

unprintable!(FormFields);

impl FormFields {
    /// The form of a claim that has one field.
    pub fn of_value(value: impl Into<String>) -> Self {
        [(Field::Value, value.into())].into_iter().collect()
    }

    /// What was typed into a field; empty where nothing was.
    #[must_use]
    pub fn get(&self, field: Field) -> &str {
        self.0.get(&field).map_or("", String::as_str)
    }

    /// Puts text into a field.
    pub fn set(&mut self, field: Field, text: impl Into<String>) {
        self.0.insert(field, text.into());
    }

    /// Picks the fields of a claim's form out of a submitted one. Of a field
    /// that came twice, the first counts.
    pub fn pick<'a>(claim: Claim, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut form = Self::default();
        for (name, text) in pairs {
            if let Some(field) = Field::from_key(name)
                && fields(claim).contains(&field)
            {
                form.0.entry(field).or_insert_with(|| text.to_owned());
            }
        }
        form
    }

    /// Every field that has text.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &str)> {
        self.0.iter().map(|(field, text)| (*field, text.as_str()))
    }
}

impl FromIterator<(Field, String)> for FormFields {
    fn from_iter<I: IntoIterator<Item = (Field, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

/// What a check needs to know besides the text.
#[derive(Clone, Copy, Debug)]
pub struct Checks {
    pub(super) today: jiff::civil::Date,
}

impl Checks {
    /// Checks made at `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        // The latest date anywhere on Earth (UTC+14), so that nobody's today
        // is in the future.
        let offset = jiff::tz::Offset::constant(14);
        Self {
            today: offset.to_datetime(now.to_jiff()).date(),
        }
    }
}

/// What is wrong with the text of one field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It needs something.
    #[error("this is empty")]
    Empty,
    /// It is too long.
    #[error("this has more than {max} characters")]
    TooLong {
        /// The most characters that it may have.
        max: usize,
    },
    /// It has characters that cannot be seen and change how text is read.
    #[error("this contains control characters")]
    ControlCharacters,
    /// It is not an e-mail address.
    #[error("this is not an e-mail address")]
    NotAnEmail,
    /// No such telephone number can exist.
    #[error("this is not a telephone number; one from abroad starts with + and its country code")]
    NotAPhoneNumber,
    /// It is not an IBAN: length, country or check digits are wrong.
    #[error("this is not an IBAN; check its digits")]
    NotAnIban,
    /// It does not have the form of that country's postal codes.
    #[error("this is not a postal code of {}; one looks like {example}", country.alpha2())]
    NotAPostalCode {
        /// The country of the address.
        country: Country,
        /// A postal code of that country.
        example: &'static str,
    },
    /// It is not a country.
    #[error("this is not a country; use a two-letter code such as NL")]
    NotACountry,
    /// It is not a date.
    #[error("this is not a date; write it as 1990-12-31")]
    NotADate,
    /// It is a date that is still to come.
    #[error("this is in the future")]
    InTheFuture,
    /// It is a date before 1900.
    #[error("this is too long ago")]
    TooLongAgo,
    /// It is not a language.
    #[error("this is not a language; use a code such as nl or en-GB")]
    NotALanguage,
}

/// One problem, at its field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct FieldError {
    /// Where.
    pub field: Field,
    /// What.
    pub problem: Problem,
}

/// Every problem of a form, at most one for each field. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    pub(super) const fn new(errors: Vec<FieldError>) -> Self {
        Self(errors)
    }

    /// A single problem.
    #[must_use]
    pub fn one(field: Field, problem: Problem) -> Self {
        Self(vec![FieldError { field, problem }])
    }

    /// The problem of a field, if it has one.
    #[must_use]
    pub fn at(&self, field: Field) -> Option<&Problem> {
        self.iter()
            .find(|error| error.field == field)
            .map(|error| &error.problem)
    }

    /// Every problem, in the order of the form.
    pub fn iter(&self) -> impl Iterator<Item = &FieldError> {
        self.0.iter()
    }
}

impl fmt::Display for FieldErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for FieldErrors {}
