//! The escrow keys of the instance: which one is used, and the one that follows
//! it. They are read from their files each time: one that was destroyed, by
//! whichever node, is in no memory either.

use super::{App, OpenError};
use crate::crypto::escrow::{EscrowEpoch, EscrowFolder, EscrowKey, EscrowKeyError};
use crate::crypto::master::MasterKey;
use crate::crypto::seal::Sealed;
use crate::domain::time::Timestamp;
use crate::random::Random;
use crate::store::escrow::{self, EpochRow};
use crate::store::{Store, StoreError};

impl App {
    /// The escrow key by which vault keys are wrapped now. One SELECT, one
    /// small file.
    pub async fn escrow(&self) -> Result<EscrowKey, OpenError> {
        let rows = epochs(self.store()).await?;
        load(self.escrow_folder(), self.master(), present(&rows)?)
    }

    /// The escrow key of an epoch.
    pub async fn escrow_of(&self, epoch: EscrowEpoch) -> Result<EscrowKey, OpenError> {
        let rows = epochs(self.store()).await?;
        let row = rows.iter().find(|row| row.epoch == epoch);
        let row = row.ok_or(StoreError::Corrupt("params"))?;
        load(self.escrow_folder(), self.master(), row)
    }

    /// Begins the next epoch, unless another node did so meanwhile; says
    /// whether it was this one.
    pub async fn next_escrow(&self) -> Result<bool, OpenError> {
        self.begin_next(None).await
    }

    /// [`next_escrow`](Self::next_escrow), after this epoch and no other: one that
    /// another node has just begun is not over.
    pub async fn escrow_after(&self, over: EscrowEpoch) -> Result<bool, OpenError> {
        self.begin_next(Some(over)).await
    }

    async fn begin_next(&self, over: Option<EscrowEpoch>) -> Result<bool, OpenError> {
        let (folder, random) = (self.escrow_folder(), self.random());
        begin_next(self.store(), folder, random, self.now(), over).await
    }
}

async fn epochs(store: &Store) -> Result<Vec<EpochRow>, StoreError> {
    let mut connection = store.read().await?;
    escrow::all(&mut connection).await
}

fn present(rows: &[EpochRow]) -> Result<&EpochRow, StoreError> {
    let present = rows.iter().rfind(|row| row.retired_at.is_none());
    present.ok_or(StoreError::Corrupt("escrow_epochs"))
}

fn load(folder: &EscrowFolder, master: &MasterKey, row: &EpochRow) -> Result<EscrowKey, OpenError> {
    if row.epoch == EscrowEpoch::OF_MASTER {
        return Ok(EscrowKey::of_master(master));
    }
    let key = folder.load(row.epoch)?;
    let check = row.key_check.clone().unwrap_or_default();
    if key.fits(&Sealed::from_bytes(check)) {
        Ok(key)
    } else {
        let path = folder.path(row.epoch);
        Err(EscrowKeyError::Foreign { path }.into())
    }
}

/// Makes the key of the next epoch and lets it take the place of the present
/// one; says whether it does. The file is there before anything names it: after
/// a crash in between it is of no epoch, and nothing is wrapped by it.
pub(super) async fn begin_next(
    store: &Store,
    folder: &EscrowFolder,
    random: &Random,
    now: Timestamp,
    over: Option<EscrowEpoch>,
) -> Result<bool, OpenError> {
    let rows = epochs(store).await?;
    let before = present(&rows)?.epoch;
    if over.is_some_and(|over| over != before) {
        return Ok(false);
    }
    // Above every file that is there: one that is of no epoch may be old.
    let newest = folder.epochs()?.last().copied();
    let epoch = newest.unwrap_or(before).max(before).next();
    let Some(key) = folder.make(epoch, random)? else {
        return Ok(false);
    };
    let check = key.check_value(random).into_bytes();
    let begun: Result<bool, StoreError> = store
        .write(move |tx| {
            Box::pin(async move { escrow::succeed(tx, before, (epoch, check), now).await })
        })
        .await;
    match begun {
        Ok(true) => Ok(true),
        Ok(false) => {
            folder.destroy(epoch)?;
            Ok(false)
        }
        // It may have been written all the same: the file stays.
        Err(error) => Err(error.into()),
    }
}
