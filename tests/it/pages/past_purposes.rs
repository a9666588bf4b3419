//! What the history says of purposes that no plan has any more.

use serde_json::json;

use super::consent::asked;
use super::plans::{club, member, plan, reader, tokens};
use crate::harness::{Page, TestApp, on_both_databases};
use crate::protocol::text;

on_both_databases! {
    reads_say_what_they_were_for_when_the_plan_has_that_no_more,
}

/// The table of reads, without the form above it.
fn table(page: &Page) -> &str {
    page.html.split("<tbody>").nth(1).unwrap_or_default()
}

async fn reads_say_what_they_were_for_when_the_plan_has_that_no_more(app: TestApp) {
    let club = club(&app).await;
    let mut ada = reader(&app, &club).await;
    let told = tokens(&club, &ada.visit(&club.client.request(&[])).await).await;
    club.userinfo(text(&told, "access_token")).await.ok();
    let next = plan(&[
        member("login", true, &json!({})),
        member("party", false, &json!({})),
    ]);
    app.publish("club", &next).await;
    let page = asked(&mut ada, &club.client).await;
    let form = page.form("consent").with("tier", "low");
    let page = ada
        .submit(form.with("purpose-party", "on").press("allow"))
        .await;
    assert_eq!(tokens(&club, &page).await["plan_version"], 2);
    let page = ada.get("/account/history").await;
    assert!(table(&page).contains("Purpose letter"), "{}", table(&page));
    let offered = |page: &Page, choice: &str| page.html.contains(choice);
    let letter = r#"<option value="letter">Purpose letter</option>"#;
    assert!(offered(&page, letter), "{}", page.html);
    let page = ada.get("/account/history?purpose=letter").await;
    assert!(table(&page).contains("Purpose letter"), "{}", table(&page));
    // It stays chosen, also where nothing was found that tells what it was called.
    let path = "/account/history?purpose=letter&until=2020-01-01";
    let page = ada.get(path).await;
    page.says("Nobody read this.");
    let chosen = r#"<option value="letter" selected>letter</option>"#;
    assert!(offered(&page, chosen), "{}", page.html);
    // Another business means something else by the same name.
    let paper = app.paper().await;
    ada.agree(&paper, "low").await;
    let page = ada.get("/account/history").await;
    for (value, label) in [
        ("letter@club", "Purpose letter (The club)"),
        ("letter@paper", "Newsletter (The paper)"),
    ] {
        let choice = format!(r#"<option value="{value}">{label}</option>"#);
        assert!(offered(&page, &choice), "{choice}: {}", page.html);
    }
    let page = ada.get("/account/history?purpose=letter@club").await;
    assert!(table(&page).contains("Purpose letter"), "{}", table(&page));
    let page = ada.get("/account/history?purpose=letter@paper").await;
    page.says("Nobody read this.");
    let page = ada.get("/account/history?purpose=gone@club").await;
    let chosen = r#"<option value="gone@club" selected>gone (The club)</option>"#;
    assert!(offered(&page, chosen), "{}", page.html);
}
