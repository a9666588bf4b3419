//! `/account/security`: who can open the vault, told as it is.

use askama::Template;

use crate::domain::time::Timestamp;
use crate::i18n::t;
use crate::web::page::Shell;

/// The page.
#[derive(Clone, Template)]
#[template(path = "security.html")]
pub struct SecurityPage {
    /// Around it.
    pub shell: Shell,
    /// The address for notices.
    pub contact_email: String,
    /// When the account was made.
    pub created_at: Timestamp,
    /// Whether the operator holds a key with which to help after a forgotten
    /// password.
    pub escrow: bool,
    /// Since when this session is open.
    pub session_since: Timestamp,
    /// When it ends by itself.
    pub session_until: Timestamp,
}
