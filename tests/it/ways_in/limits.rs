//! How often one network may try, and how long whoever guesses keeps an owner out.

use std::net::SocketAddr;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use sluis::config::Config;
use sluis::domain::account::FRESH_FOR;

use super::{ADA, set_up_app, sign_in_with_code, type_code};
use crate::harness::{Actor, PASSWORD, Page, TestApp, on_both_databases};
use crate::html::Form;
use crate::pages::export::exported;
use crate::pages::import::hand_in;
use crate::protocol::asks_for_transfer;

on_both_databases! {
    the_doors_are_held_to_a_limit_by_network,
    what_another_site_sends_uses_up_nobodys_tries,
    whoever_guesses_in_a_network_keeps_nobody_out_whom_their_browser_knows,
    whoever_guesses_in_a_network_keeps_nobody_from_their_second_step,
    whoever_guesses_in_a_network_stops_no_mailed_link_and_no_passkey,
    whatever_else_looks_at_passwords_or_takes_files_has_a_limit_of_its_own,
    whoever_replaces_a_registration_is_held_to_a_limit,
    each_form_that_asks_who_it_is_is_held_to_a_limit_by_network,
    limits_count_whom_a_trusted_proxy_names_and_nobody_elses_word,
    whoever_guesses_for_long_does_not_keep_the_owner_out,
    whoever_guesses_at_codes_for_long_does_not_keep_the_owner_out,
}

/// What one network may do at once; twenty more come back in a minute.
pub(super) const BURST: usize = 30;
/// How much of that may come back in a test on a machine that is busy.
const SLACK: usize = 10;

/// By what an account knows the browser.
pub(super) const KNOWN: &str = "sluis-known";

pub(super) const fn network(number: u8) -> SocketAddr {
    let address = std::net::Ipv4Addr::new(192, 0, 2, number);
    SocketAddr::new(std::net::IpAddr::V4(address), 9)
}

/// Whether it was too often, which is said in full.
pub(super) fn is_too_often(page: &Page) -> bool {
    let too_often = page.error().as_deref() == Some("too_many_requests");
    if too_often {
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(page.headers["retry-after"], "60");
    }
    too_often
}

pub(super) async fn post(actor: &mut Actor, path: &str, body: &str) -> Page {
    actor.send(Method::POST, path, Some(body.to_owned())).await
}

/// How many are taken before it is too often.
pub(super) async fn taken(actor: &mut Actor, path: &str, body: &str) -> usize {
    taken_of(actor, path, body, BURST + SLACK).await
}

/// The same, where there may be so many.
pub(super) async fn taken_of(actor: &mut Actor, path: &str, body: &str, most: usize) -> usize {
    for taken in 0..=most {
        if is_too_often(&post(actor, path, body).await) {
            return taken;
        }
    }
    panic!("{path} takes whatever comes");
}

/// A form that whoever visits could have been given.
pub(super) async fn own_csrf(actor: &mut Actor) -> String {
    let body = actor.get("/sign-in").await.form("sign-in").body();
    let csrf = body.split('&').find(|field| field.starts_with("csrf="));
    csrf.expect("a form of its own").to_owned()
}

async fn the_doors_are_held_to_a_limit_by_network(app: TestApp) {
    let mut thief = app.browser();
    thief.peer = Some(network(1));
    let csrf = own_csrf(&mut thief).await;
    // A list of addresses, one try each: no count of an account sees it.
    for number in 0..BURST {
        let body = format!("{csrf}&email=a{number}@x.example");
        let page = post(&mut thief, "/sign-in", &body).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let body = format!("{csrf}&email=b@x.example");
    assert!(taken(&mut thief, "/sign-in", &body).await <= SLACK);
    let mut other = app.browser();
    other.peer = Some(network(2));
    for path in [
        "/sign-in",
        "/sign-up",
        "/sign-up/passkey",
        "/device",
        "/recover",
        "/recover/kit",
        "/recover/wait",
        "/recover/empty",
        "/recover/finish",
    ] {
        let taken = taken(&mut thief, path, &csrf).await;
        assert!(taken < SLACK, "{path} has a count of its own: {taken}");
        assert!(
            !is_too_often(&post(&mut other, path, &csrf).await),
            "{path}"
        );
    }
    // Looking is not counted.
    assert_eq!(thief.get("/sign-in").await.status, StatusCode::OK);
}

async fn what_another_site_sends_uses_up_nobodys_tries(app: TestApp) {
    let mut ada = app.browser();
    ada.peer = Some(network(1));
    for path in ["/sign-in", "/sign-up", "/recover", "/sign-in/confirm"] {
        for _ in 0..=BURST + SLACK {
            assert!(!is_too_often(&post(&mut ada, path, "x=y").await), "{path}");
        }
    }
    let csrf = own_csrf(&mut ada).await;
    assert!(!is_too_often(&post(&mut ada, "/sign-up", &csrf).await));
}

/// Uses up what a network may still try.
pub(super) async fn guess_all(app: &TestApp, from: SocketAddr) -> Actor {
    let mut thief = app.browser();
    thief.peer = Some(from);
    let csrf = own_csrf(&mut thief).await;
    assert!(taken(&mut thief, "/sign-in", &csrf).await >= BURST);
    // As the night is long.
    for _ in 0..SLACK {
        post(&mut thief, "/sign-in", &csrf).await;
    }
    thief
}

async fn whoever_guesses_in_a_network_keeps_nobody_out_whom_their_browser_knows(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    ada.peer = Some(network(1));
    ada.leave().await;
    let mut thief = guess_all(&app, network(1)).await;
    assert!(is_too_often(
        &thief.sign_in("/sign-in", ADA, PASSWORD).await
    ));
    let page = ada.sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.location(), "/account");
    // Known to her account, it is to nobody else's.
    app.person("Bob", "bob@example.org").await;
    ada.leave().await;
    let page = ada.sign_in("/sign-in", "bob@example.org", PASSWORD).await;
    assert!(is_too_often(&page));
    // What shows who she is in a session has a count of its own.
    ada.sign_in("/sign-in", ADA, PASSWORD).await;
    app.wait(FRESH_FOR);
    let page = ada.get("/sign-in/confirm").await;
    let form = page.form("confirm").with("confirm-password", PASSWORD);
    let page = ada.submit(form).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.words());
}

async fn whoever_guesses_in_a_network_keeps_nobody_from_their_second_step(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    ada.peer = Some(network(1));
    let (phone, _) = set_up_app(&app, &mut ada).await;
    ada.leave().await;
    guess_all(&app, network(1)).await;
    // No code is good twice.
    app.wait(Duration::from_mins(1));
    let page = sign_in_with_code(&mut ada, &phone.code(&app)).await;
    assert_eq!(page.location(), "/account");
}

async fn whoever_guesses_in_a_network_stops_no_mailed_link_and_no_passkey(app: TestApp) {
    let mut thief = guess_all(&app, network(1)).await;
    let csrf = own_csrf(&mut thief).await;
    for path in [
        "/recover/stop",
        "/undo-email",
        "/confirm-email",
        "/change-email",
        "/sign-in/passkey",
    ] {
        for _ in 0..=BURST + SLACK {
            let page = post(&mut thief, path, &csrf).await;
            assert!(!is_too_often(&page), "{path}");
        }
    }
}

async fn whatever_else_looks_at_passwords_or_takes_files_has_a_limit_of_its_own(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    ada.jar.remove(KNOWN);
    ada.peer = Some(network(9));
    let path = "/account/security/password";
    let guess = ada.get(path).await.form("password-form").body();
    assert!(taken(&mut ada, path, &guess).await >= BURST);
    ada.peer = Some(network(109));
    assert!(!is_too_often(&post(&mut ada, path, &guess).await));
    let paths = ["/account/data/import", "/receipts"];
    for (number, path) in (1..).zip(paths) {
        let mut ada = app.browser();
        ada.peer = Some(network(number));
        assert!(taken(&mut ada, path, "x=y").await >= BURST, "{path}");
        ada.peer = Some(network(100 + number));
        assert!(!is_too_often(&post(&mut ada, path, "x=y").await), "{path}");
    }
}

async fn whoever_replaces_a_registration_is_held_to_a_limit(app: TestApp) {
    let mut client = app.browser();
    client.peer = Some(network(1));
    let path = "/register/nobody";
    let mut taken = 0;
    loop {
        let answer = client.send(Method::PUT, path, Some("{}".to_owned())).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        taken += 1;
        assert!(taken <= BURST + SLACK, "it takes whatever comes");
    }
    assert!(taken >= BURST);
    let answer = client.get(path).await;
    assert_eq!(
        answer.status,
        StatusCode::UNAUTHORIZED,
        "looking is not counted"
    );
}

/// The settings of somebody who runs a proxy.
fn behind_a_proxy(config: &mut Config) {
    let named = [("SLUIS_TRUSTED_PROXIES", "10.0.0.0/8")];
    let named = Config::from_parts("", named).expect("settings");
    config.trusted_proxies = named.trusted_proxies;
}

/// How many are taken, each said to come from a network of its own.
async fn taken_in_turns(actor: &mut Actor, header: &'static str) -> usize {
    let csrf = own_csrf(actor).await;
    for taken in 0..=BURST + SLACK {
        let address = format!("198.51.100.{taken}");
        let value = match header {
            "forwarded" => format!("for={address};proto=https"),
            _ => address,
        };
        actor.proxied = vec![(header, value)];
        if is_too_often(&post(actor, "/sign-in", &csrf).await) {
            return taken;
        }
    }
    BURST + SLACK
}

async fn limits_count_whom_a_trusted_proxy_names_and_nobody_elses_word(app: TestApp) {
    let app = app.with(behind_a_proxy).await;
    let proxy = SocketAddr::from(([10, 0, 0, 1], 9));
    let mut ada = app.browser();
    ada.peer = Some(proxy);
    let csrf = own_csrf(&mut ada).await;
    for (header, ours, theirs) in [
        ("forwarded", "for=192.0.2.1", "for=\"192.0.2.2:4711\""),
        (
            "x-forwarded-for",
            "203.0.113.7, 192.0.2.3",
            "192.0.2.3, 192.0.2.4",
        ),
    ] {
        ada.proxied = vec![(header, ours.to_owned())];
        assert!(
            taken(&mut ada, "/sign-in", &csrf).await >= BURST,
            "{header}"
        );
        ada.proxied = vec![(header, theirs.to_owned())];
        let page = post(&mut ada, "/sign-in", &csrf).await;
        assert!(!is_too_often(&page), "{header}: another client");
        // Everybody comes by way of the proxy: it is not what is counted.
        let all = taken_in_turns(&mut ada, header).await;
        assert_eq!(all, BURST + SLACK, "{header}");
    }
    for (number, header) in (50..).zip(["forwarded", "x-forwarded-for"]) {
        let mut liar = app.browser();
        liar.peer = Some(network(number));
        let taken = taken_in_turns(&mut liar, header).await;
        assert!((BURST..BURST + SLACK).contains(&taken), "{header}: {taken}");
    }
}

/// Forms that ask in passing who somebody is, filled in such that they do.
async fn forms_that_ask(app: &TestApp, ada: &mut Actor) -> Vec<Form> {
    let shop = app.shop().await;
    ada.live_in_amsterdam().await;
    let grant = ada.agree(&app.paper().await, "high").await;
    let pause = ada.get(&grant).await.form("/pause");
    ada.submit(pause).await.location();
    let resume = ada.get(&grant).await.form("/resume");
    let consent = ada.visit(&shop.request(&[])).await.form("consent");
    let transfer = asks_for_transfer(app, "elsewhere", ada).await;
    let file = serde_json::to_vec(&exported(ada).await).expect("JSON");
    let import = hand_in(ada, &file).await;
    let profiles = ada.get("/account/profiles").await.form("profiles");
    let attribute = ada.get("/account/profiles/gender").await.form("attribute");
    let attribute = attribute.with("value", "vrouw").with("placement", "low");
    vec![
        consent.with("tier", "high").press("allow"),
        transfer.form("transfer").press("allow"),
        import.form("take").press("take-over"),
        profiles
            .with("placement-birthdate", "low")
            .press("profiles-save"),
        attribute.press("save"),
        resume,
    ]
}

async fn each_form_that_asks_who_it_is_is_held_to_a_limit_by_network(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let forms = forms_that_ask(&app, &mut ada).await;
    ada.jar.remove(KNOWN);
    app.wait(FRESH_FOR);
    for (number, form) in (1..).zip(forms) {
        ada.peer = Some(network(number));
        let path = form.action.clone();
        // Pressing is no guess.
        let page = ada.submit(form.clone()).await;
        assert!(page.has_form("confirm"), "{path}: {}", page.words());
        let guess = form.forged("confirm-password", "x").body();
        assert!(taken(&mut ada, &path, &guess).await >= BURST, "{path}");
        ada.peer = Some(network(100 + number));
        assert!(
            !is_too_often(&post(&mut ada, &path, &guess).await),
            "{path}"
        );
    }
}

/// The longest that anybody waits for somebody else's guesses.
const LONGEST: Duration = Duration::from_mins(5);
/// After which the wait is as long as it gets.
const FOR_LONG: usize = 20;

#[track_caller]
fn waits_minutes(page: &Page) {
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    let seconds = page.headers["retry-after"].to_str().expect("text");
    let seconds: u64 = seconds.parse().expect("seconds");
    assert!(seconds <= LONGEST.as_secs(), "{seconds}");
}

async fn whoever_guesses_for_long_does_not_keep_the_owner_out(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    ada.leave().await;
    let mut thief = app.browser();
    for guess in 0..FOR_LONG {
        if guess > 0 {
            app.wait(LONGEST);
        }
        let page = thief.sign_in("/sign-in", ADA, "not that one").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{guess}");
    }
    let mut elsewhere = app.browser();
    waits_minutes(&elsewhere.sign_in("/sign-in", ADA, PASSWORD).await);
    let page = ada.sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.location(), "/account");
    app.wait(LONGEST);
    let page = elsewhere.sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.location(), "/account");
}

async fn whoever_guesses_at_codes_for_long_does_not_keep_the_owner_out(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let (phone, _) = set_up_app(&app, &mut ada).await;
    ada.leave().await;
    let mut thief = app.browser();
    for guess in 0..FOR_LONG {
        if guess > 0 {
            app.wait(LONGEST);
        }
        let page = sign_in_with_code(&mut thief, "000000").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{guess}");
    }
    let mut elsewhere = app.browser();
    waits_minutes(&sign_in_with_code(&mut elsewhere, &phone.code(&app)).await);
    let page = sign_in_with_code(&mut ada, &phone.code(&app)).await;
    assert_eq!(page.location(), "/account");
    app.wait(LONGEST);
    let page = type_code(&mut elsewhere, &phone.code(&app)).await;
    assert_eq!(page.location(), "/account");
}
