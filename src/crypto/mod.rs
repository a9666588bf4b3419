//! Keys, secrets and signatures: pure functions and small types over
//! well-kept libraries. No SQL, no HTTP.
//!
//! ```text
//! master      keys/master.key and what is derived from it
//! escrow      keys/escrow/, with which the operator opens vaults, while it may
//! key_file    files that hold one key each
//! password    Argon2id behind a queue; verifier and wrapping key from one run
//! passkey     what authenticators are asked, and whether their answers hold
//! totp        codes of authenticator apps
//! recovery_code  what stands in for them once
//! kit         the code of a recovery kit, as people type it
//! postmark    by what a mail that comes back is known
//! secret      codes, tokens, cookies: 256-bit secrets that name their owner
//! seal        AES-256-GCM bound to a table, row and column
//! vault       who can open what: every wrapping and sealing of personal data
//! signing     signing keys, parsed once, and the set that is published
//! dpop        proofs that a client holds a key, and the nonces in them
//! jwt         compact JWS: writing, and checking against published keys
//! client_jwt  what clients sign, checked against the keys that they registered
//! ```
//!
//! What is secret here has a type that does not print and is wiped when
//! dropped. Only [`vault`] decides which associated data binds a value, so no
//! caller invents one: whoever needs to seal something new adds a function
//! there.

/// Gives types a `Debug` that names the type and shows nothing of the value.
macro_rules! never_print {
    ($($name:ident),+ $(,)?) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}

pub mod client_jwt;
pub mod dpop;
pub mod escrow;
pub mod jwt;
mod key_file;
pub mod kit;
pub mod master;
pub mod passkey;
pub mod password;
pub mod postmark;
pub mod recovery_code;
pub mod seal;
pub mod secret;
pub mod signing;
pub mod totp;
pub mod vault;
