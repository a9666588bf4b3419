//! Links that are mailed, and what they are for.

use std::time::Duration;

use super::super::id::InvalidId;
use super::super::word::words;

/// How long a change of address waits at most, however often its link is mailed or it is
/// asked for once more: it is remembered for no longer how the account stood before.
pub const LONGEST_CHANGE: Duration = Duration::from_hours(3 * 24);

/// How a forgotten password is got over, once it has waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecoveryWay {
    /// With the operator's key.
    Escrow,
    /// With an empty vault: the operator holds no key.
    Empty,
}

impl RecoveryWay {
    const ALL: [Self; 2] = [Self::Escrow, Self::Empty];

    /// Its name in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Escrow => "escrow",
            Self::Empty => "empty",
        }
    }
}

words!(UnknownWay: RecoveryWay);

/// The text names no such way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no way to get over a forgotten password")]
pub struct UnknownWay;

/// What a link that was mailed to someone is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkPurpose {
    /// To say that they read mail at the address.
    Confirm,
    /// None: it is counted how often they are mailed that somebody tried to
    /// sign up with their address.
    Tried,
    /// To find a way back in without the password.
    Recover,
    /// To stop such a way back in.
    Stop,
    /// To set a new password, once it has waited.
    Ready,
    /// To make the address that it was mailed to that of the account.
    Change,
    /// To make the address that it was mailed to that of the account again.
    Undo,
    /// None: it is counted how often they are mailed that somebody guesses at
    /// their password.
    Guessed,
    /// None: it is counted how often a mailbox is told, without a link, of accounts
    /// whose address nobody confirmed, or who have another.
    Told,
    /// None: it is counted how often a mailbox is told, without a link, of accounts that
    /// had its address. Apart from what others can have it told who merely claim it.
    Left,
    /// None: it is counted how often they are mailed that somebody tries for the rest,
    /// who has the password or a browser that is signed in. Apart from that somebody
    /// guesses at the password, which anybody can have them mailed.
    GuessedRest,
}

impl LinkPurpose {
    const ALL: [Self; 11] = [
        Self::Confirm,
        Self::Tried,
        Self::Recover,
        Self::Stop,
        Self::Ready,
        Self::Change,
        Self::Undo,
        Self::Guessed,
        Self::Told,
        Self::Left,
        Self::GuessedRest,
    ];

    /// Its name in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Tried => "tried",
            Self::Recover => "recover",
            Self::Stop => "stop",
            Self::Ready => "ready",
            Self::Change => "change",
            Self::Undo => "undo",
            Self::Guessed => "guessed",
            Self::Told => "told",
            Self::Left => "left",
            Self::GuessedRest => "guessed-rest",
        }
    }

    /// How long it holds.
    #[must_use]
    pub const fn lasts(self) -> Duration {
        match self {
            Self::Confirm
            | Self::Tried
            | Self::Change
            | Self::Guessed
            | Self::GuessedRest
            | Self::Told
            | Self::Left => Duration::from_hours(24),
            Self::Recover => Duration::from_hours(1),
            // Longer than the wait that it stops, and what follows it.
            Self::Stop => Duration::from_hours(11 * 24),
            Self::Ready => Duration::from_hours(3 * 24),
            Self::Undo => Duration::from_hours(7 * 24),
        }
    }

    /// How many of them are mailed in how much time at most.
    #[must_use]
    pub const fn limit(self) -> (u32, Duration) {
        match self {
            Self::Tried | Self::Guessed | Self::GuessedRest => (1, Duration::from_hours(24)),
            Self::Confirm | Self::Recover | Self::Change => (4, Duration::from_hours(1)),
            Self::Stop | Self::Ready | Self::Undo | Self::Told | Self::Left => {
                (10, Duration::from_hours(1))
            }
        }
    }

    /// How many are mailed in that time to one mailbox at most, for all accounts
    /// together: making one more gets nobody more mail. The first of an account goes
    /// beyond what the others use up, or strangers who press "send again" would keep
    /// whoever reads mail there from confirming their own.
    #[must_use]
    pub const fn limit_of_mailbox(self, is_first: bool) -> u32 {
        match self {
            Self::Confirm | Self::Change if is_first => 24,
            // Whoever forgot a password is told of each of ten accounts, twice.
            Self::Recover => 20,
            _ => self.limit().0 * 2,
        }
    }

    /// And how many in a day: who begins anew each hour gets a mailbox no more than twice
    /// as many.
    #[must_use]
    pub const fn limit_of_mailbox_in_a_day(self, is_first: bool) -> u32 {
        self.limit_of_mailbox(is_first) * 2
    }

    /// Whether the first of an account is mailed later where its mailbox was mailed enough
    /// for now. It is all that an account can be confirmed or changed with, and somebody
    /// waits for it; of the others one may be asked for again.
    #[must_use]
    pub const fn is_put_off(self) -> bool {
        matches!(self, Self::Confirm | Self::Change)
    }

    /// Whether the newest alone holds. Each way to undo a change holds by itself:
    /// whoever goes on changing does not get rid of the first.
    #[must_use]
    pub const fn supersedes(self) -> bool {
        !matches!(self, Self::Undo)
    }
}

words!(InvalidId: LinkPurpose);
