//! The pages: handler and template together, one file per page.

mod checkout;
mod keeper;
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

pub(super) use self::keeper::Note;

use self::problem::Problem;
use super::guard::{self, Visit};
use super::lang::Lang;
use super::ledger::Book;
use super::session::Session;
use super::site::Site;
use super::{Shop, assets, receiver};

/// No form of ours is longer.
const LONGEST_FORM: usize = 16 << 10;

pub(super) fn routes(shop: Arc<Shop>) -> Router {
    let pages = match shop.site {
        Site::Shop => Router::new()
            .route("/", get(shop::home))
            .route("/basket", post(shop::add))
            .route("/basket/remove", post(shop::remove))
            .route("/checkout", get(checkout::form).post(checkout::order))
            .route("/thanks", get(checkout::thanks))
            .route("/keeper", get(keeper::show))
            .route("/keeper/plan", post(keeper::publish))
            .route("/keeper/habit", post(keeper::settle_habit))
            .route("/keeper/duty", post(keeper::carry_out))
            .route("/keeper/request", post(keeper::answer)),
        Site::Newspaper => Router::new()
            .route("/", get(news::front))
            .route("/article/{slug}", get(news::article)),
    };
    let doors = match shop.site {
        Site::Shop => Router::new()
            .route("/sluis/events", post(receiver::event))
            .route("/sluis/commands", post(receiver::command)),
        Site::Newspaper => Router::new(),
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
        .merge(doors)
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
    /// The visitor took our access back: what became of what we held.
    lost: Option<Lost>,
    ordered: bool,
}

/// How far we are once somebody took our access back. Deleted is one thing,
/// told so another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lost {
    /// We noticed, or were told, and hold it still.
    Held,
    Deleted,
    /// And Sluis has our word for it.
    Confirmed,
}

impl Lost {
    fn is_held(self) -> bool {
        self == Self::Held
    }

    fn is_confirmed(self) -> bool {
        self == Self::Confirmed
    }

    fn of(book: &Book, subject: &str) -> Self {
        match (book.customer(subject), book.farewell(subject)) {
            (None, Some(duty)) if duty.is_confirmed() => Self::Confirmed,
            (Some(_), _) => Self::Held,
            (None, Some(duty)) if duty.deleted_at.is_none() => Self::Held,
            // The newspaper keeps nobody but in the session, which is empty by now.
            (None, _) => Self::Deleted,
        }
    }
}

impl Frame {
    fn new(shop: &Shop, visit: &Visit, session: &Session) -> Self {
        Self::with(shop, &shop.ledger.book(), visit, session)
    }

    /// [`new`](Self::new), with the book open already.
    fn with(shop: &Shop, book: &Book, visit: &Visit, session: &Session) -> Self {
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
            lost: session
                .lost
                .as_deref()
                .map(|subject| Lost::of(book, subject)),
            ordered: session.order.is_some(),
        }
    }

    fn lang(&self) -> Lang {
        self.lang
    }

    /// Whether what was taken back is here still.
    fn is_held(&self) -> bool {
        self.lost.is_some_and(Lost::is_held)
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
