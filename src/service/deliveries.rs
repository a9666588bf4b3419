//! Delivering messages: who tells what to whom, and what an answer means.
//! When it is tried, and how often, is for `jobs` to say.

use crate::app::App;
use crate::domain::message::Message;
use crate::service::{duties, letters, logouts, notices, streams};
use crate::store::outbox::Claimed;

/// What came of telling somebody something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// They heard it.
    Heard,
    /// It is of no use to them any more: they were not told.
    Moot,
    /// They will not have it, and would not the next time.
    Refused(String),
    /// They answer, and will not have this one now: others may fare better.
    NotNow(String),
    /// They did not hear it: the next time they may.
    Unheard(String),
    /// It is not for us to tell them just now: it was taken up a moment before
    /// that was decided.
    Held,
}

/// Tells a message to whoever it is for. One arm for each kind.
pub async fn deliver(app: &App, claimed: &Claimed) -> Delivery {
    match &claimed.message {
        Some(Message::BackchannelLogout(logout)) => logouts::tell(app, claimed.id, logout).await,
        Some(Message::Notice(notice)) => notices::tell(app, claimed, notice).await,
        Some(Message::Letter(letter)) => letters::tell(app, claimed, letter).await,
        Some(Message::Signal(signal)) => streams::push(app, claimed, signal).await,
        Some(Message::Command(command)) => duties::tell(app, claimed.id, command).await,
        // Two versions may run at once: the newer one knows.
        None => Delivery::Unheard("this version knows no such message".to_owned()),
    }
}
