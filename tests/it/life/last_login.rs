//! Retention that counts anew from each login, where the consumer chose so.

use sluis::domain::grant::EventKind;
use sluis::domain::retention::CountsFrom;
use sluis::service::grants;

use super::{ADA, DAY, SECOND, just_before, mails, pass, return_to, subjects};
use crate::harness::{Actor, TestApp, on_both_databases};
use crate::protocol::{Business, SCOPES, text};

on_both_databases!(
    each_login_moves_the_end_where_that_was_chosen,
    where_nothing_is_chosen_it_counts_from_the_consent,
    counting_from_each_login_is_asked_about_first_and_back_holds_at_once,
);

/// Logs in with the tier low, and says from when on retention counts.
async fn agree(shop: &Business, ada: &mut Actor, counts_from: &str) -> String {
    let page = ada.visit(&shop.client.request(&[("scope", SCOPES)])).await;
    let form = page.form("consent").with("tier", "low");
    assert_eq!(
        form.value("counts_from"),
        Some("consent"),
        "nothing favours the business"
    );
    let form = form.with("counts_from", counts_from).press("allow");
    let page = ada.submit(form).await;
    assert!(shop.client.answer(&page).contains_key("code"));
    ada.newest_grant().await
}

async fn each_login_moves_the_end_where_that_was_chosen(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let grant = agree(&shop, &mut ada, "last_login").await;
    let page = ada.get(&grant).await;
    page.says("21 October 2026");
    page.says("The end moves on each time that you log in there.");
    app.wait(10 * DAY);
    return_to(&mut ada, ADA).await;
    let tokens = shop.log_in(&mut ada, "low").await;
    // Wherever it is told, it is the same.
    ada.get(&grant).await.says("1 November 2026");
    let left = tokens["authorization_expires_in"].as_u64();
    assert_eq!(left, Some(31 * DAY.as_secs()));
    let id = text(&tokens, "grant_id").parse().expect("an id");
    let client = app.registered_client("shop").await;
    let row = grants::standing(&app.app, &client, id).await;
    let row = row.expect("a database").expect("a grant");
    assert_eq!(row.grant.expires_at(), Some(app.app.now().plus(31 * DAY)));

    // The old day of the warning, and the old end, pass by.
    app.wait(14 * DAY);
    pass(&app).await;
    assert!(mails(&app).is_empty());
    app.wait(10 * DAY);
    pass(&app).await;
    let warned = mails(&app);
    assert_eq!(warned.len(), 1);
    assert_eq!(
        warned[0].field("Subject"),
        "Your agreement with The shop ends on 1 November 2026"
    );
    // A login after the warning: it is warned of anew.
    return_to(&mut ada, ADA).await;
    shop.log_in(&mut ada, "low").await;
    app.wait(7 * DAY);
    pass(&app).await;
    assert!(mails(&app).is_empty());
    app.wait(just_before(24 * DAY));
    pass(&app).await;
    assert_eq!(
        subjects(&app),
        ["Your agreement with The shop ends on 25 November 2026"]
    );
    app.wait(SECOND);
    pass(&app).await;
    return_to(&mut ada, ADA).await;
    let chain = app.chain(&mut ada, &grant).await;
    let kinds: Vec<_> = chain.iter().map(|receipt| receipt.event.kind).collect();
    assert_eq!(kinds, [EventKind::Given, EventKind::Expired]);
    assert_eq!(
        chain[0].processes[0].storage.counts_from,
        CountsFrom::LastLogin
    );
}

async fn where_nothing_is_chosen_it_counts_from_the_consent(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let grant = agree(&shop, &mut ada, "consent").await;
    app.wait(10 * DAY);
    return_to(&mut ada, ADA).await;
    shop.log_in(&mut ada, "low").await;
    let page = ada.get(&grant).await;
    page.says("21 October 2026");
    page.says_not("The end moves on");
    let chain = app.chain(&mut ada, &grant).await;
    // As receipts have always been: what goes without saying is not said.
    let receipt = serde_json::to_value(&chain[0]).expect("JSON");
    assert!(
        receipt["processes"][0]["storage"]
            .get("counts_from")
            .is_none()
    );
    assert_eq!(
        chain[0].processes[0].storage.counts_from,
        CountsFrom::Consent
    );
    // What is neither is nothing.
    let bank = Business::open(&app, "bank").await;
    let page = ada.visit(&bank.client.request(&[("scope", SCOPES)])).await;
    let form = page.form("consent").with("tier", "low");
    let refused = ada
        .submit(form.forged("counts_from", "whenever").press("allow"))
        .await;
    assert_eq!(refused.status, 400);
}

async fn counting_from_each_login_is_asked_about_first_and_back_holds_at_once(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let grant = agree(&shop, &mut ada, "consent").await;
    let form = ada.get(&grant).await.form("/change");
    assert_eq!(form.value("counts_from"), Some("consent"));
    let page = ada.submit(form.with("counts_from", "last_login")).await;
    page.says("Nothing has changed yet.");
    page.says("until 21 October 2026, and later each time that you log in there");
    let page = ada.submit(page.form("confirmation").press("allow")).await;
    assert_eq!(page.location(), format!("{grant}?done=saved"));
    app.wait(SECOND);
    let form = ada.get(&grant).await.form("/change");
    assert_eq!(form.value("counts_from"), Some("last_login"));
    let page = ada.submit(form.with("counts_from", "consent")).await;
    assert_eq!(page.location(), format!("{grant}?done=narrowed"));
    assert_eq!(
        app.events(&mut ada, &grant).await,
        [EventKind::Given, EventKind::Widened, EventKind::Narrowed]
    );
}
