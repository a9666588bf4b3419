//! Ways back in whose wait is over: whoever asked for one is told.

use crate::app::App;
use crate::service::{Fault, recovery};

/// How many are told at a time, each in a transaction of its own.
const AT_A_TIME: u32 = 200;

/// Tells of every recovery that is ready.
pub async fn run_once(app: &App) -> Result<(), Fault> {
    while recovery::tell_ready(app, AT_A_TIME).await? {}
    Ok(())
}
