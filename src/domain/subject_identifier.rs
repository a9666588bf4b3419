//! Subject identifiers (RFC 9493, and the complex ones of OpenID Shared
//! Signals Framework 1.0 §3): whom a client means.
//!
//! A client knows people by the subject that it was told, and by that alone it
//! finds them here. Every other form that is well made is understood and finds
//! nobody: otherwise an e-mail address could be tried out.

use serde_json::{Map, Value};

use super::subject::Subject;

/// The longest member that is looked at.
const MAX_LEN: usize = 1_024;
/// How many identifiers may stand for the same person.
const MOST_ALIASES: usize = 16;
/// How many members a complex subject may have.
const MOST_MEMBERS: usize = 16;

/// Formats and the members that they need.
const SIMPLE: [(&str, &[&str]); 9] = [
    ("account", &["uri"]),
    ("email", &["email"]),
    ("iss_sub", &["iss", "sub"]),
    ("opaque", &["id"]),
    ("phone_number", &["phone_number"]),
    ("did", &["url"]),
    ("uri", &["uri"]),
    ("jwt_id", &["iss", "jti"]),
    ("saml_assertion_id", &["issuer", "assertion_id"]),
];

/// Somebody whom a client means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectIdentifier {
    /// By `iss` and `sub`, where it says so.
    named: Vec<(String, String)>,
}

impl SubjectIdentifier {
    /// Reads one.
    pub fn parse(value: &Value) -> Result<Self, Malformed> {
        let (format, members) = parts(value)?;
        match format {
            "aliases" => {
                let list = members.get("identifiers").and_then(Value::as_array);
                let list = list.ok_or(Malformed)?;
                if list.is_empty() || list.len() > MOST_ALIASES {
                    return Err(Malformed);
                }
                collect(list.iter())
            }
            "complex" => {
                let inner = members.iter().filter(|(name, _)| *name != "format");
                let count = inner.clone().count();
                if count == 0 || count > MOST_MEMBERS {
                    return Err(Malformed);
                }
                // All members have to be what they say, and `user` alone names a person.
                collect(inner.clone().map(|(_, value)| value))?;
                collect(
                    inner
                        .filter(|(name, _)| *name == "user")
                        .map(|(_, value)| value),
                )
            }
            _ => collect(std::iter::once(value)),
        }
    }

    /// Who that is to a client of this issuer.
    #[must_use]
    pub fn subject(&self, issuer: &str) -> Option<Subject> {
        self.named
            .iter()
            .find(|(iss, _)| iss == issuer)
            .map(|(_, sub)| Subject::from_stored(sub.clone()))
    }
}

fn parts(value: &Value) -> Result<(&str, &Map<String, Value>), Malformed> {
    let members = value.as_object().ok_or(Malformed)?;
    let format = members.get("format").and_then(Value::as_str);
    Ok((format.ok_or(Malformed)?, members))
}

fn collect<'a>(values: impl Iterator<Item = &'a Value>) -> Result<SubjectIdentifier, Malformed> {
    let mut named = Vec::new();
    for value in values {
        let (format, members) = parts(value)?;
        let (_, needed) = SIMPLE
            .iter()
            .find(|(name, _)| *name == format)
            .ok_or(Malformed)?;
        let text = |name: &str| {
            let text = members.get(name).and_then(Value::as_str);
            text.filter(|text| (1..=MAX_LEN).contains(&text.len()))
                .ok_or(Malformed)
        };
        for name in *needed {
            text(name)?;
        }
        if format == "iss_sub" {
            named.push((text("iss")?.to_owned(), text("sub")?.to_owned()));
        }
    }
    Ok(SubjectIdentifier { named })
}

/// It is no subject identifier of a known format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("subject must be a subject identifier of a registered format")]
pub struct Malformed;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::strategies::config;
    use super::*;

    const ISSUER: &str = "https://sluis.example";

    fn who(value: &Value) -> Result<Option<String>, Malformed> {
        let found = SubjectIdentifier::parse(value)?.subject(ISSUER);
        Ok(found.map(|subject| subject.to_string()))
    }

    #[test]
    fn only_our_own_subject_names_anybody() {
        let ours = json!({"format": "iss_sub", "iss": ISSUER, "sub": "abc"});
        let theirs = json!({"format": "iss_sub", "iss": "https://else.example", "sub": "abc"});
        let mail = json!({"format": "email", "email": "ada@home.example"});
        let found = Ok(Some("abc".to_owned()));
        assert_eq!(who(&ours), found);
        assert_eq!(
            who(&json!({"format": "aliases", "identifiers": [mail, ours]})),
            found
        );
        assert_eq!(
            who(&json!({"format": "complex", "user": ours, "device": mail})),
            found
        );
        for nobody in [
            theirs,
            mail.clone(),
            json!({"format": "complex", "device": ours}),
            json!({"format": "opaque", "id": "abc"}),
        ] {
            assert_eq!(who(&nobody), Ok(None), "{nobody}");
        }
        for bad in [
            json!("abc"),
            json!({}),
            json!({"format": "name", "name": "Ada"}),
            json!({"format": "iss_sub", "iss": ISSUER}),
            json!({"format": "iss_sub", "iss": ISSUER, "sub": ""}),
            json!({"format": "iss_sub", "iss": ISSUER, "sub": 7}),
            json!({"format": "email", "email": "x".repeat(1_025)}),
            json!({"format": "aliases", "identifiers": []}),
            json!({"format": "aliases", "identifiers": [{"format": "aliases", "identifiers": [ours]}]}),
            json!({"format": "complex"}),
            json!({"format": "complex", "user": {"format": "complex", "user": ours}}),
            json!({"format": "complex", "user": ours, "device": "mine"}),
        ] {
            assert_eq!(who(&bad), Err(Malformed), "{bad}");
        }
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn nothing_panics_and_nobody_is_found_by_another_issuer(
            format in "iss_sub|email|opaque|aliases|complex|[a-z]{0,6}",
            iss in "[ -~]{0,30}",
            sub in "\\PC{0,30}",
        ) {
            let inner = json!({"format": format, "iss": iss, "sub": sub, "id": sub, "email": sub});
            for value in [
                inner.clone(),
                json!({"format": "aliases", "identifiers": [inner]}),
                json!({"format": "complex", "user": inner}),
            ] {
                if let Ok(Some(found)) = who(&value) {
                    prop_assert_eq!((iss.as_str(), &found), (ISSUER, &sub));
                }
            }
        }
    }
}
