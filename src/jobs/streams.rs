//! Looks after streams of events whose receivers do not take them.

use crate::app::App;
use crate::domain::id::StreamId;
use crate::service::streams::{self, Patience};
use crate::store::StoreError;

/// Streams that are looked after at a time.
const AT_A_TIME: u32 = 100;

/// Goes round all streams, a part at a time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Round(Option<StreamId>);

impl Round {
    /// Looks after the next few; says whether that was the end of the round.
    pub async fn go_on(&mut self, app: &App, patience: Patience) -> Result<bool, StoreError> {
        let some = streams::some(app, self.0, AT_A_TIME).await?;
        for stream in &some {
            streams::look_after(app, stream, patience).await?;
        }
        self.0 = some.last().map(|stream| stream.id);
        Ok(some.is_empty())
    }
}
