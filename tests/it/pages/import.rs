//! Bringing along what another provider wrote down.

use std::time::Duration;

use serde_json::{Value, json};
use sluis::service::imports::forget_left_behind;

use super::export::{customer, exported};
use crate::harness::{Actor, PASSWORD, Page, SANNE, TestApp, on_both_databases};

on_both_databases! {
    a_round_trip_loses_nothing,
    what_is_here_stays_unless_its_owner_says_otherwise,
    an_edit_on_another_device_has_the_import_shown_anew,
    a_file_that_cannot_be_says_why_and_what_to_do,
    a_check_mark_does_not_travel,
    nobody_sees_what_another_brings_along,
    what_nobody_takes_over_is_forgotten,
    what_came_along_can_be_thrown_away,
}

/// Another provider, which has nothing of the first.
pub(crate) async fn elsewhere(app: &TestApp) -> TestApp {
    let other = TestApp::start(app.engine()).await;
    other
        .with(|config| config.issuer = "http://localhost:8001".parse().expect("an issuer"))
        .await
}

/// Hands a file in, and goes where that leads.
pub(crate) async fn hand_in(actor: &mut Actor, file: &[u8]) -> Page {
    let form = actor.get("/account/data/import").await.form("import");
    let csrf = form.value("csrf").expect("a token").to_owned();
    let page = actor
        .upload(
            "/account/data/import",
            &[("csrf", csrf.as_bytes()), ("file", file)],
        )
        .await;
    actor.follow(page).await
}

pub(crate) async fn take_over(actor: &mut Actor, preview: &Page) {
    let page = actor.submit(preview.form("take").press("take-over")).await;
    assert_eq!(page.location(), "/account/data?done=saved");
}

pub(super) fn text(document: &Value) -> Vec<u8> {
    serde_json::to_vec(document).expect("JSON")
}

/// What of each attribute goes over as it is.
pub(super) fn values(document: &Value) -> Vec<(&str, &Value)> {
    let held = document["attributes"].as_array().expect("a list");
    held.iter()
        .map(|one| (one["claim"].as_str().expect("a name"), &one["value"]))
        .collect()
}

/// Members that a round trip leaves as they are.
const ARE_THE_SAME: [&str; 4] = ["format", "profiles", "rules", "closed_until"];
/// Those that it brings into the archive.
const ARE_ARCHIVED: [&str; 10] = [
    "provider",
    "exported_at",
    "account",
    "grants",
    "reads",
    "reads_complete",
    "duties",
    "requests",
    "departures",
    "jwks",
];
/// And those that are held against each other piece by piece.
const ARE_LOOKED_AT: [&str; 2] = ["attributes", "archives"];

/// `docs/export.md` lists what is by design not the same: where an attribute came
/// from and what was verified (both are in the archive), the account itself, and
/// that agreements with what came of them become an archive.
async fn a_round_trip_loses_nothing(app: TestApp) {
    let mut sanne = customer(&app).await;
    let mut before = exported(&mut sanne).await;
    // That of a transfer is in `arriving`.
    before["departures"] = json!([{"client_id": "elsewhere",
        "redirect_uri": "https://elsewhere.example/back", "at": "2026-09-20T14:13:20Z"}]);
    let members = before.as_object().expect("an object");
    for member in members.keys() {
        let compared = [&ARE_THE_SAME[..], &ARE_ARCHIVED, &ARE_LOOKED_AT].concat();
        assert!(
            compared.contains(&member.as_str()),
            "nobody compares {member}"
        );
    }
    let other = elsewhere(&app).await;
    let mut there = other.person("Sanne de Vries", SANNE).await;
    let preview = hand_in(&mut there, &text(&before)).await;
    preview.says("This would come along");
    preview.says("http://localhost:8000");
    take_over(&mut there, &preview).await;
    let after = exported(&mut there).await;
    super::export::holds_to_its_schema(&mut there, &after).await;
    assert_eq!(values(&after), values(&before));
    for same in ARE_THE_SAME {
        assert_eq!(after[same], before[same], "{same}");
    }
    assert_eq!(after["provider"], "http://localhost:8001");
    let archive = &after["archives"][0];
    for same in ARE_ARCHIVED {
        assert_eq!(archive[same], before[same], "{same}");
        assert_ne!(archive[same], json!([]), "{same} has something in it");
    }
    assert_eq!(archive["flaws"], json!([]));
    let facts = archive["attributes"].as_array().expect("a list");
    let held = before["attributes"].as_array().expect("a list");
    assert_eq!(facts.len(), held.len());
    let mut verified = held.iter().map(|held| &held["verified_at"]);
    assert!(verified.any(Value::is_string), "something was verified");
    for (fact, held) in facts.iter().zip(held) {
        for same in ["claim", "source", "confirmed_at", "verified_at"] {
            assert_eq!(fact[same], held[same], "{same}");
        }
        assert_eq!(fact["value"], Value::Null, "the account alone holds it");
    }
    // What came along goes along again.
    let mut third = app.person("Sanne", "third@example.com").await;
    let preview = hand_in(&mut third, &text(&after)).await;
    take_over(&mut third, &preview).await;
    let last = exported(&mut third).await;
    assert_eq!(last["archives"][0]["provider"], "http://localhost:8001");
    assert_eq!(last["archives"][1], after["archives"][0]);
    // Once is enough.
    hand_in(&mut third, &text(&after))
        .await
        .says("These records came along before.");
}

async fn what_is_here_stays_unless_its_owner_says_otherwise(app: TestApp) {
    let mut sanne = customer(&app).await;
    let file = exported(&mut sanne).await;
    let other = elsewhere(&app).await;
    let mut there = other.person("S. de Vries", SANNE).await;
    let form = there.get("/account/profiles").await.form("profiles");
    let form = form.with("placement-birthdate", "medium");
    there.submit(form.press("profiles-save")).await;
    let preview = hand_in(&mut there, &text(&file)).await;
    preview.says("Instead of: S. de Vries");
    let ticked = preview.form("take");
    let ticked = ticked.ticked();
    assert!(ticked.contains(&"attribute-delivery_address"), "{ticked:?}");
    assert!(ticked.contains(&"rule-shop") && ticked.contains(&"retention"));
    assert!(!ticked.contains(&"attribute-name") && !ticked.contains(&"placement-birthdate"));
    take_over(&mut there, &preview).await;
    let after = exported(&mut there).await;
    let value = |claim: &str| {
        let all = values(&after);
        all.iter()
            .find(|(name, _)| *name == claim)
            .map(|(_, value)| (*value).clone())
    };
    assert_eq!(value("name"), Some(json!("S. de Vries")));
    assert!(value("delivery_address").is_some());
    assert_eq!(after["profiles"]["claims"]["birthdate"], "medium");
    // And now they do.
    let preview = hand_in(&mut there, &text(&file)).await;
    let form = preview.form("take").with("attribute-name", "on");
    let form = form.with("placement-birthdate", "on");
    there.submit(form.press("take-over")).await;
    let after = exported(&mut there).await;
    assert_eq!(after["profiles"]["claims"]["birthdate"], "never");
    assert_eq!(values(&after)[0].1, "Sanne de Vries");
    assert_eq!(after["attributes"][0]["source"], "import");
}

async fn an_edit_on_another_device_has_the_import_shown_anew(app: TestApp) {
    let mut sanne = customer(&app).await;
    let file = exported(&mut sanne).await;
    let other = elsewhere(&app).await;
    let mut there = other.person("Sanne", SANNE).await;
    let preview = hand_in(&mut there, &text(&file)).await;
    there.edit("gender", "vrouw").await;
    let page = there.submit(preview.form("take").press("take-over")).await;
    assert_eq!(page.status, 409);
    page.says("This would come along");
    page.says("changed");
    assert!(
        !exported(&mut there)
            .await
            .to_string()
            .contains("Prinsengracht")
    );
    take_over(&mut there, &page).await;
    let after = exported(&mut there).await.to_string();
    assert!(after.contains("Prinsengracht") && after.contains("vrouw"));
    // Twice is once.
    let page = there.submit(page.form("take").press("take-over")).await;
    assert_eq!(page.error().as_deref(), Some("expired"));
}

async fn a_file_that_cannot_be_says_why_and_what_to_do(app: TestApp) {
    let mut sanne = customer(&app).await;
    let file = exported(&mut sanne).await;
    let with = |name: &str, value: Value| {
        let mut other = file.clone();
        other[name] = value;
        text(&other)
    };
    let format = |name: &str| with("format", json!(name));
    let nested = "[".repeat(200_000);
    let deep = String::from_utf8(text(&file)).expect("text").replacen(
        "\"jwks\":{",
        &format!("\"jwks\":{{\"keys\":{nested},"),
        1,
    );
    let many: Vec<Value> = vec![
        json!({"claim": "name", "value": "x", "source": "consumer",
        "confirmed_at": "2026-01-01T00:00:00Z"});
        40
    ];
    let mut strange = file.clone();
    strange["grants"][0]["mood"] = json!("good");
    let mut hidden = file.clone();
    hidden["grants"][0]["business"] = json!("shop\u{202e}VB");
    let cases: [(&str, Vec<u8>, &str); 10] = [
        ("nothing", Vec::new(), "not an export of Sluis"),
        (
            "another document",
            b"{\"name\": \"x\"}".to_vec(),
            "not an export of Sluis",
        ),
        (
            "a newer edition",
            format("https://schemas.sluis.example/export/v2"),
            "newer Sluis",
        ),
        ("a member that nobody knows", text(&strange), "newer Sluis"),
        ("a nest", deep.into_bytes(), "damaged"),
        ("a wrong type", with("reads", json!("none")), "damaged"),
        (
            "too many",
            with("attributes", json!(many)),
            "larger than any",
        ),
        ("hidden characters", text(&hidden), "cannot be shown"),
        (
            "another time",
            with("exported_at", json!("2031-01-01T00:00:00Z")),
            "yet to come",
        ),
        ("the half", text(&file)[..900].to_vec(), "damaged"),
    ];
    let other = elsewhere(&app).await;
    let mut there = other.person("Sanne", SANNE).await;
    for (name, bytes, says) in cases {
        let page = hand_in(&mut there, &bytes).await;
        assert_eq!(page.status, 422, "{name}: {}", page.words());
        assert!(page.words().contains(says), "{name}: {}", page.words());
        page.says_not("Prinsengracht");
    }
    let huge = vec![b' '; 33 * 1024 * 1024];
    let page = hand_in(&mut there, &huge).await;
    assert_eq!(page.status, 413);
    assert_eq!(page.error().as_deref(), Some("too_large"));
    assert!(exported(&mut there).await["archives"] == json!([]));
}

async fn a_check_mark_does_not_travel(app: TestApp) {
    let mut sanne = customer(&app).await;
    let mut file = exported(&mut sanne).await;
    for held in file["attributes"].as_array_mut().expect("a list") {
        held["verified_at"] = held["confirmed_at"].clone();
    }
    let other = elsewhere(&app).await;
    let mut there = other.person("Sanne", "other@example.com").await;
    let preview = hand_in(&mut there, &text(&file)).await;
    preview.says("Check marks");
    let form = preview.form("take").with("attribute-email", "on");
    there.submit(form.press("take-over")).await;
    let after = exported(&mut there).await;
    let held = after["attributes"].as_array().expect("a list");
    let email = held.iter().find(|one| one["claim"] == "email").expect("it");
    assert_eq!(email["value"], SANNE);
    assert_eq!(email["verified_at"], Value::Null);
    assert_eq!(after["account"]["contact_email"], "other@example.com");
}

async fn nobody_sees_what_another_brings_along(app: TestApp) {
    let mut sanne = customer(&app).await;
    let file = exported(&mut sanne).await;
    let preview = hand_in(&mut sanne, &text(&file)).await;
    let mut bram = app.person("Bram", "bram@example.com").await;
    let page = bram.get(&preview.path).await;
    assert_eq!(page.error().as_deref(), Some("expired"));
    take_over(&mut sanne, &preview).await;
    let archive = sanne
        .get("/account/data")
        .await
        .link_to("/account/data/archive/");
    sanne.get(&archive).await.says("shop BV");
    let page = bram.get(&archive).await;
    assert_eq!(page.error().as_deref(), Some("not_found"));
    for path in ["/account/data/import", preview.path.as_str(), &archive] {
        let page = app.browser().get(path).await;
        assert!(page.location().starts_with("/sign-in"), "{path}");
    }
    // Whoever finds an open browser brings nothing along.
    app.wait(Duration::from_hours(1));
    let page = sanne.get("/account/data/import").await;
    assert!(page.location().starts_with("/sign-in/confirm"));
}

async fn what_nobody_takes_over_is_forgotten(app: TestApp) {
    let mut sanne = customer(&app).await;
    let file = exported(&mut sanne).await;
    let preview = hand_in(&mut sanne, &text(&file)).await;
    assert!(!forget_left_behind(&app.app).await.expect("a database"));
    app.wait(Duration::from_hours(25));
    assert!(forget_left_behind(&app.app).await.expect("a database"));
    assert!(!forget_left_behind(&app.app).await.expect("a database"));
    sanne.sign_in("/sign-in", SANNE, PASSWORD).await;
    let page = sanne.get(&preview.path).await;
    assert_eq!(page.error().as_deref(), Some("expired"));
    // Nor what they say no to.
    let preview = hand_in(&mut sanne, &text(&file)).await;
    let page = sanne.submit(preview.form("take").press("discard")).await;
    assert_eq!(page.location(), "/account/data");
    let page = sanne.get(&preview.path).await;
    assert_eq!(page.error().as_deref(), Some("expired"));
}

async fn what_came_along_can_be_thrown_away(app: TestApp) {
    let mut sanne = customer(&app).await;
    let file = exported(&mut sanne).await;
    let preview = hand_in(&mut sanne, &text(&file)).await;
    take_over(&mut sanne, &preview).await;
    let archives = |page: Page| -> Vec<String> {
        let links = page.links().into_iter();
        links
            .filter(|link| link.starts_with("/account/data/archive/"))
            .collect()
    };
    let found = archives(sanne.get("/account/data").await);
    let form = sanne.get(&found[0]).await.form("throw-away");
    let page = sanne.submit(form).await;
    assert_eq!(page.location(), "/account/data?done=saved");
    assert!(archives(sanne.get("/account/data").await).is_empty());
    assert!(
        exported(&mut sanne)
            .await
            .to_string()
            .contains("Prinsengracht")
    );
}
