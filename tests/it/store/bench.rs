//! A migrated database on either engine, and rows to fill it with.

use std::future::Future;

use enumset::EnumSet;
use sluis::crypto::vault::KeyholderKind;
use sluis::domain::account::{Account, Authentication};
use sluis::domain::business::{Business, BusinessDocument, Vetting};
use sluis::domain::client::Client;
use sluis::domain::grant::Grant;
use sluis::domain::id::{AccountId, BusinessId, ClientId, FamilyId, GrantId, KeyholderId};
use sluis::domain::language::Language;
use sluis::domain::negotiation::{Ceiling, Choice, negotiate};
use sluis::domain::plan::{Plan, PlanVersion};
use sluis::domain::profile::Profiles;
use sluis::domain::receipt::{ChainEnd, Hash};
use sluis::domain::scope::Scope;
use sluis::domain::subject::{Sector, Subject};
use sluis::domain::tier::{Tier, TierChoice};
use sluis::domain::time::Timestamp;
use sluis::domain::token::TokenBinding;
use sluis::store::accounts::AccountRow;
use sluis::store::grants::GrantRow;
use sluis::store::keyholders::KeyholderRow;
use sluis::store::tokens::NewToken;
use sluis::store::{Store, StoreError, accounts, clients, grants};
use uuid::Uuid;

use crate::harness::{Engine, Folder};
use crate::postgres::Database;

/// Runs each test on both engines, each time on a database of its own.
macro_rules! on_both_engines {
    ($(async fn $name:ident($bench:ident: Bench) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn run($bench: Bench) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn on_sqlite() {
                run(Bench::on(crate::harness::Engine::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn on_postgresql() {
                run(Bench::on(crate::harness::Engine::Postgres).await).await;
            }
        }
    )+};
}
pub(super) use on_both_engines;

/// Runs one store function as a write.
macro_rules! keep {
    ($store:expr, |$tx:ident| $run:expr) => {
        $store
            .write(move |$tx| {
                Box::pin(async move { Ok::<_, sluis::store::StoreError>($run.await?) })
            })
            .await
    };
}
pub(super) use keep;

pub(super) const NOW: Timestamp = crate::harness::START;

pub(super) fn later(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(NOW.as_seconds() + seconds)
}

pub(super) const SIGNED_IN: Authentication = Authentication::by_password(NOW);

pub(super) struct Bench {
    pub(super) store: Store,
    pub(super) engine: Engine,
    pub(super) url: String,
    _folder: Folder,
    _database: Option<Database>,
}

impl Bench {
    /// A database with the real migrations.
    pub(super) async fn on(engine: Engine) -> Self {
        let bench = Self::empty(engine).await;
        bench.store.migrate().await.expect("migrations");
        bench
    }

    /// A database without any.
    pub(super) async fn empty(engine: Engine) -> Self {
        let folder = Folder::fresh();
        let (url, database) = match engine {
            Engine::Sqlite => (
                format!("sqlite://{}/sluis.db", folder.path().display()),
                None,
            ),
            Engine::Postgres => {
                let database = Database::fresh().await;
                (database.url().expose().to_owned(), Some(database))
            }
        };
        Self {
            store: Store::connect(&url, true).await.expect("a database"),
            engine,
            url,
            _folder: folder,
            _database: database,
        }
    }

    /// The same database, opened once more: what it shows is durable.
    pub(super) async fn reopened(&self) -> Store {
        Store::connect(&self.url, false).await.expect("it is there")
    }

    /// How many rows a table has.
    pub(super) async fn count(&self, table: &str) -> i64 {
        let store = self.reopened().await;
        let mut connection = store.read().await.expect("a connection");
        let text = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        sqlx::query_scalar(text)
            .fetch_one(&mut *connection)
            .await
            .expect("a count")
    }

    pub(super) async fn account(&self, number: u8) -> AccountId {
        let row = account(number);
        let id = row.account.id;
        keep!(self.store, |tx| accounts::insert(tx, &row, [number; 32])).expect("an account");
        id
    }

    pub(super) async fn business(&self) -> BusinessId {
        let business = business();
        let id = business.id;
        keep!(self.store, |tx| clients::insert_business(
            tx, &business, NOW
        ))
        .expect("a business");
        id
    }

    /// A business and a client of it.
    pub(super) async fn client(&self) -> ClientId {
        let client = client(self.business().await);
        let id = client.id.clone();
        keep!(self.store, |tx| clients::insert(tx, &client, NOW)).expect("a client");
        id
    }

    /// A grant, with its account and client.
    pub(super) async fn grant(&self) -> GrantRow {
        let row = grant(self.account(1).await, self.client().await, 1);
        let kept = row.clone();
        keep!(self.store, |tx| grants::insert(tx, &kept)).expect("a grant");
        row
    }
}

/// Runs the same write as many times at once as there are numbers.
pub(super) async fn all_at_once<T, F, Fut>(count: u8, run: F) -> Vec<Result<T, StoreError>>
where
    T: Send + 'static,
    F: Fn(u8) -> Fut,
    Fut: Future<Output = Result<T, StoreError>> + Send + 'static,
{
    let tasks: Vec<_> = (0..count).map(|number| tokio::spawn(run(number))).collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.expect("no panic"));
    }
    results
}

/// How many of them won.
pub(super) fn winners(results: &[Result<bool, StoreError>]) -> usize {
    let won = |result: &Result<bool, StoreError>| *result.as_ref().expect("no error");
    results.iter().filter(|result| won(result)).count()
}

pub(super) fn uuid(number: u8) -> Uuid {
    Uuid::from_u128(0x0198_f3c4_5b6a_7000_8000_0000_0000_0000 + u128::from(number))
}

pub(super) fn account(number: u8) -> AccountRow {
    AccountRow {
        account: Account {
            id: AccountId::new(uuid(number)),
            language: Language::Nl,
            created_at: NOW,
        },
        contact_sealed: vec![number; 40],
    }
}

pub(super) fn keyholder(account_id: AccountId, number: u8, kind: KeyholderKind) -> KeyholderRow {
    let password = kind == KeyholderKind::Password;
    KeyholderRow {
        account_id,
        id: KeyholderId::new(uuid(number)),
        kind,
        params: format!("params {number}"),
        verifier: password.then(|| vec![number; 32]),
        vault_key_wrapped: vec![number; 60],
        created_at: later(number.into()),
    }
}

pub(super) fn business() -> Business {
    Business {
        id: BusinessId::new(uuid(100)),
        document: BusinessDocument {
            name: "Bakkerij 't Hoekje".to_owned(),
            address: "Dorpsstraat 1, 1234 AB Dorp".to_owned(),
            contact: "privacy@bakkerij.example".to_owned(),
            registration: None,
            country: "NL".to_owned(),
            sector: None,
        },
        vetting: Vetting::Vetted,
    }
}

pub(super) fn client(business_id: BusinessId) -> Client {
    let metadata = serde_json::json!({
        "client_name": "Bakkerij",
        "redirect_uris": ["https://bakkerij.example/back"],
    });
    Client {
        id: "bakkerij".parse().expect("an id"),
        business_id,
        secret_hash: Some([9; 32]),
        secret_sealed: None,
        sector: Sector::of_host(business_id, "bakkerij.example"),
        metadata: serde_json::from_value(metadata).expect("metadata"),
    }
}

pub(super) fn plan() -> Plan {
    Plan::from_scopes(Scope::Openid | Scope::Profile | Scope::Email)
}

pub(super) fn grant(account_id: AccountId, client_id: ClientId, number: u8) -> GrantRow {
    let choice = Choice::of(TierChoice::Tier(Tier::Low));
    let terms = negotiate(
        &plan(),
        &Profiles::default(),
        EnumSet::all(),
        Ceiling::NONE,
        &choice,
        NOW,
    )
    .terms()
    .expect("it is met");
    let subject = Subject::from_random([number; 16]);
    let id = GrantId::new(uuid(number));
    GrantRow {
        grant: Grant::give(
            id,
            account_id,
            client_id,
            subject,
            terms,
            PlanVersion(0),
            NOW,
        ),
        grant_key_wrapped: Some(vec![1; 60]),
        released_sealed: Some(vec![2; 200]),
        chain: ChainEnd {
            seq: 1,
            hash: Hash::of(b"the first receipt"),
            at: NOW,
        },
    }
}

pub(super) fn token(grant_id: GrantId, number: u8) -> NewToken {
    NewToken {
        grant_id,
        hash: [number; 32],
        family_id: FamilyId::new(uuid(200)),
        grant_key_wrapped: vec![number; 60],
        expires_at: later(60),
        binding: TokenBinding::default(),
    }
}
