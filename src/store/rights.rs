//! Requests by which people use their rights, and what businesses answer.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::codec::{count, json, optional_time, parsed, time, to_json};
use super::due::{OrderedBy, Page, Place, page};
use super::listing::Listing;
use super::{Connection, StoreError, accounts};
use crate::domain::id::{AccountId, ClientId, GrantId, RightsRequestId};
use crate::domain::rights::{Outcome, RequestState, RightsRequest, Taken};
use crate::domain::subject::Subject;
use crate::domain::time::Timestamp;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.account_id, r.grant_id, r.client_id, r.subject, r.number, r.kind, \
             r.claims, r.opened_at, r.due_at, r.extended_at, r.overdue_at, r.answered_at, \
             r.reply_key, r.reply_key_wrapped FROM rights_requests r ",
            $rest
        )
    };
}

statements! {
    INSERT = "INSERT INTO rights_requests (id, account_id, grant_id, client_id, subject, number, \
              kind, claims, state, opened_at, due_at, reply_key, reply_key_wrapped) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, $10, $11, $12)";
    OF_CLIENT = select!("WHERE r.id = $1 AND r.client_id = $2");
    FIND = select!("WHERE r.id = $1 AND r.account_id = $2");
    OF_GRANT = select!("WHERE r.grant_id = $1 ORDER BY r.number");
    LIST = select!("WHERE r.client_id = $1 AND r.id > $2 ORDER BY r.id LIMIT $3");
    LIST_IN_STATE =
        select!("WHERE r.client_id = $1 AND r.state = $2 AND r.id > $3 ORDER BY r.id LIMIT $4");
    DUE = select!(
        "WHERE r.state = 'open' AND r.due_at < $1 AND r.due_at >= $2 \
         AND (r.due_at > $2 OR r.id > $3) ORDER BY r.due_at, r.id LIMIT $4"
    );
    /// Of any number of nodes, one finds it open.
    OVERDUE = "UPDATE rights_requests SET state = 'overdue', overdue_at = $1 \
              WHERE id = $2 AND state = 'open' AND due_at < $1";
    /// The first answer counts.
    ANSWERED = "UPDATE rights_requests SET state = 'answered', answered_at = $1 \
              WHERE id = $2 AND client_id = $3 AND answered_at IS NULL";
    EXTENDED = "UPDATE rights_requests SET due_at = $1, extended_at = $2 \
              WHERE id = $3 AND client_id = $4 AND state = 'open' AND extended_at IS NULL";
    ANSWER = "INSERT INTO rights_answers (request_id, seq, outcome, answered_at, until_at, \
              text_sealed) VALUES ($1, $2, $3, $4, $5, $6)";
    /// LENGTH counts the bytes of what is sealed.
    WEIGHT = "SELECT COUNT(DISTINCT r.id) AS records, \
              CAST(COALESCE(SUM(LENGTH(a.text_sealed)), 0) AS BIGINT) AS bytes \
              FROM rights_requests r LEFT JOIN rights_answers a ON a.request_id = r.id \
              WHERE r.account_id = $1";
    ANSWERS = "SELECT a.seq, a.outcome, a.answered_at, a.until_at, a.text_sealed \
              FROM rights_answers a WHERE a.request_id = $1 ORDER BY a.seq";
}

/// A request as stored.
#[derive(Clone, Debug)]
pub struct RequestRow {
    /// The request.
    pub request: RightsRequest,
    /// With which answers are sealed.
    pub reply_key: Vec<u8>,
    /// What opens them, under the vault key.
    pub reply_key_wrapped: Vec<u8>,
}

/// An answer as stored.
#[derive(Clone, Debug)]
pub struct ReplyRow {
    /// Which of the answers, from 1.
    pub seq: u32,
    /// What it is.
    pub taken: Taken,
    /// What it says, for the consumer's vault alone.
    pub text_sealed: Vec<u8>,
}

/// How many requests there are of an account, and how many bytes of answers.
pub async fn weight(
    connection: &mut Connection,
    account_id: AccountId,
) -> Result<(u32, u32), StoreError> {
    accounts::weigh(connection, WEIGHT, account_id).await
}

fn request_row(row: &AnyRow) -> Result<RequestRow, StoreError> {
    let subject: String = row.try_get("subject")?;
    Ok(RequestRow {
        request: RightsRequest {
            id: parsed(row, "id")?,
            number: count(row, "number")?,
            account_id: parsed(row, "account_id")?,
            grant_id: parsed(row, "grant_id")?,
            client_id: parsed(row, "client_id")?,
            subject: Subject::from_stored(subject),
            right: parsed(row, "kind")?,
            claims: json(row, "claims")?,
            opened_at: time(row, "opened_at")?,
            due: time(row, "due_at")?,
            extended_at: optional_time(row, "extended_at")?,
            overdue_at: optional_time(row, "overdue_at")?,
            answered_at: optional_time(row, "answered_at")?,
        },
        reply_key: row.try_get("reply_key")?,
        reply_key_wrapped: row.try_get("reply_key_wrapped")?,
    })
}

const LISTING: Listing = Listing {
    all: LIST,
    in_state: LIST_IN_STATE,
};

/// Keeps a new request. [`StoreError::Duplicate`] when one of its kind waits
/// already, or its number is taken.
pub async fn insert(tx: &mut Connection, row: &RequestRow) -> Result<(), StoreError> {
    let request = &row.request;
    sqlx::query(INSERT)
        .bind(request.id.to_string())
        .bind(request.account_id.to_string())
        .bind(request.grant_id.to_string())
        .bind(request.client_id.to_string())
        .bind(request.subject.to_string())
        .bind(i64::from(request.number))
        .bind(request.right.as_str())
        .bind(to_json(&request.claims)?)
        .bind(request.opened_at.as_micros())
        .bind(request.due.as_micros())
        .bind(row.reply_key.clone())
        .bind(row.reply_key_wrapped.clone())
        .execute(tx)
        .await?;
    Ok(())
}

/// One request to a client.
pub async fn of_client(
    connection: &mut Connection,
    client_id: &ClientId,
    id: RightsRequestId,
) -> Result<Option<RequestRow>, StoreError> {
    let row = sqlx::query(OF_CLIENT)
        .bind(id.to_string())
        .bind(client_id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(request_row).transpose()
}

/// One request of an account.
pub async fn find(
    connection: &mut Connection,
    account_id: AccountId,
    id: RightsRequestId,
) -> Result<Option<RequestRow>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(id.to_string())
        .bind(account_id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(request_row).transpose()
}

/// The requests under a grant, the oldest first.
pub async fn of_grant(
    connection: &mut Connection,
    grant_id: GrantId,
) -> Result<Vec<RequestRow>, StoreError> {
    let rows = sqlx::query(OF_GRANT)
        .bind(grant_id.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter().map(request_row).collect()
}

/// Requests to a client that come after one of them, the oldest first: all, or
/// those that stand so.
pub async fn list(
    connection: &mut Connection,
    client_id: &ClientId,
    state: Option<RequestState>,
    after: Option<RightsRequestId>,
    most: u32,
) -> Result<Vec<RequestRow>, StoreError> {
    let state = state.map(RequestState::as_str);
    let after = after.map(|id| id.to_string());
    let rows = LISTING
        .rows(connection, client_id, state, after, most)
        .await?;
    rows.iter().map(request_row).collect()
}

/// Some open requests whose time was up at `now`, and where to look next.
pub async fn due(
    connection: &mut Connection,
    now: Timestamp,
    after: &Place,
    most: u32,
) -> Result<Page<RequestRow>, StoreError> {
    let by = OrderedBy {
        at: "due_at",
        id: "id",
    };
    page(connection, DUE, by, now, after, most, request_row).await
}

/// Writes down that the time of a request is up; says whether it was open.
#[must_use = "another node may have written it"]
pub async fn overdue(
    tx: &mut Connection,
    id: RightsRequestId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query(OVERDUE)
        .bind(now.as_micros())
        .bind(id.to_string())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps an answer; says whether the request still waited for such a one.
#[must_use = "there may have been another answer"]
pub async fn answer(
    tx: &mut Connection,
    request: &RightsRequest,
    reply: &ReplyRow,
) -> Result<bool, StoreError> {
    let Taken { outcome, at, until } = reply.taken;
    let done = match (outcome, until) {
        (Outcome::Extended, Some(until)) => {
            sqlx::query(EXTENDED)
                .bind(until.as_micros())
                .bind(at.as_micros())
                .bind(request.id.to_string())
                .bind(request.client_id.to_string())
                .execute(&mut *tx)
                .await?
        }
        _ => {
            sqlx::query(ANSWERED)
                .bind(at.as_micros())
                .bind(request.id.to_string())
                .bind(request.client_id.to_string())
                .execute(&mut *tx)
                .await?
        }
    };
    if done.rows_affected() != 1 {
        return Ok(false);
    }
    sqlx::query(ANSWER)
        .bind(request.id.to_string())
        .bind(i64::from(reply.seq))
        .bind(outcome.as_str())
        .bind(at.as_micros())
        .bind(until.map(Timestamp::as_micros))
        .bind(reply.text_sealed.clone())
        .execute(tx)
        .await?;
    Ok(true)
}

/// The answers to a request, the oldest first.
pub async fn answers(
    connection: &mut Connection,
    id: RightsRequestId,
) -> Result<Vec<ReplyRow>, StoreError> {
    let rows = sqlx::query(ANSWERS)
        .bind(id.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(ReplyRow {
                seq: count(row, "seq")?,
                taken: Taken {
                    outcome: parsed(row, "outcome")?,
                    at: time(row, "answered_at")?,
                    until: optional_time(row, "until_at")?,
                },
                text_sealed: row.try_get("text_sealed")?,
            })
        })
        .collect()
}
