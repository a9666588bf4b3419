//! Dutch and English.

use axum::http::{HeaderMap, header};

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lang {
    /// Dutch.
    Nl,
    /// English.
    En,
}

impl Lang {
    pub(super) const ALL: [Self; 2] = [Self::Nl, Self::En];

    /// The language tag (BCP 47).
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::En => "en",
        }
    }

    /// The language's name for itself.
    pub(super) const fn own_name(self) -> &'static str {
        match self {
            Self::Nl => "Nederlands",
            Self::En => "English",
        }
    }

    pub(super) fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.tag() == tag)
    }

    /// What the browser prefers; Dutch when it prefers neither.
    pub(super) fn from_headers(headers: &HeaderMap) -> Self {
        headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .filter(|value| value.len() <= 1_000)
            .and_then(|value| {
                accept_language::parse(value)
                    .iter()
                    .find_map(|tag| Self::from_tag(tag.split('-').next().unwrap_or_default()))
            })
            .unwrap_or(Self::Nl)
    }

    /// Says one of two phrases.
    pub(super) const fn t<'a>(self, nl: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Nl => nl,
            Self::En => en,
        }
    }

    /// An amount of money, as this language writes it.
    pub(super) fn euros(self, cents: u32) -> String {
        let (whole, part) = (cents / 100, cents % 100);
        match self {
            Self::Nl => format!("€ {whole},{part:02}"),
            Self::En => format!("€{whole}.{part:02}"),
        }
    }
}
