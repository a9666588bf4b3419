//! `/account/profiles/{claim}`: filling in, correcting, confirming or removing
//! one attribute.
//!
//! # The forms
//! Posted to the page's own path; fields `csrf`, `return`, those of
//! [`fields`] by their key, and `placement` (`low`, `medium`, `high`,
//! `never`). `answer` is `save` or `remove`, by the button pressed.

use askama::Template;

use super::profiles::HeldValue;
use crate::domain::attribute::{Country, Field, FieldErrors, FormFields, fields};
use crate::domain::claim::Claim;
use crate::domain::profile::Placement;
use crate::i18n::t;
use crate::web::page::Shell;

/// The page of one attribute.
#[derive(Clone, Template)]
#[template(path = "attribute.html")]
pub struct AttributePage {
    /// Around it.
    pub shell: Shell,
    /// Which.
    pub claim: Claim,
    /// What is held now, if anything.
    pub held: Option<HeldValue>,
    /// What stands in the fields: what is held, or what was typed.
    pub typed: FormFields,
    /// What is wrong with it.
    pub errors: Option<FieldErrors>,
    /// From which tier it appears.
    pub placement: Placement,
    /// Names of the businesses that see it now, and to which a change goes.
    pub seen_by: Vec<String>,
    /// Path to go back to when done: `/account/profiles` or a consent page;
    /// comes back as `return`.
    pub return_to: String,
}

impl AttributePage {
    /// The fields, ready to show.
    #[must_use]
    pub fn inputs(&self) -> Vec<Input> {
        fields(self.claim)
            .iter()
            .map(|field| self.input(*field))
            .collect()
    }

    fn input(&self, field: Field) -> Input {
        let texts = self.shell.texts;
        Input {
            field,
            label: texts.field(self.claim, field),
            value: self.typed.get(field).to_owned(),
            error: self
                .errors
                .as_ref()
                .and_then(|errors| errors.at(field))
                .map(|problem| texts.problem(problem)),
            max: field.max_length(self.claim),
            optional: field.is_optional(),
            kind: InputKind::of(self.claim, field),
            autocomplete: autocomplete(self.claim, field),
            hint: self.hint(field),
        }
    }

    fn hint(&self, field: Field) -> Option<String> {
        let texts = self.shell.texts;
        match (self.claim, field) {
            (Claim::PhoneNumber, _) => Some(t!(texts, "hint-phone-number")),
            (Claim::PaymentAccount, Field::Iban) => Some(t!(texts, "hint-iban")),
            (Claim::Gender, _) => Some(t!(texts, "hint-gender")),
            (Claim::Preferences, _) => Some(t!(texts, "hint-preferences")),
            (Claim::Locale, _) => Some(t!(texts, "hint-locale")),
            _ => None,
        }
    }

    /// Every country by name, and whether it is the one that was chosen: the
    /// Netherlands as long as nothing was.
    #[must_use]
    pub fn countries(&self) -> Vec<(Country, &'static str, bool)> {
        let language = self.shell.texts.language();
        let typed = self.typed.get(Field::Country);
        let chosen = typed.parse().unwrap_or(Country::NETHERLANDS);
        Country::all(language)
            .into_iter()
            .map(|country| (country, country.name(language), country == chosen))
            .collect()
    }

    /// Every placement, for the select.
    #[must_use]
    pub fn placements(&self) -> [Placement; 4] {
        Placement::ALL
    }
}

/// One input of the form.
#[derive(Clone)]
pub struct Input {
    /// Which; its key is both id and name.
    pub field: Field,
    /// What stands above it.
    pub label: String,
    /// What stands in it.
    pub value: String,
    /// What is wrong with it.
    pub error: Option<String>,
    /// The most characters.
    pub max: usize,
    /// Whether it may stay empty.
    pub optional: bool,
    /// How it is drawn.
    pub kind: InputKind,
    /// The token that lets browsers fill it in (WCAG 1.3.5).
    pub autocomplete: &'static str,
    /// How to fill it in.
    pub hint: Option<String>,
}

impl Input {
    /// The ids of what is said about it: its error, then its hint.
    #[must_use]
    pub fn described_by(&self) -> Option<String> {
        let said = [
            self.error.is_some().then_some("error"),
            self.hint.is_some().then_some("hint"),
        ];
        let ids: Vec<String> = said
            .into_iter()
            .flatten()
            .map(|what| format!("{}-{what}", self.field))
            .collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// How an input is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// `<input type=…>`.
    Line(&'static str),
    /// `<textarea>`.
    Lines,
    /// `<select>` of countries.
    Country,
}

impl InputKind {
    const fn of(claim: Claim, field: Field) -> Self {
        match (claim, field) {
            (_, Field::Country) => Self::Country,
            (_, Field::StreetAddress) | (Claim::Preferences, _) => Self::Lines,
            (Claim::Email, _) => Self::Line("email"),
            (Claim::PhoneNumber, _) => Self::Line("tel"),
            (Claim::Birthdate, _) => Self::Line("date"),
            _ => Self::Line("text"),
        }
    }
}

/// The autofill tokens of the HTML standard.
const fn autocomplete(claim: Claim, field: Field) -> &'static str {
    match (claim, field) {
        (Claim::DeliveryAddress, Field::StreetAddress) => "shipping street-address",
        (Claim::DeliveryAddress, Field::PostalCode) => "shipping postal-code",
        (Claim::DeliveryAddress, Field::Locality) => "shipping address-level2",
        (Claim::DeliveryAddress, Field::Region) => "shipping address-level1",
        (Claim::DeliveryAddress, Field::Country) => "shipping country",
        (_, Field::StreetAddress) => "street-address",
        (_, Field::PostalCode) => "postal-code",
        (_, Field::Locality) => "address-level2",
        (_, Field::Region) => "address-level1",
        (_, Field::Country) => "country",
        (Claim::Name, _) => "name",
        (Claim::GivenName, _) => "given-name",
        (Claim::FamilyName, _) => "family-name",
        (Claim::Nickname, _) => "nickname",
        (Claim::Email, _) => "email",
        (Claim::Locale, _) => "language",
        (Claim::PhoneNumber, _) => "tel",
        (Claim::Birthdate, _) => "bday",
        (Claim::Gender, _) => "sex",
        _ => "off",
    }
}
