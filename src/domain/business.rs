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
