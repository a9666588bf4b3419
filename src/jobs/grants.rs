//! What time does to agreements: those whose time is up expire, those of which a
//! purpose has run out are left with the others, and owners are warned some days
//! before all of it ends.
//!
//! What fell due while nobody was running is done when somebody is again. In a
//! night on which very many end, each is a small transaction, and between them
//! there is room for everybody else.

use tokio::sync::watch;

use crate::app::App;
use crate::service::Fault;
use crate::service::grants::{Look, expire_due, lapse_due, warn_due};
use crate::store::due::Place;

/// How many are looked up at a time.
const AT_A_TIME: u32 = 100;

/// Does all that is due.
pub async fn run_once(app: &App) -> Result<(), Fault> {
    let (_running, stopping) = watch::channel(false);
    run(app, &stopping).await
}

/// [`run_once`], that leaves the rest for later when it is told to stop.
pub async fn run(app: &App, stopping: &watch::Receiver<bool>) -> Result<(), Fault> {
    // What has run out needs no warning any more.
    let mut expired = Sweep::default();
    while let Some(from) = expired.begin(stopping) {
        let look = expire_due(app, &from, AT_A_TIME).await?;
        expired.note(look).await;
    }
    expired.tell_operator("expired");
    let mut lapsed = Sweep::default();
    while let Some(from) = lapsed.begin(stopping) {
        let look = lapse_due(app, &from, AT_A_TIME).await?;
        lapsed.note(look).await;
    }
    lapsed.tell_operator("narrowed to what has not run out");
    let mut warned = Sweep::default();
    while let Some(from) = warned.begin(stopping) {
        let look = warn_due(app, &from, AT_A_TIME).await?;
        warned.note(look).await;
    }
    warned.tell_operator("warned of");
    Ok(())
}

/// One walk through all that is due.
pub(super) struct Sweep {
    next: Option<Place>,
    written: u32,
    failed: u32,
}

impl Default for Sweep {
    fn default() -> Self {
        Self {
            next: Some(Place::START),
            written: 0,
            failed: 0,
        }
    }
}

impl Sweep {
    pub(super) fn begin(&mut self, stopping: &watch::Receiver<bool>) -> Option<Place> {
        self.next.take().filter(|_| !*stopping.borrow())
    }

    /// Takes note of what was done, and lets others have their turn.
    pub(super) async fn note(&mut self, look: Look) {
        // One of them says what is wrong; the log is not for all.
        if let (0, Some((id, fault))) = (self.failed, look.failed.first()) {
            let grant =
                id.map_or_else(|| "one that cannot be read".to_owned(), |id| id.to_string());
            tracing::error!(%grant, error = %fault, "an agreement cannot be moved in time");
        }
        let failed = u32::try_from(look.failed.len()).unwrap_or(u32::MAX);
        self.failed = self.failed.saturating_add(failed);
        self.written = self.written.saturating_add(look.written);
        self.next = look.next;
        tokio::task::yield_now().await;
    }

    pub(super) fn tell_operator(&self, what: &str) {
        let (written, failed) = (self.written, self.failed);
        if failed > 0 {
            tracing::error!(written, failed, "not every agreement could be {what}");
        } else if written > 0 {
            tracing::info!(written, "agreements were {what}");
        }
    }
}
