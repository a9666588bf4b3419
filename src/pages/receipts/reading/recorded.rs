//! What is recorded beside an agreement, as its receipt tells it.

use super::moment;
use crate::domain::receipt::{DutyRecord, RequestRecord};
use crate::domain::rights::Outcome;
use crate::i18n::{Texts, t};

/// A deletion duty as a receipt tells it.
#[derive(Clone, Copy)]
pub struct Owed<'a>(&'a DutyRecord);

impl<'a> Owed<'a> {
    pub(super) const fn of(record: &'a DutyRecord) -> Self {
        Self(record)
    }

    /// What had to be deleted.
    #[must_use]
    pub fn claims(&self, texts: Texts) -> Option<String> {
        (!self.0.claims.is_empty()).then(|| texts.claims(self.0.claims))
    }

    /// By when.
    #[must_use]
    pub fn delete_by(&self, texts: Texts) -> String {
        moment(texts, &self.0.delete_by, Texts::date)
    }

    /// When the business answered, if it did.
    #[must_use]
    pub fn answered_at(&self, texts: Texts) -> Option<String> {
        let at = self.0.answered_at.as_deref()?;
        Some(moment(texts, at, Texts::date_time))
    }

    /// What it keeps, a line each.
    #[must_use]
    pub fn kept(&self, texts: Texts) -> Vec<String> {
        let kept = self.0.kept.iter();
        kept.map(|part| {
            t!(
                texts,
                "duty-kept-part",
                claims = texts.claims_title(part.claims),
                date = texts.date(part.until.start()),
                basis = texts.basis(part.basis),
                law = part.law.as_str()
            )
        })
        .collect()
    }
}

/// A request by right as a receipt tells it.
#[derive(Clone, Copy)]
pub struct Asked<'a>(&'a RequestRecord);

impl<'a> Asked<'a> {
    pub(super) const fn of(record: &'a RequestRecord) -> Self {
        Self(record)
    }

    /// Which right, and which request it is.
    #[must_use]
    pub fn what(&self, texts: Texts) -> String {
        t!(
            texts,
            "reading-request-of",
            right = texts.right(self.0.right),
            number = self.0.number
        )
    }

    /// Which data, where it names some.
    #[must_use]
    pub fn claims(&self, texts: Texts) -> Option<String> {
        (!self.0.claims.is_empty()).then(|| texts.claims(self.0.claims))
    }

    /// By when there has to be an answer.
    #[must_use]
    pub fn due(&self, texts: Texts) -> String {
        moment(texts, &self.0.due, Texts::date)
    }

    /// What the business replied, if it did.
    #[must_use]
    pub fn outcome(&self, texts: Texts) -> Option<String> {
        self.0.outcome.map(|outcome| match outcome {
            Outcome::Done => t!(texts, "reading-outcome-done"),
            Outcome::Refused => t!(texts, "reading-outcome-refused"),
            Outcome::Extended => t!(texts, "reading-outcome-extended"),
        })
    }
}
