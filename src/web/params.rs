//! Parameters of a query or a form body, with an eye for duplicates.

use url::form_urlencoded;

/// More parameters than this are refused unread.
const MAX_PARAMS: usize = 200;

/// Decoded parameters, in the order in which they came.
#[derive(Clone, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Decodes `application/x-www-form-urlencoded` text. `None` when there are
    /// too many parameters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut pairs = form_urlencoded::parse(text.as_bytes());
        let params = pairs
            .by_ref()
            .take(MAX_PARAMS)
            .map(|(k, v)| (k.into_owned(), v.into_owned()))
            .collect();
        pairs.next().is_none().then_some(Self(params))
    }

    /// Takes parameters that came decoded. `None` when there are too many.
    #[must_use]
    pub fn from_pairs(pairs: Vec<(String, String)>) -> Option<Self> {
        (pairs.len() <= MAX_PARAMS).then_some(Self(pairs))
    }

    /// The value of a parameter. One without a value is as one that was
    /// omitted (RFC 6749 §3.1).
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
            .filter(|value| !value.is_empty())
    }

    /// A parameter that came more than once, which RFC 6749 §3.1 forbids.
    #[must_use]
    pub fn duplicate<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        names
            .into_iter()
            .find(|name| self.iter().filter(|(key, _)| key == name).count() > 1)
    }

    /// Whether a checkbox was ticked.
    #[must_use]
    pub fn is_on(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Every parameter.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

impl std::fmt::Debug for Params {
    /// Names alone: values may be secrets or personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(key, _)| key))
            .finish()
    }
}
