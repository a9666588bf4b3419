//! Nobody learns by typing an address, wherever one is typed, whether it has an
//! account.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use crate::harness::{
    ADA, Actor, Authenticator, BOB, EVE, Engine, Page, TestApp, on_both_databases,
};

/// What a guess shows: all of the answer, but for the address that was typed.
fn whole(page: &Page, email: &str) -> String {
    let headers: Vec<_> = page
        .headers
        .iter()
        .filter(|(name, _)| *name != "date")
        .collect();
    let body = page.html.replace(email, "(address)");
    format!("{} {headers:?} {body}", page.status)
}

async fn guess(actor: &mut Actor, email: &str) -> String {
    let page = actor.sign_in("/sign-in", email, "a wrong password").await;
    whole(&page, email)
}

on_both_databases!(
    a_known_and_an_unknown_address_get_the_same_answer_and_the_same_work,
    a_password_that_nobody_can_have_is_answered_alike,
    signing_up_with_a_known_and_an_unknown_address_gets_the_same_answer_and_the_same_work,
    a_login_hint_tells_nothing,
    signing_up_with_a_passkey_tells_nothing,
);

async fn a_known_and_an_unknown_address_get_the_same_answer_and_the_same_work(app: TestApp) {
    app.person("Ada", ADA).await;
    let mut thief = app.browser();
    // From the first guess to where guessing is slowed down, and beyond.
    for round in 0..9 {
        let before = app.app.hasher().derivations();
        let known = guess(&mut thief, ADA).await;
        let between = app.app.hasher().derivations();
        let unknown = guess(&mut thief, EVE).await;
        let after = app.app.hasher().derivations();
        assert_eq!(known, unknown, "round {round}");
        assert_eq!(between - before, after - between, "round {round}");
        assert_eq!(between - before, u64::from(round < 5), "round {round}");
    }
}

async fn sign_up(app: &TestApp, email: &str) -> (String, Actor) {
    let mut stranger = app.browser();
    let page = stranger.sign_up("/sign-up", "Eve", email).await;
    let mut shown = whole(&page, email);
    for cookie in stranger.jar.values() {
        shown = shown.replace(cookie, "(cookie)");
    }
    (shown, stranger)
}

async fn signing_up_with_a_known_and_an_unknown_address_gets_the_same_answer_and_the_same_work(
    app: TestApp,
) {
    app.settled("Ada", ADA).await;
    let hashes = || app.app.hasher().derivations();
    let before = hashes();
    let (known, mut at_known) = sign_up(&app, ADA).await;
    let between = hashes();
    let (unknown, mut at_unknown) = sign_up(&app, EVE).await;
    assert_eq!(known, unknown);
    assert_eq!((between - before, hashes() - between), (1, 1));
    // Nor by what follows.
    for path in ["/account", "/account/security", "/account/profiles"] {
        let names = |page: Page, actor: &Actor, email: &str| {
            let mut html = page.html.replace(email, "(address)");
            for form in ["csrf", "session"] {
                let mark = format!("name=\"{form}\" value=\"");
                let parts: Vec<&str> = html.split(&mark).collect();
                let rest = parts[1..]
                    .iter()
                    .map(|part| part.split_once('"').map_or("", |p| p.1));
                html = std::iter::once(parts[0])
                    .chain(rest)
                    .collect::<Vec<_>>()
                    .join(&mark);
            }
            html.replace(&actor.jar["sluis-session"], "(cookie)")
        };
        let known = at_known.get(path).await;
        let unknown = at_unknown.get(path).await;
        let known = names(known, &at_known, ADA);
        let unknown = names(unknown, &at_unknown, EVE);
        let user = |html: &str| match html.split_once("data-user=\"") {
            Some((head, tail)) => format!("{head}{}", tail.split_once('"').map_or("", |p| p.1)),
            None => html.to_owned(),
        };
        assert_eq!(user(&known), user(&unknown), "{path}");
    }
}

async fn a_password_that_nobody_can_have_is_answered_alike(app: TestApp) {
    app.person("Ada", ADA).await;
    let mut thief = app.browser();
    let long = "x".repeat(2_000);
    for password in ["", "short", &long] {
        let known = thief.sign_in("/sign-in", ADA, password).await;
        let unknown = thief.sign_in("/sign-in", EVE, password).await;
        assert_eq!(whole(&known, ADA), whole(&unknown, EVE));
    }
}

async fn a_login_hint_tells_nothing(app: TestApp) {
    let shop = app.shop().await;
    app.person("Ada", ADA).await;
    let mut thief = app.browser();
    let mut seen = Vec::new();
    for email in [ADA, EVE] {
        let page = thief.visit(&shop.request(&[("login_hint", email)])).await;
        let form = page.form("sign-in");
        assert_eq!(form.value("email"), Some(email));
        let id = form.value("next").expect("a way on").to_owned();
        let encoded = id.replace('/', "%2F");
        seen.push(
            whole(&page, email)
                .replace(&id, "(request)")
                .replace(&encoded, "(request)"),
        );
        let silent = thief
            .visit(&shop.request(&[("login_hint", email), ("prompt", "none")]))
            .await;
        assert_eq!(shop.answer(&silent)["error"], "login_required");
    }
    assert_eq!(seen[0], seen[1]);
}

const OPTIONS: &str = "/sign-up/passkey/options";

async fn signing_up_with_a_passkey_tells_nothing(app: TestApp) {
    app.settled("Ada", ADA).await;
    let mut seen = Vec::new();
    for email in [ADA, EVE] {
        let mut stranger = app.browser();
        let form = stranger.get("/sign-up/passkey").await;
        let form = form.form("sign-up-passkey").with("name", "Eve");
        let form = form.with("email", email);
        let page = stranger.try_challenge(&form, OPTIONS).await;
        let names: Vec<_> = page.headers.keys().cloned().collect();
        let mut told: Value = serde_json::from_str(&page.html).expect("JSON");
        for chance in ["/ceremony", "/options/challenge", "/options/user/id"] {
            let chance = told.pointer_mut(chance).expect(chance);
            assert!(chance.take().is_string());
        }
        let told = told.to_string().replace(email, "(address)");
        seen.push(format!("{} {names:?} {told}", page.status));
        let challenge = stranger.challenge(&form, OPTIONS).await;
        let mut key = Authenticator::new(Some([7; 32]));
        let page = stranger.submit(key.make(form, &challenge)).await;
        let codes = page.texts_in("recovery-codes");
        assert_eq!(codes.len(), 10, "{}", page.words());
        let words = page.words().replace(email, "(address)");
        let words = codes
            .iter()
            .fold(words, |words, code| words.replace(code, "(code)"));
        seen.push(format!("{} {words}", page.status));
    }
    assert_eq!(seen[..2], seen[2..]);
}

/// Counts the statements that sqlx reports.
#[derive(Clone, Default)]
struct Statements(Arc<AtomicUsize>);

impl<S: Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// On PostgreSQL alone: SQLite's driver reports from a thread of its own, and
/// runs the same code of ours. A transaction is a statement of its own here too.
#[tokio::test]
async fn a_known_and_an_unknown_address_cost_as_many_statements_wherever_one_is_typed() {
    let app = TestApp::start(Engine::Postgres).await;
    app.settled("Ada", ADA).await;
    let bob = app.settled("Bob", BOB).await;
    let statements = Statements::default();
    let subscriber = tracing_subscriber::registry().with(statements.clone());
    // Where there is one subscriber, a callsite is settled for all by the thread
    // that first comes to it: those of other tests have none.
    let _another = tracing::Dispatch::new(tracing_subscriber::registry());
    let _guard = tracing::subscriber::set_default(subscriber);
    let forms = [
        ("/sign-in", "sign-in"),
        ("/sign-up", "sign-up"),
        ("/recover", "recover"),
        ("/account/security/email", "email-change"),
        ("/sign-up/passkey", "sign-up-passkey"),
    ];
    for (path, id) in forms {
        let mut counts = Vec::new();
        for email in [ADA, EVE, ADA, EVE] {
            let mut visitor = if id == "email-change" {
                bob.clone()
            } else {
                app.browser()
            };
            let mut form = visitor.get(path).await.form(id).with("email", email);
            for (field, value) in [("password", "a password of mine"), ("name", "Eve")] {
                if form.has_field(field) {
                    form = form.with(field, value);
                }
            }
            statements.0.store(0, Ordering::Relaxed);
            if form.id == "sign-up-passkey" {
                let challenge = visitor.challenge(&form, OPTIONS).await;
                form = Authenticator::new(Some([7; 32])).make(form, &challenge);
            }
            visitor.submit(form).await;
            counts.push(statements.0.load(Ordering::Relaxed));
        }
        assert!(counts[0] >= 1, "{path} {counts:?}: statements are counted");
        assert_eq!(counts[0], counts[1], "{path} {counts:?}");
        assert_eq!(counts[2], counts[3], "{path} {counts:?}");
    }
}
