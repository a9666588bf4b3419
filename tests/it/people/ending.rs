//! An erasure that begins, or is carried out, at the same moment as something else.

use serde_json::json;
use sluis::domain::grant::GrantState;
use sluis::domain::rights::Outcome;
use sluis::service::erasure::{self, Erasure};
use sluis::store::rights::{self, ReplyRow};
use sluis::store::{StoreError, accounts, erasures, grants};

use super::agreements::{row_of, while_an_erasure_begins};
use super::changing::changed;
use super::overlapping::{Gate, ada, session_of, until_so_many_wait, until_somebody_waits};
use super::{ADA, DAY};
use crate::harness::{CLUB_PLAN, Engine, NEW_ADDRESS, PASSWORD, TestApp, on_both_databases};
use crate::protocol::{Business, ask_by_right, press};

on_both_databases!(
    what_goes_on_after_an_erasure_began_does_not,
    an_erasure_and_an_answer_of_a_business_do_not_wait_for_each_other,
    an_erasure_that_begins_as_a_change_is_undone_leaves_nothing_paused,
);

async fn what_goes_on_after_an_erasure_began_does_not(app: TestApp) {
    let club = app.client("club", Some(CLUB_PLAN)).await;
    let mut owner = app.person("Ada", ADA).await;
    let grant = owner.agree(&club, "low").await;
    app.wait(DAY / 2);
    owner.sign_in("/sign-in", ADA, PASSWORD).await;
    let id = ada(&app).await;
    for what in ["renew", "change", "resume"] {
        if what == "resume" {
            press(&mut owner, &grant, "pause").await;
        }
        let page = owner.get(&grant).await;
        let form = if what == "change" {
            let form = page.tiers().with("tier", "medium");
            let page = owner.submit(form).await;
            page.form("confirmation").press("allow")
        } else {
            page.form(&format!("/{what}")).press(what)
        };
        let before = row_of(&app, &grant).await.chain.seq;
        let page = while_an_erasure_begins(&app, owner.submit(form)).await;
        assert_eq!(page.location(), "/account/erase", "{what}");
        assert_eq!(row_of(&app, &grant).await.chain.seq, before, "{what}");
        // For the next of them.
        let store = app.app.store();
        let stopped = store.write(move |tx| Box::pin(async move { erasures::stop(tx, id).await }));
        assert!(stopped.await.expect("a write").is_some());
    }
}

async fn an_erasure_and_an_answer_of_a_business_do_not_wait_for_each_other(app: TestApp) {
    let answers = json!({"grant_types": ["authorization_code", "client_credentials"]});
    let club = Business::with(&app, "club", answers, Some(CLUB_PLAN)).await;
    let mut owner = app.person("Ada", ADA).await;
    let grant = owner.agree(&club.client, "low").await;
    ask_by_right(&mut owner, &grant, "access", &["email"]).await;
    press(&mut owner, &grant, "withdraw").await;
    let session = session_of(&app, &owner).await;
    let row = row_of(&app, &grant).await;
    assert!(row.grant.state.is_over());
    let mut connection = app.app.store().read().await.expect("a connection");
    let asked = rights::of_grant(&mut connection, row.grant.id).await;
    let request = asked.expect("a read").remove(0).request;
    drop(connection);
    let taken = request.take(Outcome::Done, "Here it is.", None, app.app.now());
    let reply = ReplyRow {
        seq: 1,
        taken: taken.expect("an answer"),
        text_sealed: vec![0; 60],
    };
    let (gate, held, open) = Gate::new();
    // What a business does that answers: the agreement, and then the request.
    let answering = app.app.store().write(move |tx| {
        Box::pin(async move {
            assert!(grants::update(tx, &row, &row.found(), false).await?);
            gate.pass().await;
            rights::answer(tx, &request, &reply).await
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
    let (answered, erased) = tokio::join!(answering, erasing);
    assert!(answered.expect("a write"));
    assert_eq!(erased.expect("an end"), Erasure::Done);
}

async fn an_erasure_that_begins_as_a_change_is_undone_leaves_nothing_paused(app: TestApp) {
    let club = app.client("club", Some(CLUB_PLAN)).await;
    let mut owner = app.settled("Ada", ADA).await;
    let grant = owner.agree(&club, "low").await;
    let (id, row) = (ada(&app).await, row_of(&app, &grant).await);
    app.leave_mail().await;
    let undo_link = changed(&app, &mut owner, ADA, NEW_ADDRESS).await;
    let session = session_of(&app, &owner).await;
    let mut phone = app.browser();
    let form = phone.get(&undo_link).await.form("undo-email");
    let (gate, held, open) = Gate::new();
    // Both come while something else is done in the account: first who erases it.
    let holding = app.app.store().write(move |tx| {
        Box::pin(async move {
            accounts::hold(tx, id).await?;
            gate.pass().await;
            Ok::<_, StoreError>(())
        })
    });
    let acting = async {
        held.await.expect("it is held");
        tokio::join!(
            erasure::begin_grace(&app.app, &session),
            async {
                until_somebody_waits(&app).await;
                phone.land(form.press("undo-email-submit")).await
            },
            async {
                until_so_many_wait(&app, 2).await;
                open.send(()).expect("it waits");
            }
        )
    };
    let (held, (begun, page, ())) = tokio::join!(holding, acting);
    held.expect("a write");
    page.says("Undone");
    if app.engine() == Engine::Postgres {
        begun.expect("it was first");
    }
    let mut connection = app.app.store().read().await.expect("a connection");
    let waits = erasures::find(&mut connection, id).await.expect("a read");
    assert_eq!(waits, None, "it was called off");
    let found = grants::find(&mut connection, id, row.grant.id).await;
    let found = found.expect("a read").expect("a grant");
    assert_eq!(found.grant.state, GrantState::Active);
}
