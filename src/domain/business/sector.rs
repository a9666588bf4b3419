//! Kinds of business: the small published list that house rules go by.
//!
//! Not to be mixed up with [`crate::domain::subject::Sector`], which says to
//! whom a pairwise subject is the same.

use serde::{Deserialize, Serialize};

use crate::domain::word::words;

/// What kind of business somebody deals with. The words are published
/// (`/schemas/business/v1.json`): one may be added, none changes its meaning.
///
/// The order is that of pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum BusinessSector {
    /// Shops and webshops.
    Shop,
    /// Food and drink: restaurants, delivery, groceries.
    Food,
    /// Travel, transport and lodging.
    Travel,
    /// Sport, culture and going out.
    Leisure,
    /// Apps and services online.
    Online,
    /// News and media.
    Media,
    /// Telephone and internet.
    Telecom,
    /// Energy and water.
    Energy,
    /// Banks, insurers, pensions.
    Finance,
    /// Health and care.
    Health,
    /// Schools and courses.
    Education,
    /// Government.
    Government,
    /// Charities, clubs and churches.
    Charity,
    /// Whatever is none of these, or does not say what it is.
    Other,
}

impl BusinessSector {
    /// Every kind, in the order of pages.
    pub const ALL: [Self; 14] = [
        Self::Shop,
        Self::Food,
        Self::Travel,
        Self::Leisure,
        Self::Online,
        Self::Media,
        Self::Telecom,
        Self::Energy,
        Self::Finance,
        Self::Health,
        Self::Education,
        Self::Government,
        Self::Charity,
        Self::Other,
    ];

    /// The word in documents, forms and paths.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shop => "shop",
            Self::Food => "food",
            Self::Travel => "travel",
            Self::Leisure => "leisure",
            Self::Online => "online",
            Self::Media => "media",
            Self::Telecom => "telecom",
            Self::Energy => "energy",
            Self::Finance => "finance",
            Self::Health => "health",
            Self::Education => "education",
            Self::Government => "government",
            Self::Charity => "charity",
            Self::Other => "other",
        }
    }
}

impl From<BusinessSector> for &'static str {
    fn from(sector: BusinessSector) -> Self {
        sector.as_str()
    }
}

words!(UnknownSector: BusinessSector);

impl TryFrom<String> for BusinessSector {
    type Error = UnknownSector;

    fn try_from(text: String) -> Result<Self, UnknownSector> {
        text.parse()
    }
}

/// The text names no kind of business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`sector` must be one of shop, food, travel, leisure, online, media, telecom, energy, \
     finance, health, education, government, charity, other"
)]
pub struct UnknownSector;

#[cfg(test)]
mod tests {
    use super::super::{BusinessDocument, SCHEMA};
    use super::*;

    #[test]
    fn the_refusal_of_a_word_names_those_that_there_are() {
        let words = BusinessSector::ALL.map(BusinessSector::as_str).join(", ");
        assert!(UnknownSector.to_string().ends_with(&words));
    }

    #[test]
    fn the_published_list_is_that_of_the_code() {
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).expect("JSON");
        let listed = schema["$defs"]["sector"]["oneOf"]
            .as_array()
            .expect("a list");
        let words: Vec<&str> = listed
            .iter()
            .filter_map(|kind| kind["const"].as_str())
            .collect();
        assert_eq!(words, BusinessSector::ALL.map(BusinessSector::as_str));
        let guide = include_str!("../../../docs/business.md");
        for word in words {
            assert!(guide.contains(&format!("| `{word}` |")), "{word}");
        }
    }

    #[test]
    fn the_schema_takes_what_the_code_takes() {
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).expect("JSON");
        let good = serde_json::json!({
            "name": "Shop", "address": "Dam 1", "contact": "x@shop.example", "country": "NL",
            "sector": "shop",
        });
        let with = |name: &str, value: serde_json::Value| {
            let mut document = good.clone();
            document[name] = value;
            document
        };
        for document in [good.clone(), with("registration", "KvK 1".into())] {
            assert!(jsonschema::is_valid(&schema, &document), "{document}");
            let read: BusinessDocument = serde_json::from_value(document).expect("a document");
            assert_eq!(read.check(), Ok(()));
        }
        for document in [
            with("sector", "Shop".into()),
            with("sector", "".into()),
            with("colour", "red".into()),
            with("name", "".into()),
            with("name", "a".repeat(201).into()),
            with("country", "nl".into()),
        ] {
            assert!(!jsonschema::is_valid(&schema, &document), "{document}");
            let read = serde_json::from_value::<BusinessDocument>(document);
            assert!(read.is_err() || read.is_ok_and(|document| document.check().is_err()));
        }
    }
}
