//! The process is killed at random moments, while many people act and
//! businesses are told of it: whatever was acknowledged is there, everybody
//! was told of it, and nothing is there by half.

mod listener;
mod person;
mod weather;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};
use sluis::clock::Clock;
use sluis::domain::client::FetchUri;
use sluis::domain::grant::EventKind;
use sluis::domain::receipt::Receipt;
use sluis::jobs;
use sluis::random::Random;
use sluis::service::streams::{DeliveryWish, Wish, create};
use sluis::store::duties::list;
use sluis::store::outbox::tallies;

use self::listener::Listener;
use self::person::{Done, Known, Person, agreements};
use self::weather::Weather;
use super::crash::Served;
use crate::harness::{Actor, Engine, TestApp};
use crate::protocol::{Business, DUTIES, SCOPES, text};

const PEOPLE: usize = 6;
const KILLS: usize = 10;
/// Within which time of an answer the process dies.
const SOON: u16 = 1_800;

#[tokio::test]
async fn whenever_the_process_is_killed_nothing_is_lost_on_sqlite() {
    whenever_the_process_is_killed_nothing_is_lost(Engine::Sqlite).await;
}

#[tokio::test]
async fn whenever_the_process_is_killed_nothing_is_lost_on_postgresql() {
    whenever_the_process_is_killed_nothing_is_lost(Engine::Postgres).await;
}

#[expect(
    clippy::disallowed_methods,
    reason = "the moment of a crash has no cause that could be awaited; a seed may be given by hand"
)]
async fn whenever_the_process_is_killed_nothing_is_lost(engine: Engine) {
    let seed = std::env::var("SLUIS_TEST_SEED").map_or_else(
        |_| u64::from_be_bytes(Random::system().bytes()),
        |seed| seed.parse().expect("a number"),
    );
    // Shown when the test fails.
    println!("{engine:?}: SLUIS_TEST_SEED={seed}");
    let chance = Random::seeded(seed);
    let mut listener = Listener::open();
    let app = TestApp::start(engine).await;
    let shop = subscriber(&app, &listener).await;
    app.app.close().await;
    let mut served = Served::start(app).await;
    served.allow = "127.0.0.0/8";
    served.crash().await;
    let weather = Weather::default();
    let shop = shop.at(served.router());
    let mut lives = Vec::new();
    for number in 0..PEOPLE {
        let mut actor = Actor::at(served.router());
        let name = "Ada Lovelace".to_owned();
        let email = format!("ada{number}@home.example");
        let page = actor.sign_up("/sign-up", &name, &email).await;
        assert_eq!(page.location(), "/account?done=welcome");
        let random = Random::seeded(u64::from_be_bytes(chance.bytes()));
        let person = Person::new(actor, name, shop.clone(), random);
        lives.push(tokio::spawn(person.live(weather.clone())));
    }
    for round in 0..KILLS {
        let wait = u16::from_be_bytes(chance.bytes()) % SOON;
        tokio::time::sleep(Duration::from_millis(200 + u64::from(wait))).await;
        // Whoever is told breaks down as well.
        match round % 4 {
            1 => listener.fail(),
            2 => listener.mend(),
            _ => {}
        }
        weather.set_down(true);
        served.crash().await;
        weather.set_down(false);
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    weather.end();
    let mut people = Vec::new();
    for life in lives {
        people.push(life.await.expect("somebody whose acts can be explained"));
    }
    // What it has taken up to deliver, it never delivers.
    let app = served.take_over().await;
    app.wait(Clock::system().now().since(app.app.now()) + Duration::from_mins(5));
    let checked = check(&app, people).await;
    checked.left_duties(&app).await;
    listener.mend();
    drain(&app).await;
    checked.was_told(&listener);
}

/// A business that is told of everything, in both ways.
async fn subscriber(app: &TestApp, listener: &Listener) -> Business {
    let wants = json!({
        "backchannel_logout_uri": listener.at("/bye"),
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "scope": format!("{SCOPES} {DUTIES}"),
    });
    let shop = Business::with(app, "shop", wants, None).await;
    let id = "shop".parse().expect("an id");
    let client = app.app.client(&id).await.expect("a database");
    let endpoint = FetchUri::try_from(listener.at("/events")).expect("a URL");
    let wish = Wish {
        delivery: Some(Some(DeliveryWish::Push {
            endpoint,
            authorization: None,
        })),
        ..Wish::default()
    };
    let made = create(&app.app, &client.expect("a client"), wish).await;
    made.expect("a stream");
    shop
}

/// Delivers whatever is due, and becomes due by waiting.
async fn drain(app: &TestApp) {
    for _ in 0..20 {
        jobs::outbox::run_once(&app.app).await.expect("a database");
        let mut connection = app.app.store().read().await.expect("a database");
        let left = tallies(&mut connection).await.expect("a database");
        drop(connection);
        assert!(left.iter().all(|tally| tally.given_up == 0), "{left:?}");
        if left.iter().all(|tally| tally.waiting == 0) {
            return;
        }
        app.wait(Duration::from_hours(2));
    }
    panic!("it does not end");
}

/// What is in the database, and is to have been told.
struct Found {
    /// Of each agreement, by its id: its receipts, and what was known of it.
    agreements: BTreeMap<String, (Vec<Receipt>, Known)>,
}

async fn check(app: &TestApp, people: Vec<Person>) -> Found {
    let mut found = Found {
        agreements: BTreeMap::new(),
    };
    let (mut acknowledged, mut unanswered) = (0, 0);
    for person in people {
        acknowledged += person.acknowledged;
        unanswered += person.unanswered;
        let mut actor = person.actor.clone().moved_to(app);
        let page = actor.get("/account/businesses").await;
        assert_eq!(page.status, 200, "whoever signed in is signed in");
        let there: BTreeSet<String> = agreements(&page.links()).into_iter().collect();
        let known: BTreeSet<String> = person.grants.keys().cloned().collect();
        assert_eq!(
            there, known,
            "agreements that nobody made, or that are lost"
        );
        for (path, known) in &person.grants {
            let receipts = app.chain(&mut actor, path).await;
            is_what_was_done(&receipts, &known.done);
            let stands = actor.get(path).await;
            let last = receipts.last().expect("a receipt").event.kind.as_str();
            let is_over = matches!(last, "withdrawn" | "answered");
            assert_eq!(stands.has_form("/withdraw"), !is_over, "{path}");
            assert_eq!(stands.has_form("/resume"), last == "paused", "{path}");
            opens(app, &person, known, last).await;
            let id = path.rsplit('/').next().expect("an id").to_owned();
            found.agreements.insert(id, (receipts, known.clone()));
        }
    }
    println!("{acknowledged} acts were acknowledged, {unanswered} were not");
    assert!(acknowledged >= PEOPLE * 2, "there was no load");
    found
}

/// The receipts tell everything that was acknowledged, or seen later, in order,
/// and nothing else.
fn is_what_was_done(receipts: &[Receipt], done: &[Done]) {
    let told: Vec<&str> = receipts.iter().map(|one| one.event.kind.as_str()).collect();
    let done: Vec<&str> = done.iter().map(|one| one.event).collect();
    assert_eq!(told, done);
}

/// The newest token opens what the agreement releases, and nothing once that
/// is over.
async fn opens(app: &TestApp, person: &Person, known: &Known, last: &str) {
    let Some(tokens) = &known.tokens else {
        return;
    };
    let shop = person.shop().at(app.router.clone());
    let told = shop.refresh(text(tokens, "refresh_token")).await;
    if matches!(last, "withdrawn" | "answered" | "paused") {
        assert_eq!(told.error(), "invalid_grant");
        return;
    }
    let tokens = told.ok();
    let claims = shop.userinfo(text(&tokens, "access_token")).await.ok();
    assert_eq!(text(&claims, "name"), person.name);
}

impl Found {
    /// Each agreement that is over left one duty, and no other left any; what a
    /// receipt says of it, it says itself.
    async fn left_duties(&self, app: &TestApp) {
        let id = "shop".parse().expect("an id");
        let mut left: BTreeMap<String, bool> = BTreeMap::new();
        let mut after = None;
        loop {
            let mut connection = app.app.store().read().await.expect("a database");
            let some = list(&mut connection, &id, None, after, 100).await;
            let some = some.expect("duties");
            let Some(last) = some.last() else {
                break;
            };
            after = Some(last.id);
            for duty in some {
                let before = left.insert(duty.grant_id.to_string(), duty.answer.is_some());
                assert_eq!(before, None, "one duty, and not two");
            }
        }
        let over = self.agreements.iter().filter_map(|(grant, (receipts, _))| {
            let told = |kind| receipts.iter().any(|receipt| receipt.event.kind == kind);
            told(EventKind::Withdrawn).then(|| (grant.clone(), told(EventKind::Answered)))
        });
        assert_eq!(left, over.collect());
        let answered = left.values().filter(|answered| **answered).count();
        println!(
            "{} duties were left, {answered} of them are answered",
            left.len()
        );
    }

    /// Of each act the business was told, by tokens that are known again, and
    /// in the order of the acts.
    fn was_told(&self, listener: &Listener) {
        let mut tokens: BTreeMap<&str, &Value> = BTreeMap::new();
        let heard = listener.claims("/events");
        let mut told: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut edits: BTreeMap<&str, usize> = BTreeMap::new();
        for claims in &heard {
            let jti = text(claims, "jti");
            if let Some(before) = tokens.insert(jti, claims) {
                assert_eq!(before, claims, "another event by the same name");
                continue;
            }
            let (kind, event) = claims["events"]
                .as_object()
                .and_then(|events| events.iter().next())
                .expect("an event");
            let Some(grant) = event["grant_id"].as_str() else {
                continue;
            };
            match event["receipt_id"].as_str() {
                Some(receipt) => told.entry(grant).or_default().push(receipt),
                None if kind.ends_with("/profile-changed") => *edits.entry(grant).or_default() += 1,
                None => panic!("{claims}"),
            }
        }
        let mut withdrawn = 0;
        for (grant, (receipts, known)) in &self.agreements {
            // The first is told in the answer to the login.
            let made: Vec<String> = receipts[1..]
                .iter()
                // Its own answer, nobody tells it.
                .filter(|one| one.event.kind != EventKind::Answered)
                .map(|one| one.jti.to_string())
                .collect();
            assert_eq!(
                told.remove(grant.as_str()).unwrap_or_default(),
                made,
                "{grant}"
            );
            let heard = edits.remove(grant.as_str()).unwrap_or(0);
            assert_eq!(heard, known.edits, "{grant}: edits that were told");
            let mut kinds = receipts.iter().map(|receipt| receipt.event.kind);
            withdrawn += usize::from(kinds.any(EventKind::is_final));
        }
        assert!(told.is_empty() && edits.is_empty(), "{told:?} {edits:?}");
        let logouts: BTreeSet<String> = listener
            .claims("/bye")
            .iter()
            .map(|claims| text(claims, "jti").to_owned())
            .collect();
        assert_eq!(logouts.len(), withdrawn, "one logout for each withdrawal");
        let twice = heard.len() - tokens.len();
        println!(
            "{} events were told, {twice} of them more than once",
            tokens.len()
        );
    }
}
