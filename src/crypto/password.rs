//! Passwords: Argon2id, behind a queue.
//!
//! One run gives both the verifier that the store keeps and the key that
//! wraps the vault key. A run costs some 17 ms of one core and 19 MiB, so at
//! most one per core is under way; a burst waits its turn, and beyond a bound
//! is told to come back.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::{Argon2, Block, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::master::{EmailIndex, MasterKey};
use super::seal::{KEY_LEN, Key};
use crate::random::Random;

mod common;
#[cfg(test)]
mod tests;

/// NIST SP 800-63B §5.1.1.2: at least eight characters.
const MIN_CHARS: usize = 8;
/// Long enough for any passphrase, short enough to bound the work.
const MAX_BYTES: usize = 1024;

/// How many may wait for a core before further ones are refused: some five
/// seconds of work for two cores.
const MAX_WAITING: usize = 512;

/// A password as it was typed: not trimmed, not cut off, not folded.
pub struct Password(Zeroizing<String>);

never_print!(Password, Derived);

impl Password {
    /// Takes what somebody chooses for the account with this address: neither one of
    /// those that everybody tries first, nor what a stranger knows of them.
    pub fn choose(typed: String, address: &str) -> Result<Self, BadPassword> {
        let chosen = Self::parse(typed)?;
        let folded = Zeroizing::new(chosen.0.to_lowercase());
        let address = address.to_lowercase();
        let mailbox = address.split_once('@').map_or("", |(mailbox, _)| mailbox);
        if *folded == address || *folded == mailbox {
            return Err(BadPassword::Address);
        }
        if common::is_common(&folded) {
            return Err(BadPassword::Common);
        }
        Ok(chosen)
    }

    /// Takes what was typed, if its length will do.
    pub fn parse(typed: String) -> Result<Self, BadPassword> {
        let typed = Zeroizing::new(typed);
        if typed.len() > MAX_BYTES {
            return Err(BadPassword::TooLong);
        }
        if typed.chars().count() < MIN_CHARS {
            return Err(BadPassword::TooShort);
        }
        Ok(Self(typed))
    }
}

/// Why a password will not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPassword {
    /// Fewer than eight characters.
    #[error("a password has at least {MIN_CHARS} characters")]
    TooShort,
    /// More than 1024 bytes.
    #[error("a password has at most {MAX_BYTES} bytes")]
    TooLong,
    /// One of those that everybody tries first.
    #[error("a password is none of those that everybody tries first")]
    Common,
    /// The address of the account, or the part before the `@`.
    #[error("a password is not the address of its account")]
    Address,
}

/// How one password is hashed: the costs and the salt, kept with the account
/// so that costs can rise without locking anybody out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: [u8; 16],
}

impl Recipe {
    /// OWASP's Password Storage Cheat Sheet, and the floor that Sluis sets.
    const MEMORY_KIB: u32 = 19_456;
    const PASSES: u32 = 2;
    const LANES: u32 = 1;

    /// Today's costs with a fresh salt.
    #[must_use]
    pub fn generate(random: &Random) -> Self {
        Self::with_salt(random.bytes())
    }

    /// Today's costs with the salt of an address. Whoever says that an address is
    /// theirs has the same one, so that one hash tells whose password it is, and
    /// nobody learns by the time that it takes how many there are, or whether there
    /// is anybody. Nobody but this server can make it.
    #[must_use]
    pub fn of_address(master: &MasterKey, index: EmailIndex) -> Self {
        Self::with_salt(master.address_salt(index))
    }

    /// Today's costs with the same salt, for the next password.
    #[must_use]
    pub fn renewed(&self) -> Self {
        Self::with_salt(self.salt)
    }

    fn with_salt(salt: [u8; 16]) -> Self {
        Self {
            memory_kib: Self::MEMORY_KIB,
            passes: Self::PASSES,
            lanes: Self::LANES,
            salt,
        }
    }
}

impl fmt::Display for Recipe {
    /// The shape of a PHC string without its hash.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "argon2id$v=19$m={},t={},p={}${}",
            self.memory_kib,
            self.passes,
            self.lanes,
            STANDARD_NO_PAD.encode(self.salt)
        )
    }
}

impl FromStr for Recipe {
    type Err = InvalidRecipe;

    fn from_str(text: &str) -> Result<Self, InvalidRecipe> {
        let read = || {
            let (costs, salt) = text.strip_prefix("argon2id$v=19$m=")?.split_once('$')?;
            let (memory, costs) = costs.split_once(",t=")?;
            let (passes, lanes) = costs.split_once(",p=")?;
            let salt = STANDARD_NO_PAD.decode(salt).ok()?;
            Some(Self {
                memory_kib: memory.parse().ok()?,
                passes: passes.parse().ok()?,
                lanes: lanes.parse().ok()?,
                salt: salt.try_into().ok()?,
            })
        };
        let recipe: Self = read().ok_or(InvalidRecipe)?;
        // What a row in the database may make the server spend has a bound.
        let bounded = (8..=262_144).contains(&recipe.memory_kib)
            && (1..=16).contains(&recipe.passes)
            && (1..=16).contains(&recipe.lanes)
            && recipe.memory_kib >= 8 * recipe.lanes;
        if bounded && recipe.to_string() == text {
            Ok(recipe)
        } else {
            Err(InvalidRecipe)
        }
    }
}

/// The text is not a recipe that this version can follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a way of hashing a password that is known here")]
pub struct InvalidRecipe;

/// What Argon2id made of a password.
pub struct Derived(Zeroizing<[u8; KEY_LEN]>);

impl Derived {
    #[cfg(test)]
    pub(super) fn from_bytes(bytes: [u8; KEY_LEN]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// What the store keeps to recognise the password. It opens nothing.
    #[must_use]
    pub fn verifier(&self) -> [u8; 32] {
        *Key::derive(&self.0, &[b"password/v1/verifier"]).bytes()
    }

    /// Whether `stored` is this password's verifier; takes the same time either way.
    #[must_use]
    pub fn verifies(&self, stored: &[u8]) -> bool {
        self.verifier().ct_eq(stored).into()
    }

    /// What wraps the vault key. It cannot be had from the verifier.
    pub(super) fn wrapping_key(&self) -> Key {
        Key::derive(&self.0, &[b"password/v1/wrap"])
    }
}

/// Hashes passwords, no more at once than there are cores. Clones share the queue.
#[derive(Clone, Debug)]
pub struct Hasher {
    /// Everyone in the queue or at work holds one of these.
    places: Arc<Semaphore>,
    /// Everyone at work holds one of these as well.
    cores: Arc<Semaphore>,
    derived: Arc<AtomicU64>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

impl Hasher {
    /// A hasher for this machine.
    #[must_use]
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::with_bounds(cores, MAX_WAITING)
    }

    fn with_bounds(cores: usize, waiting: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(cores + waiting)),
            cores: Arc::new(Semaphore::new(cores)),
            derived: Arc::default(),
        }
    }

    /// How many passwords were hashed since the start.
    #[must_use]
    pub fn derivations(&self) -> u64 {
        self.derived.load(Ordering::Relaxed)
    }

    /// Hashes `password` when a core is free.
    pub async fn derive(&self, password: Password, recipe: Recipe) -> Result<Derived, CannotHash> {
        let place = Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|_| CannotHash::Busy)?;
        let core = Arc::clone(&self.cores)
            .acquire_owned()
            .await
            .map_err(|_| CannotHash::Failed)?;
        self.derived.fetch_add(1, Ordering::Relaxed);
        tokio::task::spawn_blocking(move || {
            // In here, so that the core counts as taken until the work is
            // done, even if the caller has gone away meanwhile.
            let _held = (place, core);
            run(&password, &recipe)
        })
        .await
        .map_err(|_| CannotHash::Failed)?
    }
}

/// glibc keeps what a thread frees, and its threshold for mapping a block by
/// itself instead follows what is freed, up to 32 MiB: after 200 hashes, some
/// 840 MiB stayed resident. A block above that limit is always mapped by
/// itself. So ask for more address space than that and touch only what Argon2
/// needs: when the hash is there, all of it goes back to the kernel, which
/// wipes it (measured: 42 MiB at the peak of such a burst, below 1 MiB after).
const MAPPED_BLOCKS: usize = 33 * 1024;

fn run(password: &Password, recipe: &Recipe) -> Result<Derived, CannotHash> {
    let params = Params::new(
        recipe.memory_kib,
        recipe.passes,
        recipe.lanes,
        Some(KEY_LEN),
    )
    .map_err(|_| CannotHash::Failed)?;
    let blocks = params.block_count();
    let mut memory = Vec::with_capacity(blocks.max(MAPPED_BLOCKS));
    memory.resize(blocks, Block::new());
    let mut out = Zeroizing::new([0; KEY_LEN]);
    Argon2::new(argon2::Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(
            password.0.as_bytes(),
            &recipe.salt,
            out.as_mut(),
            memory.as_mut_slice(),
        )
        .map_err(|_| CannotHash::Failed)?;
    Ok(Derived(out))
}

/// Why a password was not hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotHash {
    /// Too many wait already: try again in a few seconds.
    #[error("too many passwords are being checked at this moment")]
    Busy,
    /// A fault of ours.
    #[error("hashing a password failed")]
    Failed,
}
