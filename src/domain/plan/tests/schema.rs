//! The published schema and guide agree with the code.

use serde_json::{Value, json};

use super::*;

#[test]
fn schema_takes_what_the_parser_takes_and_refuses_what_has_the_wrong_shape() {
    let mut listed = plan_of(&[purpose(), news()]);
    listed["claims"] = json!(["email"]);
    listed["$schema"] = json!("https://schemas.sluis.example/data-plan/v1.json");
    for good in [plan_of(&[purpose()]), listed] {
        assert!(fits_schema(&good) && parse(&good).is_ok());
    }
    let bad = [
        plan_of(&[]),
        json!({}),
        plan_of(&[with(purpose(), "colour", json!("red"))]),
        plan_of(&[with(purpose(), "title", json!({"nl": "Bezorgen"}))]),
        plan_of(&[with(purpose(), "text", json!({"nl": " ", "en": "x"}))]),
        plan_of(&[with(purpose(), "claims", json!(["shoe_size"]))]),
        plan_of(&[with(purpose(), "claims", json!(["name", "name"]))]),
        plan_of(&[with(purpose(), "channels", json!(["analytics"]))]),
        plan_of(&[with(purpose(), "retention", json!("3M"))]),
        plan_of(&[with(purpose(), "purpose", json!("Delivery"))]),
        plan_of(&[with(purpose(), "basis", json!("because"))]),
        plan_of(&[with(purpose(), "id", json!("De Liver"))]),
        plan_of(&[with(purpose(), "storage", json!(["Mars"]))]),
        plan_of(&[with(news(), "permissions", json!(["analytics"]))]),
        plan_of(&[without(purpose(), "retention")]),
    ];
    for document in bad {
        assert!(!fits_schema(&document), "the schema takes {document}");
        assert!(parse(&document).is_err(), "the parser takes {document}");
    }
}

#[test]
fn schema_names_what_the_code_knows() {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let words = |pointer: &str| -> Vec<String> {
        let list = schema.pointer(pointer).expect("the schema has this list");
        serde_json::from_value(list.clone()).expect("a list of words")
    };
    let mut claims: Vec<&str> = Claim::all().iter().map(Claim::key).collect();
    claims.extend(
        Claim::all()
            .iter()
            .filter(|claim| claim.key() != claim.claim_name())
            .map(Claim::claim_name),
    );
    assert_eq!(words("/$defs/claim/enum"), claims);
    let bases: Vec<&str> = LegalBasis::ALL.iter().map(|basis| basis.as_str()).collect();
    assert_eq!(words("/$defs/purpose/properties/basis/enum"), bases);
    for (list, permissions) in [
        ("permissions", Permission::processing()),
        ("channels", Permission::contact()),
    ] {
        let keys: Vec<&str> = permissions.iter().map(Permission::key).collect();
        let pointer = format!("/$defs/purpose/properties/{list}/items/enum");
        assert_eq!(words(&pointer), keys);
    }
}

#[test]
fn example_of_the_guide_is_a_plan_without_need_of_advice() {
    let guide = include_str!("../../../../docs/data-plan.md");
    let example = guide
        .split("```json\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .expect("the guide has an example");
    let plan = Plan::parse(example).expect("the example is valid");
    assert_eq!(plan.lint(), []);
    assert!(fits_schema(
        &serde_json::from_str(example).expect("the example is JSON")
    ));
}
