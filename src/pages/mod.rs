//! The consumer's pages: one file per page, its template struct (the "view
//! model") and its handler together.
//!
//! A template struct holds data that is ready to show, in types of the domain
//! where those have words or formats of their own ([`crate::i18n::Texts`]).
//! Templates decide nothing: what is ticked is what the consumer ticked.
//! These structs hold personal data, so they do not print.
//!
//! Every form posts `csrf`. A form that fails comes back with status 422, with
//! what was typed, and says at the field what is wrong.

pub mod attribute;
pub mod businesses;
pub mod consent;
pub mod grant;
pub mod history;
pub mod landing;
pub mod overview;
pub mod profiles;
pub mod security;
pub mod sign_in;
pub mod sign_out;
pub mod sign_up;

#[cfg(test)]
mod render_test;
#[cfg(test)]
mod samples;

/// A path that remembers where to go on to.
fn with_next(path: &str, next: &str) -> String {
    if next.is_empty() {
        return path.to_owned();
    }
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("next", next)
        .finish();
    format!("{path}?{query}")
}

/// The route table (stub until the pages are merged).
pub fn router() -> axum::Router<crate::app::App> {
    axum::Router::new()
}
