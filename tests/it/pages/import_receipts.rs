//! Receipts that come along, and do not hold.

use serde_json::json;

use super::export::{customer, exported};
use super::import::{elsewhere, hand_in, take_over, text};
use crate::harness::{SANNE, TestApp, on_both_databases};

on_both_databases! {
    a_receipt_that_was_changed_is_named_and_stays_behind,
    a_receipt_that_the_provider_did_not_sign_is_not_taken_for_its,
    a_receipt_of_another_agreement_is_named_and_stays_behind,
    what_stayed_behind_is_told_the_same_on_every_move,
}

async fn a_receipt_that_was_changed_is_named_and_stays_behind(app: TestApp) {
    let mut sanne = customer(&app).await;
    let mut file = exported(&mut sanne).await;
    let receipt = file["grants"][0]["receipts"][0]
        .as_str()
        .expect("a receipt");
    let (head, rest) = receipt.split_once('.').expect("a JWS");
    let swapped = if rest.as_bytes()[40] == b'A' {
        "B"
    } else {
        "A"
    };
    let changed = format!("{head}.{}{swapped}{}", &rest[..40], &rest[41..]);
    file["grants"][0]["receipts"][0] = json!(changed);
    let other = elsewhere(&app).await;
    let mut there = other.person("Sanne", SANNE).await;
    let preview = hand_in(&mut there, &text(&file)).await;
    preview.says("Receipt 1 of shop BV was changed, and did not come along.");
    preview.says("Before receipt 2 of shop BV one is missing.");
    preview.says("We could not ask http://localhost:8000 for its keys.");
    take_over(&mut there, &preview).await;
    let after = exported(&mut there).await;
    let archive = &after["archives"][0];
    let left = archive["grants"][0]["receipts"].as_array().expect("a list");
    assert_eq!(left, &[file["grants"][0]["receipts"][1].clone()]);
    assert_eq!(archive["flaws"][0]["why"], "tampered");
}

async fn a_receipt_that_the_provider_did_not_sign_is_not_taken_for_its(app: TestApp) {
    let mut sanne = customer(&app).await;
    let mut file = exported(&mut sanne).await;
    // Its keys are in the file, and the provider that it names is this one.
    let other = elsewhere(&app).await;
    file["provider"] = json!("http://localhost:8001");
    let mut there = other.person("Sanne", SANNE).await;
    let preview = hand_in(&mut there, &text(&file)).await;
    preview.says("Receipt 1 of shop BV was not signed by that provider");
}

async fn a_receipt_of_another_agreement_is_named_and_stays_behind(app: TestApp) {
    let mut sanne = customer(&app).await;
    let mut file = exported(&mut sanne).await;
    let first = |grant: usize| format!("/grants/{grant}/receipts/0");
    let mut take = |path: &str| file.pointer_mut(path).expect(path).take();
    let (of_shop, of_paper) = (take(&first(0)), take(&first(1)));
    *file.pointer_mut(&first(0)).expect("a receipt") = of_paper;
    *file.pointer_mut(&first(1)).expect("a receipt") = of_shop;
    let other = elsewhere(&app).await;
    let mut there = other.person("Sanne", SANNE).await;
    let preview = hand_in(&mut there, &text(&file)).await;
    for business in ["shop BV", "paper BV"] {
        preview.says(&format!(
            "Receipt 1 of {business} belongs to another agreement, and did not come along."
        ));
    }
    take_over(&mut there, &preview).await;
    let archive = exported(&mut there).await["archives"][0].take();
    assert_eq!(archive["flaws"][0]["why"], "misplaced");
}

async fn what_stayed_behind_is_told_the_same_on_every_move(app: TestApp) {
    let mut sanne = customer(&app).await;
    let mut file = exported(&mut sanne).await;
    let chain = file["grants"][0]["receipts"].as_array_mut();
    let chain = chain.expect("a chain");
    chain[0] = json!("not.a.receipt");
    let other = elsewhere(&app).await;
    let mut told = Vec::new();
    for email in [
        "first@example.com",
        "second@example.com",
        "third@example.com",
    ] {
        let mut there = other.person("Sanne", email).await;
        let preview = hand_in(&mut there, &text(&file)).await;
        preview.says("Receipt 1 of shop BV");
        preview.says("Before receipt 2 of shop BV one is missing.");
        take_over(&mut there, &preview).await;
        file = exported(&mut there).await;
        let archives = file["archives"].as_array().expect("a list");
        let oldest = archives.last().expect("an archive");
        told.push(oldest["flaws"].clone());
    }
    assert_eq!(told[0].as_array().map(Vec::len), Some(2));
    assert_eq!((&told[1], &told[2]), (&told[0], &told[0]));
}
