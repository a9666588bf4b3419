//! Requests that another site sends with a browser: their parameters stand in
//! the query, or in a form that the browser posts.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::response::{IntoResponse, Redirect, Response};
use url::form_urlencoded;

use super::error_page::Fault;
use super::form::is_form;
use super::params::Params;
use super::visitor::Visitor;

/// A request that is longer than this is nobody's.
const MAX_REQUEST: usize = 16 * 1024;

/// The parameters of a query.
///
/// # Errors
/// What the page that refuses it is to say.
pub fn read(query: Option<String>) -> Result<Params, Fault> {
    let query = query.unwrap_or_default();
    if query.len() > MAX_REQUEST {
        return Err(Fault::TooLarge);
    }
    Params::parse(&query).ok_or(Fault::Malformed)
}

/// Turns a form that is posted to `path` into a GET: posted by another site,
/// it comes without our cookies (`SameSite=Lax`), which the GET brings.
pub async fn turn_into_get(visitor: &Visitor, request: Request, path: &str) -> Response {
    match query_of(request).await {
        Ok(query) => Redirect::to(&format!("{path}?{query}")).into_response(),
        Err(fault) => visitor.error(fault),
    }
}

/// What a form says, as a query.
async fn query_of(form: Request) -> Result<String, Fault> {
    if !is_form(&form) {
        return Err(Fault::Malformed);
    }
    let body = to_bytes(form.into_body(), MAX_REQUEST)
        .await
        .map_err(|_| Fault::TooLarge)?;
    // Written anew, so that whatever was sent is a query and nothing but one.
    let params = std::str::from_utf8(&body)
        .ok()
        .and_then(Params::parse)
        .ok_or(Fault::Malformed)?;
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(params.iter())
        .finish();
    if query.len() > MAX_REQUEST {
        return Err(Fault::TooLarge);
    }
    Ok(query)
}
