//! `/language`: the button at the foot of every page.
//!
//! # The form
//! Posted to `/language`; fields `csrf`, `language`, and `return`: the page to
//! come back to.

use axum::response::Response;

use super::way::{LocalPath, see_other};
use crate::domain::language::Language;
use crate::service::sessions;
use crate::web::cookies::Cookies;
use crate::web::error_page::Fault;
use crate::web::form::VisitorForm;

/// `POST /language`: for this browser, and for the account of whoever is
/// signed in.
pub async fn submit(form: VisitorForm) -> Response {
    let VisitorForm { visitor, params } = form;
    let Some(language) = params
        .get("language")
        .and_then(|tag| tag.parse::<Language>().ok())
    else {
        return visitor.error(Fault::Malformed);
    };
    if let Some(signed_in) = &visitor.signed_in
        && let Err(fault) =
            sessions::set_language(&visitor.app, signed_in.account.id, language).await
    {
        return visitor.fault(&fault);
    }
    let back = LocalPath::of_param(&params, "return", "/");
    let mut response = see_other(back.as_str());
    Cookies::of(visitor.app.config()).set_language(response.headers_mut(), language);
    response
}
