//! What is published of receipts agrees with what is written.

use serde_json::Value;

use super::*;
use crate::domain::duty::{Answer, Duty, Kept, Reason};
use crate::domain::id::{DutyId, RightsRequestId};
use crate::domain::rights::{Outcome, Right, RightsRequest, Taken};

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("it is JSON")
}

/// Whether a receipt has the published shape.
fn problem_of(receipt: &Receipt) -> Option<String> {
    let document = serde_json::to_value(receipt).expect("JSON");
    let validator = jsonschema::validator_for(&parsed(SCHEMA)).expect("a schema");
    let problem = validator.iter_errors(&document).next()?;
    Some(format!("{problem} at {}", problem.instance_path()))
}

/// The names of all members that are somewhere in a value, as `event.kind`.
/// What is by language is one member, and so is a list.
fn members(value: &Value, before: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members_of) if !members_of.contains_key("nl") => {
            for (name, value) in members_of {
                let path = [before, name].join(".").trim_start_matches('.').to_owned();
                members(value, &path, found);
                found.push(path);
            }
        }
        Value::Array(items) => {
            for item in items {
                members(item, before, found);
            }
        }
        _ => {}
    }
}

/// The names of all members that the schema describes.
fn described(schema: &Value, before: &str, found: &mut Vec<String>) {
    let schema = schema.get("items").unwrap_or(schema);
    for (name, value) in schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let path = [before, name].join(".").trim_start_matches('.').to_owned();
        described(value, &path, found);
        found.push(path);
    }
}

fn all_described() -> Vec<String> {
    let mut found = Vec::new();
    described(&parsed(SCHEMA), "", &mut found);
    found.sort();
    found
}

fn duty(grant: &Grant, now: Timestamp) -> Duty {
    Duty {
        id: DutyId::new(Uuid::from_u128(8)),
        account_id: grant.account_id,
        grant_id: grant.id,
        client_id: grant.client_id.clone(),
        subject: grant.subject.clone(),
        claims: grant.terms.all_claims(),
        reason: Reason::Narrowed,
        opened_at: now,
        delete_by: now,
        told_at: None,
        seen_at: None,
        overdue_at: None,
        lapsed_at: None,
        letter_at: None,
        answer: Some(Answer {
            answered_at: now,
            kept: vec![Kept {
                claims: Claim::all(),
                basis: LegalBasis::LegalObligation,
                law: "art. 52 AWR".to_owned(),
                until: "2033-12-31".parse().expect("a day"),
            }],
        }),
    }
}

fn request(grant: &Grant, now: Timestamp) -> RightsRequest {
    RightsRequest {
        id: RightsRequestId::new(Uuid::from_u128(9)),
        number: 1,
        account_id: grant.account_id,
        grant_id: grant.id,
        client_id: grant.client_id.clone(),
        subject: grant.subject.clone(),
        right: Right::Rectification,
        claims: Claim::Email.into(),
        opened_at: now,
        due: RightsRequest::due_of(now),
        extended_at: None,
        overdue_at: None,
        answered_at: None,
    }
}

/// A receipt of each event that can come after `grant` was given.
fn life(scene: &Scene, grant: &Grant) -> Vec<Receipt> {
    let mut receipts = vec![write(scene, grant, EventKind::Given, None, scene.now)];
    let end = ChainEnd {
        seq: 1,
        hash: Hash::of(b"the one before"),
        at: scene.now,
    };
    let mut make = |grant: &Grant, mv: Move, now: Timestamp| {
        let made = grant.make(mv, now).ok()?;
        receipts.push(write(scene, &made.grant, made.event, Some(&end), now));
        Some(made.grant)
    };
    let now = scene.now;
    let anew = || Move::Change(grant.terms.clone(), grant.plan_version);
    for mv in [anew(), Move::Renew(grant.terms.clone())] {
        make(grant, mv, now);
    }
    for mv in [Move::Withdraw, Move::End, Move::Erase] {
        make(grant, mv, now);
    }
    if let Some(paused) = make(grant, Move::Pause, now) {
        make(&paused, Move::Resume, now);
    }
    if let Some(end) = grant.expires_at() {
        make(grant, Move::Expire, end);
    }
    let request = Box::new(request(grant, now));
    let taken = Taken {
        outcome: Outcome::Extended,
        at: now,
        until: Some(now),
    };
    for record in [
        Record::Duty(Box::new(duty(grant, now))),
        Record::Requested(request.clone()),
        Record::Replied(request.clone(), taken),
        Record::Unanswered(request),
        Record::Declined(DeclinedEdition {
            plan_version: PlanVersion(2),
            plan_hash: Hash::of(b"the next plan"),
        }),
    ] {
        let act = (record.event(), Some(record));
        receipts.push(write_act(scene, grant, act, Some(&end), now));
    }
    receipts
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_receipt_has_the_published_shape(scene in scene()) {
        let Some(grant) = given(&scene) else { return Ok(()) };
        let known = all_described();
        for receipt in life(&scene, &grant) {
            prop_assert_eq!(problem_of(&receipt), None);
            let mut found = Vec::new();
            members(&serde_json::to_value(&receipt).expect("JSON"), "", &mut found);
            for member in found {
                prop_assert!(known.contains(&member), "{} is described nowhere", member);
            }
        }
    }
}

#[test]
fn schema_lists_the_words_that_are_written() {
    let schema = parsed(SCHEMA);
    let listed = |pointer: &str| {
        let list = schema.pointer(pointer).expect("a list of words").clone();
        serde_json::from_value::<Vec<String>>(list).expect("words")
    };
    let words = |at: &str| listed(&format!("{at}/anyOf/0/enum"));
    let event = "/properties/event/properties";
    let kinds = [
        EventKind::Given,
        EventKind::Widened,
        EventKind::Narrowed,
        EventKind::Renewed,
        EventKind::Paused,
        EventKind::Resumed,
        EventKind::Withdrawn,
        EventKind::Ended,
        EventKind::Expired,
        EventKind::Erased,
        EventKind::Answered,
        EventKind::Overdue,
        EventKind::Requested,
        EventKind::Replied,
        EventKind::Unanswered,
        EventKind::Declined,
    ];
    assert_eq!(
        words(&format!("{event}/kind")),
        kinds.map(EventKind::as_str)
    );
    let methods = [
        Method::ConsentPage,
        Method::HouseRules,
        Method::AccountPage,
        Method::Schedule,
        Method::Business,
        Method::Command,
    ];
    assert_eq!(
        words(&format!("{event}/method")),
        methods.map(Method::as_str)
    );
    let claims: Vec<&str> = Claim::all().iter().map(Claim::key).collect();
    assert_eq!(words("/$defs/claim"), claims);
    let request = "/properties/request/properties";
    assert_eq!(
        words(&format!("{request}/right")),
        Right::ALL.map(Right::as_str)
    );
    assert_eq!(
        words(&format!("{request}/outcome")),
        Outcome::ALL.map(Outcome::as_str)
    );
    let process = "/properties/processes/items/properties";
    for (list, permissions) in [
        ("permissions", Permission::processing()),
        ("channels", Permission::contact()),
    ] {
        let keys: Vec<&str> = permissions.iter().map(Permission::key).collect();
        assert_eq!(words(&format!("{process}/{list}/items")), keys);
    }
    assert_eq!(
        schema
            .pointer("/properties/schema/const")
            .and_then(Value::as_str),
        Some(RECEIPT_SCHEMA)
    );
}

#[test]
fn the_vocabulary_and_the_guide_explain_each_member_once() {
    let vocabulary = parsed(VOCABULARY);
    let mut explained: Vec<String> = vocabulary["@graph"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|entry| entry["rdfs:label"].as_str().expect("a label").to_owned())
        .collect();
    explained.sort();
    let described = all_described();
    assert_eq!(explained, described);
    let guide = include_str!("../../../../docs/receipts.md");
    for member in described {
        assert_eq!(
            guide.matches(&format!("| `{member}` |")).count(),
            1,
            "{member}"
        );
    }
}

/// A receipt of the first edition, as it was written before members were added.
#[test]
fn an_old_receipt_stays_readable() {
    let old = include_str!("../../../../tests/fuzz/corpus/receipts/one");
    let receipt: Receipt = serde_json::from_str(old).expect("it can be read");
    assert_eq!(receipt.event.kind, EventKind::Given);
    assert_eq!(receipt.processes.len(), 1);
}
