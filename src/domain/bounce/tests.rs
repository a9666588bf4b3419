use proptest::prelude::*;

use super::*;

/// A report as Postfix writes it, of fields about one recipient.
fn report(about: &str) -> String {
    format!(
        "From: MAILER-DAEMON@post.example (Mail Delivery System)\r\n\
         To: sluis@id.example.org\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status;\r\n\
         \tboundary=\"AB.1/post.example\"\r\n\r\n\
         This is a MIME-encapsulated message.\r\n\r\n\
         --AB.1/post.example\r\n\
         Content-Description: Notification\r\n\
         Content-Type: text/plain; charset=us-ascii\r\n\r\n\
         I'm sorry to have to inform you.\r\n\r\n\
         --AB.1/post.example\r\n\
         Content-Description: Delivery report\r\n\
         Content-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; post.example\r\n\
         Arrival-Date: Mon, 21 Sep 2026 14:13:20 +0000 (UTC)\r\n\r\n\
         {about}\r\n\
         --AB.1/post.example\r\n\
         Content-Description: Undelivered Message\r\n\
         Content-Type: message/rfc822\r\n\r\n\
         From: Sluis <sluis@id.example.org>\r\n\
         To: Ada <ada@home.example>\r\n\
         Message-ID: <7.mark@id.example.org>\r\n\r\n\
         Hello.\r\n\r\n\
         --AB.1/post.example--\r\n"
    )
}

const RECIPIENT: &str = "Final-Recipient: rfc822; ada@inner.example\r\n\
     Original-Recipient: rfc822;<ada@home.example>\r\n";

fn judged(fields: &str) -> Verdict {
    let read = Bounce::read(report(&format!("{RECIPIENT}{fields}")).as_bytes());
    read.unwrap_or_else(|error| panic!("{fields}: it {error}"))
        .verdict
}

#[test]
fn a_report_names_its_mail_and_every_address_that_it_went_by() {
    let fields = format!("{RECIPIENT}Action: failed\r\nStatus: 5.1.1\r\n");
    let bounce = Bounce::read(report(&fields).as_bytes()).expect("a report");
    assert_eq!(bounce.message_id, "7.mark@id.example.org");
    let addresses: Vec<&str> = bounce.addresses.iter().map(Email::as_str).collect();
    assert_eq!(
        addresses,
        ["ada@home.example", "ada@inner.example", "ada@home.example"]
    );
    assert_eq!(bounce.verdict, Verdict::NobodyThere);
    assert_eq!(bounce.status, Status::read("5.1.1"));
}

#[test]
fn nobody_is_there_when_every_code_says_so() {
    for fields in [
        "Action: failed\r\nStatus: 5.1.1\r\n",
        "Action: FAILED (for good)\r\nStatus: 5.1.1 (bad address)\r\n",
        "Action: failed\r\nStatus: 5.1.2\r\n",
        "Action: failed\r\nStatus: 5.1.3\r\n",
        "Action: failed\r\nStatus: 5.1.6\r\n",
        "Action: failed\r\nStatus: 5.2.1\r\n",
        "Action: failed\r\nStatus: 5.4.4\r\nDiagnostic-Code: X-Postfix; no such host\r\n",
        "Action: failed\r\nStatus: 5.1.10\r\n\
         Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound\r\n",
        "Action: failed\r\nStatus: 5.0.0\r\n\
         Diagnostic-Code: smtp;\r\n 550-5.1.1 no such user\r\n",
    ] {
        assert_eq!(judged(fields), Verdict::NobodyThere, "{fields}");
    }
}

#[test]
fn an_address_is_not_to_blame_for_anything_else() {
    for fields in [
        "Action: delayed\r\nStatus: 5.1.1\r\n",
        "Action: delivered\r\nStatus: 2.0.0\r\n",
        "Action: relayed\r\nStatus: 5.1.1\r\n",
        "Action: expanded\r\nStatus: 5.1.1\r\n",
        "Action:\r\nStatus: 5.1.1\r\n",
        "Action: failed\r\n",
        "Action: failed\r\nStatus: \r\n",
        "Action: failed\r\nStatus: 4.1.1\r\n",
        "Action: failed\r\nStatus: 5.0.0\r\n",
        "Action: failed\r\nStatus: 5.2.2\r\n",
        "Action: failed\r\nStatus: 5.4.1\r\n",
        "Action: failed\r\nStatus: 5.7.1\r\n",
        "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.7.1 relaying denied\r\n",
        "Action: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 550 relay not permitted\r\n",
        "Action: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: x-unix; 550 5.1.1 who?\r\n",
        // One of two reached somebody.
        "Action: failed\r\nStatus: 5.1.1\r\n\r\n\
         Final-Recipient: rfc822; ada@work.example\r\nAction: delivered\r\nStatus: 2.1.5\r\n",
    ] {
        assert_eq!(judged(fields), Verdict::NotToBlame, "{fields}");
    }
}

#[test]
fn what_is_no_report_is_refused() {
    let good = report("Action: failed\r\nStatus: 5.1.1\r\n");
    let read = |text: &str| Bounce::read(text.as_bytes()).err();
    assert_eq!(read(&good), None);
    for (wrong, why) in [
        (String::new(), NotABounce::NotAReport),
        ("Hello.".to_owned(), NotABounce::NotAReport),
        (
            good.replace("multipart/report", "multipart/mixed"),
            NotABounce::NotAReport,
        ),
        (
            good.replace("report-type=delivery-status", "report-type=disposition"),
            NotABounce::NotAReport,
        ),
        (
            good.replace("message/delivery-status", "text/plain"),
            NotABounce::NotAReport,
        ),
        (good.replace("Action:", "Deed:"), NotABounce::NotAReport),
        (
            good.replace("message/rfc822", "text/plain"),
            NotABounce::WithoutMail,
        ),
        (good.replace("Message-ID:", "X:"), NotABounce::WithoutMail),
        (
            format!("{good}{}", "x".repeat(LARGEST)),
            NotABounce::TooLong,
        ),
        (nested(&good, 200), NotABounce::NotMail),
    ] {
        assert_eq!(
            read(&wrong),
            Some(why),
            "{}",
            &wrong[..wrong.len().min(400)]
        );
    }
}

/// A report with a part that holds a part that holds a part …
fn nested(report: &str, depth: usize) -> String {
    let open = |level| {
        format!(
            "--{level:04}\r\nContent-Type: multipart/mixed; boundary={:04}\r\n\r\n",
            level + 1
        )
    };
    let inner: String = (0..depth).map(open).collect();
    let first = "--AB.1/post.example\r\nContent-Type: multipart/mixed; boundary=0000\r\n\r\n";
    report.replacen(
        "--AB.1/post.example\r\n",
        &format!("{first}{inner}\r\n--AB.1/post.example\r\n"),
        1,
    )
}

#[test]
fn codes_have_one_form() {
    for text in ["5.1.1", "2.0.0", "4.7.123"] {
        assert_eq!(Status::read(text).expect(text).to_string(), text);
    }
    for text in [
        "", "5", "5.1", "5.1.1.1", "3.1.1", "5.1.1234", "5..1", "5.+1.1", "5.1.x", "511",
    ] {
        assert_eq!(Status::read(text), None, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_upset_it(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = Bounce::read(&bytes);
    }

    #[test]
    fn no_field_upsets_it_or_names_another_mail(
        fields in prop::collection::vec(
            ("(Action|Status|Final-Recipient|Diagnostic-Code|\\PC{0,8})", "(failed|5\\.1\\.1|rfc822; |smtp; 550 |\\PC{0,12}){0,3}"),
            0..12,
        ),
    ) {
        let lines: String = fields.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        if let Ok(bounce) = Bounce::read(report(&lines).as_bytes()) {
            prop_assert_eq!(bounce.message_id, "7.mark@id.example.org");
            let failed = fields.iter().any(|(name, value)| name == "Action" && value.trim_start().starts_with("failed"));
            prop_assert!(failed || bounce.verdict == Verdict::NotToBlame);
        }
    }
}
