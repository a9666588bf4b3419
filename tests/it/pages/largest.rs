//! The most that a business can say: what Sluis writes of it, every Sluis takes.

use serde_json::{Value, json};
use sluis::domain::client::MAX_URI;
use sluis::domain::plan::{MAX_PLAN, MAX_PURPOSES, MAX_TITLE, Plan};

use super::export::{exported, holds_to_its_schema};
use super::import::{elsewhere, hand_in, take_over, text};
use crate::harness::{SANNE, TestApp, on_both_databases};
use crate::protocol::{Business, open_to_everybody, registered};

on_both_databases! {
    the_longest_receipt_goes_along,
    a_business_with_the_longest_address_keeps_nobody,
}

/// Of four bytes each.
fn long(characters: usize) -> Value {
    let text = "🦆".repeat(characters);
    json!({"nl": text, "en": text})
}

/// A plan to which not one recipient more can be added, nearly all of which is
/// in the receipts of whoever agrees.
fn largest_plan() -> String {
    let purposes = (0..MAX_PURPOSES).map(|number| {
        json!({"id": format!("p{number}"), "purpose": "dpv:DeliveryOfGoods",
            "title": long(MAX_TITLE), "text": long(600), "offer": long(200),
            "basis": "contract", "required": true, "claims": ["name", "email"],
            "retention": "P1M", "recipients": [], "storage": ["NL"]})
    });
    let mut plan = json!({"purposes": purposes.collect::<Vec<_>>()});
    let recipient = json!({"name": "🦆".repeat(120), "country": "NL"});
    let mut largest = plan.to_string();
    for at in (0..MAX_PURPOSES).cycle() {
        let recipients = plan["purposes"][at]["recipients"].as_array_mut();
        recipients.expect("a list").push(recipient.clone());
        let larger = plan.to_string();
        if Plan::parse(&larger).is_err() {
            break;
        }
        largest = larger;
    }
    assert!(largest.len() > MAX_PLAN - 8 * 1024, "{}", largest.len());
    largest
}

async fn the_longest_receipt_goes_along(app: TestApp) {
    let plan = largest_plan();
    let shop = app.client("shop", Some(&plan)).await;
    let mut sanne = app.person("Sanne", SANNE).await;
    let grant = sanne.agree(&shop, "low").await;
    sanne.get(&grant).await.says("shop BV");
    assert_eq!(app.chain(&mut sanne, &grant).await.len(), 1);
    let file = exported(&mut sanne).await;
    let receipt = file["grants"][0]["receipts"][0].as_str();
    let receipt = receipt.expect("a receipt").len();
    assert!(receipt > MAX_PLAN * 4 / 3, "{receipt}: it says all of it");
    let other = elsewhere(&app).await;
    let mut there = other.person("Sanne", SANNE).await;
    let preview = hand_in(&mut there, &text(&file)).await;
    preview.says("This would come along");
    preview.says_not("Not right");
    take_over(&mut there, &preview).await;
    let after = exported(&mut there).await;
    holds_to_its_schema(&mut there, &after).await;
    assert_eq!(after["archives"][0]["grants"], file["grants"]);
}

async fn a_business_with_the_longest_address_keeps_nobody(app: TestApp) {
    let app = open_to_everybody(app).await;
    let site = format!("https://shop.example/{}", "a".repeat(MAX_URI - 21));
    let metadata = json!({
        "redirect_uris": ["https://shop.example/back?from=sluis"],
        "client_uri": site,
        "grant_types": ["authorization_code", "refresh_token"],
    });
    let shop = Business::registered(&app, &registered(&app, None, &metadata).await);
    let mut sanne = app.person("Sanne", SANNE).await;
    shop.log_in(&mut sanne, "low").await;
    let file = exported(&mut sanne).await;
    assert_eq!(file["grants"][0]["contact"], site);
    let other = elsewhere(&app).await;
    let mut there = other.person("Sanne", SANNE).await;
    let preview = hand_in(&mut there, &text(&file)).await;
    take_over(&mut there, &preview).await;
    let after = exported(&mut there).await;
    assert_eq!(after["archives"][0]["grants"], file["grants"]);
}
