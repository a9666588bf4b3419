//! Servers that are other programs, each with a folder of its own.

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};
use std::time::Duration;

/// How often a server is asked, twenty times a second, before it is given up.
const PATIENCE: u32 = 600;

/// Lives for as long as its standard input is open, so that no server outlives
/// the tests, be they ended by SIGKILL. What it says is in the folder's `log`.
const KEEPER: &str = r#"
    exec >>log 2>&1
    "$@" & child=$!
    read -r _ || true
    kill -TERM "$child" || true
    wait "$child" || true
    cd / && rm -rf "$FOLDER"
"#;

/// A folder for one server. It is gone with the server.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "sluis-party-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).expect("a folder");
        // Apache, when it is started by root, reads it as somebody else.
        let everybody = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&path, everybody).expect("ours");
        Self(path)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("a writable folder");
    }

    /// Copies what is in another folder.
    pub(super) fn take_all_of(&self, source: &Path) {
        let copied = Command::new("cp")
            .args(["-R", "--"])
            .arg(source.join("."))
            .arg(&self.0)
            .status();
        assert!(copied.expect("cp").success(), "{}", source.display());
    }

    /// A program that runs here, and knows nothing of whoever runs the tests.
    pub(super) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        #[expect(
            clippy::disallowed_methods,
            reason = "it is where the programs of others are found"
        )]
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut command = Command::new(program);
        command
            .current_dir(&self.0)
            .env_clear()
            .env("PATH", path)
            .env("HOME", &self.0)
            .env("TMPDIR", &self.0)
            .stdin(Stdio::null());
        command
    }

    /// Starts a server, and waits until it answers at `url`.
    pub(super) async fn serve(self, server: &[&str], env: &[(&str, &str)], url: &str) -> Server {
        let mut keeper = self.command("bash");
        keeper
            .args(["-c", KEEPER, "keeper"])
            .args(server)
            .envs(env.iter().copied())
            .env("FOLDER", &self.0)
            // Ctrl-C is for the tests; the keeper hears of their end.
            .process_group(0)
            .stdin(Stdio::piped());
        let server = Server {
            keeper: keeper.spawn().expect("bash"),
            folder: self,
        };
        let client = reqwest::Client::builder().no_proxy().build();
        let client = client.expect("an HTTP client");
        let mut tick = tokio::time::interval(Duration::from_millis(50));
        for _ in 0..PATIENCE {
            tick.tick().await;
            let answer = client.get(url).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return server;
            }
        }
        panic!("{url} does not answer:\n{}", server.told());
    }
}

/// A running server.
pub(super) struct Server {
    keeper: Child,
    folder: Folder,
}

impl Server {
    pub(super) fn folder(&self) -> &Folder {
        &self.folder
    }

    /// What it said so far.
    pub(super) fn told(&self) -> String {
        std::fs::read_to_string(self.folder.path("log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.told());
        }
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// A port that is free, and that no outgoing connection is given by chance:
/// those begin at 32768.
pub(super) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    const FIRST: u16 = 20_000;
    const COUNT: u16 = 12_000;
    let start = u16::try_from(std::process::id() % u32::from(COUNT)).expect("less than COUNT");
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = FIRST + (start + step % COUNT) % COUNT;
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
