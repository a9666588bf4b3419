//! Mail that comes back: a relay took it, and told later that nobody is there.
//!
//! Anybody can write such a report. It counts if it is about a mail that went from
//! here to an address that it names, which the mail itself shows
//! ([`crate::crypto::postmark`]). What it says is noted of the address: alike of whoever
//! has it and of all who merely say so, since nobody may learn by it whether it is
//! somebody else's. And it stays noted until somebody shows that they read mail there:
//! that a relay takes the next mail says nothing, for it took this one too.

use crate::app::App;
use crate::crypto::postmark::Postmark;
use crate::domain::account::LinkPurpose;
use crate::domain::attribute::Email;
use crate::domain::bounce::{Bounce, NotABounce, Status, Verdict};
use crate::domain::id::{AccountId, MessageId};
use crate::service::Fault;
use crate::store::{StoreError, reach};

/// What came of a mail that came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The message that it told.
    pub message: MessageId,
    /// The code that was given for it.
    pub status: Option<Status>,
    /// What was done.
    pub outcome: Outcome,
}

/// What was done about a mail that came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is noted of so many accounts that nobody is there.
    Noted(u64),
    /// Nobody has that address, or says so; or somebody has read mail there since.
    NobodysAddress,
    /// It says nothing of the address.
    NotToBlame,
}

/// Why a message is refused.
#[derive(Debug, thiserror::Error)]
pub enum BounceError {
    /// It is no report.
    #[error(transparent)]
    NotABounce(#[from] NotABounce),
    /// It is about no mail of ours, or about one to somebody else.
    #[error("is about no mail that this instance sent to an address that it names")]
    NotOurs,
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for BounceError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// Takes note of a mail that came back. One statement.
pub async fn take(app: &App, message: &[u8]) -> Result<Heard, BounceError> {
    let bounce = Bounce::read(message)?;
    let mark = Postmark::read(&bounce.message_id).ok_or(BounceError::NotOurs)?;
    let was_for = |address: &&Email| mark.is_of(app.master(), address);
    let address = bounce.addresses.iter().find(was_for);
    let address = address.ok_or(BounceError::NotOurs)?;
    Ok(Heard {
        message: mark.message(),
        status: bounce.status,
        outcome: match bounce.verdict {
            Verdict::NobodyThere => note(app, mark.message(), address).await?,
            Verdict::NotToBlame => Outcome::NotToBlame,
        },
    })
}

async fn note(app: &App, message: MessageId, address: &Email) -> Result<Outcome, StoreError> {
    let index = *app.master().email_index(&address.folded()).as_bytes();
    let now = app.now();
    let made_at = message.made_at().unwrap_or(now);
    let noted = app.store().write_statement(move |tx| {
        Box::pin(async move { reach::set_bounced(tx, index, made_at, now).await })
    });
    Ok(match noted.await? {
        0 => Outcome::NobodysAddress,
        accounts => Outcome::Noted(accounts),
    })
}

/// Notes of somebody who has just said that an address is theirs what is noted of
/// others who said so: no further mail goes to whoever has it, so that none can come
/// back ([`LinkPurpose::Tried`]), and to whoever merely says so it does. For as long as
/// that, and not by what is noted of whoever has it: nobody tells the two apart.
pub(super) async fn note_alike(app: &App, claimant: AccountId) -> Result<(), StoreError> {
    let now = app.now();
    let (_, within) = LinkPurpose::Tried.limit();
    app.store()
        .write_statement(move |tx| {
            Box::pin(
                async move { reach::set_bounced_alike(tx, claimant, now.minus(within), now).await },
            )
        })
        .await
}
