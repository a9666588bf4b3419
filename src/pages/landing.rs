//! `/`: what Sluis is, and the way in.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::domain::tier::TierChoice;
use crate::i18n::t;
use crate::service::sessions::open_vault;
use crate::web::page::{Shell, respond};
use crate::web::visitor::{Consumer, Visitor};

/// The page for whoever comes by.
#[derive(Clone, Template)]
#[template(path = "landing.html")]
pub struct LandingPage {
    /// Around it.
    pub shell: Shell,
}

impl LandingPage {
    /// The choices that the page explains.
    #[must_use]
    pub fn tiers(&self) -> [TierChoice; 4] {
        TierChoice::ALL
    }
}

/// `GET /`
pub async fn show(mut visitor: Visitor) -> Response {
    let Some(signed_in) = visitor.signed_in.take() else {
        let shell = visitor.shell();
        return respond(StatusCode::OK, &LandingPage { shell });
    };
    match open_vault(&visitor.app, &signed_in).await {
        Ok(vault) => {
            let consumer = Consumer {
                visitor,
                signed_in,
                vault,
            };
            let shell = consumer.shell(None);
            respond(StatusCode::OK, &LandingPage { shell })
        }
        Err(fault) => visitor.fault(&fault),
    }
}
