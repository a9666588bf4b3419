//! Postal addresses, as the address object of OpenID Connect Core 1.0 §5.1.1.

use serde::{Deserialize, Serialize};

use super::super::claim::Claim;
use super::super::language::Language;
use super::form::{Field, FieldError, FieldErrors, FormFields, Problem};
use super::text::{Text, parse_line};
use super::{Country, postal_code};

/// A home or delivery address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_field_names,
    reason = "street_address is what OpenID Connect calls it"
)]
pub struct Address {
    street_address: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    postal_code: Option<String>,
    locality: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    country: Country,
}

unprintable!(Address);

impl Address {
    /// Checks and normalises every field.
    pub fn parse(form: &FormFields) -> Result<Self, FieldErrors> {
        let mut errors = Vec::new();
        let max = |field: Field| field.max_length(Claim::Address);
        let mut keep = |field, outcome: Result<String, Problem>| match outcome {
            Ok(text) => Some(text),
            Err(problem) => {
                errors.push(FieldError { field, problem });
                None
            }
        };

        let country = form.get(Field::Country).parse::<Country>();
        let street_address = keep(
            Field::StreetAddress,
            Text::parse_lines(form.get(Field::StreetAddress), max(Field::StreetAddress))
                .map(|text| text.as_str().to_owned()),
        );
        // Which form a postal code has is up to the country.
        let postal_code = country.as_ref().ok().and_then(|country| {
            let outcome = postal_code::parse(form.get(Field::PostalCode), *country);
            match outcome {
                Err(Problem::Empty) if !postal_code::is_required(*country) => None,
                outcome => keep(Field::PostalCode, outcome),
            }
        });
        let locality = keep(
            Field::Locality,
            parse_line(form.get(Field::Locality), max(Field::Locality)),
        );
        let region = match parse_line(form.get(Field::Region), max(Field::Region)) {
            Err(Problem::Empty) => None,
            outcome => keep(Field::Region, outcome),
        };
        if let Err(problem) = &country {
            keep(Field::Country, Err(problem.clone()));
        }

        match (street_address, locality, country) {
            (Some(street_address), Some(locality), Ok(country)) if errors.is_empty() => Ok(Self {
                street_address,
                postal_code,
                locality,
                region,
                country,
            }),
            _ => Err(FieldErrors::new(errors)),
        }
    }

    /// Street and house number, perhaps on several lines.
    #[must_use]
    pub fn street_address(&self) -> &str {
        &self.street_address
    }

    /// Postal code; some countries have none.
    #[must_use]
    pub fn postal_code(&self) -> Option<&str> {
        self.postal_code.as_deref()
    }

    /// Town or city.
    #[must_use]
    pub fn locality(&self) -> &str {
        &self.locality
    }

    /// State, province or county.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The country.
    #[must_use]
    pub const fn country(&self) -> Country {
        self.country
    }

    /// The address as it stands on an envelope.
    #[must_use]
    pub fn lines(&self, language: Language) -> Vec<String> {
        let mut lines: Vec<String> = self.street_address.lines().map(str::to_owned).collect();
        let (before, after) = if postal_code::follows_locality(self.country) {
            (None, self.postal_code())
        } else {
            (self.postal_code(), None)
        };
        let town: Vec<&str> = [before, Some(self.locality()), after]
            .into_iter()
            .flatten()
            .collect();
        match self.region() {
            // A state and its code stand behind the town, a province below it.
            Some(region) if after.is_some() => lines.push(format!(
                "{}, {region} {}",
                self.locality(),
                after.unwrap_or_default()
            )),
            Some(region) => {
                lines.push(town.join(" "));
                lines.push(region.to_owned());
            }
            None => lines.push(town.join(" ")),
        }
        lines.push(self.country.name(language).to_owned());
        lines
    }
}
