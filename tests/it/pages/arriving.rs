//! An account comes from another provider, without a file: two providers in one
//! test, and what a false one gets.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use sluis::config::Registration;
use tokio::net::TcpListener;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::export::{customer, exported};
use super::import::{elsewhere, values};
use crate::harness::{Actor, PASSWORD, Page, SANNE, TestApp, on_both_databases};
use crate::vault::cells;

const TYPE: &str = "https://schemas.sluis.example/rar/account_transfer/v1";

on_both_databases! {
    everything_comes_along_without_a_file,
    a_provider_that_lets_nobody_register_says_so,
    an_answer_counts_once_for_whoever_began_in_the_browser_that_did,
    an_answer_of_another_provider_is_not_taken,
    a_no_there_is_said_here,
    what_went_wrong_there_is_not_called_a_no,
    a_provider_that_wants_a_nonce_in_the_proof_gets_it,
    what_is_no_provider_is_said_to_be_none,
    a_false_provider_leads_nowhere_else,
    a_false_provider_fills_no_memory,
}

/// The instance, on a port of its own, where it lets others register or not.
async fn serve(app: TestApp, registration: Registration) -> (TestApp, String) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let issuer = format!("http://{}", listener.local_addr().expect("an address"));
    let named = issuer.parse().expect("an issuer");
    let app = app
        .with(|config| {
            config.issuer = named;
            config.registration = registration;
        })
        .await;
    let service = app
        .router
        .clone()
        .into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    (app, issuer)
}

pub(crate) async fn start(there: &mut Actor, address: &str) -> Page {
    let form = there.get("/account/data/import").await.form("arrive");
    let form = form.with("provider", address).press("arrive-submit");
    there.submit(form).await
}

/// The path of a link to another server.
fn onward(page: &Page, issuer: &str) -> String {
    let links = page.links();
    let link = links.iter().find(|link| link.contains("/authorize?"));
    let link = link.unwrap_or_else(|| panic!("no link onward:\n{}", page.words()));
    link.strip_prefix(issuer).expect("its own page").to_owned()
}

/// The way back of somebody who says yes at the old provider.
async fn say_yes(here: &mut Actor, path: &str) -> String {
    let page = here.visit(path).await;
    page.says("Copy everything to localhost:8001?");
    let page = here.submit(page.form("transfer").press("allow")).await;
    let back = page.location().strip_prefix("http://localhost:8001");
    back.expect("the new provider").to_owned()
}

async fn everything_comes_along_without_a_file(app: TestApp) {
    // As it is without any setting.
    let (old, issuer) = serve(app, Registration::default()).await;
    let mut sanne = customer(&old).await;
    let new = elsewhere(&old).await;
    let mut there = new.person("Sanne de Vries", SANNE).await;
    let mut registered = Vec::new();
    for round in ["first", "second"] {
        // With whatever stands behind the address.
        let page = start(&mut there, &format!("{issuer}/account?x=y")).await;
        let back = say_yes(&mut sanne, &onward(&page, &issuer)).await;
        let preview = there.visit(&back).await;
        preview.says("This would come along");
        preview.says("checked with the keys that");
        if round == "first" {
            let form = preview.form("take").press("take-over");
            let page = there.submit(form).await;
            assert_eq!(page.location(), "/account/data?done=saved");
        }
        let clients = cells(&old, old.engine()).await.into_iter();
        registered.push(clients.filter(|cell| cell.place == "clients.id").count());
    }
    // It registered itself once: the shop, the paper, and the new provider.
    assert_eq!(registered, [3, 3]);
    let (before, after) = (exported(&mut sanne).await, exported(&mut there).await);
    let archive = &after["archives"][0];
    for same in [
        "provider",
        "grants",
        "reads",
        "reads_complete",
        "duties",
        "requests",
        "jwks",
        "account",
    ] {
        assert_eq!(archive[same], before[same], "{same}");
    }
    for same in ["profiles", "rules"] {
        assert_eq!(after[same], before[same], "{same}");
    }
    assert_eq!(values(&after), values(&before));
    sanne
        .get("/account/data")
        .await
        .says("To localhost:8001, on");
    let went = exported(&mut sanne).await["departures"].clone();
    let back = "http://localhost:8001/account/data/transfer/back";
    assert_eq!(went[0]["redirect_uri"], back);
    assert_eq!(went.as_array().map(Vec::len), Some(2));
    let mut connection = new.app.store().read().await.expect("a database");
    let own = sluis::store::arrivals::own_client(&mut connection, &issuer).await;
    assert!(own.expect("a database").is_some());
}

async fn a_provider_that_lets_nobody_register_says_so(app: TestApp) {
    let (old, issuer) = serve(app, Registration::Off).await;
    let new = elsewhere(&old).await;
    let mut there = new.person("Sanne", SANNE).await;
    let page = start(&mut there, &issuer).await;
    assert_eq!(page.status, 422);
    page.says("does not let other providers ask");
    page.says("You can always take the file");
}

async fn an_answer_counts_once_for_whoever_began_in_the_browser_that_did(app: TestApp) {
    let (old, issuer) = serve(app, Registration::Open).await;
    let mut sanne = customer(&old).await;
    let new = elsewhere(&old).await;
    let mut there = new.person("Sanne", SANNE).await;
    let page = start(&mut there, &issuer).await;
    let back = say_yes(&mut sanne, &onward(&page, &issuer)).await;
    // Somebody else is made to bring it back: their account takes nothing in.
    let mut bram = new.person("Bram", "bram@example.com").await;
    let page = bram.get(&back).await;
    page.says("does not belong to anything that you began here");
    assert_eq!(exported(&mut bram).await["archives"], json!([]));
    // Nor in another browser of the same person.
    let mut other = new.browser();
    other.sign_in("/sign-in", SANNE, PASSWORD).await;
    other.get(&back).await.says("does not belong");
    let preview = there.visit(&back).await;
    preview.says("This would come along");
    there.get(&back).await.says("does not belong");
    // A form that did not come from the page begins nothing.
    let form = there.get("/account/data/import").await.form("arrive");
    let forged = form.with("provider", &issuer).forged("csrf", "made up");
    let page = there.submit(forged.press("arrive-submit")).await;
    assert_eq!(page.error().as_deref(), Some("forged"));
    // And what began long ago is over.
    let page = start(&mut there, &issuer).await;
    let back = say_yes(&mut sanne, &onward(&page, &issuer)).await;
    new.wait(Duration::from_mins(31));
    there.get(&back).await.says("it took too long");
}

/// RFC 9207: mix-up.
async fn an_answer_of_another_provider_is_not_taken(app: TestApp) {
    let (old, issuer) = serve(app, Registration::Open).await;
    let mut sanne = customer(&old).await;
    let new = elsewhere(&old).await;
    let mut there = new.person("Sanne", SANNE).await;
    for iss in ["iss=https%3A%2F%2Fevil.example", "x=y"] {
        let page = start(&mut there, &issuer).await;
        let back = say_yes(&mut sanne, &onward(&page, &issuer)).await;
        let kept: Vec<&str> = back
            .split('&')
            .map(|part| if part.starts_with("iss=") { iss } else { part })
            .collect();
        there.get(&kept.join("&")).await.says("does not belong");
        assert_eq!(exported(&mut there).await["archives"], json!([]));
    }
}

async fn a_no_there_is_said_here(app: TestApp) {
    let (old, issuer) = serve(app, Registration::Open).await;
    let mut sanne = customer(&old).await;
    let new = elsewhere(&old).await;
    let mut there = new.person("Sanne", SANNE).await;
    let page = start(&mut there, &issuer).await;
    let page = sanne.visit(&onward(&page, &issuer)).await;
    let page = sanne.submit(page.form("transfer").press("deny")).await;
    let back = page.location().strip_prefix("http://localhost:8001");
    let page = there.get(back.expect("the new provider")).await;
    page.says("You said no at your old provider");
}

/// Brings back an answer of a false provider.
pub(super) async fn bring_back(
    actor: &mut Actor,
    (server, issuer): (&MockServer, &str),
    more: &str,
) -> Page {
    let page = start(actor, issuer).await;
    onward(&page, issuer);
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("state", &pushed_state(server).await)
        .append_pair("iss", issuer)
        .finish();
    let back = format!("/account/data/transfer/back?{query}&{more}");
    actor.visit(&back).await
}

async fn what_went_wrong_there_is_not_called_a_no(app: TestApp) {
    let mut sanne = app.person("Sanne", SANNE).await;
    let (server, issuer) = false_provider(|_, _| ()).await;
    for (answer, says) in [
        ("error=access_denied", "You said no at your old provider"),
        ("error=server_error", "did not hand anything over"),
        ("error=invalid_request", "did not hand anything over"),
        ("x=y", "did not hand anything over"),
    ] {
        let page = bring_back(&mut sanne, (&server, &issuer), answer).await;
        assert!(page.words().contains(says), "{answer}: {}", page.words());
    }
}

/// Answers whoever has this in their proof, and asks others for it.
fn with_nonce(nonce: &'static str, status: u16, body: Value) -> impl wiremock::Respond {
    move |request: &wiremock::Request| {
        let proof = request.headers["dpop"].to_str().expect("text");
        if crate::protocol::claims_of(proof)["nonce"] == nonce {
            return ResponseTemplate::new(200).set_body_json(&body);
        }
        ResponseTemplate::new(status)
            .insert_header("dpop-nonce", nonce)
            .set_body_json(json!({"error": "use_dpop_nonce"}))
    }
}

/// RFC 9449 §8 and §9.
async fn a_provider_that_wants_a_nonce_in_the_proof_gets_it(app: TestApp) {
    let mut sanne = app.person("Sanne", SANNE).await;
    let mut document = exported(&mut sanne).await;
    let (server, issuer) = false_provider(|_, _| ()).await;
    document["provider"] = json!(issuer);
    let ticket = json!({"access_token": "t", "token_type": "DPoP", "expires_in": 60});
    for (verb, at, answer) in [
        ("POST", "/token", with_nonce("one", 400, ticket)),
        ("GET", "/account-transfer", with_nonce("two", 401, document)),
    ] {
        let mock = Mock::given(method(verb)).and(path(at)).respond_with(answer);
        mock.with_priority(1).mount(&server).await;
    }
    let preview = bring_back(&mut sanne, (&server, &issuer), "code=c").await;
    preview.says("This would come along");
}

async fn what_is_no_provider_is_said_to_be_none(app: TestApp) {
    let mut sanne = app.person("Sanne", SANNE).await;
    for (address, says) in [
        ("", "do not know this as the address"),
        ("not an address", "do not know this as the address"),
        ("javascript:alert(1)", "do not know this as the address"),
        (
            "http://localhost:8000/account",
            "do not know this as the address",
        ),
        // Neither without TLS, nor inside the network.
        ("http://sluis.example", "do not know this as the address"),
        ("https://10.0.0.1", "no Sluis at that address"),
        ("https://169.254.169.254", "no Sluis at that address"),
        ("http://127.0.0.1:9", "no Sluis at that address"),
    ] {
        let page = start(&mut sanne, address).await;
        assert_eq!(page.status, 422, "{address}");
        assert!(page.words().contains(says), "{address}: {}", page.words());
    }
}

/// What says that it is a provider.
pub(crate) async fn false_provider(change: impl FnOnce(&str, &mut Value)) -> (MockServer, String) {
    let server = MockServer::start().await;
    let issuer = format!("http://{}", server.address());
    let mut metadata = json!({
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/jwks"),
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "pushed_authorization_request_endpoint": format!("{issuer}/par"),
        "registration_endpoint": format!("{issuer}/register"),
        "account_transfer_endpoint": format!("{issuer}/account-transfer"),
        "authorization_details_types_supported": [TYPE],
        "authorization_response_iss_parameter_supported": true,
    });
    change(&issuer, &mut metadata);
    let answers = [
        ("GET", "/.well-known/openid-configuration", 200, metadata),
        ("POST", "/register", 201, json!({"client_id": "new"})),
        ("POST", "/par", 201, json!({"request_uri": "urn:x"})),
        (
            "POST",
            "/token",
            200,
            json!({"access_token": "t", "token_type": "DPoP", "expires_in": 60}),
        ),
    ];
    for (verb, at, status, body) in answers {
        Mock::given(method(verb))
            .and(path(at))
            .respond_with(ResponseTemplate::new(status).set_body_json(body))
            .mount(&server)
            .await;
    }
    (server, issuer)
}

async fn a_false_provider_leads_nowhere_else(app: TestApp) {
    let mut sanne = app.person("Sanne", SANNE).await;
    for member in [
        "token_endpoint",
        "account_transfer_endpoint",
        "pushed_authorization_request_endpoint",
        "authorization_endpoint",
        "registration_endpoint",
    ] {
        let (_server, issuer) = false_provider(|_, metadata| {
            metadata[member] = json!("http://127.0.0.1:9/elsewhere");
        })
        .await;
        let page = start(&mut sanne, &issuer).await;
        page.says("no Sluis at that address");
    }
    let (_server, issuer) = false_provider(|_, metadata| {
        metadata["issuer"] = json!("https://somebody.example");
    })
    .await;
    start(&mut sanne, &issuer)
        .await
        .says("no Sluis at that address");
}

/// The state of the request that was pushed last.
async fn pushed_state(server: &MockServer) -> String {
    let requests = server.received_requests().await.expect("requests");
    let pushed = requests.iter().rfind(|one| one.url.path() == "/par");
    let body = String::from_utf8(pushed.expect("a push").body.clone()).expect("text");
    let mut pairs = url::form_urlencoded::parse(body.as_bytes());
    let state = pairs.find(|(name, _)| name == "state");
    state.expect("a state").1.into_owned()
}

async fn a_false_provider_fills_no_memory(app: TestApp) {
    let mut sanne = app.person("Sanne", SANNE).await;
    let other = json!({"format": "https://schemas.sluis.example/export/v1"}).to_string();
    let answers = [
        ResponseTemplate::new(302).insert_header("location", "http://127.0.0.1:9/"),
        ResponseTemplate::new(200).set_body_bytes(vec![b' '; 33 * 1024 * 1024]),
        ResponseTemplate::new(200).set_body_string(other),
        ResponseTemplate::new(500),
    ];
    for answer in answers {
        let (server, issuer) = false_provider(|_, _| ()).await;
        Mock::given(method("GET"))
            .and(path("/account-transfer"))
            .respond_with(answer)
            .mount(&server)
            .await;
        let page = bring_back(&mut sanne, (&server, &issuer), "code=c").await;
        assert_eq!(page.status, 422, "{}", page.words());
        assert!(page.has_form("import"), "there is the file");
    }
    assert_eq!(exported(&mut sanne).await["archives"], json!([]));
}
