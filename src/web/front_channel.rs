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

/// The parameters of a query; a page says what is wrong with it.
pub fn read(visitor: &Visitor, query: Option<String>) -> Result<Params, Response> {
    let query = query.unwrap_or_default();
    if query.len() > MAX_REQUEST {
        return Err(visitor.error(Fault::TooLarge));
    }
    Params::parse(&query).ok_or_else(|| visitor.error(Fault::Malformed))
}

/// Turns a form that is posted to `path` into a GET: posted by another site,
/// it comes without our cookies (`SameSite=Lax`), which the GET brings.
pub async fn turn_into_get(visitor: &Visitor, request: Request, path: &str) -> Response {
    if !is_form(&request) {
        return visitor.error(Fault::Malformed);
    }
    let Ok(body) = to_bytes(request.into_body(), MAX_REQUEST).await else {
        return visitor.error(Fault::TooLarge);
    };
    // Written anew, so that whatever was sent is a query and nothing but one.
    let Some(params) = std::str::from_utf8(&body).ok().and_then(Params::parse) else {
        return visitor.error(Fault::Malformed);
    };
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(params.iter())
        .finish();
    if query.len() > MAX_REQUEST {
        return visitor.error(Fault::TooLarge);
    }
    Redirect::to(&format!("{path}?{query}")).into_response()
}
