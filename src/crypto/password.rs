//! Passwords: Argon2id, behind a queue.
//!
//! One run gives both the verifier that the store keeps and the key that
//! wraps the vault key. A run costs some 17 ms of one core and 19 MiB, so at
//! most one per core is under way; a burst waits its turn, and beyond a bound
//! is told to come back.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use argon2::{Argon2, Block, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::seal::{KEY_LEN, Key};
use crate::random::Random;

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

    /// Today's costs with a salt that is nobody's: hashing with it when there
    /// is no such account takes the time that a real check takes.
    #[must_use]
    pub fn decoy() -> Self {
        Self::with_salt(*b"nobody's account")
    }

    fn with_salt(salt: [u8; 16]) -> Self {
        Self {
            memory_kib: Self::MEMORY_KIB,
            passes: Self::PASSES,
            lanes: Self::LANES,
            salt,
        }
    }

    /// Whether the costs are lower than today's, so that the next sign-in
    /// should replace the recipe.
    #[must_use]
    pub fn is_outdated(&self) -> bool {
        self.memory_kib < Self::MEMORY_KIB || self.passes < Self::PASSES
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
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn password(text: &str) -> Password {
        Password::parse(text.to_owned()).unwrap()
    }

    fn cheap() -> Recipe {
        Recipe {
            memory_kib: 8,
            passes: 1,
            ..Recipe::decoy()
        }
    }

    #[test]
    fn a_password_has_eight_characters_and_at_most_1024_bytes() {
        let parse = |text: &str| Password::parse(text.to_owned()).map(|_| ());
        assert_eq!(parse("1234567"), Err(BadPassword::TooShort));
        assert_eq!(parse("12345678"), Ok(()));
        assert_eq!(parse("ëëëëëëë"), Err(BadPassword::TooShort));
        assert_eq!(parse("ëëëëëëëë"), Ok(()));
        assert_eq!(parse(&"a".repeat(1024)), Ok(()));
        assert_eq!(parse(&"a".repeat(1025)), Err(BadPassword::TooLong));
    }

    #[tokio::test]
    async fn the_hash_is_argon2id_as_others_compute_it() {
        // The referee: the library's own PHC string, parsed and checked by it.
        use argon2::password_hash::{PasswordVerifier as _, phc::PasswordHash};
        let recipe = Recipe::decoy();
        let derived = Hasher::new()
            .derive(password("correct horse"), recipe.clone())
            .await
            .unwrap();
        let hash = STANDARD_NO_PAD.encode(derived.0.as_ref());
        let phc = format!("${recipe}${hash}");
        let parsed = PasswordHash::new(&phc).unwrap();
        assert!(
            Argon2::default()
                .verify_password(b"correct horse", &parsed)
                .is_ok()
        );
        assert!(
            Argon2::default()
                .verify_password(b"wrong horse", &parsed)
                .is_err()
        );
    }

    #[tokio::test]
    async fn only_the_same_password_and_salt_verify() {
        let hasher = Hasher::new();
        let derive = async |text: &str, salt: u8| {
            let salted = Recipe {
                salt: [salt; 16],
                ..cheap()
            };
            hasher.derive(password(text), salted).await.unwrap()
        };
        let stored = derive("correct horse", 1).await.verifier();
        assert!(derive("correct horse", 1).await.verifies(&stored));
        assert!(!derive("correct horse", 2).await.verifies(&stored));
        assert!(!derive("correct horse ", 1).await.verifies(&stored));
        assert!(!derive("correct horse", 1).await.verifies(&stored[..31]));
        assert!(!derive("correct horse", 1).await.verifies(&[]));
    }

    #[tokio::test]
    async fn characters_far_into_a_long_password_count() {
        let long = "a".repeat(1000);
        let (one, two) = (format!("{long}1"), format!("{long}2"));
        let hasher = Hasher::new();
        let one = hasher.derive(password(&one), cheap()).await.unwrap();
        let two = hasher.derive(password(&two), cheap()).await.unwrap();
        assert_ne!(one.verifier(), two.verifier());
    }

    #[test]
    fn verifier_and_wrapping_key_differ() {
        let derived = Derived::from_bytes([1; 32]);
        assert_ne!(&derived.verifier(), derived.wrapping_key().bytes());
        assert_ne!(derived.verifier(), [1; 32]);
    }

    #[tokio::test]
    async fn a_burst_waits_and_what_exceeds_the_queue_is_refused() {
        let hasher = Hasher::with_bounds(1, 2);
        let core = Arc::clone(&hasher.cores).acquire_owned().await.unwrap();
        let waiting: Vec<_> = (0..3)
            .map(|_| {
                let hasher = hasher.clone();
                tokio::spawn(async move { hasher.derive(password("12345678"), cheap()).await })
            })
            .collect();
        while hasher.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let refused = hasher.derive(password("12345678"), cheap()).await;
        assert_eq!(refused.map(|_| ()), Err(CannotHash::Busy));
        drop(core);
        for each in waiting {
            assert!(each.await.unwrap().is_ok());
        }
        assert!(hasher.derive(password("12345678"), cheap()).await.is_ok());
    }

    #[tokio::test]
    async fn whoever_gives_up_waiting_leaves_the_queue() {
        let hasher = Hasher::with_bounds(1, 0);
        let core = Arc::clone(&hasher.cores).acquire_owned().await.unwrap();
        let wait = hasher.derive(password("12345678"), cheap());
        assert!(
            tokio::time::timeout(Duration::from_millis(5), wait)
                .await
                .is_err()
        );
        assert_eq!(hasher.places.available_permits(), 1);
        drop(core);
    }

    #[test]
    fn a_recipe_reads_back_from_its_text() {
        let recipe = Recipe::generate(&Random::seeded(1));
        let text = recipe.to_string();
        assert!(text.starts_with("argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(text.parse(), Ok(recipe));
        assert!(!Recipe::decoy().is_outdated() && cheap().is_outdated());
    }

    #[test]
    fn a_recipe_that_is_malformed_or_ruinous_is_refused() {
        let salt = "bm9ib2R5J3MgYWNjb3VudA";
        assert!(
            format!("argon2id$v=19$m=19456,t=2,p=1${salt}")
                .parse::<Recipe>()
                .is_ok()
        );
        for wrong in [
            String::new(),
            format!("argon2i$v=19$m=19456,t=2,p=1${salt}"),
            format!("argon2id$v=16$m=19456,t=2,p=1${salt}"),
            format!("argon2id$v=19$m=019456,t=2,p=1${salt}"),
            format!("argon2id$v=19$m=+19456,t=2,p=1${salt}"),
            format!("argon2id$v=19$m=19456,t=2,p=1${salt}A"),
            "argon2id$v=19$m=19456,t=2,p=1$".to_owned(),
            format!("argon2id$v=19$m=4294967295,t=2,p=1${salt}"),
            format!("argon2id$v=19$m=19456,t=4294967295,p=1${salt}"),
            format!("argon2id$v=19$m=19456,t=0,p=1${salt}"),
            format!("argon2id$v=19$m=8,t=2,p=2${salt}"),
        ] {
            assert_eq!(wrong.parse::<Recipe>(), Err(InvalidRecipe), "{wrong}");
        }
    }

    #[test]
    fn passwords_do_not_print() {
        assert_eq!(format!("{:?}", password("correct horse")), "Password(…)");
        assert_eq!(format!("{:?}", Derived::from_bytes([1; 32])), "Derived(…)");
    }
}
