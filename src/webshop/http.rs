//! The HTTP client that `openidconnect` is handed.

use std::pin::Pin;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

/// No answer of a provider is longer.
const LONGEST_ANSWER: usize = 1 << 20;

/// Sends the requests of the relying party, and follows no redirect: the
/// provider's endpoints are where discovery says, and whoever could redirect
/// them could send the client's secret anywhere.
#[derive(Clone)]
pub(super) struct Http(reqwest::Client);

impl Http {
    pub(super) fn new() -> Result<Self, HttpError> {
        Ok(Self(
            reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(Duration::from_secs(2))
                .timeout(Duration::from_secs(10))
                // The demonstration is on this machine; a proxy is not.
                .no_proxy()
                .build()?,
        ))
    }

    pub(super) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let mut answer = self.0.execute(request.try_into()?).await?;
        let mut response = axum::http::Response::new(Vec::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        while let Some(chunk) = answer.chunk().await? {
            let body = response.body_mut();
            if body.len() + chunk.len() > LONGEST_ANSWER {
                return Err(HttpError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(response)
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// The provider could not be asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum HttpError {
    /// No connection, no answer in time, or no HTTP.
    #[error(transparent)]
    Transport(#[from] reqwest::Error),
    /// More than anyone needs to say.
    #[error("the answer is longer than a mebibyte")]
    TooLong,
}
