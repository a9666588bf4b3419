//! What a client asks for page by page: all of a kind that it has, or those that
//! stand in one way.

use sqlx::any::AnyRow;

use super::{Connection, StoreError};
use crate::domain::id::ClientId;

/// The two statements of a listing.
pub(super) struct Listing {
    /// All: of the client `$1`, after the id `$2`, `$3` at most.
    pub(super) all: &'static str,
    /// Those in one state: of the client `$1`, in the state `$2`, after the id
    /// `$3`, `$4` at most.
    pub(super) in_state: &'static str,
}

impl Listing {
    /// The rows after one of them, the oldest first.
    pub(super) async fn rows(
        &self,
        connection: &mut Connection,
        client_id: &ClientId,
        state: Option<&'static str>,
        after: Option<String>,
        most: u32,
    ) -> Result<Vec<AnyRow>, StoreError> {
        let query = match state {
            None => sqlx::query(self.all).bind(client_id.to_string()),
            Some(state) => sqlx::query(self.in_state)
                .bind(client_id.to_string())
                .bind(state),
        };
        let rows = query
            .bind(after.unwrap_or_default())
            .bind(i64::from(most))
            .fetch_all(connection)
            .await?;
        Ok(rows)
    }
}
