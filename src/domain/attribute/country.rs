//! Countries, by ISO 3166-1.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::super::language::Language;
use super::country_names::NAMES;
use super::form::Problem;

/// A country that has an ISO 3166-1 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(&'static str);

impl Country {
    /// The Netherlands.
    pub const NETHERLANDS: Self = Self("NL");

    /// The two-letter code.
    #[must_use]
    pub const fn alpha2(self) -> &'static str {
        self.0
    }

    /// What people call it.
    #[must_use]
    pub fn name(self, language: Language) -> &'static str {
        NAMES
            .iter()
            .find(|(alpha2, _, _)| *alpha2 == self.0)
            .map_or(self.0, |(_, nl, en)| match language {
                Language::Nl => nl,
                Language::En => en,
            })
    }

    /// Every country, for a list to choose from, in the order of their names.
    #[must_use]
    pub fn all(language: Language) -> Vec<Self> {
        let mut all: Vec<Self> = NAMES.iter().map(|(alpha2, _, _)| Self(alpha2)).collect();
        all.sort_by_key(|country| sort_key(country.name(language)));
        all
    }
}

/// Sorts a name as its letters do without accents: Åland and Oostenrijk do
/// not come after Zweden.
fn sort_key(name: &str) -> String {
    name.chars()
        .map(|c| match c {
            'Å' => 'a',
            'é' | 'ë' => 'e',
            'ô' => 'o',
            'ü' => 'u',
            other => other.to_ascii_lowercase(),
        })
        .collect()
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl FromStr for Country {
    type Err = Problem;

    /// Takes a two- or three-letter code in any case, and a name in any
    /// language of Sluis.
    fn from_str(text: &str) -> Result<Self, Problem> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Problem::Empty);
        }
        let by_code = celes::Country::from_alpha2(text)
            .or_else(|_| celes::Country::from_alpha3(text))
            .map(|country| country.alpha2);
        by_code
            .ok()
            .or_else(|| by_name(text))
            .map(Self)
            .ok_or(Problem::NotACountry)
    }
}

fn by_name(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    NAMES
        .iter()
        .find(|(_, nl, en)| nl.to_lowercase() == lower || en.to_lowercase() == lower)
        .map(|(alpha2, _, _)| *alpha2)
}

impl Serialize for Country {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
