//! Guessing at passwords, which is slowed down for each address.

use std::time::Duration;

use crate::app::App;
use crate::crypto::master::EmailIndex;
use crate::domain::attribute::Email;
use crate::domain::time::Timestamp;
use crate::service::letters;
use crate::store::{Connection, StoreError, guesses};

/// How many failures in a row cost nothing but the hash.
pub(super) const FREE_FAILURES: u32 = 5;
/// The first delay; it doubles with each failure after that.
const FIRST_DELAY: Duration = Duration::from_secs(2);
/// The longest delay, so that guessing at an address cannot lock its owner
/// out for long.
const LONGEST_DELAY: Duration = Duration::from_mins(5);
/// After this, failures are forgotten.
const FAILURES_LAST: Duration = Duration::from_hours(24);

/// A guess at a password, which counts as failed before it is looked at: however
/// many are made side by side, no more of them are looked at than one after the
/// other would be.
pub(super) struct Guess {
    index: [u8; 32],
}

/// Why a guess is not looked at.
pub(super) enum TooSoon {
    /// There were too many failures: try again after this time.
    Wait(Duration),
    /// The database.
    Store(StoreError),
}

impl From<StoreError> for TooSoon {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Guess {
    /// Counts one, unless it comes too soon: then nothing is counted, so that
    /// whoever keeps trying does not keep the owner out. One transaction.
    ///
    /// When the first delay is over and there is another, whoever has the address is
    /// told, if anybody has it.
    pub(super) async fn count(
        app: &App,
        index: EmailIndex,
        email: &Email,
    ) -> Result<Self, TooSoon> {
        let (index, now) = (*index.as_bytes(), app.now());
        let guessed = letters::guessed(app, email);
        app.store()
            .write(move |tx| {
                Box::pin(async move {
                    let forget_before = now.minus(FAILURES_LAST);
                    let held = guesses::hold_failures(tx, index, now, forget_before);
                    let (count, last) = held.await?;
                    if let Some(wait) = remaining_delay(count, last, now) {
                        return Err(TooSoon::Wait(wait));
                    }
                    if count == FREE_FAILURES {
                        guessed.keep(tx).await?;
                    }
                    guesses::record_failure(tx, index, now).await?;
                    Ok(Self { index })
                })
            })
            .await
    }

    /// It was right. Those before it are forgotten only if it was the password of
    /// whoever has the address: who merely says that it is theirs, and knows their
    /// own password, is not given more guesses at somebody else's.
    pub(super) async fn was_right(
        &self,
        tx: &mut Connection,
        has_address: bool,
    ) -> Result<(), StoreError> {
        if has_address {
            guesses::clear_failures(tx, self.index).await
        } else {
            guesses::take_back_failure(tx, self.index).await
        }
    }
}

/// How long an address must still wait; `None` when it need not.
pub(super) fn remaining_delay(failures: u32, last: Timestamp, now: Timestamp) -> Option<Duration> {
    let beyond = failures.checked_sub(FREE_FAILURES)?;
    // The clock has gone back since, by more than nodes differ.
    if last > now.plus(LONGEST_DELAY) {
        return None;
    }
    let delay = FIRST_DELAY.saturating_mul(1_u32.checked_shl(beyond.min(20)).unwrap_or(u32::MAX));
    delay
        .min(LONGEST_DELAY)
        .checked_sub(now.since(last))
        .filter(|left| !left.is_zero())
}
