//! What goes, and what gets other keys, when a vault that nobody can open makes
//! room for an empty one.

use super::{Connection, StoreError, accounts, arrivals};
use crate::domain::id::{AccountId, GrantId, PasskeyId};

statements! {
    READS = "DELETE FROM reads WHERE grant_id IN (SELECT id FROM grants WHERE account_id = $1)";
    ANSWERS = "DELETE FROM rights_answers WHERE request_id IN \
              (SELECT r.id FROM rights_requests r WHERE r.grant_id IN \
              (SELECT g.id FROM grants g WHERE g.account_id = $1))";
    REQUESTS = "DELETE FROM rights_requests \
              WHERE grant_id IN (SELECT id FROM grants WHERE account_id = $1)";
    IMPORT_PIECES = "DELETE FROM import_pieces WHERE account_id = $1";
    IMPORTS = "DELETE FROM imports WHERE account_id = $1";
    REKEY = "UPDATE grants SET grant_key_wrapped = $1 WHERE account_id = $2 AND id = $3";
    /// Of a grant that is over, there are no values.
    REFILL = "UPDATE grants SET released_sealed = $1 \
              WHERE account_id = $2 AND id = $3 AND ended_at IS NULL";
    CLOSE_PASSKEY = "UPDATE passkeys SET keyholder_id = NULL, name_sealed = $1 \
              WHERE account_id = $2 AND id = $3";
}

/// Forgets what was read under the grants of an account, the requests of its
/// owner with their answers, and what came along from other providers: all of it sealed, and some of it for nobody now.
pub async fn forget_records(tx: &mut Connection, account_id: AccountId) -> Result<(), StoreError> {
    for statement in [READS, ANSWERS, REQUESTS, IMPORT_PIECES, IMPORTS] {
        accounts::run(tx, statement, account_id).await?;
    }
    arrivals::forget(tx, account_id).await
}

/// Gives a grant another key, and the values under it.
pub async fn rekey(
    tx: &mut Connection,
    account_id: AccountId,
    id: GrantId,
    grant_key_wrapped: Vec<u8>,
    released_sealed: Vec<u8>,
) -> Result<(), StoreError> {
    for (statement, sealed) in [(REKEY, grant_key_wrapped), (REFILL, released_sealed)] {
        sqlx::query(statement)
            .bind(sealed)
            .bind(account_id.to_string())
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

/// Leaves a passkey that only proves who somebody is.
pub async fn close_passkey(
    tx: &mut Connection,
    account_id: AccountId,
    id: PasskeyId,
    name_sealed: Vec<u8>,
) -> Result<(), StoreError> {
    sqlx::query(CLOSE_PASSKEY)
        .bind(name_sealed)
        .bind(account_id.to_string())
        .bind(id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}
