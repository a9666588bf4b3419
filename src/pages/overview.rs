//! `/account`: what flows, and to whom.

use askama::Template;

use super::businesses::BusinessCard;
use crate::domain::retention::Retention;
use crate::domain::tier::Tier;
use crate::i18n::{Texts, t};
use crate::web::page::Shell;

/// The page after signing in.
#[derive(Clone, Template)]
#[template(path = "overview.html")]
pub struct OverviewPage {
    /// Around it.
    pub shell: Shell,
    /// Businesses with a live or paused grant, the newest first.
    pub businesses: Vec<BusinessCard>,
    /// The three profiles, in order.
    pub profiles: Vec<ProfileSummary>,
    /// What to say about what was just done.
    pub done: Option<Done>,
}

/// A profile in a line.
#[derive(Clone)]
pub struct ProfileSummary {
    /// Which.
    pub tier: Tier,
    /// How many attributes it has that are filled in.
    pub filled: usize,
    /// How many attributes it has.
    pub size: usize,
    /// The longest retention that it allows.
    pub retention: Retention,
}

/// What was just done, said at the top of the page that follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// The account was made.
    Welcome,
    /// The change is in force.
    Saved,
    /// The grant has less than before, from now on.
    Narrowed,
    /// The grant is paused.
    Paused,
    /// The grant is in force again.
    Resumed,
    /// The grant was withdrawn.
    Withdrawn,
    /// A wider grant was not given; the old one stands.
    Kept,
}

impl Done {
    /// In words.
    #[must_use]
    pub fn text(self, texts: Texts) -> String {
        match self {
            Self::Welcome => t!(texts, "done-welcome"),
            Self::Saved => t!(texts, "done-saved"),
            Self::Narrowed => t!(texts, "done-narrowed"),
            Self::Paused => t!(texts, "done-paused"),
            Self::Resumed => t!(texts, "done-resumed"),
            Self::Withdrawn => t!(texts, "done-withdrawn"),
            Self::Kept => t!(texts, "done-kept"),
        }
    }
}
