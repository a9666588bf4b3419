//! What somebody else commits in the middle of an act on an agreement, or of one that
//! all agreements go with.

use std::time::Duration;

use axum::http::StatusCode;
use sluis::crypto::vault;
use sluis::domain::grant::GrantState;
use sluis::domain::id::{ClientId, GrantId};
use sluis::domain::tier::Tier;
use sluis::service::erasure::{self, Erasure};
use sluis::service::sessions::open_vault;
use sluis::store::erasures::{self, ErasureRow};
use sluis::store::grants::GrantRow;
use sluis::store::{StoreError, accounts, grants};

use super::emptying::{alone, ready_link};
use super::erasure::{erase, pass};
use super::overlapping::{Gate, ada, session_of, until_somebody_waits};
use super::{ADA, DAY, SECOND};
use crate::harness::{
    CLUB_PLAN, Client, NEW_PASSWORD, PASSWORD, TestApp, id_of, on_both_databases,
};

on_both_databases!(
    more_than_was_confirmed_is_asked_about_again,
    a_login_moves_the_end_of_what_is_paused_at_that_moment,
    an_agreement_that_comes_while_a_vault_is_emptied_is_waited_for,
    an_edit_and_an_erasure_do_not_wait_for_each_other,
    an_erasure_that_is_called_off_as_its_time_comes_is_not_carried_out,
    an_agreement_that_comes_as_an_erasure_begins_is_paused_with_the_rest,
    a_yes_that_comes_after_an_erasure_began_is_none,
);

pub(super) async fn row_of(app: &TestApp, grant: &str) -> GrantRow {
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
    while_agreeing(&app, (&grant, &other), phone.submit(form)).await;
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
    let revision = revision(&app).await;
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

async fn an_erasure_that_is_called_off_as_its_time_comes_is_not_carried_out(app: TestApp) {
    let mut owner = app.person("Ada", ADA).await;
    erase(&mut owner, "later").await.location();
    app.wait(30 * DAY);
    let id = ada(&app).await;
    let (gate, held, open) = Gate::new();
    // What somebody does who calls it off.
    let calling_off = app.app.store().write(move |tx| {
        Box::pin(async move {
            accounts::hold(tx, id).await?;
            assert!(erasures::stop(tx, id).await?.is_some());
            gate.pass().await;
            Ok::<_, StoreError>(())
        })
    });
    let erasing = async {
        held.await.expect("it is held");
        tokio::join!(pass(&app), async {
            until_somebody_waits(&app).await;
            open.send(()).expect("it waits");
        })
        .0;
    };
    let (called_off, ()) = tokio::join!(calling_off, erasing);
    called_off.expect("a write");
    assert_eq!(ada(&app).await, id);
    let page = app.browser().sign_in("/sign-in", ADA, PASSWORD).await;
    assert!(page.redirect().is_some(), "{}", page.words());
}

/// What comes of an act that begins while a yes at another business, of the same terms
/// as an agreement, holds the vault; and the agreement that the yes makes.
async fn while_agreeing<T>(
    app: &TestApp,
    (like, other): (&str, &Client),
    act: impl Future<Output = T>,
) -> (T, GrantId) {
    let (id, revision) = (ada(app).await, revision(app).await);
    let mut row = row_of(app, like).await;
    row.grant.id = GrantId::new(app.app.random().uuid(app.app.now()));
    row.grant.client_id = other.id.parse::<ClientId>().expect("an id");
    let made = row.grant.id;
    let (gate, held, open) = Gate::new();
    let agreeing = app.app.store().write(move |tx| {
        Box::pin(async move {
            assert!(accounts::hold_vault(tx, id, revision).await?);
            gate.pass().await;
            grants::insert(tx, &row).await
        })
    });
    let acting = async {
        held.await.expect("it is held");
        tokio::join!(act, async {
            until_somebody_waits(app).await;
            open.send(()).expect("it waits");
        })
        .0
    };
    let (agreed, came) = tokio::join!(agreeing, acting);
    agreed.expect("a write");
    (came, made)
}

/// The revision of Ada's vault.
async fn revision(app: &TestApp) -> i64 {
    let id = ada(app).await;
    let mut connection = app.app.store().read().await.expect("a connection");
    let vault = accounts::vault(&mut connection, id).await.expect("a read");
    vault.expect("a vault").revision
}

async fn an_agreement_that_comes_as_an_erasure_begins_is_paused_with_the_rest(app: TestApp) {
    let club = app.client("club", Some(CLUB_PLAN)).await;
    let other = app.client("other", Some(CLUB_PLAN)).await;
    let mut owner = app.person("Ada", ADA).await;
    let grant = owner.agree(&club, "low").await;
    let form = owner.get("/account/erase").await.form("erase");
    let form = form.with("word", "erase").with("when", "later");
    let acting = owner.submit(form.press("erase-submit"));
    let (page, late) = while_agreeing(&app, (&grant, &other), acting).await;
    assert_eq!(page.location(), "/account/erase");
    let mut connection = app.app.store().read().await.expect("a connection");
    let id = ada(&app).await;
    let row = grants::find(&mut connection, id, late).await;
    let row = row.expect("a read").expect("a grant");
    assert_eq!(row.grant.state, GrantState::Paused);
    let waits = erasures::find(&mut connection, id).await.expect("a read");
    assert!(waits.expect("an erasure").paused.contains(&late));
}

/// What comes of an act that begins while an erasure does, in another tab.
pub(super) async fn while_an_erasure_begins<T>(app: &TestApp, act: impl Future<Output = T>) -> T {
    let (id, revision, now) = (ada(app).await, revision(app).await, app.app.now());
    let (gate, held, open) = Gate::new();
    let beginning = app.app.store().write(move |tx| {
        Box::pin(async move {
            accounts::hold(tx, id).await?;
            assert!(accounts::hold_vault(tx, id, revision).await?);
            let waits = ErasureRow {
                due_at: now.plus(30 * DAY),
                paused: Vec::new(),
            };
            assert!(erasures::start(tx, id, &waits, now).await?);
            gate.pass().await;
            Ok::<_, StoreError>(())
        })
    });
    let acting = async {
        held.await.expect("it is held");
        tokio::join!(act, async {
            until_somebody_waits(app).await;
            open.send(()).expect("it waits");
        })
        .0
    };
    let (begun, came) = tokio::join!(beginning, acting);
    begun.expect("a write");
    came
}

async fn a_yes_that_comes_after_an_erasure_began_is_none(app: TestApp) {
    let club = app.client("club", Some(CLUB_PLAN)).await;
    let mut owner = app.person("Ada", ADA).await;
    let page = owner.visit(&club.request(&[])).await;
    let form = page.form("consent").with("tier", "low").press("allow");
    let id = ada(&app).await;
    let page = while_an_erasure_begins(&app, owner.submit(form)).await;
    assert!(page.redirect().is_none_or(|to| !to.contains("code=")));
    let mut connection = app.app.store().read().await.expect("a connection");
    let live = grants::live_ids(&mut connection, id).await;
    assert!(live.expect("a read").is_empty(), "nothing was agreed");
}
