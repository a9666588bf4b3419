//! `/account/businesses`: everyone who has or had an agreement.

use askama::Template;

use crate::domain::claim::Claim;
use crate::domain::grant::GrantState;
use crate::domain::tier::TierChoice;
use crate::domain::time::Timestamp;
use crate::i18n::t;
use crate::web::page::{Asker, Shell};

/// The list.
#[derive(Clone, Template)]
#[template(path = "businesses.html")]
pub struct BusinessesPage {
    /// Around it.
    pub shell: Shell,
    /// With a live or paused grant, the newest first.
    pub live: Vec<BusinessCard>,
    /// Whose grant is over, the last ended first.
    pub over: Vec<BusinessCard>,
}

/// A business at a glance.
#[derive(Clone)]
pub struct BusinessCard {
    /// `/account/businesses/{grant_id}`.
    pub path: String,
    /// Who.
    pub asker: Asker,
    /// Where the grant is in its life.
    pub state: GrantState,
    /// The tier that was chosen.
    pub tier: TierChoice,
    /// What it may see now.
    pub claims: Vec<Claim>,
    /// Titles of the agreed purposes.
    pub purposes: Vec<String>,
    /// Until when, or when it was over; `None` when nothing is held.
    pub until: Option<Timestamp>,
    /// When it last read.
    pub last_read: Option<Timestamp>,
}
