//! `keys/master.key`: the one secret that the operator keeps beside the
//! database, and the keys that are derived from it.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::seal::{self, Aad, KEY_LEN, Key, MacKey, Sealed};
use super::secret::{RefreshToken, RegistrationToken, SuccessionKey};
use crate::domain::device::UserCode;
use crate::random::Random;

#[cfg(test)]
mod tests;

const FILE_NAME: &str = "master.key";

/// 64 hex digits and a line end.
const FILE_LEN: usize = 2 * KEY_LEN + 1;

/// What [`MasterKey::check_value`] seals.
const CHECK: &[u8] = b"this database belongs to this master key";

/// The root of what the operator can open. What it cannot open: the vaults of
/// accounts without escrow.
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
        Self::create(dir, random)?;
        // Read back what is there: should two processes start at once, both
        // then use the key of the one that was first.
        Self::load(dir)
    }

    /// Reads `dir/master.key`.
    pub fn load(dir: &Path) -> Result<Self, MasterKeyError> {
        let path = dir.join(FILE_NAME);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                return Err(MasterKeyError::Missing { path });
            }
            Err(source) => return Err(MasterKeyError::Unreadable { path, source }),
        };
        match Self::read(file) {
            Ok(Read::Key(key)) => Ok(key),
            Ok(Read::Exposed(mode)) => Err(MasterKeyError::Exposed { path, mode }),
            Ok(Read::Malformed) => Err(MasterKeyError::Malformed { path }),
            Err(source) => Err(MasterKeyError::Unreadable { path, source }),
        }
    }

    fn read(file: File) -> io::Result<Read> {
        // Of the open file, not of the path: nobody can swap it in between.
        let metadata = file.metadata()?;
        let mode = metadata.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Ok(Read::Exposed(mode));
        }
        let mut text = Zeroizing::new(Vec::with_capacity(FILE_LEN + 1));
        file.take(FILE_LEN as u64 + 1).read_to_end(&mut text)?;
        Ok(decode(&text).map_or(Read::Malformed, |bytes| Read::Key(Self(bytes))))
    }

    /// Writes a new key beside its place, makes it durable, and only then
    /// links it in: the file is never there in part, and an existing one is
    /// never replaced.
    fn create(dir: &Path, random: &Random) -> Result<(), MasterKeyError> {
        let unwritable = |path: &Path| {
            let path = path.to_owned();
            move |source| MasterKeyError::Unwritable { path, source }
        };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(dir)
            .map_err(unwritable(dir))?;
        let suffix = u64::from_be_bytes(random.bytes());
        let draft = dir.join(format!("{FILE_NAME}.{suffix:016x}"));
        let path = dir.join(FILE_NAME);
        let text = encode(&Zeroizing::new(random.bytes()));
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)
            .and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                file.sync_all()
            })
            .map_err(unwritable(&draft));
        let linked = written.and_then(|()| match fs::hard_link(&draft, &path) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other.map_err(unwritable(&path)),
        });
        // Whatever happened, leave no second copy of a key behind.
        match fs::remove_file(&draft) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => linked.and(Err(unwritable(&draft)(e))),
            _ => linked,
        }?;
        File::open(dir)
            .and_then(|folder| folder.sync_all())
            .map_err(unwritable(dir))
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

    /// Shows that somebody has read a part of a recovery kit.
    #[must_use]
    pub fn kit_proof(&self) -> MacKey {
        MacKey::new(&self.derive("kit-proof"))
    }

    /// Wraps the vault keys of accounts that keep an escrow keyholder.
    pub(super) fn escrow(&self, epoch: u32) -> Key {
        Key::derive(&self.0, &[b"master/v1/escrow/", &epoch.to_be_bytes()])
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

    /// Makes the subject identifiers that each business gets of an account
    /// (OpenID Connect Core §8.1).
    #[must_use]
    pub fn pairwise(&self) -> MacKey {
        MacKey::new(&self.derive("pairwise"))
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

enum Read {
    Key(MasterKey),
    Exposed(u32),
    Malformed,
}

fn check_place() -> Aad {
    Aad::new("instance", "master", "check_value")
}

fn encode(key: &[u8; KEY_LEN]) -> Zeroizing<String> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = Zeroizing::new(String::with_capacity(FILE_LEN));
    for byte in key {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text.push('\n');
    text
}

fn decode(text: &[u8]) -> Option<Zeroizing<[u8; KEY_LEN]>> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let digits = text.strip_suffix(b"\n")?;
    if digits.len() != 2 * KEY_LEN {
        return None;
    }
    let mut key = Zeroizing::new([0; KEY_LEN]);
    for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = value(pair[0])? << 4 | value(pair[1])?;
    }
    Some(key)
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
