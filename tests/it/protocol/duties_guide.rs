//! `docs/deletion-duties.md` shows what is true: each of its examples is sent
//! here, or is what is answered.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sluis::domain::duty::{MAX_KEPT, MAX_LAW};
use wiremock::ResponseTemplate;

use super::business::{press, text};
use super::client_credentials::open_with;
use super::subscriber::Letterbox;
use crate::guides::examples;
use crate::harness::{ADA, Engine, TestApp};

const GUIDE: &str = include_str!("../../../docs/deletion-duties.md");

fn names(value: &Value) -> BTreeSet<String> {
    let members = value.as_object().expect("members");
    members.keys().cloned().collect()
}

#[tokio::test]
async fn every_example_of_the_guide_is_true() {
    let app = TestApp::start(Engine::Sqlite).await;
    let mut examples = examples(GUIDE);
    let mut example = |name: &str| examples.remove(name).expect("an example");
    let letterbox = Letterbox::open().await;
    letterbox.answer(ResponseTemplate::new(204)).await;
    let more = json!({"command_endpoint": letterbox.uri()});
    let shop = open_with(&app, "shop", more, None).await;
    let mut ada = app.person("Ada", ADA).await;
    let shown = example("duties")["duties"][0].take();
    let days = |duty: &Value| {
        let moments = [&duty["delete_by"], &duty["opened_at"]].map(Value::as_i64);
        let ends = moments[0].is_some_and(|by| by == super::duties::end_of_day(by));
        let days = moments.map(|moment| moment.map(|moment| moment / 86_400));
        days[0].zip(days[1]).map(|(by, since)| (ends, by - since))
    };
    for answer in ["all", "kept", "deleted"] {
        shop.log_in(&mut ada, "low").await;
        let grant = ada.newest_grant().await;
        press(&mut ada, &grant, "withdraw").await;
        let duty = shop.duties("?state=open").await.remove(0);
        let id = text(&duty, "duty_id").to_owned();
        assert_eq!(names(&duty), names(&shown));
        assert_eq!(duty["claims"], shown["claims"]);
        assert_eq!(days(&duty), days(&shown));
        match answer {
            "deleted" => {
                let mut answered = example("deleted");
                answered["sub"] = duty["sub"].clone();
                let template = ResponseTemplate::new(200).set_body_json(answered);
                letterbox.answer(template).await;
                sluis::jobs::outbox::run_once(&app.app)
                    .await
                    .expect("a database");
                let posted = letterbox.requests().await.remove(0);
                let form: BTreeMap<String, String> = url::form_urlencoded::parse(&posted.body)
                    .into_owned()
                    .collect();
                let claims = super::business::claims_of(&form["command_token"]);
                assert_eq!(names(&claims), names(&example("command")));
            }
            body => {
                let body = example(body);
                let told = shop.confirm(&id, &body).await.ok();
                assert_eq!(told["answer"]["kept"], body["kept"]);
            }
        }
        app.wait(std::time::Duration::from_secs(1));
    }
    assert!(shop.duties("?state=open").await.is_empty());
    let shown = example("requests")["requests"][0].take();
    let grant = ada.newest_grant().await;
    for answer in ["extended", "done"] {
        if answer == "extended" {
            super::rights::ask(&mut ada, &grant, "access", &["email"]).await;
        }
        let request = shop.requests("").await.remove(0);
        assert_eq!(names(&request), names(&shown));
        assert_eq!(request["claims"], shown["claims"]);
        let id = text(&request, "request_id").to_owned();
        shop.answer(&id, &example(answer)).await.ok();
    }
    assert!(examples.is_empty(), "{examples:?} is not tried");
}

/// What the guide says in words that the code says in numbers.
#[test]
fn the_guide_says_how_long_and_how_many() {
    let parts = format!("at most {MAX_KEPT} such parts");
    let law = format!("1 to {MAX_LAW} characters");
    for said in [
        "at most 2,000 characters",
        "30 days",
        "at most 100",
        "five seconds",
        "seven days",
        &parts,
        &law,
    ] {
        assert!(GUIDE.contains(said), "{said}");
    }
}
