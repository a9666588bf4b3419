//! An instance of its own for the benchmark: seeded, and served by the release
//! binary as a child process.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde::Deserialize;

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
        })
    }

    /// A new one, with that many accounts, each with one agreement.
    pub(crate) fn seeded(accounts: usize) -> Outcome<Self> {
        let mut instance = Self::empty(&accounts.to_string())?;
        let tokens = instance.folder.join("tokens.jsonl");
        let output = instance
            .sluis()
            .args(["seed", "--accounts", &accounts.to_string(), "--tokens"])
            .arg(&tokens)
            .stderr(Stdio::null())
            .output()?;
        if !output.status.success() {
            return Err("`sluis seed` failed".into());
        }
        let seeded: Seeded = serde_json::from_slice(&output.stdout)?;
        instance.password = seeded.password;
        let step = accounts.div_ceil(CALLED_FOR).max(1);
        let lines = BufReader::new(File::open(&tokens)?).lines();
        let people = lines
            .step_by(step)
            .map(|line| Ok(Mutex::new(serde_json::from_str(&line?)?)))
            .collect::<Outcome<_>>()?;
        instance.people = Arc::new(people);
        fs::remove_file(tokens)?;
        Ok(instance)
    }

    fn sluis(&self) -> Command {
        let mut command = Command::new(SLUIS);
        command
            .env("SLUIS_ISSUER", self.issuer())
            .env("SLUIS_LISTEN", self.address.to_string())
            .env(
                "SLUIS_DATABASE_URL",
                format!("sqlite://{}", self.database().display()),
            )
            .env("SLUIS_KEYS_DIR", self.keys())
            .env("SLUIS_RATE_LIMITS", "off")
            .current_dir(&self.folder);
        command
    }

    pub(crate) fn issuer(&self) -> String {
        format!("http://localhost:{}", self.address.port())
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
        #[expect(
            clippy::disallowed_methods,
            reason = "the length of a start is measured"
        )]
        let begun = Instant::now();
        let child = self
            .sluis()
            .arg("serve")
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
        Err(format!(
            "no answer: {}",
            fs::read_to_string(self.folder.join("log"))?
        )
        .into())
    }
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
