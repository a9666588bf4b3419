//! Duties whose time is up: it is written down, and the consumer is told.

use crate::app::App;
use crate::domain::duty::Duty;
use crate::domain::message::News;
use crate::domain::receipt::Record;
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::grants::{Look, settle, write_overdue};
use crate::store::due::Place;
use crate::store::duties;

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
    let of = (duty.account_id, duty.grant_id);
    let news = News::Overdue { duty_id: duty.id };
    let what = Record::Duty(Box::new(duty.clone()));
    write_overdue(app, of, (what, news), now, move |tx| {
        Box::pin(async move { duties::overdue(tx, &duty, now).await })
    })
    .await
}
