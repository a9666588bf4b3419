//! What somebody else commits in the middle of an act on an agreement, or of one that
//! all agreements go with.

use std::time::Duration;

use axum::http::StatusCode;
use sluis::crypto::vault;
use sluis::domain::id::{ClientId, GrantId};
use sluis::domain::tier::Tier;
use sluis::service::erasure::{self, Erasure};
use sluis::service::sessions::open_vault;
use sluis::store::grants::GrantRow;
use sluis::store::{accounts, grants};

use super::emptying::{alone, ready_link};
use super::overlapping::{Gate, ada, session_of, until_somebody_waits};
use super::{ADA, SECOND};
use crate::harness::{CLUB_PLAN, NEW_PASSWORD, TestApp, id_of, on_both_databases};

on_both_databases!(
    more_than_was_confirmed_is_asked_about_again,
    a_login_moves_the_end_of_what_is_paused_at_that_moment,
    an_agreement_that_comes_while_a_vault_is_emptied_is_waited_for,
    an_edit_and_an_erasure_do_not_wait_for_each_other,
);

async fn row_of(app: &TestApp, grant: &str) -> GrantRow {
    let id = id_of(grant);
    let id: GrantId = id.parse().expect("an id");
    let mut connection = app.app.store().read().await.expect("a connection");
    let row = grants::find(&mut connection, ada(app).await, id).await;
    row.expect("a read").expect("a grant")
}

async fn more_than_was_confirmed_is_asked_about_again(app: TestApp) {
    let club = app.client("club", Some(CLUB_PLAN)).await;
    let mut owner = app.person("Ada", ADA).await;
    owner.edit("phone_number", "020 555 0123").await;
    let grant = owner.agree(&club, "low").await;
    let form = owner.get(&grant).await.tiers().with("tier", "medium");
    let page = owner.submit(form).await;
    let form = page.form("confirmation").press("allow");
    // In another tab, the profile comes to allow five years.
    let (id, session) = (ada(&app).await, session_of(&app, &owner).await);
    let open = open_vault(&app.app, &session).await.expect("a vault");
    let (mut contents, revision) = (open.contents, open.revision);
    let years = "P60M".parse().expect("a period");
    contents.profiles.set_retention(Tier::Medium, years);
    let bytes = contents.to_bytes();
    let sealed = vault::seal_contents(&session.vault_key, id, &bytes, app.app.random());
    let (gate, held, open) = Gate::new();
    let editing = app.app.store().write(move |tx| {
        Box::pin(async move {
            let sealed = sealed.into_bytes();
            assert!(accounts::update_vault(tx, id, revision, sealed).await?);
            gate.pass().await;
            Ok::<_, sluis::store::StoreError>(())
        })
    });
    let confirming = async {
        held.await.expect("it is held");
        tokio::join!(owner.submit(form), async {
            until_somebody_waits(&app).await;
            open.send(()).expect("it waits");
        })
        .0
    };
    let (edited, page) = tokio::join!(editing, confirming);
    edited.expect("a write");
    assert_eq!(page.status, StatusCode::OK);
    page.says("Your profile changed meanwhile.");
    assert_eq!(
        row_of(&app, &grant).await.chain.seq,
        1,
        "nothing was agreed"
    );
    let form = page.form("confirmation").press("allow");
    let page = owner.submit(form).await;
    assert_eq!(page.location(), format!("{grant}?done=saved"));
}

async fn a_login_moves_the_end_of_what_is_paused_at_that_moment(app: TestApp) {
    let paper = app.paper().await;
    let mut owner = app.person("Ada", ADA).await;
    let page = owner.visit(&paper.request(&[])).await;
    let form = page.form("consent").with("tier", "low");
    let form = form
        .with("purpose-letter", "on")
        .with("counts_from", "last_login");
    owner.submit(form.press("allow")).await;
    let grant = owner.newest_grant().await;
    let form = owner.get(&grant).await.form("/pause").press("pause");
    app.wait(Duration::from_secs(3_600));
    let row = row_of(&app, &grant).await;
    let extended = row.grant.at_login(app.app.now()).expect("a later end");
    let (seq, end) = (row.chain.seq, extended.expires_at());
    let (gate, held, open) = Gate::new();
    let logging_in = app.app.store().write(move |tx| {
        Box::pin(async move {
            grants::extend(tx, &extended, seq).await?;
            gate.pass().await;
            Ok::<_, sluis::store::StoreError>(())
        })
    });
    let pausing = async {
        held.await.expect("it is held");
        tokio::join!(owner.submit(form), async {
            until_somebody_waits(&app).await;
            open.send(()).expect("it waits");
        })
        .0
    };
    let (extended, page) = tokio::join!(logging_in, pausing);
    extended.expect("a write");
    assert_eq!(page.location(), format!("{grant}?done=paused"));
    assert_eq!(row_of(&app, &grant).await.grant.expires_at(), end);
}

async fn an_agreement_that_comes_while_a_vault_is_emptied_is_waited_for(app: TestApp) {
    let club = app.client("club", Some(CLUB_PLAN)).await;
    let other = app.client("other", Some(CLUB_PLAN)).await;
    let mut owner = app.person("Ada", ADA).await;
    let grant = owner.agree(&club, "low").await;
    alone(&app, &mut owner).await;
    let ready = ready_link(&app).await;
    let mut phone = app.browser();
    let form = phone.get(&ready).await.form("recover-finish");
    let form = form.with("password", NEW_PASSWORD);
    // A yes that holds the vault, and is not there yet.
    let id = ada(&app).await;
    let mut row = row_of(&app, &grant).await;
    row.grant.id = GrantId::new(app.app.random().uuid(app.app.now()));
    row.grant.client_id = other.id.parse::<ClientId>().expect("an id");
    let mut connection = app.app.store().read().await.expect("a connection");
    let vault = accounts::vault(&mut connection, id).await.expect("a read");
    let revision = vault.expect("a vault").revision;
    drop(connection);
    let (gate, held, open) = Gate::new();
    let agreeing = app.app.store().write(move |tx| {
        Box::pin(async move {
            assert!(accounts::hold_vault(tx, id, revision).await?);
            gate.pass().await;
            grants::insert(tx, &row).await
        })
    });
    let emptying = async {
        held.await.expect("it is held");
        tokio::join!(phone.submit(form.clone()), async {
            until_somebody_waits(&app).await;
            open.send(()).expect("it waits");
        })
        .0
    };
    let (agreed, _) = tokio::join!(agreeing, emptying);
    agreed.expect("a write");
    // Nothing was lost: the link still works, and then everything opens.
    let mut phone = app.browser();
    let page = phone.get(&ready).await;
    if page.has_form("recover-finish") {
        let form = page.form("recover-finish").with("password", NEW_PASSWORD);
        phone.land(form).await.says("new password works");
    }
    app.wait(SECOND);
    phone.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    for path in ["/account/businesses", "/account/history"] {
        assert_eq!(phone.get(path).await.status, StatusCode::OK, "{path}");
    }
    phone.edit("name", "Ada King").await;
}

async fn an_edit_and_an_erasure_do_not_wait_for_each_other(app: TestApp) {
    let paper = app.paper().await;
    let mut owner = app.person("Ada", ADA).await;
    let grant = owner.agree(&paper, "low").await;
    let session = session_of(&app, &owner).await;
    let (id, row) = (ada(&app).await, row_of(&app, &grant).await);
    let mut connection = app.app.store().read().await.expect("a connection");
    let vault = accounts::vault(&mut connection, id).await.expect("a read");
    let revision = vault.expect("a vault").revision;
    drop(connection);
    let (gate, held, open) = Gate::new();
    // What an edit does: the vault, and then the agreements.
    let editing = app.app.store().write(move |tx| {
        Box::pin(async move {
            assert!(accounts::hold_vault(tx, id, revision).await?);
            gate.pass().await;
            grants::reseal(tx, id, row.grant.id, row.chain.seq, vec![0; 60]).await
        })
    });
    let erasing = async {
        held.await.expect("it is held");
        tokio::join!(erasure::erase(&app.app, &session), async {
            until_somebody_waits(&app).await;
            open.send(()).expect("it waits");
        })
        .0
    };
    let (edited, erased) = tokio::join!(editing, erasing);
    assert!(edited.expect("a write"));
    assert_eq!(erased.expect("an end"), Erasure::Done);
}
