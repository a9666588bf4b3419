//! A wait for something large that comes or goes piece by piece: it has some time
//! to begin with, and more for whatever moves. So it may take as long as a slow
//! line needs, and not as long as somebody likes who holds others up.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::Sleep;

/// To begin with, and to catch breath.
const BREATH: Duration = Duration::from_secs(30);
/// How many bytes have to move in a second: half a megabit, which every line has
/// upwards too.
const LEAST: u32 = 64 * 1024;

/// Less has moved than any line moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it comes or goes too slowly")]
pub struct TooSlow;

/// How much time is left.
#[derive(Debug)]
pub struct Pace {
    end: Pin<Box<Sleep>>,
    breath: Duration,
    least: u32,
}

impl Pace {
    /// It begins.
    #[must_use]
    pub fn begin() -> Self {
        Self::of(BREATH, LEAST)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the length of a wait, which no clock of the domain governs"
    )]
    pub(super) fn of(breath: Duration, least: u32) -> Self {
        Self {
            end: Box::pin(tokio::time::sleep(breath)),
            breath,
            least,
        }
    }

    /// So many bytes have moved, which gives more time: for those that come next, and
    /// not to be saved up, for whoever sends nothing more holds others up.
    #[expect(
        clippy::disallowed_methods,
        reason = "the length of a wait, which no clock of the domain governs"
    )]
    pub fn moved(&mut self, bytes: usize) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let more = Duration::from_secs(1).mul_f64(f64::from(bytes) / f64::from(self.least));
        let most = tokio::time::Instant::now() + self.breath;
        let end = (self.end.deadline() + more).min(most);
        self.end.as_mut().reset(end);
    }

    /// Waits for the next piece while there is time.
    pub async fn wait<T>(&mut self, piece: impl Future<Output = T>) -> Result<T, TooSlow> {
        tokio::select! {
            biased;
            piece = piece => Ok(piece),
            () = self.end.as_mut() => Err(TooSlow),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    #[tokio::test]
    async fn whatever_moves_gives_time_and_nothing_else_does() {
        let mut pace = Pace::of(Duration::from_millis(20), 1024);
        assert_eq!(pace.wait(pending::<()>()).await, Err(TooSlow));
        assert_eq!(pace.wait(ready(1)).await, Ok(1), "what is there is taken");
        pace.moved(3600 * 1024);
        let soon = Duration::from_millis(10);
        let waited = tokio::time::timeout(soon, pace.wait(pending::<()>())).await;
        assert!(waited.is_err(), "it would wait on");
        let mut slow = Pace::of(Duration::from_millis(20), 1024);
        slow.moved(1);
        assert_eq!(slow.wait(pending::<()>()).await, Err(TooSlow));
    }

    #[tokio::test]
    async fn nobody_saves_time_up() {
        let mut pace = Pace::of(Duration::from_millis(20), 1024);
        // An hour's worth, and then nothing more.
        pace.moved(3600 * 1024);
        let long = Duration::from_secs(20);
        let waited = tokio::time::timeout(long, pace.wait(pending::<()>())).await;
        assert_eq!(waited, Ok(Err(TooSlow)));
    }
}
