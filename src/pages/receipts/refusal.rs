//! Files that do not hold: what is wrong, in plain words, and what to do.

use crate::config::Issuer;
use crate::crypto::jwt::{Typ, VerifyError};
use crate::domain::receipt::{Break, BrokenChain};
use crate::i18n::{Texts, t};
use crate::service::receipts::{CheckError, Refused};

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Which rule it breaks, for scripts and testers: `data-rule`.
    pub rule: &'static str,
    /// What is wrong, and where.
    pub what: String,
    /// What that means, and what to do.
    pub then: String,
    /// The keys that it would have to be checked with, where they are somebody
    /// else's: their address, if what the file says is true.
    pub keys_of: Option<String>,
}

impl Refusal {
    /// In the words of the page.
    #[must_use]
    pub fn of(refused: &Refused, texts: Texts, issuer: &str) -> Self {
        let Refused { error, says_from } = refused;
        match error {
            CheckError::NotLines => Self::new(
                "lines",
                t!(texts, "refusal-lines"),
                t!(texts, "refusal-ask-again"),
            ),
            CheckError::TooMany => Self::new(
                "size",
                t!(texts, "refusal-too-many"),
                t!(texts, "refusal-by-command"),
            ),
            CheckError::Line {
                line,
                error: VerifyError::UnknownKey { .. },
            } => {
                let other = says_from.as_deref().map(Issuer::as_str);
                Self::of_key(*line, other.filter(|other| *other != issuer), texts)
            }
            CheckError::Line { line, error } => Self::of_line(*line, error, texts),
            CheckError::Chain(broken) => Self::of_chain(*broken, texts),
        }
    }

    fn new(rule: &'static str, what: String, then: String) -> Self {
        Self {
            rule,
            what,
            then,
            keys_of: None,
        }
    }

    /// A key that is not ours: perhaps that of another issuer.
    fn of_key(line: usize, other: Option<&str>, texts: Texts) -> Self {
        match other {
            Some(other) => Self {
                keys_of: Some(format!("{other}/jwks")),
                ..Self::new(
                    "issuer",
                    t!(texts, "refusal-issuer", line = line, other = other),
                    t!(texts, "refusal-issuer-then", other = other),
                )
            },
            None => Self::new(
                "key",
                t!(texts, "refusal-key", line = line),
                t!(texts, "refusal-forged"),
            ),
        }
    }

    fn of_line(line: usize, error: &VerifyError, texts: Texts) -> Self {
        let ask_again = || t!(texts, "refusal-ask-again");
        match error {
            VerifyError::WrongType {
                expected: Typ::ReceiptChain,
            } => Self::new("end", t!(texts, "refusal-no-end", line = line), ask_again()),
            VerifyError::WrongType { .. } | VerifyError::BadHeader => {
                Self::new("type", t!(texts, "refusal-type", line = line), ask_again())
            }
            VerifyError::TooLong | VerifyError::NotCompact => {
                Self::new("form", t!(texts, "refusal-form", line = line), ask_again())
            }
            VerifyError::BadClaims => Self::new(
                "edition",
                t!(texts, "refusal-edition", line = line),
                t!(texts, "refusal-edition-then"),
            ),
            VerifyError::WrongAlgorithm
            | VerifyError::BadSignature
            | VerifyError::UnknownKey { .. } => Self::new(
                "signature",
                t!(texts, "refusal-signature", line = line),
                t!(texts, "refusal-forged"),
            ),
        }
    }

    fn of_chain(broken: BrokenChain, texts: Texts) -> Self {
        let line = broken.position;
        let (rule, what) = match broken.what {
            Break::Sequence => ("sequence", t!(texts, "refusal-sequence", line = line)),
            Break::Link => ("link", t!(texts, "refusal-link", line = line)),
            Break::Foreign => ("agreement", t!(texts, "refusal-agreement", line = line)),
            Break::Time => ("time", t!(texts, "refusal-time", line = line)),
            Break::Life => ("life", t!(texts, "refusal-life", line = line)),
            Break::End => ("end", t!(texts, "refusal-end", line = line)),
        };
        Self::new(rule, what, t!(texts, "refusal-chain-then"))
    }
}
