//! Whose turn it is at something that takes long: so many at a time, and one for
//! each account.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::domain::id::AccountId;
use crate::service::Fault;

/// How long somebody waits for their turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// The turns of everybody in this process.
pub(super) struct Turns {
    all: Arc<Semaphore>,
    /// The one turn of each account that has it or waits for it: nobody takes
    /// the turns of others by asking more often.
    own: Mutex<BTreeMap<AccountId, Weak<Semaphore>>>,
}

/// For as long as it is held, it is somebody's turn.
#[derive(Debug)]
pub struct Turn {
    _own: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Turns {
    /// So many at a time.
    pub(super) fn new(most: usize) -> Self {
        Self {
            all: Arc::new(Semaphore::new(most)),
            own: Mutex::default(),
        }
    }

    /// Waits for the turn of an account, but not for long.
    pub(super) async fn wait(&self, account: AccountId) -> Result<Turn, Fault> {
        let both = async {
            // Whoever waits for themselves holds up nobody else.
            let own = self.own(account).acquire_owned().await?;
            let of_all = Arc::clone(&self.all).acquire_owned().await?;
            Ok::<_, tokio::sync::AcquireError>(Turn {
                _own: own,
                _of_all: of_all,
            })
        };
        match tokio::time::timeout(PATIENCE, both).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) | Err(_) => Err(Fault::Crowded),
        }
    }

    fn own(&self, account: AccountId) -> Arc<Semaphore> {
        let mut all = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, turn| turn.strong_count() > 0);
        if let Some(turn) = all.get(&account).and_then(Weak::upgrade) {
            return turn;
        }
        let turn = Arc::new(Semaphore::new(1));
        all.insert(account, Arc::downgrade(&turn));
        turn
    }
}
