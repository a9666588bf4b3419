//! The end of accounts: those that wait for it, what is destroyed, and what is
//! left of them for a while.

use sqlx::any::AnyRow;

use super::codec::{json, parsed, time, to_json};
use super::due::{self, OrderedBy, Page, Place};
use super::{
    Connection, StoreError, accounts, emptying, factors, half_sign_ins, keyholders, known_browsers,
    recoveries,
};
use crate::domain::id::{AccountId, GrantId};
use crate::domain::time::Timestamp;

statements! {
    START = "INSERT INTO erasures (account_id, asked_at, due_at, paused) VALUES ($1, $2, $3, $4) \
              ON CONFLICT (account_id) DO NOTHING";
    FIND = "SELECT due_at, paused FROM erasures WHERE account_id = $1";
    STOP = "DELETE FROM erasures WHERE account_id = $1 RETURNING paused";
    DUE = "SELECT account_id, due_at FROM erasures WHERE due_at <= $1 \
              AND due_at >= $2 AND (due_at > $2 OR account_id > $3) \
              ORDER BY due_at, account_id LIMIT $4";
    PUT_OFF = "UPDATE erasures SET due_at = $1 WHERE account_id = $2 AND due_at < $1";

    /// What is left names nobody: no address leads to it.
    ERASE = "UPDATE accounts SET email_index = $1, claimed_index = NULL, recovered_at = NULL, \
              contact_sealed = $2, \
              email_verified_at = NULL, unreachable_at = NULL, bounced_at = NULL, \
              erased_at = $3 \
              WHERE id = $4 AND erased_at IS NULL";
    IS_ERASED = "SELECT erased_at FROM accounts WHERE id = $1 AND erased_at IS NOT NULL";
    /// Those that are over as well.
    HOLD_GRANTS = "UPDATE grants SET created_at = created_at WHERE account_id = $1";
    LIVE = "SELECT id FROM grants WHERE account_id = $1 AND ended_at IS NULL LIMIT 1";

    VAULT = "DELETE FROM vaults WHERE account_id = $1";
    GRANT_KEYS = "UPDATE grants SET grant_key_wrapped = NULL, released_sealed = NULL \
              WHERE account_id = $1";
    CODES = "DELETE FROM codes WHERE grant_id IN (SELECT id FROM grants WHERE account_id = $1)";
    REFRESH_TOKENS = "DELETE FROM refresh_tokens \
              WHERE grant_id IN (SELECT id FROM grants WHERE account_id = $1)";
    ACCESS_TOKENS = "DELETE FROM access_tokens \
              WHERE grant_id IN (SELECT id FROM grants WHERE account_id = $1)";
    SUBJECTS = "DELETE FROM subjects WHERE account_id = $1";
    SESSION_CLIENTS = "DELETE FROM session_clients WHERE account_id = $1";
    SESSIONS = "DELETE FROM sessions WHERE account_id = $1";
    /// Not those of an address that is merely claimed: whoever guesses there could
    /// begin anew by making an account and erasing it.
    SIGN_IN_FAILURES = "DELETE FROM sign_in_failures \
              WHERE email_index = (SELECT email_index FROM accounts WHERE id = $1)";
    PASSKEYS = "DELETE FROM passkeys WHERE account_id = $1";
    CEREMONIES = "DELETE FROM passkey_ceremonies WHERE account_id = $1";
    MAIL_LINKS = "DELETE FROM mail_links WHERE account_id = $1";
    ADDRESS_CHANGES = "DELETE FROM address_changes WHERE account_id = $1";
    ADDRESS_UNDOS = "DELETE FROM address_undos WHERE account_id = $1";
    DEPARTURES = "DELETE FROM departures WHERE account_id = $1";
    /// Those to other addresses have lanes of their own behind its.
    LETTERS = "DELETE FROM outbox WHERE receiver = 'mail' \
              AND (lane = $1 OR lane LIKE $1 || '/%')";
    NOTICES = "DELETE FROM outbox WHERE receiver = 'mail' \
              AND lane IN (SELECT id FROM grants WHERE account_id = $1)";

    PAST = "SELECT id, erased_at FROM accounts WHERE erased_at IS NOT NULL AND erased_at <= $1 \
              AND erased_at >= $2 AND (erased_at > $2 OR id > $3) \
              ORDER BY erased_at, id LIMIT $4";
    /// What clients named that they did not want to hear of.
    REMOVED_SUBJECTS = "DELETE FROM stream_removed_subjects \
              WHERE stream_id IN (SELECT s.id FROM streams s WHERE s.client_id IN \
              (SELECT g.client_id FROM grants g WHERE g.account_id = $1)) \
              AND subject IN (SELECT g.subject FROM grants g WHERE g.account_id = $1)";
    RECEIPTS = "DELETE FROM receipts WHERE grant_id IN (SELECT id FROM grants WHERE account_id = $1)";
    DUTIES = "DELETE FROM deletion_duties WHERE account_id = $1";
    GRANTS = "DELETE FROM grants WHERE account_id = $1";
    ACCOUNT = "DELETE FROM accounts WHERE id = $1 AND erased_at IS NOT NULL";
}

/// All that goes with an account: each takes the account alone. What hangs on
/// something comes before it; but the ways in come before the sessions, so that
/// whoever is on one of them is waited for.
const DESTROYED: [&str; 17] = [
    PASSKEYS,
    VAULT,
    GRANT_KEYS,
    CODES,
    REFRESH_TOKENS,
    ACCESS_TOKENS,
    SUBJECTS,
    SESSIONS,
    SESSION_CLIENTS,
    SIGN_IN_FAILURES,
    CEREMONIES,
    MAIL_LINKS,
    ADDRESS_CHANGES,
    ADDRESS_UNDOS,
    DEPARTURES,
    LETTERS,
    NOTICES,
];

/// The evidence, and then the account itself.
const EVIDENCE: [&str; 5] = [REMOVED_SUBJECTS, RECEIPTS, DUTIES, GRANTS, ACCOUNT];

/// An account that waits for its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureRow {
    /// When it comes.
    pub due_at: Timestamp,
    /// The agreements that were paused for it.
    pub paused: Vec<GrantId>,
}

/// Begins to wait; says whether it did not wait already.
#[must_use = "it may wait already"]
pub async fn start(
    tx: &mut Connection,
    account_id: AccountId,
    row: &ErasureRow,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query(START)
        .bind(account_id.to_string())
        .bind(now.as_micros())
        .bind(row.due_at.as_micros())
        .bind(to_json(&row.paused)?)
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether an account waits for its end.
pub async fn find(
    connection: &mut Connection,
    account_id: AccountId,
) -> Result<Option<ErasureRow>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(account_id.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(ErasureRow {
            due_at: time(&row, "due_at")?,
            paused: json(&row, "paused")?,
        })
    })
    .transpose()
}

/// Whether an account waits for its end, and has waited long enough.
pub async fn is_due(
    connection: &mut Connection,
    account_id: AccountId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let waits = find(connection, account_id).await?;
    Ok(waits.is_some_and(|waits| waits.due_at <= now))
}

/// Calls it off, and says what was paused for it; `None` when it did not wait.
#[must_use = "it may be done already"]
pub async fn stop(
    tx: &mut Connection,
    account_id: AccountId,
) -> Result<Option<Vec<GrantId>>, StoreError> {
    let row = sqlx::query(STOP)
        .bind(account_id.to_string())
        .fetch_optional(tx)
        .await?;
    row.map(|row| json(&row, "paused")).transpose()
}

/// Some of the accounts whose wait is over, the longest first.
pub async fn due(
    connection: &mut Connection,
    now: Timestamp,
    after: &Place,
    most: u32,
) -> Result<Page<AccountId>, StoreError> {
    let by = OrderedBy {
        at: "due_at",
        id: "account_id",
    };
    let read = |row: &AnyRow| parsed(row, "account_id");
    due::page(connection, DUE, by, now, after, most, read).await
}

/// Lets one wait for longer.
pub async fn put_off(
    tx: &mut Connection,
    account_id: AccountId,
    until: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(PUT_OFF)
        .bind(until.as_micros())
        .bind(account_id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// Holds an account, its vault and its agreements until the transaction ends: whoever
/// would edit it, or agree to something, waits; and so does a business that answers a
/// request, which holds the agreement, and then what goes first here.
pub async fn hold(tx: &mut Connection, account_id: AccountId) -> Result<(), StoreError> {
    accounts::hold(tx, account_id).await?;
    // One that was erased has none.
    let _ = accounts::hold_any_vault(tx, account_id).await?;
    accounts::run(tx, HOLD_GRANTS, account_id).await
}

/// Destroys all that goes with an account; says whether it was there. Its
/// agreements and sessions were ended before, in the same transaction.
#[must_use = "it may have been erased before"]
pub async fn erase(
    tx: &mut Connection,
    account_id: AccountId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    keyholders::delete_every(tx, account_id).await?;
    half_sign_ins::drop_all(tx, account_id).await?;
    emptying::forget_records(tx, account_id).await?;
    for statement in DESTROYED {
        accounts::run(tx, statement, account_id).await?;
    }
    factors::forget_all(tx, account_id).await?;
    known_browsers::forget_all(tx, account_id).await?;
    // There need not have been any.
    let _ = recoveries::stop(tx, account_id).await?;
    let _ = stop(tx, account_id).await?;
    let done = sqlx::query(ERASE)
        // No hash of an address is as short.
        .bind(account_id.as_uuid().as_bytes().to_vec())
        .bind(Vec::new())
        .bind(now.as_micros())
        .bind(account_id.to_string())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether an account was erased.
pub async fn is_erased(
    connection: &mut Connection,
    account_id: AccountId,
) -> Result<bool, StoreError> {
    let row = sqlx::query(IS_ERASED)
        .bind(account_id.to_string())
        .fetch_optional(connection)
        .await?;
    Ok(row.is_some())
}

/// Whether an account has an agreement that is not over.
pub async fn has_live(
    connection: &mut Connection,
    account_id: AccountId,
) -> Result<bool, StoreError> {
    let row = sqlx::query(LIVE)
        .bind(account_id.to_string())
        .fetch_optional(connection)
        .await?;
    Ok(row.is_some())
}

/// Some of the accounts that were erased by then, the longest ago first.
pub async fn past(
    connection: &mut Connection,
    erased_by: Timestamp,
    after: &Place,
    most: u32,
) -> Result<Page<AccountId>, StoreError> {
    let by = OrderedBy {
        at: "erased_at",
        id: "id",
    };
    let read = |row: &AnyRow| parsed(row, "id");
    due::page(connection, PAST, by, erased_by, after, most, read).await
}

/// Forgets what was left of an account that was erased. What was read at the
/// moment of its end may hang on its agreements still.
pub async fn forget(tx: &mut Connection, account_id: AccountId) -> Result<(), StoreError> {
    emptying::forget_records(tx, account_id).await?;
    for statement in EVIDENCE {
        accounts::run(tx, statement, account_id).await?;
    }
    Ok(())
}
