//! What came along is there to be taken along again, and to be looked at without
//! more work than that is worth.

use std::time::Duration;

use serde_json::{Value, json};
use sluis::domain::id::ImportId;
use sluis::store::imports;

use super::export::{customer, exported};
use super::heavy::archive;
use super::import::{elsewhere, hand_in, take_over, text};
use crate::harness::{Actor, SANNE, TestApp, id_of, on_both_databases};

on_both_databases! {
    what_would_not_fit_into_the_next_export_is_not_taken_in,
    what_businesses_owe_here_goes_along_as_well,
    a_document_that_is_too_much_by_itself_is_sorted_out_where_it_is_from,
    the_agreements_of_each_provider_are_shown_with_it,
    nothing_is_opened_behind_the_last_agreement_that_is_shown,
}

/// A document of somebody who came from so many providers.
fn with_archives(file: &Value, count: usize) -> Value {
    let mut document = file.clone();
    // This one: nobody has to be asked for its keys.
    document["archives"] = json!(vec![archive(file, "http://localhost:8000"); count]);
    document
}

async fn archives(actor: &mut Actor) -> Vec<String> {
    let links = actor.get("/account/data").await.links().into_iter();
    links
        .filter(|link| link.starts_with("/account/data/archive/"))
        .collect()
}

async fn what_would_not_fit_into_the_next_export_is_not_taken_in(app: TestApp) {
    let mut sanne = app.person("Sanne", SANNE).await;
    let file = exported(&mut sanne).await;
    let preview = hand_in(&mut sanne, &text(&with_archives(&file, 19))).await;
    take_over(&mut sanne, &preview).await;
    let second = text(&with_archives(&file, 12));
    let page = hand_in(&mut sanne, &second).await;
    assert_eq!(page.status, 422, "20 and 13 are more than 32");
    page.says("more than fits into one export");
    page.says("Throw away what you no longer need");
    let third = text(&with_archives(&file, 11));
    app.wait(Duration::from_mins(1));
    let preview = hand_in(&mut sanne, &third).await;
    take_over(&mut sanne, &preview).await;
    // Elsewhere there is no room beside what is there, and otherwise there is.
    let after = exported(&mut sanne).await;
    assert_eq!(after["archives"].as_array().map(Vec::len), Some(32));
    let found = archives(&mut sanne).await;
    let form = sanne.get(&found[0]).await.form("throw-away");
    sanne.submit(form).await;
    let after = exported(&mut sanne).await;
    let other = elsewhere(&app).await;
    let mut there = other.person("Sanne", SANNE).await;
    let preview = hand_in(&mut there, &text(&after)).await;
    take_over(&mut there, &preview).await;
    let preview = hand_in(&mut sanne, &second).await;
    preview.says("This would come along");
}

async fn what_businesses_owe_here_goes_along_as_well(app: TestApp) {
    let mut sanne = customer(&app).await;
    let mut file = exported(&mut sanne).await;
    let duty = file["duties"][0].clone();
    file["duties"] = json!(vec![duty; 20_000]);
    let other = elsewhere(&app).await;
    let mut there = other.person("Sanne", "sanne@example.com").await;
    let preview = hand_in(&mut there, &text(&file)).await;
    preview.says("This would come along");
    let page = hand_in(&mut sanne, &text(&file)).await;
    assert_eq!(page.status, 422, "with what is owed here there are more");
}

async fn a_document_that_is_too_much_by_itself_is_sorted_out_where_it_is_from(app: TestApp) {
    let mut sanne = app.person("Sanne", SANNE).await;
    let file = exported(&mut sanne).await;
    let page = hand_in(&mut sanne, &text(&with_archives(&file, 32))).await;
    assert_eq!(page.status, 422);
    page.says("At your old provider, throw away");
    let mut keys = file.clone();
    keys["jwks"] = json!({"keys": vec![json!({"kty": "OKP"}); 999]});
    let page = hand_in(&mut sanne, &text(&keys)).await;
    assert_eq!(
        page.status, 422,
        "with those of this provider there are more"
    );
    page.says("At your old provider, throw away");
}

async fn the_agreements_of_each_provider_are_shown_with_it(app: TestApp) {
    let mut sanne = customer(&app).await;
    let file = exported(&mut sanne).await;
    let mut document = file.clone();
    let mut earlier = vec![archive(&file, "http://localhost:8000"); 3];
    for (number, one) in earlier.iter_mut().enumerate() {
        let mut grant = file["grants"][1].clone();
        grant["business"] = json!(format!("business {number}"));
        grant["receipts"] = json!([]);
        one["grants"] = json!(vec![grant; number]);
        one["reads"] = file["reads"].clone();
    }
    document["archives"] = json!(earlier);
    let preview = hand_in(&mut sanne, &text(&document)).await;
    take_over(&mut sanne, &preview).await;
    let found = archives(&mut sanne).await;
    let page = sanne.get(&found[0]).await;
    let shown = page.words();
    for (name, times) in [
        ("shop BV", 1),
        ("business 0", 0),
        ("business 1", 1),
        ("business 2", 2),
    ] {
        assert_eq!(shown.matches(name).count(), times, "{name}: {shown}");
    }
}

async fn nothing_is_opened_behind_the_last_agreement_that_is_shown(app: TestApp) {
    let mut sanne = customer(&app).await;
    let file = exported(&mut sanne).await;
    let preview = hand_in(&mut sanne, &text(&file)).await;
    let id = id_of(&preview.path).to_owned();
    spoil_all_but_the_first_piece(&app, id.parse().expect("an id")).await;
    take_over(&mut sanne, &preview).await;
    let page = sanne.get(&format!("/account/data/archive/{id}")).await;
    assert_eq!(page.status, 200, "that of the agreements is whole");
    page.says("shop BV");
}

async fn spoil_all_but_the_first_piece(app: &TestApp, id: ImportId) {
    let (store, soon) = (app.app.store(), app.app.now().plus(Duration::from_hours(1)));
    let mut connection = store.read().await.expect("a database");
    let waiting = imports::left_behind(&mut connection, soon, 9).await;
    let account_id = waiting.expect("a read")[0].0;
    let row = imports::find(&mut connection, account_id, id).await;
    let row = row.expect("a read").expect("an import");
    let pieces = imports::pieces(&mut connection, account_id, id, 0, 99).await;
    let mut pieces = pieces.expect("a read");
    drop(connection);
    assert!(pieces.len() > 1);
    for piece in pieces.iter_mut().skip(1) {
        piece.piece_sealed = vec![0; 64];
    }
    let written = store
        .write(move |tx| {
            Box::pin(
                async move { imports::insert(tx, account_id, (&row, vec![0; 64]), &pieces).await },
            )
        })
        .await;
    written.expect("a write");
}
