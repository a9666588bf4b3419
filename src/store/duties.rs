//! Deletion duties: what businesses owe, and what they said.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::codec::{json, optional_time, parsed, time, to_json};
use super::due::{OrderedBy, Page, Place, page};
use super::listing::Listing;
use super::{Connection, StoreError, accounts};
use crate::domain::duty::{Answer, Duty, DutyState};
use crate::domain::id::{AccountId, ClientId, DutyId, GrantId};
use crate::domain::subject::Subject;
use crate::domain::time::Timestamp;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT d.id, d.account_id, d.grant_id, d.client_id, d.subject, d.claims, d.reason, \
             d.opened_at, d.delete_by, d.told_at, d.seen_at, d.overdue_at, d.lapsed_at, \
             d.letter_at, d.answered_at, d.kept FROM deletion_duties d ",
            $rest
        )
    };
}

statements! {
    INSERT = "INSERT INTO deletion_duties (id, account_id, grant_id, client_id, subject, claims, \
              reason, state, opened_at, delete_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    FIND = select!("WHERE d.id = $1 AND d.account_id = $2");
    OF_CLIENT = select!("WHERE d.id = $1 AND d.client_id = $2");
    OF_GRANT = select!("WHERE d.account_id = $1 AND d.grant_id = $2 ORDER BY d.id");
    /// What is owed comes first, so that what was settled since crowds it out
    /// nowhere.
    OF_ACCOUNT = select!(
        "WHERE d.account_id = $1 ORDER BY \
         CASE WHEN d.state IN ('open', 'overdue') THEN 0 ELSE 1 END, d.id DESC LIMIT $2"
    );
    ALL_OF_ACCOUNT = select!("WHERE d.account_id = $1 AND d.id > $2 ORDER BY d.id LIMIT $3");
    LIST = select!("WHERE d.client_id = $1 AND d.id > $2 ORDER BY d.id LIMIT $3");
    LIST_IN_STATE =
        select!("WHERE d.client_id = $1 AND d.state = $2 AND d.id > $3 ORDER BY d.id LIMIT $4");
    DUE = select!(
        "WHERE d.state = 'open' AND d.delete_by < $1 AND d.delete_by >= $2 \
         AND (d.delete_by > $2 OR d.id > $3) ORDER BY d.delete_by, d.id LIMIT $4"
    );
    OWED = select!(
        "WHERE d.account_id = $1 AND d.client_id = $2 AND d.state IN ('open', 'overdue') \
         ORDER BY d.id"
    );
    TOLD = "UPDATE deletion_duties SET told_at = $1 WHERE id = $2 AND told_at IS NULL";
    SEEN = "UPDATE deletion_duties SET seen_at = $1 WHERE id = $2 AND seen_at IS NULL";
    LETTER = "UPDATE deletion_duties SET letter_at = $1 \
              WHERE id = $2 AND account_id = $3 AND letter_at IS NULL";
    /// The first answer counts, and it is about what is owed by now.
    ANSWER = "UPDATE deletion_duties SET state = 'confirmed', answered_at = $1, kept = $2 \
              WHERE id = $3 AND client_id = $4 AND state IN ('open', 'overdue') AND claims = $5";
    /// Of any number of nodes, one finds it open and as it was.
    OVERDUE = "UPDATE deletion_duties SET state = 'overdue', overdue_at = $1 \
              WHERE id = $2 AND state = 'open' AND delete_by < $1 AND claims = $3";
    /// What was answered meanwhile stays so.
    LAPSE = "UPDATE deletion_duties SET state = 'lapsed', lapsed_at = $1 \
              WHERE id = $2 AND state IN ('open', 'overdue')";
    /// LENGTH counts characters, of which few are more than a byte.
    WEIGHT = "SELECT COUNT(*) AS records, CAST(COALESCE(SUM(LENGTH(kept)), 0) AS BIGINT) AS bytes \
              FROM deletion_duties WHERE account_id = $1";
    RELIEVE = "UPDATE deletion_duties SET claims = $1, reason = $2 \
              WHERE id = $3 AND state IN ('open', 'overdue')";
}

const LISTING: Listing = Listing {
    all: LIST,
    in_state: LIST_IN_STATE,
};

/// How many duties there are of an account, and how many bytes of answers.
pub async fn weight(
    connection: &mut Connection,
    account_id: AccountId,
) -> Result<(u32, u32), StoreError> {
    accounts::weigh(connection, WEIGHT, account_id).await
}

/// Keeps a new duty.
pub async fn insert(tx: &mut Connection, duty: &Duty) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(duty.id.to_string())
        .bind(duty.account_id.to_string())
        .bind(duty.grant_id.to_string())
        .bind(duty.client_id.to_string())
        .bind(duty.subject.to_string())
        .bind(to_json(&duty.claims)?)
        .bind(duty.reason.as_str())
        .bind(duty.state().as_str())
        .bind(duty.opened_at.as_micros())
        .bind(duty.delete_by.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

fn duty(row: &AnyRow) -> Result<Duty, StoreError> {
    let subject: String = row.try_get("subject")?;
    let answer = match optional_time(row, "answered_at")? {
        Some(answered_at) => Some(Answer {
            answered_at,
            kept: json(row, "kept")?,
        }),
        None => None,
    };
    Ok(Duty {
        id: parsed(row, "id")?,
        account_id: parsed(row, "account_id")?,
        grant_id: parsed(row, "grant_id")?,
        client_id: parsed(row, "client_id")?,
        subject: Subject::from_stored(subject),
        claims: json(row, "claims")?,
        reason: parsed(row, "reason")?,
        opened_at: time(row, "opened_at")?,
        delete_by: time(row, "delete_by")?,
        told_at: optional_time(row, "told_at")?,
        seen_at: optional_time(row, "seen_at")?,
        overdue_at: optional_time(row, "overdue_at")?,
        lapsed_at: optional_time(row, "lapsed_at")?,
        letter_at: optional_time(row, "letter_at")?,
        answer,
    })
}

/// One duty towards an account.
pub async fn find(
    connection: &mut Connection,
    account_id: AccountId,
    id: DutyId,
) -> Result<Option<Duty>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(id.to_string())
        .bind(account_id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(duty).transpose()
}

/// Some duties towards an account that come after one, the oldest first.
pub async fn after(
    connection: &mut Connection,
    account_id: AccountId,
    after: Option<DutyId>,
    most: u32,
) -> Result<Vec<Duty>, StoreError> {
    let rows = sqlx::query(ALL_OF_ACCOUNT)
        .bind(account_id.to_string())
        .bind(after.map_or_else(String::new, |id| id.to_string()))
        .bind(i64::from(most))
        .fetch_all(connection)
        .await?;
    rows.iter().map(duty).collect()
}

/// One duty of a client.
pub async fn of_client(
    connection: &mut Connection,
    client_id: &ClientId,
    id: DutyId,
) -> Result<Option<Duty>, StoreError> {
    let row = sqlx::query(OF_CLIENT)
        .bind(id.to_string())
        .bind(client_id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(duty).transpose()
}

/// The duties that came of a grant, the oldest first.
pub async fn of_grant(
    connection: &mut Connection,
    account_id: AccountId,
    grant_id: GrantId,
) -> Result<Vec<Duty>, StoreError> {
    let rows = sqlx::query(OF_GRANT)
        .bind(account_id.to_string())
        .bind(grant_id.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter().map(duty).collect()
}

/// Duties towards an account: what is owed, then what is settled, each with the
/// newest first.
pub async fn of_account(
    connection: &mut Connection,
    account_id: AccountId,
    most: u32,
) -> Result<Vec<Duty>, StoreError> {
    let rows = sqlx::query(OF_ACCOUNT)
        .bind(account_id.to_string())
        .bind(i64::from(most))
        .fetch_all(connection)
        .await?;
    rows.iter().map(duty).collect()
}

/// Duties of a client that come after one of them, the oldest first: all, or
/// those that stand so.
pub async fn list(
    connection: &mut Connection,
    client_id: &ClientId,
    state: Option<DutyState>,
    after: Option<DutyId>,
    most: u32,
) -> Result<Vec<Duty>, StoreError> {
    let state = state.map(DutyState::as_str);
    let after = after.map(|id| id.to_string());
    let rows = LISTING
        .rows(connection, client_id, state, after, most)
        .await?;
    rows.iter().map(duty).collect()
}

/// Some open duties whose time was up at `now`, and where to look next.
pub async fn due(
    connection: &mut Connection,
    now: Timestamp,
    after: &Place,
    most: u32,
) -> Result<Page<Duty>, StoreError> {
    let by = OrderedBy {
        at: "delete_by",
        id: "id",
    };
    page(connection, DUE, by, now, after, most, duty).await
}

/// In the order of their ids, whatever order they come in: transactions that
/// mark the same duties must not wait for each other in a circle.
async fn mark(
    tx: &mut Connection,
    statement: &'static str,
    mut ids: Vec<DutyId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    ids.sort_unstable();
    for id in ids {
        sqlx::query(statement)
            .bind(now.as_micros())
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

/// Takes note that messages about some were heard. The first time counts.
pub async fn told(tx: &mut Connection, ids: Vec<DutyId>, now: Timestamp) -> Result<(), StoreError> {
    mark(tx, TOLD, ids, now).await
}

/// Takes note that their business looked at some. The first time counts.
pub async fn seen(tx: &mut Connection, ids: Vec<DutyId>, now: Timestamp) -> Result<(), StoreError> {
    mark(tx, SEEN, ids, now).await
}

/// Takes note that the consumer wrote to the business. The first time counts.
pub async fn letter(
    tx: &mut Connection,
    account_id: AccountId,
    id: DutyId,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(LETTER)
        .bind(now.as_micros())
        .bind(id.to_string())
        .bind(account_id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// Keeps the answer that a duty now has; says whether it had none.
#[must_use = "there may have been another answer"]
pub async fn answer(tx: &mut Connection, duty: &Duty) -> Result<bool, StoreError> {
    let Some(answer) = &duty.answer else {
        return Ok(false);
    };
    let done = sqlx::query(ANSWER)
        .bind(answer.answered_at.as_micros())
        .bind(to_json(&answer.kept)?)
        .bind(duty.id.to_string())
        .bind(duty.client_id.to_string())
        .bind(to_json(&duty.claims)?)
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// What a client still owes an account, the oldest first.
pub async fn owed(
    connection: &mut Connection,
    account_id: AccountId,
    client_id: &ClientId,
) -> Result<Vec<Duty>, StoreError> {
    let rows = sqlx::query(OWED)
        .bind(account_id.to_string())
        .bind(client_id.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter().map(duty).collect()
}

/// Keeps what is left of a duty ([`Duty::relieved_by`]), unless it was answered
/// meanwhile.
pub async fn relieve(tx: &mut Connection, duty: &Duty) -> Result<(), StoreError> {
    if let Some(lapsed_at) = duty.lapsed_at {
        return mark(tx, LAPSE, vec![duty.id], lapsed_at).await;
    }
    sqlx::query(RELIEVE)
        .bind(to_json(&duty.claims)?)
        .bind(duty.reason.as_str())
        .bind(duty.id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// Writes down that the time of a duty is up; says whether it was open, and as
/// it was read.
#[must_use = "another node may have written it"]
pub async fn overdue(tx: &mut Connection, duty: &Duty, now: Timestamp) -> Result<bool, StoreError> {
    let done = sqlx::query(OVERDUE)
        .bind(now.as_micros())
        .bind(duty.id.to_string())
        .bind(to_json(&duty.claims)?)
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}
