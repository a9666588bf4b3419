//! What a client is called, in each language.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::tagged::in_language;
use crate::domain::language::Language;

/// The most characters of a name of a client.
pub const MAX_NAME: usize = 200;

/// The names of a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientName {
    /// `client_name`.
    #[serde(rename = "client_name")]
    pub default: String,
    /// `client_name#nl`, `client_name#en` and others.
    #[serde(flatten, deserialize_with = "tagged_names")]
    tagged: BTreeMap<String, String>,
}

fn tagged_names<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, String>, D::Error> {
    let members = BTreeMap::<String, serde_json::Value>::deserialize(deserializer)?;
    Ok(members
        .into_iter()
        .filter(|(key, _)| key.starts_with("client_name#"))
        .filter_map(|(key, value)| value.as_str().map(|name| (key.clone(), name.to_owned())))
        .collect())
}

impl ClientName {
    /// A name in all languages.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            default: name.to_owned(),
            tagged: BTreeMap::new(),
        }
    }

    /// Whether each of the names is one that a page can show: not empty, not
    /// endless, and without characters that hide or reorder others.
    pub(super) fn is_printable(&self) -> bool {
        let names = || std::iter::once(&self.default).chain(self.tagged.values());
        names().all(|name| {
            let length = name.chars().count();
            !name.trim().is_empty() && length <= MAX_NAME && !name.chars().any(is_invisible)
        })
    }

    /// The name in a language, or the one without a language.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        in_language(&self.tagged, "client_name", language).unwrap_or(&self.default)
    }
}

/// Characters that are not seen, or that reorder those that are (the bidi
/// controls of Unicode UAX #9).
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
