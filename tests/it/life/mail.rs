//! Mail by SMTP and into a folder: servers that are away, refuse, or say
//! nothing, and names that would be more than a name.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use sluis::config::MailUrl;
use sluis::store::StoreError;

use super::eml::Eml;
use super::post::{Manners, PostOffice};
use super::{DAY, deliver, give_up, look_after, mails, pass};
use crate::harness::{ADA, BOB, Engine, TestApp, on_both_databases};
use crate::people::only;
use crate::protocol::{Business, open_to_everybody, stranger};

on_both_databases!(
    a_server_gets_the_mail_and_answers_for_it,
    a_server_that_is_away_gets_it_when_it_is_back,
    whom_the_server_does_not_know_is_not_mailed_again,
    a_mailbox_that_is_full_holds_up_no_other,
    a_server_that_stays_away_is_given_up_after_days,
    a_folder_gets_a_file_for_each_mail,
    a_name_with_line_feeds_stays_in_its_place,
    a_name_that_nobody_vouches_for_stays_out_of_the_mail,
);

/// The same instance, that mails by this server.
async fn mailing_by(app: TestApp, office: &PostOffice) -> TestApp {
    let url: MailUrl = office.url().parse().expect("a mail server");
    app.with(|config| config.mail_url = url).await
}

/// Somebody whose agreement has just expired.
async fn left_over(app: &TestApp, id: &str, email: &str) {
    let shop = Business::open(app, id).await;
    let mut ada = app.person("Ada", email).await;
    shop.log_in(&mut ada, "low").await;
    app.wait(31 * DAY);
    look_after(&app.app).await;
}

/// A server of these manners, once it was handed a mail to Ada.
async fn mailed(app: TestApp, manners: Manners) -> (TestApp, PostOffice) {
    let office = PostOffice::open(manners).await;
    let app = mailing_by(app, &office).await;
    left_over(&app, "shop", ADA).await;
    deliver(&app).await;
    (app, office)
}

async fn a_server_gets_the_mail_and_answers_for_it(app: TestApp) {
    let (app, office) = mailed(app, Manners::default()).await;
    let handed = office.empty();
    assert_eq!(handed.len(), 1);
    assert_eq!(handed[0].from, "sluis@localhost");
    assert_eq!(handed[0].to, ADA);
    assert_eq!(handed[0].mail.field("To"), ADA);
    assert!(app.tally_of_mail().await.is_none(), "it is gone from here");
    pass(&app).await;
    assert!(office.empty().is_empty());
}

async fn a_server_that_is_away_gets_it_when_it_is_back(app: TestApp) {
    let busy = Manners {
        greeting: "421 come back later",
        ..Manners::default()
    };
    let (app, office) = mailed(app, busy).await;
    let tally = app.tally_of_mail().await.expect("it waits");
    assert_eq!((tally.waiting, tally.given_up), (1, 0));
    assert!(!tally.fault.expect("a reason").contains(ADA));
    office.behave(Manners::default());
    deliver(&app).await;
    assert!(office.empty().is_empty(), "it is left alone for a while");
    app.wait(Duration::from_secs(10));
    deliver(&app).await;
    let first = office.empty();
    assert_eq!(first.len(), 1);

    // One that took it, and whose answer got lost, knows the second by its number.
    let forgetful = Manners {
        mail: "451 what was that?",
        ..Manners::default()
    };
    office.behave(forgetful);
    left_over(&app, "bank", BOB).await;
    deliver(&app).await;
    office.behave(Manners::default());
    app.wait(Duration::from_secs(10));
    deliver(&app).await;
    let second = office.empty();
    assert_eq!(second.len(), 1);
    let number = |handed: &super::post::Handed| handed.mail.field("Message-ID");
    assert!(number(&first[0]).ends_with("@localhost>"));
    assert_ne!(number(&first[0]), number(&second[0]));
}

async fn whom_the_server_does_not_know_is_not_mailed_again(app: TestApp) {
    let strict = Manners {
        recipient: "550 5.1.1 <ada@home.example> unknown",
        ..Manners::default()
    };
    let (app, office) = mailed(app, strict).await;
    let tally = app
        .tally_of_mail()
        .await
        .expect("it is kept for the operator");
    assert_eq!((tally.waiting, tally.given_up), (0, 1));
    // What the server said names somebody.
    assert_eq!(
        tally.fault.as_deref(),
        Some("the mail server answered RCPT with 550")
    );
    office.behave(Manners::default());
    app.wait(2 * DAY);
    deliver(&app).await;
    assert!(office.empty().is_empty());
}

async fn a_mailbox_that_is_full_holds_up_no_other(app: TestApp) {
    let full = Manners {
        recipient: "452 4.2.2 full",
        ..Manners::default()
    };
    let (app, office) = mailed(app, full).await;
    let tally = app.tally_of_mail().await.expect("it waits");
    assert_eq!((tally.waiting, tally.given_up), (1, 0));
    // The server answers, so it is not left alone: what is due to others goes at
    // once, and this one when its own time has come.
    office.behave(Manners::default());
    let (bob, bank) = (BOB, Business::open(&app, "bank").await);
    let mut actor = app.person("Bob", bob).await;
    bank.log_in(&mut actor, "low").await;
    give_up(&app, "bank", &actor.newest_grant().await).await;
    deliver(&app).await;
    let to = |handed: Vec<super::post::Handed>| -> Vec<String> {
        handed.into_iter().map(|handed| handed.to).collect()
    };
    assert_eq!(to(office.empty()), [bob]);
    app.wait(Duration::from_secs(10));
    deliver(&app).await;
    assert_eq!(to(office.empty()), [ADA]);
}

async fn a_server_that_stays_away_is_given_up_after_days(app: TestApp) {
    let angry = Manners {
        // Wrong with us, and not with whom we write to: that can be mended.
        sender: "553 who are you?",
        ..Manners::default()
    };
    let office = PostOffice::open(angry).await;
    let app = mailing_by(app, &office).await;
    left_over(&app, "shop", ADA).await;
    for _ in 0..4 {
        deliver(&app).await;
        let tally = app.tally_of_mail().await.expect("it waits");
        assert_eq!((tally.waiting, tally.given_up), (1, 0));
        app.wait(DAY);
    }
    app.wait(DAY);
    deliver(&app).await;
    let tally = app
        .tally_of_mail()
        .await
        .expect("it is kept for the operator");
    assert_eq!((tally.waiting, tally.given_up), (0, 1));
}

async fn a_folder_gets_a_file_for_each_mail(app: TestApp) {
    let folder = app.folder().join("out").join("mail");
    let url: MailUrl = format!("dir:{}", folder.display())
        .parse()
        .expect("a folder");
    let app = app.with(|config| config.mail_url = url).await;
    left_over(&app, "shop", ADA).await;
    assert!(!folder.exists(), "nothing is made before there is mail");
    deliver(&app).await;
    left_over(&app, "bank", BOB).await;
    deliver(&app).await;
    let mut to = Vec::new();
    for entry in folder.read_dir().expect("a folder") {
        let path = entry.expect("an entry").path();
        assert_eq!(path.extension().and_then(|end| end.to_str()), Some("eml"));
        let mode = path.metadata().expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let mail = Eml::read(&std::fs::read(&path).expect("a file"));
        let name = path.file_stem().and_then(|name| name.to_str());
        let number = mail.field("Message-ID");
        assert_eq!(
            name,
            number
                .strip_prefix('<')
                .and_then(|id| id.strip_suffix("@localhost>")?.split_once('.'))
                .map(|(id, _)| id)
        );
        to.push(mail.field("To"));
    }
    to.sort();
    assert_eq!(to, [ADA, BOB]);
    // A folder that cannot be written to is a reason to try again.
    std::fs::remove_dir_all(&folder).expect("a folder");
    std::fs::write(&folder, b"in the way").expect("a file");
    left_over(&app, "club", "cas@home.example").await;
    deliver(&app).await;
    assert_eq!(app.tally_of_mail().await.expect("it waits").waiting, 1);
    std::fs::remove_file(&folder).expect("a file");
    app.wait(Duration::from_secs(10));
    deliver(&app).await;
    assert_eq!(folder.read_dir().expect("a folder").count(), 1);
}

async fn a_name_with_line_feeds_stays_in_its_place(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    shop.log_in(&mut ada, "low").await;
    // No registration takes such a name: somebody has been in the database.
    app.app
        .store()
        .write(|tx| {
            Box::pin(async move {
                let named = "UPDATE clients SET metadata = REPLACE(metadata, 'The shop', $1)";
                sqlx::query(named)
                    .bind(r"Shop\r\nBcc: eve@evil.example\r\n\r\n<b>Hi</b>")
                    .execute(tx)
                    .await?;
                Ok::<_, StoreError>(())
            })
        })
        .await
        .expect("a write");
    app.wait(31 * DAY);
    pass(&app).await;
    let mail = only(mails(&app));
    assert_eq!(
        mail.fields(),
        [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "Content-Language",
            "MIME-Version",
            "Content-Type"
        ]
    );
    assert_eq!(
        mail.field("Subject"),
        "Your agreement with Shop Bcc: eve@evil.example <b>Hi</b> has ended"
    );
    assert!(!mail.html.contains("<b>Hi"));
    assert_eq!(mail.field("To"), ADA);
}

/// It waits as long as a real one would be waited for: on one database.
#[tokio::test]
async fn a_server_that_says_nothing_is_hung_up_on() {
    let silent = Manners {
        silent: true,
        ..Manners::default()
    };
    let (app, office) = mailed(TestApp::start(Engine::Sqlite).await, silent).await;
    let tally = app.tally_of_mail().await.expect("it waits");
    assert_eq!((tally.waiting, tally.given_up), (1, 0));
    assert_eq!(
        tally.fault.as_deref(),
        Some("the mail server does not answer in time")
    );
    office.behave(Manners::default());
    app.wait(Duration::from_secs(10));
    deliver(&app).await;
    assert_eq!(office.empty().len(), 1);
}

async fn a_name_that_nobody_vouches_for_stays_out_of_the_mail(app: TestApp) {
    let app = open_to_everybody(app).await;
    let bank = stranger(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    bank.log_in(&mut ada, "low").await;
    app.wait(31 * DAY);
    pass(&app).await;
    let mail = only(mails(&app));
    assert_eq!(
        mail.field("Subject"),
        "Your agreement with shop.example has ended"
    );
    assert!(!mail.text.contains("Bank") && !mail.html.contains("Bank"));
}
