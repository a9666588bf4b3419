//! Warnings before the end, and renewals.

use axum::http::StatusCode;
use sluis::domain::grant::EventKind;
use sluis::jobs;
use sluis::store::StoreError;

use super::{
    ADA, DAY, SECOND, a_month, deliver, just_before, look_after, mails, pass, return_to, subjects,
};
use crate::harness::{EVE, TestApp, on_both_databases};
use crate::people::only;
use crate::protocol::{Business, press, text};

on_both_databases!(
    an_owner_is_warned_once_a_week_before,
    a_short_time_is_warned_of_in_its_last_quarter,
    a_shortened_agreement_is_warned_of_anew,
    a_pause_does_not_warn_again,
    an_end_that_was_moved_without_its_warning_is_warned_of_in_its_time,
    a_renewal_runs_for_as_long_again_and_is_warned_of_anew,
    a_warning_that_nobody_needs_any_more_is_not_sent,
    what_was_changed_since_is_not_renewed,
    a_renewal_needs_the_page_as_it_is,
    what_holds_nothing_is_neither_warned_of_nor_renewed,
);

async fn an_owner_is_warned_once_a_week_before(app: TestApp) {
    let (_, _, grant) = a_month(&app).await;
    app.wait(just_before(23 * DAY));
    pass(&app).await;
    assert!(mails(&app).is_empty());
    app.wait(SECOND);
    app.on_two_nodes(jobs::grants::run_once).await;
    deliver(&app).await;
    let mail = only(mails(&app));
    assert_eq!(
        mail.field("Subject"),
        "Your agreement with The shop ends on 21 October 2026"
    );
    mail.says("If you do nothing, it ends by itself.");
    mail.says(&format!("http://localhost:8000{grant}"));
    // Another node, another day.
    let later = app.second_app().await;
    app.wait(DAY);
    look_after(&later).await;
    pass(&app).await;
    assert!(mails(&app).is_empty());
}

async fn a_short_time_is_warned_of_in_its_last_quarter(app: TestApp) {
    let (_, mut ada, grant) = a_month(&app).await;
    let form = ada.keeping(&grant, "P1D").await;
    ada.submit(form).await;
    app.wait(just_before(DAY / 4 * 3));
    pass(&app).await;
    assert!(mails(&app).is_empty());
    app.wait(SECOND);
    pass(&app).await;
    assert_eq!(
        subjects(&app),
        ["Your agreement with The shop ends on 22 September 2026"]
    );
}

async fn a_shortened_agreement_is_warned_of_anew(app: TestApp) {
    let (_, mut ada, grant) = a_month(&app).await;
    app.wait(23 * DAY);
    pass(&app).await;
    assert_eq!(subjects(&app).len(), 1);
    return_to(&mut ada, ADA).await;
    // Shorter than what has passed already: from now on, that long.
    let form = ada.keeping(&grant, "P14D").await;
    let page = ada.submit(form).await;
    let page = ada.submit(page.form("confirmation").press("allow")).await;
    assert_eq!(page.location(), format!("{grant}?done=saved"));
    pass(&app).await;
    assert!(mails(&app).is_empty());
    // Two weeks from 14 October; a quarter of that before the end.
    app.wait(DAY / 2 * 21);
    pass(&app).await;
    assert_eq!(
        subjects(&app),
        ["Your agreement with The shop ends on 28 October 2026"]
    );
}

async fn an_end_that_was_moved_without_its_warning_is_warned_of_in_its_time(app: TestApp) {
    let (_, _, grant) = a_month(&app).await;
    // As a version leaves it that knows of no warnings.
    let (id, today) = (grant.rsplit('/').next().map(str::to_owned), app.app.now());
    app.app
        .store()
        .write_statement(move |tx| {
            Box::pin(async move {
                sqlx::query("UPDATE grants SET warn_at = $1 WHERE id = $2")
                    .bind(today.as_micros())
                    .bind(id)
                    .execute(tx)
                    .await?;
                Ok::<_, StoreError>(())
            })
        })
        .await
        .expect("a write");
    app.wait(DAY);
    pass(&app).await;
    assert!(mails(&app).is_empty());
    app.wait(22 * DAY);
    pass(&app).await;
    assert_eq!(
        subjects(&app),
        ["Your agreement with The shop ends on 21 October 2026"]
    );
}

async fn a_pause_does_not_warn_again(app: TestApp) {
    let (_, mut ada, grant) = a_month(&app).await;
    app.wait(24 * DAY);
    pass(&app).await;
    assert_eq!(subjects(&app).len(), 1);
    return_to(&mut ada, ADA).await;
    press(&mut ada, &grant, "pause").await;
    press(&mut ada, &grant, "resume").await;
    pass(&app).await;
    assert!(mails(&app).is_empty());
}

async fn a_renewal_runs_for_as_long_again_and_is_warned_of_anew(app: TestApp) {
    let (shop, mut ada, grant) = a_month(&app).await;
    let tokens = shop.log_in(&mut ada, "low").await;
    app.wait(25 * DAY);
    pass(&app).await;
    assert_eq!(subjects(&app).len(), 1);
    return_to(&mut ada, ADA).await;
    let page = ada.get(&grant).await;
    page.says("The same agreement, from now until 16 November 2026.");
    let renew = page.form("/renew").press("renew");
    let page = ada.submit(renew.clone()).await;
    assert_eq!(page.location(), format!("{grant}?done=renewed"));
    let page = ada.follow(page).await;
    page.says("Renewed. The agreement runs on as it was.");
    page.says("16 November 2026");
    page.says("Renewed");
    assert!(!page.has_form("/renew"), "it was just done");
    // A second click is no error, and no second renewal.
    let again = ada.submit(renew).await;
    assert_eq!(again.location(), format!("{grant}?done=renewed"));
    let chain = app.chain(&mut ada, &grant).await;
    let renewed = chain.last().expect("a receipt");
    assert_eq!(chain.len(), 2);
    assert_eq!(renewed.event.kind, EventKind::Renewed);
    assert_eq!(
        (renewed.event.state.as_str(), renewed.event.by.as_str()),
        ("dpv:RenewedConsentGiven", "dpv:DataSubject")
    );
    assert_eq!(
        renewed.event.valid_until.as_deref(),
        Some("2026-11-16T14:13:20Z")
    );
    assert_eq!(
        renewed.processes[0].storage.until,
        renewed.event.valid_until
    );
    assert_eq!(chain[0].profile, renewed.profile);

    // The old end passes, and nothing ends.
    app.wait(10 * DAY);
    pass(&app).await;
    assert!(mails(&app).is_empty());
    let fresh = shop.refresh(text(&tokens, "refresh_token")).await.ok();
    let told = shop.userinfo(text(&fresh, "access_token")).await.ok();
    assert_eq!(told["email"], ADA);

    app.wait(14 * DAY);
    pass(&app).await;
    assert_eq!(
        subjects(&app),
        ["Your agreement with The shop ends on 16 November 2026"]
    );
    app.wait(7 * DAY);
    pass(&app).await;
    return_to(&mut ada, ADA).await;
    assert_eq!(
        app.events(&mut ada, &grant).await,
        [EventKind::Given, EventKind::Renewed, EventKind::Expired]
    );
}

async fn a_warning_that_nobody_needs_any_more_is_not_sent(app: TestApp) {
    let (_, mut ada, grant) = a_month(&app).await;
    let bank = Business::open(&app, "bank").await;
    bank.log_in(&mut ada, "low").await;
    app.wait(24 * DAY);
    look_after(&app.app).await;
    // Both are to be warned of; before the mail goes out, one is renewed and the
    // other withdrawn.
    return_to(&mut ada, ADA).await;
    press(&mut ada, &grant, "renew").await;
    let overview = ada.get("/account/businesses").await;
    let mut others = overview.grants().into_iter();
    let other = others.find(|link| *link != grant).expect("the other");
    press(&mut ada, &other, "withdraw").await;
    deliver(&app).await;
    assert!(mails(&app).is_empty());
}

async fn what_was_changed_since_is_not_renewed(app: TestApp) {
    let (_, mut ada, grant) = a_month(&app).await;
    app.wait(20 * DAY);
    return_to(&mut ada, ADA).await;
    let before = ada.get(&grant).await;
    let renew = before.form("/renew").press("renew");
    // The profile allows less than it did.
    let profiles = ada.get("/account/profiles").await.form("profiles");
    let saved = ada.submit(profiles.with("retention-low", "P7D")).await;
    assert!(saved.redirect().is_some(), "{}", saved.words());
    let page = ada.get(&grant).await;
    assert!(!page.has_form("/renew"));
    page.says("This agreement cannot be renewed as it is");
    let page = ada.submit(renew).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("cannot be renewed as it is");
    assert_eq!(app.events(&mut ada, &grant).await, [EventKind::Given]);
}

async fn a_renewal_needs_the_page_as_it_is(app: TestApp) {
    let (_, mut ada, grant) = a_month(&app).await;
    app.wait(5 * DAY);
    return_to(&mut ada, ADA).await;
    let old = ada.get(&grant).await;
    let form = old.form("/change").with("retention", "P14D");
    ada.submit(form).await;
    let page = ada.submit(old.form("/renew").press("renew")).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    // And only its owner has one.
    let mut eve = app.person("Eve", EVE).await;
    let own = eve.get("/account/profiles").await;
    let csrf = own
        .form("profiles")
        .value("csrf")
        .expect("a token")
        .to_owned();
    let forged = old.form("/renew").forged("csrf", &csrf);
    assert_eq!(eve.submit(forged).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        app.events(&mut ada, &grant).await,
        [EventKind::Given, EventKind::Narrowed]
    );
    // A paused one is resumed first.
    press(&mut ada, &grant, "pause").await;
    assert!(!ada.get(&grant).await.has_form("/renew"));
}

async fn what_holds_nothing_is_neither_warned_of_nor_renewed(app: TestApp) {
    let paper = app.paper().await;
    let mut ada = app.person("Ada", ADA).await;
    let grant = ada.agree(&paper, "anonymous").await;
    assert!(!ada.get(&grant).await.has_form("/renew"));
    app.wait(2_000 * DAY);
    pass(&app).await;
    assert!(mails(&app).is_empty());
    return_to(&mut ada, ADA).await;
    assert_eq!(app.events(&mut ada, &grant).await, [EventKind::Given]);
}
