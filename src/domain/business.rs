//! Businesses: the legal entity behind one or more clients, which is the
//! GDPR's controller.

use serde::{Deserialize, Serialize};

use super::attribute::is_control;
use super::client::ClientMetadata;
use super::id::BusinessId;

mod sector;

pub use sector::{BusinessSector, UnknownSector};

/// The JSON Schema of a [`BusinessDocument`], with the list of sectors.
pub const SCHEMA: &str = include_str!("../../docs/schemas/business-v1.json");

/// A business as it was registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Business {
    /// Which.
    pub id: BusinessId,
    /// What it says of itself.
    pub document: BusinessDocument,
    /// Whether anybody vouches for it.
    pub vetting: Vetting,
}

/// Whether anybody vouches for a business, and so for its clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vetting {
    /// The operator took it up, and knows who it is.
    Vetted,
    /// It came by open registration: nobody knows who it is.
    Unvetted,
}

/// The most characters of what a business says of itself.
pub const MAX_TEXT: usize = 200;

/// The country of a business that does not say: ISO 3166-1 leaves `ZZ` to its
/// users, and CLDR has it for an unknown region.
const NO_COUNTRY: &str = "ZZ";

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
    /// What kind of business it is, which people's house rules go by. Only
    /// the operator says so: of a business that registered itself it stays
    /// out, since that would choose the rule that suits it best.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector: Option<BusinessSector>,
}

impl BusinessDocument {
    /// All that is known of a business that a client registered on its own:
    /// what the client says. Where it is, in the world, it cannot say.
    #[must_use]
    pub fn of_client(metadata: &ClientMetadata) -> Self {
        let site = metadata
            .client_uri
            .as_ref()
            .map_or_else(|| metadata.domain(), |uri| uri.as_str().to_owned());
        Self {
            name: metadata.client_name.default.clone(),
            address: site.clone(),
            contact: metadata.contacts.first().cloned().unwrap_or(site),
            registration: None,
            country: NO_COUNTRY.to_owned(),
            sector: None,
        }
    }

    /// What kind of business it is: one that does not say is like none of them.
    #[must_use]
    pub fn sector(&self) -> BusinessSector {
        self.sector.unwrap_or(BusinessSector::Other)
    }

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
                || text.chars().count() > MAX_TEXT
                || text.chars().any(is_control)
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
            sector: None,
        }
    }

    #[test]
    fn of_a_client_on_its_own_there_is_what_it_says() {
        let of = |more: serde_json::Value| {
            let mut members = serde_json::json!({
                "client_name": "Shop", "redirect_uris": ["https://id.shop.example/back"],
            });
            for (name, value) in more.as_object().expect("members") {
                members[name] = value.clone();
            }
            let metadata = serde_json::from_value(members).expect("metadata");
            BusinessDocument::of_client(&metadata)
        };
        let least = of(serde_json::json!({}));
        assert_eq!(
            (least.name.as_str(), least.country.as_str()),
            ("Shop", "ZZ")
        );
        assert_eq!(least.contact, "id.shop.example");
        assert_eq!(least.sector(), BusinessSector::Other);
        assert_eq!(
            least.check(),
            Err(InvalidBusiness::Country),
            "nobody else's"
        );
        let more = of(serde_json::json!({
            "client_uri": "https://shop.example/", "contacts": ["privacy@shop.example"],
        }));
        assert_eq!(more.address, "https://shop.example/");
        assert_eq!(more.contact, "privacy@shop.example");
    }

    #[test]
    fn a_business_says_who_it_is() {
        assert_eq!(document().check(), Ok(()));
        for text in ["", "  ", "two\nlines", "shop\u{202e}VB", &"a".repeat(201)] {
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
