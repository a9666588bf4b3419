//! The same thing at the same time: two tabs, two nodes, a client that retries
//! too soon.

use std::collections::BTreeSet;

use serde_json::Value;
use tokio::task::JoinSet;

use super::business::{SCOPES, press, text};
use super::{Business, Told};
use crate::harness::{ADA, TestApp, on_both_databases};

const CALLERS: usize = 12;

/// Asks the same several times at once.
async fn at_once<F>(business: &Business, ask: impl Fn(Business) -> F) -> Vec<Told>
where
    F: Future<Output = Told> + Send + 'static,
{
    let mut asking = JoinSet::new();
    for _ in 0..CALLERS {
        asking.spawn(ask(business.clone()));
    }
    asking.join_all().await
}

fn served(answers: &[Told]) -> Vec<Value> {
    let served = answers.iter().filter(|told| told.status == 200);
    served.map(|told| told.json.clone()).collect()
}

on_both_databases!(
    of_many_redemptions_one_succeeds_and_its_tokens_die,
    many_refreshes_get_one_successor,
    a_family_that_ends_while_it_rotates_ends_whole,
    a_withdrawal_amid_reads_ends_them,
    one_question_answered_in_two_tabs_makes_one_agreement,
    two_questions_answered_at_once_make_one_agreement,
);

async fn of_many_redemptions_one_succeeds_and_its_tokens_die(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let code = shop.code(&mut ada, "medium", &[("scope", SCOPES)]).await;
    let answers = at_once(&shop, |shop| {
        let code = code.clone();
        async move { shop.redeem(&code).await }
    })
    .await;
    let served = served(&answers);
    assert_eq!(served.len(), 1);
    for told in answers.iter().filter(|told| told.status != 200) {
        assert_eq!(told.error(), "invalid_grant");
    }
    assert_eq!(
        shop.userinfo(text(&served[0], "access_token"))
            .await
            .error(),
        "invalid_token"
    );
    assert_eq!(
        shop.refresh(text(&served[0], "refresh_token"))
            .await
            .error(),
        "invalid_grant"
    );
}

async fn many_refreshes_get_one_successor(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let mut token = text(&shop.log_in(&mut ada, "medium").await, "refresh_token").to_owned();
    for _ in 0..3 {
        let answers = at_once(&shop, |shop| {
            let token = token.clone();
            async move { shop.refresh(&token).await }
        })
        .await;
        let served = served(&answers);
        assert_eq!(served.len(), CALLERS, "{answers:?}");
        let successors: BTreeSet<&str> = served
            .iter()
            .map(|tokens| text(tokens, "refresh_token"))
            .collect();
        assert_eq!(successors.len(), 1);
        for tokens in &served {
            shop.userinfo(text(tokens, "access_token")).await.ok();
        }
        token = text(&served[0], "refresh_token").to_owned();
    }
}

// A code that is replayed while its refresh token rotates: whatever comes
// first, nothing of the family is left.
async fn a_family_that_ends_while_it_rotates_ends_whole(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    for _ in 0..6 {
        let code = shop.code(&mut ada, "medium", &[("scope", SCOPES)]).await;
        let first = shop.redeem(&code).await.ok();
        let refreshing = {
            let (shop, mut token) = (shop.clone(), text(&first, "refresh_token").to_owned());
            tokio::spawn(async move {
                let mut got = Vec::new();
                for _ in 0..20 {
                    let told = shop.refresh(&token).await;
                    if told.status != 200 {
                        break;
                    }
                    text(&told.json, "refresh_token").clone_into(&mut token);
                    got.push(told.json);
                }
                got
            })
        };
        let replaying = {
            let (shop, code) = (shop.clone(), code.clone());
            tokio::spawn(async move {
                for _ in 0..5 {
                    tokio::task::yield_now().await;
                }
                shop.redeem(&code).await
            })
        };
        let (got, replayed) = (
            refreshing.await.expect("done"),
            replaying.await.expect("done"),
        );
        assert_eq!(replayed.error(), "invalid_grant");
        for tokens in got.iter().chain([&first]) {
            assert_eq!(
                shop.userinfo(text(tokens, "access_token")).await.error(),
                "invalid_token"
            );
            assert_eq!(
                shop.refresh(text(tokens, "refresh_token")).await.error(),
                "invalid_grant"
            );
        }
    }
}

async fn a_withdrawal_amid_reads_ends_them(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "medium").await;
    let token = text(&tokens, "access_token").to_owned();
    let grant = ada.newest_grant().await;
    let mut reading = JoinSet::new();
    for _ in 0..4 {
        let (shop, token) = (shop.clone(), token.clone());
        reading.spawn(async move {
            for _ in 0..200 {
                let told = shop.userinfo(&token).await;
                if told.status != 200 {
                    return told;
                }
            }
            panic!("nobody withdrew");
        });
    }
    press(&mut ada, &grant, "withdraw").await;
    assert_eq!(shop.userinfo(&token).await.error(), "invalid_token");
    for told in reading.join_all().await {
        assert_eq!(told.error(), "invalid_token", "{told:?}");
    }
}

async fn one_question_answered_in_two_tabs_makes_one_agreement(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let request = shop.client.request(&[("scope", SCOPES)]);
    let page = ada.visit(&request).await;
    let form = page.allowing("low");
    let mut sending = JoinSet::new();
    for _ in 0..4 {
        let (mut ada, form) = (ada.clone(), form.clone());
        sending.spawn(async move { ada.submit(form).await });
    }
    for page in sending.join_all().await {
        let code = shop.client.answer(&page)["code"].clone();
        shop.redeem(&code).await.ok();
    }
    let page = ada.get("/account/businesses").await;
    let grants: BTreeSet<String> = page.grants().into_iter().collect();
    assert_eq!(grants.len(), 1, "{grants:?}");
}

async fn two_questions_answered_at_once_make_one_agreement(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let request = shop.client.request(&[("scope", SCOPES)]);
    let mut forms = Vec::new();
    for tier in ["low", "medium"] {
        let page = ada.visit(&request).await;
        forms.push(page.allowing(tier));
    }
    let mut sending = JoinSet::new();
    for form in forms {
        let mut ada = ada.clone();
        sending.spawn(async move { ada.submit(form).await });
    }
    let pages = sending.join_all().await;
    let answered = pages
        .iter()
        .filter(|page| page.redirect().is_some())
        .count();
    assert!(answered >= 1);
    // Who was too late is shown the page again, as it is now.
    for page in pages.iter().filter(|page| page.redirect().is_none()) {
        assert_eq!(page.status, 409, "{}", page.words());
        assert!(page.has_form("consent"), "{}", page.words());
    }
    let page = ada.get("/account/businesses").await;
    let grants: BTreeSet<String> = page.grants().into_iter().collect();
    assert_eq!(grants.len(), 1, "{grants:?}");
}
