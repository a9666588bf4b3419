//! `sluis serve`, with one business and one consumer, on this machine.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};

use super::process::{Folder, Server, free_port};
use crate::driver::Browser;
use crate::journey::stage::Person;

const SLUIS: &str = env!("CARGO_BIN_EXE_sluis");

/// The business of all the sites, as the account page names its client.
pub(super) const BUSINESS: &str = "De Kade";

/// A running provider.
pub(super) struct Provider {
    pub(super) issuer: String,
    business: String,
    env: Vec<(&'static str, String)>,
    server: Server,
}

/// What is to be had for `tests/parties`, by its path in there.
pub(super) fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/parties")
        .join(path)
}

/// Who visits.
pub(super) fn sanne() -> Person {
    Person {
        name: "Sanne van Leeuwen".to_owned(),
        email: "sanne@sluis.example".to_owned(),
        password: "laat maar stromen".to_owned(),
    }
}

impl Provider {
    pub(super) async fn start() -> Self {
        let folder = Folder::new();
        let port = free_port();
        let issuer = format!("http://localhost:{port}");
        let env = vec![
            ("SLUIS_ISSUER", issuer.clone()),
            ("SLUIS_LISTEN", format!("127.0.0.1:{port}")),
            ("SLUIS_RATE_LIMITS", "off".to_owned()),
        ];
        let business = std::fs::read_to_string(source("business.json")).expect("a file");
        folder.write("business.json", &business);
        let business = run(&folder, &env, &["business", "add", "business.json"], "");
        let business = business["id"].as_str().expect("an id").to_owned();
        let sanne = sanne();
        let attributes = json!({"name": sanne.name, "phone_number": "06 12345678"});
        folder.write("sanne.json", &attributes.to_string());
        let mut add = vec![
            "account",
            "add",
            "--password-stdin",
            "--email",
            &sanne.email,
        ];
        add.extend(["--attributes", "sanne.json"]);
        run(&folder, &env, &add, &sanne.password);
        let variables: Vec<_> = env.iter().map(|(name, value)| (*name, &**value)).collect();
        let ready = format!("{issuer}/readyz");
        let server = folder.serve(&[SLUIS, "serve"], &variables, &ready).await;
        Self {
            issuer,
            business,
            env,
            server,
        }
    }

    /// Registers a client as its page in `docs/clients` does: with the file that
    /// is shown there, but for the site's address and what only this provider
    /// or this client can know.
    pub(super) fn register(&self, party: &str, site: &str, more: &[(&str, Value)]) -> Value {
        let document = std::fs::read_to_string(source(party).join("client.json"));
        let document = document
            .expect("a file")
            .replace("http://localhost:3000", site);
        let mut document: Value = serde_json::from_str(&document).expect("JSON");
        document["business"] = json!(self.business);
        for (member, value) in more {
            document[member] = value.clone();
        }
        let folder = self.server.folder();
        folder.write("client.json", &document.to_string());
        let plan = source("plan.json").display().to_string();
        let add = ["client", "add", "client.json", "--plan", &plan];
        run(folder, &self.env, &add, "")
    }

    pub(super) fn jwks(&self) -> String {
        format!("{}/jwks", self.issuer)
    }

    /// Withdraws, as somebody does who is signed in.
    pub(super) async fn withdraw(&self, browser: &Browser) {
        browser.open(&format!("{}/account", self.issuer)).await;
        browser.follow_link(BUSINESS).await;
        browser.follow("withdraw").await;
    }

    /// That nobody is signed in with this browser.
    pub(super) async fn expect_signed_out(&self, browser: &Browser) {
        browser.open(&format!("{}/account", self.issuer)).await;
        let url = browser.url().await;
        assert!(url.contains("/sign-in"), "{url}");
    }
}

/// Runs a command of Sluis and reads what it prints.
fn run(folder: &Folder, env: &[(&'static str, String)], arguments: &[&str], input: &str) -> Value {
    folder.write("input", input);
    let input = std::fs::File::open(folder.path("input")).expect("a file");
    let output = folder
        .command(SLUIS)
        .args(arguments)
        .envs(env.iter().map(|(name, value)| (*name, value)))
        .stdin(Stdio::from(input))
        .output()
        .expect("it runs");
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {err}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}
