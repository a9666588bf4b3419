//! What a request does to the agreement that there is: Grant Management for
//! OAuth 2.0 (draft 03) §5.2.

use serde::{Deserialize, Serialize};

use crate::domain::id::GrantId;

/// `grant_management_action`, with the `grant_id` that goes with it.
///
/// There is one live agreement between an account and a client. So a new one
/// takes the place of the one that there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", content = "grant", rename_all = "lowercase")]
pub enum GrantAction {
    /// A new agreement, whatever there is.
    Create,
    /// What is asked is added to this agreement.
    Merge(GrantId),
    /// What is asked takes the place of what this agreement says.
    Replace(GrantId),
}

impl GrantAction {
    /// Their words, and those of what is done by the API: for discovery.
    pub const NAMES: [&'static str; 5] = ["create", "merge", "replace", "query", "revoke"];

    /// Reads the two parameters.
    pub fn parse(
        action: Option<&str>,
        grant_id: Option<&str>,
    ) -> Result<Option<Self>, BadGrantAction> {
        let named = || {
            let id = grant_id.ok_or(BadGrantAction::IdMissing)?;
            id.parse().map_err(|_| BadGrantAction::UnknownId)
        };
        match (action, grant_id) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err(BadGrantAction::ActionMissing),
            (Some("create"), None) => Ok(Some(Self::Create)),
            (Some("create"), Some(_)) => Err(BadGrantAction::IdOfNew),
            (Some("merge"), _) => Ok(Some(Self::Merge(named()?))),
            (Some("replace"), _) => Ok(Some(Self::Replace(named()?))),
            (Some(_), _) => Err(BadGrantAction::Unknown),
        }
    }

    /// The agreement that is meant, if it is one that there is.
    #[must_use]
    pub const fn grant_id(self) -> Option<GrantId> {
        match self {
            Self::Create => None,
            Self::Merge(id) | Self::Replace(id) => Some(id),
        }
    }

    /// Whether what was agreed before stays agreed.
    #[must_use]
    pub const fn keeps(self) -> bool {
        matches!(self, Self::Merge(_))
    }
}

/// Why the parameters say nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadGrantAction {
    /// There is no such action.
    Unknown,
    /// An id alone says nothing.
    ActionMissing,
    /// These act on a grant.
    IdMissing,
    /// A new grant has no id yet.
    IdOfNew,
    /// There is no such grant (`invalid_grant_id`).
    UnknownId,
}

impl BadGrantAction {
    /// For whoever built the client.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "grant_management_action is none of create, merge, replace",
            Self::ActionMissing => "grant_id needs a grant_management_action",
            Self::IdMissing => "merge and replace need a grant_id",
            Self::IdOfNew => "create goes without a grant_id",
            Self::UnknownId => "grant_id names no agreement that this client has",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_read_with_the_id_that_it_needs() {
        let text = "0198f3c4-5b6a-7c8d-9e0f-1a2b3c4d5e6f";
        let id: GrantId = text.parse().expect("an id");
        for (action, grant_id, expected) in [
            (None, None, Ok(None)),
            (Some("create"), None, Ok(Some(GrantAction::Create))),
            (Some("merge"), Some(text), Ok(Some(GrantAction::Merge(id)))),
            (
                Some("replace"),
                Some(text),
                Ok(Some(GrantAction::Replace(id))),
            ),
            (None, Some(text), Err(BadGrantAction::ActionMissing)),
            (Some("create"), Some(text), Err(BadGrantAction::IdOfNew)),
            (Some("merge"), None, Err(BadGrantAction::IdMissing)),
            (Some("replace"), Some("x"), Err(BadGrantAction::UnknownId)),
            (Some("update"), Some(text), Err(BadGrantAction::Unknown)),
            (Some(""), None, Err(BadGrantAction::Unknown)),
        ] {
            assert_eq!(
                GrantAction::parse(action, grant_id),
                expected,
                "{action:?} {grant_id:?}"
            );
        }
    }

    #[test]
    fn an_action_survives_the_store() {
        let id = "0198f3c4-5b6a-7c8d-9e0f-1a2b3c4d5e6f"
            .parse()
            .expect("an id");
        for action in [
            GrantAction::Create,
            GrantAction::Merge(id),
            GrantAction::Replace(id),
        ] {
            let text = serde_json::to_string(&action).expect("JSON");
            assert_eq!(
                serde_json::from_str::<GrantAction>(&text).ok(),
                Some(action)
            );
        }
    }
}
