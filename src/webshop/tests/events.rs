//! What the shop does when Sluis tells it something.

use serde_json::{Value, json};

use super::fake_provider::{CLIENT_ID, FakeProvider};
use super::visitor::{START, Visitor, grant_everything};
use crate::webshop::Site;

pub(super) const OURS: &str = "https://schemas.sluis.example/secevent/consent/event-type/";
const REVOKED: &str = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";
const ADDRESS: &str = "https://schemas.sluis.example/claims/delivery_address";

/// The payload of an event about the one person that there is.
pub(super) fn event(provider: &FakeProvider, jti: &str, kind: &str, members: Value) -> Value {
    let mut members = members;
    members["grant_id"] = "g-1".into();
    members["event_timestamp"] = START.into();
    json!({
        "iss": provider.issuer, "aud": CLIENT_ID, "iat": START, "jti": jti, "txn": "t",
        "sub_id": {"format": "iss_sub", "iss": provider.issuer, "sub": "pairwise-1"},
        "events": {kind: members},
    })
}

pub(super) fn withdrawn(provider: &FakeProvider, jti: &str) -> Value {
    let members = json!({
        "claims": ["name", "email", ADDRESS], "duty_id": "d-1",
        "delete_by": START + 30 * 24 * 60 * 60,
    });
    event(provider, jti, &format!("{OURS}consent-withdrawn"), members)
}

async fn customer() -> (std::sync::Arc<FakeProvider>, Visitor) {
    let provider = FakeProvider::start().await;
    grant_everything(&provider);
    let mut sanne = Visitor::of(Site::Shop, &provider.issuer);
    sanne.log_in().await;
    (provider, sanne)
}

async fn tell(provider: &FakeProvider, shop: &Visitor, payload: &Value) {
    let told = shop.push(provider.sign("secevent+jwt", payload)).await;
    assert_eq!(told.status, 202, "{}", told.text);
    assert!(told.text.is_empty());
}

pub(super) async fn order(visitor: &mut Visitor) {
    visitor.post("/basket", &[("product", "bel")]).await;
    let form = [
        ("name", "Sanne de Vries"),
        ("street_address", "Kanaalstraat 12"),
        ("postal_code", "3531 CJ"),
        ("locality", "Utrecht"),
        ("country", "NL"),
    ];
    let ordered = visitor.post("/checkout", &form).await;
    assert_eq!(ordered.location.as_deref(), Some("/thanks"));
}

#[tokio::test]
async fn a_withdrawal_deletes_everything_and_is_confirmed() {
    let (provider, mut sanne) = customer().await;
    sanne.post("/basket", &[("product", "slot")]).await;
    let mut elsewhere = sanne.beside();
    elsewhere.log_in().await;
    provider.set(|mood| mood.withdrawn = true);
    tell(&provider, &sanne, &withdrawn(&provider, "1")).await;

    // In every browser, before anybody asks UserInfo.
    for visitor in [&mut sanne, &mut elsewhere] {
        let home = visitor.get("/").await;
        assert!(home.has("id=\"lost-deleted\"") && !home.has("Sanne"));
        assert!(!home.has("id=\"remove-slot\""), "the basket is gone");
    }
    assert!(
        provider.api(|api| api.confirmed.is_empty()),
        "told is not confirmed"
    );
    let keeper = sanne.get("/keeper").await;
    let (duty, said) = provider.api(|api| api.confirmed.pop()).unwrap();
    assert_eq!((duty.as_str(), said), ("d-1", json!({"kept": []})));
    assert!(keeper.has("data-stage=\"confirmed\"") && keeper.has("id=\"no-people\""));
    assert!(!keeper.has("sanne@voorbeeld.example"));
    assert!(sanne.get("/").await.has("id=\"lost-confirmed\""));
}

#[tokio::test]
async fn the_invoice_of_an_order_stays_and_is_named() {
    let (provider, mut sanne) = customer().await;
    order(&mut sanne).await;
    let mut guest = sanne.beside();
    order(&mut guest).await;
    tell(&provider, &sanne, &withdrawn(&provider, "1")).await;
    sanne.let_it_work().await;
    let (_, said) = provider.api(|api| api.confirmed.pop()).unwrap();
    let kept = json!({
        "claims": ["name", ADDRESS],
        "basis": "legal_obligation",
        "law": "Algemene wet inzake rijksbelastingen, art. 52",
        "until": "2033-12-31",
    });
    assert_eq!(said, json!({"kept": [kept]}));
    let home = sanne.get("/").await;
    assert!(home.has("only the invoice of your order"));
    let keeper = sanne.get("/keeper").await;
    assert!(keeper.has("withdrawn; stays by law") && keeper.has("31 December 2033"));
    assert!(keeper.has("seven years, art. 52"));
}

#[tokio::test]
async fn what_ended_by_time_is_deleted_as_well() {
    let (provider, mut sanne) = customer().await;
    let members = json!({"claims": ["name"], "duty_id": "d-2", "delete_by": START + 60});
    let expired = event(&provider, "1", &format!("{OURS}retention-expired"), members);
    tell(&provider, &sanne, &expired).await;
    let keeper = sanne.get("/keeper").await;
    assert!(keeper.has("The time is up") && keeper.has("id=\"no-people\""));
    assert_eq!(provider.api(|api| api.confirmed.len()), 1);
}

#[tokio::test]
async fn an_event_that_comes_twice_counts_once() {
    let (provider, mut sanne) = customer().await;
    tell(&provider, &sanne, &withdrawn(&provider, "1")).await;
    sanne.let_it_work().await;
    // They are back, under the same name, when the old event comes again.
    sanne.log_in().await;
    tell(&provider, &sanne, &withdrawn(&provider, "1")).await;
    sanne.let_it_work().await;
    assert!(sanne.get("/").await.has("<b>Sanne</b>"));
    assert_eq!(provider.api(|api| api.confirmed.len()), 1);
}

#[tokio::test]
async fn the_end_of_an_older_agreement_leaves_the_new_one_alone() {
    let (provider, mut sanne) = customer().await;
    let mut old = withdrawn(&provider, "1");
    old["events"][format!("{OURS}consent-withdrawn")]["grant_id"] = "g-0".into();
    tell(&provider, &sanne, &old).await;
    assert!(sanne.get("/").await.has("<b>Sanne</b>"));
    assert!(sanne.get("/keeper").await.has("sanne@voorbeeld.example"));
    assert_eq!(
        provider.api(|api| api.confirmed.len()),
        1,
        "of that nothing is held"
    );
}

#[tokio::test]
async fn a_confirmation_that_fails_is_tried_again_until_it_is_taken() {
    let (provider, mut sanne) = customer().await;
    provider.api(|api| api.confirm_status = Some(http::StatusCode::BAD_GATEWAY));
    tell(&provider, &sanne, &withdrawn(&provider, "1")).await;
    let keeper = sanne.get("/keeper").await;
    assert!(keeper.has("data-stage=\"deleted\"") && !keeper.has("data-stage=\"confirmed\""));
    assert!(sanne.get("/").await.has("id=\"lost-deleted\""));
    provider.api(|api| api.confirm_status = None);
    provider.expire_own();
    assert!(sanne.get("/keeper").await.has("data-stage=\"confirmed\""));

    // A no is a no.
    provider.api(|api| api.confirm_status = Some(http::StatusCode::CONFLICT));
    let mut other = withdrawn(&provider, "2");
    other["events"][format!("{OURS}consent-withdrawn")]["duty_id"] = "d-2".into();
    tell(&provider, &sanne, &other).await;
    assert!(sanne.get("/keeper").await.has("data-stage=\"refused\""));
}

#[tokio::test]
async fn an_event_that_was_lost_is_made_up_for_by_the_list() {
    let (provider, mut sanne) = customer().await;
    provider.api(|api| {
        api.duties = ["d-1", "d-2", "d-3"]
            .map(|id| {
                json!({"duty_id": id, "grant_id": "g-1", "sub": "pairwise-1", "claims": ["name"],
                    "reason": "withdrawn", "opened_at": "2026-08-24T12:00:00Z",
                    "delete_by": "2026-09-23T12:00:00Z", "state": "open", "answer": null})
            })
            .into();
    });
    let keeper = sanne.get("/keeper").await;
    assert!(keeper.has("id=\"no-people\"") && keeper.has("23 September 2026 (30 days left)"));
    assert_eq!(provider.api(|api| api.confirmed.len()), 3, "all pages");
    assert!(sanne.get("/").await.has("id=\"lost-confirmed\""));
}

#[tokio::test]
async fn a_changed_address_is_read_and_the_page_says_how_it_came() {
    let (provider, mut sanne) = customer().await;
    assert!(!sanne.get("/my-data").await.has("id=\"heard-change\""));
    provider.set(|mood| {
        mood.claims[ADDRESS]["street_address"] = "Nieuwe Gracht 1".into();
        mood.access_expired = true;
    });
    let members = json!({"claims": [ADDRESS]});
    let changed = event(&provider, "1", &format!("{OURS}profile-changed"), members);
    tell(&provider, &sanne, &changed).await;
    sanne.wait(3);
    sanne.let_it_work().await;
    assert_eq!(provider.refreshed(), 1, "with the refresh token");
    let keeper = sanne.get("/keeper").await;
    assert!(keeper.has("Nieuwe Gracht 1") && !keeper.has("Kanaalstraat"));
    let page = sanne.get("/my-data").await;
    assert!(page.has("Nieuwe Gracht 1"));
    assert!(page.has("id=\"heard-change\"") && page.has("delivery address"));
    assert!(page.has("12:00:00 UTC, and we read what is new at 12:00:03 UTC"));
}

#[tokio::test]
async fn a_customer_who_logged_out_is_read_too() {
    let (provider, mut sanne) = customer().await;
    sanne.post("/logout", &[]).await;
    provider.set(|mood| mood.claims[ADDRESS]["locality"] = "Delft".into());
    let members = json!({"claims": [ADDRESS]});
    let changed = event(&provider, "1", &format!("{OURS}profile-changed"), members);
    tell(&provider, &sanne, &changed).await;
    let keeper = sanne.get("/keeper").await;
    assert!(keeper.has("Delft") && !keeper.has("Changed, and not read yet"));
    // And is gone like any other.
    tell(&provider, &sanne, &withdrawn(&provider, "2")).await;
    assert!(sanne.get("/keeper").await.has("id=\"no-people\""));
    assert!(sanne.shop.sessions.of("pairwise-1").is_empty());
}

#[tokio::test]
async fn what_cannot_be_read_now_stays_marked() {
    let (provider, mut sanne) = customer().await;
    provider.set(|mood| {
        mood.access_expired = true;
        mood.token_error = Some("server_error");
    });
    let members = json!({"claims": [ADDRESS]});
    let changed = event(&provider, "1", &format!("{OURS}profile-changed"), members);
    tell(&provider, &sanne, &changed).await;
    let keeper = sanne.get("/keeper").await;
    assert!(keeper.has("Changed, and not read yet: delivery address"));
    provider.set(|mood| mood.token_error = None);
    assert!(!sanne.get("/keeper").await.has("Changed, and not read yet"));
}

#[tokio::test]
async fn less_is_deleted_and_confirmed_as_less() {
    let (provider, mut sanne) = customer().await;
    provider.set(|mood| {
        mood.claims.as_object_mut().unwrap().remove("email");
    });
    let members = json!({"change": "narrowed", "claims": ["name", ADDRESS],
        "dropped_claims": ["email"], "duty_id": "d-1", "delete_by": START + 60});
    let narrowed = event(&provider, "1", &format!("{OURS}consent-changed"), members);
    tell(&provider, &sanne, &narrowed).await;
    let keeper = sanne.get("/keeper").await;
    assert!(keeper.has("Less is agreed") && !keeper.has("sanne@voorbeeld.example"));
    assert!(keeper.has("Sanne de Vries"), "the rest stays");
    let (duty, said) = provider.api(|api| api.confirmed.pop()).unwrap();
    assert_eq!((duty.as_str(), said), ("d-1", json!({"kept": []})));
    assert!(sanne.get("/").await.has("<b>Sanne</b>"));
}

#[tokio::test]
async fn terms_that_changed_are_read_with_what_they_earn() {
    let (provider, mut sanne) = customer().await;
    sanne.post("/basket", &[("product", "bel")]).await;
    assert!(sanne.get("/").await.has("id=\"total\">€11.88<"));
    provider.set(|mood| {
        mood.offers[0]["stands"] = false.into();
        mood.offers[1]["stands"] = false.into();
        mood.edition = (2, false);
    });
    let members = json!({"change": "narrowed", "claims": ["name"], "dropped_claims": []});
    let narrowed = event(&provider, "1", &format!("{OURS}consent-changed"), members);
    tell(&provider, &sanne, &narrowed).await;
    sanne.let_it_work().await;
    let home = sanne.get("/").await;
    assert!(home.has("id=\"total\">€17.45<") && home.has("id=\"delivery-cost\">€4.95<"));
    let keeper = sanne.get("/keeper").await;
    assert!(keeper.has("version 2 (not the newest"));
}

#[tokio::test]
async fn a_pause_that_was_told_is_kept_until_it_is_lifted() {
    let (provider, mut sanne) = customer().await;
    provider.set(|mood| mood.paused = true);
    let restricted = |jti: &str, on: bool| {
        let kind = format!("{OURS}processing-restricted");
        event(&provider, jti, &kind, json!({"restricted": on}))
    };
    tell(&provider, &sanne, &restricted("1", true)).await;
    let keeper = sanne.get("/keeper").await;
    assert!(keeper.has("Paused: we keep") && !keeper.has("sanne@voorbeeld.example"));
    provider.set(|mood| mood.paused = false);
    tell(&provider, &sanne, &restricted("2", false)).await;
    let keeper = sanne.get("/keeper").await;
    assert!(!keeper.has("Paused: we keep") && keeper.has("sanne@voorbeeld.example"));
}

#[tokio::test]
async fn whoever_signs_out_at_sluis_is_logged_out_here() {
    let (provider, mut laptop) = customer().await;
    let sid = {
        let ids = laptop.shop.sessions.of("pairwise-1");
        laptop
            .shop
            .sessions
            .read(&ids[0])
            .login
            .unwrap()
            .sid
            .unwrap()
    };
    let mut phone = laptop.beside();
    phone.log_in().await;
    let mut one = event(&provider, "1", REVOKED, json!({}));
    one["sub_id"] = json!({"format": "complex", "user": one["sub_id"],
        "session": {"format": "opaque", "id": sid}});
    tell(&provider, &laptop, &one).await;
    assert!(laptop.get("/").await.has("id=\"login\""));
    assert!(
        phone.get("/").await.has("id=\"logout\""),
        "that is another login"
    );
    tell(
        &provider,
        &phone,
        &event(&provider, "2", REVOKED, json!({})),
    )
    .await;
    assert!(phone.get("/").await.has("id=\"login\""));
    // They are still a customer, and a withdrawal after that is told to them.
    assert!(phone.get("/keeper").await.has("Sanne de Vries"));
    tell(&provider, &phone, &withdrawn(&provider, "3")).await;
    assert!(phone.get("/").await.has("id=\"access-lost\""));
}

#[tokio::test]
async fn what_the_shop_has_no_use_for_is_taken_and_shown() {
    let (provider, mut sanne) = customer().await;
    for (jti, kind) in [
        (
            "1",
            "https://schemas.openid.net/secevent/ssf/event-type/verification",
        ),
        ("2", "https://elsewhere.example/<b>news</b>"),
    ] {
        let mut payload = event(&provider, jti, kind, json!({"state": "x"}));
        payload["sub_id"] = json!({"format": "opaque", "id": "s-1"});
        tell(&provider, &sanne, &payload).await;
    }
    let objected = event(
        &provider,
        "3",
        &format!("{OURS}processing-objected"),
        json!({}),
    );
    tell(&provider, &sanne, &objected).await;
    let keeper = sanne.get("/keeper").await;
    assert!(keeper.has("The stream works.") && keeper.has("We have no use for it."));
    assert!(!keeper.has("<b>news</b>") && keeper.has("Objects: no advertising."));
}
