//! What a server writes down: as much as was asked for, in the form that was
//! asked for, and never anything of the people who use it.

use std::io::Read as _;

use reqwest::Client;
use serde_json::Value;

use super::{Place, browser, free_port, get};
use crate::harness::{ADA, PASSWORD};

/// What a server said in which somebody signed up, in and out, and somebody
/// else did what is worth a line.
async fn log(variables: &[(&str, &str)], secrets: &mut Vec<String>) -> String {
    let place = Place::new();
    let address = format!("127.0.0.1:{}", free_port());
    let mut variables = variables.to_vec();
    variables.push(("SLUIS_LISTEN", &address));
    let mut server = place.start(&["serve"], &variables);
    let mut told = server.child().stderr.take().expect("a pipe");
    // A pipe that nobody reads from would hold the server up.
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        told.read_to_string(&mut text).expect("UTF-8");
        text
    });
    let base = format!("http://{address}");
    get(&format!("{base}/readyz"), 200).await;
    let mut ada = browser(&base, Client::builder());
    let page = ada.sign_up("/sign-up", "Ada Lovelace", ADA).await;
    assert_eq!(page.location(), "/account?done=welcome");
    ada.live_in_amsterdam().await;
    secrets.extend(ada.jar.values().cloned());
    let page = ada.get("/account/nothing?who=Lovelace").await;
    assert_eq!(page.status.as_u16(), 404);
    ada.sign_out().await;
    let page = ada.sign_in("/sign-in", ADA, "Augusta's own").await;
    assert_eq!(page.status.as_u16(), 422);
    ada.sign_in("/sign-in?login_hint=ada%40home.example", ADA, PASSWORD)
        .await;
    secrets.extend(ada.jar.values().cloned());
    // It is the database that fails, in the middle of somebody's page.
    std::fs::rename(place.path("sluis.db"), place.path("away.db")).expect("a move");
    let page = ada.get("/account").await;
    assert_eq!(page.error().as_deref(), Some("unavailable"));
    std::fs::rename(place.path("away.db"), place.path("sluis.db")).expect("a move");
    get(&format!("{base}/readyz"), 200).await;
    server.stop("TERM").succeeds();
    reader.join().expect("a text")
}

const PERSONAL: [&str; 8] = [
    PASSWORD,
    "Augusta",
    "Lovelace",
    "ada@home",
    "ada%40home",
    "Prinsengracht",
    "1016 GV",
    "sluis-session",
];

#[track_caller]
fn holds_nothing_personal(log: &str, secrets: &[String]) {
    for line in log.lines() {
        let secrets = secrets.iter().map(String::as_str);
        for personal in PERSONAL.into_iter().chain(secrets) {
            assert!(!line.contains(personal), "{personal:?} is in {line}");
        }
    }
}

#[tokio::test]
async fn a_log_in_json_is_json_in_each_line_and_names_nobody() {
    let mut secrets = Vec::new();
    let variables = [("SLUIS_LOG", "debug"), ("SLUIS_LOG_FORMAT", "json")];
    let log = log(&variables, &mut secrets).await;
    let mut failed = None;
    for line in log.lines() {
        let event: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        for member in ["timestamp", "level", "target"] {
            assert!(event[member].is_string(), "{member} in {line}");
        }
        if event["message"] == "the database failed" {
            failed = Some(event);
        }
    }
    let failed = failed.expect("it is worth a line");
    assert_eq!(failed["level"], "ERROR");
    assert!(
        failed["error"]
            .as_str()
            .is_some_and(|why| why.contains("put it back"))
    );
    assert!(log.contains("listens on http://127.0.0.1"), "{log}");
    assert!(log.contains("/account/nothing"), "what was asked for");
    assert!(secrets.len() >= 4);
    holds_nothing_personal(&log, &secrets);
}

#[tokio::test]
async fn a_log_holds_what_was_asked_for_and_no_less_than_that() {
    let levels = |log: &str| {
        ["ERROR", "WARN", "INFO", "DEBUG"].map(|level| log.contains(&format!(" {level} ")))
    };
    for (level, [warns, informs]) in [("warn", [true, false]), ("info", [true, true])] {
        let mut secrets = Vec::new();
        let log = log(&[("SLUIS_LOG", level)], &mut secrets).await;
        let [errs, _, info, debug] = levels(&log);
        assert_eq!([errs, info, debug], [warns, informs, false], "{log}");
        holds_nothing_personal(&log, &secrets);
    }
}

#[tokio::test]
async fn whoever_reads_warnings_alone_reads_of_a_setting_without_effect() {
    let variables = [
        ("SLUIS_LOG", "warn"),
        ("SLUIS_LOG_FORMAT", "json"),
        ("SLUIS_METRICS_LISTEN", "127.0.0.1:9000"),
    ];
    let log = log(&variables, &mut Vec::new()).await;
    let told = "SLUIS_METRICS_LISTEN is without effect";
    let line = log.lines().find(|line| line.contains(told));
    let event: Value = serde_json::from_str(line.expect("a line")).expect("JSON");
    assert_eq!(event["level"], "WARN");
}
