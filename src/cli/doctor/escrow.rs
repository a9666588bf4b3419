//! How the escrow keys stand: whether the one that is used is there, and whether
//! those before it are gone.

use std::time::Duration;

use super::{Report, State};
use crate::config::Config;
use crate::crypto::escrow::{EscrowEpoch, EscrowFolder, EscrowKeyError};
use crate::crypto::seal::Sealed;
use crate::domain::time::Timestamp;
use crate::service::escrow::{LASTS, LINGERS};
use crate::store::escrow::{self, EpochRow};
use crate::store::{Store, StoreError};

const CHECK: &str = "escrow keys";
/// How long a node that was away may need for what is due.
const PATIENCE: Duration = Duration::from_hours(24);

/// Checks them.
pub(super) async fn check(report: &mut Report, config: &Config, store: &Store, now: Timestamp) {
    let epochs = match epochs(store).await {
        Ok(epochs) => epochs,
        Err(error) => return report.trouble(CHECK, &error),
    };
    let folder = EscrowFolder::below(&config.keys_dir);
    match judge(&epochs, &folder, now) {
        Ok(findings) if findings.is_empty() => report.good(
            CHECK,
            "the one that is used is there, and those before it are gone",
        ),
        Ok(findings) => {
            for (finding, remedy) in findings {
                report.add(CHECK, State::Wrong, &finding, Some(remedy));
            }
        }
        Err(error) => report.add(CHECK, State::Wrong, &error.to_string(), None),
    }
}

async fn epochs(store: &Store) -> Result<Vec<EpochRow>, StoreError> {
    let mut connection = store.read().await?;
    escrow::all(&mut connection).await
}

type Finding = (String, &'static str);

fn judge(
    epochs: &[EpochRow],
    folder: &EscrowFolder,
    now: Timestamp,
) -> Result<Vec<Finding>, EscrowKeyError> {
    let mut findings = Vec::new();
    let there = folder.epochs()?;
    for row in epochs {
        let (number, path) = (row.epoch.number(), folder.path(row.epoch));
        let of_master = row.epoch == EscrowEpoch::OF_MASTER;
        match (row.retired_at, row.spent_at) {
            (None, _) => {
                if !of_master && !fits(folder, row)? {
                    return Err(EscrowKeyError::Foreign { path });
                }
                if row.made_at.plus(LASTS).plus(PATIENCE) < now {
                    findings.push((
                        format!("epoch {number} has lasted longer than a month"),
                        "see that `sluis serve` runs, and that its user may write to the folder \
                         escrow below the keys folder; until then, erasures do not reach backups",
                    ));
                }
            }
            (Some(at), None) if at.plus(LINGERS).plus(PATIENCE) < now => findings.push((
                format!("epoch {number} is over, and vault keys are still wrapped by its key"),
                "see in the log of `sluis serve` what holds them; where the file of that key is on \
                 another node or in a backup, put it back",
            )),
            (Some(_), Some(at)) if there.contains(&row.epoch) && at.plus(PATIENCE) < now => {
                findings.push((
                    format!("{} is of no use any more, and still there", path.display()),
                    "remove it, here and from every backup: with it, old backups of the database \
                     can be opened",
                ));
            }
            _ => {}
        }
    }
    let known = |epoch: &EscrowEpoch| epochs.iter().any(|row| row.epoch == *epoch);
    for epoch in there.iter().filter(|epoch| !known(epoch)) {
        findings.push((
            format!(
                "{} is of no epoch of this database",
                folder.path(*epoch).display()
            ),
            "it is what an interrupted rotation left, or belongs to another state of the database: \
             remove it, unless that one is to be put back",
        ));
    }
    Ok(findings)
}

fn fits(folder: &EscrowFolder, row: &EpochRow) -> Result<bool, EscrowKeyError> {
    let check = Sealed::from_bytes(row.key_check.clone().unwrap_or_default());
    Ok(folder.load(row.epoch)?.fits(&check))
}
