//! The pages: handler and template together, one file per page.

mod access;
mod checkout;
mod login;
mod my_data;
mod news;
mod problem;
mod shop;
mod terms;

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Form, FromRequest, FromRequestParts as _, Request};
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tower_http::timeout::TimeoutLayer;

use self::problem::Problem;
use super::guard::{self, Visit};
use super::lang::Lang;
use super::session::Session;
use super::site::Site;
use super::{Shop, assets};

/// No form of ours is longer.
const LONGEST_FORM: usize = 16 << 10;

pub(super) fn routes(shop: Arc<Shop>) -> Router {
    let pages = match shop.site {
        Site::Shop => Router::new()
            .route("/", get(shop::home))
            .route("/basket", post(shop::add))
            .route("/basket/remove", post(shop::remove))
            .route("/checkout", get(checkout::form).post(checkout::order))
            .route("/thanks", get(checkout::thanks)),
        Site::Newspaper => Router::new()
            .route("/", get(news::front))
            .route("/article/{slug}", get(news::article)),
    };
    pages
        .route("/login", get(login::begin))
        .route("/callback", get(login::callback))
        .route("/logout", post(login::logout))
        .route("/my-data", get(my_data::show))
        .route("/my-data/refresh", post(my_data::refresh))
        .route("/language", post(speak))
        .route("/privacy", get(terms::privacy))
        .route("/terms", get(terms::terms))
        .fallback(problem::not_found)
        .layer(from_fn_with_state(Arc::clone(&shop), guard::welcome))
        .route("/assets/{file}", get(assets::serve))
        .layer(from_fn(guard::harden))
        .layer(DefaultBodyLimit::max(LONGEST_FORM))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::GATEWAY_TIMEOUT,
            Duration::from_secs(30),
        ))
        .with_state(shop)
}

/// What every page shows around its own content.
struct Frame {
    site: Site,
    lang: Lang,
    csrf: String,
    /// Where this page is.
    path: String,
    logged_in: bool,
    /// What to call the visitor; nothing when they did not say.
    called: Option<String>,
    in_basket: u32,
    access_lost: bool,
    ordered: bool,
}

impl Frame {
    fn new(shop: &Shop, visit: &Visit, session: &Session) -> Self {
        Self {
            site: shop.site,
            lang: visit.lang,
            csrf: session.csrf.clone(),
            path: guard::local_path(&visit.path).to_owned(),
            logged_in: session.login.is_some(),
            called: session
                .login
                .as_ref()
                .and_then(|login| login.person.called())
                .map(str::to_owned),
            in_basket: session.basket.values().sum(),
            access_lost: session.access_lost,
            ordered: session.order.is_some(),
        }
    }

    fn lang(&self) -> Lang {
        self.lang
    }

    /// Says one of two phrases.
    fn t<'a>(&self, nl: &'a str, en: &'a str) -> &'a str {
        self.lang.t(nl, en)
    }

    /// The other languages.
    fn other_languages(&self) -> impl Iterator<Item = Lang> + use<> {
        let own = self.lang;
        Lang::ALL.into_iter().filter(move |lang| *lang != own)
    }
}

fn render(template: &impl Template) -> Response {
    match template.render() {
        Ok(page) => Html(page).into_response(),
        Err(fault) => {
            tracing::error!(%fault, "a page of the demonstration does not render");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A form that this site gave to this visitor.
struct Posted<T> {
    visit: Visit,
    fields: T,
}

#[derive(Deserialize)]
struct Envelope<T> {
    csrf: String,
    #[serde(flatten)]
    fields: T,
}

/// A form that is a button.
#[derive(Deserialize)]
struct Nothing {}

impl<T: DeserializeOwned> FromRequest<Arc<Shop>> for Posted<T> {
    type Rejection = Response;

    async fn from_request(request: Request, shop: &Arc<Shop>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, shop)
            .await
            .map_err(IntoResponse::into_response)?;
        let session = visit.session(shop);
        let refuse = |problem: Problem| problem.page(shop, &visit, &session);
        let form = Form::<Envelope<T>>::from_request(Request::from_parts(parts, body), shop).await;
        match form {
            Ok(Form(form)) if form.csrf == session.csrf => Ok(Self {
                fields: form.fields,
                visit,
            }),
            Ok(_) => Err(refuse(Problem::StaleForm)),
            Err(_) => Err(refuse(Problem::BadForm)),
        }
    }
}

#[derive(Deserialize)]
struct Speak {
    to: String,
    back: String,
}

/// Changes the language.
async fn speak(
    axum::extract::State(shop): axum::extract::State<Arc<Shop>>,
    form: Posted<Speak>,
) -> Redirect {
    if let Some(lang) = Lang::from_tag(&form.fields.to) {
        shop.sessions
            .change(&form.visit.session_id, |session| session.lang = Some(lang));
    }
    Redirect::to(guard::local_path(&form.fields.back))
}
