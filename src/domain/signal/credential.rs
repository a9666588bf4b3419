//! What a business hears of the ways into an account (CAEP 1.0 §3.2).
//!
//! A business that lets someone in by a login at Sluis may want to ask again who
//! they are once a stranger may have added a key of their own; so the standard
//! has it, and so it is told, to those whose stream asks for it and that have an
//! agreement which lives. It is told that there was a change and of what kind:
//! no name that a person gave, no make of a device, and nothing by which two
//! businesses could find out that they know the same person, but that both heard
//! of something at the same moment.
//!
//! `account-credential-change-required` (RISC) is never told: nothing here makes
//! a person change a credential. Nor is `identifier-changed`, when somebody gets
//! their mail at another address: only who hands out addresses may say that one
//! is another's now, and Sluis does not.

use serde::{Deserialize, Serialize};

/// What kind of credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialType {
    /// A password.
    Password,
    /// An authenticator app.
    App,
    /// A passkey. CAEP's own words say whether it is in the device or roams;
    /// nobody can know who asks for no attestation, so neither is said.
    Passkey,
    /// Recovery codes.
    RecoveryCodes,
}

/// What happened to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialChange {
    /// There is one more.
    Create,
    /// There is another in its place.
    Update,
    /// There is one less.
    Delete,
}
