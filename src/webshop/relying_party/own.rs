//! What the business says in its own name, with nobody there: a token of the
//! client itself (RFC 6749 §4.4), and documents in JSON; and what the provider
//! says to it.

use std::time::Duration;

use axum::http::{Method, StatusCode, header};
use openidconnect::{AccessToken, HttpRequest, OAuth2TokenResponse as _};
use serde_json::Value;

use super::failure::{Failure, in_full};
use super::{Provider, RelyingParty};
use crate::webshop::jws::{self, BadJws};

/// How long keys are not asked for again because of a key that we lack: who
/// sends forgeries must not make us ask all day.
const KEYS_REST: Duration = Duration::from_secs(10);

/// A request to one of the provider's interfaces for businesses.
pub(in crate::webshop) struct Call<'a> {
    pub(in crate::webshop) method: Method,
    /// Where it is at the provider.
    pub(in crate::webshop) path: &'a str,
    pub(in crate::webshop) body: Option<&'a Value>,
    /// The version that we believe to change (RFC 9110 §13.1.1).
    pub(in crate::webshop) if_match: Option<&'a str>,
}

impl<'a> Call<'a> {
    pub(in crate::webshop) fn get(path: &'a str) -> Self {
        Self {
            method: Method::GET,
            path,
            body: None,
            if_match: None,
        }
    }

    pub(in crate::webshop) fn post(path: &'a str, body: &'a Value) -> Self {
        Self {
            method: Method::POST,
            path,
            body: Some(body),
            if_match: None,
        }
    }
}

/// What was answered.
pub(in crate::webshop) struct Answer {
    pub(in crate::webshop) status: StatusCode,
    pub(in crate::webshop) etag: Option<String>,
    /// `null` when it is no JSON.
    pub(in crate::webshop) body: Value,
}

/// A token of the provider could not be opened.
#[derive(Debug, thiserror::Error)]
pub(in crate::webshop) enum Unopened {
    #[error(transparent)]
    Bad(#[from] BadJws),
    #[error("its keys are not to be had: {0}")]
    NoKeys(Failure),
}

impl RelyingParty {
    pub(in crate::webshop) fn issuer(&self) -> &str {
        self.issuer.as_str()
    }

    pub(in crate::webshop) fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Asks in our own name. A token that is refused may merely be old, so
    /// that a new one gets a try.
    pub(in crate::webshop) async fn call(&self, call: &Call<'_>) -> Result<Answer, Failure> {
        let provider = self.provider().await?;
        let held = self.held_token().clone();
        if let Some(token) = held {
            let answer = self.send(call, &token).await?;
            if answer.status != StatusCode::UNAUTHORIZED {
                return Ok(answer);
            }
        }
        let token = self.new_token(&provider).await?;
        let answer = self.send(call, &token).await?;
        if answer.status == StatusCode::UNAUTHORIZED {
            return Err(Failure::Refused);
        }
        *self.held_token() = Some(token);
        Ok(answer)
    }

    fn held_token(&self) -> std::sync::MutexGuard<'_, Option<AccessToken>> {
        self.own_token
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Without `scope`: for all that we registered.
    async fn new_token(&self, provider: &Provider) -> Result<AccessToken, Failure> {
        let tokens = provider
            .client
            .exchange_client_credentials()
            .map_err(|fault| Failure::Unbelievable(fault.to_string()))?
            .request_async(&self.http)
            .await
            .map_err(Failure::from)?;
        Ok(tokens.access_token().clone())
    }

    async fn send(&self, call: &Call<'_>, token: &AccessToken) -> Result<Answer, Failure> {
        let url = format!(
            "{}{}",
            self.issuer.as_str().trim_end_matches('/'),
            call.path
        );
        let mut request = HttpRequest::new(Vec::new());
        *request.method_mut() = call.method.clone();
        *request.uri_mut() = url
            .parse()
            .map_err(|_| Failure::Unbelievable(format!("{url} is no address")))?;
        let headers = request.headers_mut();
        let mut set = |name, text: &str| {
            let value = text.parse();
            value.map(|value| headers.insert(name, value))
        };
        let written = set(header::AUTHORIZATION, &format!("Bearer {}", token.secret()))
            .and_then(|_| set(header::ACCEPT, "application/json"))
            .and_then(|_| match call.if_match {
                Some(version) => set(header::IF_MATCH, version),
                None => Ok(None),
            })
            .and_then(|_| match call.body {
                Some(_) => set(header::CONTENT_TYPE, "application/json"),
                None => Ok(None),
            });
        written.map_err(|_| Failure::Unbelievable("a token cannot be sent".to_owned()))?;
        if let Some(body) = call.body {
            *request.body_mut() = body.to_string().into_bytes();
        }
        let response = self.http.send(request).await;
        let response = response.map_err(|fault| Failure::Unreachable(in_full(&fault)))?;
        let status = response.status();
        if status.is_server_error() {
            return Err(Failure::Unreachable(format!("it answers {status}")));
        }
        let etag = response.headers().get(header::ETAG);
        Ok(Answer {
            status,
            etag: etag
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
            body: serde_json::from_slice(response.body()).unwrap_or_default(),
        })
    }

    /// The payload of something that the provider signed.
    pub(in crate::webshop) async fn open(&self, jws: &str, typ: &str) -> Result<Value, Unopened> {
        let provider = self.provider().await.map_err(Unopened::NoKeys)?;
        match jws::open(jws, typ, provider.keys.keys()) {
            Err(BadJws::UnknownKey) if self.may_look_again(&provider) => {
                let provider = self.discover().await.map_err(Unopened::NoKeys)?;
                Ok(jws::open(jws, typ, provider.keys.keys())?)
            }
            opened => Ok(opened?),
        }
    }

    fn may_look_again(&self, provider: &Provider) -> bool {
        let age = (self.now)().duration_since(provider.found_at);
        age.unsigned_abs() >= KEYS_REST
    }
}
