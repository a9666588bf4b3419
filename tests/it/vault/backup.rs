//! A backup that was made before an account was erased: once the escrow key of
//! that time is destroyed, whoever puts it back opens nothing with all that the
//! operator has, but the address for notices.

use std::collections::BTreeSet;
use std::time::Duration;

use sluis::app::{App, Migrations};
use sluis::clock::Clock;
use sluis::config::Config;
use sluis::jobs;
use sluis::random::Random;
use sluis::service::escrow;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, SqliteConnection};

use super::attacker::{Loot, travelled};
use super::dump::{Cell, cells, found};
use super::journey::{EMAIL, values};
use super::rotation::pass;
use crate::harness::{Engine, PASSWORD, TestApp};
use crate::life::deliver;

/// Erases the account by its page.
async fn erase(app: &TestApp) {
    let mut owner = app.browser();
    owner.sign_in("/sign-in", EMAIL, PASSWORD).await;
    let form = owner.get("/account/erase").await.form("erase");
    let page = owner.submit(form.with("word", "erase")).await;
    assert_eq!(page.location(), "/erased");
    deliver(app).await;
}

/// What whoever has the operator's keys and these cells can open: how many
/// vaults, how many grants, and every text.
fn opened(app: &TestApp, cells: &[Cell]) -> (usize, usize, BTreeSet<String>) {
    let opened = Loot::new(&app.folder().join("keys"), cells).open();
    (opened.vaults.len(), opened.grants.len(), opened.texts)
}

async fn a_backup_stays_shut(engine: Engine) {
    let (app, backup, _) = travelled(engine, true).await;
    erase(&app).await;
    let (vaults, grants, texts) = opened(&app, &backup);
    assert_eq!(
        (vaults, grants),
        (1, 1),
        "until the key of its month is gone"
    );
    assert!(texts.iter().any(|text| text.contains("NL91ABNA0417164300")));

    app.wait(escrow::LASTS);
    pass(&app.app).await;
    app.wait(escrow::LINGERS);
    pass(&app.app).await;
    let left = opened(&app, &backup);
    assert_eq!(left, (0, 0, BTreeSet::from([EMAIL.to_owned()])));

    // And what there is now says nothing at all.
    let after = cells(&app, engine).await;
    assert_eq!(opened(&app, &after), (0, 0, BTreeSet::new()));
    for value in values() {
        assert_eq!(found(&after, &value), [""; 0], "{value:?}");
    }
    for gone in [
        "keyholders.",
        "vaults.",
        "sessions.",
        "reads.",
        "subjects.",
        "codes.",
        "access_tokens.",
        "refresh_tokens.",
        "outbox.",
        "known_browsers.",
        "grants.grant_key_wrapped",
        "grants.released_sealed",
        "sign_in_failures.",
    ] {
        let left = after.iter().find(|cell| cell.place.starts_with(gone));
        assert!(left.is_none(), "{gone}");
    }
    for kept in ["receipts.jws", "deletion_duties.state", "grants.state"] {
        assert!(after.iter().any(|cell| cell.place == kept), "{kept}");
    }
}

#[tokio::test]
async fn a_backup_from_before_an_erasure_stays_shut_on_sqlite() {
    a_backup_stays_shut(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_backup_from_before_an_erasure_stays_shut_on_postgresql() {
    a_backup_stays_shut(Engine::Postgres).await;
}

/// The very file, put back under the keys of today.
#[tokio::test]
async fn a_database_that_is_put_back_serves_and_its_old_escrow_does_not() {
    let (app, _, _) = travelled(Engine::Sqlite, true).await;
    let copy = app.folder().join("backup.db");
    let url = app.app.config().database_url.expose().to_owned();
    let mut database = SqliteConnection::connect(&url).await.expect("it opens");
    let text = format!("VACUUM INTO '{}'", copy.display());
    database.execute(AssertSqlSafe(text)).await.expect("a copy");
    erase(&app).await;
    app.wait(escrow::LASTS);
    pass(&app.app).await;
    app.wait(escrow::LINGERS);
    pass(&app.app).await;

    let config = Config {
        database_url: format!("sqlite://{}", copy.display())
            .parse()
            .expect("a URL"),
        ..app.app.config().clone()
    };
    let clock = Clock::manual(app.app.now());
    let restored = App::open(config, Migrations::Refuse, clock, Random::system());
    let restored = restored.await.expect("the master key fits");
    let refused = restored.escrow().await.expect_err("its key is gone");
    assert!(refused.to_string().contains("keys rotate --escrow"));
    // What its message says to do: from then on others can sign up again, and
    // nobody can help with the vaults of that time.
    assert!(restored.next_escrow().await.expect("a key"));
    assert!(jobs::escrow::run_once(&restored).await.is_err());
    let held = escrow::tally(&restored).await.expect("a database");
    assert_eq!((held.present, held.before), (0, 1));
    tokio::time::timeout(Duration::from_secs(5), restored.close())
        .await
        .expect("it closes");
}
