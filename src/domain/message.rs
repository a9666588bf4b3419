//! Messages: what Sluis has to tell others, until they have heard it.
//!
//! A new kind of message is a variant here, with its row in each `match`, and
//! an arm where messages are delivered (`service::deliveries`).

use std::fmt;
use std::time::Duration;

use enumset::EnumSet;
use serde::{Deserialize, Serialize};

use super::claim::Claim;
use super::id::{AccountId, ClientId, DutyId, GrantId, MessageId, RightsRequestId};
use super::rights::Outcome;
use super::signal::Signal;
use super::stream;
use super::subject::Subject;
use super::time::Timestamp;
use super::token::Sid;

mod letter;

pub use letter::{About, Lane, Letter};

/// How long a receiver may be away and still be told of the end of a session.
const LOGOUT_LASTS: Duration = Duration::from_hours(72);
/// How long a mail server may be away, or somebody's mailbox full.
const NOTICE_LASTS: Duration = Duration::from_hours(5 * 24);
/// How long what happened to an agreement waits for a business that is away.
const SIGNAL_LASTS: Duration = Duration::from_hours(24 * 7);
/// How long a client that takes commands may be away.
const COMMAND_LASTS: Duration = Duration::from_hours(24 * 7);
/// After the first failure, and doubled after each that follows.
const FIRST_DELAY: Duration = Duration::from_secs(10);
/// However often it failed.
pub const LONGEST_DELAY: Duration = Duration::from_hours(1);

/// Something that somebody is to be told. Holds nobody's values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// A client is told that somebody was logged out.
    BackchannelLogout(Logout),
    /// A consumer is told of an agreement, by mail.
    Notice(Notice),
    /// A client with a stream of events is told what happened.
    Signal(Signal),
    /// A client is commanded to delete.
    Command(Command),
    /// A consumer is told of their account, by mail. Versions before had two kinds
    /// of it.
    #[serde(alias = "security")]
    Letter(Letter),
}

/// Who was logged out of which client (OpenID Connect Back-Channel Logout 1.0
/// §2.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logout {
    /// Who is told.
    pub client_id: ClientId,
    /// The agreement under which they had logged in.
    pub grant_id: GrantId,
    /// Who the account is to the client.
    pub subject: Subject,
    /// What the client knows the session as; all sessions when there is none.
    pub sid: Option<Sid>,
}

/// A deletion duty of a client that takes commands (OpenID Provider Commands
/// 1.0, draft). Whom it is about, the duty says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// Who is commanded.
    pub client_id: ClientId,
    /// The agreement that is over.
    pub grant_id: GrantId,
    /// The duty that the answer may confirm.
    pub duty_id: DutyId,
}

/// What a consumer is told of an agreement. To which address, in which words
/// and in which language, is settled when it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Who is told.
    pub account_id: AccountId,
    /// Of which agreement.
    pub grant_id: GrantId,
    /// What.
    pub news: News,
}

/// What there is to tell of an agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// Its time is nearly up.
    Ending {
        /// When it will be.
        until: Timestamp,
    },
    /// Its time is up.
    Expired,
    /// The business gave it up.
    Ended,
    /// The business asks for less.
    Narrowed {
        /// What it does not get any more.
        dropped: EnumSet<Claim>,
    },
    /// The time of a purpose is up, and others go on.
    Lapsed {
        /// What the business does not get any more.
        dropped: EnumSet<Claim>,
    },
    /// The business let the time to delete pass.
    Overdue {
        /// What it owes.
        duty_id: DutyId,
    },
    /// The business answered a request.
    RequestAnswered {
        /// Which.
        request_id: RightsRequestId,
        /// With what.
        outcome: Outcome,
    },
    /// The business let the time to answer a request pass.
    RequestOverdue {
        /// Which.
        request_id: RightsRequestId,
    },
}

impl Message {
    /// The word for its kind, in the database and in the log.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::BackchannelLogout(_) => "backchannel_logout",
            Self::Notice(_) => "mail",
            Self::Signal(_) => "signal",
            Self::Command(_) => "command",
            Self::Letter(_) => "letter",
        }
    }

    /// Who is told: receivers do not wait for each other.
    #[must_use]
    pub fn receiver(&self) -> Receiver {
        match self {
            Self::BackchannelLogout(logout) => {
                Receiver(format!("{}/{}", self.kind(), logout.client_id))
            }
            // One server takes the mail of all.
            Self::Notice(_) | Self::Letter(_) => Receiver("mail".to_owned()),
            Self::Signal(signal) => stream::receiver(signal.stream_id),
            Self::Command(command) => Receiver(format!("{}/{}", self.kind(), command.client_id)),
        }
    }

    /// How long it is worth trying.
    #[must_use]
    pub const fn lasts(&self) -> Duration {
        match self {
            Self::BackchannelLogout(_) => LOGOUT_LASTS,
            Self::Notice(_) | Self::Letter(_) => NOTICE_LASTS,
            Self::Signal(_) => SIGNAL_LASTS,
            Self::Command(_) => COMMAND_LASTS,
        }
    }

    /// The deletion duty that a business is told of by it.
    #[must_use]
    pub fn duty_id(&self) -> Option<DutyId> {
        match self {
            Self::Signal(signal) => signal.duty_id(),
            Self::Command(command) => Some(command.duty_id),
            Self::BackchannelLogout(_) | Self::Notice(_) | Self::Letter(_) => None,
        }
    }
}

/// A message that is about to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// The same over all attempts.
    pub id: MessageId,
    /// What is told.
    pub message: Message,
    /// When what it tells of happened.
    pub created_at: Timestamp,
}

impl NewMessage {
    /// What it is about: messages to one receiver about the same thing go in
    /// order. What goes to another address than that of its account waits for
    /// nothing, and nothing waits for it: whoever types an address that takes no
    /// mail would keep the owner from being told of anything.
    #[must_use]
    pub fn lane(&self) -> String {
        match &self.message {
            Message::BackchannelLogout(logout) => logout.grant_id.to_string(),
            Message::Notice(notice) => notice.grant_id.to_string(),
            Message::Signal(signal) => signal.lane(),
            Message::Command(command) => command.grant_id.to_string(),
            Message::Letter(letter) => match letter.lane {
                Lane::Account(id) if letter.about.goes_elsewhere() => format!("{id}/{}", self.id),
                Lane::Account(id) => id.to_string(),
                Lane::Address(id) => id.to_string(),
            },
        }
    }
}

/// Who messages go to: one address that may fail by itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Receiver(String);

impl Receiver {
    /// Takes back what the store kept.
    #[must_use]
    pub const fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The text that the store keeps.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How long to wait after this many failures in a row.
#[must_use]
pub fn delay_after(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    FIRST_DELAY
        .saturating_mul(1 << doublings)
        .min(LONGEST_DELAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_an_hour() {
        let seconds = |failures| delay_after(failures).as_secs();
        assert_eq!([0, 1, 2, 3].map(seconds), [10, 10, 20, 40]);
        assert_eq!(
            [9, 10, 1_000, u32::MAX].map(seconds),
            [2_560, 3_600, 3_600, 3_600]
        );
    }
}
