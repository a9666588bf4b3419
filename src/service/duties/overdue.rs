//! Duties whose time is up: it is written down, and the consumer is told.

use crate::app::App;
use crate::domain::duty::Duty;
use crate::domain::message::News;
use crate::domain::receipt::{Method, Record};
use crate::domain::time::Timestamp;
use crate::service::grants::{Look, MoveError, agreed_client, record, settle};
use crate::service::{Fault, notices};
use crate::store::due::Place;
use crate::store::{duties, grants, outbox};

/// Writes down of some duties that nothing was confirmed in time, with a
/// receipt, and keeps a mail for each. Of any number of nodes, one does.
pub async fn mark_overdue(app: &App, after: &Place, most: u32) -> Result<Look, Fault> {
    let now = app.now();
    let mut connection = app.store().read().await?;
    let page = duties::due(&mut connection, now, after, most).await?;
    drop(connection);
    settle(
        page.rows,
        page.next,
        |duty| duty.grant_id,
        |duty| mark(app, duty, now),
    )
    .await
}

async fn mark(app: &App, duty: Duty, now: Timestamp) -> Result<bool, Fault> {
    let mut connection = app.store().read().await?;
    let row = grants::find(&mut connection, duty.account_id, duty.grant_id).await?;
    drop(connection);
    let row = row.ok_or(Fault::Inconsistent(
        "a duty names a grant that is not there",
    ))?;
    let client = agreed_client(app, &row.grant).await?;
    let news = News::Overdue { duty_id: duty.id };
    let notice = notices::of_grant(app, &row.grant, news, now);
    let what = Record::Duty(Box::new(duty.clone()));
    let written = record(app, &client, row, what, Method::Schedule).await?;
    let done = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                // What is not written whole must not be written in part.
                // The agreement first, as whoever agrees anew writes them.
                if !written.keep(tx).await? || !duties::overdue(tx, &duty, now).await? {
                    return Err(MoveError::Stale);
                }
                Ok(outbox::insert(tx, &notice).await?)
            })
        })
        .await;
    match done {
        Ok(()) => Ok(true),
        // Another node was quicker, or the business at last, or its consumer came
        // back; or the agreement moved, and the next look finds the duty again.
        Err(MoveError::Stale) => Ok(false),
        Err(MoveError::Fault(fault)) => Err(fault),
        Err(_) => Err(Fault::Inconsistent("a duty cannot be marked")),
    }
}
