//! What UserInfo told about someone.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::lang::Lang;
use super::words;

/// The claims of one person, by their short names. Does not print.
#[derive(Clone, Default)]
pub(super) struct Person(Map<String, Value>);

/// An address (OpenID Connect Core 1.0 §5.1.1).
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_field_names,
    reason = "the names are those of the members"
)]
pub(super) struct Address {
    formatted: Option<String>,
    pub(super) street_address: Option<String>,
    pub(super) postal_code: Option<String>,
    pub(super) locality: Option<String>,
    region: Option<String>,
    pub(super) country: Option<String>,
}

impl Address {
    pub(super) fn on_one_line(&self) -> String {
        let place = [&self.postal_code, &self.locality]
            .into_iter()
            .flatten()
            .cloned()
            .collect::<Vec<_>>()
            .join(" ");
        let parts: Vec<String> = [
            self.street_address.clone(),
            Some(place),
            self.region.clone(),
            self.country.clone(),
        ]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
        if parts.is_empty() {
            self.formatted
                .clone()
                .unwrap_or_default()
                .replace('\n', ", ")
        } else {
            parts.join(", ").replace('\n', ", ")
        }
    }
}

/// A claim as a page shows it.
#[derive(Clone)]
pub(super) struct Fact {
    pub(super) key: String,
    pub(super) label: String,
    pub(super) value: String,
}

impl Person {
    /// Takes the claims of a UserInfo response.
    pub(super) fn from_claims(claims: Value) -> Self {
        let Value::Object(claims) = claims else {
            return Self::default();
        };
        Self(
            claims
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (words::short(&name).to_owned(), value))
                .collect(),
        )
    }

    /// Deletes a claim, by either of its names.
    pub(super) fn remove(&mut self, claim: &str) {
        self.0.remove(words::short(claim));
    }

    /// The names of what we know.
    pub(super) fn claims(&self) -> Vec<String> {
        let names = self
            .0
            .keys()
            .filter(|key| !words::ATTENDANTS.contains(&key.as_str()));
        names.cloned().collect()
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.0
            .get(key)?
            .as_str()
            .filter(|text| !text.trim().is_empty())
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.text("name")
    }

    /// What to call someone.
    pub(super) fn called(&self) -> Option<&str> {
        ["nickname", "given_name", "name"]
            .into_iter()
            .find_map(|key| self.text(key))
    }

    pub(super) fn email(&self) -> Option<&str> {
        self.text("email")
    }

    /// Where parcels go: the delivery address, or else the home address.
    pub(super) fn delivery_address(&self) -> Option<Address> {
        ["delivery_address", "address"]
            .into_iter()
            .find_map(|key| self.address(key))
    }

    fn address(&self, key: &str) -> Option<Address> {
        let mut address = Address::deserialize(self.0.get(key)?).ok()?;
        if address.street_address.is_none() {
            address.street_address.clone_from(&address.formatted);
        }
        Some(address)
    }

    /// Everything we were told, in the order of pages.
    pub(super) fn facts(&self, lang: Lang) -> Vec<Fact> {
        let known = words::CLAIMS.iter().map(|(key, ..)| *key);
        let unknown = self.0.keys().map(String::as_str).filter(|key| {
            !words::CLAIMS.iter().any(|(known, ..)| known == key)
                && !words::ATTENDANTS.contains(key)
        });
        known
            .chain(unknown)
            .filter_map(|key| self.fact(key, lang))
            .collect()
    }

    /// One thing that we were told.
    pub(super) fn fact(&self, key: &str, lang: Lang) -> Option<Fact> {
        Some(Fact {
            key: key.to_owned(),
            label: words::claim(key, lang),
            value: self.shown(key)?,
        })
    }

    fn shown(&self, key: &str) -> Option<String> {
        let shown = match (key, self.0.get(key)?) {
            ("address" | "delivery_address", _) => self.address(key)?.on_one_line(),
            ("payment_account", Value::Object(account)) => ["iban", "holder"]
                .into_iter()
                .filter_map(|part| account.get(part)?.as_str())
                .collect::<Vec<_>>()
                .join(", "),
            (_, Value::String(text)) => text.clone(),
            (_, other) => other.to_string(),
        };
        Some(shown).filter(|shown| !shown.is_empty())
    }
}
