//! What mail servers write of a mail that did not arrive (RFC 3464), about one that
//! was really sent.

use super::eml::Eml;

/// As Postfix does, with the whole mail.
pub(crate) fn postfix(mail: &Eml, about: &str) -> String {
    let to = mail.field("To");
    let fields = format!(
        "Reporting-MTA: dns; relay.example\r\n\
         X-Postfix-Queue-ID: 4Zx1\r\n\
         Arrival-Date: Mon, 21 Sep 2026 14:13:20 +0000 (UTC)\r\n\r\n\
         Final-Recipient: rfc822; {to}\r\n\
         Original-Recipient: rfc822;{to}\r\n\
         {about}\r\n"
    );
    let whole = format!("{}\r\n{}\r\n", header(mail), mail.text);
    report(
        ("message/delivery-status", &fields),
        ("message/rfc822", &whole),
    )
}

/// Nobody is there, as Postfix says it.
pub(crate) fn gone(mail: &Eml) -> String {
    let answer = "Diagnostic-Code: smtp; 550 5.1.1 <ada@home.example>: no such user";
    let about =
        format!("Action: failed\r\nStatus: 5.1.1\r\nRemote-MTA: dns; mx.example\r\n{answer}\r\n");
    postfix(mail, &about)
}

/// As Exchange does, with the header of the mail alone, and another address than that
/// which it went to: an alias led there.
pub(crate) fn exchange(mail: &Eml) -> String {
    let fields = "Reporting-MTA: dns;exchange.example\r\n\
         Received-From-MTA: dns;relay.example\r\n\r\n\
         Final-Recipient: rfc822;a.lovelace@inner.example\r\n\
         Action: failed\r\n\
         Status: 5.1.10\r\n\
         Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found\r\n";
    report(
        ("message/delivery-status", fields),
        ("text/rfc822-headers", &header(mail)),
    )
}

/// As a server does that takes addresses beyond ASCII (RFC 6533).
pub(crate) fn global(mail: &Eml) -> String {
    let fields = "Reporting-MTA: dns; bücher.example\r\n\r\n\
         Final-Recipient: utf-8; àda@bücher.example\r\n\
         Action: failed\r\n\
         Status: 5.1.6\r\n";
    report(
        ("message/global-delivery-status", fields),
        ("message/global-headers", &header(mail)),
    )
}

fn report((status, fields): (&str, &str), (returned, mail): (&str, &str)) -> String {
    format!(
        "Return-Path: <>\r\n\
         From: MAILER-DAEMON@relay.example (Mail Delivery System)\r\n\
         To: sluis@localhost\r\n\
         Subject: Undelivered Mail Returned to Sender\r\n\
         Auto-Submitted: auto-replied\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status;\r\n\
         \tboundary=\"4Zx1.1790000000/relay.example\"\r\n\r\n\
         This is a MIME-encapsulated message.\r\n\r\n\
         --4Zx1.1790000000/relay.example\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n\
         I'm sorry to have to inform you that your message could not be delivered.\r\n\r\n\
         --4Zx1.1790000000/relay.example\r\n\
         Content-Type: {status}\r\n\r\n\
         {fields}\r\n\
         --4Zx1.1790000000/relay.example\r\n\
         Content-Type: {returned}\r\n\r\n\
         {mail}\r\n\
         --4Zx1.1790000000/relay.example--\r\n"
    )
}

fn header(mail: &Eml) -> String {
    let names = mail.fields();
    let fields = names.iter().filter(|name| **name != "Content-Type");
    fields
        .map(|name| format!("{name}: {}\r\n", mail.field(name)))
        .collect()
}
