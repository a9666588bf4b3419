//! `/receipts`: anybody reads receipts, and nothing of them stays.

use axum::body::Body;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, HOST, ORIGIN};
use axum::http::{Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::harness::{ADA, Actor, Page, TestApp, on_both_databases};
use crate::html::tags;

on_both_databases!(
    anybody_reads_a_chain_in_plain_words,
    one_receipt_by_itself_says_that_it_is_one,
    of_a_file_that_does_not_hold_only_what_is_wrong_is_told,
    a_file_of_another_issuer_is_not_taken_for_true,
    retired_keys_still_tell,
    what_is_no_file_of_receipts_is_said_to_be_none,
    shape_and_vocabulary_are_published,
);

/// Somebody with an agreement, and the file of its receipts.
async fn file(app: &TestApp) -> (Actor, String) {
    let shop = app.shop().await;
    let mut ada = app.person("Ada Lovelace", ADA).await;
    ada.live_in_amsterdam().await;
    let grant = ada.agree(&shop, "medium").await;
    let form = ada.get(&grant).await.form("/withdraw").press("withdraw");
    ada.submit(form).await;
    let file = ada.get(&format!("{grant}/receipts")).await.html;
    (ada, file)
}

/// Drops a file, or pastes text, as somebody who has no account.
async fn drop_into(app: &TestApp, language: &str, field: &str, content: &[u8]) -> Page {
    let mut browser = app.browser();
    browser.languages = language.to_owned();
    let page = browser.get("/receipts").await;
    let csrf = page
        .form("receipts")
        .value("csrf")
        .expect("a token")
        .to_owned();
    let mut body = Vec::new();
    for (name, value) in [("csrf", csrf.as_bytes()), (field, content)] {
        let filename = if name == "file" {
            "; filename=\"a.txt\""
        } else {
            ""
        };
        body.extend(
            format!("--xX\r\ncontent-disposition: form-data; name=\"{name}\"{filename}\r\n\r\n")
                .bytes(),
        );
        body.extend(value);
        body.extend(b"\r\n");
    }
    body.extend(b"--xX--\r\n");
    let cookies: Vec<String> = browser
        .jar
        .iter()
        .map(|(k, v)| format!("{k}={v}"))
        .collect();
    let request = Request::post("/receipts")
        .header(HOST, "localhost:8000")
        .header(ORIGIN, "http://localhost:8000")
        .header(ACCEPT_LANGUAGE, language)
        .header(COOKIE, cookies.join("; "))
        .header(CONTENT_TYPE, "multipart/form-data; boundary=xX")
        .body(Body::from(body));
    let response = app
        .router
        .clone()
        .oneshot(request.expect("a request"))
        .await;
    let (parts, body) = response.expect("an answer").into_parts();
    let body = axum::body::to_bytes(body, 1 << 22).await.expect("a body");
    Page {
        path: "/receipts".to_owned(),
        status: parts.status,
        headers: parts.headers,
        html: String::from_utf8(body.to_vec()).expect("text"),
    }
}

/// An attribute of the element with this id.
fn attribute(page: &Page, id: &str, name: &str) -> Option<String> {
    tags(&page.html)
        .into_iter()
        .find(|(tag, _)| tag.get("id") == Some(id))
        .and_then(|(tag, _)| tag.get(name).map(str::to_owned))
}

/// The rule that a file breaks. Nothing of what it says is shown.
fn rule(page: &Page) -> String {
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for told in ["shop BV", "Deliver your order", "delivery address"] {
        page.says_not(told);
    }
    attribute(page, "refused", "data-rule").expect("a rule")
}

async fn anybody_reads_a_chain_in_plain_words(app: TestApp) {
    let (mut ada, file) = file(&app).await;
    for path in ["/", "/account/businesses"] {
        let mut page = ada.get(path).await;
        if path != "/" {
            let grant = ada.newest_grant().await;
            page = ada.get(&grant).await;
        }
        assert!(page.links().contains(&"/receipts".to_owned()), "{path}");
    }
    let page = drop_into(&app, "en", "file", file.as_bytes()).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(
        attribute(&page, "verified", "data-kind").as_deref(),
        Some("chain")
    );
    for told in [
        "Genuine, and complete",
        "http://localhost:8000 signed these 2 receipts",
        "shop BV",
        "Dam 1, Amsterdam",
        "privacy@shop.example",
        "Deliver your order",
        "We bring your parcel.",
        "name, e-mail address and delivery address",
        "Needed for a contract (GDPR art. 6(1)(b))",
        "3 months at most, counted from the consent: until 21 December 2026.",
        "Netherlands",
        "Withdrawn by the consumer on 21 September 2026",
        "Autoriteit Persoonsgegevens",
    ] {
        page.says(told);
    }
    for value in ["Ada", "Prinsengracht", ADA] {
        page.says_not(value);
    }
    assert_eq!(page.headers["cache-control"], "no-store");
    let page = drop_into(&app, "nl", "file", file.as_bytes()).await;
    for told in [
        "Echt, en compleet",
        "Bezorgen",
        "Nederland",
        "Door de consument ingetrokken",
    ] {
        page.says(told);
    }
}

async fn one_receipt_by_itself_says_that_it_is_one(app: TestApp) {
    let (_, file) = file(&app).await;
    let first = file.lines().next().expect("a receipt");
    for (field, content) in [
        ("file", first.to_owned()),
        ("text", format!(" {first}\r\n")),
    ] {
        let page = drop_into(&app, "en", field, content.as_bytes()).await;
        assert_eq!(
            attribute(&page, "verified", "data-kind").as_deref(),
            Some("receipt")
        );
        page.says("This is number 1 of the agreement");
        page.says("By itself it says nothing of what came before or after it.");
        page.says_not("Withdrawn");
    }
    // What is pasted has the line ends of forms.
    let pasted = file.replace('\n', "\r\n");
    let page = drop_into(&app, "en", "text", pasted.trim_end().as_bytes()).await;
    page.says("Genuine, and complete");
    // A file is taken as it is.
    let page = drop_into(&app, "en", "file", pasted.as_bytes()).await;
    assert_eq!(rule(&page), "form");
}

async fn of_a_file_that_does_not_hold_only_what_is_wrong_is_told(app: TestApp) {
    let (_, file) = file(&app).await;
    let lines: Vec<&str> = file.lines().collect();
    let join = |lines: &[&str]| {
        lines
            .iter()
            .map(|line| format!("{line}\n"))
            .collect::<String>()
    };
    let (payload, signature) = lines[1].rsplit_once('.').expect("a token");
    let (other, _) = lines[0].rsplit_once('.').expect("a token");
    let forged = format!("{other}.{signature}");
    let cut = &payload[..payload.len() / 2];
    for (lines, breaks, says) in [
        (
            vec![lines[0], &forged, lines[2]],
            "signature",
            "Line 2 was changed after it was signed",
        ),
        (
            vec![lines[1], lines[2]],
            "sequence",
            "Line 1 does not have the number",
        ),
        (
            vec![lines[0], lines[2]],
            "end",
            "After line 1 the file does not end where it should",
        ),
        (
            vec![lines[0], lines[1]],
            "end",
            "Line 2, the last one, is a receipt and not the end",
        ),
        (
            vec![lines[0], cut, lines[2]],
            "form",
            "Line 2 is no whole receipt",
        ),
        (
            vec![lines[2], lines[2]],
            "type",
            "Line 1 is no receipt, but another thing.",
        ),
    ] {
        let page = drop_into(&app, "en", "file", join(&lines).as_bytes()).await;
        assert_eq!(rule(&page), breaks);
        page.says(says);
        page.says("So we do not show what the file says");
    }
}

async fn a_file_of_another_issuer_is_not_taken_for_true(app: TestApp) {
    let (_, file) = file(&app).await;
    // Ours, as far as it says so, with keys that are not ours.
    let elsewhere = TestApp::start(crate::harness::Engine::Sqlite).await;
    let page = drop_into(&elsewhere, "en", "file", file.as_bytes()).await;
    assert_eq!(rule(&page), "key");
    let named = elsewhere
        .with(|config| config.issuer = "https://id.elders.example".parse().expect("an issuer"))
        .await;
    let page = drop_into(&named, "en", "file", file.as_bytes()).await;
    assert_eq!(rule(&page), "issuer");
    page.says("This page cannot tell");
    page.says("Line 1 says that it is from http://localhost:8000.");
    page.says("--jwks 'http://localhost:8000/jwks'");
}

async fn retired_keys_still_tell(app: TestApp) {
    let (_, file) = file(&app).await;
    sluis::service::keys::rotate(&app.app)
        .await
        .expect("new keys");
    app.wait(std::time::Duration::from_hours(24 * 400));
    let page = drop_into(&app, "en", "file", file.as_bytes()).await;
    page.says("Genuine, and complete");
}

async fn what_is_no_file_of_receipts_is_said_to_be_none(app: TestApp) {
    for (content, breaks) in [
        (&b"\xff\xfe\x00"[..], "lines"),
        (b"hello\nthere", "lines"),
        (b"hello", "form"),
        (b"a.b.c\n", "form"),
        (b"\n\n\n", "form"),
    ] {
        let page = drop_into(&app, "en", "file", content).await;
        assert_eq!(rule(&page), breaks, "{content:?}");
    }
    let many = "a.b.c\n".repeat(2_001);
    let page = drop_into(&app, "en", "file", many.as_bytes()).await;
    assert_eq!(rule(&page), "size");
    let page = drop_into(&app, "en", "text", b" \r\n").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("Choose a file, or paste the text of a receipt.");
    // Larger than other forms may be, and not without a bound.
    let page = drop_into(&app, "en", "file", &vec![b'a'; 1024 * 1024]).await;
    assert_eq!(rule(&page), "form");
    let page = drop_into(&app, "en", "file", &vec![b'a'; 1100 * 1024]).await;
    assert_eq!(page.error().as_deref(), Some("too_large"));
    let mut browser = app.browser();
    let page = browser.get("/receipts").await;
    let form = page.form("receipts");
    let page = browser.submit(form).await;
    assert_eq!(page.error().as_deref(), Some("malformed"));
}

async fn shape_and_vocabulary_are_published(app: TestApp) {
    let (_, file) = file(&app).await;
    let mut browser = app.browser();
    let schema = browser.get("/schemas/consent-receipt/v1.json").await;
    assert_eq!(schema.headers["content-type"], "application/schema+json");
    assert_eq!(schema.headers["access-control-allow-origin"], "*");
    let schema: Value = serde_json::from_str(&schema.html).expect("JSON");
    let receipts = file.lines().take(2).map(crate::protocol::claims_of);
    for receipt in receipts {
        let valid = jsonschema::validate(&schema, &receipt);
        assert!(valid.is_ok(), "{valid:?}");
    }
    let vocabulary = browser.get("/schemas/consent-receipt/v1/vocabulary").await;
    assert_eq!(vocabulary.headers["content-type"], "application/ld+json");
    assert!(vocabulary.html.contains("dpv:hasDataSubject"));
}
