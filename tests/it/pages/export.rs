//! Taking everything along.

use std::time::Duration;

use axum::http::header;
use serde_json::{Value, json};
use sluis::crypto::jwt::PublicKeys;
use sluis::service::receipts::{Checked, check_file};

use crate::harness::{Actor, SANNE, TestApp, on_both_databases};
use crate::people::post;
use crate::protocol::{Business, SCOPES, ask_by_right};

on_both_databases! {
    everything_is_in_one_document_that_its_schema_describes,
    the_receipts_in_it_verify_with_the_keys_in_it,
    nobody_takes_along_what_is_anothers,
    a_card_for_address_books_says_who_and_where,
    whoever_takes_everything_along_is_told_by_mail,
}

/// Somebody whose address was verified, who left a shop, reads a paper, and was
/// answered by it.
pub(super) async fn customer(app: &TestApp) -> Actor {
    let shop = app.shop().await;
    let mut actor = app.settled("Sanne de Vries", SANNE).await;
    let wants = json!({
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "scope": format!("{SCOPES} data_subject_requests"),
    });
    let paper = Business::with(app, "paper", wants, None).await;
    paper.log_in(&mut actor, "low").await;
    let grant = actor.newest_grant().await;
    ask_by_right(&mut actor, &grant, "access", &["email"]).await;
    let request = &paper.requests("").await[0]["request_id"];
    let request = request.as_str().expect("an id");
    let answer = json!({"outcome": "done", "text": "Here it is."});
    paper.answer(request, &answer).await.ok();
    app.wait(Duration::from_secs(1));
    actor.live_in_amsterdam().await;
    actor
        .rule("shop", &[("tier", "medium"), ("permission-email", "no")])
        .await;
    let form = actor.get("/account/profiles").await.form("profiles");
    let form = form
        .with("placement-birthdate", "never")
        .with("retention-low", "P7D");
    actor.submit(form.press("profiles-save")).await;
    let page = actor.visit(&shop.request(&[])).await;
    let answer = actor.submit(page.allowing("medium")).await;
    super::consent::reads(app, &shop, &answer).await;
    let grant = actor.newest_grant().await;
    let form = actor.get(&grant).await.form("/withdraw").press("withdraw");
    actor.submit(form).await;
    app.leave_mail().await;
    actor
}

pub(crate) async fn exported(actor: &mut Actor) -> Value {
    let page = actor.get("/account/data/export.json").await;
    assert_eq!(page.headers[header::CONTENT_TYPE], "application/json");
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    let disposition = page.headers[header::CONTENT_DISPOSITION].to_str();
    assert!(disposition.is_ok_and(|text| text.starts_with("attachment")));
    serde_json::from_str(&page.html).expect("JSON")
}

async fn everything_is_in_one_document_that_its_schema_describes(app: TestApp) {
    let mut actor = customer(&app).await;
    assert!(
        actor
            .get("/account/profiles")
            .await
            .links()
            .contains(&"/account/data".to_owned())
    );
    assert!(
        actor
            .get("/account/data")
            .await
            .links()
            .contains(&"/account/data/export.json".to_owned())
    );
    let document = exported(&mut actor).await;
    holds_to_its_schema(&mut actor, &document).await;
    let claims: Vec<&str> = document["attributes"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|held| held["claim"].as_str())
        .collect();
    assert!(
        ["name", "email", "delivery_address"]
            .iter()
            .all(|claim| claims.contains(claim))
    );
    assert_eq!(document["profiles"]["claims"]["birthdate"], "never");
    assert_eq!(document["profiles"]["retention"]["low"], "P7D");
    assert_eq!(document["rules"]["shop"]["permissions"]["email"], "no");
    assert_eq!(document["grants"][0]["state"], "withdrawn");
    assert_eq!(
        document["grants"][0]["receipts"].as_array().map(Vec::len),
        Some(2)
    );
    assert_eq!(document["grants"][0]["counts_from"], "consent");
    assert_eq!(
        document["grants"][0]["since"],
        document["grants"][0]["created_at"]
    );
    assert_eq!(document["reads"].as_array().map(Vec::len), Some(1));
    assert_eq!(document["reads_complete"], true);
    assert_eq!(document["duties"][0]["state"], "open");
    assert_eq!(document["account"]["contact_email"], SANNE);
}

/// What is written is as the published schema has it.
pub(crate) async fn holds_to_its_schema(actor: &mut Actor, document: &Value) {
    let schema = actor.get("/schemas/export/v1.json").await;
    assert_eq!(
        schema.headers[header::CONTENT_TYPE],
        "application/schema+json"
    );
    let schema: Value = serde_json::from_str(&schema.html).expect("JSON");
    jsonschema::meta::validate(&schema).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let problems: Vec<String> = validator
        .iter_errors(document)
        .map(|problem| format!("{}: {problem}", problem.instance_path()))
        .collect();
    assert!(problems.is_empty(), "{problems:#?}");
}

async fn the_receipts_in_it_verify_with_the_keys_in_it(app: TestApp) {
    let mut actor = customer(&app).await;
    let document = exported(&mut actor).await;
    let keys = PublicKeys::parse(&document["jwks"].to_string()).expect("keys");
    for receipt in document["grants"][0]["receipts"]
        .as_array()
        .expect("a list")
    {
        let receipt = receipt.as_str().expect("a receipt");
        assert!(matches!(
            check_file(receipt, &keys),
            Ok(Checked::Receipt(_))
        ));
    }
}

async fn nobody_takes_along_what_is_anothers(app: TestApp) {
    customer(&app).await;
    let mut other = app.person("Bram", "bram@example.com").await;
    let document = exported(&mut other).await.to_string();
    assert!(!document.contains("sanne") && !document.contains("Prinsengracht"));
    for path in [
        "/account/data",
        "/account/data/export.json",
        "/account/data/contacts.vcf",
    ] {
        let page = app.browser().get(path).await;
        assert!(page.location().starts_with("/sign-in"), "{path}");
    }
}

async fn a_card_for_address_books_says_who_and_where(app: TestApp) {
    let mut actor = customer(&app).await;
    let page = actor.get("/account/data/contacts.vcf").await;
    assert_eq!(
        page.headers[header::CONTENT_TYPE],
        "text/vcard; charset=utf-8"
    );
    for line in [
        "FN:Sanne de Vries\r\n",
        "EMAIL:sanne@example.com\r\n",
        "ADR:;;Prinsengracht 263;",
    ] {
        assert!(page.html.contains(line), "{}", page.html);
    }
}

async fn whoever_takes_everything_along_is_told_by_mail(app: TestApp) {
    let mut sanne = app.settled("Sanne", "sanne@example.com").await;
    app.leave_mail().await;
    exported(&mut sanne).await;
    let mails = post(&app).await;
    let told: Vec<String> = mails.iter().map(|mail| mail.field("Subject")).collect();
    assert_eq!(told, ["Everything in your account was downloaded"]);
}
