//! The languages of the pages: phrases, and how dates, periods, countries and
//! the words of the domain are said in each.
//!
//! Phrases live in `src/i18n/{en,nl}/sluis.ftl`. A phrase that English lacks
//! does not compile (`t!`), and one that Dutch lacks does not build
//! (`build.rs`).

mod closed;
mod format;
mod owed;
mod words;

use std::borrow::Cow;
use std::sync::LazyLock;

use i18n_embed::fluent::FluentLanguageLoader;
use i18n_embed::{I18nAssets, LanguageLoader};
use unic_langid::LanguageIdentifier;

use crate::domain::language::Language;

/// The phrases and formats of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Texts {
    language: Language,
}

impl Texts {
    /// The phrases of a language.
    #[must_use]
    pub const fn new(language: Language) -> Self {
        Self { language }
    }

    /// The language.
    #[must_use]
    pub const fn language(self) -> Language {
        self.language
    }

    /// What `fl!` looks phrases up in; pages say `t!`.
    #[must_use]
    pub fn loader(self) -> &'static FluentLanguageLoader {
        match self.language {
            Language::Nl => &NL,
            Language::En => &EN,
        }
    }
}

/// A phrase: `t!(texts, "consent-title", business = name)`. The first argument
/// is a [`Texts`]. Checked at compile time.
macro_rules! t {
    ($texts:expr, $id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        ::i18n_embed_fl::fl!($texts.loader(), $id $(, $name = $value)*)
    };
}
pub(crate) use t;

/// The language of a page: what the request asks (`ui_locales`, most wanted
/// first), then what the account says, then `Accept-Language`, then Dutch.
#[must_use]
pub fn choose(
    ui_locales: Option<&str>,
    account: Option<Language>,
    accept_language: Option<&str>,
) -> Language {
    ui_locales
        .and_then(|tags| Language::first_of(tags.split(' ').take(MAX_TAGS)))
        .or(account)
        .or_else(|| {
            let header = accept_language.filter(|header| header.len() <= MAX_HEADER)?;
            let tags = accept_language::parse(header);
            Language::first_of(tags.iter().map(String::as_str))
        })
        .unwrap_or(Language::Nl)
}

/// More than anyone reads; a bound on what a stranger can make us parse.
const MAX_TAGS: usize = 32;
const MAX_HEADER: usize = 1_024;

static EN: LazyLock<FluentLanguageLoader> = LazyLock::new(|| loader(Language::En));
static NL: LazyLock<FluentLanguageLoader> = LazyLock::new(|| loader(Language::Nl));

fn loader(language: Language) -> FluentLanguageLoader {
    let language: LanguageIdentifier = language.as_str().parse().unwrap_or_default();
    let loader = FluentLanguageLoader::new("sluis", language);
    if let Err(error) = loader.load_fallback_language(&Files) {
        // `build.rs` parsed both files, so this says that the build is broken.
        tracing::error!(%error, "the phrases cannot be loaded");
    }
    // HTML has `dir` and `<bdi>` for what isolation marks are meant to do, and
    // the marks would end up in what people copy.
    loader.set_use_isolating(false);
    loader
}

/// The phrase files, within the program.
struct Files;

impl I18nAssets for Files {
    fn get_files(&self, path: &str) -> Vec<Cow<'_, [u8]>> {
        match path {
            "en/sluis.ftl" => vec![include_bytes!("en/sluis.ftl").as_slice().into()],
            "nl/sluis.ftl" => vec![include_bytes!("nl/sluis.ftl").as_slice().into()],
            _ => Vec::new(),
        }
    }

    fn filenames_iter(&self) -> Box<dyn Iterator<Item = String> + '_> {
        Box::new(
            ["en/sluis.ftl", "nl/sluis.ftl"]
                .map(String::from)
                .into_iter(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_outranks_the_account_and_the_account_the_browser() {
        let (nl, en) = (Language::Nl, Language::En);
        assert_eq!(choose(Some("fr en-GB"), Some(nl), Some("nl")), en);
        assert_eq!(choose(Some("fr"), Some(en), Some("nl")), en);
        assert_eq!(choose(None, None, Some("nl;q=0.4, en;q=0.9")), en);
        assert_eq!(choose(None, None, Some("fr, nl-BE;q=0.5")), nl);
        assert_eq!(choose(None, None, None), nl);
    }

    #[test]
    fn an_endless_header_is_not_parsed() {
        let header = format!("en, {}", "x".repeat(2_000));
        assert_eq!(choose(None, None, Some(&header)), Language::Nl);
    }
}
