//! Businesses: the legal entity behind one or more clients, which is the
//! GDPR's controller.

use serde::{Deserialize, Serialize};

use super::id::BusinessId;

/// A business as it was registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Business {
    /// Which.
    pub id: BusinessId,
    /// What it says of itself.
    pub document: BusinessDocument,
}

/// What a business says of itself; the file of `sluis business add`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusinessDocument {
    /// The name under which people know it.
    pub name: String,
    /// Its postal address, on one line.
    pub address: String,
    /// Where people turn with questions about their data: e-mail or URL.
    pub contact: String,
    /// Its entry in a trade register, such as `KvK 12345678`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<String>,
    /// ISO 3166-1 alpha-2 code of the country whose law it is under.
    pub country: String,
}

impl BusinessDocument {
    /// Says in plain words what is wrong with the document, if anything is.
    pub fn check(&self) -> Result<(), InvalidBusiness> {
        let texts = [
            ("name", &self.name),
            ("address", &self.address),
            ("contact", &self.contact),
        ];
        let registration = self.registration.iter().map(|text| ("registration", text));
        for (field, text) in texts.into_iter().chain(registration) {
            if text.trim().is_empty()
                || text.chars().count() > 200
                || text.chars().any(char::is_control)
            {
                return Err(InvalidBusiness::Text(field));
            }
        }
        // celes would take `nl` too; receipts and pages know `NL`.
        let known = celes::Country::from_alpha2(&self.country).is_ok();
        if known && self.country.bytes().all(|b| b.is_ascii_uppercase()) {
            Ok(())
        } else {
            Err(InvalidBusiness::Country)
        }
    }
}

/// Why a business cannot be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBusiness {
    /// A text is empty, too long or has control characters.
    #[error("`{0}` must be 1 to 200 printable characters")]
    Text(&'static str),
    /// The country is not one.
    #[error("`country` must be an ISO 3166-1 alpha-2 code, such as NL")]
    Country,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> BusinessDocument {
        BusinessDocument {
            name: "Bakkerij De Vries".to_owned(),
            address: "Dorpsstraat 1, 1234 AB Dorp".to_owned(),
            contact: "privacy@bakkerij.example".to_owned(),
            registration: Some("KvK 12345678".to_owned()),
            country: "NL".to_owned(),
        }
    }

    #[test]
    fn a_business_says_who_it_is() {
        assert_eq!(document().check(), Ok(()));
        for text in ["", "  ", "two\nlines", &"a".repeat(201)] {
            let wrong = |change: fn(&mut BusinessDocument, String)| {
                let mut document = document();
                change(&mut document, text.to_owned());
                document.check()
            };
            assert_eq!(wrong(|d, t| d.name = t), Err(InvalidBusiness::Text("name")));
            assert_eq!(
                wrong(|d, t| d.address = t),
                Err(InvalidBusiness::Text("address"))
            );
            assert_eq!(
                wrong(|d, t| d.contact = t),
                Err(InvalidBusiness::Text("contact"))
            );
            let registration = wrong(|d, t| d.registration = Some(t));
            assert_eq!(registration, Err(InvalidBusiness::Text("registration")));
        }
        for country in ["", "nl", "NLD", "ZZ", "Nederland"] {
            let document = BusinessDocument {
                country: country.to_owned(),
                ..document()
            };
            assert_eq!(document.check(), Err(InvalidBusiness::Country), "{country}");
        }
    }
}
