//! The value of an attribute: parsing, and the shapes in which others get it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::claim::Claim;
use super::super::language::Language;
use super::form::{Checks, Field, FieldErrors, FormFields};
use super::{Address, Birthdate, Email, Locale, PaymentAccount, PhoneNumber, Text};

/// A checked and normalised value of one claim.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeValue {
    claim: Claim,
    content: Content,
}

unprintable!(AttributeValue, Content);

/// What a value consists of: one variant for each kind.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Names, gender and preferences, in the person's own words.
    Text(Text),
    /// E-mail address.
    Email(Email),
    /// Telephone number.
    PhoneNumber(PhoneNumber),
    /// Home or delivery address.
    Address(Address),
    /// Bank account.
    PaymentAccount(PaymentAccount),
    /// Date of birth.
    Birthdate(Birthdate),
    /// Language.
    Locale(Locale),
}

impl AttributeValue {
    /// Checks and normalises what someone typed into the form of a claim.
    pub fn parse(claim: Claim, form: &FormFields, checks: &Checks) -> Result<Self, FieldErrors> {
        let text = form.get(Field::Value);
        let max = Field::Value.max_length(claim);
        let content = match claim {
            Claim::Name
            | Claim::GivenName
            | Claim::FamilyName
            | Claim::Nickname
            | Claim::Gender => Text::parse_line(text, max).map(Content::Text),
            Claim::Preferences => Text::parse_lines(text, max).map(Content::Text),
            Claim::Email => Email::parse(text).map(Content::Email),
            Claim::PhoneNumber => PhoneNumber::parse(text).map(Content::PhoneNumber),
            Claim::Birthdate => Birthdate::parse(text, checks).map(Content::Birthdate),
            Claim::Locale => Locale::parse(text).map(Content::Locale),
            Claim::Address | Claim::DeliveryAddress => {
                return Ok(Self {
                    claim,
                    content: Content::Address(Address::parse(form)?),
                });
            }
            Claim::PaymentAccount => {
                return Ok(Self {
                    claim,
                    content: Content::PaymentAccount(PaymentAccount::parse(form)?),
                });
            }
        };
        match content {
            Ok(content) => Ok(Self { claim, content }),
            Err(problem) => Err(FieldErrors::one(Field::Value, problem)),
        }
    }

    /// The claim that it is a value of.
    #[must_use]
    pub const fn claim(&self) -> Claim {
        self.claim
    }

    /// What it consists of.
    #[must_use]
    pub const fn content(&self) -> &Content {
        &self.content
    }

    /// The value in an ID token or a UserInfo response.
    #[must_use]
    pub fn to_claim(&self) -> Value {
        match &self.content {
            Content::Text(text) => text.as_str().into(),
            Content::Email(email) => email.as_str().into(),
            Content::PhoneNumber(number) => number.as_str().into(),
            Content::Birthdate(date) => date.iso().into(),
            Content::Locale(locale) => locale.as_str().into(),
            Content::PaymentAccount(account) => serde_json::json!({
                "iban": account.iban(),
                "holder": account.holder(),
            }),
            Content::Address(address) => {
                let mut members: serde_json::Map<String, Value> = self
                    .to_fields()
                    .iter()
                    .map(|(field, text)| (field.key().to_owned(), text.into()))
                    .collect();
                // A business may print this one for a parcel service of any
                // country: the country is in English.
                let formatted = address.lines(Language::En).join("\n");
                members.insert("formatted".to_owned(), formatted.into());
                members.into()
            }
        }
    }

    /// The value for people, line by line.
    #[must_use]
    pub fn display_lines(&self, language: Language) -> Vec<String> {
        match &self.content {
            Content::Text(text) => text.as_str().lines().map(str::to_owned).collect(),
            Content::Email(email) => vec![email.as_str().to_owned()],
            Content::PhoneNumber(number) => vec![number.grouped()],
            Content::Birthdate(date) => vec![date.iso()],
            Content::Locale(locale) => vec![locale.as_str().to_owned()],
            Content::PaymentAccount(account) => {
                vec![account.grouped_iban(), account.holder().to_owned()]
            }
            Content::Address(address) => address.lines(language),
        }
    }

    /// The form that gives this value, to be filled in anew. A field without
    /// text is left out.
    #[must_use]
    pub fn to_fields(&self) -> FormFields {
        match &self.content {
            Content::Text(text) => FormFields::of_value(text.as_str()),
            Content::Email(email) => FormFields::of_value(email.as_str()),
            Content::PhoneNumber(number) => FormFields::of_value(number.grouped()),
            Content::Birthdate(date) => FormFields::of_value(date.iso()),
            Content::Locale(locale) => FormFields::of_value(locale.as_str()),
            Content::PaymentAccount(account) => [
                (Field::Iban, account.grouped_iban()),
                (Field::Holder, account.holder().to_owned()),
            ]
            .into_iter()
            .collect(),
            Content::Address(address) => [
                (Field::StreetAddress, Some(address.street_address())),
                (Field::PostalCode, address.postal_code()),
                (Field::Locality, Some(address.locality())),
                (Field::Region, address.region()),
                (Field::Country, Some(address.country().alpha2())),
            ]
            .into_iter()
            .filter_map(|(field, text)| text.map(|text| (field, text.to_owned())))
            .collect(),
        }
    }
}

impl From<Email> for AttributeValue {
    fn from(email: Email) -> Self {
        Self {
            claim: Claim::Email,
            content: Content::Email(email),
        }
    }
}
