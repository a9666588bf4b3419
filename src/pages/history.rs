//! `/account/history`: who read what, and when.

use askama::Template;

use crate::domain::claim::Claim;
use crate::domain::time::Timestamp;
use crate::i18n::t;
use crate::web::page::Shell;

/// The table of reads.
#[derive(Clone, Template)]
#[template(path = "history.html")]
pub struct HistoryPage {
    /// Around it.
    pub shell: Shell,
    /// The reads of this page, the newest first.
    pub reads: Vec<HistoryRow>,
    /// Where older reads are, if there are more.
    pub older: Option<String>,
}

/// One read.
#[derive(Clone)]
pub struct HistoryRow {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub business: String,
    /// The page of the grant under which it was read.
    pub path: String,
    /// What was handed over; empty if only that the person is known.
    pub claims: Vec<Claim>,
}
