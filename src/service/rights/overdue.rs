//! Requests whose time is up: it is written down, and whoever asked is told.

use crate::app::App;
use crate::domain::message::News;
use crate::domain::receipt::Record;
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::grants::{Look, settle, write_overdue};
use crate::store::due::Place;
use crate::store::rights::{self, RequestRow};

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
    let (of, id) = ((request.account_id, request.grant_id), request.id);
    let news = News::RequestOverdue { request_id: id };
    let what = Record::Unanswered(Box::new(request));
    write_overdue(app, of, (what, news), now, move |tx| {
        Box::pin(async move { rights::overdue(tx, id, now).await })
    })
    .await
}
