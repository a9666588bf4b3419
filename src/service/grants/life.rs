//! What time does to a grant: a purpose of it runs out, its owner is warned, and
//! it expires.
//!
//! Each grant is a transaction of its own. Any number of nodes may be at it:
//! whoever finds a grant as it was, writes.

use futures_util::future::join_all;

use super::business::{expire_row, lapse_row, record};
use super::{MoveError, agreed_client};
use crate::app::App;
use crate::domain::id::{AccountId, GrantId};
use crate::domain::message::News;
use crate::domain::receipt::{Method, Record};
use crate::domain::time::Timestamp;
use crate::service::{Fault, notices};
use crate::store::due::{self, DueRow, Place};
use crate::store::{self, Connection, StoreError, grants, outbox};

/// How many grants are written side by side: writes that come together share a
/// commit, and logins still find a connection.
const AT_ONCE: usize = 4;

/// What came of a look at some of what was due.
#[derive(Debug)]
pub struct Look<P = Place> {
    /// How many grants were written.
    pub written: u32,
    /// Those that cannot be written, and why. They hold up none of the others.
    pub failed: Vec<(Option<GrantId>, Fault)>,
    /// Where to look next; `None` when that was all.
    pub next: Option<P>,
}

/// Writes down of some grants that their time is up: state, receipt, the end of
/// tokens, and what client and owner are told.
pub async fn expire_due(app: &App, after: &Place, most: u32) -> Result<Look, Fault> {
    let now = app.now();
    let mut connection = app.store().read().await?;
    let page = due::expired(&mut connection, now, after, most).await?;
    drop(connection);
    settle(page.rows, page.next, DueRow::grant_id, |due| {
        expire(app, due, now)
    })
    .await
}

async fn expire(app: &App, due: DueRow, now: Timestamp) -> Result<bool, Fault> {
    let client = agreed_client(app, &due.row.grant).await?;
    match expire_row(app, &client, due.row, now).await {
        Ok(()) => Ok(true),
        // Somebody was quicker: another node, or whoever it concerns.
        Err(MoveError::Stale) => Ok(false),
        Err(MoveError::Fault(fault)) => Err(fault),
        Err(_) => Err(Fault::Inconsistent(
            "a grant is due to expire that has time left",
        )),
    }
}

/// Writes down of some grants that a purpose of them has run out: they are left
/// with the others, and what was for that purpose alone is to be deleted.
pub async fn lapse_due(app: &App, after: &Place, most: u32) -> Result<Look, Fault> {
    let now = app.now();
    let mut connection = app.store().read().await?;
    let page = due::lapsed(&mut connection, now, after, most).await?;
    drop(connection);
    settle(page.rows, page.next, DueRow::grant_id, |due| {
        lapse(app, due, now)
    })
    .await
}

async fn lapse(app: &App, due: DueRow, now: Timestamp) -> Result<bool, Fault> {
    let DueRow { due_at, row } = due;
    let left = row.grant.terms.left_at(now);
    if left == row.grant.terms {
        // A version that knows of no lapses may have moved it.
        let (grant, seq) = (row.grant, row.chain.seq);
        app.store()
            .write_statement(move |tx| {
                Box::pin(async move { due::set_lapse(tx, &grant, seq, due_at).await })
            })
            .await
            .map_err(|error: StoreError| error)?;
        return Ok(false);
    }
    let client = agreed_client(app, &row.grant).await?;
    match lapse_row(app, &client, row, left, now).await {
        Ok(()) => Ok(true),
        // Somebody was quicker; or all of it has run out, which is written down
        // as that.
        Err(MoveError::Stale | MoveError::Invalid(_)) => Ok(false),
        Err(MoveError::Fault(fault)) => Err(fault),
        Err(_) => Err(Fault::Inconsistent("less cannot be had")),
    }
}

/// Keeps a warning for the owners of some grants that end soon.
pub async fn warn_due(app: &App, after: &Place, most: u32) -> Result<Look, Fault> {
    let now = app.now();
    let mut connection = app.store().read().await?;
    let page = due::to_warn(&mut connection, now, after, most).await?;
    drop(connection);
    settle(page.rows, page.next, DueRow::grant_id, |due| {
        warn(app, due, now)
    })
    .await
}

async fn warn(app: &App, due: DueRow, now: Timestamp) -> Result<bool, Fault> {
    let DueRow { due_at, row } = due;
    let (grant, seq) = (row.grant, row.chain.seq);
    // A version that knows of no warnings may have moved the end.
    let later = grant.warn_at().filter(|at| *at > now);
    let news = match grant.expires_at() {
        Some(until) if later.is_none() && until > now => Some(News::Ending { until }),
        _ => None,
    };
    let notice = news.map(|news| notices::of_grant(app, &grant, news, now));
    let warned = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                if !due::set_warning(tx, &grant, seq, due_at, later).await? {
                    return Ok::<_, StoreError>(false);
                }
                if let Some(notice) = &notice {
                    outbox::insert(tx, notice).await?;
                }
                Ok(notice.is_some())
            })
        })
        .await?;
    Ok(warned)
}

/// Writes down of an agreement what nobody did in time, with a receipt and a mail to
/// its owner, where `mark` finds that it is so still; says whether it was. Of any
/// number of nodes, one does.
pub(in crate::service) async fn write_overdue<F>(
    app: &App,
    (account_id, grant_id): (AccountId, GrantId),
    (what, news): (Record, News),
    now: Timestamp,
    mark: F,
) -> Result<bool, Fault>
where
    F: for<'c> FnOnce(&'c mut Connection) -> store::Written<'c, bool, StoreError> + Send + 'static,
{
    let mut connection = app.store().read().await?;
    let row = grants::find(&mut connection, account_id, grant_id).await?;
    drop(connection);
    let row = row.ok_or(Fault::Inconsistent("what is overdue names no agreement"))?;
    let client = agreed_client(app, &row.grant).await?;
    let notice = notices::of_grant(app, &row.grant, news, now);
    let written = record(app, &client, row, what, Method::Schedule).await?;
    let done = app.store().write(move |tx| {
        Box::pin(async move {
            // What is not written whole must not be written in part.
            // The agreement first, as whoever agrees anew writes them.
            if !written.keep(tx).await? || !mark(tx).await? {
                return Err(MoveError::Stale);
            }
            Ok(outbox::insert(tx, &notice).await?)
        })
    });
    match done.await {
        Ok(()) => Ok(true),
        // Another node was quicker, or the business at last, or its consumer came
        // back; or the agreement moved, and the next look finds it again.
        Err(MoveError::Stale) => Ok(false),
        Err(MoveError::Fault(fault)) => Err(fault),
        Err(_) => Err(Fault::Inconsistent(
            "what is overdue cannot be written down",
        )),
    }
}

/// Goes through a page. Stops where the database does not answer: then nothing
/// else is to be had of it either.
pub(in crate::service) async fn settle<T, P, W>(
    rows: Vec<Result<T, StoreError>>,
    next: Option<P>,
    grant_of: impl Fn(&T) -> GrantId,
    write: impl Fn(T) -> W,
) -> Result<Look<P>, Fault>
where
    W: Future<Output = Result<bool, Fault>>,
{
    let mut look = Look {
        written: 0,
        failed: Vec::new(),
        next,
    };
    let mut readable = Vec::with_capacity(rows.len());
    for row in rows {
        match row {
            Ok(due) => readable.push(due),
            Err(error) => look.failed.push((None, error.into())),
        }
    }
    let mut rows = readable.into_iter();
    loop {
        let some: Vec<T> = rows.by_ref().take(AT_ONCE).collect();
        if some.is_empty() {
            return Ok(look);
        }
        let ids: Vec<GrantId> = some.iter().map(&grant_of).collect();
        let done = join_all(some.into_iter().map(&write)).await;
        for (id, done) in ids.into_iter().zip(done) {
            match done {
                Ok(written) => look.written += u32::from(written),
                Err(Fault::Store(error)) if !matches!(error, StoreError::Corrupt(_)) => {
                    return Err(error.into());
                }
                Err(fault) => look.failed.push((Some(id), fault)),
            }
        }
    }
}
