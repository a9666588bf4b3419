//! `/sign-up`.
//!
//! # The form
//! Posted to `/sign-up`; fields `csrf`, `next`, `name`, `email`, `password`.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use super::sign_in::start;
use super::way::{Way, WayForm, see_other, with_next};
use crate::crypto::password::{BadPassword, Password};
use crate::domain::attribute::{
    Attribute, AttributeValue, Checks, Email, Field, FormFields, Problem, Source,
};
use crate::domain::authorization::Prompt;
use crate::domain::claim::Claim;
use crate::i18n::{Texts, t};
use crate::service::accounts::{self, NewAccount};
use crate::service::passkeys;
use crate::web::page::{Asker, FieldError, Shell, respond};
use crate::web::params::Params;
use crate::web::visitor::Visitor;

/// The page that makes an account.
#[derive(Clone, Template)]
#[template(path = "sign_up.html")]
pub struct SignUpPage {
    /// Around it.
    pub shell: Shell,
    /// The business that the consumer is about to log in at, if that is why
    /// they are here.
    pub asker: Option<Asker>,
    /// Path to go on to; comes back as `next`.
    pub next: String,
    /// The name as it was typed.
    pub name: String,
    /// The e-mail address as it was typed. The password is never shown again.
    pub email: String,
    /// What is wrong, at `name`, `email` or `password`.
    pub errors: Vec<FieldError>,
    /// Whether browsers know passkeys at this address.
    pub passkeys: bool,
}

impl SignUpPage {
    /// Where to sign up with a passkey, on the same way.
    #[must_use]
    pub fn with_passkey(&self) -> String {
        with_next("/sign-up/passkey", &self.next)
    }

    /// Where to sign in, on the same way.
    #[must_use]
    pub fn sign_in(&self) -> String {
        with_next("/sign-in", &self.next)
    }
}

/// `GET /sign-up`: asks for what an account needs, unless someone is signed in.
pub async fn show(mut visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(&query.unwrap_or_default()).unwrap_or_default();
    let way = match Way::find(&mut visitor, &params).await {
        Ok(way) => way,
        Err(page) => return page,
    };
    if visitor.signed_in.is_some() && !wants_new_account(&way) {
        return see_other(&with_next("/sign-in", &way.next()));
    }
    way.let_lead(respond(StatusCode::OK, &page(&visitor, &way)))
}

/// Initiating User Registration 1.0 §4: `prompt=create` asks for one whoever
/// is signed in.
pub(super) fn wants_new_account(way: &Way) -> bool {
    matches!(way, Way::Request(waiting)
        if waiting.pending.request.prompt.contains(Prompt::Create))
}

fn page(visitor: &Visitor, way: &Way) -> SignUpPage {
    let next = way.next();
    SignUpPage {
        shell: Shell {
            here: with_next("/sign-up", &next),
            ..visitor.shell()
        },
        asker: way.asker(visitor),
        next,
        name: String::new(),
        email: String::new(),
        errors: Vec::new(),
        passkeys: passkeys::are_possible(&visitor.app),
    }
}

/// `POST /sign-up`.
pub async fn submit(form: WayForm) -> Response {
    let WayForm {
        visitor,
        params,
        way,
    } = form;
    let errors = match read(&visitor, &params) {
        Ok((new, password)) => {
            match accounts::sign_up(&visitor.app, &visitor.place(), new, password).await {
                Ok(session) => return start(visitor, &session, &welcome(way)).await,
                Err(fault) => return visitor.fault(&fault),
            }
        }
        Err(errors) => errors,
    };
    let page = SignUpPage {
        name: params.get("name").unwrap_or_default().to_owned(),
        email: params.get("email").unwrap_or_default().to_owned(),
        errors,
        ..page(&visitor, &way)
    };
    way.let_lead(respond(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// Someone new who is on the way nowhere is welcomed.
pub(super) fn welcome(way: Way) -> Way {
    if way.next().is_empty() {
        Way::to("/account?done=welcome")
    } else {
        way
    }
}

/// What was filled in, or everything that is wrong with it.
fn read(visitor: &Visitor, params: &Params) -> Result<(NewAccount, Password), Vec<FieldError>> {
    let new = read_person(visitor, params);
    match (new, read_password(visitor, params)) {
        (Ok(new), Ok(password)) => Ok((new, password)),
        (new, password) => {
            let errors = new.err().unwrap_or_default();
            Err(errors.into_iter().chain(password.err()).collect())
        }
    }
}

/// Who somebody is, as they filled it in.
pub(super) fn read_person(
    visitor: &Visitor,
    params: &Params,
) -> Result<NewAccount, Vec<FieldError>> {
    let texts = visitor.texts();
    let now = visitor.app.now();
    let typed = |field| params.get(field).unwrap_or_default();
    let name = FormFields::of_value(typed("name"));
    let name = AttributeValue::parse(Claim::Name, &name, &Checks::at(now)).map_err(|errors| {
        let problem = errors.at(Field::Value).unwrap_or(&Problem::Empty);
        FieldError {
            field: "name",
            message: texts.problem(problem),
        }
    });
    let email = Email::parse(typed("email")).map_err(|problem| FieldError {
        field: "email",
        message: texts.problem(problem),
    });
    match (name, email) {
        (Ok(name), Ok(email)) => Ok(NewAccount {
            email,
            attributes: [Attribute::new(name, Source::Consumer, now)]
                .into_iter()
                .collect(),
            language: visitor.language,
            escrow: true,
        }),
        (name, email) => Err([name.err(), email.err()].into_iter().flatten().collect()),
    }
}

/// The password that somebody chose.
pub(super) fn read_password(visitor: &Visitor, params: &Params) -> Result<Password, FieldError> {
    let typed = params.get("password").unwrap_or_default();
    let address = params.get("email").unwrap_or_default().trim();
    Password::choose(typed.to_owned(), address).map_err(|bad| FieldError {
        field: "password",
        message: password_problem(visitor.texts(), bad),
    })
}

/// What is wrong with a password, in words.
pub(super) fn password_problem(texts: Texts, bad: BadPassword) -> String {
    match bad {
        BadPassword::TooShort => t!(texts, "sign-up-password-too-short"),
        BadPassword::TooLong => t!(texts, "sign-up-password-too-long"),
        BadPassword::Common => t!(texts, "sign-up-password-common"),
        BadPassword::Address => t!(texts, "sign-up-password-address"),
    }
}
