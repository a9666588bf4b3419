//! The people of load tests: Dutch as can be, and nobody.

use serde_json::{Value, json};

use crate::domain::attribute::{
    Attribute, AttributeValue, Attributes, Checks, DocumentValue, Email, Source, read_document,
};
use crate::domain::time::Timestamp;

const GIVEN: [&str; 24] = [
    "Sanne", "Daan", "Emma", "Bram", "Lotte", "Sem", "Fleur", "Thijs", "Anouk", "Jesse", "Maud",
    "Ruben", "Iris", "Gijs", "Noor", "Stijn", "Femke", "Joris", "Esra", "Mees", "Yara", "Koen",
    "Naomi", "Hidde",
];

const FAMILY: [&str; 23] = [
    "de Vries",
    "Jansen",
    "van den Berg",
    "Bakker",
    "Visser",
    "Smit",
    "Meijer",
    "Mulder",
    "Bos",
    "Vos",
    "Peters",
    "Hendriks",
    "van Leeuwen",
    "Dekker",
    "Brouwer",
    "de Wit",
    "Dijkstra",
    "Kok",
    "Yılmaz",
    "van der Meer",
    "Willems",
    "Prins",
    "Hoekstra",
];

const PLACES: [(&str, &str, &str); 17] = [
    ("Sluisweg", "3433 AB", "Nieuwegein"),
    ("Kadestraat", "3521 XR", "Utrecht"),
    ("Havenkade", "1211 AT", "Hilversum"),
    ("Dijkpad", "8011 PK", "Zwolle"),
    ("Molenwerf", "9712 HB", "Groningen"),
    ("Vaartweg", "6811 KL", "Arnhem"),
    ("Lange Brug", "2312 CD", "Leiden"),
    ("Schutkolk", "5211 GN", "'s-Hertogenbosch"),
    ("Spuistraat", "4331 BV", "Middelburg"),
    ("Veerdam", "3311 TT", "Dordrecht"),
    ("Bolwerk", "8911 DE", "Leeuwarden"),
    ("Singelpad", "2011 RW", "Haarlem"),
    ("Grachtzicht", "2611 LM", "Delft"),
    ("Waterpoort", "7411 JH", "Deventer"),
    ("Oeverlaan", "6211 ZE", "Maastricht"),
    ("Zijlstraat", "9401 NP", "Assen"),
    ("Peilschaal", "4811 VG", "Breda"),
];

/// How many different people there are before they come again. The lengths of
/// the lists have no common divisor, so that few resemble each other.
const DIFFERENT: usize = 24 * 23;

/// People without an e-mail address, parsed once: for a million of them the
/// libraries that check telephone numbers would be most of the work.
#[derive(Debug)]
pub(super) struct Crowd(Vec<Attributes>);

impl Crowd {
    /// Gathers them. `None` when one of them does not pass the checks.
    pub(super) fn gather(now: Timestamp) -> Option<Self> {
        let checks = Checks::at(now);
        (0..DIFFERENT)
            .map(|number| attributes(&person(number), &checks, now))
            .collect::<Option<_>>()
            .map(Self)
    }

    /// One of them.
    pub(super) fn person(&self, number: usize) -> Attributes {
        self.0[number % self.0.len()].clone()
    }
}

fn person(number: usize) -> Value {
    let (given, family) = (GIVEN[number % GIVEN.len()], FAMILY[number % FAMILY.len()]);
    let (street, postal_code, town) = PLACES[number % PLACES.len()];
    let house = number % 199 + 1;
    let address = json!({
        "street_address": format!("{street} {house}"),
        "postal_code": postal_code,
        "locality": town,
        "country": "NL",
    });
    json!({
        "name": format!("{given} {family}"),
        "given_name": given,
        "family_name": family,
        "phone_number": format!("+31612{:06}", 340_000 + number),
        "address": address,
        "delivery_address": address,
    })
}

/// Reads a person, as the file of `sluis account add` has them.
pub(super) fn attributes(person: &Value, checks: &Checks, now: Timestamp) -> Option<Attributes> {
    let values = read_document(person, checks).ok()?;
    let stated = |held: DocumentValue| {
        let attribute = Attribute::new(held.value, Source::Operator, now);
        if held.verified {
            attribute.verified(now)
        } else {
            attribute
        }
    };
    Some(values.into_iter().map(stated).collect())
}

/// Adds the address that someone signs in with.
pub(super) fn with_email(mut attributes: Attributes, email: Email, now: Timestamp) -> Attributes {
    attributes
        .insert(Attribute::new(AttributeValue::from(email), Source::Operator, now).verified(now));
    attributes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::claim::Claim;

    #[test]
    fn everybody_in_the_crowd_passes_the_checks() {
        let now = Timestamp::from_seconds(1_795_300_000);
        let checks = Checks::at(now);
        for number in 0..DIFFERENT {
            let person = person(number);
            assert!(read_document(&person, &checks).is_ok(), "{person}");
        }
        let crowd = Crowd::gather(now).expect("they pass");
        let held = crowd.person(DIFFERENT + 1).held();
        assert!(held.contains(Claim::DeliveryAddress) && !held.contains(Claim::Email));
    }
}
