//! How the answer to an authorization request reaches the client: by a
//! redirect, or by a form that the browser posts; signed, where the client
//! wants that (JARM). Consent page and authorization endpoint share it.

use std::time::Duration;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Map, Value, json};
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::headers::{PostsToClient, leads_to};
use super::page::{Shell, respond};
use super::visitor::Visitor;
use crate::app::App;
use crate::crypto::jwt::Typ;
use crate::crypto::signing::Algorithm;
use crate::domain::authorization::Destination;
use crate::i18n::t;
use crate::service::Fault;
use crate::service::authorizations::{AuthorizationResponse, Granted, Refusal};
use crate::store::clients::RegisteredClient;

/// How long a signed answer is good (JARM §2.1: at most ten minutes).
const SIGNED_LIFETIME: Duration = Duration::from_mins(2);

impl Refusal {
    /// The `error` code (RFC 6749 §4.1.2.1, OpenID Connect Core 1.0 §3.1.2.6).
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::PushedBefore => "invalid_request_uri",
            Self::OtherAssurance => "unmet_authentication_requirements",
            Self::OtherGrant => "invalid_grant_id",
        }
    }

    /// `error_description`, for whoever built the client.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::AccessDenied => "the person chose not to agree",
            Self::LoginRequired => "nobody is signed in, or not recently enough",
            Self::ConsentRequired => "the person has to be asked first",
            Self::PushedBefore => "request_uri was used before: push the request again",
            Self::OtherAssurance => "the sign-in does not give the acr that was asked for",
            Self::OtherGrant => "grant_id names no agreement with the person who signed in",
        }
    }
}

/// Sends a browser to the client with the answer to its request.
pub async fn tell(visitor: &Visitor, response: &AuthorizationResponse) -> Response {
    if response.to.is_device {
        let answer = match response.result {
            Ok(_) => "allowed",
            Err(Refusal::AccessDenied) => "denied",
            Err(_) => "before",
        };
        return Redirect::to(&format!("/device/done?answer={answer}")).into_response();
    }
    match &response.result {
        Ok(Granted::Device) => {
            let fault = Fault::Inconsistent("what is for a device goes to a client");
            visitor.fault(&fault)
        }
        Ok(Granted::Code(code)) => {
            let code = code.reveal();
            send(visitor, &response.to, &[("code", code.as_str())]).await
        }
        Err(refusal) => {
            tell_error(visitor, &response.to, refusal.code(), refusal.description()).await
        }
    }
}

/// Sends a browser to the client with an error.
pub async fn tell_error(
    visitor: &Visitor,
    to: &Destination,
    error: &str,
    description: &str,
) -> Response {
    let answer = [("error", error), ("error_description", description)];
    send(visitor, to, &answer).await
}

async fn send(visitor: &Visitor, to: &Destination, answer: &[(&str, &str)]) -> Response {
    let app = &visitor.app;
    let client = match client_of(app, to).await {
        Ok(client) => client,
        Err(fault) => return visitor.fault(&fault),
    };
    let mut answer = answer.to_vec();
    answer.extend(to.state.as_deref().map(|state| ("state", state)));
    let signed;
    let answer = if to.response_mode.is_signed() {
        signed = match sign(app, &client, &answer).await {
            Ok(signed) => signed,
            Err(fault) => return visitor.fault(&fault),
        };
        // RFC 9207 §2.4: the issuer is in there.
        vec![("response", signed.as_str())]
    } else {
        // RFC 9207 §2: in every answer, so that a client that talks to several
        // providers knows which of them this one is from.
        answer.push(("iss", app.issuer()));
        answer
    };
    if to.response_mode.is_posted() {
        return post(visitor, &client, &to.redirect_uri, &answer);
    }
    // RFC 9700 §4.12: 303, never 307.
    Redirect::to(&with_answer(&to.redirect_uri, &answer)).into_response()
}

async fn client_of(app: &App, to: &Destination) -> Result<std::sync::Arc<RegisteredClient>, Fault> {
    let client = app.client(&to.client_id).await?;
    client.ok_or(Fault::Inconsistent(
        "an answer goes to a client that is not there",
    ))
}

/// JARM §2.1.
async fn sign(
    app: &App,
    client: &RegisteredClient,
    answer: &[(&str, &str)],
) -> Result<Zeroizing<String>, Fault> {
    let mut claims: Map<String, Value> = answer
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    claims.insert("iss".to_owned(), json!(app.issuer()));
    claims.insert("aud".to_owned(), json!(client.client.id.as_str()));
    let until = app.now().plus(SIGNED_LIFETIME);
    claims.insert("exp".to_owned(), json!(until.as_seconds()));
    let algorithm = Algorithm::from(client.client.metadata.response_algorithm());
    let keys = app.keys().await?;
    let signed = keys.sign(Typ::AuthorizationResponse, algorithm, &claims)?;
    Ok(Zeroizing::new(signed))
}

/// Adds parameters to a redirect URI and leaves the rest of it as the client
/// registered it, byte for byte (RFC 6749 §3.1.2: a query is retained).
fn with_answer(redirect_uri: &str, answer: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(answer)
        .finish();
    let joint = match redirect_uri.split_once('?') {
        None => "?",
        Some((_, own)) if own.is_empty() || own.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{redirect_uri}{joint}{query}")
}

/// The page of OAuth 2.0 Form Post Response Mode: a form that a script sends
/// at once, and a button for browsers without one.
#[derive(Template)]
#[template(path = "form_post.html")]
struct FormPostPage<'a> {
    shell: Shell,
    client: &'a str,
    redirect_uri: &'a str,
    answer: &'a [(&'a str, &'a str)],
}

fn post(
    visitor: &Visitor,
    client: &RegisteredClient,
    redirect_uri: &str,
    answer: &[(&str, &str)],
) -> Response {
    let page = FormPostPage {
        shell: visitor.shell(),
        client: client.client.metadata.client_name.get(visitor.language),
        redirect_uri,
        answer,
    };
    let mut response = respond(StatusCode::OK, &page);
    let extensions = response.extensions_mut();
    extensions.insert(PostsToClient);
    if let Some(leads_to) = leads_to(redirect_uri) {
        extensions.insert(leads_to);
    }
    response
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::language::Language;
    use crate::i18n::Texts;

    /// The page that posts an answer, to look at.
    pub(crate) fn sample(language: Language) -> String {
        let page = FormPostPage {
            shell: Shell {
                texts: Texts::new(language),
                account: None,
                section: None,
                here: "/authorize".to_owned(),
                csrf: String::new(),
            },
            client: "De Groene Winkel",
            redirect_uri: "https://degroenewinkel.example/back",
            answer: &[("code", "slco_x"), ("iss", "https://id.sluis.example")],
        };
        page.render().expect("a page that renders")
    }

    #[test]
    fn a_redirect_uri_keeps_its_own_query() {
        let answer = [("error", "access_denied")];
        for (uri, expected) in [
            (
                "https://shop.example/back",
                "https://shop.example/back?error=access_denied",
            ),
            (
                "https://shop.example/back?",
                "https://shop.example/back?error=access_denied",
            ),
            (
                "https://shop.example/back?a=%41",
                "https://shop.example/back?a=%41&error=access_denied",
            ),
            (
                "https://shop.example/back?a=1&",
                "https://shop.example/back?a=1&error=access_denied",
            ),
            (
                "com.example.app:/back",
                "com.example.app:/back?error=access_denied",
            ),
        ] {
            assert_eq!(with_answer(uri, &answer), expected);
        }
    }

    #[test]
    fn what_a_client_hands_over_stays_inside_its_parameter() {
        let state = "a&b=c d\u{e9}#+";
        let url = with_answer("https://shop.example/back", &[("state", state)]);
        let url = url::Url::parse(&url).expect("a URL");
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        assert_eq!(pairs, [("state".to_owned(), state.to_owned())]);
        assert!(url.fragment().is_none());
    }

    #[test]
    fn a_posted_answer_is_text_in_both_languages() {
        for language in crate::domain::language::Language::ALL {
            let page = FormPostPage {
                shell: Shell {
                    texts: crate::i18n::Texts::new(language),
                    account: None,
                    section: None,
                    here: String::new(),
                    csrf: String::new(),
                },
                client: "Tulp & <Zoon>",
                redirect_uri: "https://shop.example/back?a=\"1&b",
                answer: &[("state", "\"><script>alert(1)</script>")],
            };
            let html = page.render().expect("a page");
            assert!(
                !html.contains("<script>") && !html.contains("<Zoon>"),
                "{html}"
            );
            assert!(!html.contains("\"1&b"), "{html}");
            assert!(!html.contains("No localization"), "{html}");
            assert_eq!(html.matches("<script src=").count(), 1);
        }
    }
}
