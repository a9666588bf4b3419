//! What a client does with its registration: RFC 7592.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sluis::domain::grant::GrantState;

use super::business::{Business, Told, text};
use super::registrar::{
    initial_token, least, manage, open, place, register, registered, send, with,
};
use crate::harness::{ADA, Actor, Client, TestApp, on_both_databases};

on_both_databases!(
    a_client_is_told_again_what_it_registered,
    a_wrong_token_is_told_what_an_unknown_client_is_told,
    a_replacement_replaces_everything,
    a_replacement_names_the_client_and_its_own_secret,
    a_replacement_that_cannot_be_registered_changes_nothing,
    from_a_replacement_on_another_token_manages_the_client,
    an_answer_that_got_lost_is_given_again_for_a_while,
    of_two_replacements_at_once_one_is_kept,
    a_client_changes_how_it_authenticates,
    a_client_that_is_removed_is_gone_with_all_it_holds,
    a_removal_ends_what_many_people_agreed_to,
    a_client_that_the_operator_added_is_managed_by_the_operator,
);

/// What a client registered, as it would send it back.
fn again(told: &Value, more: &Value) -> Value {
    let mut members = told.clone();
    let object = members.as_object_mut().expect("members");
    for ours in [
        "registration_access_token",
        "registration_client_uri",
        "client_id_issued_at",
        "client_secret_expires_at",
    ] {
        object.remove(ours);
    }
    for (name, value) in more.as_object().expect("members") {
        object.insert(name.clone(), value.clone());
    }
    members
}

#[track_caller]
fn is_refused(told: &Told) {
    assert_eq!(
        (told.status, told.error()),
        (StatusCode::UNAUTHORIZED, "invalid_token")
    );
    assert!(
        told.header("www-authenticate")
            .starts_with("Bearer realm=\"sluis\", error=")
    );
}

async fn a_client_is_told_again_what_it_registered(app: TestApp) {
    let token = initial_token(&app, 3).await;
    for more in [
        json!({"client_name": "Shop", "contacts": ["dev@shop.example"]}),
        json!({"token_endpoint_auth_method": "client_secret_jwt"}),
        json!({"token_endpoint_auth_method": "none", "sector_identifier_uri": null}),
    ] {
        let told = registered(&app, Some(&token), &with(&more)).await;
        for _ in 0..2 {
            let now = manage(&app, Method::GET, &told, None).await.ok();
            assert_eq!(now, told, "the secret and the token too");
        }
    }
}

async fn a_wrong_token_is_told_what_an_unknown_client_is_told(app: TestApp) {
    let initial = initial_token(&app, 3).await;
    let shop = registered(&app, Some(&initial), &least()).await;
    let paper = registered(&app, Some(&initial), &least()).await;
    let of_paper = text(&paper, "registration_access_token");
    let body = again(&shop, &json!({}));
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let body = (method == Method::PUT).then_some(&body);
        let mut all = Vec::new();
        for (path, token) in [
            (place(&shop), of_paper),
            (place(&shop), "slrg_x"),
            (place(&shop), initial.as_str()),
            ("/register/nobody", of_paper),
            ("/register/not%20an%20id", of_paper),
        ] {
            let told = send(&app.router, method.clone(), path, Some(token), body).await;
            is_refused(&told);
            all.push(told.body);
        }
        all.dedup();
        assert_eq!(all.len(), 1, "{method}: {all:?}");
        let told = send(&app.router, method.clone(), place(&shop), None, body).await;
        assert_eq!(told.status, StatusCode::UNAUTHORIZED);
        assert_eq!(told.header("www-authenticate"), "Bearer realm=\"sluis\"");
    }
    assert_eq!(manage(&app, Method::GET, &shop, None).await.ok(), shop);
}

async fn a_replacement_replaces_everything(app: TestApp) {
    let app = open(app).await;
    let before = with(&json!({"client_name": "Shop", "contacts": ["dev@shop.example"]}));
    let told = registered(&app, None, &before).await;
    let body = json!({
        "client_id": told["client_id"],
        "redirect_uris": ["https://shop.example/other?from=sluis"],
        "client_name": "Other",
        "contacts": null,
    });
    let changed = manage(&app, Method::PUT, &told, Some(&body)).await.ok();
    assert_eq!(changed["client_name"], "Other");
    assert!(changed.get("contacts").is_none());
    assert_eq!(changed["client_secret"], told["client_secret"]);
    assert_eq!(changed["client_id_issued_at"], told["client_id_issued_at"]);
    assert_eq!(
        manage(&app, Method::GET, &changed, None).await.ok(),
        changed
    );
    // From then on, for everybody.
    let mut ada = app.person("Ada", ADA).await;
    let shop = Business::registered(&app, &changed);
    let page = ada
        .visit(&shop.client.request(&[("scope", "openid")]))
        .await;
    page.says("Other");
    page.says_not("Shop");
    let old = Client {
        redirect_uri: told["redirect_uris"][0].as_str().expect("a URI").to_owned(),
        ..shop.client.clone()
    };
    let page = ada.visit(&old.request(&[])).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST, "{}", page.words());
}

async fn a_replacement_names_the_client_and_its_own_secret(app: TestApp) {
    let initial = initial_token(&app, 2).await;
    let told = registered(&app, Some(&initial), &least()).await;
    let other = registered(&app, Some(&initial), &least()).await;
    for more in [
        json!({"client_id": null}),
        json!({"client_id": "nobody"}),
        json!({"client_id": other["client_id"]}),
        json!({"client_secret": other["client_secret"]}),
        json!({"client_secret": "chosen"}),
        json!({"client_secret": 1}),
    ] {
        let body = again(&told, &more);
        let refused = manage(&app, Method::PUT, &told, Some(&body)).await;
        assert_eq!(refused.error(), "invalid_client_metadata", "{more}");
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(manage(&app, Method::GET, &told, None).await.ok(), told);
}

async fn a_replacement_that_cannot_be_registered_changes_nothing(app: TestApp) {
    let initial = initial_token(&app, 1).await;
    let told = registered(&app, Some(&initial), &least()).await;
    for (more, error) in [
        (
            json!({"redirect_uris": ["http://shop.example/"]}),
            "invalid_redirect_uri",
        ),
        (
            json!({"grant_types": ["implicit"]}),
            "invalid_client_metadata",
        ),
        (
            json!({"software_statement": "a.b.c"}),
            "unapproved_software_statement",
        ),
    ] {
        let body = again(&told, &more);
        let refused = manage(&app, Method::PUT, &told, Some(&body)).await;
        assert_eq!(refused.error(), error, "{more}");
    }
    assert_eq!(manage(&app, Method::GET, &told, None).await.ok(), told);
}

async fn from_a_replacement_on_another_token_manages_the_client(app: TestApp) {
    let initial = initial_token(&app, 1).await;
    let told = registered(&app, Some(&initial), &least()).await;
    let body = again(&told, &json!({"client_name": "Other"}));
    let changed = manage(&app, Method::PUT, &told, Some(&body)).await.ok();
    let (old, new) = (
        &told["registration_access_token"],
        &changed["registration_access_token"],
    );
    assert_ne!(old, new);
    // Soon after, the same replacement is answered as it was.
    app.wait(Duration::from_secs(121));
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let body = (method == Method::PUT).then_some(&body);
        is_refused(&manage(&app, method, &told, body).await);
    }
    assert_eq!(
        manage(&app, Method::GET, &changed, None).await.ok(),
        changed
    );
}

/// Who does not hear of the new token could not manage the client any more.
async fn an_answer_that_got_lost_is_given_again_for_a_while(app: TestApp) {
    let initial = initial_token(&app, 1).await;
    let told = registered(&app, Some(&initial), &least()).await;
    let body = again(&told, &json!({"client_name": "Other"}));
    let changed = manage(&app, Method::PUT, &told, Some(&body)).await.ok();
    app.wait(Duration::from_secs(120));
    let once_more = manage(&app, Method::PUT, &told, Some(&body)).await.ok();
    assert_eq!(once_more, changed);
    // The old token is good for nothing else.
    let other = again(&told, &json!({"client_name": "Another"}));
    is_refused(&manage(&app, Method::PUT, &told, Some(&other)).await);
    is_refused(&manage(&app, Method::GET, &told, None).await);
    is_refused(&manage(&app, Method::DELETE, &told, None).await);
    let kept = manage(&app, Method::GET, &changed, None).await.ok();
    assert_eq!(kept, changed);
    // Nor once the new one was used, or after a while.
    let next = again(&changed, &json!({"client_name": "Next"}));
    let next = manage(&app, Method::PUT, &changed, Some(&next)).await.ok();
    is_refused(&manage(&app, Method::PUT, &told, Some(&body)).await);
    app.wait(Duration::from_secs(121));
    let body = again(&changed, &json!({"client_name": "Next"}));
    is_refused(&manage(&app, Method::PUT, &changed, Some(&body)).await);
    manage(&app, Method::GET, &next, None).await.ok();
}

async fn of_two_replacements_at_once_one_is_kept(app: TestApp) {
    let initial = initial_token(&app, 1).await;
    let told = registered(&app, Some(&initial), &least()).await;
    let bodies: Vec<Value> = (0..6)
        .map(|number| again(&told, &json!({"client_name": format!("Shop {number}")})))
        .collect();
    let tries = bodies
        .iter()
        .map(|body| manage(&app, Method::PUT, &told, Some(body)));
    let answers = futures_util::future::join_all(tries).await;
    let (kept, lost): (Vec<Told>, Vec<Told>) = answers
        .into_iter()
        .partition(|told| told.status == StatusCode::OK);
    assert_eq!(kept.len(), 1);
    lost.iter().for_each(is_refused);
    let kept = &kept[0].json;
    assert_eq!(&manage(&app, Method::GET, kept, None).await.ok(), kept);
}

async fn a_client_changes_how_it_authenticates(app: TestApp) {
    let app = open(app).await;
    let mut ada = app.person("Ada", ADA).await;
    let mut told = registered(&app, None, &least()).await;
    let mut secrets = vec![told["client_secret"].clone()];
    for method in ["client_secret_post", "none", "client_secret_basic"] {
        let mut body = again(&told, &json!({"token_endpoint_auth_method": method}));
        if secrets.last() == Some(&Value::Null) {
            body.as_object_mut()
                .expect("members")
                .remove("client_secret");
        }
        told = manage(&app, Method::PUT, &told, Some(&body)).await.ok();
        let shop = Business::registered(&app, &told);
        let code = shop.code(&mut ada, "low", &[("scope", "openid")]).await;
        shop.redeem(&code).await.ok();
        secrets.push(told.get("client_secret").cloned().unwrap_or(Value::Null));
    }
    assert_eq!(secrets[0], secrets[1], "it is kept where it still does");
    assert_eq!(secrets[2], Value::Null);
    assert_ne!(secrets[3], secrets[0], "and made anew where there is none");
}

async fn ask_to_be_removed(app: &TestApp, told: &Value) {
    let gone = manage(app, Method::DELETE, told, None).await;
    assert_eq!(
        (gone.status, gone.body.as_str()),
        (StatusCode::NO_CONTENT, "")
    );
    assert_eq!(gone.header("cache-control"), "no-store");
}

/// Where a grant is in its life, as its owner reads it.
async fn state(actor: &mut Actor) -> String {
    let grant = actor.newest_grant().await;
    let page = actor.get(&grant).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.words());
    let of = |state: &GrantState| page.html.contains(&format!("state-{}", state.as_str()));
    let state = GrantState::ALL.into_iter().find(of).expect("a state");
    state.as_str().to_owned()
}

async fn a_client_that_is_removed_is_gone_with_all_it_holds(app: TestApp) {
    let app = open(app).await;
    let mut ada = app.person("Ada", ADA).await;
    let refreshing = json!({"grant_types": ["authorization_code", "refresh_token"]});
    let told = registered(&app, None, &with(&refreshing)).await;
    let shop = Business::registered(&app, &told);
    let elsewhere = shop.clone().at(app.second_node().await);
    let tokens = shop.log_in(&mut ada, "low").await;
    let code = shop.code(&mut ada, "low", &[("scope", "openid")]).await;
    let access = text(&tokens, "access_token");
    // Both nodes know the client well.
    shop.userinfo(access).await.ok();
    elsewhere.userinfo(access).await.ok();
    assert_eq!(state(&mut ada).await, "active");
    ask_to_be_removed(&app, &told).await;
    for node in [&shop, &elsewhere] {
        assert_eq!(node.userinfo(access).await.error(), "invalid_token");
    }
    let refreshed = shop.refresh(text(&tokens, "refresh_token")).await;
    assert_eq!(refreshed.error(), "invalid_client");
    assert_eq!(shop.redeem(&code).await.error(), "invalid_client");
    let refreshed = elsewhere.refresh(text(&tokens, "refresh_token")).await;
    assert!(["invalid_client", "invalid_grant"].contains(&refreshed.error()));
    let page = ada.visit(&shop.client.request(&[])).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    for method in [Method::GET, Method::DELETE] {
        is_refused(&manage(&app, method, &told, None).await);
    }
    // The consumer still sees what there was, and that the business ended it.
    assert_eq!(state(&mut ada).await, "ended");
    let history = ada.get("/account/history").await;
    assert_eq!(history.status, StatusCode::OK);
    history.says("shop.example");
}

async fn a_removal_ends_what_many_people_agreed_to(app: TestApp) {
    let app = open(app).await;
    let told = registered(&app, None, &least()).await;
    let other = registered(&app, None, &least()).await;
    let mut people = Vec::new();
    for number in 0..4 {
        let mut one = app
            .person("One", &format!("one-{number}@home.example"))
            .await;
        let shop = Business::registered(&app, &told);
        shop.code(&mut one, "low", &[("scope", "openid email")])
            .await;
        people.push(one);
    }
    let mut ada = app.person("Ada", ADA).await;
    let scope = [("scope", "openid email")];
    let kept = Business::registered(&app, &other);
    let code = kept.code(&mut ada, "low", &scope).await;
    ask_to_be_removed(&app, &told).await;
    for one in &mut people {
        assert_eq!(state(one).await, "ended");
    }
    assert_eq!(state(&mut ada).await, "active", "of another client");
    kept.redeem(&code).await.ok();
}

async fn a_client_that_the_operator_added_is_managed_by_the_operator(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let secret = shop.secret.as_deref().expect("a secret");
    for token in [secret, "slrg_x"] {
        let told = send(
            &app.router,
            Method::GET,
            "/register/shop",
            Some(token),
            None,
        )
        .await;
        is_refused(&told);
    }
    // And a token of nobody's makes no client.
    assert_eq!(
        register(&app, Some(secret), &least()).await.error(),
        "invalid_token"
    );
}
