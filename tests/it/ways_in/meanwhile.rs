//! What happens while a password is hashed: what decides a sign-in is held to
//! the end of it.

use axum::http::StatusCode;
use futures_util::future::join_all;
use sluis::crypto::vault::KeyholderKind;
use sluis::service::passkeys::MOST;
use sluis::store::{accounts, keyholders};

use super::ADA;
use crate::harness::{Actor, Authenticator, PASSWORD, TestApp, on_both_databases};
use crate::people::{forgot, kit::with_kit};

on_both_databases! {
    a_sign_in_with_the_old_password_does_not_outlive_a_recovery,
    a_session_that_is_ended_while_somebody_confirms_has_no_successor,
    of_passkeys_that_are_removed_at_once_the_last_way_in_stays,
    of_passkeys_that_are_made_at_once_no_more_are_kept_than_there_is_room_for,
    of_two_who_set_up_at_once_one_is_shown_codes,
    of_codes_that_are_made_at_once_those_of_one_count,
    the_operator_gets_one_key_however_often_it_is_pressed,
}

async fn is_in(actor: &mut Actor) -> bool {
    actor.get("/account").await.redirect().is_none()
}

async fn a_sign_in_with_the_old_password_does_not_outlive_a_recovery(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let code = with_kit(&mut ada).await;
    app.leave_mail().await;
    let link = forgot(&app, ADA).await;
    let mut phone = app.browser();
    let form = phone.get(&link).await.form("recover-kit");
    let form = form.with("code", &code).with("password", "a new sentence");
    let mut thieves: Vec<Actor> = (0..6).map(|_| app.browser()).collect();
    let mut forms = Vec::new();
    for thief in &mut thieves {
        let form = thief.get("/sign-in").await.form("sign-in");
        forms.push(form.with("email", ADA).with("password", PASSWORD));
    }
    let signing_in = thieves.iter_mut().zip(forms);
    let signing_in = join_all(signing_in.map(|(thief, form)| thief.submit(form)));
    let (recovered, _) = tokio::join!(phone.land(form), signing_in);
    recovered.says("new password works");
    for thief in &mut thieves {
        assert!(!is_in(thief).await);
    }
}

async fn a_session_that_is_ended_while_somebody_confirms_has_no_successor(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut thief = app.browser();
    thief.sign_in("/sign-in", ADA, PASSWORD).await;
    app.wait(std::time::Duration::from_secs(601));
    let form = thief.visit("/account/security/totp").await.form("confirm");
    let confirming = form.with("confirm-password", PASSWORD);
    let ending = ada.get("/account/security").await.form("sessions/end");
    let (_, ended) = tokio::join!(thief.submit(confirming), ada.submit(ending));
    if ended.location() == "/account/security?done=not-there" {
        // The confirmation came first: its session is shown, and can be ended.
        let page = ada.follow(ended).await;
        page.says("was not there any more");
        ada.submit(page.form("sessions/end")).await;
    } else {
        assert_eq!(ended.location(), "/account/security?done=ended");
    }
    assert!(!is_in(&mut thief).await);
    assert!(is_in(&mut ada).await);
    let page = ada.get("/account/security").await;
    assert!(!page.has_form("sessions/end"), "nobody else is left");
}

/// Takes Ada's password out of the database.
async fn forget_password(app: &TestApp) {
    let index = *app.app.master().email_index(ADA).as_bytes();
    app.app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                let ada = accounts::by_address(tx, index).await?.expect("an account");
                keyholders::delete_all(tx, ada, KeyholderKind::Password, None).await
            })
        })
        .await
        .expect("a database");
}

/// What removes each passkey.
async fn removals(actor: &mut Actor) -> Vec<crate::html::Form> {
    let page = actor.get("/account/security").await;
    let forms = crate::html::forms(&page.html);
    forms
        .into_iter()
        .filter(|form| form.action.ends_with("/remove") && form.action.contains("/passkeys/"))
        .collect()
}

async fn of_passkeys_that_are_removed_at_once_the_last_way_in_stays(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut keys = [[1; 32], [2; 32]].map(|secret| Authenticator::new(Some(secret)));
    ada.add_passkey(&mut keys[0]).await;
    // Each change asks for the strongest that there is.
    ada.sign_in_with("/sign-in", &mut keys[0]).await;
    ada.add_passkey(&mut keys[1]).await;
    // The password goes: nothing else opens the vault then.
    forget_password(&app).await;
    let forms = removals(&mut ada).await;
    assert_eq!(forms.len(), 2);
    let presses = forms.into_iter().map(|form| {
        let mut ada = ada.clone();
        async move { ada.submit(form).await.location().to_owned() }
    });
    let mut told = join_all(presses).await;
    told.sort();
    assert_eq!(
        told,
        [
            "/account/security?done=last-way",
            "/account/security?done=passkey-removed"
        ]
    );
    assert_eq!(removals(&mut ada).await.len(), 1);
}

async fn of_passkeys_that_are_made_at_once_no_more_are_kept_than_there_is_room_for(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut phone = Authenticator::new(Some([1; 32]));
    ada.add_passkey(&mut phone).await;
    ada.sign_in_with("/sign-in", &mut phone).await;
    let form = ada.visit("/account/security/passkeys").await;
    let form = form.form("passkey-add");
    let mut answers = Vec::new();
    // All are asked for while there is one.
    for number in 0..MOST {
        let path = "/account/security/passkeys/options";
        let challenge = ada.challenge(&form, path).await;
        let named = form.clone().with("name", &number.to_string());
        answers.push(Authenticator::new(None).make(named, &challenge));
    }
    let last = answers.pop().expect("an answer");
    for answer in answers {
        let page = ada.submit(answer).await;
        assert_eq!(page.location(), "/account/security?done=passkey-proves");
    }
    let page = ada.submit(last).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(removals(&mut ada).await.len(), MOST);
}

async fn of_two_who_set_up_at_once_one_is_shown_codes(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let page = ada.visit("/account/security/totp").await;
    let phone = super::Phone::reading(&page);
    let form = page.form("totp-confirm").with("code", &phone.code(&app));
    let presses = (0..4).map(|_| {
        let (mut ada, form) = (ada.clone(), form.clone().press("totp-submit"));
        async move { ada.submit(form).await.texts_in("recovery-codes").len() }
    });
    let shown = join_all(presses).await;
    assert_eq!(shown.iter().sum::<usize>(), 10, "{shown:?}");
}

async fn of_codes_that_are_made_at_once_those_of_one_count(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let (phone, _) = super::set_up_app(&app, &mut ada).await;
    app.wait(super::NEXT_CODE);
    super::sign_in_with_code(&mut ada, &phone.code(&app)).await;
    let form = ada.get("/account/security").await.form("security/codes");
    let presses = (0..6).map(|_| {
        let (mut ada, form) = (ada.clone(), form.clone());
        async move { ada.submit(form).await.texts_in("recovery-codes").len() }
    });
    for shown in join_all(presses).await {
        assert_eq!(shown, 10);
    }
    let page = ada.get("/account/security").await;
    page.says("You have 10 recovery codes left");
}

async fn the_operator_gets_one_key_however_often_it_is_pressed(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    with_kit(&mut ada).await;
    let form = ada.get("/account/security").await.form("escrow/drop");
    ada.submit(form).await;
    app.leave_mail().await;
    let form = ada.get("/account/security").await.form("escrow/allow");
    let presses = (0..4).map(|_| {
        let (mut ada, form) = (ada.clone(), form.clone());
        async move { ada.submit(form).await.location().to_owned() }
    });
    for told in join_all(presses).await {
        assert_eq!(told, "/account/security?done=escrow-allowed");
    }
    assert_eq!(
        super::subjects(&app).await,
        ["The operator has a spare key again"]
    );
}
