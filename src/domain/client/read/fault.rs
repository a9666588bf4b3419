//! What is wrong with client metadata.

use std::fmt;

use super::super::InvalidClient;

/// One thing that is wrong with client metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataFault {
    /// What kind of thing: each has an error code of its own.
    pub kind: FaultKind,
    pub(super) why: String,
}

/// The kinds that RFC 7591 §3.2.2 tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A redirect URI.
    RedirectUri,
    /// Another member.
    Member,
    /// A software statement that is none.
    InvalidStatement,
    /// A software statement: nobody's are believed here.
    UnapprovedStatement,
}

impl MetadataFault {
    pub(crate) fn of(member: &str, why: impl fmt::Display) -> Self {
        Self {
            kind: if member == "redirect_uris" {
                FaultKind::RedirectUri
            } else {
                FaultKind::Member
            },
            why: format!("{member}: {why}"),
        }
    }
}

impl fmt::Display for MetadataFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl From<InvalidClient> for MetadataFault {
    fn from(error: InvalidClient) -> Self {
        let kind = match error {
            InvalidClient::NoRedirectUri
            | InvalidClient::ManyRedirectUris
            | InvalidClient::RedirectUri { .. } => FaultKind::RedirectUri,
            _ => FaultKind::Member,
        };
        Self {
            kind,
            why: error.to_string(),
        }
    }
}
