//! The newspaper's front page and its articles.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::problem::Problem;
use super::shop::agreed;
use super::{Frame, render};
use crate::webshop::Shop;
use crate::webshop::guard::Visit;
use crate::webshop::newsroom::{self, ARTICLES, Article};

#[derive(Template)]
#[template(path = "webshop/news/front.html")]
struct Front {
    lead: &'static Article,
    rest: &'static [Article],
    /// Where the morning letter goes, for those who asked for it.
    letter_to: Option<String>,
    frame: Frame,
}

pub(super) async fn front(State(shop): State<Arc<Shop>>, visit: Visit) -> Response {
    let session = visit.session(&shop);
    let (lead, rest) = &newsroom::edition();
    render(&Front {
        lead,
        rest,
        letter_to: session
            .login
            .as_ref()
            .filter(|_| agreed(&session, "newsletter"))
            .and_then(|login| login.person.email())
            .map(str::to_owned),
        frame: Frame::new(&shop, &visit, &session),
    })
}

#[derive(Template)]
#[template(path = "webshop/news/article.html")]
struct Reading {
    article: &'static Article,
    frame: Frame,
}

/// The first paragraph is for everyone, the rest for readers who logged in,
/// however anonymously.
pub(super) async fn article(
    State(shop): State<Arc<Shop>>,
    visit: Visit,
    Path(slug): Path<String>,
) -> Response {
    let session = visit.session(&shop);
    match ARTICLES.iter().find(|article| article.slug == slug) {
        Some(article) => render(&Reading {
            article,
            frame: Frame::new(&shop, &visit, &session),
        }),
        None => Problem::NotFound.page(&shop, &visit, &session),
    }
}
