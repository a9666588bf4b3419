//! The keys with which the operator opens the vaults of those who allow it:
//! `keys/escrow/<epoch>`.
//!
//! Each is a key of its own, made by chance and of no other key, and none is
//! ever in the database. So whatever only one of them opens is gone with its
//! file: a backup of the database that is older opens for nobody.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::key_file::{self, Flaw, Unwritable};
use super::master::MasterKey;
use super::seal::{self, Aad, Key, Sealed};
use crate::random::Random;

const FOLDER: &str = "escrow";

/// What [`EscrowKey::check_value`] seals.
const CHECK: &[u8] = b"this database belongs to this escrow key";

/// Counts the escrow keys of an instance. A wrapping opens only with the key of
/// the epoch that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EscrowEpoch(u32);

impl EscrowEpoch {
    /// The one whose key comes of `master.key`: of instances from before the
    /// escrow had keys of its own. No new one is made.
    pub const OF_MASTER: Self = Self(0);

    /// Takes a stored number as an epoch.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number to store.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The one that comes after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// Opens the vaults of those who allow the operator to.
pub struct EscrowKey {
    epoch: EscrowEpoch,
    key: Key,
}

never_print!(EscrowKey);

impl EscrowKey {
    /// The key of [`EscrowEpoch::OF_MASTER`].
    #[must_use]
    pub fn of_master(master: &MasterKey) -> Self {
        Self {
            epoch: EscrowEpoch::OF_MASTER,
            key: master.first_escrow(),
        }
    }

    /// Which one it is.
    #[must_use]
    pub const fn epoch(&self) -> EscrowEpoch {
        self.epoch
    }

    /// Wraps vault keys.
    pub(super) const fn wrapping_key(&self) -> &Key {
        &self.key
    }

    /// A value for the database to keep, by which [`EscrowKey::fits`] later
    /// tells whether the two belong together.
    #[must_use]
    pub fn check_value(&self, random: &Random) -> Sealed {
        seal::seal(&self.key, &self.check_place(), CHECK, random)
    }

    /// Whether `check` was made by this key.
    #[must_use]
    pub fn fits(&self, check: &Sealed) -> bool {
        seal::open(&self.key, &self.check_place(), check).is_ok_and(|c| *c == CHECK)
    }

    fn check_place(&self) -> Aad {
        Aad::new("escrow_epoch", self.epoch.0, "key_check")
    }
}

/// Where the keys lie.
#[derive(Clone, Debug)]
pub struct EscrowFolder(PathBuf);

impl EscrowFolder {
    /// In the folder of the master key.
    #[must_use]
    pub fn below(keys: &Path) -> Self {
        Self(keys.join(FOLDER))
    }

    /// Where the key of an epoch lies.
    #[must_use]
    pub fn path(&self, epoch: EscrowEpoch) -> PathBuf {
        self.0.join(epoch.0.to_string())
    }

    /// Reads the key of an epoch.
    pub fn load(&self, epoch: EscrowEpoch) -> Result<EscrowKey, EscrowKeyError> {
        let path = self.path(epoch);
        match key_file::read(&path) {
            Ok(bytes) => Ok(EscrowKey {
                epoch,
                key: Key::derive(&bytes, &[b"escrow/v1/", &epoch.0.to_be_bytes()]),
            }),
            Err(Flaw::Missing) => Err(EscrowKeyError::Missing { path }),
            Err(Flaw::Unreadable(source)) => Err(EscrowKeyError::Unreadable { path, source }),
            Err(Flaw::Exposed(mode)) => Err(EscrowKeyError::Exposed { path, mode }),
            Err(Flaw::Malformed) => Err(EscrowKeyError::Malformed { path }),
        }
    }

    /// Makes the key of an epoch; `None` when there is one already, which is
    /// left as it is.
    pub fn make(
        &self,
        epoch: EscrowEpoch,
        random: &Random,
    ) -> Result<Option<EscrowKey>, EscrowKeyError> {
        if key_file::create(&self.0, &epoch.0.to_string(), random)? {
            self.load(epoch).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Destroys the key of an epoch; says whether it was there.
    pub fn destroy(&self, epoch: EscrowEpoch) -> Result<bool, EscrowKeyError> {
        Ok(key_file::destroy(&self.path(epoch))?)
    }

    /// Of which epochs there is a key, in order.
    pub fn epochs(&self) -> Result<Vec<EscrowEpoch>, EscrowKeyError> {
        let unreadable = |source| EscrowKeyError::Unreadable {
            path: self.0.clone(),
            source,
        };
        let entries = match fs::read_dir(&self.0) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(unreadable)?,
        };
        let mut found = Vec::new();
        for entry in entries {
            let name = entry.map_err(unreadable)?.file_name();
            let number = name.to_str().and_then(|name| name.parse().ok());
            found.extend(number.map(EscrowEpoch));
        }
        found.sort_unstable();
        Ok(found)
    }
}

/// Why there is no escrow key. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum EscrowKeyError {
    /// There is no such file.
    #[error(
        "{} is not there: let every node have the same keys folder, or put the file back from your \
         newest backup of it; where it is lost, or was destroyed in its time and an old database \
         was put back, run `sluis keys rotate --escrow`, after which the operator opens no vault \
         that needs it", path.display()
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
        "{} is open to other users (mode {mode:04o}): run `chmod 600 {}`, then, since strangers \
         may have read it, `sluis keys rotate --escrow`", path.display(), path.display()
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file holds something else.
    #[error(
        "{} is not an escrow key (64 lower-case hexadecimal digits and a line end): put it back \
         from your newest backup; it was left as it is", path.display()
    )]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// It is the key of another instance, or of another node that shares no
    /// folder with the one that made it.
    #[error(
        "{} is not the key that this database knows: put the right one in its place, from the node \
         that made it or from your newest backup; nodes of one instance share the keys folder",
        path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A key cannot be written, or taken away.
    #[error(
        "{} cannot be written ({source}): the escrow key is made anew every month, so let the user \
         that runs Sluis write to that folder", path.display()
    )]
    Unwritable {
        /// What was written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl From<Unwritable> for EscrowKeyError {
    fn from(Unwritable { path, source }: Unwritable) -> Self {
        Self::Unwritable { path, source }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// A keys folder of the test's own, removed when dropped.
    struct Keys(PathBuf);

    impl Keys {
        fn new() -> Self {
            let name: [u8; 8] = Random::system().bytes();
            let name = format!("sluis-escrow-{:x}", u64::from_be_bytes(name));
            Self(std::env::temp_dir().join(name))
        }

        fn escrow(&self) -> EscrowFolder {
            EscrowFolder::below(&self.0)
        }
    }

    impl Drop for Keys {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    const ONE: EscrowEpoch = EscrowEpoch::new(1);

    #[test]
    fn each_epoch_has_a_private_file_and_a_key_of_its_own() {
        let (keys, random) = (Keys::new(), Random::system());
        let folder = keys.escrow();
        assert_eq!(folder.epochs().unwrap(), []);
        let one = folder.make(ONE, &random).unwrap().unwrap();
        let two = folder.make(ONE.next(), &random).unwrap().unwrap();
        let mode = fs::metadata(folder.path(ONE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
        let check = one.check_value(&random);
        assert!(one.fits(&check) && !two.fits(&check));
        assert!(folder.load(ONE).unwrap().fits(&check));
        assert_eq!(folder.epochs().unwrap(), [ONE, ONE.next()]);
        assert_eq!(format!("{one:?}"), "EscrowKey(…)");
    }

    #[test]
    fn a_key_that_is_there_is_never_replaced() {
        let (keys, random) = (Keys::new(), Random::system());
        let folder = keys.escrow();
        let check = folder.make(ONE, &random).unwrap().unwrap();
        let check = check.check_value(&random);
        assert!(folder.make(ONE, &random).unwrap().is_none());
        assert!(folder.load(ONE).unwrap().fits(&check));
    }

    #[test]
    fn a_key_that_is_destroyed_is_gone() {
        let (keys, random) = (Keys::new(), Random::system());
        let folder = keys.escrow();
        folder.make(ONE, &random).unwrap();
        assert!(folder.destroy(ONE).unwrap());
        assert!(!folder.destroy(ONE).unwrap());
        let missing = folder.load(ONE).unwrap_err();
        assert!(matches!(missing, EscrowKeyError::Missing { .. }));
        assert!(missing.to_string().contains("keys rotate --escrow"));
        assert_eq!(folder.epochs().unwrap(), []);
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        let (keys, random) = (Keys::new(), Random::system());
        let folder = keys.escrow();
        folder.make(ONE, &random).unwrap();
        fs::set_permissions(folder.path(ONE), fs::Permissions::from_mode(0o640)).unwrap();
        let refused = folder.load(ONE).unwrap_err();
        assert!(matches!(
            refused,
            EscrowKeyError::Exposed { mode: 0o640, .. }
        ));
    }
}
