//! A page as it is looked at.

/// A page that can be rendered.
pub(super) trait Sample: askama::DynTemplate {
    /// The last word of its type.
    fn kind(&self) -> &'static str {
        let path = std::any::type_name::<Self>();
        path.rsplit("::").next().unwrap_or(path)
    }
}

impl<Page: askama::DynTemplate> Sample for Page {}

/// A sample, rendered.
pub(in super::super) struct Rendered {
    pub(in super::super) name: String,
    /// The type of the page.
    pub(in super::super) kind: &'static str,
    pub(in super::super) html: String,
}

impl Rendered {
    pub(super) fn of(name: &str, page: &dyn Sample) -> Self {
        Self {
            name: name.to_owned(),
            kind: page.kind(),
            html: page.dyn_render().expect("a page that renders"),
        }
    }
}
