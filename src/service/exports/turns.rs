//! Whose turn it is to have a document written. Each holds a view of the
//! database for as long as somebody reads it.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::domain::id::AccountId;
use crate::service::Fault;

/// Documents that are written at a time. Each holds a connection.
const MOST_AT_ONCE: usize = 4;
/// How long somebody waits for their turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// The turns of everybody in this process.
static TURNS: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(MOST_AT_ONCE)));
/// The one turn of each account that has it or waits for it: nobody takes the
/// turns of others by asking more often.
static OWN: Mutex<BTreeMap<AccountId, Weak<Semaphore>>> = Mutex::new(BTreeMap::new());

/// For as long as it is held, it is somebody's turn.
pub(super) struct Turn {
    _own: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

/// Waits for the turn of an account, but not for long.
pub(super) async fn wait(account: AccountId) -> Result<Turn, Fault> {
    let both = async {
        // Whoever waits for themselves holds up nobody else.
        let own = own(account).acquire_owned().await?;
        let of_all = Arc::clone(&TURNS).acquire_owned().await?;
        Ok::<_, tokio::sync::AcquireError>(Turn {
            _own: own,
            _of_all: of_all,
        })
    };
    match tokio::time::timeout(PATIENCE, both).await {
        Ok(Ok(turn)) => Ok(turn),
        Ok(Err(_)) | Err(_) => Err(Fault::Contended),
    }
}

fn own(account: AccountId) -> Arc<Semaphore> {
    let mut all = OWN.lock().unwrap_or_else(PoisonError::into_inner);
    all.retain(|_, turn| turn.strong_count() > 0);
    if let Some(turn) = all.get(&account).and_then(Weak::upgrade) {
        return turn;
    }
    let turn = Arc::new(Semaphore::new(1));
    all.insert(account, Arc::downgrade(&turn));
    turn
}
