//! Signing keys: a new one is published before it signs, and an old one stays
//! published after.

use std::time::Duration;

use crate::app::{ALL_KEYS, App, OpenError, new_key};
use crate::store::StoreError;
use crate::store::keys::{self, SigningKeyRow};

/// How long a new key is published before it signs, so that whoever caches
/// the key set has it by then.
pub const ANNOUNCEMENT: Duration = Duration::from_hours(1);

/// Every signing key, the oldest first.
pub async fn list(app: &App) -> Result<Vec<SigningKeyRow>, StoreError> {
    let mut connection = app.store().read().await?;
    keys::all(&mut connection).await
}

/// Makes a new key for each use and algorithm. It signs from
/// [`ANNOUNCEMENT`] after now; until then the present one does.
pub async fn rotate(app: &App) -> Result<Vec<SigningKeyRow>, OpenError> {
    let now = app.now();
    let mut rows = Vec::new();
    for (usage, algorithm) in ALL_KEYS {
        rows.push(new_key(
            app.master(),
            usage,
            algorithm,
            now,
            now.plus(ANNOUNCEMENT),
            app.random(),
        )?);
    }
    let new = rows.clone();
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                for row in &rows {
                    keys::insert(tx, row).await?;
                }
                Ok::<_, StoreError>(())
            })
        })
        .await?;
    Ok(new)
}
