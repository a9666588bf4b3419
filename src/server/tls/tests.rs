use std::fs::File;
use std::path::PathBuf;

use super::*;

/// A folder with a certificate that goes with the test.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sluis-tls-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn files(&self) -> TlsFiles {
        TlsFiles {
            cert: self.0.join("site.pem"),
            key: self.0.join("site.key"),
        }
    }

    /// Writes a file, `age` seconds after the epoch: later than those before it.
    fn write(file: &Path, text: &str, age: u64) {
        std::fs::write(file, text).expect("a writable folder");
        let then = SystemTime::UNIX_EPOCH + Duration::from_secs(age);
        let file = File::options()
            .append(true)
            .open(file)
            .expect("it is there");
        file.set_modified(then).expect("ours");
    }

    fn issue(&self, age: u64) {
        let (cert, key) = issued();
        Self::write(&self.files().cert, &cert, age);
        Self::write(&self.files().key, &key, age);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn issued() -> (String, String) {
    let issued = rcgen::generate_simple_self_signed(["id.test".to_owned()]).expect("a certificate");
    (issued.cert.pem(), issued.signing_key.serialize_pem())
}

fn clock() -> Clock {
    Clock::manual(Timestamp::from_seconds(1_790_000_000))
}

fn certificates(place: &Place, clock: &Clock) -> Result<Certificates, Problem> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    Certificates::load(place.files(), clock.clone(), provider)
}

fn shown(certificates: &Certificates) -> Vec<u8> {
    certificates.current().cert[0].to_vec()
}

#[test]
fn a_renewed_certificate_is_shown_without_a_restart() {
    let (place, clock) = (Place::new("renewed"), clock());
    place.issue(1);
    let certificates = certificates(&place, &clock).expect("usable");
    let before = shown(&certificates);
    place.issue(2);
    clock.advance(LOOK_AGAIN / 2);
    assert_eq!(shown(&certificates), before, "looked at too often");
    clock.advance(LOOK_AGAIN / 2);
    assert_ne!(shown(&certificates), before);
}

#[test]
fn a_renewal_that_is_half_done_or_broken_leaves_the_old_certificate() {
    let (place, clock) = (Place::new("half"), clock());
    place.issue(1);
    let certificates = certificates(&place, &clock).expect("usable");
    let before = shown(&certificates);
    let (cert, key) = issued();
    Place::write(&place.files().cert, &cert, 2);
    clock.advance(LOOK_AGAIN);
    assert_eq!(shown(&certificates), before, "whose key is not there yet");
    Place::write(&place.files().key, "", 3);
    clock.advance(LOOK_AGAIN);
    assert_eq!(shown(&certificates), before, "whose key is empty");
    Place::write(&place.files().key, &key, 4);
    clock.advance(LOOK_AGAIN);
    assert_ne!(shown(&certificates), before);
}

#[test]
fn files_that_cannot_be_used_are_refused_with_what_to_do() {
    let (place, clock) = (Place::new("refused"), clock());
    let told = |place: &Place| {
        let problem = certificates(place, &clock).expect_err("unusable");
        problem.to_string()
    };
    let gone = told(&place);
    assert!(
        gone.starts_with("SLUIS_TLS_CERT: ") && gone.contains("cannot be read"),
        "{gone}"
    );
    place.issue(1);
    Place::write(&place.files().key, &issued().1, 2);
    let foreign = told(&place);
    assert!(foreign.starts_with("SLUIS_TLS_KEY: "), "{foreign}");
    assert!(foreign.contains("belongs to the certificate"), "{foreign}");
    Place::write(&place.files().key, "nothing", 3);
    let none = told(&place);
    assert!(none.contains("holds no private key"), "{none}");
    Place::write(&place.files().cert, "nothing", 4);
    let none = told(&place);
    assert!(none.contains("holds no certificate"), "{none}");
}
