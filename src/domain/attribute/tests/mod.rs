//! What the tests of values share.

mod held;
mod property;
mod typed;

use super::*;

/// 21 September 2026, 14:13:20 UTC.
const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

fn checks() -> Checks {
    Checks::at(NOW)
}

fn parse(claim: Claim, text: &str) -> Result<AttributeValue, FieldErrors> {
    AttributeValue::parse(claim, &FormFields::of_value(text), &checks())
}

fn value(claim: Claim, text: &str) -> AttributeValue {
    parse(claim, text).expect("a good value")
}

/// The value as a response has it.
fn normal(claim: Claim, text: &str) -> String {
    let claim = value(claim, text).to_claim();
    claim.as_str().expect("a string").to_owned()
}

fn problem(claim: Claim, text: &str) -> Problem {
    let errors = parse(claim, text).expect_err("a bad value");
    errors.at(Field::Value).expect("at its field").clone()
}

fn form(pairs: &[(Field, &str)]) -> FormFields {
    pairs
        .iter()
        .map(|(field, text)| (*field, (*text).to_owned()))
        .collect()
}

fn address_form(street: &str, code: &str, town: &str, country: &str) -> FormFields {
    form(&[
        (Field::StreetAddress, street),
        (Field::PostalCode, code),
        (Field::Locality, town),
        (Field::Country, country),
    ])
}

fn address(form: &FormFields) -> Result<AttributeValue, FieldErrors> {
    AttributeValue::parse(Claim::Address, form, &checks())
}
