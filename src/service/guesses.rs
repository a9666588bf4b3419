//! Guessing at passwords and codes, which is slowed down.
//!
//! Guesses are counted together at an address, and at the second step of an
//! account; but by themselves in each browser in which its owner signed in before.
//! Whoever guesses elsewhere, for however long, does not keep them out there.
//!
//! # Where more than one say that an address is theirs
//! a browser may be known to some of them. Guesses there are counted for those
//! together, and compared with their passwords alone: were they compared with others',
//! an account of one's own at somebody's address would buy guesses at theirs. Who
//! forgot that they have an account made another there, and types the password of the
//! first: so a few are counted at the address as well, and compared with all, as long
//! as whoever guesses there loses nothing by it. None of it depends on whether
//! anybody has the address, and so none of it tells.

use std::time::Duration;

use crate::app::App;
use crate::crypto::master::EmailIndex;
use crate::crypto::password::CannotHash;
use crate::domain::attribute::Email;
use crate::domain::id::AccountId;
use crate::domain::message::About;
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::browsers::{self, Place};
use crate::service::letters::{self, Posting};
use crate::store::keyholders::{self, Candidate};
use crate::store::{Connection, StoreError, factors, guesses, known_browsers};

/// How many failures in a row cost nothing but the hash.
const FREE_FAILURES: u32 = 5;
/// The first delay; it doubles with each failure after that.
const FIRST_DELAY: Duration = Duration::from_secs(2);
/// The longest delay between two guesses. Where the browser is not known, it does not
/// let the owner in while somebody guesses: that one may take each turn as it comes.
/// They get in where they signed in before, and where they set a new password.
const LONGEST_DELAY: Duration = Duration::from_mins(5);
/// After this, failures are forgotten, but for those at codes where the browser is
/// not known.
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
pub(super) struct Guess {
    counter: Counter,
    /// To whom the browser is known where it is counted, if it is counted there.
    knowing: Vec<AccountId>,
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
    /// Counts one at an address, or where those who have or claim it know the browser.
    /// If somebody has it, they are told when there is a delay. One SELECT, one
    /// transaction, whoever that is.
    pub(super) async fn at_address(
        app: &App,
        place: &Place,
        (index, email): (EmailIndex, &Email),
    ) -> Result<Self, TooSoon> {
        let knowing = browsers::knowing(app, place, index).await?;
        let otherwise = Counter::Address(*index.as_bytes());
        let letter = letters::guessed(app, email);
        Self::count(app, place, knowing, otherwise, letter).await
    }

    /// Counts one at the address as well, which was counted in a browser that some
    /// know, to be compared with what the others have there. `None` where it is
    /// counted there already; and where one more would leave whoever is in another
    /// browser no guess that costs nothing.
    pub(super) async fn at_others(
        &self,
        app: &App,
        index: EmailIndex,
    ) -> Result<Option<Self>, StoreError> {
        if !matches!(self.counter, Counter::Browser(..)) {
            return Ok(None);
        }
        let now = app.now();
        let counted = app.store().write(move |tx| {
            Box::pin(async move { count_if_free(tx, *index.as_bytes(), now).await })
        });
        Ok(counted.await?.then_some(Self {
            counter: Counter::Address(*index.as_bytes()),
            knowing: Vec::new(),
        }))
    }

    /// Counts one at what an account shows besides, whose owner is told when there
    /// is a delay.
    pub(super) async fn at_second_step(
        app: &App,
        place: &Place,
        account_id: AccountId,
    ) -> Result<Self, TooSoon> {
        let letter = letters::to(app, account_id, About::Guessed);
        let otherwise = Counter::SecondStep(account_id);
        Self::count(app, place, vec![account_id], otherwise, letter).await
    }

    /// Counts one, unless it comes too soon: then nothing is counted, so that
    /// whoever keeps trying does not keep the owner out. With the first of those who
    /// know the browser, if it is known to any. One transaction.
    async fn count(
        app: &App,
        place: &Place,
        knowing: Vec<AccountId>,
        otherwise: Counter,
        letter: Posting,
    ) -> Result<Self, TooSoon> {
        let first = knowing.first().copied();
        let first = first.map(|id| (id, place.known.hash_for(id.as_uuid())));
        let now = app.now();
        app.store()
            .write(move |tx| {
                Box::pin(async move {
                    let (counter, (count, last)) = held(tx, first, otherwise, now).await?;
                    if let Some(wait) = remaining_delay(count, last, now) {
                        return Err(TooSoon::Wait(wait));
                    }
                    // So many were looked at and wrong: this one is not looked at yet.
                    // That it goes on is told again; how often, the mail says.
                    if count >= FREE_FAILURES {
                        letter.keep(tx).await?;
                    }
                    record(tx, counter, count.saturating_add(1), now).await?;
                    let knowing = match counter {
                        Counter::Browser(..) => knowing,
                        _ => Vec::new(),
                    };
                    Ok(Self { counter, knowing })
                })
            })
            .await
    }

    /// It was right: those before it are forgotten where it was counted, and
    /// nowhere else. Strangers get no more guesses by it.
    pub(super) async fn was_right(&self, tx: &mut Connection) -> Result<(), StoreError> {
        match self.counter {
            Counter::Address(index) => guesses::clear_failures(tx, index).await,
            Counter::SecondStep(id) => factors::clear_failures(tx, id).await,
            Counter::Browser(id, hash) => {
                known_browsers::record_failures(tx, id, hash, 0, Timestamp::from_micros(0)).await
            }
        }
    }

    /// It was the password of an account at the address, and `is_all` that is asked of
    /// whoever signs in there.
    ///
    /// Where it is not all, those before it stay, as far as codes are counted with
    /// them. And if the account only says that the address is its own, each new
    /// password of it stays counted once, whether or not there is somebody who has the
    /// address: it was a guess at theirs as well. But for a browser that nobody else
    /// there knows, where it was compared with no other. It is counted at the address,
    /// also when it is new in a browser that more than one know; and in that browser
    /// as long as it cannot be: else whoever sits at the owner's own computer would
    /// have as many guesses as they have new passwords.
    pub(super) async fn was_password(
        &self,
        tx: &mut Connection,
        of: &Candidate,
        is_all: bool,
        (index, now): (EmailIndex, Timestamp),
    ) -> Result<(), StoreError> {
        let is_alone = self.knowing == [of.keyholder.account_id];
        match self.counter {
            Counter::Browser(..) if !of.has_address && !is_alone => {
                if !of.is_counted {
                    if !count_if_free(tx, *index.as_bytes(), now).await? {
                        return Ok(());
                    }
                    let _ = keyholders::count_once(tx, &of.keyholder).await?;
                }
                self.was_none(tx).await
            }
            Counter::Browser(..) if !is_all => self.was_none(tx).await,
            Counter::Address(_) if !of.has_address => {
                if keyholders::count_once(tx, &of.keyholder).await? {
                    return Ok(());
                }
                self.was_none(tx).await
            }
            _ => self.was_right(tx).await,
        }
    }

    /// It was none where it was counted: it counts there no more, and those before it
    /// stay.
    pub(super) async fn was_none(&self, tx: &mut Connection) -> Result<(), StoreError> {
        take_back(tx, self.counter).await
    }

    /// What came of hashing it. Where that was refused, nobody looked at it: whoever
    /// has passwords hashed until no more are does not use up the owner's guesses.
    pub(super) async fn hashed<T>(
        &self,
        app: &App,
        hashed: Result<T, CannotHash>,
    ) -> Result<T, Fault> {
        if hashed.is_err() {
            let counter = self.counter;
            let taken_back = app
                .store()
                .write_statement(move |tx| Box::pin(async move { take_back(tx, counter).await }));
            taken_back.await.map_err(|error: StoreError| error)?;
        }
        Ok(hashed?)
    }

    /// Whether it may be compared with the password of an account. Where it is counted
    /// in a browser, with those of accounts alone that know it: it is no guess at
    /// anybody else's.
    pub(super) fn is_at(&self, account_id: AccountId) -> bool {
        match self.counter {
            Counter::Browser(..) => self.knowing.contains(&account_id),
            _ => true,
        }
    }
}

/// Where a guess is counted, and how many failures there were and when the last. Nobody
/// counts another there until the transaction ends.
async fn held(
    tx: &mut Connection,
    known: Option<(AccountId, [u8; 32])>,
    otherwise: Counter,
    now: Timestamp,
) -> Result<(Counter, (u32, Timestamp)), StoreError> {
    let forget_before = now.minus(FAILURES_LAST);
    if let Some((id, hash)) = known
        && let Some((count, last)) = known_browsers::hold_failures(tx, id, hash).await?
    {
        let count = if last < forget_before { 0 } else { count };
        return Ok((Counter::Browser(id, hash), (count, last)));
    }
    let failures = match otherwise {
        Counter::Address(index) => {
            // Before anything is held: who holds a row and waits for another's waits for
            // ever.
            guesses::forget_failures(tx, forget_before).await?;
            guesses::hold_failures(tx, index, now, forget_before).await?
        }
        Counter::SecondStep(id) => factors::hold_failures(tx, id, now).await?,
        // Which there is not.
        Counter::Browser(..) => (0, now),
    };
    Ok((otherwise, failures))
}

/// Counts one at an address, where that leaves whoever is in another browser a guess
/// that costs nothing; says whether it does.
async fn count_if_free(
    tx: &mut Connection,
    index: [u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (count, _) = guesses::hold_failures(tx, index, now, now.minus(FAILURES_LAST)).await?;
    let is_free = count.saturating_add(1) < FREE_FAILURES;
    if is_free {
        guesses::record_failure(tx, index, now).await?;
    }
    Ok(is_free)
}

async fn take_back(tx: &mut Connection, counter: Counter) -> Result<(), StoreError> {
    match counter {
        Counter::Address(index) => guesses::take_back_failure(tx, index).await,
        Counter::SecondStep(id) => factors::take_back_failure(tx, id).await,
        Counter::Browser(id, hash) => known_browsers::take_back_failure(tx, id, hash).await,
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
