use super::*;
use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

/// A folder of the test's own, removed when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name: [u8; 8] = Random::system().bytes();
        let dir = std::env::temp_dir().join(format!("sluis-{:x}", u64::from_be_bytes(name)));
        fs::create_dir(&dir).unwrap();
        Self(dir)
    }

    fn holding(text: &str) -> Self {
        let folder = Self::new();
        fs::write(folder.key(), text).unwrap();
        fs::set_permissions(folder.key(), Permissions::from_mode(0o600)).unwrap();
        folder
    }

    fn key(&self) -> PathBuf {
        self.0.join(FILE_NAME)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_first_start_makes_a_private_file_that_later_starts_read() {
    let (folder, random) = (Folder::new(), Random::system());
    let dir = folder.0.join("deep").join("keys");
    let made = MasterKey::load_or_create(&dir, &random).unwrap();
    let metadata = fs::metadata(dir.join(FILE_NAME)).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o7777, 0o600);
    let text = fs::read_to_string(dir.join(FILE_NAME)).unwrap();
    assert_eq!((text.len(), text.ends_with('\n')), (65, true));
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 1, "a draft was left");
    for again in [
        MasterKey::load(&dir).unwrap(),
        MasterKey::load_or_create(&dir, &random).unwrap(),
    ] {
        assert_eq!(again.0, made.0);
    }
}

#[test]
fn of_many_first_starts_at_once_all_use_one_key() {
    let folder = Folder::new();
    let keys: Vec<_> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| MasterKey::load_or_create(&folder.0, &Random::system())))
            .collect();
        let ends = starts.into_iter().map(|start| start.join().unwrap());
        ends.map(|key| key.unwrap().0).collect()
    });
    assert!(keys.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn a_malformed_file_is_refused_and_left_alone() {
    let digits = "0123456789abcdef".repeat(4);
    for wrong in [
        String::new(),
        "\n".to_owned(),
        digits.clone(),
        format!("{}\n", &digits[1..]),
        format!("{digits}0\n"),
        format!("{digits}\n\n"),
        format!("{digits}\r\n"),
        format!("{}\n", digits.to_uppercase()),
        format!(" {}\n", &digits[1..]),
        format!("{}ë\n", &digits[2..]),
    ] {
        let folder = Folder::holding(&wrong);
        let refused = MasterKey::load_or_create(&folder.0, &Random::system()).unwrap_err();
        assert!(
            matches!(refused, MasterKeyError::Malformed { .. }),
            "{wrong:?}"
        );
        assert!(refused.to_string().contains(folder.key().to_str().unwrap()));
        assert_eq!(fs::read_to_string(folder.key()).unwrap(), wrong);
    }
    assert!(MasterKey::load(&Folder::holding(&format!("{digits}\n")).0).is_ok());
}

#[test]
fn a_file_that_others_may_touch_is_refused_with_the_remedy() {
    let folder = Folder::new();
    MasterKey::load_or_create(&folder.0, &Random::system()).unwrap();
    for mode in [0o640, 0o604, 0o620, 0o644, 0o666, 0o601] {
        fs::set_permissions(folder.key(), Permissions::from_mode(mode)).unwrap();
        let refused = MasterKey::load(&folder.0).unwrap_err();
        assert!(matches!(refused, MasterKeyError::Exposed { mode: m, .. } if m == mode));
        assert!(refused.to_string().contains("chmod 600"));
    }
    fs::set_permissions(folder.key(), Permissions::from_mode(0o400)).unwrap();
    assert!(MasterKey::load(&folder.0).is_ok());
}

#[test]
fn a_missing_key_is_not_made_by_load() {
    let folder = Folder::new();
    let refused = MasterKey::load(&folder.0).unwrap_err();
    assert!(matches!(refused, MasterKeyError::Missing { .. }));
    assert!(!folder.key().exists());
}

#[test]
fn what_is_no_folder_or_no_file_is_refused() {
    let folder = Folder::new();
    fs::create_dir(folder.key()).unwrap();
    fs::set_permissions(folder.key(), Permissions::from_mode(0o700)).unwrap();
    let refused = MasterKey::load_or_create(&folder.0, &Random::system());
    assert!(matches!(refused, Err(MasterKeyError::Unreadable { .. })));

    let file = folder.0.join("file");
    fs::write(&file, "").unwrap();
    let refused = MasterKey::load_or_create(&file, &Random::system());
    assert!(matches!(refused, Err(MasterKeyError::Unreadable { .. })));
}

#[test]
fn a_check_value_fits_its_own_key_alone() {
    let random = Random::seeded(1);
    let (own, foreign) = (MasterKey::generate(&random), MasterKey::generate(&random));
    let check = own.check_value(&random);
    assert!(own.fits(&check));
    assert!(!foreign.fits(&check));
    assert!(!own.fits(&Sealed::from_bytes(Vec::new())));
}

#[test]
fn subkeys_all_differ() {
    let master = MasterKey::generate(&Random::seeded(1));
    let message = b"message";
    let tags = [
        *master.signing_seal().bytes(),
        *master.client_seal().bytes(),
        *master.receiver_seal().bytes(),
        *master.contact_seal().bytes(),
        *master.letter_seal().bytes(),
        *master.totp_seal().bytes(),
        *master.first_escrow().bytes(),
        master.mail_link().tag(message),
        master.postmark().tag(message),
        master.kit_proof().tag(message),
        master.csrf().tag(message),
        master.browser().tag(message),
        master.dpop().tag(message),
        master.recovery_codes().tag(message),
        master.sid().tag(message),
        master.logout().tag(message),
        *master.email_index("message").as_bytes(),
    ];
    assert_eq!(BTreeSet::from(tags).len(), tags.len());
}

#[test]
fn an_email_address_is_found_in_any_case() {
    let random = Random::seeded(1);
    let master = MasterKey::generate(&random);
    let index = master.email_index("Noor@Example.nl");
    assert!(index == master.email_index(" noor@example.NL "));
    assert!(index != master.email_index("noor@example.com"));
    assert!(index != MasterKey::generate(&random).email_index("noor@example.nl"));
}

#[test]
fn the_master_key_does_not_print() {
    let master = MasterKey::generate(&Random::seeded(1));
    assert_eq!(format!("{master:?}"), "MasterKey(…)");
    assert_eq!(
        format!("{:?}", master.email_index("a@b.nl")),
        "EmailIndex(…)"
    );
}
