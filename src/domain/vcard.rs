//! A person's own card for address books: vCard 4.0 (RFC 6350).

use super::attribute::{Address, Attributes, Content};
use super::claim::Claim;

/// RFC 6350 §3.2: lines of at most 75 octets, without their end.
const MOST_OCTETS: usize = 75;

/// The card of what an account holds of use in an address book. `None` without a
/// name or an address to write to: a card is of somebody.
#[must_use]
pub fn card(attributes: &Attributes) -> Option<String> {
    let text = |claim: Claim| {
        let value = &attributes.get(claim)?.value;
        value.to_claim().as_str().map(str::to_owned)
    };
    let (given, family) = (text(Claim::GivenName), text(Claim::FamilyName));
    let whole = [given.as_deref(), family.as_deref()];
    let whole: Vec<&str> = whole.into_iter().flatten().collect();
    let name = text(Claim::Name)
        .or_else(|| (!whole.is_empty()).then(|| whole.join(" ")))
        .or_else(|| text(Claim::Email))?;
    let mut card = Card::default();
    card.line("BEGIN", "VCARD");
    card.line("VERSION", "4.0");
    card.line("FN", &escaped(&name));
    if !whole.is_empty() {
        let part = |part: Option<String>| escaped(&part.unwrap_or_default());
        card.line("N", &format!("{};{};;;", part(family), part(given)));
    }
    if let Some(nickname) = text(Claim::Nickname) {
        card.line("NICKNAME", &escaped(&nickname));
    }
    if let Some(email) = text(Claim::Email) {
        card.line("EMAIL", &escaped(&email));
    }
    if let Some(number) = text(Claim::PhoneNumber) {
        card.line("TEL;VALUE=uri", &format!("tel:{number}"));
    }
    for (claim, property) in [
        (Claim::Address, "ADR;TYPE=home"),
        (Claim::DeliveryAddress, "ADR"),
    ] {
        let value = attributes.get(claim).map(|held| held.value.content());
        if let Some(Content::Address(address)) = value {
            card.line(property, &structured(address));
        }
    }
    if let Some(born) = text(Claim::Birthdate) {
        // RFC 6350 §4.3.1: dates in the basic format.
        card.line("BDAY", &born.replace('-', ""));
    }
    if let Some(language) = text(Claim::Locale) {
        card.line("LANG", &escaped(&language));
    }
    card.line("END", "VCARD");
    Some(card.text)
}

/// RFC 6350 §6.3.1: post office box, extended address, street, locality, region,
/// code, country.
fn structured(address: &Address) -> String {
    let parts = [
        address.street_address(),
        address.locality(),
        address.region().unwrap_or_default(),
        address.postal_code().unwrap_or_default(),
        address.country().alpha2(),
    ];
    format!(";;{}", parts.map(escaped).join(";"))
}

/// RFC 6350 §3.4.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.replace("\r\n", "\n").chars() {
        match letter {
            '\\' | ',' | ';' => escaped.extend(['\\', letter]),
            '\n' | '\r' => escaped.push_str("\\n"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[derive(Default)]
struct Card {
    text: String,
}

impl Card {
    /// Writes a line, folded between characters: RFC 6350 §3.2 wants none torn.
    fn line(&mut self, property: &str, value: &str) {
        let mut room = MOST_OCTETS;
        for letter in property.chars().chain([':']).chain(value.chars()) {
            if letter.len_utf8() > room {
                self.text.push_str("\r\n ");
                room = MOST_OCTETS - 1;
            }
            room -= letter.len_utf8();
            self.text.push(letter);
        }
        self.text.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::attribute::{Attribute, AttributeValue, Checks, Field, FormFields, Source};
    use super::super::time::Timestamp;
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

    fn held(claim: Claim, fields: &[(Field, &str)]) -> Attribute {
        let form: FormFields = fields
            .iter()
            .map(|(field, text)| (*field, (*text).to_owned()))
            .collect();
        let value = AttributeValue::parse(claim, &form, &Checks::at(NOW)).expect("a value");
        Attribute::new(value, Source::Consumer, NOW)
    }

    #[test]
    fn a_card_says_who_and_where() {
        let one = |claim, text: &str| held(claim, &[(Field::Value, text)]);
        let attributes: Attributes = [
            one(Claim::Name, "Sanne de Vries; \\ Zoon, B.V."),
            one(Claim::FamilyName, "de Vries"),
            one(Claim::GivenName, "Sanne"),
            one(Claim::Email, "sanne@example.com"),
            one(Claim::PhoneNumber, "+31 20 555 0123"),
            one(Claim::Birthdate, "1988-04-27"),
            held(
                Claim::Address,
                &[
                    (Field::StreetAddress, "Prinsengracht 263"),
                    (Field::PostalCode, "1016 GV"),
                    (Field::Locality, "Amsterdam"),
                    (Field::Country, "NL"),
                ],
            ),
        ]
        .into_iter()
        .collect();
        let expected = "BEGIN:VCARD\r\nVERSION:4.0\r\n\
            FN:Sanne de Vries\\; \\\\ Zoon\\, B.V.\r\nN:de Vries;Sanne;;;\r\n\
            EMAIL:sanne@example.com\r\nTEL;VALUE=uri:tel:+31205550123\r\n\
            ADR;TYPE=home:;;Prinsengracht 263;Amsterdam;;1016 GV;NL\r\n\
            BDAY:19880427\r\nEND:VCARD\r\n";
        assert_eq!(card(&attributes).as_deref(), Some(expected));
        assert_eq!(card(&Attributes::new()), None);
    }

    proptest! {
        #[test]
        fn lines_are_short_and_unfold_to_what_was_written(value in "\\PC{0,200}") {
            let mut card = Card::default();
            card.line("FN", &escaped(&value));
            prop_assert!(card.text.split("\r\n").all(|line| line.len() <= MOST_OCTETS));
            let unfolded = card.text.replace("\r\n ", "");
            prop_assert_eq!(unfolded, format!("FN:{}\r\n", escaped(&value)));
        }

        #[test]
        fn nothing_that_was_typed_makes_a_property(value in any::<String>()) {
            let one = escaped(&value);
            prop_assert!(!one.contains(['\n', '\r']));
        }
    }
}
