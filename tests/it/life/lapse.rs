//! Purposes that run out while others of the same agreement go on.

use serde_json::{Value, json};
use sluis::domain::claim::Claim;
use sluis::domain::duty::Reason;
use sluis::domain::grant::EventKind;
use sluis::jobs;
use sluis::store::StoreError;

use super::{ADA, DAY, SECOND, just_before, mails, pass, return_to};
use crate::harness::{Actor, TestApp, on_both_databases};
use crate::people::only;
use crate::protocol::{Business, text};

on_both_databases!(
    what_was_for_it_alone_is_to_be_deleted_and_the_rest_goes_on,
    two_nodes_write_a_lapse_down_once,
    a_later_login_brings_nothing_back_that_has_run_out,
    an_agreement_from_before_is_looked_at_once,
);

fn purpose(id: &str, claims: &Value, retention: &str) -> Value {
    json!({
        "id": id, "purpose": "dpv:MemberManagement",
        "title": {"nl": format!("Doel {id}"), "en": format!("Purpose {id}")},
        "text": {"nl": "Daarom.", "en": "Because."},
        "basis": "consent", "required": true, "claims": claims,
        "retention": retention, "storage": ["NL"],
    })
}

/// A raffle of a month in a membership of half a year: both need the address of
/// mail, and the raffle a name.
async fn membership(app: &TestApp) -> (Business, Actor, String) {
    let plan = json!({ "purposes": [
        purpose("login", &json!(["email"]), "P6M"),
        purpose("raffle", &json!(["email", "name"]), "P30D"),
    ]});
    let metadata = json!({
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
    });
    let club = Business::with(app, "club", metadata, Some(&plan.to_string())).await;
    let mut ada = app.person("Ada", ADA).await;
    club.log_in(&mut ada, "medium").await;
    let grant = ada.newest_grant().await;
    (club, ada, grant)
}

async fn what_was_for_it_alone_is_to_be_deleted_and_the_rest_goes_on(app: TestApp) {
    let (club, mut ada, grant) = membership(&app).await;
    app.wait(just_before(30 * DAY));
    pass(&app).await;
    mails(&app);
    assert_eq!(club.duties("").await.len(), 0);
    app.wait(SECOND);
    for _ in 0..2 {
        pass(&app).await;
    }
    return_to(&mut ada, ADA).await;
    let chain = app.chain(&mut ada, &grant).await;
    let kinds: Vec<_> = chain.iter().map(|one| one.event.kind).collect();
    assert_eq!(kinds, [EventKind::Given, EventKind::Narrowed]);
    let event = &chain[1].event;
    assert_eq!(
        (event.method.as_str(), event.by.as_str()),
        ("schedule", "dpv:DataProcessor")
    );
    assert_eq!(chain[1].profile.claims, Claim::Email);
    assert_eq!(chain[1].processes.len(), 1);

    let duties = club.duties("?state=open").await;
    assert_eq!(duties.len(), 1);
    assert_eq!(duties[0]["claims"], json!(["name"]));
    assert_eq!(duties[0]["reason"], json!(Reason::Expired));
    let id = text(&duties[0], "duty_id");
    club.confirm(id, &json!({"kept": []})).await.ok();

    let mail = only(mails(&app));
    let about = "Part of your agreement with The club is over";
    assert_eq!(mail.field("Subject"), about);
    mail.says("The rest of the agreement goes on");
    mail.says("name");
    ada.get(&grant).await.says("Purpose login");

    // The rest ends when its time is up, and owes the rest.
    app.wait(160 * DAY);
    pass(&app).await;
    let duties = club.duties("?state=open").await;
    assert_eq!(duties[0]["claims"], json!(["email"]));
    return_to(&mut ada, ADA).await;
    let last = app.events(&mut ada, &grant).await.pop();
    assert_eq!(last, Some(EventKind::Expired));
}

async fn two_nodes_write_a_lapse_down_once(app: TestApp) {
    let (_, mut ada, grant) = membership(&app).await;
    app.wait(31 * DAY);
    app.on_two_nodes(jobs::grants::run_once).await;
    pass(&app).await;
    return_to(&mut ada, ADA).await;
    let expected = [EventKind::Given, EventKind::Narrowed];
    assert_eq!(app.events(&mut ada, &grant).await, expected);
    let lapses = mails(&app).into_iter();
    let lapses = lapses.filter(|mail| mail.field("Subject").starts_with("Part of"));
    assert_eq!(lapses.count(), 1);
}

/// Also before anybody has written down that it has.
async fn a_later_login_brings_nothing_back_that_has_run_out(app: TestApp) {
    let (club, mut ada, grant) = membership(&app).await;
    app.wait(31 * DAY);
    return_to(&mut ada, ADA).await;
    // What the login needs and ran out is asked anew, and released to nobody
    // before that.
    let page = ada.visit(&club.client.request(&[("prompt", "none")])).await;
    assert_eq!(club.client.answer(&page)["error"], "consent_required");
    pass(&app).await;
    let page = ada.visit(&club.client.request(&[])).await;
    assert!(page.path.starts_with("/consent/"), "{}", page.path);
    let expected = [EventKind::Given, EventKind::Narrowed];
    assert_eq!(app.events(&mut ada, &grant).await, expected);
}

async fn an_agreement_from_before_is_looked_at_once(app: TestApp) {
    let (_, mut ada, grant) = membership(&app).await;
    let right = lapses_at(&app).await;
    assert!(right > 0);
    // As a version leaves it that knows of no lapses.
    app.app
        .store()
        .write_statement(|tx| {
            Box::pin(async move {
                sqlx::query("UPDATE grants SET lapses_at = 0")
                    .execute(tx)
                    .await?;
                Ok::<_, StoreError>(())
            })
        })
        .await
        .expect("a write");
    pass(&app).await;
    assert_eq!(lapses_at(&app).await, right);
    assert_eq!(app.events(&mut ada, &grant).await, [EventKind::Given]);
}

async fn lapses_at(app: &TestApp) -> i64 {
    let mut connection = app.app.store().read().await.expect("a connection");
    let found = sqlx::query_scalar("SELECT lapses_at FROM grants");
    found.fetch_one(&mut *connection).await.expect("a time")
}
