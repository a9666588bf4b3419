//! The escrow key of the month: the next one is made, what the one before it had
//! wrapped is wrapped anew, and the one before it is destroyed.

use tokio::sync::watch;

use crate::app::App;
use crate::service::{Fault, escrow};

/// How many vault keys are wrapped anew at a time, in one transaction.
const AT_A_TIME: u32 = 200;

/// Does all that is due.
pub async fn run_once(app: &App) -> Result<(), Fault> {
    let (_running, stopping) = watch::channel(false);
    run(app, &stopping).await
}

/// [`run_once`], that leaves the rest for later when it is told to stop.
pub async fn run(app: &App, stopping: &watch::Receiver<bool>) -> Result<(), Fault> {
    if escrow::rotate_if_due(app).await? {
        tracing::info!("the escrow has a new key");
    }
    let mut fault = None;
    for left in escrow::remainders(app).await? {
        // A key that is not there holds up none of the others.
        match empty(app, left.epoch, stopping).await {
            Ok(()) => {}
            Err(error @ Fault::Store(_)) => return Err(error),
            Err(error) => fault = Some(error),
        }
    }
    for epoch in escrow::destroy_spent(app).await? {
        tracing::info!(epoch = epoch.number(), "an escrow key was destroyed");
    }
    fault.map_or(Ok(()), Err)
}

/// Leaves nothing wrapped by the key of an epoch, and gives it up.
async fn empty(
    app: &App,
    epoch: crate::crypto::escrow::EscrowEpoch,
    stopping: &watch::Receiver<bool>,
) -> Result<(), Fault> {
    let mut after = None;
    while !*stopping.borrow() {
        let done = escrow::rewrap(app, epoch, after, AT_A_TIME).await?;
        if done.written > 0 {
            let moved = done.written;
            tracing::info!(
                epoch = epoch.number(),
                moved,
                "vault keys have a new escrow"
            );
        }
        after = done.next;
        if after.is_none() {
            escrow::spend(app, epoch).await?;
            break;
        }
        tokio::task::yield_now().await;
    }
    Ok(())
}
