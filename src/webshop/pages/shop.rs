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
use crate::webshop::receipt::Receipt;
use crate::webshop::session::Session;

/// For this purpose the plan offers a discount,
const DISCOUNTED: &str = "recommendations";
/// of so many percent.
const DISCOUNT: u32 = 5;
/// From this profile on the plan offers delivery for nothing,
const DELIVERED_FREE: &str = "medium";
/// which costs this otherwise, in euro cents.
const DELIVERY: u32 = 495;

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
    /// What delivery costs; nothing when it is free.
    pub(super) delivery: Option<String>,
    pub(super) total: String,
    /// The total, in euro cents.
    pub(super) cents: u32,
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
        let receipt = receipt(session);
        let discount = if receipt.is_some_and(|receipt| receipt.earns_by_purpose(DISCOUNTED)) {
            sum * DISCOUNT / 100
        } else {
            0
        };
        let is_free = receipt.is_some_and(|receipt| receipt.earns_by_tier(DELIVERED_FREE));
        let delivery = if is_free || lines.is_empty() {
            0
        } else {
            DELIVERY
        };
        let cents = sum - discount + delivery;
        Self {
            lines,
            discount: (discount > 0).then(|| lang.euros(discount)),
            delivery: (delivery > 0).then(|| lang.euros(delivery)),
            total: lang.euros(cents),
            cents,
        }
    }
}

fn receipt(session: &Session) -> Option<&Receipt> {
    session.login.as_ref()?.receipt.receipt()
}

/// Whether the visitor agreed to a purpose, by the receipt.
pub(super) fn agreed(session: &Session, purpose: &str) -> bool {
    receipt(session).is_some_and(|receipt| receipt.process(purpose).is_some())
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
        recommends: receipt(&session).is_some_and(|receipt| receipt.earns_by_purpose(DISCOUNTED)),
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
