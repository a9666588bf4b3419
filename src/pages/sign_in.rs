//! `/sign-in`.
//!
//! # The form
//! Posted to `/sign-in`; fields `csrf`, `next`, `email`, `password`.

use askama::Template;

use crate::i18n::t;
use crate::web::page::{Asker, Shell};

/// The page that asks who someone is.
#[derive(Clone, Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    /// Around it.
    pub shell: Shell,
    /// The business that the consumer is about to log in at, if that is why
    /// they are here.
    pub asker: Option<Asker>,
    /// Path to go on to (`/consent/{id}` or `/account…`); comes back as `next`.
    pub next: String,
    /// The e-mail address as it was typed, or as the request hinted it.
    pub email: String,
    /// Why the page is shown again.
    pub failure: Option<SignInFailure>,
    /// Something worth saying that went before.
    pub notice: Option<SignInNotice>,
}

impl SignInPage {
    /// Where to sign up, on the same way.
    #[must_use]
    pub fn sign_up(&self) -> String {
        super::with_next("/sign-up", &self.next)
    }
}

/// Why signing in failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInFailure {
    /// The address or the password is wrong; which of them is not told.
    Wrong,
    /// Too many attempts.
    TooMany {
        /// Minutes until the next one, rounded up.
        minutes: u32,
    },
}

/// What went before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInNotice {
    /// The session ended; nothing is lost.
    SessionEnded,
    /// The business wants to be sure that it is still the same person.
    Again,
}
