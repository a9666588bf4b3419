//! `sluis keys`.

use serde_json::Value;

use super::Place;

fn states(keys: &Value) -> Vec<&str> {
    let keys = keys.as_array().expect("a list");
    keys.iter()
        .map(|key| key["state"].as_str().expect("a state"))
        .collect()
}

#[test]
fn keys_are_listed_without_their_private_half() {
    let place = Place::migrated();
    let listed = place.run(&["keys", "list"]).json();
    assert_eq!(states(&listed), ["signing"; 5]);
    for key in listed.as_array().expect("a list") {
        assert_eq!(key["jwk"]["kid"], key["kid"]);
        for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert!(key["jwk"].get(private).is_none(), "{private}");
        }
    }
}

#[test]
fn new_keys_are_announced_and_the_old_ones_go_on_signing() {
    let place = Place::migrated();
    let before = place.run(&["keys", "list"]).json();
    let after = place.run(&["keys", "rotate"]).json();
    let mut found = states(&after);
    found.sort_unstable();
    assert_eq!(found, [["announced"; 5], ["signing"; 5]].concat());
    for key in before.as_array().expect("a list") {
        let still = after.as_array().into_iter().flatten();
        assert!(still.clone().any(|other| other == key), "{key}");
    }
}

#[test]
fn keys_of_an_instance_that_is_not_there_are_not_made() {
    let place = Place::new();
    for command in ["list", "rotate"] {
        place
            .run(&["keys", command])
            .is_refused(&["sluis.db", "does not exist", "sluis migrate"]);
    }
    assert!(!place.path("sluis.db").exists() && !place.path("keys").exists());
}

#[test]
fn a_new_escrow_key_takes_over_what_the_one_before_it_opened() {
    let place = Place::migrated();
    let add = [
        "account",
        "add",
        "--email",
        "a@b.example",
        "--password-stdin",
    ];
    place
        .run_with_input(&add, "een zin die niemand raadt\n")
        .json();
    let rotated = place.run(&["keys", "rotate", "--escrow"]).json();
    assert_eq!(rotated["epoch"], 2);
    assert_eq!(
        (&rotated["opens"], &rotated["left"]),
        (&1.into(), &0.into())
    );
    for epoch in ["1", "2"] {
        assert!(place.path("keys/escrow").join(epoch).exists(), "{epoch}");
    }
    let report = place.run(&["doctor"]).json();
    let checks = report["checks"].as_array().expect("checks");
    let escrow = checks.iter().find(|one| one["check"] == "escrow keys");
    assert_eq!(escrow.expect("a check")["state"], "good");
}

#[test]
fn an_escrow_key_that_is_gone_is_told_with_its_remedy() {
    let place = Place::migrated();
    std::fs::remove_file(place.path("keys/escrow/1")).expect("a file");
    let remedy = [
        "keys/escrow/1",
        "is not there",
        "sluis keys rotate --escrow",
    ];
    place.run(&["doctor"]).is_refused(&remedy[..2]);
    place.run(&["serve"]).is_refused(&remedy);
    place.run(&["keys", "rotate", "--escrow"]).json();
}
