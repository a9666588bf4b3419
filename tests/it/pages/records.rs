//! Who read what, and who has what.

use axum::http::StatusCode;
use serde_json::json;
use sluis::crypto::seal::Sealed;
use sluis::crypto::vault;
use sluis::domain::duty::Duty;
use sluis::domain::id::{DutyId, GrantId, ReadId};
use sluis::domain::language::Language;
use sluis::i18n::Texts;
use sluis::service::sessions::resume;
use sluis::store::reads::ReadRow;
use sluis::store::{StoreError, duties, grants, reads as stored};

use super::consent::reads;
use crate::harness::{
    Actor, CLUB_PLAN, Client, DAY, PASSWORD, SANNE, SECOND, TestApp, id_of, on_both_databases,
};

on_both_databases! {
    reads_are_found_by_business_claim_purpose_and_day,
    a_search_that_makes_no_sense_finds_what_the_rest_of_it_asks,
    reads_over_time_are_a_picture_and_a_table,
    nobody_looks_through_the_reads_of_another,
    each_claim_at_a_business_leads_to_its_agreement,
    what_was_asked_to_be_deleted_is_not_called_deleted,
    a_search_that_stops_says_since_when_it_counts,
    however_much_is_to_be_deleted_none_of_it_is_forgotten,
}

/// Logs in with a tier, and the client reads what it was granted.
async fn read_by(app: &TestApp, actor: &mut Actor, client: &Client, tier: &str) {
    let page = actor.visit(&client.request(&[])).await;
    let form = page.form("consent").with("tier", tier);
    let form = if form.has_field("purpose-letter") {
        form.with("purpose-letter", "on")
    } else {
        form
    };
    let answer = actor.submit(form.press("allow")).await;
    reads(app, client, &answer).await;
}

/// Someone whose data a shop read on the first day, and a paper on the third.
async fn reader(app: &TestApp) -> Actor {
    let (shop, paper) = (app.shop().await, app.paper().await);
    let mut actor = app.person("Sanne", SANNE).await;
    actor.live_in_amsterdam().await;
    read_by(app, &mut actor, &shop, "medium").await;
    app.wait(2 * DAY);
    actor.sign_in("/sign-in", SANNE, PASSWORD).await;
    read_by(app, &mut actor, &paper, "low").await;
    actor
}

/// The rows of the table of reads.
fn rows(html: &str) -> usize {
    let body = html.split("<tbody>").nth(1).unwrap_or_default();
    body.matches("<tr>").count()
}

async fn reads_are_found_by_business_claim_purpose_and_day(app: TestApp) {
    let mut actor = reader(&app).await;
    let page = actor.get("/account/history").await;
    assert_eq!(rows(&page.html), 2);
    let day = |days: u32| app.app.now().minus(days * DAY).to_string()[..10].to_owned();
    for (query, found) in [
        ("business=shop".to_owned(), Some("The shop")),
        ("business=paper".to_owned(), Some("The paper")),
        ("claim=delivery_address".to_owned(), Some("The shop")),
        ("purpose=letter".to_owned(), Some("The paper")),
        (format!("until={}", day(1)), Some("The shop")),
        (format!("from={}", day(1)), Some("The paper")),
        (format!("from={0}&until={0}", day(0)), Some("The paper")),
        ("business=shop&purpose=letter".to_owned(), None),
        ("claim=birthdate".to_owned(), None),
    ] {
        let page = actor.get(&format!("/account/history?{query}")).await;
        assert_eq!(rows(&page.html), usize::from(found.is_some()), "{query}");
        let table = page.html.split("<tbody>").nth(1).unwrap_or_default();
        assert!(found.is_none_or(|name| table.contains(name)), "{query}");
        if found.is_none() {
            page.says("Nobody read this.");
        }
    }
    // Of what was found there is no such page: nobody says that nobody read it.
    let page = actor.get("/account/history?page=9").await;
    page.says("Nothing found up to here");
    page.says_not("Nobody read this");
    // A period ends with its last day, and so does the picture.
    let page = actor
        .get(&format!("/account/history?until={}", day(1)))
        .await;
    let ends = page.html.split("over-time-ends").nth(1).expect("a picture");
    let ends = ends.split("</p>").next().expect("an end");
    assert!(ends.contains("22 September 2026"), "{ends}");
    // The form shows what was asked, and its fields ask the same again.
    let page = actor.get("/account/history?business=shop").await;
    assert!(page.html.contains(r#"<option value="shop" selected>"#));
}

async fn a_search_that_makes_no_sense_finds_what_the_rest_of_it_asks(app: TestApp) {
    let mut actor = reader(&app).await;
    let page = actor
        .get("/account/history?from=2026-02-30&business=shop")
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.error_at("from")
            .is_some_and(|error| error.contains("not a date"))
    );
    assert_eq!(rows(&page.html), 1);
    for query in [
        "claim=shoe-size",
        "before=x",
        "page=0",
        "page=99999999999999999999",
    ] {
        let page = actor.get(&format!("/account/history?{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{query}");
    }
}

async fn reads_over_time_are_a_picture_and_a_table(app: TestApp) {
    let mut actor = reader(&app).await;
    let page = actor.get("/account/history").await;
    assert_eq!(page.html.matches("<rect class=\"bar\"").count(), 2);
    page.says("Reads per day");
    assert!(page.html.contains("Read 2 times between"));
    // Not only among what can be searched for.
    let table = page.html.split("<tbody>").nth(1).expect("a table");
    for text in [
        r#"datetime="2026-09-21T14:13:20Z""#,
        "Deliver your order",
        "Newsletter",
    ] {
        assert!(table.contains(text), "{text}: {table}");
    }
    app.wait(40 * DAY);
    actor.sign_in("/sign-in", SANNE, PASSWORD).await;
    actor.get("/account/history").await.says("Reads per week");
}

async fn nobody_looks_through_the_reads_of_another(app: TestApp) {
    reader(&app).await;
    let mut other = app.person("Bram", "bram@example.com").await;
    let page = other.get("/account/history?business=shop").await;
    page.says_not("The shop");
    other
        .get("/account/who-has-what")
        .await
        .says_not("The shop");
    let page = app.browser().get("/account/who-has-what").await;
    assert!(page.location().starts_with("/sign-in"));
}

async fn each_claim_at_a_business_leads_to_its_agreement(app: TestApp) {
    let mut actor = reader(&app).await;
    let businesses = actor.get("/account/businesses").await;
    assert!(
        businesses
            .links()
            .contains(&"/account/who-has-what".to_owned())
    );
    let page = actor.get("/account/who-has-what").await;
    let granted = page.html.matches("class=\"holding-granted\"").count();
    // Name, e-mail address and delivery address; and the paper's e-mail address.
    assert_eq!(granted, 4);
    let mut grants = businesses.grants();
    grants.dedup();
    // The paper's is the newer one.
    let cells = |grant: &String| {
        let cell = format!("<td class=\"holding-granted\"><a href=\"{grant}\">");
        page.html.matches(&cell).count()
    };
    let counts: Vec<usize> = grants.iter().map(cells).collect();
    assert_eq!(counts, [1, 3]);
    // What the paper never had is said, to those who only hear the table too.
    assert_eq!(page.html.matches("class=\"holding-never\"").count(), 2);
    page.says("never");
    // What an agreement left behind leads to that one, and the name to the next.
    let old = grants[0].clone();
    let form = actor.get(&old).await.form("/withdraw").press("withdraw");
    actor.submit(form).await;
    app.wait(DAY / 24);
    let paper = Client {
        id: "paper".to_owned(),
        redirect_uri: "https://paper.example/back?from=sluis".to_owned(),
        issuer: app.app.issuer().to_owned(),
    };
    let new = actor.agree(&paper, "low").await;
    assert_ne!(new, old);
    let page = actor.get("/account/who-has-what").await;
    for part in [
        format!("<td class=\"holding-deleting\"><a href=\"{old}\">"),
        format!("<th scope=\"row\"><a href=\"{new}\">"),
    ] {
        assert!(page.html.contains(&part), "{part}: {}", page.html);
    }
}

async fn what_was_asked_to_be_deleted_is_not_called_deleted(app: TestApp) {
    let shop = app.shop().await;
    let mut actor = app.person("Sanne", SANNE).await;
    actor.live_in_amsterdam().await;
    let grant = actor.agree(&shop, "medium").await;
    let form = actor.get(&grant).await.form("/pause").press("pause");
    actor.submit(form).await;
    let page = actor.get("/account/who-has-what").await;
    assert_eq!(page.html.matches("class=\"holding-paused\"").count(), 3);
    let form = actor.get(&grant).await.form("/withdraw").press("withdraw");
    actor.submit(form).await;
    let page = actor.get("/account/who-has-what").await;
    assert_eq!(page.html.matches("class=\"holding-deleting\"").count(), 3);
    assert!(!page.html.contains("holding-deleted") && !page.html.contains("holding-granted"));
    page.says("must delete by");
}

async fn however_much_is_to_be_deleted_none_of_it_is_forgotten(app: TestApp) {
    let shop = app.shop().await;
    let mut actor = app.person("Sanne", SANNE).await;
    actor.live_in_amsterdam().await;
    let grant = actor.agree(&shop, "medium").await;
    let form = actor.get(&grant).await.form("/withdraw").press("withdraw");
    actor.submit(form).await;
    let client = "shop".parse().expect("an id");
    let id: GrantId = id_of(&grant).parse().expect("an id");
    let mut connection = app.app.store().read().await.expect("a database");
    let row = grants::of_client(&mut connection, &client, id).await;
    let row = row.expect("a read").expect("it");
    let first = duties::after(&mut connection, row.grant.account_id, None, 1).await;
    let first = first.expect("a read").remove(0);
    drop(connection);
    let later = (0..250).map(|number| Duty {
        id: DutyId::new(uuid::Uuid::from_u128(u128::MAX - number)),
        claims: enumset::EnumSet::empty(),
        ..first.clone()
    });
    let later: Vec<Duty> = later.collect();
    app.app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                for duty in &later {
                    duties::insert(tx, duty).await?;
                }
                Ok::<_, StoreError>(())
            })
        })
        .await
        .expect("a write");
    let page = actor.get("/account/who-has-what").await;
    assert_eq!(page.html.matches("class=\"holding-deleting\"").count(), 3);
}

/// Has a grant read so often, one second after the other, until now.
async fn read_often(app: &TestApp, actor: &Actor, grant: &str, times: u32) {
    let (store, id) = (app.app.store(), id_of(grant).parse().expect("an id"));
    let session = resume(&app.app, &actor.jar["sluis-session"]).await;
    let session = session.expect("a read").expect("a session");
    let mut connection = store.read().await.expect("a database");
    let row = grants::find(&mut connection, session.account.id, id).await;
    let row = row.expect("a read").expect("a grant");
    drop(connection);
    let sealed = Sealed::from_bytes(row.grant_key_wrapped.clone().expect("a key"));
    let key = vault::open_grant_key(&session.vault_key, id, &sealed).expect("its key");
    let record = json!({"claims": ["email"], "purposes": ["order"]}).to_string();
    let all: Vec<ReadRow> = (0..times)
        .map(|number| {
            let read_at = app.app.now().minus((times - number) * SECOND);
            let read = ReadId::new(app.app.random().uuid(read_at));
            let random = app.app.random();
            let sealed = vault::seal_read(&key, id, read, record.as_bytes(), random);
            ReadRow {
                id: read,
                grant_id: id,
                read_at,
                read_sealed: sealed.into_bytes(),
            }
        })
        .collect();
    let written = store.write(move |tx| {
        Box::pin(async move {
            for read in &all {
                assert!(stored::insert(tx, read, &row.seen()).await?);
            }
            Ok::<_, StoreError>(())
        })
    });
    written.await.expect("a write");
}

async fn a_search_that_stops_says_since_when_it_counts(app: TestApp) {
    let mut actor = app.person("Sanne", SANNE).await;
    let shop = app.client("club", Some(CLUB_PLAN)).await;
    let grant = actor.agree(&shop, "low").await;
    read_often(&app, &actor, &grant, 5_000).await;
    let page = actor.get("/account/history").await;
    page.says("read 5000 times");
    page.says_not("further back");
    app.wait(SECOND);
    read_often(&app, &actor, &grant, 1).await;
    let since = app.app.now().minus(5_000 * SECOND);
    let page = actor.get("/account/history").await;
    let says = format!(
        "read 5000 times since {}",
        Texts::new(Language::En).date_time(since)
    );
    page.says(&says);
    page.says("There is more further back.");
    page.says("Look further back");
}
