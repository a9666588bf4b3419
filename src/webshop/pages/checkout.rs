//! Ordering: where to, and thank you.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::shop::Basket;
use super::{Frame, Posted, render};
use crate::webshop::Shop;
use crate::webshop::access::{self, Access};
use crate::webshop::guard::Visit;
use crate::webshop::lang::Lang;
use crate::webshop::ledger::Invoice;
use crate::webshop::person::Person;

const LONGEST_FIELD: usize = 120;

/// Order numbers look lived-in.
static LAST_ORDER: AtomicU64 = AtomicU64::new(20_417);

/// The delivery form, by the names that browsers fill in.
#[derive(Clone, Default, Deserialize)]
pub(super) struct Delivery {
    name: String,
    street_address: String,
    postal_code: String,
    locality: String,
    country: String,
}

impl Delivery {
    fn of(person: &Person) -> Self {
        let address = person.delivery_address().unwrap_or_default();
        Self {
            name: person.name().unwrap_or_default().to_owned(),
            street_address: address.street_address.unwrap_or_default(),
            postal_code: address.postal_code.unwrap_or_default(),
            locality: address.locality.unwrap_or_default(),
            country: address.country.unwrap_or_default(),
        }
    }
}

/// One field of the form.
struct Field {
    id: &'static str,
    label: &'static str,
    autocomplete: &'static str,
    value: String,
    error: Option<&'static str>,
}

impl Field {
    fn check(&mut self, lang: Lang) {
        let value = self.value.trim();
        self.error = if value.is_empty() {
            Some(lang.t(
                "Vul dit in, anders kunnen wij niet bezorgen.",
                "We need this to deliver.",
            ))
        } else if value.chars().count() > LONGEST_FIELD {
            Some(lang.t("Dit is te lang.", "This is too long."))
        } else {
            None
        };
    }
}

fn fields(delivery: Delivery, lang: Lang) -> [Field; 5] {
    let field = |id, label, autocomplete, value| Field {
        id,
        label,
        autocomplete,
        value,
        error: None,
    };
    [
        field("name", lang.t("Naam", "Name"), "name", delivery.name),
        field(
            "street_address",
            lang.t("Straat en huisnummer", "Street and number"),
            "street-address",
            delivery.street_address,
        ),
        field(
            "postal_code",
            lang.t("Postcode", "Postal code"),
            "postal-code",
            delivery.postal_code,
        ),
        field(
            "locality",
            lang.t("Plaats", "Town"),
            "address-level2",
            delivery.locality,
        ),
        field(
            "country",
            lang.t("Land", "Country"),
            "country-name",
            delivery.country,
        ),
    ]
}

#[derive(Template)]
#[template(path = "webshop/shop/checkout.html")]
struct Checkout {
    fields: [Field; 5],
    basket: Basket,
    /// Whether the address came from the visitor's profile.
    prefilled: bool,
    frame: Frame,
}

pub(super) async fn form(State(shop): State<Arc<Shop>>, visit: Visit) -> Response {
    let delivery = match access::look_again(&shop, &visit.session_id).await {
        Access::Open(login) | Access::Unknown(login, _) => Delivery::of(&login.person),
        Access::Guest | Access::Paused(_) | Access::Lost => Delivery::default(),
    };
    let session = visit.session(&shop);
    render(&Checkout {
        prefilled: !delivery.street_address.is_empty(),
        fields: fields(delivery, visit.lang),
        basket: Basket::of(&session, visit.lang),
        frame: Frame::new(&shop, &visit, &session),
    })
}

pub(super) async fn order(State(shop): State<Arc<Shop>>, form: Posted<Delivery>) -> Response {
    let Posted {
        visit,
        fields: delivery,
    } = form;
    let session = visit.session(&shop);
    if session.basket.is_empty() {
        // Sent twice: the first one counted.
        return Redirect::to(if session.order.is_some() {
            "/thanks"
        } else {
            "/"
        })
        .into_response();
    }
    let mut fields = fields(delivery, visit.lang);
    for field in &mut fields {
        field.check(visit.lang);
    }
    let basket = Basket::of(&session, visit.lang);
    if fields.iter().any(|field| field.error.is_some()) {
        let page = render(&Checkout {
            prefilled: false,
            fields,
            basket,
            frame: Frame::new(&shop, &visit, &session),
        });
        return (StatusCode::UNPROCESSABLE_ENTITY, page).into_response();
    }
    let number = LAST_ORDER.fetch_add(1, Ordering::Relaxed) + 1;
    let [name, address @ ..] = fields.map(|field| field.value.trim().to_owned());
    shop.ledger.book().put_in_books(Invoice {
        number,
        subject: session.login.map(|login| login.subject.to_string()),
        name,
        address: address.join(", "),
        cents: basket.cents,
        placed: shop.now(),
    });
    shop.sessions.change(&visit.session_id, |session| {
        session.basket.clear();
        session.order = Some(number);
    });
    Redirect::to("/thanks").into_response()
}

#[derive(Template)]
#[template(path = "webshop/shop/thanks.html")]
struct Thanks {
    order: u64,
    frame: Frame,
}

pub(super) async fn thanks(State(shop): State<Arc<Shop>>, visit: Visit) -> Response {
    let session = visit.session(&shop);
    match session.order {
        Some(order) => render(&Thanks {
            order,
            frame: Frame::new(&shop, &visit, &session),
        }),
        None => Redirect::to("/").into_response(),
    }
}
