//! Very many agreements that end in one night.

use std::sync::Arc;

use sluis::crypto::password::Password;
use sluis::domain::attribute::{Attributes, Email};
use sluis::domain::language::Language;
use sluis::domain::negotiation::Choice;
use sluis::domain::tier::{Tier, TierChoice};
use sluis::service::accounts::NewAccount;
use sluis::service::samples::{Agreement, Sample, SharedPassword, Template, keep};

use super::{DAY, look_after};
use crate::harness::{LETTER_PLAN, TestApp, on_both_databases};

const MANY: usize = 1_000;
const PASSWORD: &str = "een wachtwoord voor allemaal";

on_both_databases!(a_thousand_end_in_one_run_while_somebody_signs_in);

async fn a_thousand_end_in_one_run_while_somebody_signs_in(app: TestApp) {
    fill(&app).await;
    app.wait(31 * DAY);
    let (node, another) = (app.app.clone(), app.second_app().await);
    let jobs = tokio::spawn(async move {
        tokio::join!(look_after(&node), look_after(&another));
    });
    let mut actor = app.browser();
    let page = actor
        .sign_in("/sign-in", "person-7@seed.example", PASSWORD)
        .await;
    assert!(page.redirect().is_some(), "{}", page.words());
    assert!(!jobs.is_finished(), "nobody waits for all of it");
    jobs.await.expect("both nodes");
    let many = i64::try_from(MANY).expect("a number");
    for (what, count) in [
        (
            "SELECT COUNT(*) FROM grants WHERE state = 'expired' AND chain_seq = 2",
            many,
        ),
        ("SELECT COUNT(*) FROM receipts WHERE seq = 2", many),
        // And one of somebody who signs in in a browser that is new.
        (
            "SELECT COUNT(*) FROM outbox WHERE receiver = 'mail'",
            many + 1,
        ),
        (
            "SELECT COUNT(DISTINCT lane) FROM outbox WHERE receiver = 'mail' \
             AND lane IN (SELECT id FROM grants)",
            many,
        ),
        (
            "SELECT COUNT(*) FROM grants WHERE released_sealed IS NOT NULL",
            0,
        ),
    ] {
        let mut connection = app.app.store().read().await.expect("a connection");
        let found: i64 = sqlx::query_scalar(what)
            .fetch_one(&mut *connection)
            .await
            .expect("a count");
        assert_eq!(found, count, "{what}");
    }
}

/// People who read a newspaper's letter, for a month.
async fn fill(app: &TestApp) {
    app.client("paper", Some(LETTER_PLAN)).await;
    let client = app.registered_client("paper").await;
    let app = &app.app;
    let choice = Choice::of(TierChoice::Tier(Tier::Low));
    let password = Password::parse(PASSWORD.to_owned()).expect("a password");
    let template = Template {
        password: SharedPassword::derive(app, password).await.expect("a hash"),
        agreements: vec![Agreement::new(client, choice)],
        live: true,
    };
    let mut samples = Vec::new();
    for number in 0..MANY {
        let email = format!("person-{number}@seed.example");
        let new = NewAccount {
            email: Email::parse(&email).expect("an address"),
            attributes: Attributes::default(),
            language: Language::Nl,
            escrow: false,
        };
        let sample = Sample::prepare(app, &template, new, 1).await;
        samples.push(sample.expect("a sample"));
    }
    keep(app, &Arc::new(samples)).await.expect("a write");
}
