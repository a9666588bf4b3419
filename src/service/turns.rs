//! Whose turn it is at something that takes long: so many at a time, one for each
//! account, and a few for each network.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::domain::id::AccountId;
use crate::service::Fault;

/// How long somebody waits for their turn.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many a network has at a time: accounts cost nothing, and whoever has many does
/// not take the turns of everybody.
const OF_A_NETWORK: usize = 2;

/// The turns of everybody in this process.
pub(super) struct Turns {
    all: Arc<Semaphore>,
    /// The one turn of each account that has it or waits for it: nobody takes
    /// the turns of others by asking more often.
    own: Few<AccountId>,
    networks: Few<IpAddr>,
    patience: Duration,
}

/// For as long as it is held, it is somebody's turn.
#[derive(Debug)]
pub struct Turn {
    _own: OwnedSemaphorePermit,
    _of_network: Option<OwnedSemaphorePermit>,
    _of_all: OwnedSemaphorePermit,
}

impl Turns {
    /// So many at a time.
    pub(super) fn new(most: usize) -> Self {
        Self {
            all: Arc::new(Semaphore::new(most)),
            own: Few::new(1),
            networks: Few::new(OF_A_NETWORK),
            patience: PATIENCE,
        }
    }

    /// The same, where people wait for so long.
    pub(super) fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Waits for the turn of an account, but not for long. With a network, for one of
    /// its turns.
    pub(super) async fn wait(
        &self,
        account: AccountId,
        network: Option<IpAddr>,
    ) -> Result<Turn, Fault> {
        let all_of_them = async {
            // Whoever waits for themselves holds up nobody else.
            let own = self.own.of(account).acquire_owned().await?;
            let of_network = match network {
                Some(network) => Some(self.networks.of(network).acquire_owned().await?),
                None => None,
            };
            let of_all = Arc::clone(&self.all).acquire_owned().await?;
            Ok::<_, tokio::sync::AcquireError>(Turn {
                _own: own,
                _of_network: of_network,
                _of_all: of_all,
            })
        };
        match tokio::time::timeout(self.patience, all_of_them).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) | Err(_) => Err(Fault::Crowded),
        }
    }
}

/// So many turns of each of some, of those alone that have one or wait for it.
struct Few<K> {
    each: usize,
    turns: Mutex<BTreeMap<K, Weak<Semaphore>>>,
}

impl<K: Ord> Few<K> {
    fn new(each: usize) -> Self {
        Self {
            each,
            turns: Mutex::default(),
        }
    }

    fn of(&self, key: K) -> Arc<Semaphore> {
        let mut all = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, turn| turn.strong_count() > 0);
        if let Some(turn) = all.get(&key).and_then(Weak::upgrade) {
            return turn;
        }
        let turn = Arc::new(Semaphore::new(self.each));
        all.insert(key, Arc::downgrade(&turn));
        turn
    }
}
