//! Adding accounts, businesses and clients; checking plans.

use serde_json::{Value, json};
use sluis::crypto::password::Password;
use sluis::crypto::secret::Opaque;
use sluis::domain::attribute::{Email, Source};
use sluis::domain::browser::Seen;
use sluis::domain::claim::Claim;
use sluis::service::second_step::Entered;
use sluis::service::{browsers, sessions, sign_in};

use super::{Place, business, client, plan};

const PASSWORD: &str = "een lang geheim";
const ADD: [&str; 5] = [
    "account",
    "add",
    "--email",
    "Anna@Example.org",
    "--password-stdin",
];

fn add_with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    ADD.iter().copied().chain(more.iter().copied()).collect()
}

#[tokio::test]
async fn an_account_that_was_added_can_sign_in_and_holds_what_the_file_had() {
    let place = Place::new();
    place.write_json(
        "anna.json",
        &json!({ "name": "Anna de Boer", "phone_number": "06 12345678", "phone_number_verified": true }),
    );
    let added = place
        .run_with_input(
            &add_with(&["--attributes", "anna.json"]),
            format!("{PASSWORD}\nand a line that nobody reads\n"),
        )
        .json();
    assert!(added["account_id"].is_string() && added["escrow"] == true);

    let app = place.open().await;
    let email = Email::parse("anna@example.org").expect("an address");
    let password = Password::parse(PASSWORD.to_owned()).expect("long enough");
    let at = browsers::Place {
        browser: Opaque::generate_unowned(app.random()),
        known: Opaque::generate_unowned(app.random()),
        seen: Seen::from_user_agent("", None),
        session: None,
    };
    let entered = sign_in::sign_in(&app, &at, &email, password)
        .await
        .expect("signed in");
    let Entered::Session(cookie) = entered else {
        panic!("there is no second factor");
    };
    let signed_in = sessions::resume(&app, &cookie.reveal())
        .await
        .expect("no fault")
        .expect("a session");
    let held = sessions::open_vault(&app, &signed_in)
        .await
        .expect("a vault")
        .contents
        .attributes;
    for (claim, verified) in [
        (Claim::Email, true),
        (Claim::PhoneNumber, true),
        (Claim::Name, false),
    ] {
        let attribute = held.get(claim).expect("it is held");
        assert_eq!(attribute.source, Source::Operator, "{claim}");
        assert_eq!(attribute.verified_at.is_some(), verified, "{claim}");
    }
    app.close().await;
}

#[test]
fn nobody_gets_a_second_account_and_no_secret_is_printed() {
    let place = Place::new();
    let input = format!("{PASSWORD}\r\n");
    let first = place
        .run_with_input(&add_with(&["--no-escrow"]), &input)
        .succeeds();
    assert!(first.out.contains("\"escrow\": false"));
    let second = place
        .run_with_input(&ADD, &input)
        .is_refused(&["has an account already"]);
    for said in [first.out, first.err, second.out, second.err] {
        assert!(!said.contains(PASSWORD), "{said}");
    }
}

#[test]
fn a_password_that_will_not_do_adds_nothing() {
    let place = Place::new();
    place
        .run_with_input(&ADD, "short\n")
        .is_refused(&["at least 8"]);
    place.run_with_input(&ADD, "").is_refused(&["at least 8"]);
    place
        .run_with_input(&ADD, "x".repeat(3_000))
        .is_refused(&["at most 1024"]);
    place
        .run_with_input(&ADD, b"\xff\xfe and so on\n")
        .is_refused(&["UTF-8"]);
    // On the way to a refusal, nothing was made.
    assert!(!place.path("sluis.db").exists() && !place.path("keys").exists());
}

#[test]
fn attributes_that_fail_their_checks_are_all_named_and_not_repeated() {
    let place = Place::new();
    place.write_json(
        "anna.json",
        &json!({ "birthdate": "the thirtieth", "payment_account": { "iban": "NL00 BANK 0000", "holder": "A" }, "shoe_size": "39" }),
    );
    let refused = place
        .run_with_input(&add_with(&["--attributes", "anna.json"]), PASSWORD)
        .is_refused(&["anna.json", "birthdate", "payment_account", "shoe_size"]);
    assert!(!refused.err.contains("thirtieth") && !refused.err.contains("BANK"));
    place.write_json("anna.json", &json!({ "email": "bea@example.org" }));
    place
        .run_with_input(&add_with(&["--attributes", "anna.json"]), PASSWORD)
        .is_refused(&["another `email`"]);
    place.write("anna.json", "{");
    place
        .run_with_input(&add_with(&["--attributes", "anna.json"]), PASSWORD)
        .is_refused(&["anna.json is not JSON"]);
    place
        .run_with_input(&add_with(&["--attributes", "nowhere.json"]), PASSWORD)
        .is_refused(&["nowhere.json cannot be read", "what to do"]);
    place
        .run_with_input(
            &["account", "add", "--email", "anna", "--password-stdin"],
            PASSWORD,
        )
        .is_refused(&["not an e-mail address"]);
}

#[test]
fn a_business_is_printed_with_its_id() {
    let place = Place::new();
    place.write_json("business.json", &business());
    let added = place.run(&["business", "add", "business.json"]).json();
    assert_eq!(added["name"], "Boekhandel De Kade B.V.");
    assert_eq!(added["id"].as_str().map(str::len), Some(36));
}

#[test]
fn a_business_with_a_mistake_is_refused() {
    let place = Place::new();
    for (member, value, words) in [
        ("country", json!("Nederland"), "`country` must be"),
        ("name", json!(" "), "`name` must be"),
        ("colour", json!("blue"), "colour"),
    ] {
        let mut document = business();
        document[member] = value;
        place.write_json("business.json", &document);
        place
            .run(&["business", "add", "business.json"])
            .is_refused(&["business.json", words]);
    }
    assert!(!place.path("sluis.db").exists());
}

#[test]
fn a_client_gets_the_registration_response_of_rfc_7591() {
    let place = Place::new();
    let business = place.add_business();
    place.write_json("client.json", &client(&business));
    place.write_json("plan.json", &plan());
    let response = place
        .run(&["client", "add", "client.json", "--plan", "plan.json"])
        .json();
    let secret = response["client_secret"].as_str().expect("a secret");
    assert!(secret.starts_with("slcs_"));
    assert_eq!(response["client_secret_expires_at"], 0);
    assert!(response["client_id_issued_at"].as_i64() > Some(1_700_000_000));
    assert_eq!(
        response["redirect_uris"][0],
        "https://dekade.example/callback"
    );
    assert_eq!(
        response["token_endpoint_auth_method"],
        "client_secret_basic"
    );
    assert_eq!(response["security_profile"], "standard");
    assert_eq!(response["business"], business);
    assert_eq!(response["plan_version"], 1);

    let mut public = client(&business);
    public["token_endpoint_auth_method"] = json!("none");
    public["client_id"] = json!("kade-app");
    place.write_json("client.json", &public);
    let response = place.run(&["client", "add", "client.json"]).json();
    assert_eq!(response["client_id"], "kade-app");
    assert_eq!(response["plan_version"], 0);
    assert!(response.get("client_secret").is_none());
    assert!(response.get("client_secret_expires_at").is_none());
    place.run(&["client", "add", "client.json"]).is_refused(&[
        "client_id",
        "already",
        "what to do",
    ]);
}

/// OpenID Connect Registration 1.0 §2: what a library expects that is told
/// nothing of algorithms.
#[test]
fn id_tokens_are_signed_with_rs256_unless_a_client_registers_otherwise() {
    let place = Place::new();
    let business = place.add_business();
    let algorithm = |change: &dyn Fn(&mut Value)| {
        let mut document = client(&business);
        change(&mut document);
        place.write_json("client.json", &document);
        let response = place.run(&["client", "add", "client.json"]).json();
        response["id_token_signed_response_alg"].clone()
    };
    assert_eq!(algorithm(&|_| {}), "RS256");
    let asks = |document: &mut Value| document["id_token_signed_response_alg"] = json!("EdDSA");
    assert_eq!(algorithm(&asks), "EdDSA");
    let bank = |document: &mut Value| {
        document["security_profile"] = json!("fapi2");
        document["token_endpoint_auth_method"] = json!("private_key_jwt");
        document["jwks_uri"] = json!("https://dekade.example/jwks");
    };
    assert_eq!(algorithm(&bank), "ES256");
}

#[test]
fn client_metadata_with_mistakes_are_refused_with_all_of_them() {
    let place = Place::new();
    let business = place.add_business();
    let refused = |members: &[(&str, Value)], words: &[&str]| {
        let mut document = client(&business);
        for (name, value) in members {
            document[*name] = value.clone();
        }
        place.write_json("client.json", &document);
        place
            .run(&["client", "add", "client.json"])
            .is_refused(words);
    };
    refused(
        &[
            ("redirect_uris", json!("https://dekade.example/")),
            ("client_name", json!(7)),
            ("security_profile", json!("fapi9")),
        ],
        &["redirect_uris:", "client_name:", "security_profile:"],
    );
    refused(
        &[("redirect_uris", json!(["http://dekade.example/callback"]))],
        &["must use https"],
    );
    refused(
        &[("business", json!("01920000-0000-7000-8000-000000000000"))],
        &["there is no business"],
    );
    refused(&[("business", Value::Null)], &["business:"]);
    place.write("client.json", "[]");
    place
        .run(&["client", "add", "client.json"])
        .is_refused(&["JSON object"]);
}

#[test]
fn the_claims_of_a_plan_must_be_within_the_scopes_of_its_client() {
    let place = Place::new();
    let business = place.add_business();
    let mut narrow = client(&business);
    narrow["scope"] = json!("openid email");
    place.write_json("client.json", &narrow);
    place.write_json("plan.json", &plan());
    place
        .run(&["client", "add", "client.json", "--plan", "plan.json"])
        .is_refused(&["$.purposes[0].claims: name", "`profile`"]);
}

#[test]
fn a_plan_with_mistakes_is_refused_with_the_place_of_each() {
    let place = Place::new();
    let mut broken = plan();
    broken["purposes"][0]["title"] = json!({ "nl": "Bezorgen" });
    broken["purposes"][0]["claims"] = json!(["name", "shoe_size"]);
    broken["colour"] = json!("blue");
    place.write_json("plan.json", &broken);
    let places = ["$.purposes[0].title.en", "$.purposes[0].claims", "$.colour"];
    let refused = place
        .run(&["plan", "check", "plan.json"])
        .is_refused(&places);
    let told: Value = serde_json::from_str(&refused.out).expect("JSON");
    assert_eq!(told["valid"], false);
    assert_eq!(told["problems"].as_array().map(Vec::len), Some(3));

    let business = place.add_business();
    place.write_json("client.json", &client(&business));
    place
        .run(&["client", "add", "client.json", "--plan", "plan.json"])
        .is_refused(&places);
}

#[test]
fn a_plan_is_summed_up_and_advice_is_no_refusal() {
    let place = Place::new();
    let mut unwise = plan();
    unwise["purposes"][0]["basis"] = json!("consent");
    place.write_json("plan.json", &unwise);
    // Even where the settings cannot be used: it needs none.
    place.write("sluis.toml", "nonsense = 1");
    let checked = place.run(&["plan", "check", "plan.json"]).succeeds();
    assert!(checked.err.contains("advice: order:"), "{checked:?}");
    let summary: Value = serde_json::from_str(&checked.out).expect("JSON");
    assert_eq!(summary["valid"], true);
    assert_eq!(summary["login_from"], "low");
    assert_eq!(summary["purposes"][0]["id"], "order");
    assert_eq!(summary["claims"], json!(["name", "email"]));
}

#[test]
fn wrong_usage_is_told_apart_from_failure() {
    let place = Place::new();
    for line in [
        "",
        "dance",
        "serve --now",
        "account add --email a@example.org",
        "account add --email a@example.org --password geheim",
        "account add --password-stdin",
        "client add",
        "receipt verify",
        "seed",
        "seed --accounts many",
        "keys",
    ] {
        let arguments: Vec<&str> = line.split_whitespace().collect();
        place.run(&arguments).is_wrong_usage();
    }
    assert!(
        place
            .run(&["--version"])
            .succeeds()
            .out
            .starts_with("sluis ")
    );
}

#[test]
fn another_edition_of_a_plan_is_published_by_the_operator() {
    let place = Place::new();
    let business = place.add_business();
    place.write_json("client.json", &client(&business));
    place.write_json("plan.json", &plan());
    let added = place
        .run(&["client", "add", "client.json", "--plan", "plan.json"])
        .json();
    let id = added["client_id"].as_str().expect("an id");
    let publish = ["client", "plan", id, "plan.json"];
    let same = place.run(&publish).json();
    assert_eq!(
        same,
        json!({"client_id": id, "version": 1, "narrower": false, "wider": false})
    );
    let mut longer = plan();
    longer["purposes"][0]["retention"] = json!("P9Y");
    place.write_json("plan.json", &longer);
    let told = place.run(&publish).json();
    assert_eq!(
        (&told["version"], &told["wider"]),
        (&json!(2), &json!(true))
    );
    longer["purposes"][0]["at_least"] = json!({"retention": "P10Y"});
    place.write_json("plan.json", &longer);
    place
        .run(&publish)
        .is_refused(&["plan.json", "$.purposes[0].at_least"]);
    place.write_json("plan.json", &plan());
    place
        .run(&["client", "plan", "nobody", "plan.json"])
        .is_refused(&["there is no such client"]);
}
