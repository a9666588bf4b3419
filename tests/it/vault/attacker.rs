//! Whoever has the database, `master.key` and our own code opens nothing but
//! the contact e-mail of an account without escrow, the one that it asked for in its
//! place, and what waits to be mailed there.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sluis::crypto::password::Password;
use sluis::crypto::secret::{AccessToken, Opaque};
use sluis::domain::attribute::{Attributes, Email};
use sluis::domain::language::Language;
use sluis::service::accounts::{self, NewAccount};

use super::dump::{Cell, READ, cells};
use super::journey::{self, ASKED, EMAIL};
use super::loot::Loot;
use crate::harness::{Engine, PASSWORD, TestApp};
use crate::life::deliver;
use crate::protocol::text;

/// An instance with one account, after a full journey; the dump, and an access
/// token that is in other hands.
pub(super) async fn travelled(engine: Engine, escrow: bool) -> (TestApp, Vec<Cell>, String) {
    let app = TestApp::start(engine).await;
    let new = NewAccount {
        email: Email::parse(EMAIL).expect("an address"),
        attributes: Attributes::default(),
        language: Language::En,
        escrow,
    };
    let password = Password::parse(PASSWORD.to_owned()).expect("a password");
    accounts::add(&app.app, new, password)
        .await
        .expect("an account");
    let mut actor = app.browser();
    let page = actor.sign_in("/sign-in", EMAIL, PASSWORD).await;
    assert_eq!(page.location(), "/account");
    let traces = journey::travel(&app, &mut actor).await;
    let scope = [("scope", crate::protocol::ALL_SCOPES)];
    let code = traces.shop.code(&mut actor, "high", &scope).await;
    let tokens = traces.shop.redeem(&code).await.ok();
    let token = text(&tokens, "access_token").to_owned();
    let dump = cells(&app, engine).await;
    (app, dump, token)
}

fn loot(app: &TestApp, dump: &[Cell]) -> Loot {
    Loot::new(&app.folder().join("keys"), dump)
}

async fn nothing_opens_without_escrow(engine: Engine) {
    let (app, dump, token) = travelled(engine, false).await;
    let mut loot = loot(&app, &dump);
    assert!(loot.sealed.len() > 10 && loot.ids.len() > 5 && loot.secrets.len() > 5);
    let opened = loot.open();
    let addresses = BTreeSet::from([EMAIL.to_owned(), ASKED.to_owned()]);
    assert_eq!(opened.texts, addresses);
    assert!(opened.vaults.is_empty() && opened.grants.is_empty());
    assert_eq!(opened.apps, 0, "she has none");
    // In which browser she signed in that is new; nothing that she has ever told.
    let told = crate::vault::journey::values();
    assert!(!opened.letters.is_empty(), "something waits to be mailed");
    for letter in &opened.letters {
        let letter = addresses
            .iter()
            .fold(letter.to_lowercase(), |letter, address| {
                letter.replace(&address.to_lowercase(), "")
            });
        let of_hers = told
            .iter()
            .find(|value| letter.contains(&value.to_lowercase()));
        assert_eq!(of_hers, None, "{letter}");
    }

    // Once it is mailed, it is not there any more.
    deliver(&app).await;
    let mailed = self::loot(&app, &cells(&app, engine).await).open();
    assert_eq!(mailed.letters, BTreeSet::new());
    assert_eq!(mailed.texts, addresses);

    // That it would have opened, had a secret been there: one access token
    // opens what one business may see, and no more.
    let token: Opaque<AccessToken> = Opaque::parse(&token).expect("a token");
    let bytes = URL_SAFE_NO_PAD
        .decode(&token.reveal()[5..])
        .expect("base64url");
    loot.secrets.push(bytes[16..].try_into().expect("32 bytes"));
    let opened = loot.open();
    assert_eq!((opened.vaults.len(), opened.grants.len()), (0, 1));
    assert!(
        opened
            .texts
            .iter()
            .any(|text| text.contains("NL91ABNA0417164300"))
    );
}

async fn everything_opens_with_escrow(engine: Engine) {
    let (app, dump, _) = travelled(engine, true).await;
    let opened = loot(&app, &dump).open();
    assert_eq!((opened.vaults.len(), opened.grants.len()), (1, 1));
    assert!(opened.texts.contains(EMAIL));
    let shown = opened
        .texts
        .iter()
        .filter(|text| text.contains("NL91ABNA0417164300"));
    assert_eq!(
        shown.count(),
        2,
        "in the vault, and in what the business may see"
    );
    // With which it shows what a dump would show if reads were not sealed.
    let is_read = |text: &String| READ.iter().all(|word| text.contains(word));
    assert!(opened.texts.iter().any(is_read));
}

#[tokio::test]
async fn the_operator_opens_nothing_but_the_contact_address_without_escrow_on_sqlite() {
    nothing_opens_without_escrow(Engine::Sqlite).await;
}

#[tokio::test]
async fn the_operator_opens_nothing_but_the_contact_address_without_escrow_on_postgresql() {
    nothing_opens_without_escrow(Engine::Postgres).await;
}

#[tokio::test]
async fn the_operator_opens_everything_with_escrow_on_sqlite() {
    everything_opens_with_escrow(Engine::Sqlite).await;
}

#[tokio::test]
async fn the_operator_opens_everything_with_escrow_on_postgresql() {
    everything_opens_with_escrow(Engine::Postgres).await;
}
