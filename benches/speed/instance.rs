//! An instance of its own for the benchmark: seeded, and served by the release
//! binary as a child process.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde::Deserialize;
use sluis::crypto::secret::{KnownBrowser, Opaque};
use sluis::random::Random;

use crate::Outcome;
use crate::http::{Connection, get};
use crate::measure::Process;

const SLUIS: &str = env!("CARGO_BIN_EXE_sluis");
/// On the disk of the checkout: a temporary folder may be in memory, where a
/// durable commit costs nothing.
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");
/// How many of the accounts are called for, spread over all of them.
const CALLED_FOR: usize = 20_000;

/// Someone with an agreement, and whatever can be used in their name.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Person {
    #[serde(rename = "account_email")]
    pub(crate) email: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    #[serde(rename = "session_cookie")]
    pub(crate) session: String,
}

#[derive(Debug, Deserialize)]
struct Seeded {
    password: String,
}

/// A folder with a database and its keys.
#[derive(Debug)]
pub(crate) struct Instance {
    folder: PathBuf,
    address: SocketAddr,
    /// Tokens rotate: whoever uses one puts its successor back.
    pub(crate) people: Arc<Vec<Mutex<Person>>>,
    /// Of everybody.
    pub(crate) password: String,
    /// As everybody's browser is known, where somebody signs in.
    pub(crate) known_browser: Opaque<KnownBrowser>,
}

impl Instance {
    /// A new one, with nothing in it.
    pub(crate) fn empty(name: &str) -> Outcome<Self> {
        let folder = Path::new(FOLDER).join(format!("bench-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        Ok(Self {
            folder,
            address,
            people: Arc::default(),
            password: String::new(),
            known_browser: Opaque::generate_unowned(&Random::system()),
        })
    }

    /// A new one, with that many accounts, each with one agreement.
    pub(crate) fn seeded(accounts: usize) -> Outcome<Self> {
        Self::with_clients(accounts, 1)
    }

    /// A new one, with that many accounts, each with an agreement with each
    /// client.
    pub(crate) fn with_clients(accounts: usize, clients: usize) -> Outcome<Self> {
        Self::empty(&format!("seeded-{}", next_number()))?.seed(accounts, clients)
    }

    /// A new one, with `past` accounts whose agreements were made that many days
    /// ago, and others that were made just now.
    pub(crate) fn with_past(past: usize, days_ago: u16, accounts: usize) -> Outcome<Self> {
        let instance = Self::empty(&format!("seeded-{}", next_number()))?;
        let mut seed = instance.sluis();
        seed.args(["seed", "--accounts", &past.to_string()])
            .args(["--days-ago", &days_ago.to_string()]);
        run_seed(seed)?;
        instance.seed(accounts, 1)
    }

    fn seed(mut self, accounts: usize, clients: usize) -> Outcome<Self> {
        let instance = &mut self;
        let tokens = instance.folder.join("tokens.jsonl");
        let grants = (accounts * clients).to_string();
        let mut seed = instance.sluis();
        seed.args(["seed", "--accounts", &accounts.to_string()])
            .args(["--grants", &grants, "--tokens"])
            .arg(&tokens);
        let seeded = run_seed(seed)?;
        instance.password = seeded.password;
        let step = accounts.div_ceil(CALLED_FOR).max(1);
        let lines = BufReader::new(File::open(&tokens)?).lines();
        let people = lines
            .step_by(step)
            .map(|line| Ok(Mutex::new(serde_json::from_str(&line?)?)))
            .collect::<Outcome<_>>()?;
        instance.people = Arc::new(people);
        fs::remove_file(tokens)?;
        Ok(self)
    }

    fn sluis(&self) -> Command {
        let mut command = Command::new(SLUIS);
        command
            .env("SLUIS_ISSUER", self.issuer())
            .env("SLUIS_LISTEN", self.address.to_string())
            .env("SLUIS_DATABASE_URL", self.database_url())
            .env("SLUIS_KEYS_DIR", self.keys())
            .env("SLUIS_RATE_LIMITS", "off")
            .current_dir(&self.folder);
        command
    }

    pub(crate) fn issuer(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    pub(crate) fn database_url(&self) -> String {
        format!("sqlite://{}", self.database().display())
    }

    /// What the server has logged so far.
    pub(crate) fn log(&self) -> Outcome<String> {
        Ok(fs::read_to_string(self.folder.join("log"))?)
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.join("sluis.db")
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.folder.join("keys")
    }

    /// A copy of the database, to measure bare statements on. Only while
    /// nothing is served.
    pub(crate) fn copy_database(&self, name: &str) -> Outcome<PathBuf> {
        let copy = self.folder.join(name);
        fs::copy(self.database(), &copy)?;
        Ok(copy)
    }

    /// Reads the database from end to end, so that the system has it in memory
    /// as far as there is room.
    pub(crate) fn warm(&self) -> Outcome<()> {
        io::copy(&mut File::open(self.database())?, &mut io::sink())?;
        Ok(())
    }

    /// Starts serving, and waits for the first answer.
    pub(crate) fn serve(&self) -> Outcome<Server> {
        self.serve_with(&[])
    }

    /// The same, with settings of its own.
    pub(crate) fn serve_with(&self, settings: &[(&str, &str)]) -> Outcome<Server> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the length of a start is measured"
        )]
        let begun = Instant::now();
        let child = self
            .sluis()
            .arg("serve")
            .envs(settings.iter().copied())
            .stderr(File::create(self.folder.join("log"))?)
            .spawn()?;
        let mut server = Server {
            process: Process::with_id(child.id()),
            child,
            address: self.address,
            started_in: Duration::ZERO,
        };
        let request = get("/healthz", "");
        while begun.elapsed() < Duration::from_secs(30) {
            if let Ok(mut connection) = Connection::open(self.address)
                && connection.expect(200, &request).is_ok()
            {
                server.started_in = begun.elapsed();
                return Ok(server);
            }
            pause(Duration::from_micros(200));
        }
        Err(format!("no answer: {}", self.log()?).into())
    }
}

/// Each instance has a folder of its own.
fn next_number() -> usize {
    static COUNT: AtomicUsize = AtomicUsize::new(1);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

fn run_seed(mut seed: Command) -> Outcome<Seeded> {
    let output = seed.stderr(Stdio::null()).output()?;
    if !output.status.success() {
        return Err("`sluis seed` failed".into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

impl Drop for Instance {
    fn drop(&mut self) {
        // What is left is below `target`, and in nobody's way.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A server that is running.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
    /// From the start of the process to the first answer.
    pub(crate) started_in: Duration,
}

impl Server {
    /// Stops it as an operator would.
    pub(crate) fn stop(mut self) -> Outcome<()> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a process that starts, or falls quiet, tells nobody"
)]
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}
