//! An address is confirmed by whoever reads mail there.

use serde_json::Value;

use super::{ADA, DAY, SECOND, link, only, post};
use crate::harness::{Actor, BOB, EVE, PASSWORD, Page, TestApp, on_both_databases};
use crate::life::deliver;
use crate::life::post::{Manners, PostOffice};
use crate::protocol::Business;

on_both_databases!(
    the_link_confirms_the_address_and_businesses_are_told_so_from_then_on,
    a_link_that_is_followed_elsewhere_asks_who_it_is,
    who_is_mailed_of_a_strangers_account_does_not_give_their_address_away,
    a_mailbox_that_nobody_has_is_said_alike_where_somebody_has_the_address,
    to_look_at_the_link_does_nothing,
    a_link_works_once_for_a_day_and_the_newest_alone,
    a_link_that_was_made_up_does_nothing,
    asking_again_and_again_sends_no_more_than_a_few,
    an_address_that_would_be_more_than_one_is_refused,
    a_mailbox_that_nobody_has_is_said_on_the_overview,
);

/// Ada, who has just signed up, and the link that she was mailed.
async fn signed_up(app: &TestApp) -> (Actor, String) {
    let mut ada = app.browser();
    ada.sign_up("/sign-up", "Ada", ADA).await;
    let mail = only(post(app).await);
    assert_eq!(mail.field("To"), ADA);
    (ada, link(&mail))
}

async fn press(actor: &mut Actor, link: &str) -> Page {
    let form = actor.get(link).await.form("confirm-email");
    actor.land(form.press("confirm-email-submit")).await
}

async fn verified(shop: &Business, tokens: &Value) -> Value {
    let token = tokens["access_token"].as_str().expect("a token");
    shop.userinfo(token).await.ok()["email_verified"].clone()
}

/// Asks for the mail once more.
async fn again(actor: &mut Actor) {
    let page = actor.get("/account").await;
    let page = actor.submit(page.form("security/confirm-email")).await;
    assert_eq!(page.location(), "/account/security?done=mailed");
}

async fn the_link_confirms_the_address_and_businesses_are_told_so_from_then_on(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let (mut ada, link) = signed_up(&app).await;
    let tokens = shop.log_in(&mut ada, "low").await;
    assert_eq!(verified(&shop, &tokens).await, false);
    ada.get("/account").await.says("is not confirmed yet");
    press(&mut ada, &link).await.says("is confirmed");
    ada.get("/account").await.says_not("is not confirmed yet");
    assert_eq!(verified(&shop, &tokens).await, true);
}

async fn a_link_that_is_followed_elsewhere_asks_who_it_is(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let (mut ada, link) = signed_up(&app).await;
    let tokens = shop.log_in(&mut ada, "low").await;
    let mut phone = app.browser();
    let page = phone.get(&link).await;
    let sign_in = page.location().to_owned();
    assert!(sign_in.starts_with("/sign-in?next="), "{sign_in}");
    let page = phone.sign_in(&sign_in, ADA, PASSWORD).await;
    let form = phone.follow(page).await.form("confirm-email");
    let page = phone.land(form.press("confirm-email-submit")).await;
    page.says("is confirmed");
    assert_eq!(verified(&shop, &tokens).await, true);
}

async fn who_is_mailed_of_a_strangers_account_does_not_give_their_address_away(app: TestApp) {
    let mut eve = app.browser();
    eve.sign_up("/sign-up", "Eve", ADA).await;
    let mail = only(post(&app).await);
    mail.says("On 21 September 2026, 14:13 UTC an account was made with this address");
    let of_eve = link(&mail);
    let kept = eve.get(&of_eve).await.form("confirm-email");
    app.wait(SECOND * 60);
    let (mut ada, of_ada) = signed_up(&app).await;
    let page = ada.get(&of_eve).await;
    page.says("another account with this address, made on 21 September 2026, 14:13 UTC");
    assert!(!page.has_form("confirm-email"));
    let own = ada.get(&of_ada).await;
    own.says("Your account was made on 21 September 2026, 14:14 UTC");
    let csrf = own.form("confirm-email");
    let forged = kept.forged("csrf", csrf.value("csrf").expect("a token"));
    ada.submit(forged).await.says("no longer works");
    eve.get("/account").await.says("is not confirmed yet");
    press(&mut ada, &of_ada).await.says("is confirmed");
}

async fn to_look_at_the_link_does_nothing(app: TestApp) {
    let (mut ada, link) = signed_up(&app).await;
    for _ in 0..3 {
        let page = ada.get(&link).await;
        page.says("One click");
        assert_eq!(page.headers["referrer-policy"], "same-origin");
        let leaves = |href: &String| !href.starts_with('/') && !href.starts_with('#');
        assert!(!page.links().iter().any(leaves), "{:?}", page.links());
        app.browser().get(&link).await.location();
    }
    ada.get("/account").await.says("is not confirmed yet");
}

async fn a_link_works_once_for_a_day_and_the_newest_alone(app: TestApp) {
    let (mut ada, first) = signed_up(&app).await;
    app.wait(SECOND);
    again(&mut ada).await;
    let second = link(&only(post(&app).await));
    assert_ne!(first, second);
    ada.get(&first).await.says("no longer works");
    let kept = ada.get(&second).await.form("confirm-email");
    press(&mut ada, &second).await.says("is confirmed");
    ada.get(&second).await.says("is confirmed");
    ada.land(kept).await.says("is confirmed");

    let mut bob = app.browser();
    bob.sign_up("/sign-up", "Bob", BOB).await;
    let late = link(&only(post(&app).await));
    app.wait(DAY);
    bob.sign_in("/sign-in", BOB, PASSWORD).await;
    let csrf = bob.get("/account").await.form("security/confirm-email");
    let csrf = csrf.value("csrf").expect("a token").to_owned();
    bob.get(&late).await.says("no longer works");
    let (_, token) = late.split_once("token=").expect("a token");
    let body = format!("csrf={csrf}&token={token}");
    let page = bob
        .send(axum::http::Method::POST, "/confirm-email", Some(body))
        .await;
    page.says("no longer works");
}

async fn a_link_that_was_made_up_does_nothing(app: TestApp) {
    let (_, link) = signed_up(&app).await;
    let mut eve = app.browser();
    eve.sign_up("/sign-up", "Eve", EVE).await;
    let (path, token) = link.split_once("slml_").expect("a token");
    let hers = super::link(&only(post(&app).await));
    let (_, her_token) = hers.split_once("slml_").expect("a token");
    // 16 bytes name the account: 21 letters and a part of the next.
    let guess = format!("{path}slml_{}{}", &token[..22], "A".repeat(42));
    let crossed = format!("{path}slml_{}{}", &token[..22], &her_token[22..]);
    for made_up in [
        &guess,
        &crossed,
        "/confirm-email",
        "/confirm-email?token=slml_x",
    ] {
        eve.get(made_up).await.says("no longer works");
    }
}

async fn asking_again_and_again_sends_no_more_than_a_few(app: TestApp) {
    let (mut ada, _) = signed_up(&app).await;
    for _ in 0..8 {
        app.wait(SECOND);
        again(&mut ada).await;
    }
    assert_eq!(post(&app).await.len(), 3);
}

async fn an_address_that_would_be_more_than_one_is_refused(app: TestApp) {
    for address in [
        "ada@home.example\r\nBcc: eve@evil.example",
        "ada@home.example,eve@evil.example",
        "<ada@home.example> eve@evil.example",
        "\"ada\r\nBcc: eve\"@home.example",
    ] {
        let mut eve = app.browser();
        let page = eve.sign_up("/sign-up", "Eve", address).await;
        assert_eq!(page.redirect(), None, "{address:?}");
        super::ask(&mut eve, address)
            .await
            .says("If there is an account");
        assert!(post(&app).await.is_empty(), "{address:?}");
    }
}

async fn a_mailbox_that_nobody_has_is_said_on_the_overview(app: TestApp) {
    let manners = Manners {
        recipient: "550 no such user",
        ..Manners::default()
    };
    let office = PostOffice::open(manners).await;
    let url = office.url().parse().expect("a mail server");
    let app = app.with(|config| config.mail_url = url).await;
    let mut ada = app.browser();
    ada.sign_up("/sign-up", "Ada", ADA).await;
    deliver(&app).await;
    let page = ada.get("/account").await;
    page.says("does not arrive");
    assert!(page.html.contains("id=\"email-unreachable\""));
}

async fn a_mailbox_that_nobody_has_is_said_alike_where_somebody_has_the_address(app: TestApp) {
    let (app, office, mut ada, handed) = super::retried::at_an_office(app).await;
    press(&mut ada, &link(&handed[0].mail))
        .await
        .says("is confirmed");
    office.behave(Manners {
        recipient: "550 no such user",
        ..Manners::default()
    });
    // Of two within a day, one has a mail sent.
    for _ in 0..2 {
        app.wait(SECOND);
        let mut eve = app.browser();
        eve.sign_up("/sign-up", "Eve", ADA).await;
        deliver(&app).await;
        let page = eve.get("/account").await;
        assert!(page.html.contains("id=\"email-unreachable\""));
    }
}
