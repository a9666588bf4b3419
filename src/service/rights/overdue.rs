//! Requests whose time is up: it is written down, and whoever asked is told.

use crate::app::App;
use crate::domain::message::News;
use crate::domain::receipt::{Method, Record};
use crate::domain::time::Timestamp;
use crate::service::grants::{Look, MoveError, agreed_client, record, settle};
use crate::service::{Fault, notices};
use crate::store::due::Place;
use crate::store::rights::RequestRow;
use crate::store::{grants, outbox, rights};

/// Writes down of some requests that they were not answered in time, with a
/// receipt, and keeps a mail for each. Of any number of nodes, one does.
pub async fn mark_overdue(app: &App, after: &Place, most: u32) -> Result<Look, Fault> {
    let now = app.now();
    let mut connection = app.store().read().await?;
    let page = rights::due(&mut connection, now, after, most).await?;
    drop(connection);
    settle(
        page.rows,
        page.next,
        |row| row.request.grant_id,
        |row| mark(app, row, now),
    )
    .await
}

async fn mark(app: &App, row: RequestRow, now: Timestamp) -> Result<bool, Fault> {
    let request = row.request;
    let mut connection = app.store().read().await?;
    let grant = grants::find(&mut connection, request.account_id, request.grant_id).await?;
    drop(connection);
    let row = grant.ok_or(Fault::Inconsistent("a request names no agreement"))?;
    let client = agreed_client(app, &row.grant).await?;
    let id = request.id;
    let news = News::RequestOverdue { request_id: id };
    let notice = notices::of_grant(app, &row.grant, news, now);
    let what = Record::Unanswered(Box::new(request));
    let written = record(app, &client, row, what, Method::Schedule).await?;
    let done = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                // What is not written whole must not be written in part.
                if !written.keep(tx).await? || !rights::overdue(tx, id, now).await? {
                    return Err(MoveError::Stale);
                }
                Ok(outbox::insert(tx, &notice).await?)
            })
        })
        .await;
    match done {
        Ok(()) => Ok(true),
        // Another node was quicker, or the business at last; or the agreement
        // moved, and the next look finds the request again.
        Err(MoveError::Stale) => Ok(false),
        Err(MoveError::Fault(fault)) => Err(fault),
        Err(_) => Err(Fault::Inconsistent("a request cannot be marked")),
    }
}
