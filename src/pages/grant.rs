//! `/account/businesses/{grant_id}`: one agreement, and how to change it.
//!
//! # The forms
//! Each posts to the page's own path with a word behind it, and carries `csrf`
//! and `seen` (names the agreement that the page showed):
//! - `/change`: `retention`, an ISO 8601 period, or empty for the longest; or
//!   `tier`. What narrows acts at once; what widens is asked about, with the
//!   old beside the new, and comes again with `agreed`;
//! - `/stop`: `permission`, which is taken back;
//! - `/pause`, `/resume`, `/renew`, `/withdraw`: nothing else. One press each.
//!
//! `/receipts` (a link) downloads the chain of receipts.

mod assembly;
mod confirmation;
mod exchange;
mod permissions;
mod wish;

use askama::Template;
use enumset::EnumSet;

use super::consent::{OwnValue, RetentionChoice};
use super::duties::DutyCard;
use super::overview::Done;
use super::rights::RightsPanel;
use crate::domain::claim::Claim;
use crate::domain::grant::{EventKind, GrantState};
use crate::domain::negotiation::Closed;
use crate::domain::permission::Permission;
use crate::domain::plan::LegalBasis;
use crate::domain::retention::Retention;
use crate::domain::tier::TierChoice;
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};
use crate::pages::consent::Return;
use crate::web::page::{Asker, Shell};

pub use confirmation::ConfirmationPage;
pub use exchange::{change, pause, receipts, renew, resume, show, to_page, withdraw};
pub use permissions::stop;

/// The page of one grant.
#[derive(Clone, Template)]
#[template(path = "grant.html")]
pub struct GrantPage {
    /// Around it.
    pub shell: Shell,
    /// `/account/businesses/{grant_id}`.
    pub path: String,
    /// The business.
    pub asker: Asker,
    /// Where one logs in there, and at which host, if the business says so.
    pub log_in: Option<(String, String)>,
    /// Where questions about data go: an e-mail address or a URL, as text.
    pub contact: Option<String>,
    /// Names the agreement as it stands; comes back as `seen`.
    pub seen: String,
    /// Whether the business may read while the consumer is away.
    pub offline: bool,
    /// What to say about what was just done.
    pub done: Option<Done>,
    /// Why what was asked for cannot be.
    pub problems: Vec<String>,
    /// Where the grant is in its life.
    pub state: GrantState,
    /// When it was given.
    pub since: Timestamp,
    /// Until when; when it was over, if it is; `None` when nothing is held.
    pub until: Option<Timestamp>,
    /// When the business last read.
    pub last_read: Option<Timestamp>,
    /// What it can see now (or could, were it not paused), with the values.
    pub values: Vec<OwnValue>,
    /// What was agreed, purpose by purpose.
    pub purposes: Vec<AgreedView>,
    /// What the business may do, all purposes together.
    pub permissions: EnumSet<Permission>,
    /// What the business gives in return, and whether it does for what is agreed.
    pub returns: Vec<Return>,
    /// What renewing would do.
    pub renewal: Renewal,
    /// The tier that was chosen.
    pub tier: TierChoice,
    /// The other choices, in order, and what each would mean.
    pub tiers: Vec<TierChange>,
    /// What the retention can be.
    pub retention: RetentionChoice,
    /// The retention that plan and profile allow, if the consumer does not
    /// limit it.
    pub longest: Option<Retention>,
    /// By when the business must delete if it were withdrawn now, or if its
    /// time has just passed.
    pub delete_by: Timestamp,
    /// Whether its time has passed and that is not written down yet.
    pub unwritten: bool,
    /// What the business has to delete, the oldest first.
    pub duties: Vec<DutyCard>,
    /// What was asked of it by right.
    pub rights: RightsPanel,
    /// What happened, the newest first.
    pub events: Vec<EventView>,
    /// The last reads, the newest first.
    pub reads: Vec<ReadView>,
}

impl GrantPage {
    /// Whether anything can still be changed.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state.is_over()
    }

    /// Whether it is paused.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.state == GrantState::Paused
    }

    /// The purposes for which the law may have the business keep something
    /// whatever the consumer does, and for how long.
    pub fn kept_by_law(&self) -> impl Iterator<Item = (&AgreedView, Retention)> {
        self.purposes
            .iter()
            .filter(|purpose| purpose.basis == LegalBasis::LegalObligation)
            .map(|purpose| (purpose, purpose.planned_retention))
    }
}

/// What renewing a grant would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// Nothing: there is no time to give, or it was given just now.
    Idle,
    /// It would last until then.
    Until(Timestamp),
    /// It cannot be had again as it was.
    Closed,
}

/// A purpose as agreed.
#[derive(Clone)]
pub struct AgreedView {
    /// A few words.
    pub title: String,
    /// Why.
    pub text: String,
    /// On what ground.
    pub basis: LegalBasis,
    /// What is released under it.
    pub claims: Vec<Claim>,
    /// What may be done, and through which channels.
    pub permissions: Vec<Permission>,
    /// How long.
    pub retention: Retention,
    /// How long the business says that it needs: what the law makes it keep is
    /// not shortened by what the consumer chooses.
    pub planned_retention: Retention,
    /// Until when; `None` when nothing is held.
    pub until: Option<Timestamp>,
}

impl AgreedView {
    /// What may be done, in words.
    #[must_use]
    pub fn permissions(&self, texts: Texts) -> String {
        let words: Vec<String> = self
            .permissions
            .iter()
            .map(|permission| texts.permission(permission))
            .collect();
        texts.list(&words)
    }
}

/// Another tier, and what choosing it would do.
#[derive(Clone)]
pub struct TierChange {
    /// Which.
    pub choice: TierChoice,
    /// Claims that the business would no longer see.
    pub loses: Vec<Claim>,
    /// Claims that it would see as well.
    pub gains: Vec<Claim>,
    /// Titles of optional purposes that would end with it.
    pub ends: Vec<String>,
    /// Title of a required purpose that could not be met: the choice cannot
    /// be made here, and the page says why.
    pub unmet: Option<String>,
    /// Why it is above what may be chosen here.
    pub too_high: Option<Closed>,
}

impl TierChange {
    /// Whether it cannot be chosen.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.unmet.is_some() || self.too_high.is_some()
    }

    /// What choosing it would do, in a sentence.
    #[must_use]
    pub fn effect(&self, texts: Texts) -> String {
        if let Some(closed) = self.too_high {
            return texts.tier_closed(closed);
        }
        let claims = |claims: &[Claim]| texts.claims(claims.iter().copied());
        let effect = match (&self.unmet, self.loses.as_slice(), self.gains.as_slice()) {
            (Some(purpose), ..) => t!(texts, "tier-unmet", purpose = purpose.as_str()),
            (None, [], []) if !self.ends.is_empty() => String::new(),
            (None, [], []) => t!(texts, "tier-same"),
            (None, loses, []) => t!(texts, "tier-narrower", claims = claims(loses)),
            (None, _, gains) => t!(texts, "tier-wider", claims = claims(gains)),
        };
        if self.ends.is_empty() {
            return effect;
        }
        let ends = t!(texts, "tier-ends", purposes = texts.list(&self.ends));
        [effect, ends]
            .join(". ")
            .trim_start_matches(". ")
            .to_owned()
    }
}

/// One event, with its receipt.
#[derive(Clone)]
pub struct EventView {
    /// What happened.
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// The receipt's place in the chain.
    pub seq: u32,
}

/// One read.
#[derive(Clone)]
pub struct ReadView {
    /// When.
    pub at: Timestamp,
    /// What was handed over.
    pub claims: Vec<Claim>,
}
