use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::config::OutboundCa;
use crate::crypto::master::MasterKey;
use crate::domain::id::MessageId;
use crate::random::Random;

fn mailer(letterbox: &Letterbox) -> Mailer {
    let config = Config {
        mail_url: MailUrl::Memory(letterbox.clone()),
        issuer: "https://id.example.org".parse().expect("an issuer"),
        outbound_ca: OutboundCa::default(),
        ..Config::default()
    };
    Mailer::new(&config).expect("a mailer")
}

fn mail(subject: &str) -> Mail {
    let to = Email::parse("ada@home.example").expect("an address");
    let master = MasterKey::generate(&Random::seeded(7));
    Mail {
        mark: Postmark::new(&master, MessageId::new(Uuid::from_u128(7)), &to),
        to,
        language: Language::Nl,
        subject: subject.to_owned(),
        text: "Één regel, en dan nog een van meer dan achtenzeventig tekens, zoals dat in een mail kan.\n.\n--=_\n".to_owned(),
        html: "<p>Één</p>".to_owned(),
        date: Timestamp::from_seconds(1_790_000_000),
    }
}

async fn written(mail: &Mail) -> String {
    let letterbox = Letterbox::default();
    mailer(&letterbox).send(mail).await.expect("it is kept");
    let mut kept = letterbox.empty();
    assert_eq!(kept.len(), 1);
    String::from_utf8(kept.remove(0)).expect("ASCII")
}

/// The names of the fields of a header, in order.
fn fields(mail: &str) -> Vec<&str> {
    let header = mail.split_once("\r\n\r\n").expect("a header").0;
    header
        .split("\r\n")
        .filter(|line| !line.starts_with([' ', '\t']))
        .map(|line| line.split(':').next().unwrap_or(line))
        .collect()
}

const FIELDS: [&str; 9] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
];

#[tokio::test]
async fn a_mail_is_text_and_html_and_known_by_its_message() {
    insta::assert_snapshot!(written(&mail("Één ding")).await.replace('\r', ""));
}

#[tokio::test]
async fn the_same_message_is_the_same_mail() {
    let mail = mail("x");
    assert_eq!(written(&mail).await, written(&mail).await);
}

#[test]
fn a_subject_is_one_line_of_what_people_can_see() {
    assert_eq!(one_line(" a\r\n\tb\u{0}c\u{202e}d\u{2028}e "), "a b c d e");
    assert_eq!(one_line(&"é".repeat(500)).chars().count(), LONGEST_SUBJECT);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn no_subject_adds_a_field_or_ends_the_header(
        subject in "(\\PC|\r|\n|\r\n|\t|\r\nBcc: a@b\\.example|\r\n\r\n<p>){0,40}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let written = runtime.block_on(written(&mail(&subject)));
        prop_assert!(written.is_ascii());
        prop_assert_eq!(fields(&written), FIELDS);
        prop_assert!(written.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
    }
}
