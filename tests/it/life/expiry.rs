//! The end of an agreement when its time is up.

use serde_json::json;
use sluis::domain::grant::EventKind;
use sluis::jobs;
use sluis::service::grants;
use sluis::store::StoreError;
use sluis::store::due::Place;
use tokio::sync::watch;

use super::{
    ADA, DAY, SECOND, a_month, deliver, give_up, just_before, look_after, mails, pass, return_to,
    subjects,
};
use crate::harness::{TestApp, id_of, on_both_databases};
use crate::people::only;
use crate::protocol::{Business, Ear, listener, press, text};

on_both_databases!(
    two_nodes_write_it_down_once,
    client_and_owner_are_told_and_tokens_are_dead,
    the_owner_is_told_in_their_language,
    a_paused_agreement_expires_as_well,
    what_the_business_gives_up_its_owner_hears_of,
    what_the_owner_ends_they_are_not_told,
    what_fell_due_while_nobody_was_there_is_done_afterwards,
    one_that_cannot_be_written_holds_up_none_of_the_others,
    a_page_of_them_is_passed_by_as_well,
    a_node_that_is_told_to_stop_leaves_the_rest_for_later,
    whoever_agrees_anew_is_not_told_of_the_end,
);

async fn two_nodes_write_it_down_once(app: TestApp) {
    let (_, mut ada, grant) = a_month(&app).await;
    app.wait(just_before(30 * DAY));
    pass(&app).await;
    return_to(&mut ada, ADA).await;
    assert_eq!(app.events(&mut ada, &grant).await, [EventKind::Given]);
    mails(&app);
    app.wait(SECOND);
    app.on_two_nodes(jobs::grants::run_once).await;
    pass(&app).await;
    let chain = app.chain(&mut ada, &grant).await;
    let kinds: Vec<_> = chain.iter().map(|receipt| receipt.event.kind).collect();
    assert_eq!(kinds, [EventKind::Given, EventKind::Expired]);
    let event = &chain[1].event;
    assert_eq!(
        (
            event.state.as_str(),
            event.method.as_str(),
            event.by.as_str()
        ),
        ("dpv:ConsentExpired", "schedule", "dpv:DataProcessor")
    );
    assert_eq!(mails(&app).len(), 1);
    ada.get(&grant).await.says("Expired");
}

async fn client_and_owner_are_told_and_tokens_are_dead(app: TestApp) {
    let ear = Ear::answering(200).await;
    let shop = listener(&app, "shop", &ear, json!({})).await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "low").await;
    app.wait(just_before(30 * DAY));
    pass(&app).await;
    mails(&app);
    let tokens = shop.refresh(text(&tokens, "refresh_token")).await.ok();
    let access = text(&tokens, "access_token").to_owned();
    shop.userinfo(&access).await.ok();
    app.wait(SECOND);
    pass(&app).await;
    assert_eq!(shop.userinfo(&access).await.status, 401);
    let refused = shop.refresh(text(&tokens, "refresh_token")).await;
    assert_eq!(refused.error(), "invalid_grant");
    assert_eq!(
        shop.introspect(&access).await.ok(),
        json!({"active": false})
    );
    let told = ear.claims().await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["aud"], "shop");
    assert!(told[0].get("sid").is_none(), "of all sessions");
    let mail = &mails(&app)[..];
    assert_eq!(mail.len(), 1);
    let mail = &mail[0];
    assert_eq!(mail.field("To"), ADA);
    assert_eq!(mail.field("From"), "Sluis <sluis@localhost>");
    assert_eq!(
        mail.field("Subject"),
        "Your agreement with The shop has ended"
    );
    assert_eq!(mail.field("Content-Language"), "en");
    assert_eq!(mail.field("Auto-Submitted"), "auto-generated");
    mail.says("The shop (shop.example) since 21 September 2026");
    mail.says("ran out on 21 October 2026");
    mail.says("must delete your data, by 20 November 2026 at the latest");
    let id = text(&tokens, "grant_id");
    mail.says(&format!("http://localhost:8000/account/businesses/{id}"));
    // Nobody's values are in it.
    assert!(!mail.text.contains("Ada") && !mail.html.contains("Ada"));
}

async fn the_owner_is_told_in_their_language(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut noor = app.browser();
    noor.languages = "nl".to_owned();
    noor.sign_up("/sign-up", "Noor", "noor@thuis.example").await;
    shop.log_in(&mut noor, "low").await;
    app.wait(24 * DAY);
    pass(&app).await;
    app.wait(7 * DAY);
    pass(&app).await;
    assert_eq!(
        subjects(&app),
        [
            "Je afspraak met The shop loopt af op 21 oktober 2026",
            "Je afspraak met The shop is afgelopen"
        ]
    );
}

async fn a_paused_agreement_expires_as_well(app: TestApp) {
    let (_, mut ada, grant) = a_month(&app).await;
    press(&mut ada, &grant, "pause").await;
    app.wait(31 * DAY);
    pass(&app).await;
    return_to(&mut ada, ADA).await;
    assert_eq!(
        app.events(&mut ada, &grant).await,
        [EventKind::Given, EventKind::Paused, EventKind::Expired]
    );
}

async fn what_the_business_gives_up_its_owner_hears_of(app: TestApp) {
    let ear = Ear::answering(200).await;
    let shop = listener(&app, "shop", &ear, json!({})).await;
    let mut ada = app.person("Ada", ADA).await;
    shop.log_in(&mut ada, "low").await;
    give_up(&app, "shop", &ada.newest_grant().await).await;
    deliver(&app).await;
    let mail = only(mails(&app));
    assert_eq!(mail.field("Subject"), "The shop has ended your agreement");
    mail.says("gave it up on 21 September 2026");
    assert!(ear.heard().await.is_empty(), "it knows");
}

async fn what_the_owner_ends_they_are_not_told(app: TestApp) {
    let (_, mut ada, grant) = a_month(&app).await;
    press(&mut ada, &grant, "withdraw").await;
    app.wait(60 * DAY);
    pass(&app).await;
    assert!(mails(&app).is_empty());
}

async fn what_fell_due_while_nobody_was_there_is_done_afterwards(app: TestApp) {
    let (_, mut ada, grant) = a_month(&app).await;
    app.wait(400 * DAY);
    look_after(&app.app).await;
    look_after(&app.app).await;
    deliver(&app).await;
    assert_eq!(
        subjects(&app),
        ["Your agreement with The shop has ended"],
        "and nobody is warned of it"
    );
    return_to(&mut ada, ADA).await;
    assert_eq!(
        app.events(&mut ada, &grant).await,
        [EventKind::Given, EventKind::Expired]
    );
}

async fn one_that_cannot_be_written_holds_up_none_of_the_others(app: TestApp) {
    let mut grants = Vec::new();
    let mut ada = app.person("Ada", ADA).await;
    for id in ["one", "two", "three"] {
        let shop = Business::open(&app, id).await;
        shop.log_in(&mut ada, "low").await;
        grants.push(ada.newest_grant().await);
        app.wait(SECOND);
    }
    // The first to expire has lost its terms; of the second the plan is gone.
    let id = |number: usize| id_of(&grants[number]).to_owned();
    let (first, second) = (id(0), id(1));
    app.app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                let lost = "UPDATE grants SET terms = '{' WHERE id = $1";
                sqlx::query(lost).bind(first).execute(&mut *tx).await?;
                let gone = "UPDATE grants SET plan_version = 99 WHERE id = $1";
                sqlx::query(gone).bind(second).execute(tx).await?;
                Ok::<_, StoreError>(())
            })
        })
        .await
        .expect("a write");
    app.wait(31 * DAY);
    pass(&app).await;
    assert_eq!(subjects(&app), ["Your agreement with The three has ended"]);
    pass(&app).await;
    assert!(mails(&app).is_empty());
}

async fn a_page_of_them_is_passed_by_as_well(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    for id in ["one", "two", "three"] {
        let shop = Business::open(&app, id).await;
        shop.log_in(&mut ada, "low").await;
    }
    // All end in the same moment, and of two nothing can be read.
    let newest = ada.newest_grant().await;
    let id = id_of(&newest).to_owned();
    app.app
        .store()
        .write_statement(move |tx| {
            Box::pin(async move {
                let lost = "UPDATE grants SET terms = '{' WHERE id <> $1";
                sqlx::query(lost).bind(id).execute(tx).await?;
                Ok::<_, StoreError>(())
            })
        })
        .await
        .expect("a write");
    app.wait(31 * DAY);
    let (mut next, mut failed, mut written) = (Some(Place::START), 0, 0);
    for _ in 0..4 {
        let Some(from) = next else { break };
        let look = grants::expire_due(&app.app, &from, 1).await;
        let look = look.expect("a database");
        failed += look.failed.len();
        written += look.written;
        next = look.next;
    }
    assert_eq!((failed, written), (2, 1));
}

async fn a_node_that_is_told_to_stop_leaves_the_rest_for_later(app: TestApp) {
    let (_, mut ada, grant) = a_month(&app).await;
    app.wait(31 * DAY);
    let (_told, stopping) = watch::channel(true);
    let stopped = jobs::grants::run(&app.app, &stopping).await;
    stopped.expect("nothing was begun");
    return_to(&mut ada, ADA).await;
    assert_eq!(app.events(&mut ada, &grant).await, [EventKind::Given]);
    pass(&app).await;
    assert_eq!(
        app.events(&mut ada, &grant).await,
        [EventKind::Given, EventKind::Expired]
    );
}

async fn whoever_agrees_anew_is_not_told_of_the_end(app: TestApp) {
    let ear = Ear::answering(200).await;
    let shop = listener(&app, "shop", &ear, json!({})).await;
    let (mut ada, old) = shop.customer(&app, "Ada").await;
    app.wait(31 * DAY);
    // Before any job has looked: the login itself writes the end down.
    return_to(&mut ada, ADA).await;
    shop.log_in(&mut ada, "low").await;
    pass(&app).await;
    assert_eq!(
        app.events(&mut ada, &old).await,
        [EventKind::Given, EventKind::Expired]
    );
    assert!(mails(&app).is_empty());
    assert!(
        ear.heard().await.is_empty(),
        "they have just logged in there"
    );
}
