//! Deletion duties and requests whose time is up: that is written down, and consumers are
//! told. On any number of nodes, once.

use tokio::sync::watch;

use super::grants::Sweep;
use crate::app::App;
use crate::service::Fault;
use crate::service::duties::mark_overdue;
use crate::service::rights;

/// How many are looked up at a time.
const AT_A_TIME: u32 = 100;

/// Does all that is due.
pub async fn run_once(app: &App) -> Result<(), Fault> {
    let (_running, stopping) = watch::channel(false);
    run(app, &stopping).await
}

/// [`run_once`], that leaves the rest for later when it is told to stop.
pub async fn run(app: &App, stopping: &watch::Receiver<bool>) -> Result<(), Fault> {
    let mut overdue = Sweep::default();
    while let Some(from) = overdue.begin(stopping) {
        let look = mark_overdue(app, &from, AT_A_TIME).await?;
        overdue.note(look).await;
    }
    overdue.tell_operator("marked as not deleted in time");
    let mut unanswered = Sweep::default();
    while let Some(from) = unanswered.begin(stopping) {
        let look = rights::mark_overdue(app, &from, AT_A_TIME).await?;
        unanswered.note(look).await;
    }
    unanswered.tell_operator("marked as not answered in time");
    Ok(())
}
