//! OpenID Connect Front-Channel Logout 1.0.

use std::time::Duration;

use serde_json::json;
use url::Url;

use super::Business;
use super::business::{form, text};
use crate::harness::{ADA, PASSWORD, Page, TestApp, on_both_databases};
use crate::html::tags;

on_both_databases!(
    the_browser_tells_the_sites_of_the_session_that_want_it,
    whoever_is_sent_on_goes_past_the_sites_first,
    without_such_sites_nobody_is_held_up,
    the_sites_to_visit_cannot_be_made_up,
    a_site_whose_agreement_is_over_is_not_visited,
);

const AFTER: &str = "https://shop.example/after";

async fn listener(app: &TestApp, id: &str) -> Business {
    let metadata = json!({
        "frontchannel_logout_uri": format!("https://{id}.example/bye?from=sluis"),
        "frontchannel_logout_session_required": true,
        "post_logout_redirect_uris": [format!("https://{id}.example/after")],
    });
    Business::with(app, id, metadata, None).await
}

/// The addresses that a page frames.
fn frames(page: &Page) -> Vec<Url> {
    tags(&page.html)
        .into_iter()
        .filter(|(tag, _)| tag.name == "iframe")
        .map(|(tag, _)| {
            assert!(tag.get("hidden").is_some());
            let sandbox = tag.get("sandbox").expect("a sandbox");
            assert!(
                !sandbox.contains("top"),
                "it cannot take the page elsewhere"
            );
            Url::parse(tag.get("src").expect("an address")).expect("a URL")
        })
        .collect()
}

fn policy(page: &Page) -> String {
    let policy = &page.headers["content-security-policy"];
    policy.to_str().expect("text").to_owned()
}

async fn the_browser_tells_the_sites_of_the_session_that_want_it(app: TestApp) {
    let (shop, bank) = (listener(&app, "shop").await, listener(&app, "bank").await);
    let deaf = Business::open(&app, "deaf").await;
    let other = listener(&app, "other").await;
    let mut ada = app.person("Ada", ADA).await;
    let mut known = Vec::new();
    for business in [&shop, &bank] {
        known.push(text(&business.log_in_known(&mut ada).await.1, "sid").to_owned());
    }
    deaf.log_in_known(&mut ada).await;
    let mut elsewhere = app.browser();
    elsewhere.sign_in("/sign-in", ADA, PASSWORD).await;
    other.log_in_known(&mut elsewhere).await;
    let page = ada.sign_out().await;
    assert!(page.location().starts_with("/sign-out?after="));
    let page = ada.follow(page).await;
    page.says("You are signed out");
    let mut told = Vec::new();
    for url in frames(&page) {
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        assert_eq!(url.path(), "/bye");
        assert_eq!(pairs[0], ("from".to_owned(), "sluis".to_owned()));
        assert_eq!(
            pairs[1],
            ("iss".to_owned(), "http://localhost:8000".to_owned())
        );
        assert_eq!((pairs.len(), pairs[2].0.as_str()), (3, "sid"));
        told.push(pairs[2].1.clone());
    }
    told.sort();
    known.sort();
    assert_eq!(told, known);
    let policy = policy(&page);
    assert!(
        policy.contains("frame-src https://bank.example https://shop.example;"),
        "{policy}"
    );
    assert!(!policy.contains("script-src"), "{policy}");
    assert!(
        !page.html.contains("http-equiv=\"refresh\""),
        "nowhere to go on to"
    );
    // The page in the other language, or some time later, visits nobody.
    let again = page.path.clone();
    assert!(!page.html.contains("value=\"/sign-out?after="));
    app.wait(Duration::from_mins(5));
    let late = ada.get(&again).await;
    late.says("You are signed out");
    assert_eq!(frames(&late), []);
}

async fn whoever_is_sent_on_goes_past_the_sites_first(app: TestApp) {
    let (shop, bank) = (listener(&app, "shop").await, listener(&app, "bank").await);
    let mut ada = app.person("Ada", ADA).await;
    bank.log_in_known(&mut ada).await;
    let (hint, _) = shop.log_in_known(&mut ada).await;
    let asked = [
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", AFTER),
        ("state", "a\"b; c"),
    ];
    let page = ada.get(&format!("/logout?{}", form(&asked))).await;
    let page = ada.follow(page).await;
    assert_eq!(frames(&page).len(), 2);
    let onward = format!("{AFTER}?state=a%22b%3B+c");
    let tags = tags(&page.html);
    let find = |id: &str| tags.iter().find(|(tag, _)| tag.get("id") == Some(id));
    let (link, _) = find("onward").expect("a link, for whoever does not wait");
    assert_eq!(link.get("href"), Some(onward.as_str()));
    let script = tags.iter().find(|(tag, _)| {
        let source = tag.get("src");
        source.is_some_and(|source| source.contains("onward"))
    });
    assert!(script.is_some(), "it goes on by itself");
    assert!(policy(&page).contains("script-src 'self';"));
    // And when the person was asked first.
    ada.sign_in("/sign-in", ADA, PASSWORD).await;
    bank.log_in_known(&mut ada).await;
    let page = ada.get(&format!("/logout?{}", form(&asked))).await;
    let page = ada.follow(page).await;
    let page = ada
        .submit(page.form("sign-out").press("sign-out-confirm"))
        .await;
    let page = ada.follow(page).await;
    assert_eq!(frames(&page).len(), 1, "the bank alone, this time");
    assert!(page.html.contains("id=\"onward\""));
}

async fn without_such_sites_nobody_is_held_up(app: TestApp) {
    let uris = json!({"post_logout_redirect_uris": [AFTER]});
    let shop = Business::with(&app, "shop", uris, None).await;
    let mut ada = app.person("Ada", ADA).await;
    let (hint, _) = shop.log_in_known(&mut ada).await;
    let asked = [
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", AFTER),
    ];
    let page = ada.get(&format!("/logout?{}", form(&asked))).await;
    assert_eq!(page.location(), AFTER);
    ada.sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(ada.sign_out().await.location(), "/sign-out");
    let page = ada.get("/sign-out").await;
    assert!(!policy(&page).contains("frame-src"));
}

async fn the_sites_to_visit_cannot_be_made_up(app: TestApp) {
    let shop = listener(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    shop.log_in_known(&mut ada).await;
    let page = ada.sign_out().await;
    let real = page.location().to_owned();
    let (json, tag) = real.split_once('.').expect("two parts");
    let other = json.replace("after=", "after=e");
    let mut bob = app.browser();
    for made_up in [
        format!("{json}.AAAA"),
        format!("{other}.{tag}"),
        "/sign-out?after=x".to_owned(),
        // One kind of text is not another.
        real.replace("after=", "request="),
    ] {
        let page = bob.get(&made_up).await;
        page.says("You are signed out");
        assert_eq!(frames(&page), [], "{made_up}");
        assert!(!policy(&page).contains("frame-src"));
    }
    // Whoever is signed in is asked, whatever the address says.
    ada.sign_in("/sign-in", ADA, PASSWORD).await;
    let page = ada.get(&real).await;
    assert!(page.has_form("sign-out"));
    assert_eq!(frames(&page), []);
    let as_request = ada.get(&real.replace("after=", "request=")).await;
    as_request.says_not("The shop");
}

async fn a_site_whose_agreement_is_over_is_not_visited(app: TestApp) {
    let shop = listener(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    shop.log_in_known(&mut ada).await;
    let grant = ada.newest_grant().await;
    super::press(&mut ada, &grant, "withdraw").await;
    assert_eq!(ada.sign_out().await.location(), "/sign-out");
}
