//! The consumer's pages: one file per page, its template struct (the "view
//! model") and its handler together.
//!
//! A template struct holds data that is ready to show, in types of the domain
//! where those have words or formats of their own ([`crate::i18n::Texts`]).
//! Templates decide nothing: what is ticked is what the consumer ticked.
//! These structs hold personal data, so they do not print.
//!
//! Every form posts `csrf`. A form that fails comes back with status 422, with
//! what was typed, and says at the field what is wrong.

mod asker;
pub mod attribute;
pub mod businesses;
pub mod change_email;
pub mod confirm;
pub mod confirm_email;
pub mod consent;
pub mod data;
pub mod device;
pub mod duties;
pub mod erase;
pub mod grant;
pub mod half;
pub mod history;
pub mod holdings;
pub mod landing;
pub mod language;
pub mod letters;
mod logo;
pub mod overview;
pub mod passkeys;
pub mod profiles;
pub mod receipts;
pub mod recover;
pub mod rights;
pub mod rules;
pub mod security;
pub mod sign_in;
pub mod sign_out;
pub mod sign_up;
pub mod sign_up_passkey;
pub mod transfer;
mod way;

#[cfg(test)]
mod render_test;
#[cfg(test)]
mod sample_test;
#[cfg(test)]
mod samples;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::{Redirect, Response};
use axum::routing::{get, post};

use crate::app::App;
use crate::web::error_page::Fault;
use crate::web::limits::{NetworkLimit, PeopleLimit, count_guesses, limit, limit_forms};
use crate::web::visitor::Visitor;

/// The route table of the pages, and the page for every other path.
pub fn router(app: &App) -> Router<App> {
    doors(app)
        .merge(challenges(app))
        .merge(mailed_links(app))
        .merge(asking_again(app))
        // Of what follows, nothing looks at passwords or codes, or makes accounts.
        .route("/", get(landing::show))
        .route("/sign-out", get(sign_out::show).post(sign_out::submit))
        .route("/language", post(language::submit))
        .route("/device/done", get(device::done))
        .route("/account", get(overview::show))
        .route("/account/businesses", get(businesses::show))
        .route("/account/businesses/{id}", get(grant::show))
        .route("/account/businesses/{id}/receipts", get(grant::receipts))
        .route(
            "/account/businesses/{id}/pause",
            get(grant::to_page).post(grant::pause),
        )
        .route(
            "/account/businesses/{id}/stop",
            get(grant::to_page).post(grant::stop),
        )
        .route(
            "/account/businesses/{id}/withdraw",
            get(grant::to_page).post(grant::withdraw),
        )
        .route(
            "/account/businesses/{id}/request",
            get(grant::to_page).post(rights::send),
        )
        .route("/account/duties", get(duties::show))
        .route(
            "/account/duties/{id}/letter",
            get(letters::show).post(letters::sent),
        )
        .route("/account/duties/{id}/complaint", get(letters::complaint))
        .route("/account/rules", get(rules::show))
        .route(
            "/account/rules/{sector}",
            get(rules::show_rule).post(rules::submit_rule),
        )
        .route("/account/history", get(history::show))
        .route("/account/who-has-what", get(holdings::show))
        .route("/account/data", get(data::show))
        .route("/account/data/export.json", get(data::download))
        .route("/account/data/contacts.vcf", get(data::contacts))
        .route(
            "/account/data/transfer",
            get(data::transfer::to_form).post(data::transfer::start),
        )
        .route(
            "/account/data/archive/{id}",
            get(data::archive::show).post(data::archive::throw_away),
        )
        // A Well-Known URL for Changing Passwords (W3C), for password managers.
        .route(
            "/.well-known/change-password",
            get(|| async { Redirect::to("/account/security/password") }),
        )
        .route("/account/security", get(security::show))
        .route("/account/erase", get(erase::show).post(erase::submit))
        .route(
            "/account/erase/call-off",
            get(erase::to_page).post(erase::call_off),
        )
        .route("/erased", get(erase::erased))
        .merge(security::forms())
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
}

/// Where somebody comes in whom nobody knows yet.
fn doors(app: &App) -> Router<App> {
    let people = (app.clone(), PeopleLimit::new());
    // Whoever is known in their browser is not held up by others in their network, and
    // no passkey is: these count by themselves.
    let known = Router::new()
        .route("/sign-in", get(sign_in::show).post(sign_in::submit))
        .route("/sign-in/second", get(half::show).post(half::submit))
        .route_layer(from_fn_with_state(people.clone(), count_guesses));
    Router::new()
        .route("/sign-up", get(sign_up::show).post(sign_up::submit))
        .route(
            "/sign-up/passkey",
            get(sign_up_passkey::show).post(sign_up_passkey::submit),
        )
        .route("/device", get(device::show).post(device::submit))
        .route("/recover", get(recover::show).post(recover::ask))
        .route("/recover/sent", get(recover::sent))
        .route("/recover/continue", get(recover::follow))
        .route("/recover/kit", post(recover::with_kit))
        .route("/recover/wait", post(recover::wait))
        .route("/recover/empty", post(recover::empty))
        .route("/recover/finish", post(recover::finish))
        .route_layer(from_fn_with_state(people, limit_forms))
        .merge(known)
}

/// Forms that ask, where they are, who someone is. Whoever answers has a session,
/// and guesses no more than at the door: with a count of their own, so that a
/// house full of people who sign in can still answer.
fn asking_again(app: &App) -> Router<App> {
    let guesses = (app.clone(), PeopleLimit::new());
    let password = Router::new()
        .route(
            "/account/security/password",
            get(security::password::show).post(security::password::submit),
        )
        .route(
            "/account/security/password/remove",
            get(security::password::show_remove).post(security::password::remove),
        )
        .route_layer(from_fn_with_state(guesses.clone(), limit_forms));
    Router::new()
        .route("/sign-in/confirm", get(confirm::show).post(confirm::submit))
        .route("/consent/{id}", get(consent::show).post(consent::submit))
        .route(
            "/account/businesses/{id}/change",
            get(grant::to_page).post(grant::change),
        )
        .route(
            "/account/businesses/{id}/resume",
            get(grant::to_page).post(grant::resume),
        )
        .route(
            "/account/businesses/{id}/renew",
            get(grant::to_page).post(grant::renew),
        )
        .route(
            "/account/profiles",
            get(profiles::show).post(profiles::submit),
        )
        .route(
            "/account/profiles/{claim}",
            get(attribute::show).post(attribute::submit),
        )
        .route(
            "/account/data/import/{id}",
            get(data::import::preview).post(data::import::answer),
        )
        .route("/transfer/{id}", get(transfer::show).post(transfer::submit))
        .route_layer(from_fn_with_state(guesses, count_guesses))
        .merge(password)
}

/// Where mailed links lead that change or stop something. What they name is a secret of
/// 256 bits, which nobody guesses, and no password is looked at.
fn mailed_links(app: &App) -> Router<App> {
    let limit = from_fn_with_state((app.clone(), NetworkLimit::of_requests()), limit);
    Router::new()
        .route(
            "/confirm-email",
            get(confirm_email::show).post(confirm_email::submit),
        )
        .route(
            "/change-email",
            get(change_email::show).post(change_email::submit),
        )
        .route(
            "/undo-email",
            get(change_email::show_undo).post(change_email::undo),
        )
        .route("/recover/stop", get(recover::follow).post(recover::stop))
        .route_layer(limit)
}

/// The routes that give out challenges, which are kept until they are answered, and
/// that of the answers: there is no password in them to guess.
fn challenges(app: &App) -> Router<App> {
    let limit = from_fn_with_state((app.clone(), NetworkLimit::of_requests()), limit);
    Router::new()
        .route("/sign-in/passkey/options", post(passkeys::options))
        .route("/sign-up/passkey/options", post(passkeys::sign_up_options))
        .route("/sign-in/passkey", post(sign_in::submit_passkey))
        .route_layer(limit)
}

/// The route of the page that takes a file of receipts: its form is larger than
/// others.
pub fn uploads(app: &App) -> Router<App> {
    let limit = from_fn_with_state((app.clone(), NetworkLimit::of_people()), limit);
    Router::new()
        .route("/receipts", get(receipts::show).post(receipts::submit))
        .layer(DefaultBodyLimit::max(receipts::MAX_FORM))
        // A check costs as much as its file is long.
        .route_layer(limit)
}

/// The routes by which an account comes from elsewhere: a document that is large,
/// and takes its time.
pub fn arrivals(app: &App) -> Router<App> {
    let limit = from_fn_with_state((app.clone(), NetworkLimit::of_people()), limit);
    Router::new()
        .route(
            "/account/data/import",
            get(data::import::show).post(data::import::submit),
        )
        .layer(DefaultBodyLimit::max(data::import::MAX_FORM))
        .route_layer(limit)
        .route(crate::service::arrivals::BACK, get(data::transfer::back))
        .method_not_allowed_fallback(method_not_allowed)
}

/// The route of what pages show and is nobody's secret: it gets no cookies, and
/// headers of its own.
pub fn pictures() -> Router<App> {
    Router::new().route("/clients/{client_id}/logos/{hash}", get(logo::show))
}

async fn not_found(visitor: Visitor) -> Response {
    visitor.error(Fault::NotFound)
}

/// RFC 9110 §15.5.6 wants `Allow`, which the router adds.
async fn method_not_allowed(visitor: Visitor) -> Response {
    let mut response = visitor.error(Fault::NotFound);
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
}
