//! What a server answered, as people find it.

use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};

use crate::html::{Form, forms, tags};

/// The id at the end of a path.
pub(crate) fn id_of(path: &str) -> &str {
    path.rsplit('/').next().expect("an id")
}

/// What a server answered.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) path: String,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) html: String,
}

impl Page {
    /// Where it leads, if anywhere. Always by 303.
    pub(crate) fn redirect(&self) -> Option<&str> {
        let location = self.headers.get(LOCATION)?.to_str().expect("a location");
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.path);
        Some(location)
    }

    pub(crate) fn location(&self) -> &str {
        self.redirect()
            .unwrap_or_else(|| panic!("{} answered {}:\n{}", self.path, self.status, self.words()))
    }

    /// The form of this id, or that posts to a path with this end.
    pub(crate) fn form(&self, name: &str) -> Form {
        forms(&self.html)
            .into_iter()
            .find(|form| form.id == name || form.action.ends_with(name))
            .unwrap_or_else(|| {
                let (path, status) = (&self.path, self.status);
                panic!("{path} ({status}) has no form {name}:\n{}", self.words())
            })
    }

    pub(crate) fn has_form(&self, name: &str) -> bool {
        forms(&self.html)
            .iter()
            .any(|form| form.id == name || form.action.ends_with(name))
    }

    /// The answer to the question of a business: yes, with this tier.
    pub(crate) fn allowing(&self, tier: &str) -> Form {
        self.form("consent").with("tier", tier).press("allow")
    }

    /// The form that chooses another tier for an agreement.
    pub(crate) fn tiers(&self) -> Form {
        forms(&self.html)
            .into_iter()
            .find(|form| form.has_field("tier"))
            .expect("a form with tiers")
    }

    /// What a reader reads.
    pub(crate) fn words(&self) -> String {
        let main = self.html.split_once("<main").map_or("", |(_, main)| main);
        let texts: Vec<String> = tags(main).into_iter().map(|(_, text)| text).collect();
        texts
            .join(" ")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[track_caller]
    pub(crate) fn says(&self, text: &str) {
        assert!(
            self.words().contains(text),
            "{} ({}) does not say {text:?}:\n{}",
            self.path,
            self.status,
            self.words()
        );
    }

    #[track_caller]
    pub(crate) fn says_not(&self, text: &str) {
        assert!(!self.words().contains(text), "{} says {text:?}", self.path);
    }

    /// `data-code` of an error page.
    pub(crate) fn error(&self) -> Option<String> {
        tags(&self.html)
            .into_iter()
            .find(|(tag, _)| tag.get("id") == Some("error"))
            .and_then(|(tag, _)| tag.get("data-code").map(str::to_owned))
    }

    pub(crate) fn links(&self) -> Vec<String> {
        tags(&self.html)
            .into_iter()
            .filter(|(tag, _)| tag.name == "a")
            .filter_map(|(tag, _)| tag.get("href").map(str::to_owned))
            .collect()
    }

    /// The first link that begins so.
    pub(crate) fn link_to(&self, start: &str) -> String {
        let mut links = self.links().into_iter();
        links
            .find(|link| link.starts_with(start))
            .unwrap_or_else(|| panic!("{} has no link to {start}:\n{}", self.path, self.words()))
    }

    /// The pages of the agreements that it leads to.
    pub(crate) fn grants(&self) -> Vec<String> {
        let mut links = self.links();
        links.retain(|link| link.starts_with("/account/businesses/"));
        links
    }

    /// The text of the element with this id.
    pub(crate) fn text_of(&self, id: &str) -> String {
        tags(&self.html)
            .into_iter()
            .find(|(tag, _)| tag.get("id") == Some(id))
            .map(|(_, text)| text)
            .unwrap_or_else(|| panic!("{} has no {id}:\n{}", self.path, self.words()))
    }

    /// The texts in `code` elements of the list with this id.
    pub(crate) fn texts_in(&self, id: &str) -> Vec<String> {
        tags(&self.html)
            .into_iter()
            .skip_while(|(tag, _)| tag.get("id") != Some(id))
            .take_while(|(tag, _)| tag.name != "/ol")
            .filter(|(tag, _)| tag.name == "code")
            .map(|(_, text)| text)
            .collect()
    }

    /// What is said at a field.
    pub(crate) fn error_at(&self, field: &str) -> Option<String> {
        let id = format!("{field}-error");
        tags(&self.html)
            .into_iter()
            .find(|(tag, _)| tag.get("id") == Some(&id))
            .map(|(_, text)| text)
    }

    pub(crate) fn lang(&self) -> String {
        tags(&self.html)
            .into_iter()
            .find(|(tag, _)| tag.name == "html")
            .and_then(|(tag, _)| tag.get("lang").map(str::to_owned))
            .unwrap_or_default()
    }
}
