//! The OAuth 2.0 and OpenID Connect endpoints. This file is the route table.

mod api;
mod authorize;
mod bearer;
mod call;
mod client_authentication;
mod data_plan;
mod device_authorization;
mod discovery;
mod dpop;
mod error;
mod grants;
mod introspect;
mod limits;
mod logout;
mod par;
mod register;
mod revoke;
mod schemas;
mod ssf;
mod token;
mod transfer;
mod userinfo;

use axum::routing::{get, options, post};
use axum::{Router, middleware};
use http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{Method, StatusCode};
use tower_http::cors::{Any, CorsLayer};

use crate::app::App;
use crate::web::limits::NetworkLimit;
use crate::web::{headers, visitor};

pub use authorize::check_request;

/// What clients fetch from browsers too: there, any site may be a client, and
/// nothing rests on cookies.
fn open_to_browsers() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE, dpop::DPOP])
        .expose_headers([WWW_AUTHENTICATE, dpop::DPOP_NONCE])
}

/// Every protocol endpoint.
pub fn router(app: &App) -> Router<App> {
    let documents = discovery::Documents::of(app);
    // What a browser asks before a request that is not simple (Fetch §3.2.2); the
    // documents themselves say who may read them.
    let asked = options(|| async { StatusCode::NO_CONTENT }).layer(open_to_browsers());
    let metadata = asked
        .clone()
        .merge(get(discovery::openid_configuration).with_state(documents.clone()));
    let jwks = asked.merge(get(discovery::jwks).with_state(documents));
    let documents = Router::new()
        .route("/.well-known/openid-configuration", metadata.clone())
        .route("/.well-known/oauth-authorization-server", metadata)
        .route("/jwks", jwks);
    // What is kept for whoever asks, however it comes.
    let requests = (app.clone(), NetworkLimit::of_requests());
    let held = middleware::from_fn_with_state(requests.clone(), limits::limit);
    let offer_nonce = middleware::from_fn_with_state(app.clone(), dpop::offer_nonce);
    let with_proofs = Router::new()
        .route("/par", post(par::par).layer(held.clone()))
        .route("/token", post(token::token))
        .route(
            "/userinfo",
            get(userinfo::userinfo).post(userinfo::userinfo),
        )
        .layer(offer_nonce.clone());
    let for_clients = Router::new()
        .route("/.well-known/ssf-configuration", get(ssf::configuration))
        .route("/schemas/business/v1.json", get(schemas::business))
        .route("/schemas/data-plan/v1.json", get(schemas::data_plan))
        .route("/schemas/export/v1.json", get(schemas::export))
        .route(
            "/schemas/profile-release/v1.json",
            get(schemas::profile_release),
        )
        .route(
            "/schemas/consent-events/v1.json",
            get(schemas::consent_events),
        )
        .route(
            "/schemas/consent-receipt/v1.json",
            get(schemas::consent_receipt),
        )
        .route(
            "/schemas/consent-receipt/v1/vocabulary",
            get(schemas::consent_receipt_vocabulary),
        )
        .merge(with_proofs)
        // RFC 7009 §2.3: apps in a browser end their tokens too.
        .route("/revoke", post(revoke::revoke))
        .route(
            "/device_authorization",
            post(device_authorization::device_authorization).layer(held),
        )
        .layer(open_to_browsers());
    // Whoever introspects, registers, manages grants or hears events keeps a
    // secret, which no page in a browser can.
    let for_servers = Router::new()
        .route("/account-transfer", get(transfer::fetch))
        .route("/grants/{id}", get(grants::query).delete(grants::revoke))
        .route("/api/v1/plan", get(data_plan::look).put(data_plan::publish))
        .merge(ssf::routes(app))
        .merge(api::routes())
        .layer(offer_nonce)
        .route("/introspect", post(introspect::introspect))
        .merge(register::routes(app));
    // RFC 9700 §2.6: no CORS at the authorization endpoint.
    let held = middleware::from_fn_with_state(requests, crate::web::limits::limit);
    let interactive = Router::new()
        .route("/authorize", get(authorize::get).post(authorize::post))
        .route_layer(held)
        .route("/logout", get(logout::get).post(logout::post))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            visitor::keep_browser,
        ))
        .layer(middleware::from_fn(headers::secure));
    documents
        .merge(for_clients)
        .merge(for_servers)
        .merge(interactive)
}
