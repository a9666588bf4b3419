//! Requests whose time is up: it is written down, and whoever asked is told.

use crate::app::App;
use crate::domain::message::News;
use crate::domain::time::Timestamp;
use crate::service::grants::{Look, settle};
use crate::service::{Fault, notices};
use crate::store::due::Place;
use crate::store::rights::RequestRow;
use crate::store::{StoreError, grants, outbox, rights};

/// Writes down of some requests that they were not answered in time, and keeps
/// a mail for each. Of any number of nodes, one does.
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
    let grant = grant
        .ok_or(Fault::Inconsistent("a request names no agreement"))?
        .grant;
    let id = request.id;
    let news = News::RequestOverdue { request_id: id };
    let notice = notices::of_grant(app, &grant, news, now);
    let marked = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                if !rights::overdue(tx, id, now).await? {
                    return Ok::<_, StoreError>(false);
                }
                outbox::insert(tx, &notice).await?;
                Ok(true)
            })
        })
        .await?;
    Ok(marked)
}
