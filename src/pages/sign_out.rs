//! `/sign-out`.
//!
//! # The form
//! Posted to `/sign-out`; fields `csrf`, `request` (when a business asked, by
//! `/logout`), and `answer`: `sign-out` or `cancel`, by the button pressed.

use askama::Template;

use crate::i18n::t;
use crate::web::page::{Asker, Shell};

/// The page that asks whether to sign out.
#[derive(Clone, Template)]
#[template(path = "sign_out.html")]
pub struct SignOutPage {
    /// Around it.
    pub shell: Shell,
    /// The business that asked, if one did.
    pub asker: Option<Asker>,
    /// What the business's request is known by; comes back as `request`.
    pub request: String,
}

/// The page after signing out.
#[derive(Clone, Template)]
#[template(path = "signed_out.html")]
pub struct SignedOutPage {
    /// Around it.
    pub shell: Shell,
}
