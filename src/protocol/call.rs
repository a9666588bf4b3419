//! A request that a business makes with a token of its own: to `/api/v1/…` and
//! `/ssf/…`.

use std::sync::Arc;

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRef, FromRequest, Request};
use enumset::EnumSet;

use super::bearer::{PresentedToken, refuse};
use super::error::OAuthError;
use crate::app::App;
use crate::domain::scope::Scope;
use crate::service::client_tokens;
use crate::store::clients::RegisteredClient;

/// No document of theirs is larger: a thousand acknowledgements are 40 kB.
const MAX_BODY: usize = 64 * 1024;

/// The request: its token, which nobody has looked at yet, and what it says.
pub(super) struct Call {
    token: PresentedToken,
    pub(super) query: String,
    pub(super) body: Bytes,
}

impl<S> FromRequest<S> for Call
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = OAuthError;

    async fn from_request(request: Request, state: &S) -> Result<Self, OAuthError> {
        let app = App::from_ref(state);
        let token = PresentedToken::in_header(&app, &request)?;
        let query = request.uri().query().unwrap_or_default().to_owned();
        let body = to_bytes(request.into_body(), MAX_BODY).await;
        Ok(Self {
            token,
            query,
            body: body.map_err(|_| OAuthError::too_large())?,
        })
    }
}

impl Call {
    /// The client, if its token has a scope that is enough. Of one that has none, it
    /// is told which is needed.
    pub(super) async fn client_with(
        &self,
        app: &App,
        needed: Scope,
        enough: EnumSet<Scope>,
    ) -> Result<Arc<RegisteredClient>, OAuthError> {
        let PresentedToken { token, proof } = &self.token;
        client_tokens::open_with(app, token, proof.as_ref(), needed, enough)
            .await
            .map_err(|error| refuse(error, proof.is_some()))
    }
}
