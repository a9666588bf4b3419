//! Whether the server is there, for those who live through its crashes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

/// Whether the server is there, and how often that changed.
#[derive(Clone, Default)]
pub(super) struct Weather {
    down: Arc<AtomicBool>,
    changes: Arc<AtomicU32>,
    over: Arc<AtomicBool>,
}

impl Weather {
    pub(super) fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
        self.changes.fetch_add(1, Ordering::SeqCst);
    }

    /// Lets everybody finish what they are at.
    pub(super) fn end(&self) {
        self.over.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "people come back after a while, and the server does not tell them when"
    )]
    pub(super) async fn clear(&self) -> u32 {
        while self.down.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.changes.load(Ordering::SeqCst)
    }

    pub(super) fn changed_since(&self, before: u32) -> bool {
        self.changes.load(Ordering::SeqCst) != before
    }
}
