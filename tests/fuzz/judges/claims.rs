//! The `claims` parameter.

use serde_json::{Map, Value};
use sluis::domain::asked::Asked;
use sluis::domain::claim::Claim;

pub(super) fn judge(input: &str) -> bool {
    let Ok(asked) = Asked::parse(input) else {
        return false;
    };
    let document: Value = serde_json::from_str(input).expect("it was read");
    for (place, claims) in [
        ("userinfo", asked.at_userinfo()),
        ("id_token", asked.in_id_token()),
    ] {
        for claim in claims {
            assert!(named(&document, place, claim), "{claim} in {place}");
        }
    }
    check_narrowing(&asked);
    let stored = serde_json::to_string(&asked).expect("JSON");
    let again: Asked = serde_json::from_str(&stored).expect("what was stored");
    assert_eq!(again.claims(), asked.claims());
    assert_eq!(again.names_a_subject(), asked.names_a_subject());
    for subject in ["", "s", "248289761001"] {
        assert_eq!(again.means(subject), asked.means(subject));
        assert!(asked.names_a_subject() || asked.means(subject));
    }
    assert_eq!(again.is_met_by("pwd"), asked.is_met_by("pwd"));
    true
}

fn named(document: &Value, place: &str, claim: Claim) -> bool {
    let members = document.get(place).and_then(Value::as_object);
    members
        .into_iter()
        .flatten()
        .any(|(name, _)| name.split('#').next() == Some(claim.claim_name()))
}

/// Wanting something never brings anything that was not there.
fn check_narrowing(asked: &Asked) {
    let all: Map<String, Value> = Claim::all()
        .iter()
        .map(|claim| (claim.claim_name().to_owned(), Value::from("x")))
        .collect();
    let (mut userinfo, mut id_token) = (all.clone(), all.clone());
    asked.narrow_userinfo(&mut userinfo);
    asked.narrow_id_token(&mut id_token);
    for (left, wanted) in [
        (userinfo, asked.at_userinfo()),
        (id_token, asked.in_id_token()),
    ] {
        assert!(
            left.iter()
                .all(|(name, value)| all.get(name) == Some(value))
        );
        for claim in Claim::all() - wanted {
            assert!(left.contains_key(claim.claim_name()), "{claim}");
        }
    }
}
