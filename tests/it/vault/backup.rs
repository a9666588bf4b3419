//! A backup that was made before an account was erased: once the escrow key of
//! that time is destroyed, whoever puts it back opens nothing with all that the
//! operator has, but the address for notices.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use sluis::app::{App, Migrations};
use sluis::clock::Clock;
use sluis::config::Config;
use sluis::jobs;
use sluis::random::Random;
use sluis::service::escrow;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, SqliteConnection};

use super::attacker::travelled;
use super::dump::{Cell, cells, found};
use super::journey::{ASKED, EMAIL, values};
use super::loot::Loot;
use super::rotation::pass;
use crate::harness::{ADA, Actor, Authenticator, Engine, PASSWORD, TestApp, on_both_databases};
use crate::life::deliver;
use crate::pages::arriving::{false_provider, start};
use crate::pages::export::exported;
use crate::pages::import::{hand_in, take_over};
use crate::people::forgot;
use crate::people::kit::with_kit;
use crate::protocol::{Business, DUTIES, SCOPES, ask_by_right, press, set_out, text};
use crate::ways_in::{NEXT_CODE, set_up_app, sign_in_with_code};

on_both_databases!(nothing_of_an_erased_account_is_left_anywhere);

/// Erases the account by its page.
async fn erase(app: &TestApp) {
    let mut owner = app.browser();
    owner.sign_in("/sign-in", EMAIL, PASSWORD).await;
    let form = owner.get("/account/erase").await.form("erase");
    let page = owner.submit(form.with("word", "erase")).await;
    assert_eq!(page.location(), "/erased");
    deliver(app).await;
}

/// What whoever has the operator's keys and these cells can open: how many
/// vaults, how many grants, and every text.
fn opened(app: &TestApp, cells: &[Cell]) -> (usize, usize, BTreeSet<String>) {
    let opened = Loot::new(&app.folder().join("keys"), cells).open();
    (opened.vaults.len(), opened.grants.len(), opened.texts)
}

/// The address of the account, and the one that it asked for: the operator's key alone
/// opens those.
fn addresses() -> BTreeSet<String> {
    BTreeSet::from([EMAIL.to_owned(), ASKED.to_owned()])
}

async fn a_backup_stays_shut(engine: Engine) {
    let (app, backup, _) = travelled(engine, true).await;
    erase(&app).await;
    let (vaults, grants, texts) = opened(&app, &backup);
    assert_eq!(
        (vaults, grants),
        (1, 1),
        "until the key of its month is gone"
    );
    assert!(texts.iter().any(|text| text.contains("NL91ABNA0417164300")));

    app.wait(escrow::LASTS);
    pass(&app.app).await;
    app.wait(escrow::LINGERS);
    pass(&app.app).await;
    let left = opened(&app, &backup);
    assert_eq!(left, (0, 0, addresses()));

    // And what there is now says nothing at all.
    let after = cells(&app, engine).await;
    assert_eq!(opened(&app, &after), (0, 0, BTreeSet::new()));
    for value in values() {
        assert_eq!(found(&after, &value), [""; 0], "{value:?}");
    }
    for gone in [
        "keyholders.",
        "vaults.",
        "sessions.",
        "reads.",
        "subjects.",
        "codes.",
        "access_tokens.",
        "refresh_tokens.",
        "outbox.",
        "known_browsers.",
        "grants.grant_key_wrapped",
        "grants.released_sealed",
        "sign_in_failures.",
    ] {
        let left = after.iter().find(|cell| cell.place.starts_with(gone));
        assert!(left.is_none(), "{gone}");
    }
    for kept in ["receipts.jws", "deletion_duties.state", "grants.state"] {
        assert!(after.iter().any(|cell| cell.place == kept), "{kept}");
    }
}

#[tokio::test]
async fn a_backup_from_before_an_erasure_stays_shut_on_sqlite() {
    a_backup_stays_shut(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_backup_from_before_an_erasure_stays_shut_on_postgresql() {
    a_backup_stays_shut(Engine::Postgres).await;
}

/// Leaves something behind wherever an account can.
async fn live(app: &TestApp, ada: &mut Actor) {
    let wants = json!({
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "scope": format!("{SCOPES} {DUTIES} data_subject_requests"),
    });
    let shop = Business::with(app, "shop", wants, None).await;
    shop.log_in(ada, "low").await;
    let grant = ada.newest_grant().await;
    ask_by_right(ada, &grant, "access", &[]).await;
    let request = text(&shop.requests("").await[0], "request_id").to_owned();
    let answer = json!({"outcome": "done", "text": "This is all."});
    shop.answer(&request, &answer).await.ok();
    press(ada, &grant, "withdraw").await;
    // One import that was taken over, and one that waits; one way out, and one in.
    let file = serde_json::to_vec(&exported(ada).await).expect("JSON");
    let preview = hand_in(ada, &file).await;
    take_over(ada, &preview).await;
    hand_in(ada, &file).await;
    set_out(app, ada).await;
    let (_server, issuer) = false_provider(|_, _| ()).await;
    start(ada, &issuer).await;
    with_kit(ada).await;
    let (app_of_codes, _) = set_up_app(app, ada).await;
    app.wait(NEXT_CODE);
    sign_in_with_code(ada, &app_of_codes.code(app)).await;
    let mut phone = Authenticator::new(Some([7; 32]));
    ada.add_passkey(&mut phone).await;
    ada.sign_in_with("/sign-in", &mut phone).await;
    ada.add_passkey(&mut Authenticator::new(None)).await;
    let form = ada.visit("/account/security/passkeys").await;
    let options = "/account/security/passkeys/options";
    ada.challenge(&form.form("passkey-add"), options).await;
    // Half a sign-in, with a code that is wrong.
    sign_in_with_code(&mut app.browser(), "000000").await;
    app.leave_mail().await;
    let link = forgot(app, ADA).await;
    let mut browser = app.browser();
    let form = browser.get(&link).await.form("recover-wait");
    browser.submit(form).await;
    deliver(app).await;
}

/// Of what an account has, what goes with it.
const GOES: [&str; 18] = [
    "keyholders.",
    "vaults.",
    "passkeys.",
    "passkey_ceremonies.",
    "totp.",
    "recovery_codes.",
    "factor_failures.",
    "half_sign_ins.",
    "imports.",
    "import_pieces.",
    "departures.",
    "arrivals.",
    "mail_links.",
    "recoveries.",
    "rights_requests.",
    "rights_answers.",
    "known_browsers.",
    "sessions.",
];

/// And where it is still named, by a number.
const STAYS: [&str; 3] = [
    "accounts.id",
    "grants.account_id",
    "deletion_duties.account_id",
];

async fn nothing_of_an_erased_account_is_left_anywhere(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    live(&app, &mut ada).await;
    let before = cells(&app, app.engine()).await;
    let holds = |cells: &[Cell], table: &str| {
        let mut places = cells.iter().map(|cell| &cell.place);
        places.any(|place| place.starts_with(table))
    };
    for table in GOES {
        assert!(holds(&before, table), "{table} has nothing that could go");
    }
    let own = before.iter().find(|cell| cell.place == "accounts.id");
    let id = String::from_utf8_lossy(&own.expect("an account").bytes).into_owned();
    let form = ada.get("/account/erase").await.form("erase");
    let form = form.with("word", "erase").with("when", "now");
    let page = ada.submit(form.press("erase-submit")).await;
    assert_eq!(page.location(), "/erased");
    deliver(&app).await;
    let after = cells(&app, app.engine()).await;
    for table in GOES {
        assert!(!holds(&after, table), "{table} holds something still");
    }
    for place in found(&after, &id) {
        assert!(STAYS.contains(&place.as_str()), "{place} names the account");
    }
}

/// The very file, put back under the keys of today.
#[tokio::test]
async fn a_database_that_is_put_back_serves_and_its_old_escrow_does_not() {
    let (app, _, _) = travelled(Engine::Sqlite, true).await;
    let copy = app.folder().join("backup.db");
    let url = app.app.config().database_url.expose().to_owned();
    let mut database = SqliteConnection::connect(&url).await.expect("it opens");
    let text = format!("VACUUM INTO '{}'", copy.display());
    database.execute(AssertSqlSafe(text)).await.expect("a copy");
    erase(&app).await;
    app.wait(escrow::LASTS);
    pass(&app.app).await;
    app.wait(escrow::LINGERS);
    pass(&app.app).await;

    let config = Config {
        database_url: format!("sqlite://{}", copy.display())
            .parse()
            .expect("a URL"),
        ..app.app.config().clone()
    };
    let clock = Clock::manual(app.app.now());
    let restored = App::open(config, Migrations::Refuse, clock, Random::system());
    let restored = restored.await.expect("the master key fits");
    let refused = restored.escrow().await.expect_err("its key is gone");
    assert!(refused.to_string().contains("keys rotate --escrow"));
    // What its message says to do: from then on others can sign up again, and
    // nobody can help with the vaults of that time.
    assert!(restored.next_escrow().await.expect("a key"));
    assert!(jobs::escrow::run_once(&restored).await.is_err());
    let held = escrow::tally(&restored).await.expect("a database");
    assert_eq!((held.present, held.before), (0, 1));
    tokio::time::timeout(Duration::from_secs(5), restored.close())
        .await
        .expect("it closes");
    let url = format!("sqlite://{}", copy.display());
    let url = url.parse().expect("a URL");
    let app = app.with(|config| config.database_url = url).await;
    let left = opened(&app, &cells(&app, Engine::Sqlite).await);
    assert_eq!(left, (0, 0, addresses()));
}
