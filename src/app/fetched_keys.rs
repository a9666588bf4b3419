//! The keys that clients publish elsewhere, kept for a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::crypto::client_jwt::ClientKeys;
use crate::domain::client::{FetchUri, MAX_JWKS};
use crate::domain::id::ClientId;
use crate::domain::time::Timestamp;
use crate::outbound::{FetchError, Outbound};

/// How long fetched keys are used without asking again.
const FRESH: Duration = Duration::from_mins(15);
/// How long they are used when asking again fails: a client's key server may
/// be down for a while, and a key that it withdrew must not be good for ever.
const STALE: Duration = Duration::from_hours(1);
/// How long a client is not asked again, whatever anyone sends in its name.
const PAUSE: Duration = Duration::from_secs(10);
/// More clients than this are not kept.
const MOST: usize = 1_024;

/// What was fetched of one client.
#[derive(Debug, Default)]
struct Fetched {
    from: String,
    keys: Option<(Timestamp, Arc<ClientKeys>)>,
    tried_at: Option<Timestamp>,
}

/// Each client has a lock of its own: who comes while its keys are being
/// fetched waits for that one fetch.
#[derive(Debug, Default)]
pub(super) struct FetchedKeys(Mutex<HashMap<ClientId, Arc<tokio::sync::Mutex<Fetched>>>>);

impl FetchedKeys {
    pub(super) async fn get(
        &self,
        outbound: &Outbound,
        client: &ClientId,
        uri: &FetchUri,
        newer_than: Option<&Arc<ClientKeys>>,
        now: Timestamp,
    ) -> Result<Arc<ClientKeys>, FetchError> {
        let slot = self.slot(client);
        let mut fetched = slot.lock().await;
        if fetched.from != uri.as_str() {
            *fetched = Fetched {
                from: uri.as_str().to_owned(),
                ..Fetched::default()
            };
        }
        let not_older = |age: Duration| {
            let kept = fetched.keys.as_ref();
            let kept = kept.filter(|(at, _)| now.is_within(age, *at));
            kept.map(|(_, keys)| Arc::clone(keys))
        };
        if let Some(keys) = not_older(FRESH)
            && newer_than.is_none_or(|known| !Arc::ptr_eq(known, &keys))
        {
            return Ok(keys);
        }
        let pausing = fetched.tried_at.is_some_and(|at| now.is_within(PAUSE, at));
        let stale = not_older(STALE);
        if pausing {
            return stale.ok_or(FetchError::Unreachable);
        }
        fetched.tried_at = Some(now);
        let document = outbound.get(uri.url(), "application/json", MAX_JWKS).await;
        let keys =
            document.and_then(|document| ClientKeys::parse(&document).ok_or(FetchError::Unusable));
        match keys {
            Ok(keys) => {
                let keys = Arc::new(keys);
                fetched.keys = Some((now, Arc::clone(&keys)));
                Ok(keys)
            }
            Err(error) => {
                tracing::info!(%client, %error, "the keys of a client cannot be fetched");
                stale.ok_or(error)
            }
        }
    }

    fn slot(&self, client: &ClientId) -> Arc<tokio::sync::Mutex<Fetched>> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= MOST && !slots.contains_key(client) {
            // Those that nobody is using; the rest are few.
            slots.retain(|_, slot| Arc::strong_count(slot) > 1);
        }
        Arc::clone(slots.entry(client.clone()).or_default())
    }
}
