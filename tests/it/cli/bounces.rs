//! `sluis mail bounced`: what a mail server hands back is noted while the server
//! serves, and what anybody may have made up is not.

use super::{Place, Run};
use crate::harness::{ADA, Actor, BOB, EVE, TestApp, on_both_databases};
use crate::life::bounce::{exchange, global, gone, postfix};
use crate::life::eml::Eml;
use crate::people::{only, post};

on_both_databases!(
    a_mail_that_came_back_is_said_on_the_overview,
    every_kind_of_report_is_understood,
    a_report_that_was_made_up_or_is_about_another_is_refused,
    what_is_no_report_is_refused,
    what_says_nothing_of_the_address_notes_nothing,
    a_report_is_handed_over_again_when_the_database_is_away,
);

const BOUNCED: [&str; 2] = ["mail", "bounced"];

/// Hands a message to the program, as a mail server does.
fn hand_back(app: &TestApp, message: impl AsRef<[u8]>) -> Run {
    let config = app.app.config();
    let place = Place::new();
    let mut command = place.command(&BOUNCED);
    command
        .env("SLUIS_DATABASE_URL", config.database_url.expose())
        .env("SLUIS_KEYS_DIR", &config.keys_dir);
    let run = Run::fed(command, message);
    for said in [&run.out, &run.err] {
        assert!(!said.contains("home.example"), "it names nobody: {run:#?}");
    }
    run
}

/// It is taken for any other mail, and nobody gets it back.
#[track_caller]
fn is_refused(run: Run, words: &str) {
    let told = run.json();
    assert_eq!(told["outcome"], "refused");
    let says = told["says"].as_str().expect("a text");
    assert!(says.contains(words), "{says}");
}

/// Somebody who has just signed up, and the mail that they were sent.
async fn signed_up(app: &TestApp, email: &str) -> (Actor, Eml) {
    let mut actor = app.browser();
    actor.sign_up("/sign-up", "Ada", email).await;
    (actor, only(post(app).await))
}

async fn is_warned(actor: &mut Actor) -> bool {
    let page = actor.get("/account").await;
    page.html.contains("id=\"email-unreachable\"")
}

async fn a_mail_that_came_back_is_said_on_the_overview(app: TestApp) {
    let (mut ada, mail) = signed_up(&app, ADA).await;
    let (mut bob, _) = signed_up(&app, BOB).await;
    assert!(!is_warned(&mut ada).await);
    let heard = hand_back(&app, gone(&mail)).json();
    assert_eq!(heard["outcome"], "noted");
    assert_eq!(heard["accounts"], 1);
    assert_eq!(heard["status"], "5.1.1");
    let id = heard["message_id"].as_str().expect("an id");
    assert!(mail.field("Message-ID").starts_with(&format!("<{id}.")));
    ada.get("/account").await.says("does not arrive");
    assert!(is_warned(&mut ada).await);
    assert!(!is_warned(&mut bob).await);
}

async fn every_kind_of_report_is_understood(app: TestApp) {
    let written: [(&str, fn(&Eml) -> String); 4] = [
        ("5.1.10", exchange),
        ("5.1.6", global),
        ("5.1.1", |mail| gone(mail).replace("\r\n", "\n")),
        ("5.1.1", |mail| {
            let mail = gone(mail);
            // As some spell them.
            mail.replace("Message-ID:", "Message-Id:")
                .replace("To: ada", "To: \"Ada, she\" <Ada")
                .replace("example\r\nSubject", "example>\r\nSubject")
        }),
    ];
    for (number, (status, write)) in written.into_iter().enumerate() {
        let email = format!("ada{number}@home.example");
        let (mut ada, mail) = signed_up(&app, &email).await;
        let heard = hand_back(&app, write(&mail)).json();
        assert_eq!(heard["outcome"], "noted", "{number}");
        assert_eq!(heard["status"], status, "{number}");
        assert!(is_warned(&mut ada).await, "{number}");
    }
}

async fn a_report_that_was_made_up_or_is_about_another_is_refused(app: TestApp) {
    let (mut ada, mail) = signed_up(&app, ADA).await;
    let (mut eve, hers) = signed_up(&app, EVE).await;
    let good = gone(&mail);
    let number = mail.field("Message-ID");
    let (id, tag) = number.split_once('.').expect("a mark");
    let (her_id, _) = hers
        .field("Message-ID")
        .split_once('.')
        .map(owned)
        .expect("a mark");
    let flipped = if tag.starts_with('0') { "1" } else { "0" };
    for (what, forged) in [
        (
            "a forged tag",
            good.replace(tag, &format!("{flipped}{}", &tag[1..])),
        ),
        ("no tag", good.replace(&number, &format!("{id}@localhost>"))),
        ("another mail", good.replace(id, &her_id)),
        // Of her own mail, and about him.
        ("another's address", gone(&hers).replace("eve@", "ada@")),
        ("an address that is close", good.replace("ada@", "ada+x@")),
    ] {
        assert_ne!(forged, good, "{what}");
        let run = hand_back(&app, forged);
        is_refused(run, "about no mail that this instance sent");
        assert!(!is_warned(&mut ada).await, "{what}");
        assert!(!is_warned(&mut eve).await, "{what}");
    }
    hand_back(&app, good).succeeds();
    assert!(is_warned(&mut ada).await);
}

fn owned((one, other): (&str, &str)) -> (String, String) {
    (one.to_owned(), other.to_owned())
}

async fn what_is_no_report_is_refused(app: TestApp) {
    let (mut ada, mail) = signed_up(&app, ADA).await;
    let good = gone(&mail);
    let absent = "From: ada@home.example\r\nSubject: On holiday\r\n\r\nBack on Monday.\r\n";
    for (message, words) in [
        (String::new(), "is no report"),
        (absent.to_owned(), "is no report"),
        (
            good.replace("delivery-status", "disposition"),
            "is no report",
        ),
        (format!("{good}{}", "x".repeat(2 << 20)), "more than 1 MiB"),
        (nested(1_000), "is no mail that can be read"),
        (
            "Content-Type: multipart/report; boundary=\r\n\r\n--\r\n".repeat(9_000),
            "is no report",
        ),
    ] {
        is_refused(hand_back(&app, message), words);
    }
    is_refused(hand_back(&app, b"\xff\xfe\0\0"), "is no report");
    assert!(!is_warned(&mut ada).await);
}

/// Parts in parts.
fn nested(depth: usize) -> String {
    let start = "Content-Type: multipart/report; report-type=delivery-status; boundary=b0000";
    let levels = (0..depth).map(|level| {
        let inner = level + 1;
        format!("\r\n\r\n--b{level:04}\r\nContent-Type: multipart/mixed; boundary=b{inner:04}")
    });
    format!("{start}{}\r\n\r\n", levels.collect::<String>())
}

async fn what_says_nothing_of_the_address_notes_nothing(app: TestApp) {
    let (mut ada, mail) = signed_up(&app, ADA).await;
    for about in [
        "Action: delayed\r\nStatus: 4.4.1\r\nWill-Retry-Until: Sat, 26 Sep 2026 14:13:20 +0000\r\n",
        "Action: delayed\r\nStatus: 5.1.1\r\n",
        "Action: delivered\r\nStatus: 2.0.0\r\n",
        "Action: failed\r\nStatus: 5.2.2\r\n",
        "Action: failed\r\nStatus: 5.7.1\r\nDiagnostic-Code: smtp; 550 5.7.1 policy\r\n",
        "Action: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 554 Relay access denied\r\n",
    ] {
        let heard = hand_back(&app, postfix(&mail, about)).json();
        assert_eq!(heard["outcome"], "not_to_blame", "{about}");
        assert_eq!(heard["accounts"], 0, "{about}");
        assert!(!is_warned(&mut ada).await, "{about}");
    }
}

/// `EX_TEMPFAIL` of sysexits.h.
const TRY_AGAIN: i32 = 75;

async fn a_report_is_handed_over_again_when_the_database_is_away(app: TestApp) {
    let (mut ada, mail) = signed_up(&app, ADA).await;
    let config = app.app.config();
    let place = Place::new();
    for url in ["sqlite:nowhere/sluis.db", "postgres://localhost:9/sluis"] {
        let mut command = place.command(&BOUNCED);
        command
            .env("SLUIS_DATABASE_URL", url)
            .env("SLUIS_KEYS_DIR", &config.keys_dir);
        let run = Run::fed(command, gone(&mail));
        assert_eq!(run.status, Some(TRY_AGAIN), "{run:#?}");
    }
    hand_back(&app, gone(&mail)).succeeds();
    assert!(is_warned(&mut ada).await);
}
