//! The escrow keys: one a month, and each destroyed once nothing is wrapped by
//! it any more.

use std::time::Duration;

use futures_util::future::join_all;
use sluis::app::App;
use sluis::crypto::escrow::{EscrowEpoch, EscrowKey};
use sluis::crypto::seal::Sealed;
use sluis::crypto::vault::{open_with_escrow, wrap_for_escrow};
use sluis::jobs;
use sluis::service::escrow::{self, Tally};
use sluis::store::StoreError;
use sluis::store::escrow::{WrappedRow, rewrap, wrapped};

use crate::harness::{ADA, BOB, SECOND, TestApp, on_both_databases};
use crate::people::{forgot, link, only, post};

on_both_databases!(
    each_month_has_a_key_and_the_one_before_it_is_destroyed,
    the_new_key_helps_who_forgot_their_password,
    of_many_nodes_one_makes_the_next_key,
    what_was_left_half_done_is_finished_by_another_node,
    an_instance_from_before_moves_over_by_itself,
    a_key_that_is_missing_is_told_and_holds_up_no_other,
    a_key_of_another_folder_is_refused,
);

const MONTH: Duration = escrow::LASTS;
const HOUR: Duration = escrow::LINGERS;

pub(super) async fn pass(app: &App) {
    jobs::escrow::run_once(app).await.expect("it can be done");
}

fn epochs(app: &App) -> Vec<u32> {
    let found = app.escrow_folder().epochs().expect("a folder");
    found.into_iter().map(EscrowEpoch::number).collect()
}

async fn present(app: &App) -> u32 {
    app.escrow().await.expect("a key").epoch().number()
}

async fn tally(app: &App) -> (u32, u32) {
    let Tally { present, before } = escrow::tally(app).await.expect("a database");
    (present, before)
}

async fn each_month_has_a_key_and_the_one_before_it_is_destroyed(app: TestApp) {
    for name in ["ada", "bob", "cleo"] {
        app.person(name, &format!("{name}@home.example")).await;
    }
    let first = app.app.escrow_folder().path(EscrowEpoch::new(1));
    pass(&app.app).await;
    assert_eq!((epochs(&app.app), tally(&app.app).await), (vec![1], (3, 0)));
    app.wait(MONTH.saturating_sub(SECOND));
    pass(&app.app).await;
    assert_eq!(epochs(&app.app), [1]);
    app.wait(SECOND);
    pass(&app.app).await;
    assert_eq!((present(&app.app).await, epochs(&app.app)), (2, vec![1, 2]));
    assert_eq!(tally(&app.app).await, (3, 0));
    app.wait(HOUR.saturating_sub(SECOND));
    pass(&app.app).await;
    assert!(first.exists(), "somebody may still be about to use it");
    app.wait(SECOND);
    pass(&app.app).await;
    assert_eq!(epochs(&app.app), [2]);
    app.wait(MONTH);
    pass(&app.app).await;
    app.wait(HOUR);
    pass(&app.app).await;
    assert_eq!((epochs(&app.app), tally(&app.app).await), (vec![3], (3, 0)));
}

async fn the_new_key_helps_who_forgot_their_password(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    ada.live_in_amsterdam().await;
    app.wait(MONTH);
    pass(&app.app).await;
    app.wait(HOUR);
    pass(&app.app).await;
    let mut phone = app.browser();
    let recover = forgot(&app, ADA).await;
    let form = phone.get(&recover).await.form("recover-wait");
    phone.submit(form).await;
    // It counts from when she was told.
    post(&app).await;
    app.wait(Duration::from_secs(24 * 3_600));
    jobs::recoveries::run_once(&app.app).await.expect("told");
    let ready = link(&only(post(&app).await));
    let form = phone.get(&ready).await.form("recover-finish");
    let page = phone
        .land(form.with("password", "een ander wachtwoord"))
        .await;
    page.says("new password works");
    phone.sign_in("/sign-in", ADA, "een ander wachtwoord").await;
    phone
        .get("/account/profiles")
        .await
        .says("Prinsengracht 263");
}

async fn of_many_nodes_one_makes_the_next_key(app: TestApp) {
    app.person("Ada", ADA).await;
    let nodes = [
        app.second_app().await,
        app.second_app().await,
        app.app.clone(),
    ];
    app.wait(MONTH);
    for done in join_all(nodes.iter().map(jobs::escrow::run_once)).await {
        done.expect("it can be done");
    }
    assert_eq!(present(&app.app).await, epochs(&app.app)[1]);
    assert_eq!((epochs(&app.app).len(), tally(&app.app).await), (2, (1, 0)));
}

async fn what_was_left_half_done_is_finished_by_another_node(app: TestApp) {
    for name in ["ada", "bob", "cleo"] {
        app.person(name, &format!("{name}@home.example")).await;
    }
    assert!(app.app.next_escrow().await.expect("a key"));
    let first = EscrowEpoch::new(1);
    let done = escrow::rewrap(&app.app, first, None, 1).await.expect("one");
    assert_eq!((done.written, tally(&app.app).await), (1, (1, 2)));
    app.wait(HOUR);
    // As long as anything is wrapped by it, it stays.
    assert!(!escrow::spend(&app.app, first).await.expect("a database"));
    let other = app.second_app().await;
    pass(&other).await;
    assert_eq!((epochs(&other), tally(&other).await), (vec![2], (3, 0)));
}

/// Wraps all that the present key has wrapped by the one that comes of the
/// master key, as versions before it did.
async fn go_back(app: &App) {
    let present = app.escrow().await.expect("a key");
    let before = EscrowKey::of_master(app.master());
    let mut connection = app.store().read().await.expect("a database");
    let rows = wrapped(&mut connection, present.epoch(), None, 100).await;
    drop(connection);
    for row in rows.expect("rows") {
        let old = Sealed::from_bytes(row.vault_key_wrapped);
        let key = open_with_escrow(&old, row.account_id, &present).expect("it opens");
        let new = wrap_for_escrow(&key, row.account_id, &before, app.random());
        let row = WrappedRow {
            vault_key_wrapped: new.into_bytes(),
            ..row
        };
        let epochs = (present.epoch(), EscrowEpoch::OF_MASTER);
        let written = app.store().write(move |tx| {
            Box::pin(async move { Ok::<_, StoreError>(rewrap(tx, &row, epochs).await?) })
        });
        assert!(written.await.expect("a database"));
    }
}

async fn an_instance_from_before_moves_over_by_itself(app: TestApp) {
    app.person("Ada", ADA).await;
    go_back(&app.app).await;
    assert_eq!(tally(&app.app).await, (0, 1));
    pass(&app.app).await;
    assert_eq!(tally(&app.app).await, (1, 0));
    // And again, where a node that is not upgraded yet made another.
    app.wait(HOUR);
    pass(&app.app).await;
    go_back(&app.app).await;
    pass(&app.app).await;
    assert_eq!(tally(&app.app).await, (1, 0));
}

async fn a_key_that_is_missing_is_told_and_holds_up_no_other(app: TestApp) {
    app.person("Ada", ADA).await;
    let first = EscrowEpoch::new(1);
    let path = app.app.escrow_folder().path(first);
    let aside = path.with_file_name("aside");
    std::fs::rename(&path, &aside).expect("a file");
    let refused = app.app.escrow().await.expect_err("no key").to_string();
    assert!(refused.contains(path.to_str().expect("text")), "{refused}");
    let mut bob = app.browser();
    let page = bob.sign_up("/sign-up", "Bob", BOB).await;
    assert_eq!(page.status, 500, "nobody is promised what cannot be kept");
    assert!(app.app.next_escrow().await.expect("a key"));
    app.person("Cleo", "cleo@home.example").await;
    assert!(jobs::escrow::run_once(&app.app).await.is_err());
    assert_eq!(tally(&app.app).await, (1, 1));
    std::fs::rename(&aside, &path).expect("a file");
    app.wait(HOUR);
    pass(&app.app).await;
    assert_eq!((epochs(&app.app), tally(&app.app).await), (vec![2], (2, 0)));
}

async fn a_key_of_another_folder_is_refused(app: TestApp) {
    let first = EscrowEpoch::new(1);
    let folder = app.app.escrow_folder();
    assert!(folder.destroy(first).expect("a file"));
    let made = folder.make(first, app.app.random()).expect("a folder");
    assert!(made.is_some());
    let refused = app.app.escrow().await.expect_err("another key").to_string();
    assert!(refused.contains("not the key that this database knows"));
}
