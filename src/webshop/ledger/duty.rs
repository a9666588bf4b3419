//! What the shop owes once an agreement is over.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::Invoice;
use crate::webshop::event::{Ending, Reason};
use crate::webshop::words;

/// The law that keeps invoices.
pub(in crate::webshop) const LAW: &str = "Algemene wet inzake rijksbelastingen, art. 52";

/// What an invoice shows of a person.
const ON_AN_INVOICE: [&str; 3] = ["name", "address", "delivery_address"];

/// A duty to delete.
#[derive(Clone)]
pub(in crate::webshop) struct Duty {
    /// Ours, for forms.
    pub(in crate::webshop) number: u64,
    /// By which name Sluis asks us to confirm it.
    pub(in crate::webshop) duty_id: Option<String>,
    pub(in crate::webshop) subject: String,
    pub(in crate::webshop) grant_id: Option<String>,
    pub(in crate::webshop) reason: Reason,
    pub(in crate::webshop) claims: Vec<String>,
    pub(in crate::webshop) delete_by: Option<Timestamp>,
    pub(in crate::webshop) told_at: Timestamp,
    pub(in crate::webshop) deleted_at: Option<Timestamp>,
    pub(in crate::webshop) kept: Option<Kept>,
    pub(in crate::webshop) confirmation: Confirmation,
}

/// Whether Sluis has our answer. Deleting is one thing, saying so another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::webshop) enum Confirmation {
    NotYet,
    Accepted(Timestamp),
    /// It was not taken; we try again.
    Delayed,
    /// It was not taken, and asking again will not help.
    Refused(String),
}

/// What the law makes us keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::webshop) struct Kept {
    pub(in crate::webshop) invoices: Vec<u64>,
    /// As the duty calls them.
    pub(in crate::webshop) claims: Vec<String>,
    pub(in crate::webshop) until: Date,
}

impl Kept {
    /// The invoices of somebody, as far as a duty is about what they show.
    pub(super) fn of<'a>(duty: &Duty, invoices: impl Iterator<Item = &'a Invoice>) -> Option<Self> {
        let claims: Vec<String> = duty
            .claims
            .iter()
            .filter(|claim| ON_AN_INVOICE.contains(&words::short(claim)))
            .cloned()
            .collect();
        let (numbers, until): (Vec<u64>, Vec<Date>) = invoices
            .filter(|invoice| invoice.subject.as_ref() == Some(&duty.subject))
            .map(|invoice| (invoice.number, invoice.keep_until()))
            .unzip();
        let until = until.into_iter().max()?;
        (!claims.is_empty()).then_some(Self {
            invoices: numbers,
            claims,
            until,
        })
    }
}

impl Duty {
    pub(super) fn new(number: u64, subject: &str, ending: &Ending, now: Timestamp) -> Self {
        Self {
            number,
            duty_id: ending.duty_id.clone(),
            subject: subject.to_owned(),
            grant_id: ending.grant_id.clone(),
            reason: ending.reason,
            claims: ending.claims.clone(),
            delete_by: ending.delete_by,
            told_at: now,
            deleted_at: None,
            kept: None,
            confirmation: Confirmation::NotYet,
        }
    }

    /// Whether an ending is what this duty came from.
    pub(super) fn is_of(&self, subject: &str, ending: &Ending) -> bool {
        match (&self.duty_id, &ending.duty_id) {
            (Some(own), Some(other)) => own == other,
            _ => {
                self.subject == subject
                    && self.grant_id == ending.grant_id
                    && self.reason == ending.reason
                    && self.reason != Reason::Narrowed
            }
        }
    }

    /// Takes what was not known when it was written down.
    pub(super) fn complete(&mut self, ending: &Ending) {
        if self.duty_id.is_none() {
            self.duty_id.clone_from(&ending.duty_id);
        }
        if self.delete_by.is_none() {
            self.delete_by = ending.delete_by;
        }
    }

    /// Deleted, and Sluis has yet to hear so.
    pub(in crate::webshop) fn is_to_be_confirmed(&self) -> bool {
        self.deleted_at.is_some()
            && self.duty_id.is_some()
            && matches!(
                self.confirmation,
                Confirmation::NotYet | Confirmation::Delayed
            )
    }

    pub(in crate::webshop) fn is_confirmed(&self) -> bool {
        matches!(self.confirmation, Confirmation::Accepted(_))
    }

    /// What we say when we confirm: nothing is kept, or this, for this reason.
    pub(in crate::webshop) fn answer(&self) -> Value {
        let kept: Vec<Value> = self
            .kept
            .iter()
            .map(|kept| {
                json!({
                    "claims": kept.claims,
                    "basis": "legal_obligation",
                    "law": LAW,
                    "until": kept.until.to_string(),
                })
            })
            .collect();
        json!({ "kept": kept })
    }
}
