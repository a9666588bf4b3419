//! What a visitor can do.

use axum::http::{StatusCode, header};
use serde_json::json;

use super::fake_provider::FakeProvider;
use super::visitor::{Visitor, grant_everything};
use crate::webshop::Site;

#[tokio::test]
async fn a_guest_fills_a_basket_and_orders() {
    let mut guest = Visitor::of(Site::Shop, "http://127.0.0.1:9");
    guest.post("/basket", &[("product", "bel")]).await;
    guest.post("/basket", &[("product", "bel")]).await;
    let home = guest.get("/").await;
    assert!(home.has("id=\"total\">€29.95<"), "{}", home.text);

    let form = [
        ("name", "Piet"),
        ("street_address", "Dam 1"),
        ("postal_code", "1012 JS"),
        ("locality", "Amsterdam"),
        ("country", "NL"),
    ];
    let ordered = guest.post("/checkout", &form).await;
    assert_eq!(ordered.location.as_deref(), Some("/thanks"));
    assert!(guest.get("/thanks").await.has("id=\"ordered\""));
    // A second click on the button changes nothing.
    let again = guest.post("/checkout", &form).await;
    assert_eq!(again.location.as_deref(), Some("/thanks"));
}

#[tokio::test]
async fn a_form_with_a_mistake_keeps_what_was_typed() {
    let mut guest = Visitor::of(Site::Shop, "http://127.0.0.1:9");
    guest.post("/basket", &[("product", "mand")]).await;
    let form = [
        ("name", "Piet"),
        ("street_address", " "),
        ("postal_code", "1012 JS"),
        ("locality", "<Amsterdam>"),
        ("country", "NL"),
    ];
    let page = guest.post("/checkout", &form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.has("id=\"street_address-error\""));
    assert!(!page.has("id=\"name-error\""));
    assert_eq!(page.field("locality"), Some("&#60;Amsterdam&#62;"));
}

#[tokio::test]
async fn who_logs_in_is_greeted_and_need_not_type() {
    let provider = FakeProvider::start().await;
    grant_everything(&provider);
    let mut sanne = Visitor::of(Site::Shop, &provider.issuer);
    sanne.post("/basket", &[("product", "bel")]).await;
    let back = sanne.go_to_provider("/login?back=/checkout").await;
    assert_eq!(
        sanne.get(&back).await.location.as_deref(),
        Some("/checkout")
    );

    assert_eq!(provider.asked("ui_locales").as_deref(), Some("en"));
    assert!(provider.asked("scope").unwrap().contains("openid"));
    let home = sanne.get("/").await;
    assert!(home.has("<b>Sanne</b>"));
    assert!(home.has("id=\"logout\"") && !home.has("id=\"login\""));
    assert!(home.has("€11.88"), "the offer of the purpose stands");

    let checkout = sanne.get("/checkout").await;
    assert_eq!(checkout.field("name"), Some("Sanne de Vries"));
    assert_eq!(checkout.field("street_address"), Some("Kanaalstraat 12"));
    assert_eq!(checkout.field("postal_code"), Some("3531 CJ"));
    assert_eq!(checkout.field("locality"), Some("Utrecht"));
    assert_eq!(checkout.field("country"), Some("NL"));
}

#[tokio::test]
async fn the_shop_tells_what_it_knows_why_and_until_when() {
    let provider = FakeProvider::start().await;
    grant_everything(&provider);
    let mut sanne = Visitor::of(Site::Shop, &provider.issuer);
    sanne.log_in().await;
    let page = sanne.get("/my-data").await;
    assert!(page.has("id=\"fact-email\">sanne@voorbeeld.example<"));
    assert!(page.has("Kanaalstraat 12, 3531 CJ Utrecht, NL"));
    assert!(page.has("Deliver your order") && page.has("our contract"));
    assert!(page.has("22 February 2027 (3 months)"));
    assert!(page.has("id=\"until\">23 February 2027<"));
    assert!(page.has(&format!("{}/account/businesses/g-1", provider.issuer)));
    assert!(page.has("The law demands this") && page.has("7 years"));
    assert!(page.has("adapt the offer to you"));
    assert!(page.has("Not given (any more)") && page.has("phone number"));
    assert!(page.has("id=\"receipt-id\">rcpt_1<"));
}

#[tokio::test]
async fn what_the_consumer_changes_shows_at_the_next_view() {
    let provider = FakeProvider::start().await;
    grant_everything(&provider);
    let mut sanne = Visitor::of(Site::Shop, &provider.issuer);
    sanne.log_in().await;
    provider.set(|mood| mood.claims = json!({"name": "Sanne Bakker"}));
    let page = sanne.get("/my-data").await;
    assert!(page.has("Sanne Bakker") && !page.has("sanne@voorbeeld.example"));
}

#[tokio::test]
async fn an_anonymous_reader_is_welcome_without_a_name() {
    let provider = FakeProvider::start().await;
    let mut reader = Visitor::of(Site::Newspaper, &provider.issuer);
    assert!(reader.get("/article/sluiswachter").await.has("id=\"gate\""));
    let back = reader
        .go_to_provider("/login?back=/article/sluiswachter")
        .await;
    let landed = reader.get(&back).await;
    assert_eq!(landed.location.as_deref(), Some("/article/sluiswachter"));
    let article = reader.get("/article/sluiswachter").await;
    assert!(article.has("Welcome, reader") && article.has("id=\"full-text\""));
    assert!(reader.get("/my-data").await.has("id=\"no-data\""));
}

#[tokio::test]
async fn a_withdrawal_shows_at_the_next_read_and_the_data_are_gone() {
    let provider = FakeProvider::start().await;
    grant_everything(&provider);
    let mut sanne = Visitor::of(Site::Shop, &provider.issuer);
    sanne.log_in().await;
    provider.set(|mood| mood.withdrawn = true);
    let page = sanne.get("/my-data").await;
    assert!(page.has("id=\"access-lost\"") && page.has("id=\"login-again\""));
    assert!(!page.has("sanne@voorbeeld.example"));
    let home = sanne.get("/").await;
    assert!(home.has("id=\"access-lost\"") && !home.has("Sanne"));
    assert_eq!(sanne.get("/checkout").await.field("name"), Some(""));

    provider.set(|mood| mood.withdrawn = false);
    sanne.log_in().await;
    let home = sanne.get("/").await;
    assert!(!home.has("id=\"access-lost\"") && home.has("<b>Sanne</b>"));
}

#[tokio::test]
async fn a_pause_hides_everything_until_it_is_over() {
    let provider = FakeProvider::start().await;
    grant_everything(&provider);
    let mut sanne = Visitor::of(Site::Shop, &provider.issuer);
    sanne.log_in().await;
    provider.set(|mood| mood.paused = true);
    let page = sanne.get("/my-data").await;
    assert!(page.has("id=\"access-paused\"") && !page.has("Sanne"));
    assert_eq!(sanne.get("/checkout").await.field("name"), Some(""));
    provider.set(|mood| mood.paused = false);
    let page = sanne.get("/my-data").await;
    assert!(!page.has("id=\"access-paused\"") && page.has("<b>Sanne</b>"));
}

#[tokio::test]
async fn a_refused_refresh_is_a_withdrawal_too() {
    let provider = FakeProvider::start().await;
    grant_everything(&provider);
    let mut sanne = Visitor::of(Site::Shop, &provider.issuer);
    sanne.log_in().await;
    sanne.post("/my-data/refresh", &[]).await;
    assert_eq!(provider.refreshed(), 1);
    assert!(sanne.get("/my-data").await.has("id=\"facts\""));
    provider.set(|mood| mood.withdrawn = true);
    let page = sanne.post("/my-data/refresh", &[]).await;
    assert_eq!(page.location.as_deref(), Some("/my-data"));
    assert!(sanne.get("/").await.has("id=\"access-lost\""));
}

#[tokio::test]
async fn an_access_token_that_is_merely_old_is_renewed_unseen() {
    let provider = FakeProvider::start().await;
    grant_everything(&provider);
    let mut sanne = Visitor::of(Site::Shop, &provider.issuer);
    sanne.log_in().await;
    provider.set(|mood| mood.access_expired = true);
    let page = sanne.get("/my-data").await;
    assert!(page.has("id=\"facts\"") && !page.has("id=\"access-lost\""));
    assert_eq!(provider.refreshed(), 1);
}

#[tokio::test]
async fn logging_out_forgets_the_person_and_keeps_the_basket() {
    let provider = FakeProvider::start().await;
    grant_everything(&provider);
    let mut sanne = Visitor::of(Site::Shop, &provider.issuer);
    sanne.post("/basket", &[("product", "slot")]).await;
    sanne.log_in().await;
    sanne.post("/logout", &[]).await;
    let home = sanne.get("/").await;
    assert!(!home.has("Sanne") && home.has("id=\"login\""));
    assert!(home.has("id=\"remove-slot\""));
    assert!(sanne.get("/my-data").await.has("id=\"nothing-known\""));
}

#[tokio::test]
async fn the_language_follows_the_browser_until_the_visitor_chooses() {
    let mut visitor = Visitor::of(Site::Shop, "http://127.0.0.1:9").speaking("fr, nl-BE;q=0.8");
    assert!(visitor.get("/").await.has("<html lang=\"nl\">"));
    let form = [("to", "en"), ("back", "/terms")];
    let page = visitor.post("/language", &form).await;
    assert_eq!(page.location.as_deref(), Some("/terms"));
    assert!(visitor.get("/").await.has("<html lang=\"en\">"));
    let form = [("to", "en"), ("back", "//evil.example")];
    let page = visitor.post("/language", &form).await;
    assert_eq!(page.location.as_deref(), Some("/"));
}

#[tokio::test]
async fn every_page_is_well_guarded_in_both_languages() {
    let provider = FakeProvider::start().await;
    grant_everything(&provider);
    let paths = [
        "/",
        "/my-data",
        "/privacy",
        "/terms",
        "/nowhere",
        "/callback",
        "/checkout",
        "/article/nachttrein",
        "/keeper",
    ];
    for (site, lang) in Site::ALL
        .into_iter()
        .zip(["nl", "en"])
        .chain([(Site::Shop, "en"), (Site::Newspaper, "nl")])
    {
        let mut visitor = Visitor::of(site, &provider.issuer).speaking(lang);
        for round in 0..2 {
            for path in paths {
                let page = visitor.get(path).await;
                let policy = &page.headers[header::CONTENT_SECURITY_POLICY];
                let policy = policy.to_str().unwrap();
                assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"));
                if page.location.is_some() {
                    continue;
                }
                assert!(page.has(&format!("<html lang=\"{lang}\">")), "{path}");
                for inline in ["<script", "<style", " style=", " onclick="] {
                    assert!(!page.has(inline), "{path} has {inline}");
                }
            }
            if round == 0 {
                visitor.log_in().await;
            }
        }
    }
}
