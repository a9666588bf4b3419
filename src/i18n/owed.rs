//! What businesses owe, in words: deletion duties, and the rights that people
//! use.

use std::borrow::Borrow;

use super::{Texts, t};
use crate::domain::duty::{Reason, Stage};
use crate::domain::holding::Holding;
use crate::domain::rights::Right;

impl Texts {
    /// How far a deletion duty is, in a word or two.
    #[must_use]
    pub fn duty_stage(self, stage: impl Borrow<Stage>) -> String {
        match stage.borrow() {
            Stage::Unreachable => t!(self, "duty-stage-unreachable"),
            Stage::Asked => t!(self, "duty-stage-asked"),
            Stage::Told => t!(self, "duty-stage-told"),
            Stage::Seen => t!(self, "duty-stage-seen"),
            Stage::Overdue => t!(self, "duty-stage-overdue"),
            Stage::Confirmed => t!(self, "duty-stage-confirmed"),
            Stage::Kept => t!(self, "duty-stage-kept"),
            Stage::Lapsed => t!(self, "duty-stage-lapsed"),
        }
    }

    /// How a claim stands with a business.
    #[must_use]
    pub fn holding(self, holding: impl Borrow<Holding>) -> String {
        match holding.borrow() {
            Holding::Granted => t!(self, "holding-granted"),
            Holding::Paused => t!(self, "holding-paused"),
            Holding::Deleting(by) => t!(self, "holding-deleting", date = self.date(by)),
            Holding::Overdue(since) => t!(self, "holding-overdue", date = self.date(since)),
            Holding::Kept(until) => t!(self, "holding-kept", date = self.date(until)),
            Holding::Deleted => t!(self, "holding-deleted"),
        }
    }

    /// Why there is a deletion duty.
    #[must_use]
    pub fn duty_reason(self, reason: impl Borrow<Reason>) -> String {
        match reason.borrow() {
            Reason::Withdrawn => t!(self, "duty-why-withdrawn"),
            Reason::Ended => t!(self, "duty-why-ended"),
            Reason::Expired => t!(self, "duty-why-expired"),
            Reason::Narrowed => t!(self, "duty-why-narrowed"),
        }
    }

    /// A right of the data subject, by its name.
    #[must_use]
    pub fn right(self, right: impl Borrow<Right>) -> String {
        match right.borrow() {
            Right::Access => t!(self, "right-access"),
            Right::Rectification => t!(self, "right-rectification"),
            Right::Restriction => t!(self, "right-restriction"),
            Right::Portability => t!(self, "right-portability"),
            Right::Objection => t!(self, "right-objection"),
        }
    }

    /// What a right is for, in a sentence.
    #[must_use]
    pub fn right_meaning(self, right: impl Borrow<Right>) -> String {
        match right.borrow() {
            Right::Access => t!(self, "right-access-meaning"),
            Right::Rectification => t!(self, "right-rectification-meaning"),
            Right::Restriction => t!(self, "right-restriction-meaning"),
            Right::Portability => t!(self, "right-portability-meaning"),
            Right::Objection => t!(self, "right-objection-meaning"),
        }
    }
}
