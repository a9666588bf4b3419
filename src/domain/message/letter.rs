//! What people are told of their account, by mail.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::account::{Gone, LinkPurpose};
use super::super::id::{AccountId, MessageId};
use super::super::signal::{CredentialChange, CredentialType, Happening};
use super::super::time::Timestamp;

/// What a consumer is told of their account, or somebody at an address that may
/// have one. Links are made when it is told: none is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Kept")]
pub struct Letter {
    /// What the order of letters goes by: the account, or the message itself.
    pub lane: Lane,
    /// What.
    pub about: About,
}

/// As it is kept: also as versions before kept what they told of ways in.
#[derive(Deserialize)]
struct Kept {
    lane: Option<Lane>,
    account_id: Option<AccountId>,
    #[serde(alias = "news")]
    about: About,
}

impl TryFrom<Kept> for Letter {
    type Error = &'static str;

    fn try_from(kept: Kept) -> Result<Self, &'static str> {
        let of_account = kept.account_id.map(Lane::Account);
        let lane = kept.lane.or(of_account).ok_or("a letter to nobody")?;
        let about = kept.about;
        Ok(Self { lane, about })
    }
}

/// Letters about one thing go in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// To an account.
    Account(AccountId),
    /// To an address, of which it is found out when it is told whose it is.
    Address(MessageId),
}

/// What there is to tell of an account. What may not lie open is sealed under
/// the master key, as base64url.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// A link with which somebody says that they read mail at the contact address.
    Confirm,
    /// Somebody wants to use an address for an account that belongs to another.
    /// Never kept: it is found out when the link for it would be sent.
    Taken,
    /// Somebody asked for another address: told at the one that there is.
    AddressAsked,
    /// What they asked for was called off.
    AddressKept,
    /// And the link to the one that it is to be.
    AddressLink {
        /// The address that was typed.
        address_sealed: String,
    },
    /// The address is another: told at the one before, with a link to undo it.
    AddressLeft {
        /// The one before.
        address_sealed: String,
        /// Whether it had been confirmed: a stranger whose address somebody once
        /// mistyped undoes nothing.
        undo: bool,
    },
    /// And at the new one.
    AddressNew,
    /// A change of address was undone: told at the one that holds again.
    AddressRestored,
    /// And what was set up since it was asked for went.
    AddressReclaimed {
        /// What.
        gone: Gone,
    },
    /// And at the one that does not any more.
    AddressDropped {
        /// Which.
        address_sealed: String,
    },
    /// Someone signed in in a browser that the account does not know.
    NewBrowser {
        /// In which.
        seen_sealed: String,
    },
    /// Somebody forgot the password of the account with this address, if there
    /// is one: a link to the way back in.
    Forgotten {
        /// The address that was typed.
        address_sealed: String,
    },
    /// Somebody forgot the password of an address that nobody has: of each account
    /// that claims it, its link to the way back in. In a lane of its own, so that
    /// the next one does not wait for it.
    ForgottenClaim {
        /// Whose.
        account_id: AccountId,
        /// When that account was made.
        made_at: Timestamp,
    },
    /// A way back in waits, and can be stopped.
    RecoveryStarted {
        /// Until when.
        ready_at: Timestamp,
    },
    /// One of these waits, told at an address before, where a change of address can be
    /// undone. The link that stops it goes to the address of the account.
    RecoveryTold {
        /// Until when.
        ready_at: Timestamp,
        /// Whether the vault is emptied then.
        empties: bool,
        /// The address before.
        address_sealed: String,
    },
    /// The wait is over: a link to a new password.
    RecoveryReady,
    /// An empty vault waits, in the place of one that nobody can open, and can be
    /// stopped.
    EmptyingStarted {
        /// Until when.
        ready_at: Timestamp,
    },
    /// The wait for that is over: a link to a new password, which empties the vault.
    /// Never kept: what waits is found out when [`About::RecoveryReady`] is sent.
    EmptyingReady,
    /// There is a new password and an empty vault.
    Emptied,
    /// It was stopped.
    RecoveryStopped,
    /// There is a new password, and everybody was signed out.
    Recovered,
    /// A recovery kit was made and confirmed.
    KitMade,
    /// The operator's key is gone.
    EscrowDropped,
    /// The account waits for its end, and that can be called off.
    ErasureWaits {
        /// Until when.
        due_at: Timestamp,
        /// An address before, where a change can be undone: told there as well.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address_sealed: Option<String>,
    },
    /// It was called off.
    ErasureCalledOff,
    /// The account is gone.
    Farewell {
        /// To whom, and what.
        last_sealed: String,
    },
    /// A birthdate closed what is closed to a minor.
    MinorClosed,
    /// Another birthdate opened that.
    MinorOpened,
    /// Everything went along to another provider.
    WentAlong,
    /// Somebody who was signed in took everything along as a file.
    Downloaded,
    /// The operator has a key again.
    EscrowAllowed,
    /// Somebody tries passwords at the account with this address, if there is one.
    PasswordGuessed {
        /// The address that was typed.
        address_sealed: String,
    },
    /// There is a passkey more.
    PasskeyAdded,
    /// There is a passkey less.
    PasskeyRemoved,
    /// The counter of a passkey went back: there may be a copy of it.
    PasskeyDoubted,
    /// There is an authenticator app.
    TotpAdded,
    /// There is none any more.
    TotpRemoved,
    /// There are new recovery codes, and the old ones are of no use.
    CodesMade,
    /// A recovery code was used.
    CodeUsed {
        /// How many are left.
        left: u32,
    },
    /// The password is another.
    PasswordChanged,
    /// There is a password, where there was none.
    PasswordSet,
    /// There is none any more.
    PasswordRemoved,
    /// Somebody who has the password, or a browser that is signed in, tries
    /// for the rest.
    Guessed,
}

impl About {
    /// What the link in it is for, if there is one; or what is counted, so that
    /// nobody is mailed too much of the same.
    #[must_use]
    pub const fn purpose(&self) -> Option<LinkPurpose> {
        match self {
            Self::Confirm => Some(LinkPurpose::Confirm),
            Self::Taken => Some(LinkPurpose::Tried),
            Self::AddressLink { .. } => Some(LinkPurpose::Change),
            Self::AddressLeft { undo: true, .. } => Some(LinkPurpose::Undo),
            Self::Forgotten { .. } | Self::ForgottenClaim { .. } => Some(LinkPurpose::Recover),
            Self::RecoveryStarted { .. } | Self::EmptyingStarted { .. } => Some(LinkPurpose::Stop),
            Self::RecoveryReady | Self::EmptyingReady => Some(LinkPurpose::Ready),
            Self::PasswordGuessed { .. } => Some(LinkPurpose::Guessed),
            Self::Guessed => Some(LinkPurpose::GuessedRest),
            _ => None,
        }
    }

    /// Whether it goes to an address that somebody typed, or that the account no
    /// longer has, and not to that of the account.
    #[must_use]
    pub const fn goes_elsewhere(&self) -> bool {
        matches!(
            self,
            Self::AddressLink { .. }
                | Self::AddressLeft { .. }
                | Self::AddressDropped { .. }
                | Self::RecoveryTold { .. }
                | Self::ErasureWaits {
                    address_sealed: Some(_),
                    ..
                }
        )
    }

    /// As it is when it is told this much later than it happened: of the time to stop a
    /// way back in, nothing passes before that.
    #[must_use]
    pub fn told_late(self, late: Duration) -> Self {
        match self {
            Self::RecoveryStarted { ready_at } => Self::RecoveryStarted {
                ready_at: ready_at.plus(late),
            },
            Self::EmptyingStarted { ready_at } => Self::EmptyingStarted {
                ready_at: ready_at.plus(late),
            },
            Self::RecoveryTold {
                ready_at,
                empties,
                address_sealed,
            } => Self::RecoveryTold {
                ready_at: ready_at.plus(late),
                empties,
                address_sealed,
            },
            other => other,
        }
    }

    /// What businesses hear of it, those that ask to: that a credential is another,
    /// or that somebody looks for a way back in. All else is between the person
    /// and Sluis.
    #[must_use]
    pub fn heard_as(&self) -> Option<Happening> {
        let (credential, change) = match self {
            Self::PasskeyAdded => (CredentialType::Passkey, CredentialChange::Create),
            Self::PasskeyRemoved => (CredentialType::Passkey, CredentialChange::Delete),
            Self::TotpAdded => (CredentialType::App, CredentialChange::Create),
            Self::TotpRemoved => (CredentialType::App, CredentialChange::Delete),
            Self::PasswordSet => (CredentialType::Password, CredentialChange::Create),
            Self::PasswordRemoved => (CredentialType::Password, CredentialChange::Delete),
            Self::CodesMade => (CredentialType::RecoveryCodes, CredentialChange::Update),
            Self::PasswordChanged | Self::Recovered | Self::Emptied => {
                (CredentialType::Password, CredentialChange::Update)
            }
            Self::RecoveryStarted { .. } | Self::EmptyingStarted { .. } => {
                return Some(Happening::RecoveryActivated);
            }
            Self::KitMade | Self::EscrowDropped | Self::EscrowAllowed => {
                return Some(Happening::RecoveryInformationChanged);
            }
            _ => return None,
        };
        Some(Happening::CredentialChange { credential, change })
    }
}
