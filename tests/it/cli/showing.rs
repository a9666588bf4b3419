//! `sluis seed` and `sluis demo`: instances to be tested and shown.

use std::io::{BufRead as _, BufReader};
use std::path::Path;

use serde_json::Value;
use sluis::crypto::password::Password;
use sluis::crypto::secret::Opaque;
use sluis::domain::attribute::Email;
use sluis::domain::browser::Seen;
use sluis::service::{browsers, releases, sessions, sign_in, tokens};

use super::{Place, get};

fn lines(place: &Place) -> Vec<Value> {
    let text = String::from_utf8(place.read("tokens.jsonl")).expect("text");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

#[tokio::test]
async fn what_is_seeded_is_alive() {
    let place = Place::new();
    let seeded = place
        .run(&["seed", "--accounts", "3", "--tokens", "tokens.jsonl"])
        .json();
    assert_eq!(seeded["accounts"], 3);
    let lines = lines(&place);
    assert_eq!(lines.len(), 3);
    let line = &lines[2];
    let text = |name: &str| line[name].as_str().expect(name);

    let app = place.open().await;
    let released = releases::read(&app, text("access_token"), None)
        .await
        .expect("it is live");
    assert_eq!(released.claims["email"], line["account_email"]);
    assert!(released.claims.contains_key("name"));
    let session = sessions::resume(&app, text("session_cookie")).await;
    assert!(session.expect("no fault").is_some());
    let client = app
        .client(&text("client_id").parse().expect("an id"))
        .await
        .expect("no fault")
        .expect("a client");
    let refreshed = tokens::refresh(
        &app,
        &client,
        text("refresh_token"),
        &tokens::Wish::default(),
    )
    .await
    .expect("it is live");
    assert!(
        releases::read(&app, &refreshed.access_token.reveal(), None)
            .await
            .is_ok()
    );
    let email = Email::parse(text("account_email")).expect("an address");
    let password = seeded["password"].as_str().expect("a password").to_owned();
    let password = Password::parse(password).expect("long enough");
    let at = browsers::Place {
        browser: Opaque::generate_unowned(app.random()),
        known: Opaque::generate_unowned(app.random()),
        seen: Seen::from_user_agent("", None),
        session: None,
    };
    let entered = sign_in::sign_in(&app, &at, &email, password).await;
    assert!(entered.is_ok());
    app.close().await;
}

#[test]
fn seeding_goes_on_where_it_left_off_and_spreads_grants_over_accounts() {
    let place = Place::new();
    place.run(&["seed", "--accounts", "2"]).succeeds();
    let again = place
        .run(&[
            "seed",
            "--accounts",
            "3",
            "--grants",
            "7",
            "--tokens",
            "tokens.jsonl",
        ])
        .json();
    assert_eq!(again["clients"].as_array().map(Vec::len), Some(3));
    let lines = lines(&place);
    assert_eq!(lines.len(), 7);
    let of = |email: &Value| {
        lines
            .iter()
            .filter(|line| line["account_email"] == *email)
            .count()
    };
    let mut counts: Vec<usize> = lines
        .iter()
        .map(|line| of(&line["account_email"]))
        .collect();
    counts.dedup();
    assert_eq!(counts, [3, 2]);
    let fewer = [
        "seed",
        "--accounts",
        "3",
        "--grants",
        "1",
        "--tokens",
        "tokens.jsonl",
    ];
    place.run(&fewer).succeeds();
    assert_eq!(self::lines(&place).len(), 1);
}

#[test]
fn seeding_what_cannot_be_is_refused_before_anything_is_made() {
    let place = Place::new();
    for (arguments, words) in [
        (
            &["--accounts", "0", "--grants", "1"][..],
            "1 grants are more",
        ),
        (
            &["--accounts", "2", "--grants", "65"][..],
            "65 grants are more",
        ),
        (
            &["--accounts", "2", "--tokens", "no/such/folder"][..],
            "cannot be written",
        ),
    ] {
        let arguments = [&["seed"][..], arguments].concat();
        place.run(&arguments).is_refused(&[words]);
    }
    assert!(!place.path("sluis.db").exists());
}

#[tokio::test]
async fn the_demonstration_shows_three_sites_and_leaves_nothing_behind() {
    let place = Place::new();
    let mut server = place.start(&["demo", "--port", "0"], &[]);
    let mut out = BufReader::new(server.child().stdout.take().expect("a pipe"));
    let mut shown = String::new();
    while !shown.ends_with("\n}\n") {
        assert!(out.read_line(&mut shown).expect("text") > 0, "{shown}");
    }
    let shown: Value = serde_json::from_str(&shown).expect("JSON");
    let url = |value: &Value| value.as_str().expect("a URL").to_owned();
    let provider = url(&shown["provider"]);
    let discovery = get(&format!("{provider}/.well-known/openid-configuration"), 200).await;
    assert!(discovery.contains(&provider));
    let sites = shown["sites"].as_array().expect("a list");
    assert_eq!(sites.len(), 2);
    for site in sites {
        let page = get(&url(&site["url"]), 200).await;
        assert!(page.contains(site["name"].as_str().expect("a name")));
    }
    let keeper = get(&url(&sites[0]["keeper"]), 200).await;
    assert!(keeper.contains("de stroom van berichten staat"), "{keeper}");
    assert!(sites[1]["keeper"].is_null(), "the newspaper owes nobody");
    assert!(
        Path::new(&url(&shown["mail"]))
            .parent()
            .is_some_and(Path::exists)
    );
    assert_eq!(shown["people"][0]["email"], "sanne@sluis.example");
    assert!(shown["people"][0]["password"].is_string());
    assert!(shown["people"].as_array().map(Vec::len) > Some(1));

    let run = server.stop("INT").succeeds();
    assert!(run.err.contains("stopping"), "{run:?}");
    let left: Vec<_> = place.0.read_dir().expect("a folder").collect();
    assert!(left.is_empty(), "{left:?}");
}
