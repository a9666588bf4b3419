//! A sign-in in a browser that the account does not know is told by mail.

use super::{ADA, SECOND, ask, only, post};
use crate::harness::{BOB, PASSWORD, TestApp, on_both_databases};
use crate::vault::cells;

on_both_databases!(
    a_sign_in_in_a_new_browser_is_told_and_one_in_a_known_browser_is_not,
    a_browser_that_somebody_else_uses_is_new_to_each_of_them,
    the_mail_names_the_browser_and_the_database_does_not,
    the_database_does_not_show_that_two_people_share_a_browser,
    letters_are_in_the_language_of_the_account,
);

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

async fn a_sign_in_in_a_new_browser_is_told_and_one_in_a_known_browser_is_not(app: TestApp) {
    let mut laptop = app.person("Ada", ADA).await;
    laptop.sign_out().await;
    laptop.sign_in("/sign-in", ADA, PASSWORD).await;
    assert!(post(&app).await.is_empty(), "it is where she signed up");
    let mut phone = app.browser();
    phone.sign_in("/sign-in", ADA, PASSWORD).await;
    let mail = only(post(&app).await);
    assert_eq!(mail.field("To"), ADA);
    mail.says("in a browser that we did not know");
    mail.says("http://localhost:8000/account/security");
    phone.sign_out().await;
    app.wait(SECOND);
    phone.sign_in("/sign-in", ADA, PASSWORD).await;
    assert!(post(&app).await.is_empty());
    let mut guess = app.browser();
    guess.sign_in("/sign-in", ADA, "not the password").await;
    assert!(post(&app).await.is_empty());
}

async fn a_browser_that_somebody_else_uses_is_new_to_each_of_them(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut bob = app.person("Bob", BOB).await;
    ada.sign_out().await;
    ada.sign_in("/sign-in", BOB, PASSWORD).await;
    assert_eq!(only(post(&app).await).field("To"), BOB);
    bob.sign_out().await;
    bob.sign_in("/sign-in", BOB, PASSWORD).await;
    assert!(post(&app).await.is_empty());
}

async fn the_mail_names_the_browser_and_the_database_does_not(app: TestApp) {
    app.person("Ada", ADA).await;
    let mut phone = app.browser();
    phone.agent = Some(FIREFOX.to_owned());
    phone.sign_in("/sign-in", ADA, PASSWORD).await;
    for cell in cells(&app, app.engine()).await {
        let text = String::from_utf8_lossy(&cell.bytes).to_lowercase();
        assert!(!text.contains("firefox"), "{}", cell.place);
    }
    only(post(&app).await).says("Firefox on Linux");
    let page = phone.get("/account/security").await;
    page.says("Firefox on Linux");
}

async fn letters_are_in_the_language_of_the_account(app: TestApp) {
    let email = "noor@home.example";
    let mut noor = app.browser();
    noor.languages = "nl".to_owned();
    noor.sign_up("/sign-up", "Noor", email).await;
    let mut mails = vec![only(post(&app).await)];
    // Whatever browser it is that something is done in.
    app.browser().sign_in("/sign-in", email, PASSWORD).await;
    mails.push(only(post(&app).await));
    ask(&mut app.browser(), email).await;
    mails.push(only(post(&app).await));
    let subjects = [
        "Bevestig je e-mailadres",
        "Ingelogd in een nieuwe browser",
        "Weer naar binnen bij Sluis",
    ];
    for (mail, subject) in mails.iter().zip(subjects) {
        assert_eq!(mail.field("Subject"), subject);
        assert_eq!(mail.field("Content-Language"), "nl", "{subject}");
        assert!(mail.html.contains("<html lang=\"nl\">"), "{subject}");
    }
}

async fn the_database_does_not_show_that_two_people_share_a_browser(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    app.person("Bob", BOB).await;
    ada.sign_out().await;
    ada.sign_in("/sign-in", BOB, PASSWORD).await;
    let mut seen = std::collections::BTreeSet::new();
    let all = cells(&app, app.engine()).await;
    let hashes = all
        .iter()
        .filter(|cell| cell.place.contains("known_browsers.hash"));
    for cell in hashes.clone() {
        assert!(seen.insert(cell.bytes.clone()), "{} twice", cell.place);
    }
    assert!(hashes.count() >= 3);
}
