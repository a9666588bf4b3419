//! What new editions of plans do to agreements, client by client. Each
//! agreement is a small transaction; a walk that breaks off goes on where
//! agreements are still behind, on this node or another.

use tokio::sync::watch;

use crate::app::App;
use crate::domain::id::ClientId;
use crate::service::Fault;
use crate::service::grants::{hold_against_plan, unsettled};
use crate::store::editions::Step;

/// How many are looked up at a time.
const AT_A_TIME: u32 = 100;

/// Does all that is due.
pub async fn run_once(app: &App) -> Result<(), Fault> {
    let (_running, stopping) = watch::channel(false);
    run(app, &stopping).await
}

/// [`run_once`], that leaves the rest for later when it is told to stop.
pub async fn run(app: &App, stopping: &watch::Receiver<bool>) -> Result<(), Fault> {
    let mut last: Option<ClientId> = None;
    loop {
        let some = unsettled(app, last.as_ref(), AT_A_TIME).await?;
        let Some(end) = some.last().cloned() else {
            return Ok(());
        };
        for client in &some {
            match walk(app, client, stopping).await {
                Ok(()) => {}
                Err(Fault::Store(error)) if error.is_of_the_database() => {
                    return Err(error.into());
                }
                // What is wrong with one client holds up none of the others.
                Err(error) => {
                    tracing::error!(%client, %error, "a client's agreements cannot be held against its plan");
                }
            }
            if *stopping.borrow() {
                return Ok(());
            }
        }
        last = Some(end);
    }
}

/// One walk through the agreements of a client that are behind, and a last look
/// at whether any is left.
async fn walk(app: &App, client: &ClientId, stopping: &watch::Receiver<bool>) -> Result<(), Fault> {
    let (mut written, mut failed) = (0_u32, 0_usize);
    let mut next = Some(Step::START);
    while let Some(from) = next.take().filter(|_| !*stopping.borrow()) {
        let look = hold_against_plan(app, client, &from, AT_A_TIME).await?;
        if let (0, Some((grant, fault))) = (failed, look.failed.first()) {
            let grant =
                grant.map_or_else(|| "one that cannot be read".to_owned(), |id| id.to_string());
            tracing::error!(%client, %grant, error = %fault, "an agreement cannot be held against its plan");
        }
        written = written.saturating_add(look.written);
        failed = failed.saturating_add(look.failed.len());
        next = look.next;
        tokio::task::yield_now().await;
    }
    if failed == 0 && !*stopping.borrow() {
        // Settles, unless somebody moved one of them at that moment.
        hold_against_plan(app, client, &Step::START, AT_A_TIME).await?;
    }
    if written > 0 {
        tracing::info!(%client, written, "agreements became narrower with their plan");
    }
    Ok(())
}
