//! The privacy policy and the terms that the client's metadata point to.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::{Frame, render};
use crate::webshop::Shop;
use crate::webshop::guard::Visit;

#[derive(Template)]
#[template(path = "webshop/privacy.html")]
struct Privacy {
    frame: Frame,
}

#[derive(Template)]
#[template(path = "webshop/terms.html")]
struct Terms {
    frame: Frame,
}

pub(super) async fn privacy(State(shop): State<Arc<Shop>>, visit: Visit) -> Response {
    let session = visit.session(&shop);
    render(&Privacy {
        frame: Frame::new(&shop, &visit, &session),
    })
}

pub(super) async fn terms(State(shop): State<Arc<Shop>>, visit: Visit) -> Response {
    let session = visit.session(&shop);
    render(&Terms {
        frame: Frame::new(&shop, &visit, &session),
    })
}
