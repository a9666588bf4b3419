//! Members of client metadata that have editions in several languages:
//! `client_name#nl` (RFC 7591 §2.2).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ClientMetadata, WebUri};
use crate::domain::language::Language;

/// The addresses of pages that people read.
const ADDRESSES: [&str; 4] = ["client_uri", "logo_uri", "policy_uri", "tos_uri"];

/// Of members that have a language, the one for a reader: in the language
/// itself, or as it is spoken somewhere (`nl-BE`). Tags have no case (RFC 5646
/// §2.1.1).
pub(super) fn in_language<'a, T>(
    tagged: &'a BTreeMap<String, T>,
    member: &str,
    language: Language,
) -> Option<&'a T> {
    let found = |matches: fn(&str, &str) -> bool| {
        tagged.iter().find_map(|(key, value)| {
            let tag = key.strip_prefix(member)?.strip_prefix('#')?;
            matches(&tag.to_ascii_lowercase(), language.as_str()).then_some(value)
        })
    };
    found(|tag, language| tag == language)
        .or_else(|| found(|tag, language| tag.split('-').next() == Some(language)))
}

/// `policy_uri#nl` and the like: the addresses of a client's pages, as far as
/// it has them per language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalAddresses {
    #[serde(flatten, deserialize_with = "tagged_addresses")]
    tagged: BTreeMap<String, WebUri>,
}

impl LocalAddresses {
    /// The edition of a member for readers of a language, if there is one.
    pub(super) fn get(&self, member: &str, language: Language) -> Option<&WebUri> {
        in_language(&self.tagged, member, language)
    }
}

impl ClientMetadata {
    /// Where the logo is for readers of a language.
    #[must_use]
    pub fn logo_in(&self, language: Language) -> Option<&WebUri> {
        let local = self.local_addresses.get("logo_uri", language);
        local.or(self.logo_uri.as_ref())
    }

    /// Where its logos are, each once.
    #[must_use]
    pub fn logos(&self) -> Vec<&WebUri> {
        let mut logos: Vec<&WebUri> = Vec::new();
        for logo in Language::ALL
            .into_iter()
            .filter_map(|language| self.logo_in(language))
        {
            if !logos.contains(&logo) {
                logos.push(logo);
            }
        }
        logos
    }

    /// The privacy policy for readers of a language.
    #[must_use]
    pub fn policy_in(&self, language: Language) -> Option<&WebUri> {
        let local = self.local_addresses.get("policy_uri", language);
        local.or(self.policy_uri.as_ref())
    }

    /// The terms of service for readers of a language.
    #[must_use]
    pub fn terms_in(&self, language: Language) -> Option<&WebUri> {
        let local = self.local_addresses.get("tos_uri", language);
        local.or(self.tos_uri.as_ref())
    }
}

fn tagged_addresses<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, WebUri>, D::Error> {
    let members = BTreeMap::<String, serde_json::Value>::deserialize(deserializer)?;
    members
        .into_iter()
        .filter(|(key, _)| {
            key.split_once('#')
                .is_some_and(|(member, _)| ADDRESSES.contains(&member))
        })
        .map(|(key, value)| {
            let uri = WebUri::deserialize(value).map_err(serde::de::Error::custom)?;
            Ok((key, uri))
        })
        .collect()
}
