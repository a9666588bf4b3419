//! A provider in this process, on either database, and people who use it the
//! way a browser does.

mod actor;
mod authenticator;
mod client;
mod page;
mod signer;

use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use sluis::app::{App, Migrations};
use sluis::clock::Clock;
use sluis::config::{Config, Letterbox, MailUrl};
use sluis::domain::grant::EventKind;
use sluis::domain::message::Receiver;
use sluis::domain::receipt::Receipt;
use sluis::domain::time::Timestamp;
use sluis::random::Random;
use sluis::service::receipts::{Checked, check_file};
use sluis::store::outbox::Tally;
use sluis::store::{StoreError, outbox};

pub(crate) use actor::{
    ADA, Actor, BOB, EVE, NEW_ADDRESS, NEW_PASSWORD, PASSWORD, SANNE, SentFrom, THIEF,
};
pub(crate) use authenticator::Authenticator;
pub(crate) use client::{
    CHALLENGE, CLUB_PLAN, Client, LETTER_PLAN, PAPER_PLAN, SHOP_PLAN, VERIFIER, business_document,
};
pub(crate) use page::{Page, id_of};
pub(crate) use signer::{Signer, sign_hs256, unsigned};

use crate::postgres::Database;

/// One of the two databases that every test of a page runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// Makes two tests of each function that takes a [`TestApp`]: one on each
/// database. One that is not listed is dead code, which the build refuses.
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use crate::harness::{Engine, TestApp};

            #[tokio::test]
            async fn on_sqlite() {
                super::$name(TestApp::start(Engine::Sqlite).await).await;
            }

            #[tokio::test]
            async fn on_postgresql() {
                super::$name(TestApp::start(Engine::Postgres).await).await;
            }
        }
    )+};
}
pub(crate) use on_both_databases;

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const HOUR: Duration = Duration::from_hours(1);
pub(crate) const DAY: Duration = Duration::from_hours(24);
pub(crate) const WEEK: Duration = DAY.saturating_mul(7);

/// When tests begin: Monday 21 September 2026, 14:13:20 UTC.
pub(crate) const START: Timestamp = Timestamp::from_seconds(1_790_000_000);

/// A provider with its own database, and a clock that the test turns.
pub(crate) struct TestApp {
    pub(crate) app: App,
    pub(crate) router: Router,
    clock: Clock,
    folder: Folder,
    database: Option<Database>,
}

/// A folder that goes with the test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn fresh() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("sluis-test-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub(crate) fn path(&self) -> &std::path::Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl TestApp {
    /// The receipts of an agreement, which are a whole chain.
    pub(crate) async fn chain(&self, actor: &mut Actor, grant: &str) -> Vec<Receipt> {
        let file = actor.get(&format!("{grant}/receipts")).await.html;
        let keys = self.app.keys().await.expect("keys");
        match check_file(&file, keys.public_keys()) {
            Ok(Checked::Chain(receipts)) => receipts,
            other => panic!("{grant} has no chain: {other:?}"),
        }
    }

    /// What happened to an agreement, by its receipts.
    pub(crate) async fn events(&self, actor: &mut Actor, grant: &str) -> Vec<EventKind> {
        let chain = self.chain(actor, grant).await;
        chain.iter().map(|receipt| receipt.event.kind).collect()
    }

    pub(crate) async fn start(engine: Engine) -> Self {
        Self::start_with(engine, Random::system()).await
    }

    /// One whose secrets a test may know.
    pub(crate) async fn start_with(engine: Engine, random: Random) -> Self {
        let folder = Folder::fresh();
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Database::fresh().await),
        };
        let database_url = match &database {
            Some(database) => database.url().clone(),
            None => format!("sqlite://{}/sluis.db", folder.0.display())
                .parse()
                .expect("a database URL"),
        };
        let config = Config {
            database_url,
            keys_dir: folder.0.join("keys"),
            // Where the tests' own servers are.
            outbound_allow: "127.0.0.0/8".parse().expect("a network"),
            mail_url: MailUrl::Memory(Letterbox::default()),
            ..Config::default()
        };
        let clock = Clock::manual(START);
        let app = App::open(config, Migrations::Apply, clock.clone(), random)
            .await
            .expect("an instance");
        Self {
            router: sluis::server::router(&app),
            app,
            clock,
            folder,
            database,
        }
    }

    /// The same instance, opened again with other settings.
    pub(crate) async fn with(self, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = self.app.config().clone();
        change(&mut config);
        let clock = self.clock.clone();
        let app = App::open(config, Migrations::Refuse, clock, Random::system());
        let app = app.await.expect("an instance");
        Self {
            router: sluis::server::router(&app),
            app,
            ..self
        }
    }

    /// Another node on the same database, with the same clock.
    pub(crate) async fn second_node(&self) -> Router {
        sluis::server::router(&self.second_app().await)
    }

    /// [`TestApp::second_node`], as what its jobs run on.
    pub(crate) async fn second_app(&self) -> App {
        let config = self.app.config().clone();
        let clock = self.clock.clone();
        let app = App::open(config, Migrations::Refuse, clock, Random::system());
        app.await.expect("a node")
    }

    /// Does a job on two nodes at once.
    pub(crate) async fn on_two_nodes<E: Debug>(&self, job: impl AsyncFn(&App) -> Result<(), E>) {
        let other = self.second_app().await;
        let (one, another) = tokio::join!(job(&self.app), job(&other));
        one.expect("a database");
        another.expect("a database");
    }

    /// On which database it runs.
    pub(crate) fn engine(&self) -> Engine {
        match self.database {
            Some(_) => Engine::Postgres,
            None => Engine::Sqlite,
        }
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, time: Duration) {
        self.clock.advance(time);
    }

    /// Lets the clock jump back.
    pub(crate) fn go_back(&self, time: Duration) {
        self.clock.go_back(time);
    }

    /// Where the instance keeps its files.
    pub(crate) fn folder(&self) -> &std::path::Path {
        &self.folder.0
    }

    /// A browser that nobody has used yet, of someone who reads English.
    pub(crate) fn browser(&self) -> Actor {
        Actor::at(self.router.clone())
    }

    /// Someone who has just signed up.
    pub(crate) async fn person(&self, name: &str, email: &str) -> Actor {
        let mut actor = self.browser();
        let page = actor.sign_up("/sign-up", name, email).await;
        assert_eq!(page.location(), "/account?done=welcome");
        self.leave_mail().await;
        actor
    }

    /// What waits for each receiver, and what was given up.
    pub(crate) async fn tallies(&self) -> Vec<Tally> {
        let mut connection = self.app.store().read().await.expect("a connection");
        outbox::tallies(&mut connection).await.expect("tallies")
    }

    /// The same of the mail alone.
    pub(crate) async fn tally_of_mail(&self) -> Option<Tally> {
        let mut tallies = self.tallies().await.into_iter();
        tallies.find(|tally| tally.receiver.as_str() == "mail")
    }

    /// Whatever mail waits counts as sent: nobody reads it.
    pub(crate) async fn leave_mail(&self) {
        let (receiver, now) = (Receiver::from_stored("mail".to_owned()), self.app.now());
        self.app
            .store()
            .write(move |tx| {
                Box::pin(async move {
                    // Of each lane the first, time and again.
                    loop {
                        let waiting = outbox::claim(tx, &receiver, now, now, 100).await?;
                        if waiting.is_empty() {
                            return Ok::<_, StoreError>(());
                        }
                        for mail in waiting {
                            outbox::delivered(tx, &mail).await?;
                        }
                    }
                })
            })
            .await
            .expect("a database");
    }
}
