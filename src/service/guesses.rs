//! Guessing at passwords and codes, which is slowed down.
//!
//! Guesses are counted together at an address, and at the second step of an
//! account; but by themselves in each browser in which its owner signed in before.
//! Whoever guesses elsewhere, for however long, does not keep them out there.

use std::time::Duration;

use crate::app::App;
use crate::crypto::master::EmailIndex;
use crate::domain::attribute::Email;
use crate::domain::id::AccountId;
use crate::domain::message::About;
use crate::domain::time::Timestamp;
use crate::service::browsers::Place;
use crate::service::letters::{self, Posting};
use crate::store::keyholders::{self, Candidate};
use crate::store::{Connection, StoreError, factors, guesses, known_browsers};

/// How many failures in a row cost nothing but the hash.
const FREE_FAILURES: u32 = 5;
/// The first delay; it doubles with each failure after that.
const FIRST_DELAY: Duration = Duration::from_secs(2);
/// The longest delay, so that guessing cannot lock an owner out for long who is
/// in a browser that is not known.
const LONGEST_DELAY: Duration = Duration::from_mins(5);
/// After this, failures are forgotten, but for those at codes.
const FAILURES_LAST: Duration = Duration::from_hours(24);

/// What is counted together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counter {
    /// At an address.
    Address([u8; 32]),
    /// At what an account shows when somebody is halfway, or signed in.
    SecondStep(AccountId),
    /// In a browser that an account knows.
    Browser(AccountId, [u8; 32]),
}

/// A guess, which counts as failed before it is looked at: however many are made
/// side by side, no more of them are looked at than one after the other would be.
#[must_use]
pub(super) struct Guess(Counter);

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
    /// Counts one at an address, which `account_id` has or claims; if nobody does,
    /// it is any. If somebody has it, they are told when there is a delay.
    pub(super) async fn at_address(
        app: &App,
        place: &Place,
        (index, email): (EmailIndex, &Email),
        account_id: AccountId,
    ) -> Result<Self, TooSoon> {
        let otherwise = Counter::Address(*index.as_bytes());
        let letter = letters::guessed(app, email);
        Self::count(app, place, account_id, otherwise, letter).await
    }

    /// Counts one at what an account shows besides, whose owner is told when there
    /// is a delay.
    pub(super) async fn at_second_step(
        app: &App,
        place: &Place,
        account_id: AccountId,
    ) -> Result<Self, TooSoon> {
        let letter = letters::to(app, account_id, About::Guessed);
        Self::count(
            app,
            place,
            account_id,
            Counter::SecondStep(account_id),
            letter,
        )
        .await
    }

    /// Counts one, unless it comes too soon: then nothing is counted, so that
    /// whoever keeps trying does not keep the owner out. One transaction.
    async fn count(
        app: &App,
        place: &Place,
        account_id: AccountId,
        otherwise: Counter,
        letter: Posting,
    ) -> Result<Self, TooSoon> {
        let (hash, now) = (place.known.hash_for(account_id.as_uuid()), app.now());
        app.store()
            .write(move |tx| {
                Box::pin(async move {
                    let forget_before = now.minus(FAILURES_LAST);
                    let there = known_browsers::hold_failures(tx, account_id, hash).await?;
                    let (counter, (count, last)) = match (there, otherwise) {
                        (Some((_, last)), _) if last < forget_before => {
                            (Counter::Browser(account_id, hash), (0, last))
                        }
                        (Some(failures), _) => (Counter::Browser(account_id, hash), failures),
                        (None, Counter::Address(index)) => {
                            let held = guesses::hold_failures(tx, index, now, forget_before);
                            (otherwise, held.await?)
                        }
                        (None, _) => {
                            let held = factors::hold_failures(tx, account_id, now);
                            (otherwise, held.await?)
                        }
                    };
                    if let Some(wait) = remaining_delay(count, last, now) {
                        return Err(TooSoon::Wait(wait));
                    }
                    // So many were looked at and wrong: this one is not looked at yet.
                    if count == FREE_FAILURES {
                        letter.keep(tx).await?;
                    }
                    record(tx, counter, count.saturating_add(1), now).await?;
                    Ok(Self(counter))
                })
            })
            .await
    }

    /// It was right: those before it are forgotten where it was counted, and
    /// nowhere else. Strangers get no more guesses by it.
    pub(super) async fn was_right(&self, tx: &mut Connection) -> Result<(), StoreError> {
        match self.0 {
            Counter::Address(index) => guesses::clear_failures(tx, index).await,
            Counter::SecondStep(id) => factors::clear_failures(tx, id).await,
            Counter::Browser(id, hash) => {
                known_browsers::record_failures(tx, id, hash, 0, Timestamp::from_micros(0)).await
            }
        }
    }

    /// It was the password of an account at the address where it was counted, and
    /// `is_all` that is asked of whoever signs in there.
    ///
    /// Where it is not all, those before it stay, as far as codes are counted with
    /// them. And if the account only says that the address is its own, each new
    /// password of it stays counted once, whether or not there is somebody who has the
    /// address: it was a guess at theirs as well.
    pub(super) async fn was_password(
        &self,
        tx: &mut Connection,
        of: &Candidate,
        is_all: bool,
    ) -> Result<(), StoreError> {
        match self.0 {
            Counter::Browser(id, hash) if !is_all => {
                known_browsers::take_back_failure(tx, id, hash).await
            }
            Counter::Address(index) if !of.has_address => {
                if keyholders::count_once(tx, &of.keyholder).await? {
                    return Ok(());
                }
                guesses::take_back_failure(tx, index).await
            }
            _ => self.was_right(tx).await,
        }
    }

    /// Whether it may be compared with the password of an account. In a browser that
    /// an account knows, with that one's alone: what is counted there is no guess at
    /// anybody else's.
    pub(super) fn is_at(&self, account_id: AccountId) -> bool {
        match self.0 {
            Counter::Browser(known, _) => known == account_id,
            _ => true,
        }
    }
}

async fn record(
    tx: &mut Connection,
    counter: Counter,
    count: u32,
    now: Timestamp,
) -> Result<(), StoreError> {
    match counter {
        Counter::Address(index) => guesses::record_failure(tx, index, now).await,
        Counter::SecondStep(id) => factors::record_failures(tx, id, count, now).await,
        Counter::Browser(id, hash) => {
            known_browsers::record_failures(tx, id, hash, count, now).await
        }
    }
}

/// How long to wait still; `None` when there is no need.
fn remaining_delay(failures: u32, last: Timestamp, now: Timestamp) -> Option<Duration> {
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
