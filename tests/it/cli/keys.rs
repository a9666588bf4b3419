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
