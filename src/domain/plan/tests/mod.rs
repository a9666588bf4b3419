//! What the tests of plans share.

mod document;
mod lint;
mod property;
mod schema;

use serde_json::{Value, json};

use super::*;

fn purpose() -> Value {
    json!({
        "id": "deliver",
        "purpose": "dpv:DeliveryOfGoods",
        "title": {"nl": "Bezorgen", "en": "Deliver"},
        "text": {"nl": "Je bestelling brengen.", "en": "Bring your order."},
        "basis": "contract",
        "required": true,
        "claims": ["name", "address"],
        "voluntary_claims": ["phone_number"],
        "retention": "P3M",
        "recipients": [{"name": "Parcels BV", "country": "NL"}],
        "storage": ["NL", "DE"],
    })
}

fn news() -> Value {
    json!({
        "id": "news",
        "purpose": "dpv:DirectMarketing",
        "title": {"nl": "Nieuws", "en": "News"},
        "text": {"nl": "Je mailen over wat nieuw is.", "en": "Mail you what is new."},
        "basis": "consent",
        "required": false,
        "claims": ["email"],
        "channels": ["email", "post"],
        "retention": "P6M",
        "offer": {"nl": "5% korting", "en": "5% off"},
        "storage": ["NL"],
    })
}

fn with(mut purpose: Value, member: &str, value: Value) -> Value {
    purpose[member] = value;
    purpose
}

fn without(mut purpose: Value, member: &str) -> Value {
    if let Some(members) = purpose.as_object_mut() {
        members.remove(member);
    }
    purpose
}

fn plan_of(purposes: &[Value]) -> Value {
    json!({ "purposes": purposes })
}

fn parse(document: &Value) -> Result<Plan, Vec<PlanProblem>> {
    Plan::parse(&document.to_string())
}

fn valid(document: &Value) -> Plan {
    parse(document).expect("a valid plan")
}

fn problems(document: &Value) -> Vec<(String, PlanFault)> {
    parse(document)
        .expect_err("an invalid plan")
        .into_iter()
        .map(|problem| (problem.path, problem.fault))
        .collect()
}

fn fits_schema(document: &Value) -> bool {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    jsonschema::draft202012::new(&schema)
        .expect("the schema is a schema")
        .is_valid(document)
}
