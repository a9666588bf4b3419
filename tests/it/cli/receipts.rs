//! `sluis receipt verify`: what holds is accepted, and nothing else is.

use serde_json::Value;
use sluis::app::App;
use sluis::crypto::jwt::PublicKeys;
use sluis::domain::id::GrantId;
use sluis::service::grants::{self, Request};
use sluis::service::receipts::{chain_file, check_file};
use sluis::service::sessions;

use super::{Place, free_port, get};

/// An instance, the chain of an agreement that was given, paused, resumed and
/// withdrawn, and the published keys.
async fn withdrawn() -> (Place, String) {
    let place = Place::new();
    place
        .run(&["seed", "--accounts", "1", "--tokens", "tokens.jsonl"])
        .succeeds();
    let line: Value = serde_json::from_slice(&place.read("tokens.jsonl")).expect("one line");
    let app = place.open().await;
    let chain = live_through(&app, &line).await;
    place.write("chain.jws", &chain);
    place.write("jwks.json", app.keys().await.expect("keys").jwks_json());
    app.close().await;
    (place, chain)
}

async fn live_through(app: &App, line: &Value) -> String {
    let cookie = line["session_cookie"].as_str().expect("a cookie");
    let grant: GrantId = line["grant_id"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .expect("a grant");
    let person = sessions::resume(app, cookie)
        .await
        .expect("no fault")
        .expect("a session");
    for request in [Request::Pause, Request::Resume, Request::Withdraw] {
        grants::act(app, &person, grant, None, &request)
            .await
            .expect("it can be done");
    }
    chain_file(app, person.account.id, grant)
        .await
        .expect("no fault")
        .expect("a chain")
}

const OWN_KEYS: [&str; 3] = ["receipt", "verify", "chain.jws"];
const FILE_KEYS: [&str; 5] = ["receipt", "verify", "chain.jws", "--jwks", "jwks.json"];

#[tokio::test]
async fn a_genuine_chain_holds_with_the_instance_and_without_it() {
    let (place, _) = withdrawn().await;
    let with = place.run(&OWN_KEYS).json();
    assert_eq!(with["verified"], "chain");
    assert_eq!(with["parties"]["issuer"], "http://localhost:8000");
    assert_eq!(with["parties"]["business"], "Proefbedrijf B.V.");
    let events = with["receipts"].as_array().expect("a list");
    let kinds: Vec<&str> = events
        .iter()
        .filter_map(|one| one["event"].as_str())
        .collect();
    assert_eq!(kinds, ["given", "paused", "resumed", "withdrawn"]);
    assert!(
        with["says"]
            .as_str()
            .expect("words")
            .contains("`withdrawn`")
    );
    // Anybody, anywhere, with two files.
    let elsewhere = Place::new();
    elsewhere.write("chain.jws", place.read("chain.jws"));
    elsewhere.write("jwks.json", place.read("jwks.json"));
    elsewhere.write("sluis.toml", "nonsense = 1");
    assert_eq!(elsewhere.run(&FILE_KEYS).json(), with);
}

#[tokio::test]
async fn the_keys_may_come_from_where_they_are_published() {
    let (place, _) = withdrawn().await;
    let address = format!("127.0.0.1:{}", free_port());
    let server = place.start(&["serve"], &[("SLUIS_LISTEN", &address)]);
    get(&format!("http://{address}/readyz"), 200).await;
    let verify = |path: &str| {
        let url = format!("http://{address}{path}");
        place.run(&["receipt", "verify", "chain.jws", "--jwks", &url])
    };
    assert_eq!(verify("/jwks").json()["verified"], "chain");
    verify("/nowhere").is_refused(&["404"]);
    verify("/account").is_refused(&["redirects are not followed"]);
    verify("/healthz").is_refused(&["not a JWK Set"]);
    server.stop("TERM").succeeds();
    verify("/jwks").is_refused(&["cannot be fetched"]);
}

#[tokio::test]
async fn one_receipt_holds_by_itself_and_says_that_it_is_no_chain() {
    let (place, chain) = withdrawn().await;
    let second = chain.lines().nth(1).expect("a line");
    place.write("chain.jws", format!("{second}\n"));
    let verified = place.run(&FILE_KEYS).json();
    assert_eq!(verified["verified"], "receipt");
    assert_eq!(verified["receipts"][0]["number"], 2);
    assert!(
        verified["says"]
            .as_str()
            .expect("words")
            .contains("nothing of what came before")
    );
    // As it stood in the answer of the token endpoint.
    place.write("chain.jws", second);
    assert_eq!(place.run(&FILE_KEYS).json(), verified);
}

#[tokio::test]
async fn a_chain_with_any_one_byte_changed_is_refused() {
    let (place, chain) = withdrawn().await;
    // The first receipt and the end of the chain, so that it is the shortest.
    let place_jwks = String::from_utf8(place.read("jwks.json")).expect("text");
    let keys = PublicKeys::parse(&place_jwks).expect("keys");
    assert!(check_file(&chain, &keys).is_ok());
    for at in 0..chain.len() {
        let mut bytes = chain.clone().into_bytes();
        bytes[at] ^= 1;
        let changed = String::from_utf8(bytes).expect("ASCII still");
        assert!(check_file(&changed, &keys).is_err(), "byte {at}");
    }
    // The program says the same as the function; every byte would take hours.
    for at in (0..chain.len()).step_by(chain.len() / 12) {
        let mut bytes = chain.clone().into_bytes();
        bytes[at] ^= 1;
        place.write("chain.jws", bytes);
        place
            .run(&FILE_KEYS)
            .is_refused(&["chain.jws does not hold"]);
    }
}

#[tokio::test]
async fn a_chain_that_lacks_a_line_or_has_them_in_another_order_is_refused() {
    let (place, chain) = withdrawn().await;
    let lines: Vec<&str> = chain.lines().collect();
    let refuse = |lines: &[&str], what: &str| {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        place.write("chain.jws", text);
        let run = place.run(&FILE_KEYS);
        assert_eq!(run.status, Some(1), "{what}: {run:?}");
        assert!(run.err.contains("does not hold"), "{what}: {run:?}");
        assert_eq!(run.out, "", "{what}");
    };
    for dropped in 0..lines.len() {
        let mut fewer = lines.clone();
        fewer.remove(dropped);
        refuse(&fewer, &format!("without line {dropped}"));
    }
    for one in 0..lines.len() {
        for other in one + 1..lines.len() {
            let mut swapped = lines.clone();
            swapped.swap(one, other);
            refuse(&swapped, &format!("lines {one} and {other} swapped"));
        }
        let mut doubled = lines.clone();
        doubled.insert(one, lines[one]);
        refuse(&doubled, &format!("line {one} twice"));
    }
}

#[tokio::test]
async fn a_chain_with_other_line_ends_or_bytes_around_it_is_refused() {
    let (place, chain) = withdrawn().await;
    for changed in [
        String::new(),
        "\n".to_owned(),
        chain.trim_end().to_owned(),
        format!("{chain}\n"),
        format!(" {chain}"),
        format!("\u{feff}{chain}"),
        chain.replace('\n', "\r\n"),
        chain.replace('.', ".="),
    ] {
        place.write("chain.jws", &changed);
        place.run(&FILE_KEYS).is_refused(&["does not hold"]);
    }
    place.write("chain.jws", b"\xff\xfe");
    place.run(&FILE_KEYS).is_refused(&["not text in UTF-8"]);
    std::fs::remove_file(place.path("chain.jws")).expect("it was there");
    place
        .run(&FILE_KEYS)
        .is_refused(&["chain.jws cannot be read"]);
}

#[tokio::test]
async fn a_chain_is_refused_with_keys_of_somebody_else() {
    let (place, _) = withdrawn().await;
    let (other, _) = withdrawn().await;
    place.write("jwks.json", other.read("jwks.json"));
    place
        .run(&FILE_KEYS)
        .is_refused(&["a key that is not published"]);
    other.write("chain.jws", place.read("chain.jws"));
    other
        .run(&OWN_KEYS)
        .is_refused(&["a key that is not published"]);
    for (keys, words) in [
        ("{}", "not a JWK Set"),
        ("{\"keys\": []}", "none of the published keys"),
    ] {
        place.write("jwks.json", keys);
        place.run(&FILE_KEYS).is_refused(&["jwks.json", words]);
    }
    std::fs::remove_file(place.path("jwks.json")).expect("it was there");
    place
        .run(&FILE_KEYS)
        .is_refused(&["jwks.json cannot be read"]);
}
