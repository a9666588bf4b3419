//! The escrow keys: a new one every month, what the one before it had wrapped is
//! wrapped anew, and then the one before it is destroyed.
//!
//! So an erasure reaches every backup of the database that is older than that:
//! the key which would open it is nowhere any more. Any number of nodes may be
//! at it, and may stop at any point: each step finds what is left to do.

use std::time::Duration;

use crate::app::{App, OpenError};
use crate::crypto::escrow::EscrowEpoch;
use crate::crypto::seal::Sealed;
use crate::crypto::vault;
use crate::domain::id::AccountId;
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::store::StoreError;
use crate::store::escrow::{self, EpochRow, WrappedRow};

/// How long a key is used.
pub const LASTS: Duration = Duration::from_hours(30 * 24);
/// How long one that is not used any more is kept: longer than any request
/// takes that began when it was.
pub const LINGERS: Duration = Duration::from_hours(1);

/// Every epoch, the oldest first.
async fn epochs(app: &App) -> Result<Vec<EpochRow>, StoreError> {
    let mut connection = app.store().read().await?;
    escrow::all(&mut connection).await
}

/// Begins the next epoch if it is time; says whether it did.
pub async fn rotate_if_due(app: &App) -> Result<bool, Fault> {
    let present = epochs(app).await?;
    let present = present.iter().rfind(|row| row.retired_at.is_none());
    match present {
        Some(row) if row.made_at.plus(LASTS) <= app.now() => {
            Ok(app.escrow_after(row.epoch).await?)
        }
        _ => Ok(false),
    }
}

/// What an epoch that is over still holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remainder {
    /// Which one.
    pub epoch: EscrowEpoch,
    /// Since when another is used in its place.
    pub retired_at: Timestamp,
}

/// The epochs that are over, and whose keys may still have something wrapped.
/// The one that came of the master key is always among them: a node that is not
/// upgraded yet may use it.
pub async fn remainders(app: &App) -> Result<Vec<Remainder>, Fault> {
    let rows = epochs(app).await?;
    let left = rows.into_iter().filter_map(|row| {
        let open = row.spent_at.is_none() || row.epoch == EscrowEpoch::OF_MASTER;
        let retired_at = row.retired_at.filter(|_| open)?;
        Some(Remainder {
            epoch: row.epoch,
            retired_at,
        })
    });
    Ok(left.collect())
}

/// What came of wrapping some vault keys anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rewrapped {
    /// How many.
    pub written: u32,
    /// How many do not open with the key that they are said to be wrapped by.
    pub failed: u32,
    /// After whom to go on; `None` when that was all.
    pub next: Option<AccountId>,
}

/// Wraps some of the vault keys of an epoch by the present key. One transaction.
pub async fn rewrap(
    app: &App,
    epoch: EscrowEpoch,
    after: Option<AccountId>,
    most: u32,
) -> Result<Rewrapped, Fault> {
    let mut connection = app.store().read().await?;
    let rows = escrow::wrapped(&mut connection, epoch, after, most).await?;
    drop(connection);
    if rows.is_empty() {
        return Ok(Rewrapped::default());
    }
    let (before, present) = (app.escrow_of(epoch).await?, app.escrow().await?);
    let full = u32::try_from(rows.len()).is_ok_and(|found| found == most);
    let next = rows.last().map(|row| row.account_id).filter(|_| full);
    let mut failed = 0;
    let mut anew = Vec::with_capacity(rows.len());
    for row in rows {
        let wrapped = Sealed::from_bytes(row.vault_key_wrapped);
        let Ok(key) = vault::open_with_escrow(&wrapped, row.account_id, &before) else {
            tracing::error!(account = %row.account_id, "an escrow keyholder does not open");
            failed += 1;
            continue;
        };
        let wrapped = vault::wrap_for_escrow(&key, row.account_id, &present, app.random());
        anew.push(WrappedRow {
            vault_key_wrapped: wrapped.into_bytes(),
            ..row
        });
    }
    let to = present.epoch();
    let written = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                let mut written = 0;
                for row in &anew {
                    written += u32::from(escrow::rewrap(tx, row, (epoch, to)).await?);
                }
                Ok::<_, StoreError>(written)
            })
        })
        .await?;
    Ok(Rewrapped {
        written,
        failed,
        next,
    })
}

/// Gives up the key of an epoch that is over, if nothing is wrapped by it any
/// more and nobody can be about to; says whether that is so, and news.
pub async fn spend(app: &App, epoch: EscrowEpoch) -> Result<bool, Fault> {
    let now = app.now();
    let spent = app.store().write_statement(move |tx| {
        Box::pin(async move { escrow::spend(tx, epoch, now.minus(LINGERS), now).await })
    });
    Ok(spent.await?)
}

/// Destroys the files of the keys that were given up, by whichever node; returns
/// whose.
pub async fn destroy_spent(app: &App) -> Result<Vec<EscrowEpoch>, Fault> {
    let folder = app.escrow_folder();
    let mut destroyed = Vec::new();
    let there = folder.epochs().map_err(OpenError::from)?;
    for row in epochs(app).await? {
        if row.spent_at.is_some()
            && there.contains(&row.epoch)
            && folder.destroy(row.epoch).map_err(OpenError::from)?
        {
            destroyed.push(row.epoch);
        }
    }
    Ok(destroyed)
}

/// How many vaults the operator can open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// With the key that is used.
    pub present: u32,
    /// With those before it.
    pub before: u32,
}

/// How many vaults the operator can open, by which keys.
pub async fn tally(app: &App) -> Result<Tally, Fault> {
    let mut connection = app.store().read().await?;
    let mut tally = Tally::default();
    for row in escrow::all(&mut connection).await? {
        let held = escrow::held(&mut connection, row.epoch).await?;
        if row.retired_at.is_none() {
            tally.present += held;
        } else {
            tally.before += held;
        }
    }
    Ok(tally)
}
