//! Reading the signing keys.

use std::collections::HashMap;

use super::OpenError;
use crate::crypto::master::MasterKey;
use crate::crypto::seal::Sealed;
use crate::crypto::signing::{KeySet, SigningKey};
use crate::domain::time::Timestamp;
use crate::store::Store;
use crate::store::keys::{self, SigningKeyRow};

/// Reads the signing keys: for each use and algorithm the newest that is
/// active signs, and all others are published.
pub(super) async fn load_keys(
    store: &Store,
    master: &MasterKey,
    now: Timestamp,
) -> Result<KeySet, OpenError> {
    let mut connection = store.read().await?;
    let rows = keys::all(&mut connection).await?;
    drop(connection);
    let mut signing: HashMap<(&str, &str), &SigningKeyRow> = HashMap::new();
    for row in rows
        .iter()
        .filter(|row| row.active_from <= now && row.retired_at.is_none())
    {
        signing.insert((&row.key_use, &row.alg), row);
    }
    let mut active = Vec::new();
    let mut published = Vec::new();
    for row in &rows {
        if signing
            .get(&(row.key_use.as_str(), row.alg.as_str()))
            .is_some_and(|one| one.kid == row.kid)
        {
            active.push(open_key(master, row)?);
        } else {
            published.push(serde_json::from_str(&row.public_jwk).map_err(|_| OpenError::Keys)?);
        }
    }
    KeySet::new(active, &published).map_err(|_| OpenError::Keys)
}

fn open_key(master: &MasterKey, row: &SigningKeyRow) -> Result<SigningKey, OpenError> {
    let kid = row.kid.parse().map_err(|_| OpenError::Keys)?;
    let usage = row.key_use.parse().map_err(|_| OpenError::Keys)?;
    let algorithm = row.alg.parse().map_err(|_| OpenError::Keys)?;
    let sealed = Sealed::from_bytes(row.private_wrapped.clone());
    SigningKey::from_sealed(master, &kid, usage, algorithm, &sealed).map_err(|_| OpenError::Keys)
}
