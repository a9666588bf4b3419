//! What a business hears of an edit that also makes somebody a minor.

use serde_json::json;

use super::SCOPES;
use super::subscriber::{Subscriber, event_of, kind_of};
use crate::harness::{ADA, TestApp, on_both_databases};
use crate::life::deliver;
use crate::pages::export::exported;
use crate::pages::import::hand_in;

on_both_databases!(a_business_that_is_left_with_less_hears_of_the_rest_as_well,);

async fn a_business_that_is_left_with_less_hears_of_the_rest_as_well(app: TestApp) {
    let (shop, letterbox, _) = Subscriber::told(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    ada.edit("gender", "vrouw").await;
    shop.shop.log_in_for(&mut ada, "high", SCOPES).await;
    // Another name, and a birthdate, in one go.
    let mut file = exported(&mut ada).await;
    let attributes = file["attributes"].as_array_mut().expect("a list");
    let name = attributes.iter_mut().find(|one| one["claim"] == "name");
    let name = name.expect("a name");
    name["value"] = json!("Ada King");
    let mut born = name.clone();
    born["claim"] = json!("birthdate");
    born["value"] = json!("2015-12-10");
    attributes.push(born);
    let file = serde_json::to_vec(&file).expect("JSON");
    let preview = hand_in(&mut ada, &file).await;
    let form = preview.form("take").with("attribute-name", "on");
    let page = ada.submit(form.press("take-over")).await;
    assert_eq!(page.location(), "/account/data?done=saved");
    deliver(&app).await;
    let heard = letterbox.claims().await;
    let kinds: Vec<String> = heard.iter().map(kind_of).collect();
    assert_eq!(kinds, ["consent-changed", "profile-changed"]);
    let narrowed = event_of(&heard[0]);
    assert_eq!(narrowed["dropped_claims"], json!(["gender"]));
    // What it still has, and not what it lost.
    assert_eq!(event_of(&heard[1])["claims"], json!(["name"]));
}
