//! What somebody else commits in the middle of an act that ends sessions or an
//! account: on PostgreSQL one transaction sees nothing of another before that.

use sluis::domain::account::{Authentication, LinkPurpose};
use sluis::domain::attribute::Email;
use sluis::domain::id::AccountId;
use sluis::domain::time::Timestamp;
use sluis::service::erasure::{self, Erasure};
use sluis::service::sessions::{SignedIn, resume};
use sluis::service::{Fault, address_changes};
use sluis::store::mail_links::NewLink;
use sluis::store::{StoreError, accounts, mail_links, passkeys, sessions};
use sqlx::{Connection as _, PgConnection, Row as _};
use tokio::sync::oneshot::{self, Receiver, Sender};

use super::{ADA, DAY};
use crate::harness::{Actor, Authenticator, Engine, PASSWORD, THIEF, TestApp, on_both_databases};
use crate::protocol::asks_for_transfer;

on_both_databases!(
    a_session_that_takes_the_place_of_another_ends_with_it,
    a_passkey_that_is_being_shown_signs_nobody_in_to_an_account_that_goes,
    a_link_that_is_being_mailed_goes_with_the_account,
    whoever_follows_a_link_and_whoever_mails_the_next_do_not_wait_for_each_other,
    a_session_that_ends_at_the_same_moment_asks_for_no_other_address,
    a_session_that_ends_at_the_same_moment_lets_nothing_go_along,
);

/// What a transaction stops at, once it holds something.
pub(super) struct Gate {
    holds: Sender<()>,
    go: Receiver<()>,
}

impl Gate {
    /// With what tells when it is reached, and what opens it.
    pub(super) fn new() -> (Self, Receiver<()>, Sender<()>) {
        let (holds, held) = oneshot::channel();
        let (open, go) = oneshot::channel();
        (Self { holds, go }, held, open)
    }

    pub(super) async fn pass(self) {
        self.holds.send(()).expect("somebody waits");
        self.go.await.expect("it is opened");
    }
}

/// Waits until somebody waits for what is held. On SQLite, writes wait for each
/// other as a whole.
pub(super) async fn until_somebody_waits(app: &TestApp) {
    until_so_many_wait(app, 1).await;
}

/// [`until_somebody_waits`], for so many.
pub(super) async fn until_so_many_wait(app: &TestApp, count: i64) {
    if app.engine() == Engine::Sqlite {
        return;
    }
    let url = app.app.config().database_url.expose();
    let mut connection = PgConnection::connect(url).await.expect("a connection");
    loop {
        let row = sqlx::query(
            "SELECT COUNT(*) FROM pg_stat_activity \
             WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        let row = row.fetch_one(&mut connection).await.expect("a count");
        if row.get::<i64, _>(0) >= count {
            return;
        }
    }
}

pub(super) async fn ada(app: &TestApp) -> AccountId {
    let index = *app.app.master().email_index(ADA).as_bytes();
    let mut connection = app.app.store().read().await.expect("a connection");
    let ada = accounts::by_address(&mut connection, index).await;
    ada.expect("a read").expect("an account")
}

async fn open_sessions(app: &TestApp, id: AccountId) -> Vec<[u8; 32]> {
    let mut connection = app.app.store().read().await.expect("a connection");
    let hashes = sessions::hashes(&mut connection, id).await;
    hashes.expect("a read")
}

/// What a session begins with, for as long as a test.
fn signed_in(app: &TestApp) -> (Vec<u8>, Authentication, Timestamp) {
    let now = app.app.now();
    (vec![0; 60], Authentication::by_password(now), now.plus(DAY))
}

async fn a_session_that_takes_the_place_of_another_ends_with_it(app: TestApp) {
    let mut owner = app.person("Ada", ADA).await;
    let id = ada(&app).await;
    let own = open_sessions(&app, id).await;
    app.browser().sign_in("/sign-in", ADA, PASSWORD).await;
    let mut others = open_sessions(&app, id).await;
    others.retain(|hash| !own.contains(hash));
    let (before, after, now) = (others[0], [7; 32], app.app.now());
    let (gate, held, open) = Gate::new();
    let (key, how, until) = signed_in(&app);
    // What somebody does who shows again who they are.
    let replacing = app.app.store().write(move |tx| {
        Box::pin(async move {
            assert!(sessions::hold(tx, id, before, now).await?);
            gate.pass().await;
            sessions::insert(tx, id, after, key, how, until).await?;
            sessions::replace(tx, id, before, after).await
        })
    });
    let form = owner.get("/account/security").await;
    let form = form.form("sessions/end-others");
    let ending = async {
        held.await.expect("it is held");
        tokio::join!(owner.submit(form), async {
            until_somebody_waits(&app).await;
            open.send(()).expect("it waits");
        })
        .0
    };
    let (replaced, page) = tokio::join!(replacing, ending);
    replaced.expect("a write");
    assert_eq!(page.location(), "/account/security?done=ended-others");
    assert_eq!(open_sessions(&app, id).await, own);
}

async fn a_passkey_that_is_being_shown_signs_nobody_in_to_an_account_that_goes(app: TestApp) {
    let mut actor = app.person("Ada", ADA).await;
    actor
        .add_passkey(&mut Authenticator::new(Some([7; 32])))
        .await;
    let owner = session_of(&app, &actor).await;
    let id = ada(&app).await;
    let mut connection = app.app.store().read().await.expect("a connection");
    let keys = passkeys::of_account(&mut connection, id).await;
    let passkey = keys.expect("a read")[0].id;
    drop(connection);
    let (gate, held, open) = Gate::new();
    let (key, how, until) = signed_in(&app);
    let signing_in = app.app.store().write(move |tx| {
        Box::pin(async move {
            assert!(passkeys::hold(tx, id, passkey).await?);
            gate.pass().await;
            sessions::insert(tx, id, [7; 32], key, how, until).await
        })
    });
    let erasing = async {
        held.await.expect("it is held");
        tokio::join!(erasure::erase(&app.app, &owner), async {
            until_somebody_waits(&app).await;
            open.send(()).expect("it waits");
        })
        .0
    };
    let (begun, erased) = tokio::join!(signing_in, erasing);
    begun.expect("a write");
    assert_eq!(erased.expect("an end"), Erasure::Done);
    assert!(open_sessions(&app, id).await.is_empty());
}

async fn a_link_that_is_being_mailed_goes_with_the_account(app: TestApp) {
    let owner = session_of(&app, &app.person("Ada", ADA).await).await;
    let (id, now) = (ada(&app).await, app.app.now());
    let (gate, held, open) = Gate::new();
    let purpose = LinkPurpose::Recover;
    let link = NewLink {
        account_id: id,
        hash: [7; 32],
        purpose,
        address_sealed: vec![0; 60],
        created_at: now,
        expires_at: now.plus(DAY),
    };
    let mailing = app.app.store().write(move |tx| {
        Box::pin(async move {
            mail_links::recent(tx, id, purpose, now, link.hash).await?;
            gate.pass().await;
            mail_links::keep(tx, &link, now).await
        })
    });
    let erasing = async {
        held.await.expect("it is held");
        tokio::join!(erasure::erase(&app.app, &owner), async {
            until_somebody_waits(&app).await;
            open.send(()).expect("it waits");
        })
        .0
    };
    let (mailed, erased) = tokio::join!(mailing, erasing);
    assert!(mailed.expect("a write"));
    assert_eq!(erased.expect("an end"), Erasure::Done);
    let mut connection = app.app.store().read().await.expect("a connection");
    let found = mail_links::find(&mut connection, id, [7; 32], now).await;
    assert!(found.expect("a read").is_none());
}

async fn whoever_follows_a_link_and_whoever_mails_the_next_do_not_wait_for_each_other(
    app: TestApp,
) {
    let mut owner = app.browser();
    owner.sign_up("/sign-up", "Ada", ADA).await;
    let followed = super::link(&super::only(super::post(&app).await));
    let form = owner.get(&followed).await.form("confirm-email");
    let (id, now) = (ada(&app).await, app.app.now());
    let (gate, held, open) = Gate::new();
    let link = NewLink {
        account_id: id,
        hash: [7; 32],
        purpose: LinkPurpose::Confirm,
        address_sealed: vec![0; 60],
        created_at: now,
        expires_at: now.plus(DAY),
    };
    let mailing = app.app.store().write(move |tx| {
        Box::pin(async move {
            accounts::hold(tx, id).await?;
            gate.pass().await;
            mail_links::keep(tx, &link, now).await
        })
    });
    let following = async {
        held.await.expect("it is held");
        tokio::join!(owner.submit(form), async {
            until_somebody_waits(&app).await;
            open.send(()).expect("it waits");
        })
        .0
    };
    let (mailed, page) = tokio::join!(mailing, following);
    assert!(mailed.expect("a write"), "nobody was given up");
    page.says("no longer works");
}

/// What comes of an act in a session that is being ended by somebody else.
async fn while_it_ends<T>(app: &TestApp, session: &SignedIn, act: impl Future<Output = T>) -> T {
    let (id, hash) = (session.account.id, session.session_hash());
    let (gate, held, open) = Gate::new();
    let ending = app.app.store().write(move |tx| {
        Box::pin(async move {
            // As whoever ends those of others does.
            accounts::hold(tx, id).await?;
            sessions::end(tx, id, hash).await?;
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
    let (ended, came_of_it) = tokio::join!(ending, acting);
    ended.expect("a write");
    came_of_it
}

async fn a_session_that_ends_at_the_same_moment_asks_for_no_other_address(app: TestApp) {
    let owner = session_of(&app, &app.settled("Ada", ADA).await).await;
    let email = Email::parse(THIEF).expect("an address");
    let asking = address_changes::ask(&app.app, &owner, &email);
    let asked = while_it_ends(&app, &owner, asking).await;
    assert!(matches!(asked, Err(Fault::SignedOut)));
    let waits = address_changes::waiting(&app.app, owner.account.id).await;
    assert!(waits.expect("a read").is_none());
    assert!(super::post(&app).await.is_empty());
}

async fn a_session_that_ends_at_the_same_moment_lets_nothing_go_along(app: TestApp) {
    let mut actor = app.person("Ada", ADA).await;
    let owner = session_of(&app, &actor).await;
    let asked = asks_for_transfer(&app, "elsewhere", &mut actor).await;
    let form = asked.form("transfer").press("allow");
    let page = while_it_ends(&app, &owner, actor.submit(form)).await;
    assert!(!page.location().contains("code="), "{}", page.location());
    // It was not answered: whoever signs in is asked.
    actor.sign_in("/sign-in", ADA, PASSWORD).await;
    assert!(actor.get(&asked.path).await.has_form("transfer"));
}

/// The session of somebody who is signed in.
pub(super) async fn session_of(app: &TestApp, actor: &Actor) -> SignedIn {
    let session = resume(&app.app, &actor.jar["sluis-session"]).await;
    session.expect("a database").expect("a session")
}
