//! The shell around every page of the consumer, and how a page becomes a
//! response.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use i18n_embed::fluent::FluentLanguageLoader;

use super::assets::asset;
use crate::domain::language::Language;
use crate::i18n::{Texts, t};

/// What a page needs that is not its own subject.
#[derive(Clone)]
pub struct Shell {
    /// The phrases.
    pub texts: Texts,
    /// What the signed-in consumer is called (a name, or else the e-mail
    /// address); `None` when nobody is signed in.
    pub account: Option<String>,
    /// The part of the account pages that this page belongs to. The menu is
    /// shown when there is one; a page that asks a question has none, so that
    /// nothing distracts from it.
    pub section: Option<Section>,
    /// Path and query of this page, to come back to after changing language.
    pub here: String,
    /// The session's CSRF token: every form carries it as `csrf`.
    pub csrf: String,
}

impl Shell {
    /// What `t!` looks phrases up in.
    #[must_use]
    pub fn loader(&self) -> &'static FluentLanguageLoader {
        self.texts.loader()
    }

    /// The phrases, by value, as templates hand them on.
    #[must_use]
    pub const fn texts(&self) -> Texts {
        self.texts
    }

    /// The tag of the language for `<html lang>`.
    #[must_use]
    pub const fn lang(&self) -> &'static str {
        self.texts.language().as_str()
    }

    /// The URL of a file under `src/web/assets`.
    #[must_use]
    pub fn asset(&self, name: &str) -> &'static str {
        asset(name)
    }

    /// The languages that the page is not in.
    pub fn other_languages(&self) -> impl Iterator<Item = Language> {
        let current = self.texts.language();
        Language::ALL
            .into_iter()
            .filter(move |other| *other != current)
    }

    /// The menu: each section, and whether it is the current one. Empty where
    /// there is no menu.
    #[must_use]
    pub fn menu(&self) -> Vec<(Section, bool)> {
        self.section.map_or_else(Vec::new, |current| {
            Section::ALL
                .map(|section| (section, section == current))
                .into()
        })
    }
}

/// A part of the account pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// `/account`
    Overview,
    /// `/account/businesses` and below.
    Businesses,
    /// `/account/profiles` and below.
    Profiles,
    /// `/account/rules` and below.
    Rules,
    /// `/account/history`
    History,
    /// `/account/security`
    Security,
}

impl Section {
    /// Every section, in the order of the menu.
    pub const ALL: [Self; 6] = [
        Self::Overview,
        Self::Businesses,
        Self::Profiles,
        Self::Rules,
        Self::History,
        Self::Security,
    ];

    /// Where it is.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Overview => "/account",
            Self::Businesses => "/account/businesses",
            Self::Profiles => "/account/profiles",
            Self::Rules => "/account/rules",
            Self::History => "/account/history",
            Self::Security => "/account/security",
        }
    }

    /// What the menu calls it.
    #[must_use]
    pub fn label(self, texts: Texts) -> String {
        match self {
            Self::Overview => t!(texts, "menu-overview"),
            Self::Businesses => t!(texts, "menu-businesses"),
            Self::Profiles => t!(texts, "menu-profiles"),
            Self::Rules => t!(texts, "menu-rules"),
            Self::History => t!(texts, "menu-history"),
            Self::Security => t!(texts, "menu-security"),
        }
    }
}

/// Who is asking, as the consumer may know it.
#[derive(Clone)]
pub struct Asker {
    /// The business: the legal entity.
    pub business: String,
    /// Its site or app, when that goes by another name.
    pub client: Option<String>,
    /// The host that the consumer will be sent back to: the one thing here
    /// that is checked and not merely claimed.
    pub domain: String,
    /// Path of its logo on this server (the page loads nothing from others).
    pub logo: Option<String>,
    /// URL of its privacy policy.
    pub policy: Option<String>,
    /// URL of its terms of service.
    pub terms: Option<String>,
}

impl Asker {
    /// What to call it in a sentence: the site if it has a name of its own.
    #[must_use]
    pub fn name(&self) -> &str {
        self.client.as_deref().unwrap_or(&self.business)
    }

    /// The letter that stands where there is no logo.
    #[must_use]
    pub fn initial(&self) -> String {
        self.name()
            .chars()
            .find(|letter| letter.is_alphanumeric())
            .map_or_else(|| "·".to_owned(), |letter| letter.to_uppercase().collect())
    }
}

/// Something wrong with what was filled in, said at the field and above the
/// form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The id of the field.
    pub field: &'static str,
    /// What is wrong and how to mend it, in the language of the page.
    pub message: String,
}

/// The error about a field, if there is one.
#[must_use]
pub fn error_of<'a>(errors: &'a [FieldError], field: &str) -> Option<&'a str> {
    errors
        .iter()
        .find(|error| error.field == field)
        .map(|error| error.message.as_str())
}

/// A page as a response.
pub fn respond(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (
            status,
            [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                // Pages hold personal data.
                (header::CACHE_CONTROL, "no-store"),
            ],
            html,
        )
            .into_response(),
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
