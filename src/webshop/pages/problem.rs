//! When something went wrong: what, and how to go on.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::{Frame, render};
use crate::webshop::Shop;
use crate::webshop::guard::Visit;
use crate::webshop::lang::Lang;
use crate::webshop::relying_party::Failure;
use crate::webshop::session::Session;

/// Everything that can go wrong on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    NotFound,
    /// The form is not from this visit.
    StaleForm,
    /// The form lacks something, or has too much.
    BadForm,
    /// The state is not one that this browser waits for: used, old or foreign.
    StaleLogin,
    /// The visitor chose not to.
    Denied,
    /// The provider will not or cannot, by this error code.
    LoginRefused(String),
    /// The code was no longer good.
    CodeExpired,
    /// The answer does not come from whom it should, or does not hold.
    Unbelievable,
    /// The provider does not answer.
    Unreachable,
}

impl From<&Failure> for Problem {
    fn from(failure: &Failure) -> Self {
        match failure {
            Failure::Unreachable(_) => Self::Unreachable,
            Failure::Refused | Failure::Paused => Self::CodeExpired,
            Failure::Error(code) => Self::login_refused(code),
            Failure::Unbelievable(_) => Self::Unbelievable,
        }
    }
}

#[derive(Template)]
#[template(path = "webshop/problem.html")]
struct Page {
    frame: Frame,
    code: &'static str,
    title: String,
    text: String,
    /// Whether to offer another attempt at logging in.
    retry: bool,
}

impl Problem {
    /// Takes an error code as far as it can be one (RFC 6749 §4.1.2.1): pages
    /// repeat it.
    pub(super) fn login_refused(code: &str) -> Self {
        Self::LoginRefused(
            code.chars()
                .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
                .take(40)
                .collect(),
        )
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::StaleForm => "stale-form",
            Self::BadForm => "bad-form",
            Self::StaleLogin => "stale-login",
            Self::Denied => "denied",
            Self::LoginRefused(_) => "login-refused",
            Self::CodeExpired => "code-expired",
            Self::Unbelievable => "unbelievable",
            Self::Unreachable => "unreachable",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::StaleForm => StatusCode::FORBIDDEN,
            Self::BadForm | Self::StaleLogin | Self::CodeExpired => StatusCode::BAD_REQUEST,
            Self::Denied => StatusCode::OK,
            Self::LoginRefused(_) | Self::Unbelievable => StatusCode::BAD_GATEWAY,
            Self::Unreachable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn title(&self, lang: Lang) -> &'static str {
        match self {
            Self::NotFound => lang.t("Hier is niets", "There is nothing here"),
            Self::StaleForm => lang.t("Dit formulier is verlopen", "This form has expired"),
            Self::BadForm => lang.t(
                "Dit formulier kunnen wij niet lezen",
                "We cannot read this form",
            ),
            Self::StaleLogin => lang.t(
                "Deze inlogpoging is al gebruikt of te oud",
                "This login was already used, or is too old",
            ),
            Self::Denied => lang.t("Geen probleem", "No problem at all"),
            Self::LoginRefused(_) => lang.t("Inloggen lukte niet", "Logging in did not work"),
            Self::CodeExpired => lang.t("Het duurde te lang", "That took too long"),
            Self::Unbelievable => lang.t(
                "Het antwoord van Sluis klopt niet",
                "The answer from Sluis does not hold",
            ),
            Self::Unreachable => lang.t(
                "Sluis is nu niet bereikbaar",
                "Sluis cannot be reached right now",
            ),
        }
    }

    fn text(&self, lang: Lang, is_shop: bool) -> String {
        match self {
            Self::NotFound => lang.t(
                "De bladzijde die u zoekt bestaat niet, of niet meer.",
                "The page you are looking for does not exist, or no longer.",
            ),
            Self::StaleForm => lang.t(
                "Het hoort bij een bezoek dat voorbij is. Ga terug en probeer het opnieuw; er is niets veranderd.",
                "It belongs to a visit that is over. Go back and try again; nothing was changed.",
            ),
            Self::BadForm => lang.t(
                "Er ontbrak iets, of het was te lang. Er is niets veranderd.",
                "Something was missing, or it was too long. Nothing was changed.",
            ),
            Self::StaleLogin => lang.t(
                "Dat gebeurt als u een bladzijde herlaadt of op Terug drukt. Er is niets misgegaan: log gewoon opnieuw in.",
                "That happens when you reload a page or press Back. No harm was done: simply log in again.",
            ),
            Self::Denied if is_shop => lang.t(
                "U heeft ons niets gegeven, en dat mag. Uw winkelmand staat nog klaar: u kunt ook als gast bestellen.",
                "You gave us nothing, and that is fine. Your basket is still here: you can order as a guest too.",
            ),
            Self::Denied => lang.t(
                "U heeft ons niets gegeven, en dat mag. De voorpagina blijft voor iedereen.",
                "You gave us nothing, and that is fine. The front page stays open to everyone.",
            ),
            Self::LoginRefused(code) => {
                return format!(
                    "{} ({code}).",
                    lang.t("Sluis meldt een fout", "Sluis reports an error")
                );
            }
            Self::CodeExpired => lang.t(
                "De inlogpoging was verlopen toen zij bij ons aankwam. Probeer het nog eens.",
                "The login had expired when it reached us. Please try once more.",
            ),
            Self::Unbelievable => lang.t(
                "Wij konden niet vaststellen dat het antwoord echt van Sluis komt en voor u bestemd is. Daarom doen wij er niets mee.",
                "We could not establish that the answer really comes from Sluis and is meant for you. So we do nothing with it.",
            ),
            Self::Unreachable if is_shop => lang.t(
                "Wij hebben het een paar keer geprobeerd. Uw winkelmand blijft staan; als gast bestellen kan altijd.",
                "We tried a few times. Your basket stays as it is; you can always order as a guest.",
            ),
            Self::Unreachable => lang.t(
                "Wij hebben het een paar keer geprobeerd. Kom over een ogenblik terug.",
                "We tried a few times. Please come back in a moment.",
            ),
        }
        .to_owned()
    }

    fn offers_login(&self) -> bool {
        !matches!(self, Self::NotFound | Self::StaleForm | Self::BadForm)
    }

    pub(super) fn page(&self, shop: &Shop, visit: &Visit, session: &Session) -> Response {
        let mut frame = Frame::new(shop, visit, session);
        // Whoever changes the language here should not repeat a spent callback.
        "/".clone_into(&mut frame.path);
        let page = render(&Page {
            code: self.code(),
            title: self.title(visit.lang).to_owned(),
            text: self.text(visit.lang, shop.site.is_shop()),
            retry: self.offers_login() && !frame.logged_in,
            frame,
        });
        (self.status(), page).into_response()
    }
}

pub(super) async fn not_found(State(shop): State<Arc<Shop>>, visit: Visit) -> Response {
    Problem::NotFound.page(&shop, &visit, &visit.session(&shop))
}
