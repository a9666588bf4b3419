//! Starting, stopping, migrating, and having a deployment examined.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;
use sluis::store::{StoreError, keys};

use super::{Place, Run, free_port, get};

#[test]
fn migrating_makes_an_instance_and_a_second_time_changes_nothing() {
    let place = Place::migrated();
    let mode = |name| {
        let found = std::fs::metadata(place.path(name)).expect(name);
        found.permissions().mode() & 0o777
    };
    assert_eq!(mode("keys"), 0o700);
    assert_eq!(mode("keys/master.key"), 0o600);
    assert_eq!(mode("sluis.db"), 0o600);
    let key = place.read("keys/master.key");
    let listed = place.run(&["keys", "list"]).json();
    place.run(&["migrate"]).succeeds();
    assert_eq!(place.read("keys/master.key"), key);
    assert_eq!(place.run(&["keys", "list"]).json(), listed);
}

#[tokio::test]
async fn a_server_answers_and_stops_when_it_is_asked_to() {
    let place = Place::new();
    for (arguments, signal) in [
        (&["serve"][..], "TERM"),
        (&["serve", "--no-migrate"][..], "INT"),
    ] {
        let address = format!("127.0.0.1:{}", free_port());
        let server = place.start(arguments, &[("SLUIS_LISTEN", &address)]);
        get(&format!("http://{address}/readyz"), 200).await;
        let discovery = get(
            &format!("http://{address}/.well-known/openid-configuration"),
            200,
        )
        .await;
        assert!(
            discovery.contains("\"http://localhost:8000\""),
            "{discovery}"
        );
        let run = server.stop(signal).succeeds();
        assert!(
            run.err.contains(&address) && run.err.contains("stopped"),
            "{run:?}"
        );
        assert_eq!(run.out, "");
    }
    // It left everything in the one file.
    assert!(!place.path("sluis.db-wal").exists());
}

fn found<'a>(report: &'a Value, check: &str) -> &'a str {
    let checks = report["checks"].as_array().expect("a list");
    let one = checks.iter().find(|one| one["check"] == check);
    one.and_then(|one| one["state"].as_str())
        .unwrap_or("absent")
}

fn report(run: &Run) -> Value {
    serde_json::from_str(&run.out).expect("a report")
}

/// An instance from before an algorithm lacks the key for it.
#[tokio::test]
async fn a_key_that_is_missing_is_told_with_what_makes_it() {
    let place = Place::migrated();
    let app = place.open().await;
    let mut connection = app.store().read().await.expect("a connection");
    let all = keys::all(&mut connection).await.expect("keys");
    drop(connection);
    let ps256 = all.into_iter().find(|key| key.alg == "PS256").expect("one");
    let now = app.now();
    let retired = app.store().write(move |tx| {
        Box::pin(async move { Ok::<_, StoreError>(keys::retire(tx, &ps256.kid, now).await?) })
    });
    retired.await.expect("a write");
    app.close().await;
    let examined = place.run(&["doctor"]);
    assert_eq!(found(&report(&examined), "signing keys"), "wrong");
    assert!(
        examined.err.contains("none signs with PS256 for id_token"),
        "{examined:?}"
    );
    assert!(
        examined.err.contains("run `sluis keys rotate`"),
        "{examined:?}"
    );
    place.run(&["keys", "rotate"]).succeeds();
    let examined = place.run(&["doctor"]);
    assert_ne!(found(&report(&examined), "signing keys"), "absent");
}

#[test]
fn a_healthy_deployment_gets_a_clean_bill() {
    let place = Place::migrated();
    let examined = place.run_with(
        &["doctor"],
        &[
            ("SLUIS_ISSUER", "https://id.example.org"),
            ("SLUIS_TRUSTED_PROXIES", "10.0.0.0/8"),
            ("SLUIS_MAIL_URL", "smtps://sluis:geheim@mail.example.org"),
        ],
    );
    let examined = examined.succeeds();
    assert_eq!(examined.err, "");
    assert!(!examined.out.contains("geheim"));
    let report = report(&examined);
    assert_eq!(report["healthy"], true);
    for check in report["checks"].as_array().expect("a list") {
        assert_eq!(check["state"], "good", "{check}");
    }
}

#[test]
fn what_is_unwise_is_advice_and_no_failure() {
    let place = Place::migrated();
    let report = report(&place.run(&["doctor"]).succeeds());
    assert_eq!(found(&report, "issuer"), "advice");
    assert_eq!(
        found(&report, "mail"),
        "good",
        "on this machine, a folder will do"
    );
    assert_eq!(report["healthy"], true);
    let public = place.run_with(&["doctor"], &[("SLUIS_ISSUER", "https://id.example.org")]);
    let report = self::report(&public.succeeds());
    assert_eq!(found(&report, "mail"), "advice");
    assert_eq!(report["healthy"], true);
}

#[test]
fn a_doctor_names_everything_that_is_wrong_and_how_to_mend_it() {
    let place = Place::new();
    let nothing = place.run(&["doctor"]).is_refused(&[
        "master.key is not there",
        "does not exist",
        "checks found",
    ]);
    assert_eq!(report(&nothing)["healthy"], false);
    // It looked, and made nothing.
    assert!(!place.path("sluis.db").exists() && !place.path("keys").exists());

    place.run(&["migrate"]).succeeds();
    let other = Place::migrated();
    place.write("keys/master.key", other.read("keys/master.key"));
    let keys = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(place.path("keys"), keys).expect("ours");
    let examined = place
        .run(&["doctor"])
        .is_refused(&["chmod 700", "does not belong to this database"]);
    let report = report(&examined);
    assert_eq!(found(&report, "keys folder"), "wrong");
    assert_eq!(found(&report, "master key and database"), "wrong");
    assert_eq!(found(&report, "database writes"), "good");
    assert_eq!(found(&report, "clock"), "good");
}

#[test]
fn a_doctor_starts_with_the_settings() {
    let place = Place::migrated();
    let examined = place
        .run_with(&["doctor"], &[("SLUIS_ISSUER", "http://id.example.org")])
        .is_refused(&["SLUIS_ISSUER", "write https://id.example.org"]);
    assert_eq!(found(&report(&examined), "settings"), "wrong");
}
