//! What was just done about the security of an account.

use crate::i18n::{Texts, t};
use crate::pages::way::see_other;
use crate::web::params::Params;
use axum::response::Response;

/// What was just done, said at the top of the page that follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecurityDone {
    /// One session ended.
    Ended,
    /// None: the session was not there any more.
    NotThere,
    /// Every other session ended.
    EndedOthers,
    /// The recovery kit counts.
    KitMade,
    /// The operator's key is gone.
    EscrowDropped,
    /// It is there again.
    EscrowAllowed,
    /// It stays, for there is no kit.
    NoKit,
    /// The link is on its way.
    Mailed,
    /// The way back in was stopped.
    Stopped,
    /// There is a passkey that opens the vault.
    PasskeyOpens,
    /// There is a passkey that only proves who somebody is.
    PasskeyProves,
    /// A passkey is gone.
    PasskeyRemoved,
    /// Nothing: it was the last way in.
    LastWay,
    /// There is an authenticator app.
    TotpAdded,
    /// It is gone.
    TotpRemoved,
    /// The password is another.
    Password,
    /// There is a password.
    PasswordSet,
    /// There is none any more.
    PasswordRemoved,
    /// The link to the new address is on its way.
    EmailAsked,
    /// The address is another.
    EmailChanged,
    /// It stays what it is: the change that waited was called off.
    EmailKept,
    /// Nothing: no such change waits any more.
    NoChange,
    /// A passkey is called otherwise.
    PasskeyRenamed,
    /// Nothing yet: they showed who they are, and may press once more.
    Again,
}

impl SecurityDone {
    /// Every one, with its word in the URL.
    pub const ALL: [(Self, &'static str); 24] = [
        (Self::Ended, "ended"),
        (Self::NotThere, "not-there"),
        (Self::EndedOthers, "ended-others"),
        (Self::KitMade, "kit"),
        (Self::EscrowDropped, "escrow-dropped"),
        (Self::EscrowAllowed, "escrow-allowed"),
        (Self::NoKit, "no-kit"),
        (Self::Mailed, "mailed"),
        (Self::Stopped, "stopped"),
        (Self::PasskeyOpens, "passkey-opens"),
        (Self::PasskeyProves, "passkey-proves"),
        (Self::PasskeyRemoved, "passkey-removed"),
        (Self::LastWay, "last-way"),
        (Self::TotpAdded, "totp-added"),
        (Self::TotpRemoved, "totp-removed"),
        (Self::Password, "password"),
        (Self::PasswordSet, "password-set"),
        (Self::PasswordRemoved, "password-removed"),
        (Self::EmailAsked, "email-asked"),
        (Self::EmailChanged, "email"),
        (Self::EmailKept, "email-kept"),
        (Self::NoChange, "no-change"),
        (Self::PasskeyRenamed, "passkey-renamed"),
        (Self::Again, "again"),
    ];

    /// In words.
    #[must_use]
    pub fn text(self, texts: Texts) -> String {
        match self {
            Self::Ended => t!(texts, "done-session-ended"),
            Self::NotThere => t!(texts, "done-session-not-there"),
            Self::EndedOthers => t!(texts, "done-sessions-ended"),
            Self::KitMade => t!(texts, "done-kit"),
            Self::EscrowDropped => t!(texts, "done-escrow-dropped"),
            Self::EscrowAllowed => t!(texts, "done-escrow-allowed"),
            Self::NoKit => t!(texts, "done-no-kit"),
            Self::Mailed => t!(texts, "done-mailed"),
            Self::Stopped => t!(texts, "done-stopped"),
            Self::PasskeyOpens => t!(texts, "done-passkey-opens"),
            Self::PasskeyProves => t!(texts, "done-passkey-proves"),
            Self::PasskeyRemoved => t!(texts, "done-passkey-removed"),
            Self::LastWay => t!(texts, "done-last-way"),
            Self::TotpAdded => t!(texts, "done-totp-added"),
            Self::TotpRemoved => t!(texts, "done-totp-removed"),
            Self::Password => t!(texts, "done-password"),
            Self::PasswordSet => t!(texts, "done-password-set"),
            Self::PasswordRemoved => t!(texts, "done-password-removed"),
            Self::EmailAsked => t!(texts, "done-email-asked"),
            Self::EmailChanged => t!(texts, "done-email-changed"),
            Self::EmailKept => t!(texts, "done-email-kept"),
            Self::NoChange => t!(texts, "done-no-change"),
            Self::PasskeyRenamed => t!(texts, "done-passkey-renamed"),
            Self::Again => t!(texts, "done-again"),
        }
    }

    /// To the page that says it.
    pub(in crate::pages) fn told(self) -> Response {
        let word = Self::ALL.iter().find(|(done, _)| *done == self);
        let word = word.map_or("", |(_, word)| word);
        see_other(&format!("/account/security?done={word}"))
    }

    /// What a query says was done. Anyone can write a link that says so.
    pub(in crate::pages) fn of_query(query: Option<&str>) -> Option<Self> {
        let params = Params::parse(query?)?;
        let word = params.get("done")?;
        let found = Self::ALL.iter().find(|(_, known)| *known == word);
        found.map(|(done, _)| *done)
    }
}
