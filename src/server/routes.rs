//! All routes of a provider, and the layers around them.

use std::time::Duration;

use axum::extract::State;
use axum::http::header::{STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Request, StatusCode};
use axum::routing::get;
use axum::{Router, middleware};
use tower::ServiceBuilder;
use tower::util::option_layer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use crate::app::App;
use crate::config::Issuer;
use crate::store::{StoreError, instance};
use crate::web::{assets, headers, visitor};
use crate::{pages, protocol};

/// No form or request of ours is larger, but for a file of receipts.
const MAX_BODY: usize = 128 * 1024;
/// Longer than a burst of sign-ins queues for its password hashes.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// The same, where all of an account comes in: 32 MiB at the slowest pace that is
/// put up with ([`crate::service::pace`]) are some nine minutes. Few come in at a
/// time, and what is slower than that, or does not answer, is told on a page long
/// before.
const ARRIVAL_TIMEOUT: Duration = Duration::from_mins(10);

/// Everything that a provider answers.
pub fn router(app: &App) -> Router {
    let for_people = |pages: Router<App>| {
        pages
            .layer(tower_http::csrf::CsrfLayer::new())
            .layer(middleware::from_fn_with_state(
                app.clone(),
                visitor::tell_forged,
            ))
            .layer(middleware::from_fn_with_state(
                app.clone(),
                visitor::keep_browser,
            ))
            .layer(middleware::from_fn(headers::secure))
    };
    let answers = Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .merge(protocol::router(app))
        .merge(for_people(pages::router(app)))
        .merge(pages::pictures())
        .layer(RequestBodyLimitLayer::new(MAX_BODY))
        // With a limit of its own.
        .merge(for_people(pages::uploads(app)))
        .layer(within(REQUEST_TIMEOUT))
        .merge(for_people(pages::arrivals(app)).layer(within(ARRIVAL_TIMEOUT)))
        .with_state(app.clone())
        .merge(assets::router())
        .layer(option_layer(hsts(&app.config().issuer)));
    guarded(answers)
}

/// How long an answer may take.
fn within(time: Duration) -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, time)
}

/// What holds for every answer, whatever comes of the request.
fn guarded(answers: Router) -> Router {
    answers.layer(
        ServiceBuilder::new()
            .layer(TraceLayer::new_for_http().make_span_with(span))
            // ASVS 5.0 §3.4.4: of every answer, and not of pages alone.
            .layer(SetResponseHeaderLayer::overriding(
                X_CONTENT_TYPE_OPTIONS,
                HeaderValue::from_static("nosniff"),
            ))
            .layer(CatchPanicLayer::new()),
    )
}

/// Browsers that were here over TLS come back over TLS alone (RFC 6797), for a
/// year. Not on this machine, where other things are served without.
fn hsts(issuer: &Issuer) -> Option<SetResponseHeaderLayer<HeaderValue>> {
    (issuer.is_https() && !issuer.is_loopback()).then(|| {
        SetResponseHeaderLayer::if_not_present(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        )
    })
}

/// Method and path alone: queries hold codes and hints.
fn span<B>(request: &Request<B>) -> tracing::Span {
    tracing::debug_span!("request", method = %request.method(), path = request.uri().path())
}

/// `/healthz`: the process is alive.
async fn alive() -> &'static str {
    "alive\n"
}

/// `/readyz`: the database is there, migrated, and takes a durable write.
async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    match examine(&app).await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(why) => {
            tracing::error!(%why, what_to_do = why.remedy(), "not ready");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "not ready: the log says why\n",
            )
        }
    }
}

async fn examine(app: &App) -> Result<(), StoreError> {
    if !app.store().is_migrated().await? {
        return Err(StoreError::NotMigrated);
    }
    instance::check_writable(app.store(), app.now()).await
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use tower::ServiceExt as _;

    use super::*;

    async fn status(router: &Router, path: &str) -> StatusCode {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let answer = router.clone().oneshot(request).await.expect("an answer");
        assert_eq!(answer.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
        answer.status()
    }

    #[tokio::test]
    async fn a_request_that_takes_too_long_or_panics_is_answered() {
        let router = Router::new()
            .route("/never", get(std::future::pending::<&str>))
            .route(
                "/wrong",
                get(async || -> &'static str { panic!("on purpose") }),
            )
            .route("/quick", get(async || "at once"));
        let hasty = guarded(router.clone().layer(within(Duration::from_millis(10))));
        assert_eq!(status(&hasty, "/never").await, StatusCode::GATEWAY_TIMEOUT);
        let patient = guarded(router.layer(within(REQUEST_TIMEOUT)));
        assert_eq!(status(&patient, "/quick").await, StatusCode::OK);
        assert_eq!(
            status(&patient, "/wrong").await,
            StatusCode::INTERNAL_SERVER_ERROR
        );
        let waits = tokio::time::timeout(Duration::from_millis(100), status(&patient, "/never"));
        assert!(waits.await.is_err(), "a burst of sign-ins takes longer");
    }
}
