//! What a business asks for claim by claim: the `claims` parameter
//! (OpenID Connect Core 1.0 §5.5).
//!
//! It says where a claim is wanted and with which value, and nothing more:
//! what is released still needs a purpose and the consumer's word, and nothing
//! ever fails because something essential is held back (§5.5.1).

use std::collections::BTreeMap;
use std::fmt;

use enumset::EnumSet;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::claim::Claim;

/// The parameter as far as Sluis knows what it names.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    userinfo: BTreeMap<Claim, Wanted>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    id_token: BTreeMap<Claim, Wanted>,
    /// What `sub` may be: one of each list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    subjects: Vec<Vec<Value>>,
    /// What `acr` has to be one of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    acr: Option<Vec<Value>>,
}

/// Which values of a claim are wanted; any when there is no list.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Wanted(Option<Vec<Value>>);

impl fmt::Debug for Asked {
    /// Names the claims, and none of the values: those may be someone's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked")
            .field("userinfo", &self.at_userinfo())
            .field("id_token", &self.in_id_token())
            .finish_non_exhaustive()
    }
}

impl Asked {
    /// Reads the parameter. Members and claims that are not known are passed
    /// over.
    pub fn parse(text: &str) -> Result<Self, BadClaims> {
        let Ok(Value::Object(top)) = serde_json::from_str(text) else {
            return Err(BadClaims("claims must be a JSON object"));
        };
        let mut asked = Self::default();
        for (place, members) in &top {
            let (members, in_id_token) = match (place.as_str(), members) {
                ("userinfo" | "id_token", Value::Null) => continue,
                ("userinfo" | "id_token", Value::Object(members)) => (members, place == "id_token"),
                ("userinfo" | "id_token", _) => {
                    return Err(BadClaims("userinfo and id_token in claims must be objects"));
                }
                _ => continue,
            };
            for (name, request) in members {
                asked.take(name, request, in_id_token)?;
            }
        }
        Ok(asked)
    }

    fn take(&mut self, name: &str, request: &Value, in_id_token: bool) -> Result<(), BadClaims> {
        let (values, essential) = match request {
            Value::Null => (None, false),
            Value::Object(request) => (
                values_of(request)?,
                request.get("essential") == Some(&true.into()),
            ),
            _ => return Err(BadClaims("a claim in claims must be null or an object")),
        };
        // §5.2: a value is held in no particular language, so one that is
        // wanted in a language is the one that there is.
        let name = name.split_once('#').map_or(name, |(name, _)| name);
        match name {
            "sub" => self.subjects.extend(values),
            // §5.5.1.1: of any use only where the ID token says it.
            "acr" if in_id_token && essential => self.acr = values,
            _ => {
                let place = if in_id_token {
                    &mut self.id_token
                } else {
                    &mut self.userinfo
                };
                if let Some(claim) = claim_named(name) {
                    place.insert(claim, Wanted(values));
                }
            }
        }
        Ok(())
    }

    /// Wants these at UserInfo as well, whatever their values.
    pub fn want(&mut self, claims: EnumSet<Claim>) {
        for claim in claims {
            self.userinfo.entry(claim).or_default();
        }
    }

    /// The claims that are wanted at UserInfo.
    #[must_use]
    pub fn at_userinfo(&self) -> EnumSet<Claim> {
        self.userinfo.keys().copied().collect()
    }

    /// The claims that are wanted in the ID token.
    #[must_use]
    pub fn in_id_token(&self) -> EnumSet<Claim> {
        self.id_token.keys().copied().collect()
    }

    /// Every claim that is named.
    #[must_use]
    pub fn claims(&self) -> EnumSet<Claim> {
        self.at_userinfo() | self.in_id_token()
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Whether nothing is named that outlives the request.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty()
    }

    /// Whether someone whom the client knows by this subject is who was meant.
    /// Nobody else may be told of (§5.5.1).
    #[must_use]
    pub fn means(&self, subject: &str) -> bool {
        self.subjects
            .iter()
            .all(|values| values.iter().any(|value| value == subject))
    }

    /// Whether it matters who signs in.
    #[must_use]
    pub fn names_a_subject(&self) -> bool {
        !self.subjects.is_empty()
    }

    /// Whether an `acr` is one that has to be reached, if any has.
    #[must_use]
    pub fn is_met_by(&self, acr: &str) -> bool {
        let values = self.acr.as_ref();
        values.is_none_or(|values| values.iter().any(|value| value == acr))
    }

    /// Leaves out of a UserInfo response what has another value than wanted.
    pub fn narrow_userinfo(&self, members: &mut Map<String, Value>) {
        narrow(&self.userinfo, members);
    }

    /// Leaves out of an ID token what has another value than wanted.
    pub fn narrow_id_token(&self, members: &mut Map<String, Value>) {
        narrow(&self.id_token, members);
    }
}

/// A claim by the name in responses: the short names of ours are no claims.
fn claim_named(name: &str) -> Option<Claim> {
    name.parse::<Claim>()
        .ok()
        .filter(|claim| claim.claim_name() == name)
}

/// `value` and `values`. An empty list would be met by nothing, which nobody
/// means.
fn values_of(request: &Map<String, Value>) -> Result<Option<Vec<Value>>, BadClaims> {
    match (request.get("value"), request.get("values")) {
        (None, None) => Ok(None),
        (Some(value), None) => Ok(Some(vec![value.clone()])),
        (None, Some(Value::Array(values))) if !values.is_empty() => Ok(Some(values.clone())),
        (None, Some(_)) => Err(BadClaims("values in claims must be a list")),
        (Some(_), Some(_)) => Err(BadClaims("a claim in claims has value or values, not both")),
    }
}

fn narrow(wanted: &BTreeMap<Claim, Wanted>, members: &mut Map<String, Value>) {
    for (claim, Wanted(values)) in wanted {
        let name = claim.claim_name();
        let differs = |held: &Value| values.as_ref().is_some_and(|values| !values.contains(held));
        if members.get(name).is_some_and(differs) {
            members.remove(name);
            if let Some(name) = super::attribute::verified_name(*claim) {
                members.remove(name);
            }
        }
    }
}

/// The text is no `claims` parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadClaims(pub &'static str);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn asked(claims: &Value) -> Asked {
        Asked::parse(&claims.to_string()).expect("it is one")
    }

    #[test]
    fn the_example_of_the_specification_is_read() {
        // OpenID Connect Core 1.0 §5.5.
        let asked = asked(&json!({
            "userinfo": {
                "given_name": {"essential": true}, "nickname": null,
                "email": {"essential": true}, "email_verified": {"essential": true},
                "picture": null, "http://example.info/claims/groups": null
            },
            "id_token": {
                "auth_time": {"essential": true},
                "acr": {"values": ["urn:mace:incommon:iap:silver"]}
            }
        }));
        assert_eq!(
            asked.at_userinfo(),
            Claim::GivenName | Claim::Nickname | Claim::Email
        );
        assert!(asked.in_id_token().is_empty() && asked.means("x") && asked.is_met_by("x"));
    }

    #[test]
    fn names_are_those_of_responses_in_any_language() {
        let asked = asked(&json!({"userinfo": {
            "family_name#ja-Kana-JP": null, "delivery_address": null,
            "https://schemas.sluis.example/claims/preferences": null, "colour": {"essential": true}
        }, "pink": 1}));
        assert_eq!(asked.at_userinfo(), Claim::FamilyName | Claim::Preferences);
    }

    #[test]
    fn another_value_than_wanted_is_left_out() {
        let asked = asked(&json!({"userinfo": {
            "email": {"value": "ada@home.example"}, "locale": {"values": ["nl", "en"]}, "name": null
        }}));
        let narrowed = |email: &str, locale: &str| {
            let mut members =
                json!({"email": email, "email_verified": true, "locale": locale, "name": "Ada"});
            asked.narrow_userinfo(members.as_object_mut().unwrap());
            members
        };
        assert_eq!(
            narrowed("ada@home.example", "en"),
            json!({"email": "ada@home.example", "email_verified": true, "locale": "en", "name": "Ada"})
        );
        assert_eq!(narrowed("x@home.example", "fr"), json!({"name": "Ada"}));
    }

    #[test]
    fn a_subject_is_one_of_those_that_are_named_everywhere() {
        let one = asked(&json!({"id_token": {"sub": {"value": "a"}}}));
        assert!(one.means("a") && !one.means("b") && one.names_a_subject());
        let both = asked(
            &json!({"userinfo": {"sub": {"values": ["a", "b"]}}, "id_token": {"sub": {"values": ["b", "c"]}}}),
        );
        assert!(both.means("b") && !both.means("a") && !both.means("c"));
        assert!(!asked(&json!({"id_token": {"sub": null}})).names_a_subject());
    }

    #[test]
    fn an_essential_acr_has_to_be_met_and_a_voluntary_one_not() {
        let acr = |request: Value| asked(&json!({"id_token": {"acr": request}}));
        assert!(!acr(json!({"essential": true, "value": "a"})).is_met_by("b"));
        assert!(!acr(json!({"essential": true, "values": ["a", "c"]})).is_met_by("b"));
        assert!(acr(json!({"essential": true, "values": ["a", "b"]})).is_met_by("b"));
        assert!(acr(json!({"essential": true})).is_met_by("b"));
        assert!(acr(json!({"values": ["a"]})).is_met_by("b"));
    }

    #[test]
    fn what_is_no_claims_parameter_is_refused() {
        for wrong in [
            "",
            "null",
            "[]",
            "x",
            "{",
            r#"{"userinfo": []}"#,
            r#"{"id_token": "name"}"#,
            r#"{"userinfo": {"name": true}}"#,
            r#"{"userinfo": {"name": {"values": "x"}}}"#,
            r#"{"userinfo": {"name": {"values": []}}}"#,
            r#"{"userinfo": {"name": {"value": 1, "values": [1]}}}"#,
            &"[".repeat(10_000),
            &format!("{}1{}", r#"{"a":"#.repeat(1_000), "}".repeat(1_000)),
        ] {
            assert!(Asked::parse(wrong).is_err(), "{wrong:.80}");
        }
        assert_eq!(asked(&json!({"userinfo": null})), Asked::default());
    }

    #[test]
    fn it_survives_the_store_and_does_not_print_values() {
        let asked = asked(
            &json!({"userinfo": {"email": {"value": "ada@home.example"}}, "id_token": {"sub": {"value": "s"}, "acr": {"essential": true, "value": "a"}}}),
        );
        let text = serde_json::to_string(&asked).unwrap();
        assert_eq!(serde_json::from_str::<Asked>(&text).unwrap(), asked);
        assert!(!format!("{asked:?}").contains("ada@"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_panic(text: String) {
            let _ = Asked::parse(&text);
            let _ = Asked::parse(&format!(r#"{{"userinfo": {{"name": {text}}}}}"#));
        }
    }
}
