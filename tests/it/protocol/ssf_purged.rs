//! What a business hears when somebody erases their account.

use serde_json::json;

use super::business::{claims_of, text};
use super::subscriber::{Subscriber, event_of};
use crate::harness::{ADA, TestApp, on_both_databases};
use crate::life::deliver;

on_both_databases!(a_business_hears_that_an_account_is_gone_for_good);

async fn a_business_hears_that_an_account_is_gone_for_good(app: TestApp) {
    let (shop, letterbox, _) = Subscriber::told(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.shop.log_in(&mut ada, "low").await;
    let sub = claims_of(text(&tokens, "id_token"))["sub"].clone();
    let form = ada.get("/account/erase").await.form("erase");
    ada.submit(form.with("word", "erase")).await;
    for _ in 0..3 {
        deliver(&app).await;
    }
    let kinds = letterbox.kinds().await;
    assert_eq!(
        kinds,
        ["consent-withdrawn", "session-revoked", "account-purged"]
    );
    let heard = letterbox.claims().await;
    let subject = json!({"format": "iss_sub", "iss": "http://localhost:8000", "sub": sub});
    assert_eq!(heard[2]["sub_id"], subject);
    let uri = "https://schemas.openid.net/secevent/risc/event-type/account-purged";
    assert!(heard[2]["events"].get(uri).is_some());
    let event = event_of(&heard[2]);
    assert_eq!(event["initiating_entity"], "user");
    assert_eq!(event.get("grant_id"), None, "RISC has no such member");
    assert_eq!(heard[0]["txn"], heard[2]["txn"], "one act");
}
