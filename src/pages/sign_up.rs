//! `/sign-up`.
//!
//! # The form
//! Posted to `/sign-up`; fields `csrf`, `next`, `name`, `email`, `password`.

use askama::Template;

use crate::i18n::t;
use crate::web::page::{Asker, FieldError, Shell, error_of};

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
}

impl SignUpPage {
    /// Whether something is wrong with a field.
    #[must_use]
    pub fn has_error(&self, field: &str) -> bool {
        error_of(&self.errors, field).is_some()
    }

    /// Where to sign in, on the same way.
    #[must_use]
    pub fn sign_in(&self) -> String {
        super::with_next("/sign-in", &self.next)
    }
}
