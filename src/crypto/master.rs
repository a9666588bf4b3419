//! `keys/master.key`: the one secret that the operator keeps beside the
//! database, and the keys that are derived from it.

use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::key_file::{self, Flaw, Unwritable};
use super::seal::{self, Aad, KEY_LEN, Key, MacKey, Sealed};
use super::secret::{RefreshToken, RegistrationToken, SuccessionKey};
use crate::domain::device::UserCode;
use crate::random::Random;

#[cfg(test)]
mod tests;

const FILE_NAME: &str = "master.key";

/// What [`MasterKey::check_value`] seals.
const CHECK: &[u8] = b"this database belongs to this master key";

/// The root of what the operator can open. What it cannot open: the vaults of
/// accounts. For those that allow it, the operator has [`super::escrow`].
pub struct MasterKey(Zeroizing<[u8; KEY_LEN]>);

never_print!(MasterKey);

impl MasterKey {
    /// A key that exists in memory alone, for tests and throw-away instances.
    #[must_use]
    pub fn generate(random: &Random) -> Self {
        Self(Zeroizing::new(random.bytes()))
    }

    /// Reads `dir/master.key`, or makes it when it does not exist.
    ///
    /// Only for a database that has no check value yet; one that has belongs
    /// to an existing key, so [`MasterKey::load`] it: a fresh key would not fit.
    pub fn load_or_create(dir: &Path, random: &Random) -> Result<Self, MasterKeyError> {
        match Self::load(dir) {
            Err(MasterKeyError::Missing { .. }) => {}
            loaded_or_refused => return loaded_or_refused,
        }
        key_file::create(dir, FILE_NAME, random)?;
        // Read back what is there: should two processes start at once, both
        // then use the key of the one that was first.
        Self::load(dir)
    }

    /// Reads `dir/master.key`.
    pub fn load(dir: &Path) -> Result<Self, MasterKeyError> {
        let path = dir.join(FILE_NAME);
        match key_file::read(&path) {
            Ok(bytes) => Ok(Self(bytes)),
            Err(Flaw::Missing) => Err(MasterKeyError::Missing { path }),
            Err(Flaw::Unreadable(source)) => Err(MasterKeyError::Unreadable { path, source }),
            Err(Flaw::Exposed(mode)) => Err(MasterKeyError::Exposed { path, mode }),
            Err(Flaw::Malformed) => Err(MasterKeyError::Malformed { path }),
        }
    }

    fn derive(&self, purpose: &str) -> Key {
        Key::derive(&self.0, &[b"master/v1/", purpose.as_bytes()])
    }

    /// Seals the private signing keys.
    pub(super) fn signing_seal(&self) -> Key {
        self.derive("signing-seal")
    }

    /// Seals the secrets of the clients that sign with them.
    pub(super) fn client_seal(&self) -> Key {
        self.derive("client-seal")
    }

    /// Seals what receivers of events want to be shown.
    pub(super) fn receiver_seal(&self) -> Key {
        self.derive("receiver-seal")
    }

    /// Seals the e-mail address to which notices go.
    pub(super) fn contact_seal(&self) -> Key {
        self.derive("contact-seal")
    }

    /// Seals what is to be mailed and may not lie open in the outbox.
    pub(super) fn letter_seal(&self) -> Key {
        self.derive("letter-seal")
    }

    /// The server's part in the links that are mailed.
    #[must_use]
    pub fn mail_link(&self) -> MacKey {
        MacKey::new(&self.derive("mail-link"))
    }

    /// Marks what is mailed, so that it is known again when it comes back.
    pub(super) fn postmark(&self) -> MacKey {
        MacKey::new(&self.derive("postmark"))
    }

    /// Shows that somebody has read a part of a recovery kit.
    #[must_use]
    pub fn kit_proof(&self) -> MacKey {
        MacKey::new(&self.derive("kit-proof"))
    }

    /// The escrow key of instances from before it had files of its own
    /// ([`super::escrow`]).
    pub(super) fn first_escrow(&self) -> Key {
        Key::derive(&self.0, &[b"master/v1/escrow/", &0_u32.to_be_bytes()])
    }

    /// The server's part in the refresh tokens' succession.
    #[must_use]
    pub fn refresh(&self) -> SuccessionKey<RefreshToken> {
        SuccessionKey::new(MacKey::new(&self.derive("refresh")))
    }

    /// The server's part in the succession of the tokens that manage
    /// registrations.
    #[must_use]
    pub fn registration(&self) -> SuccessionKey<RegistrationToken> {
        SuccessionKey::new(MacKey::new(&self.derive("registration")))
    }

    /// Authenticates the tokens that protect forms.
    #[must_use]
    pub fn csrf(&self) -> MacKey {
        MacKey::new(&self.derive("csrf"))
    }

    /// Authenticates what a browser is given to keep before it is signed in.
    #[must_use]
    pub fn browser(&self) -> MacKey {
        MacKey::new(&self.derive("browser"))
    }

    /// Makes the nonces of proofs of possession.
    pub(super) fn dpop(&self) -> MacKey {
        MacKey::new(&self.derive("dpop"))
    }

    /// Seals what authenticator apps share with this server.
    pub(super) fn totp_seal(&self) -> Key {
        self.derive("totp-seal")
    }

    /// Makes what is kept of recovery codes.
    pub(super) fn recovery_codes(&self) -> MacKey {
        MacKey::new(&self.derive("recovery-codes"))
    }

    /// Makes what clients know sessions as.
    #[must_use]
    pub fn sid(&self) -> MacKey {
        MacKey::new(&self.derive("sid"))
    }

    /// Authenticates what a business asked at sign-out, while the person is
    /// asked too.
    #[must_use]
    pub fn logout(&self) -> MacKey {
        MacKey::new(&self.derive("logout"))
    }

    /// The look-up key of an e-mail address: the same for any case and
    /// surrounding space, and not to be had without the master key.
    #[must_use]
    pub fn email_index(&self, email: &str) -> EmailIndex {
        let normal = Zeroizing::new(email.trim().to_lowercase());
        let key = MacKey::new(&self.derive("email-index"));
        EmailIndex(key.tag(normal.as_bytes()))
    }

    /// The salt of passwords at an address.
    pub(super) fn address_salt(&self, index: EmailIndex) -> [u8; 16] {
        let tag = MacKey::new(&self.derive("password-salt")).tag(index.as_bytes());
        std::array::from_fn(|at| tag.get(at).copied().unwrap_or_default())
    }

    /// The look-up key of a code that people type: so short that a plain hash
    /// would be found by trying.
    #[must_use]
    pub fn user_code_index(&self, code: &UserCode) -> [u8; 32] {
        MacKey::new(&self.derive("user-code-index")).tag(code.as_str().as_bytes())
    }

    /// A value for the database to keep, by which [`MasterKey::fits`] later
    /// tells whether the two belong together.
    #[must_use]
    pub fn check_value(&self, random: &Random) -> Sealed {
        seal::seal(&self.derive("check"), &check_place(), CHECK, random)
    }

    /// Whether `check` was made by this master key.
    #[must_use]
    pub fn fits(&self, check: &Sealed) -> bool {
        seal::open(&self.derive("check"), &check_place(), check).is_ok_and(|c| *c == CHECK)
    }
}

fn check_place() -> Aad {
    Aad::new("instance", "master", "check_value")
}

/// An e-mail address as the sign-in look-up knows it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EmailIndex([u8; 32]);

never_print!(EmailIndex);

impl EmailIndex {
    /// The bytes to store and to look for.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Why there is no master key. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// There is no such file.
    #[error(
        "{} is not there: restore it from your backup, or point SLUIS_KEYS_DIR at the folder that \
         holds it; without it the database cannot be opened", path.display()
    )]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file or its folder cannot be read.
    #[error(
        "{} cannot be read ({source}): let the user that runs Sluis own the folder and the file",
        path.display()
    )]
    Unreadable {
        /// What was read.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others than its owner may read or change the file.
    #[error(
        "{} is open to other users (mode {mode:04o}): run `chmod 600 {}`, and if strangers could \
         read it, treat it as leaked", path.display(), path.display()
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file holds something else.
    #[error(
        "{} is not a master key (64 lower-case hexadecimal digits and a line end): restore it from \
         your backup; it was left as it is", path.display()
    )]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// A new key cannot be written.
    #[error(
        "{} cannot be written ({source}): make the keys folder writable for the first start, or \
         point SLUIS_KEYS_DIR elsewhere", path.display()
    )]
    Unwritable {
        /// What was written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl From<Unwritable> for MasterKeyError {
    fn from(Unwritable { path, source }: Unwritable) -> Self {
        Self::Unwritable { path, source }
    }
}
