//! The end of tokens: a dead token is a row that is gone.

use crate::domain::id::{FamilyId, GrantId};
use crate::store::{Connection, StoreError};

statements! {
    END_CODES = "DELETE FROM codes WHERE grant_id = $1";
    END_ACCESS = "DELETE FROM access_tokens WHERE grant_id = $1";
    END_REFRESH = "DELETE FROM refresh_tokens WHERE grant_id = $1";
    END_FAMILY_ACCESS = "DELETE FROM access_tokens WHERE grant_id = $1 AND family_id = $2";
    END_FAMILY_REFRESH = "DELETE FROM refresh_tokens WHERE grant_id = $1 AND family_id = $2";
    END_ONE_ACCESS = "DELETE FROM access_tokens WHERE grant_id = $1 AND hash = $2";
}

/// Kills one access token. Killing one that is dead is no error.
pub async fn end_access(
    tx: &mut Connection,
    grant_id: GrantId,
    hash: [u8; 32],
) -> Result<(), StoreError> {
    sqlx::query(END_ONE_ACCESS)
        .bind(grant_id.to_string())
        .bind(hash.to_vec())
        .execute(tx)
        .await?;
    Ok(())
}

/// Kills the tokens that descend from one code.
///
/// On PostgreSQL a token may be rotated at the same time: then the deletion
/// waits for it, but does not see its successor. So it is repeated until it
/// finds nothing; whoever rotates holds a row that it would have found. Access
/// tokens come last, since they are made by whoever holds such a row.
pub async fn end_family(
    tx: &mut Connection,
    grant_id: GrantId,
    family_id: FamilyId,
) -> Result<(), StoreError> {
    for statement in [END_FAMILY_REFRESH, END_FAMILY_ACCESS] {
        loop {
            let done = sqlx::query(statement)
                .bind(grant_id.to_string())
                .bind(family_id.to_string())
                .execute(&mut *tx)
                .await?;
            if done.rows_affected() == 0 {
                break;
            }
        }
    }
    Ok(())
}

/// Kills every code and token of a grant, in the order in which they are made
/// (see [`end_family`]).
pub async fn end_all(tx: &mut Connection, grant_id: GrantId) -> Result<(), StoreError> {
    end_each(tx, grant_id, &[END_CODES, END_REFRESH, END_ACCESS]).await
}

/// Kills what new tokens of a grant could be had for. Access tokens live out
/// their time: what they open is the grant as it stands.
pub async fn end_renewals(tx: &mut Connection, grant_id: GrantId) -> Result<(), StoreError> {
    end_each(tx, grant_id, &[END_CODES, END_REFRESH]).await
}

async fn end_each(
    tx: &mut Connection,
    grant_id: GrantId,
    statements: &[&'static str],
) -> Result<(), StoreError> {
    for statement in statements {
        loop {
            let done = sqlx::query(*statement)
                .bind(grant_id.to_string())
                .execute(&mut *tx)
                .await?;
            if done.rows_affected() == 0 {
                break;
            }
        }
    }
    Ok(())
}
