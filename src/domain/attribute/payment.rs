//! Bank accounts. Never a card number: those would bring PCI DSS along.

use std::str::FromStr;

use iban::{Iban, IbanLike};
use serde::{Deserialize, Serialize};

use super::super::claim::Claim;
use super::form::{Field, FieldError, FieldErrors, FormFields, Problem};
use super::text::parse_line;

/// An account at a bank, and in whose name it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentAccount {
    iban: String,
    holder: String,
}

unprintable!(PaymentAccount);

impl PaymentAccount {
    /// Checks and normalises both fields.
    pub fn parse(form: &FormFields) -> Result<Self, FieldErrors> {
        let max = Field::Holder.max_length(Claim::PaymentAccount);
        let iban = parse_iban(form.get(Field::Iban));
        let holder = parse_line(form.get(Field::Holder), max);
        match (iban, holder) {
            (Ok(iban), Ok(holder)) => Ok(Self { iban, holder }),
            (iban, holder) => {
                let problems = [(Field::Iban, iban.err()), (Field::Holder, holder.err())];
                Err(FieldErrors::new(
                    problems
                        .into_iter()
                        .filter_map(|(field, problem)| {
                            problem.map(|problem| FieldError { field, problem })
                        })
                        .collect(),
                ))
            }
        }
    }

    /// The IBAN in electronic form: no spaces.
    #[must_use]
    pub fn iban(&self) -> &str {
        &self.iban
    }

    /// The IBAN as it is printed: in groups of four (ISO 13616).
    #[must_use]
    pub fn grouped_iban(&self) -> String {
        let mut grouped = String::with_capacity(self.iban.len() + 8);
        for (index, c) in self.iban.chars().enumerate() {
            if index > 0 && index % 4 == 0 {
                grouped.push(' ');
            }
            grouped.push(c);
        }
        grouped
    }

    /// In whose name the account is.
    #[must_use]
    pub fn holder(&self) -> &str {
        &self.holder
    }
}

fn parse_iban(text: &str) -> Result<String, Problem> {
    let max = Field::Iban.max_length(Claim::PaymentAccount);
    let compact: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.'))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    if compact.is_empty() {
        return Err(Problem::Empty);
    }
    if compact.len() > max {
        return Err(Problem::TooLong { max });
    }
    Iban::from_str(&compact)
        .map(|iban| iban.electronic_str().to_owned())
        .map_err(|_| Problem::NotAnIban)
}
