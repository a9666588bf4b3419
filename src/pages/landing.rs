//! `/`: what Sluis is, and the way in.

use askama::Template;

use crate::domain::tier::TierChoice;
use crate::i18n::t;
use crate::web::page::Shell;

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
