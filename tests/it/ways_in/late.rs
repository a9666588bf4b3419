//! What arrives when the session that it was begun in has been ended.

use sluis::domain::attribute::Email;
use sluis::domain::claim::Claim;
use sluis::domain::id::PasskeyId;
use sluis::service::address_changes::Followed;
use sluis::service::imports::ImportError;
use sluis::service::profiles::{Edit, EditError};
use sluis::service::sessions::resume;
use sluis::service::{
    Fault, address_changes, browsers, erasure, factors, imports, kit, passkeys, profiles, recovery,
};

use super::{ADA, Phone, SECRET, subjects};
use crate::harness::{Actor, Authenticator, PASSWORD, TestApp, on_both_databases};
use crate::html::Form;
use crate::pages::export::exported;
use crate::pages::import::hand_in;
use crate::people::{link, post};

on_both_databases! {
    whoever_holds_back_a_form_sets_nothing_up_once_the_owner_got_rid_of_them,
    what_is_done_in_a_session_that_was_ended_is_not_kept,
    what_comes_along_in_a_session_that_was_ended_is_not_taken_in,
}

const EVES: &str = "eve@elsewhere.example";

/// What somebody sends who wants to come back, filled in.
async fn forms(app: &TestApp, thief: &mut Actor, key: &mut Authenticator) -> [Form; 4] {
    let passkey = thief.visit("/account/security/passkeys").await;
    let passkey = passkey.form("passkey-add");
    let path = "/account/security/passkeys/options";
    let challenge = thief.challenge(&passkey, path).await;
    let page = thief.visit("/account/security/totp").await;
    let code = Phone::reading(&page).code(app);
    let email = thief.visit("/account/security/email").await;
    let security = thief.get("/account/security").await;
    [
        key.make(passkey.with("name", "Phone"), &challenge),
        security.form("security/kit"),
        page.form("totp-confirm").with("code", &code),
        email.form("email-change").with("email", EVES),
    ]
}

async fn whoever_holds_back_a_form_sets_nothing_up_once_the_owner_got_rid_of_them(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut key = Authenticator::new(Some(SECRET));
    for number in 0..4 {
        let mut thief = app.browser();
        thief.sign_in("/sign-in", ADA, PASSWORD).await;
        let form = forms(&app, &mut thief, &mut key).await[number].clone();
        subjects(&app).await;
        let ends = ada.get("/account/security").await;
        let ends = ends.form("sessions/end-others");
        let (page, ended) = thief.submit_late(form, ada.submit(ends)).await;
        assert_eq!(ended.location(), "/account/security?done=ended-others");
        assert!(
            page.location().starts_with("/sign-in?next="),
            "{number}: {}",
            page.location()
        );
        assert!(subjects(&app).await.is_empty(), "{number}");
    }
    let page = app.browser().sign_in_with("/sign-in", &mut key).await;
    page.says("This passkey was not accepted here");
}

#[track_caller]
fn is_refused<T>(done: &Result<T, Fault>) {
    assert!(matches!(done, Err(Fault::SignedOut)));
}

async fn what_is_done_in_a_session_that_was_ended_is_not_kept(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut thief = app.browser();
    thief.sign_in("/sign-in", ADA, PASSWORD).await;
    let page = thief.visit("/account/security/email").await;
    thief
        .submit(page.form("email-change").with("email", EVES))
        .await;
    let mails = post(&app).await;
    let asked = mails.iter().find(|mail| mail.field("To") == EVES);
    let asked = link(asked.expect("a link"));
    let token = asked.split_once("token=").expect("a token").1;
    let ended = resume(&app.app, &thief.jar["sluis-session"]).await;
    let ended = ended.expect("a database").expect("a session");
    let form = ada.get("/account/security").await.form("end-others");
    ada.submit(form).await;
    let (at, by) = (&app.app, &ended);
    is_refused(&kit::make(at, by).await);
    is_refused(&kit::drop_escrow(at, by).await);
    is_refused(&kit::allow_escrow(at, by).await);
    is_refused(&factors::make_codes(at, by).await);
    is_refused(&factors::remove_totp(at, by).await);
    let none = PasskeyId::new(at.random().uuid(at.now()));
    is_refused(&passkeys::rename(at, by, none, "Phone").await);
    let email = Email::parse(EVES).expect("an address");
    is_refused(&address_changes::ask(at, by, &email).await);
    // That went with the session.
    let changed = address_changes::change(at, by, token).await;
    assert!(matches!(changed, Ok(Followed::Void)));
    is_refused(&recovery::stop_as_owner(at, by).await);
    is_refused(&browsers::end_others(at, by).await);
    is_refused(&erasure::begin_grace(at, by).await);
    is_refused(&erasure::erase(at, by).await);
    let edited = profiles::edit(at, by, 1, &Edit::Remove(Claim::Email)).await;
    assert!(matches!(edited, Err(EditError::Fault(Fault::SignedOut))));
    assert!(subjects(&app).await.is_empty());
    assert!(ada.get("/account").await.redirect().is_none(), "still in");
}

async fn what_comes_along_in_a_session_that_was_ended_is_not_taken_in(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut thief = app.browser();
    thief.sign_in("/sign-in", ADA, PASSWORD).await;
    let file = serde_json::to_vec(&exported(&mut ada).await).expect("JSON");
    let preview = hand_in(&mut ada, &file).await;
    let id = preview.path.rsplit('/').next().expect("an id");
    let id = id.parse().expect("an id");
    let ended = resume(&app.app, &thief.jar["sluis-session"]).await;
    let ended = ended.expect("a database").expect("a session");
    let form = ada.get("/account/security").await.form("end-others");
    ada.submit(form).await;
    let (at, by) = (&app.app, &ended);
    let begun = imports::begin(at, by, file).await;
    assert!(matches!(begun, Err(ImportError::Fault(Fault::SignedOut))));
    is_refused(&imports::discard(at, by, id).await);
    is_refused(&imports::remove(at, by, id).await);
    assert_eq!(
        ada.get(&preview.path).await.status,
        200,
        "it is there still"
    );
}
