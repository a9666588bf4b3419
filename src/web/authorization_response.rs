//! How the answer to an authorization request becomes the URL that a browser
//! is sent to. Consent page and authorization endpoint share it.

use url::form_urlencoded;

use crate::service::authorizations::{AuthorizationResponse, Refusal};

impl Refusal {
    /// The `error` code (RFC 6749 §4.1.2.1, OpenID Connect Core 1.0 §3.1.2.6).
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
        }
    }

    /// `error_description`, for whoever built the client.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::AccessDenied => "the person chose not to agree",
            Self::LoginRequired => "nobody is signed in, or not recently enough",
            Self::ConsentRequired => "the person has to be asked first",
        }
    }
}

/// Where a browser goes with an answer.
#[must_use]
pub fn redirect_url(issuer: &str, response: &AuthorizationResponse) -> String {
    let state = response.state.as_deref();
    match &response.result {
        Ok(code) => with_answer(
            issuer,
            &response.redirect_uri,
            state,
            &[("code", code.reveal().as_str())],
        ),
        Err(refusal) => error_url(
            issuer,
            &response.redirect_uri,
            state,
            refusal.code(),
            refusal.description(),
        ),
    }
}

/// Where a browser goes with an error that is not one of [`Refusal`].
#[must_use]
pub fn error_url(
    issuer: &str,
    redirect_uri: &str,
    state: Option<&str>,
    error: &str,
    description: &str,
) -> String {
    let answer = [("error", error), ("error_description", description)];
    with_answer(issuer, redirect_uri, state, &answer)
}

/// Adds parameters to a redirect URI and leaves the rest of it as the client
/// registered it, byte for byte (RFC 6749 §3.1.2: a query is retained).
fn with_answer(
    issuer: &str,
    redirect_uri: &str,
    state: Option<&str>,
    answer: &[(&str, &str)],
) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(answer);
    if let Some(state) = state {
        query.append_pair("state", state);
    }
    // RFC 9207 §2: in every answer, so that a client that talks to several
    // providers knows which of them this one is from.
    query.append_pair("iss", issuer);
    let joint = match redirect_uri.split_once('?') {
        None => "?",
        Some((_, own)) if own.is_empty() || own.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{redirect_uri}{joint}{}", query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://id.example";

    fn refused(redirect_uri: &str, state: Option<&str>, refusal: Refusal) -> String {
        redirect_url(
            ISSUER,
            &AuthorizationResponse {
                redirect_uri: redirect_uri.to_owned(),
                state: state.map(str::to_owned),
                result: Err(refusal),
            },
        )
    }

    #[test]
    fn a_redirect_uri_keeps_its_own_query() {
        for (uri, start) in [
            (
                "https://shop.example/back",
                "https://shop.example/back?error=",
            ),
            (
                "https://shop.example/back?",
                "https://shop.example/back?error=",
            ),
            (
                "https://shop.example/back?a=%41",
                "https://shop.example/back?a=%41&error=",
            ),
            (
                "https://shop.example/back?a=1&",
                "https://shop.example/back?a=1&error=",
            ),
            ("com.example.app:/back", "com.example.app:/back?error="),
        ] {
            let url = refused(uri, None, Refusal::AccessDenied);
            assert!(url.starts_with(start), "{url}");
        }
    }

    #[test]
    fn every_answer_names_the_issuer_and_hands_the_state_back_as_it_came() {
        let state = "a&b=c d\u{e9}#+";
        for refusal in [
            Refusal::AccessDenied,
            Refusal::LoginRequired,
            Refusal::ConsentRequired,
        ] {
            let url = refused("https://shop.example/back", Some(state), refusal);
            let url = url::Url::parse(&url).expect("a URL");
            let get = |name: &str| {
                let found: Vec<String> = url
                    .query_pairs()
                    .filter(|(key, _)| key == name)
                    .map(|(_, value)| value.into_owned())
                    .collect();
                assert_eq!(found.len(), 1, "{name}");
                found.concat()
            };
            assert_eq!(get("iss"), ISSUER);
            assert_eq!(get("state"), state);
            assert_eq!(get("error"), refusal.code());
            assert!(!get("error_description").is_empty());
            assert!(url.fragment().is_none());
        }
        let without = refused("https://shop.example/back", None, Refusal::AccessDenied);
        assert!(!without.contains("state="));
    }
}
