//! The linter: what a plan may say, and had better not.

use std::fmt;

use super::super::claim::Claim;
use super::super::retention::Retention;
use super::{LegalBasis, Plan, Purpose, PurposeId};

/// A word of advice on a valid plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The purpose that it is about.
    pub purpose: PurposeId,
    /// What is unwise.
    pub concern: Concern,
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.purpose, self.concern)
    }
}

/// What can be unwise about a purpose, in plain words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Concern {
    /// Consent that login depends on is not freely given.
    #[error("consent")]
    RequiredConsent,
}

impl Plan {
    /// What is allowed and still unwise, in the order of the purposes.
    #[must_use]
    pub fn lint(&self) -> Vec<Advice> {
        Vec::new()
    }
}
