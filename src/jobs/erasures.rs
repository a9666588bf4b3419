//! Accounts whose wait is over (a month to think it over, or as long as a change of
//! address could be undone) are erased, and what is left of those that were erased is
//! forgotten in its time.

use crate::app::App;
use crate::service::{Fault, erasure};
use crate::store::due::Place;

/// How many at a time, each in a transaction of its own.
const AT_A_TIME: u32 = 50;

/// Does all that is due.
pub async fn run_once(app: &App) -> Result<(), Fault> {
    let mut next = Some(Place::START);
    while let Some(from) = next {
        next = erasure::erase_due(app, &from, AT_A_TIME).await?;
    }
    let mut next = Some(Place::START);
    while let Some(from) = next {
        next = erasure::forget_past(app, &from, AT_A_TIME).await?;
    }
    Ok(())
}
