//! The question of a business, and what comes of each answer.

use std::time::Duration;

use axum::http::StatusCode;
use sluis::service::releases;
use sluis::service::tokens::{Redemption, redeem};

use crate::harness::{Actor, Client, PASSWORD, Page, TestApp, VERIFIER, on_both_databases};
use crate::html::Form;

/// The names of what a client can read after an answer.
pub(super) async fn reads(app: &TestApp, client: &Client, page: &Page) -> Vec<String> {
    let code = client.answer(page)["code"].clone();
    let id = client.id.parse().expect("an id");
    let registered = app
        .app
        .client(&id)
        .await
        .expect("a store")
        .expect("a client");
    let redemption = Redemption {
        code: &code,
        redirect_uri: Some(&client.redirect_uri),
        code_verifier: Some(VERIFIER),
    };
    let tokens = redeem(&app.app, &registered, &redemption)
        .await
        .expect("tokens");
    let release = releases::read(&app.app, &tokens.access_token.reveal()).await;
    let release = release.expect("a release");
    release
        .claims
        .keys()
        .filter(|name| !name.ends_with("_verified"))
        .cloned()
        .collect()
}

async fn asked(actor: &mut Actor, client: &Client) -> Page {
    let page = actor.visit(&client.request(&[])).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.path.starts_with("/consent/"), "{}", page.path);
    page
}

fn unticked(form: &Form) {
    assert_eq!(form.ticked(), Vec::<&str>::new());
    assert_eq!(form.value("tier"), None);
    assert_eq!(form.value("retention"), Some(""));
}

on_both_databases! {
    async fn the_page_says_who_asks_and_what_for_and_ticks_nothing(app: TestApp) {
        let shop = app.shop().await;
        let mut actor = app.person("Sanne de Vries", "sanne@example.com").await;
        actor.live_in_amsterdam().await;
        let page = asked(&mut actor, &shop).await;
        for text in [
            "The shop", "shop BV", "shop.example", "Deliver your order", "We bring your parcel.",
            "Needed to do what you agree", "5% off", "Sanne de Vries", "sanne@example.com",
            "Prinsengracht 263, 1016 GV Amsterdam", "3 months at most",
        ] {
            page.says(text);
        }
        assert!(page.links().contains(&"https://shop.example/privacy".to_owned()));
        let form = page.form("consent");
        assert_eq!(form.offers("tier"), ["anonymous", "low", "medium", "high"]);
        unticked(&form);
        for switch in [
            "purpose-news", "purpose-suggest", "permission-suggest-analytics",
            "permission-suggest-personalisation", "claim-name", "claim-preferences",
        ] {
            assert!(form.has_field(switch), "{switch}");
        }
        assert!(!form.has_field("purpose-deliver"));
    }

    async fn each_tier_releases_what_it_shows(app: TestApp) {
        let paper = app.paper().await;
        for (tier, claims) in [
            ("anonymous", [].as_slice()),
            ("low", ["email"].as_slice()),
            ("medium", ["email"].as_slice()),
            ("high", ["email"].as_slice()),
        ] {
            let mut actor = app.person("Sanne", &format!("{tier}@example.com")).await;
            let form = asked(&mut actor, &paper).await.form("consent").with("tier", tier);
            let form = if claims.is_empty() { form } else { form.with("purpose-letter", "on") };
            let page = actor.submit(form.press("allow")).await;
            assert_eq!(reads(&app, &paper, &page).await, claims, "{tier}");
        }
    }

    async fn a_login_without_the_optional_purposes_succeeds(app: TestApp) {
        let shop = app.shop().await;
        let mut actor = app.person("Sanne", "sanne@example.com").await;
        actor.live_in_amsterdam().await;
        let form = asked(&mut actor, &shop).await.form("consent").with("tier", "medium");
        let page = actor.submit(form.press("allow")).await;
        let claims = reads(&app, &shop, &page).await;
        assert_eq!(claims.len(), 3, "{claims:?}");
        assert!(claims.contains(&"name".to_owned()) && claims.contains(&"email".to_owned()));
        // Asked once.
        let page = actor.visit(&shop.request(&[])).await;
        assert!(shop.answer(&page).contains_key("code"));
        let page = actor.visit(&shop.request(&[("prompt", "consent")])).await;
        assert_eq!(page.form("consent").value("tier"), Some("medium"));
    }

    async fn a_request_leads_from_sign_up_by_way_of_the_question_back_to_the_client(app: TestApp) {
        let paper = app.paper().await;
        let mut actor = app.browser();
        let page = actor.visit(&paper.request(&[("login_hint", "sanne@example.com")])).await;
        page.says("The paper");
        assert_eq!(page.form("sign-in").value("email"), Some("sanne@example.com"));
        let sign_up = page.links().into_iter().find(|link| link.starts_with("/sign-up")).expect("a link");
        let page = actor.get(&sign_up).await;
        page.says("The paper");
        let page = actor.sign_up(&sign_up, "Sanne", "sanne@example.com").await;
        let page = actor.follow(page).await;
        let page = actor.submit(page.form("consent").with("tier", "anonymous").press("allow")).await;
        assert!(paper.answer(&page).contains_key("code"));

        // And from sign-in straight back, once it was answered.
        let mut elsewhere = app.browser();
        let page = elsewhere.visit(&paper.request(&[])).await;
        let form = page.form("sign-in").with("email", "sanne@example.com").with("password", PASSWORD);
        let page = elsewhere.submit(form).await;
        assert!(paper.answer(&page).contains_key("code"));
    }

    async fn prompt_create_leads_to_sign_up(app: TestApp) {
        let paper = app.paper().await;
        let page = app.browser().visit(&paper.request(&[("prompt", "create")])).await;
        assert!(page.has_form("sign-up"));
        let mut actor = app.person("Sanne", "sanne@example.com").await;
        app.wait(Duration::from_secs(1));
        let page = actor.visit(&paper.request(&[("prompt", "create")])).await;
        assert!(page.has_form("sign-up"));
    }

    async fn no_tier_is_said_at_the_tiers_and_everything_else_stays(app: TestApp) {
        let shop = app.shop().await;
        let mut actor = app.person("Sanne", "sanne@example.com").await;
        let form = asked(&mut actor, &shop).await.form("consent")
            .with("purpose-news", "on")
            .with("permission-suggest-analytics", "on")
            .with("claim-name", "on")
            .with("retention", "P14D");
        let page = actor.submit(form.press("allow")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.says("First choose the profile");
        assert!(page.links().contains(&"#tier-anonymous".to_owned()));
        let form = page.form("consent");
        assert_eq!(form.value("tier"), None);
        assert_eq!(form.ticked(), ["purpose-news", "permission-suggest-analytics", "claim-name"]);
        assert_eq!(form.value("retention"), Some("P14D"));
        let page = actor.submit(form.forged("tier", "extreme").press("allow")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.says("First choose the profile");
    }

    async fn what_no_page_would_send_is_not_taken_for_consent(app: TestApp) {
        let shop = app.shop().await;
        let mut actor = app.person("Sanne", "sanne@example.com").await;
        actor.live_in_amsterdam().await;
        let form = asked(&mut actor, &shop).await.form("consent").with("tier", "medium");
        let page = actor.submit(form.clone().forged("retention", "P10Y").press("allow")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.says("Choose a retention period from the list.");
        assert_eq!(page.form("consent").value("tier"), Some("medium"));
        for (name, value) in [("purpose-news", "off"), ("claim-email", "yes"), ("answer", "perhaps")] {
            let form = form.clone().forged(name, value);
            let form = if name == "answer" { form } else { form.press("allow") };
            let page = actor.submit(form).await;
            assert_eq!(page.error().as_deref(), Some("malformed"), "{name}");
        }
        // What the plan does not name is passed over.
        let form = form.forged("claim-birthdate", "on").forged("purpose-spy", "on").forged("more", "x");
        let page = actor.submit(form.press("allow")).await;
        assert!(!reads(&app, &shop, &page).await.contains(&"birthdate".to_owned()));
    }

    async fn what_is_missing_is_named_with_the_ways_out(app: TestApp) {
        let shop = app.shop().await;
        let mut actor = app.person("Sanne", "sanne@example.com").await;
        let page = asked(&mut actor, &shop).await;
        page.says("You have not filled in your delivery address yet.");
        let form = page.form("consent").with("tier", "low").with("claim-name", "on");
        let page = actor.submit(form.press("allow")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.says("“Deliver your order” cannot be done yet like this.");
        page.says("Do not withhold your name");
        let form = page.form("consent");
        assert_eq!(form.value("tier"), Some("low"));
        assert_eq!(form.ticked(), ["claim-name"]);

        // Fill it in and come back.
        let fill = page.links().into_iter().find(|link| link.starts_with("/account/profiles/delivery_address")).expect("a way out");
        let form = actor.get(&fill).await.form("attribute")
            .with("street_address", "Prinsengracht 263").with("postal_code", "1016 GV").with("locality", "Amsterdam");
        let back = actor.submit(form.press("save")).await;
        assert!(back.location().starts_with("/consent/"), "{}", back.location());
        let page = actor.follow(back).await;

        // It is in medium, so with low there are two ways: this one item, or the next tier.
        let page = actor.submit(page.form("consent").with("tier", "low").press("allow")).await;
        page.says("Add just your delivery address");
        page.says("Choose profile Medium");
        assert!(page.links().contains(&"#claim-delivery_address".to_owned()));
        assert!(page.links().contains(&"#tier-medium".to_owned()));
        assert!(page.links().contains(&"#deny".to_owned()));
        let form = page.form("consent").with("claim-delivery_address", "on");
        let page = actor.submit(form.press("allow")).await;
        assert_eq!(reads(&app, &shop, &page).await.len(), 3);
    }

    async fn an_item_of_the_tier_is_withheld_by_the_same_box(app: TestApp) {
        let shop = app.shop().await;
        let mut actor = app.person("Sanne", "sanne@example.com").await;
        actor.live_in_amsterdam().await;
        actor.fill_in("phone_number", &[("value", "020 555 0123")]).await;
        let form = asked(&mut actor, &shop).await.form("consent").with("tier", "medium");
        let mut other = actor.clone();
        let page = actor.submit(form.clone().with("claim-phone_number", "on").press("allow")).await;
        assert!(!reads(&app, &shop, &page).await.contains(&"phone_number".to_owned()));
        let page = other.visit(&shop.request(&[("prompt", "consent")])).await;
        assert_eq!(page.form("consent").ticked(), ["claim-phone_number"]);
        let form = page.form("consent").with("claim-phone_number", "");
        let page = other.submit(form.press("allow")).await;
        assert!(reads(&app, &shop, &page).await.contains(&"phone_number".to_owned()));
    }

    async fn a_switch_that_the_tier_does_not_allow_says_so(app: TestApp) {
        let shop = app.shop().await;
        let mut actor = app.person("Sanne", "sanne@example.com").await;
        actor.live_in_amsterdam().await;
        let form = asked(&mut actor, &shop).await.form("consent").with("tier", "medium").with("purpose-news", "on");
        let page = actor.submit(form.press("allow")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.says("“E-mail me” does not fit this profile");
        page.says("Choose profile High");
        page.says("Switch this purpose off again");
        let form = page.form("consent").with("tier", "high");
        assert!(shop.answer(&actor.submit(form.press("allow")).await).contains_key("code"));
        let grant = actor.newest_grant().await;
        actor.get(&grant).await.says("E-mail me");
    }

    async fn a_no_goes_to_the_client_and_leaves_nothing_behind(app: TestApp) {
        let shop = app.shop().await;
        let mut actor = app.person("Sanne", "sanne@example.com").await;
        let form = asked(&mut actor, &shop).await.form("consent").press("deny");
        let page = actor.submit(form).await;
        let answer = shop.answer(&page);
        assert_eq!(answer["error"], "access_denied");
        assert!(!answer.contains_key("code"));
        actor.get("/account").await.says("Nobody gets data from you yet.");
        asked(&mut actor, &shop).await;
    }

    async fn a_plan_that_grew_shows_the_old_beside_the_new_and_a_no_keeps_the_old(app: TestApp) {
        let client = app.client("club", Some(&club_plan("[\"email\"]"))).await;
        let mut actor = app.person("Sanne", "sanne@example.com").await;
        let grant = actor.agree(&client, "low").await;
        republish(&app, &client, &club_plan("[\"email\", \"nickname\"]")).await;
        actor.fill_in("nickname", &[("value", "San")]).await;

        let page = asked(&mut actor, &client).await;
        page.says("What changes");
        page.says("If you say no, the old agreement simply stands.");
        assert_eq!(page.form("consent").value("tier"), Some("low"));
        let page = actor.submit(page.form("consent").press("deny")).await;
        assert_eq!(client.answer(&page)["error"], "access_denied");
        let page = actor.get(&grant).await;
        page.says("In force");
        page.says_not("San");

        let page = asked(&mut actor, &client).await;
        let page = actor.submit(page.form("consent").press("allow")).await;
        assert_eq!(reads(&app, &client, &page).await, ["nickname", "email"]);
        let page = actor.get(&grant).await;
        page.says("More allowed");
    }

    async fn a_question_waits_for_an_hour_in_its_own_browser(app: TestApp) {
        let shop = app.shop().await;
        let mut actor = app.person("Sanne", "sanne@example.com").await;
        let page = asked(&mut actor, &shop).await;

        let mut elsewhere = app.browser();
        elsewhere.sign_in("/sign-in", "sanne@example.com", PASSWORD).await;
        let stranger = elsewhere.get(&page.path).await;
        assert_eq!(stranger.status, StatusCode::NOT_FOUND);
        assert_eq!(stranger.error().as_deref(), Some("unknown_request"));
        let form = page.form("consent").with("tier", "anonymous");
        let csrf = elsewhere.get("/account").await.form("/language").value("csrf").expect("a token").to_owned();
        let forged = elsewhere.submit(form.clone().forged("csrf", &csrf).press("allow")).await;
        assert_eq!(forged.error().as_deref(), Some("unknown_request"));
        for path in ["/consent/nonsense", "/sign-in?request=nonsense"] {
            assert_eq!(elsewhere.get(path).await.error().as_deref(), Some("unknown_request"));
        }

        app.wait(Duration::from_secs(60 * 60));
        let late = actor.submit(form.press("allow")).await;
        assert_eq!(late.status, StatusCode::GONE);
        assert_eq!(late.error().as_deref(), Some("expired"));
        assert_eq!(actor.get(&page.path).await.error().as_deref(), Some("expired"));
        let id = page.path.trim_start_matches("/consent/");
        let late = app.browser().get(&format!("/sign-in?request={id}")).await;
        assert_eq!(late.error().as_deref(), Some("unknown_request"));
    }

    async fn a_request_for_a_fresh_sign_in_cannot_be_answered_without_one(app: TestApp) {
        let paper = app.paper().await;
        let mut actor = app.person("Sanne", "sanne@example.com").await;
        app.wait(Duration::from_secs(60));
        let page = actor.get(&paper.request(&[("prompt", "login")])).await;
        let sign_in = page.location().to_owned();
        let id = sign_in.trim_start_matches("/sign-in?request=");
        let page = actor.get(&format!("/consent/{id}")).await;
        assert_eq!(page.location(), sign_in);
        let csrf = actor.get("/account").await.form("/language").value("csrf").expect("a token").to_owned();
        let body = format!("csrf={csrf}&tier=anonymous&answer=allow&terms=x");
        let page = actor.send(axum::http::Method::POST, &format!("/consent/{id}"), Some(body)).await;
        assert_eq!(page.location(), sign_in);
    }
}

fn club_plan(claims: &str) -> String {
    format!(
        r#"{{"purposes": [{{"id": "member", "purpose": "dpv:MemberManagement",
        "title": {{"nl": "Lid zijn", "en": "Be a member"}},
        "text": {{"nl": "Je bent lid.", "en": "You are a member."}},
        "basis": "contract", "required": true, "claims": {claims},
        "retention": "P1Y", "storage": ["NL"]}}]}}"#
    )
}

/// The business publishes another edition of its plan.
async fn republish(app: &TestApp, client: &Client, plan: &str) {
    use sluis::domain::plan::{Plan, PlanVersion};
    use sluis::store::{StoreError, clients};
    let plan = Plan::parse(plan).expect("a plan");
    let (id, now) = (client.id.parse().expect("an id"), app.app.now());
    let published = app.app.store().write(move |tx| {
        Box::pin(async move {
            let done = clients::publish_plan(tx, &id, PlanVersion(1), &plan, now).await?;
            Ok::<_, StoreError>(done)
        })
    });
    assert!(published.await.expect("a store"));
    app.wait(Duration::from_secs(3));
}
