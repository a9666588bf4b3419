//! The end of sessions whose time has passed: whoever someone is logged in to
//! through them is told.

use crate::app::App;
use crate::service::{Fault, sessions};

/// How many are ended at a time, each in a transaction of its own.
const AT_A_TIME: u32 = 200;

/// Ends every session that has expired.
pub async fn run_once(app: &App) -> Result<(), Fault> {
    while sessions::end_expired(app, AT_A_TIME).await? {}
    Ok(())
}
