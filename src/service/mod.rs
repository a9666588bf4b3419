//! One function per thing that a person or a business can do, shared by all
//! entrances. Each that changes something is one transaction.
//!
//! A service reports *what* went wrong in an enum of its own, whose last
//! variant is a [`Fault`]; the edge decides how to tell it.

pub mod access;
pub mod accounts;
pub mod address_changes;
pub mod addresses;
pub mod arrivals;
pub mod assertions;
pub mod authorizations;
pub mod bounces;
pub mod browsers;
pub mod client_jwts;
pub mod client_tokens;
pub mod clients;
pub mod deliveries;
pub mod departures;
pub mod devices;
pub mod duties;
pub mod erasure;
pub mod escrow;
pub mod exports;
pub mod factors;
pub mod grants;
mod guesses;
pub mod hints;
pub mod history;
pub mod holdings;
pub mod house_rules;
pub mod imports;
pub mod keys;
pub mod kit;
pub mod letters;
mod links;
pub mod logos;
pub mod logouts;
pub mod notices;
pub mod pace;
pub mod passkeys;
pub mod passwords;
pub mod plans;
pub mod profiles;
mod proofs;
mod providers;
pub mod reach;
pub mod receipts;
pub mod recovery;
pub mod registration;
pub mod releases;
pub mod removal;
pub mod request_objects;
pub mod rights;
pub mod samples;
pub mod second_step;
mod sectors;
pub mod sessions;
mod shown;
pub mod sign_in;
mod signals;
pub mod streams;
pub mod tokens;
mod turns;
pub mod vetting;

use crate::app::OpenError;
use crate::crypto::password::CannotHash;
use crate::crypto::seal::CannotOpen;
use crate::crypto::signing::CannotSign;
use crate::domain::attribute::UnreadableVault;
use crate::store::StoreError;
pub use turns::Turn;

/// Something inside went wrong: nothing that the person or business at the
/// other end did, and nothing that they are told. Logged once, at the edge.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something sealed does not open under the key that it should.
    #[error("something sealed does not open")]
    Sealed(#[from] CannotOpen),
    /// Something that was opened does not read.
    #[error("something that was sealed does not read")]
    Unreadable(#[from] UnreadableVault),
    /// A signature.
    #[error(transparent)]
    Signing(#[from] CannotSign),
    /// Keys.
    #[error(transparent)]
    Keys(#[from] OpenError),
    /// Too many passwords are being checked at once.
    #[error(transparent)]
    Busy(#[from] CannotHash),
    /// Two things that belong together do not fit.
    #[error("{0}")]
    Inconsistent(&'static str),
    /// Others changed the same thing at the same time, again and again.
    #[error("the same thing was being changed elsewhere")]
    Contended,
    /// The session in which it was asked for has ended: who asked is sent to sign in.
    #[error("the session has ended meanwhile")]
    SignedOut,
    /// Others have their turn at something that takes long, or the same account
    /// has it.
    #[error("it is the turn of others")]
    Crowded,
}
