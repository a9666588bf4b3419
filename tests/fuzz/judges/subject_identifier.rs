//! Subject identifiers, as a receiver of events names somebody by.

use serde_json::Value;
use sluis::domain::subject_identifier::SubjectIdentifier;

const ISSUER: &str = "https://sluis.example";

pub(super) fn judge(input: &str) -> bool {
    let Ok(value) = serde_json::from_str::<Value>(input) else {
        return false;
    };
    let Ok(who) = SubjectIdentifier::parse(&value) else {
        return false;
    };
    let format = value["format"].as_str().expect("it has a format");
    if let Some(subject) = who.subject(ISSUER) {
        // Nobody is found but by what the client was told of them.
        assert!(["iss_sub", "aliases", "complex"].contains(&format));
        let whole = value.to_string();
        let named = Value::from(subject.as_str()).to_string();
        assert!(!subject.as_str().is_empty() && whole.contains(&named));
        assert!(whole.contains(ISSUER));
    }
    true
}
