//! `sluis demo` as a child process: the provider, the shop and the newspaper.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use serde::Deserialize;
use serde_json::Value;

use crate::driver::Browser;

const SLUIS: &str = env!("CARGO_BIN_EXE_sluis");

/// Lives for as long as its standard input is open, so that no demonstration
/// outlives the tests, be they ended by SIGKILL.
const KEEPER: &str = r#"
    "$@" & child=$!
    read -r _ || true
    kill -TERM "$child" 2>/dev/null || true
    wait "$child" || status=$?
    rmdir "$TMPDIR" || status=1
    exit "${status:-0}"
"#;

/// A running demonstration.
pub(crate) struct Demo {
    pub(crate) provider: String,
    pub(crate) account: String,
    pub(crate) jwks: String,
    pub(crate) shop: String,
    pub(crate) newspaper: String,
    pub(crate) people: Vec<Person>,
    told: Arc<Mutex<String>>,
    keeper: Child,
}

/// Somebody who can sign in.
#[derive(Clone, Deserialize)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) password: String,
}

/// What `sluis demo` prints.
#[derive(Deserialize)]
struct Shown {
    provider: String,
    account: String,
    jwks: String,
    sites: Vec<ShownSite>,
    people: Vec<Person>,
}

#[derive(Deserialize)]
struct ShownSite {
    site: String,
    url: String,
}

impl Demo {
    /// One that nobody else uses: its sample people have no past.
    pub(crate) fn start() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let folder = std::env::temp_dir().join(format!(
            "sluis-journey-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        ));
        std::fs::create_dir(&folder).expect("a folder");
        let mut keeper = Command::new("bash")
            .args(["-c", KEEPER, "keeper", SLUIS, "demo", "--port", "0"])
            .env("TMPDIR", &folder)
            // A whole street of people signs in from this one address.
            .env("SLUIS_RATE_LIMITS", "off")
            // Ctrl-C is for the tests; the keeper hears of their end.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("bash");
        let told = Arc::new(Mutex::new(String::new()));
        let lines = BufReader::new(keeper.stderr.take().expect("a pipe")).lines();
        let telling = Arc::clone(&told);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let mut told = telling.lock().expect("nobody panics with it");
                told.push_str(&line);
                told.push('\n');
            }
        });
        let out = keeper.stdout.take().expect("a pipe");
        let shown = serde_json::Deserializer::from_reader(out)
            .into_iter::<Shown>()
            .next();
        let Some(Ok(shown)) = shown else {
            let told = told.lock().expect("nobody panics with it");
            panic!("`sluis demo` does not start:\n{told}");
        };
        let site = |kind: &str| {
            let site = shown.sites.iter().find(|site| site.site == kind);
            site.expect("a site of this kind").url.clone()
        };
        Self {
            shop: site("shop"),
            newspaper: site("newspaper"),
            provider: shown.provider,
            account: shown.account,
            jwks: shown.jwks,
            people: shown.people,
            told,
            keeper,
        }
    }

    /// One for all who sign up themselves and so cannot meet each other.
    pub(crate) fn shared() -> &'static Self {
        static DEMO: OnceLock<Demo> = OnceLock::new();
        DEMO.get_or_init(Self::start)
    }

    /// The sample person who has filled in everything.
    pub(crate) fn sanne(&self) -> &Person {
        let sanne = self.people.iter().find(|one| one.name.starts_with("Sanne"));
        sanne.expect("a sample person who holds everything")
    }

    /// Has a browser open a page of the provider.
    pub(crate) async fn open(&self, browser: &Browser, path: &str) {
        browser.open(&format!("{}{path}", self.provider)).await;
    }

    /// What it told of its progress so far.
    pub(crate) fn told(&self) -> String {
        self.told.lock().expect("nobody panics with it").clone()
    }

    /// Asks it to stop, and waits. It must leave nothing behind.
    pub(crate) fn stop(mut self) {
        drop(self.keeper.stdin.take());
        let status = self.keeper.wait().expect("it was started");
        assert!(status.success(), "{status}:\n{}", self.told());
    }
}

/// Someone whom nobody has seen before.
pub(crate) fn newcomer(name: &str) -> Person {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    Person {
        name: name.to_owned(),
        email: format!("new{count}@sluis.example"),
        password: "de brug gaat open".to_owned(),
    }
}

/// A file among what the tests leave to be looked at.
pub(crate) fn scratch_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", std::process::id()))
}

/// `sluis receipt verify`: what it prints when it accepts, or why it does not.
pub(crate) fn verify(file: &Path, jwks: &str) -> Result<Value, String> {
    let verified = Command::new(SLUIS)
        .args(["receipt", "verify", "--jwks", jwks])
        .arg(file)
        .output()
        .expect("it runs");
    if verified.status.success() {
        Ok(serde_json::from_slice(&verified.stdout).expect("JSON"))
    } else {
        assert_eq!(verified.status.code(), Some(1));
        assert!(verified.stdout.is_empty());
        Err(String::from_utf8(verified.stderr).expect("a text"))
    }
}
