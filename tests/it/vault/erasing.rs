//! The process is killed while people erase their accounts: each is there as a
//! whole or gone as a whole, and whoever was told that it is gone finds it gone.

use std::time::Duration;

use axum::http::StatusCode;
use futures_util::stream::{self, StreamExt as _};
use serde_json::{Value, json};
use sluis::clock::Clock;

use super::crash::Served;
use crate::harness::{Actor, Engine, PASSWORD, TestApp};
use crate::html::Form;
use crate::people::erasure::chain;
use crate::protocol::{Business, DUTIES, SCOPES, text};

const PEOPLE: usize = 8;
/// After so many were told that they are gone, the process dies.
const TOLD: usize = 2;
const AT_ONCE: usize = 3;

#[tokio::test]
async fn an_erasure_is_whole_or_none_when_the_process_is_killed_on_sqlite() {
    an_erasure_is_whole_or_none(Engine::Sqlite).await;
}

#[tokio::test]
async fn an_erasure_is_whole_or_none_when_the_process_is_killed_on_postgresql() {
    an_erasure_is_whole_or_none(Engine::Postgres).await;
}

/// Somebody with an agreement, about to erase their account.
struct Person {
    actor: Actor,
    email: String,
    form: Form,
    tokens: Value,
    was_told: bool,
}

async fn an_erasure_is_whole_or_none(engine: Engine) {
    let app = TestApp::start(engine).await;
    let wants = json!({
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "scope": format!("{SCOPES} {DUTIES}"),
    });
    let shop = Business::with(&app, "shop", wants, None).await;
    app.app.close().await;
    let mut served = Served::start(app).await;
    let there = shop.at(served.router());
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let mut actor = Actor::at(served.router());
        let email = format!("ada{number}@home.example");
        actor.sign_up("/sign-up", "Ada", &email).await;
        let tokens = there.log_in_for(&mut actor, "low", SCOPES).await;
        let form = actor.get("/account/erase").await.form("erase");
        let form = form.with("word", "erase").with("when", "now");
        people.push(Person {
            actor,
            email,
            form: form.press("erase-submit"),
            tokens,
            was_told: false,
        });
    }
    let (mut told, mut answers) = (
        0,
        stream::iter(people.iter_mut())
            .map(erase)
            .buffer_unordered(AT_ONCE),
    );
    while answers.next().await.is_some() {
        told += 1;
        if told == TOLD {
            served.kill();
        }
    }
    drop(answers);
    let app = served.take_over().await;
    app.wait(Clock::system().now().since(app.app.now()) + Duration::from_mins(5));
    let shop = there.at(app.router.clone());
    let mut gone = 0;
    for person in people {
        let events = chain(&app, text(&person.tokens, "grant_id")).await;
        let page = app
            .browser()
            .sign_in("/sign-in", &person.email, PASSWORD)
            .await;
        let told = shop.refresh(text(&person.tokens, "refresh_token")).await;
        if page.status == StatusCode::UNPROCESSABLE_ENTITY {
            assert_eq!(events, ["given", "erased"]);
            assert_eq!(told.error(), "invalid_grant");
            gone += 1;
        } else {
            assert_eq!(page.location(), "/account");
            assert!(
                !person.was_told,
                "{} was told that it is gone",
                person.email
            );
            assert_eq!(events, ["given"]);
            told.ok();
        }
    }
    println!("{engine:?}: {gone} of {PEOPLE} are gone, of whom {TOLD} were told so");
    let duties = shop.duties("").await.len();
    assert_eq!(duties, gone, "of each that is gone, one duty");
    assert!((TOLD..PEOPLE).contains(&gone), "{gone} are gone");
}

async fn erase(person: &mut Person) {
    let page = person.actor.submit(person.form.clone()).await;
    person.was_told = page.redirect() == Some("/erased");
}
