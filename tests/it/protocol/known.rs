//! Nobody learns by signing in whether an address has an account.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use crate::harness::{Actor, Engine, Page, TestApp, on_both_databases};

const ADA: &str = "ada@home.example";
const EVE: &str = "eve@home.example";

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
    a_login_hint_tells_nothing,
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
/// runs the same code of ours.
#[tokio::test]
async fn a_known_and_an_unknown_address_cost_as_many_statements() {
    let app = TestApp::start(Engine::Postgres).await;
    app.person("Ada", ADA).await;
    let mut thief = app.browser();
    let page = thief.get("/sign-in").await;
    let statements = Statements::default();
    let subscriber = tracing_subscriber::registry().with(statements.clone());
    // Where there is one subscriber, a callsite is settled for all by the thread
    // that first comes to it: those of other tests have none.
    let _another = tracing::Dispatch::new(tracing_subscriber::registry());
    let _guard = tracing::subscriber::set_default(subscriber);
    let mut counts = Vec::new();
    for email in [ADA, EVE, ADA, EVE] {
        let form = page
            .form("sign-in")
            .with("email", email)
            .with("password", "a wrong password");
        statements.0.store(0, Ordering::Relaxed);
        thief.submit(form.press("sign-in-submit")).await;
        counts.push(statements.0.load(Ordering::Relaxed));
    }
    assert!(counts[0] >= 3, "{counts:?}: statements are counted");
    assert_eq!(counts[0], counts[1]);
    assert_eq!(counts[2], counts[3]);
}
