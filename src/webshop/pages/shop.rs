//! The shop's window and its basket.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{Redirect, Response};
use serde::Deserialize;

use super::{Frame, Posted, render};
use crate::webshop::Shop;
use crate::webshop::catalogue::{self, PRODUCTS, Product};
use crate::webshop::guard::Visit;
use crate::webshop::lang::Lang;
use crate::webshop::session::Session;

/// What the shop gives for the purpose `recommendations`, in percent.
const DISCOUNT: u32 = 5;

/// One product in the basket.
pub(super) struct Line {
    pub(super) product: &'static Product,
    pub(super) count: u32,
    pub(super) price: String,
}

/// The basket, added up.
pub(super) struct Basket {
    pub(super) lines: Vec<Line>,
    pub(super) discount: Option<String>,
    pub(super) total: String,
}

impl Basket {
    pub(super) fn of(session: &Session, lang: Lang) -> Self {
        let lines: Vec<Line> = session
            .basket
            .iter()
            .filter_map(|(id, &count)| {
                let product = catalogue::find(id)?;
                Some(Line {
                    product,
                    count,
                    price: lang.euros(product.cents * count),
                })
            })
            .collect();
        let sum: u32 = lines
            .iter()
            .map(|line| line.product.cents * line.count)
            .sum();
        let discount = if agreed(session, "recommendations") {
            sum * DISCOUNT / 100
        } else {
            0
        };
        Self {
            lines,
            discount: (discount > 0).then(|| lang.euros(discount)),
            total: lang.euros(sum - discount),
        }
    }
}

/// Whether the visitor agreed to a purpose, by the receipt.
pub(super) fn agreed(session: &Session, purpose: &str) -> bool {
    session
        .login
        .as_ref()
        .and_then(|login| login.receipt.receipt())
        .is_some_and(|receipt| receipt.process(purpose).is_some())
}

#[derive(Template)]
#[template(path = "webshop/shop/home.html")]
struct Home {
    products: &'static [Product],
    basket: Basket,
    recommends: bool,
    birthday: bool,
    frame: Frame,
}

pub(super) async fn home(State(shop): State<Arc<Shop>>, visit: Visit) -> Response {
    let session = visit.session(&shop);
    render(&Home {
        products: &PRODUCTS,
        basket: Basket::of(&session, visit.lang),
        recommends: agreed(&session, "recommendations"),
        birthday: agreed(&session, "birthday"),
        frame: Frame::new(&shop, &visit, &session),
    })
}

#[derive(Deserialize)]
pub(super) struct Pick {
    product: String,
}

pub(super) async fn add(State(shop): State<Arc<Shop>>, form: Posted<Pick>) -> Redirect {
    if let Some(product) = catalogue::find(&form.fields.product) {
        shop.sessions.change(&form.visit.session_id, |session| {
            session.put_in_basket(product.id);
        });
    }
    Redirect::to("/#basket")
}

pub(super) async fn remove(State(shop): State<Arc<Shop>>, form: Posted<Pick>) -> Redirect {
    shop.sessions.change(&form.visit.session_id, |session| {
        session.basket.remove(form.fields.product.as_str());
    });
    Redirect::to("/#basket")
}
