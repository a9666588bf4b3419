use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::domain::strategies;

fn read(detail: Value) -> Result<Option<ProfileRelease>, BadDetails> {
    let mut detail = detail;
    detail["type"] = json!(PROFILE_RELEASE);
    ProfileRelease::parse(&json!([detail]).to_string())
}

#[test]
fn the_published_schema_takes_what_is_read_and_refuses_the_wrong_shapes() {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let schema = jsonschema::draft202012::new(&schema).expect("the schema is a schema");
    let fits = |detail: &Value| {
        let mut detail = detail.clone();
        detail["type"] = json!(PROFILE_RELEASE);
        schema.is_valid(&detail)
    };
    for good in [
        json!({}),
        json!({"tier": "low", "claims": ["name", "https://schemas.sluis.example/claims/preferences"]}),
        json!({"purposes": [{"id": "a", "claims": [], "permissions": ["analytics"],
                             "channels": ["post"], "retention": "P2W"}], "retention": "P1Y"}),
    ] {
        assert!(fits(&good) && read(good.clone()).is_ok(), "{good}");
        let read = read(good).expect("it is read").expect("there is one");
        let again = serde_json::to_value(&read).expect("JSON");
        assert!(schema.is_valid(&again), "{again}");
    }
    for bad in [
        json!({"colour": "red"}),
        json!({"tier": "anonymous"}),
        json!({"claims": ["shoe_size"]}),
        json!({"purposes": [{}]}),
        json!({"purposes": [{"id": "De Liver"}]}),
        json!({"purposes": [{"id": "a", "channels": ["analytics"]}]}),
        json!({"purposes": [{"id": "a", "permissions": ["post"]}]}),
        json!({"purposes": [{"id": "a", "until": "never"}]}),
        json!({"retention": "3M"}),
    ] {
        assert!(!fits(&bad) && read(bad.clone()).is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_without_panic(text: String) {
        let _ = ProfileRelease::parse(&text);
        let _ = ProfileRelease::parse(&format!(r#"[{{"type": "{PROFILE_RELEASE}", "claims": {text}}}]"#));
    }

    #[test]
    fn what_is_narrowed_never_exceeds_the_plan(
        plan in strategies::plan(),
        claims in 0_u32..8_192,
        months in 1_u16..24,
        skip in any::<bool>(),
    ) {
        let now = Timestamp::from_seconds(1_790_000_000);
        let retention = Retention::months(months);
        let first = plan.purposes().first().map(|purpose| NamedPurpose {
            id: purpose.id.clone(),
            claims: Some(EnumSet::from_u32(claims)),
            permissions: None,
            channels: None,
            retention,
        });
        let details = ProfileRelease {
            purposes: (!skip).then(|| first.into_iter().collect()),
            claims: skip.then(|| EnumSet::from_u32(claims)),
            retention,
            ..ProfileRelease::everything()
        };
        let narrowed = details.narrow(&plan, None, now);
        for purpose in narrowed.purposes() {
            let whole = plan.purpose(&purpose.id).expect("a purpose of the plan");
            prop_assert!(purpose.claims.is_subset(whole.claims));
            prop_assert!(purpose.voluntary_claims.is_subset(whole.voluntary_claims));
            prop_assert!(purpose.permissions.is_subset(whole.permissions));
            prop_assert!(purpose.all_claims().is_subset(EnumSet::from_u32(claims)));
            prop_assert!(purpose.retention.end(now) <= whole.retention.end(now));
            prop_assert_eq!(&purpose.text, &whole.text);
        }
        if !skip {
            prop_assert!(narrowed.purposes().len() <= 1);
        }
        let whole = ProfileRelease::everything().narrow(&plan, None, now);
        prop_assert_eq!(whole.purposes(), plan.purposes());
    }
}
