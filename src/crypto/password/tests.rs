use super::*;
use std::time::Duration;

fn password(text: &str) -> Password {
    Password::parse(text.to_owned()).unwrap()
}

fn cheap() -> Recipe {
    Recipe {
        memory_kib: 8,
        passes: 1,
        ..Recipe::with_salt(*b"a salt of a test")
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

#[test]
fn nobody_chooses_what_everybody_tries_first_or_their_own_address() {
    let choose = |text: &str| {
        let chosen = Password::choose(text.to_owned(), "Ada.Lovelace@Home.example");
        chosen.map(|_| ())
    };
    for common in ["password", "12345678", "Welkom01", "QWERTYUIOP", "11111111"] {
        assert_eq!(choose(common), Err(BadPassword::Common), "{common}");
    }
    for own in ["ada.lovelace@home.example", "Ada.Lovelace"] {
        assert_eq!(choose(own), Err(BadPassword::Address), "{own}");
    }
    assert_eq!(choose("1234567"), Err(BadPassword::TooShort));
    assert_eq!(choose("een zin die niemand raadt"), Ok(()));
    assert_eq!(choose("home.example"), Ok(()));
}

#[tokio::test]
async fn the_hash_is_argon2id_as_others_compute_it() {
    // The referee: the library's own PHC string, parsed and checked by it.
    use argon2::password_hash::{PasswordVerifier as _, phc::PasswordHash};
    let recipe = Recipe::with_salt(*b"a salt of a test");
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
