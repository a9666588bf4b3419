//! What is taken as a plan, and what is refused in which words.

use serde_json::{Value, json};

use super::*;
use crate::domain::language::Language;

#[test]
fn plan_is_read_as_it_was_written() {
    let plan = valid(&plan_of(&[purpose(), news()]));
    let deliver = &plan.purposes()[0];
    assert_eq!(deliver.claims, Claim::Name | Claim::Address);
    assert_eq!(deliver.voluntary_claims, Claim::PhoneNumber);
    assert_eq!(deliver.recipients[0].name, "Parcels BV");
    assert_eq!(deliver.storage, ["NL", "DE"]);
    assert!(deliver.permissions.is_empty());
    let news = &plan.purposes()[1];
    assert_eq!(
        news.permissions,
        Permission::ContactEmail | Permission::ContactPost
    );
    assert_eq!(
        news.offer.as_ref().map(|offer| offer.text.en.as_str()),
        Some("5% off")
    );
    assert_eq!(Plan::parse(&plan.to_json()), Ok(plan));
}

#[test]
fn an_offer_says_the_least_that_it_takes() {
    let least = json!({"claims": ["email"], "channels": ["post"], "retention": "P3M"});
    let mut document = plan_of(&[with(news(), "at_least", least)]);
    let free = json!({"nl": "Gratis", "en": "Free"});
    document["offers"] =
        json!([{"tier": "high", "offer": free, "at_least": {"claims": ["email"]}}]);
    let plan = valid(&document);
    let offer = plan.purposes()[0].offer.as_ref().expect("an offer");
    assert_eq!(offer.at_least.claims, Claim::Email);
    assert_eq!(offer.at_least.switches(), Permission::ContactPost);
    assert_eq!(
        offer.at_least.retention,
        Some("P3M".parse().expect("a period"))
    );
    assert_eq!(plan.tier_offers()[0].offer.text.en, "Free");
    assert!(fits_schema(&document));
    assert_eq!(Plan::parse(&plan.to_json()), Ok(plan));
}

#[test]
fn an_offer_takes_no_more_than_is_asked() {
    use PlanFault as F;
    let least = json!({"claims": ["birthdate"], "permissions": ["analytics"], "retention": "P7M"});
    let mut document = plan_of(&[
        with(news(), "at_least", least.clone()),
        with(purpose(), "at_least", json!({})),
    ]);
    let text = json!({"nl": "Gratis", "en": "Free"});
    document["offers"] = json!([
        {"tier": "high", "offer": text.clone(), "at_least": least},
        {"tier": "top", "offer": text.clone()},
        {"tier": "high", "offer": text},
    ]);
    let too_much = |at: &str| {
        let at = |list: &str| format!("{at}.at_least.{list}");
        [
            (at("claims"), F::OfferTakesClaim(Claim::Birthdate)),
            (
                at("permissions"),
                F::OfferTakesPermission(Permission::Analytics),
            ),
            (at("retention"), F::OfferTakesTime),
        ]
    };
    let mut expected = Vec::from(too_much("$.purposes[0]"));
    expected.push(("$.purposes[1].at_least".to_owned(), F::NothingOffered));
    expected.extend(too_much("$.offers[0]"));
    expected.push(("$.offers[1].tier".to_owned(), F::UnknownTier));
    expected.push(("$.offers[2].tier".to_owned(), F::NamedTwice));
    assert_eq!(problems(&document), expected);
}

#[test]
fn anonymous_newspaper_is_a_plan() {
    let read = without(without(purpose(), "claims"), "voluntary_claims");
    let plan = valid(&plan_of(&[read]));
    assert!(plan.used_claims().is_empty());
}

#[test]
fn claim_may_go_by_either_of_its_names() {
    let long = json!(["https://schemas.sluis.example/claims/delivery_address"]);
    let plan = valid(&plan_of(&[with(purpose(), "claims", long)]));
    assert_eq!(plan.purposes()[0].claims, Claim::DeliveryAddress);
}

#[test]
fn claim_that_no_purpose_uses_is_named_in_plain_words() {
    let mut document = plan_of(&[purpose()]);
    document["claims"] = json!(["name", "phone_number"]);
    let plan = valid(&document);
    assert_eq!(Plan::parse(&plan.to_json()), Ok(plan));

    document["claims"] = json!(["name", "birthdate"]);
    let problems = parse(&document).expect_err("nothing needs the birthdate");
    assert_eq!(
        problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["$.claims: you ask for a birthdate, but no purpose uses it"]
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "this is a table")]
fn each_fault_is_told_at_its_place() {
    use PlanFault as F;
    let cases: Vec<(Value, &str, PlanFault)> = vec![
        (with(purpose(), "id", json!("De Liver")), "id", F::BadId),
        (without(purpose(), "id"), "id", F::Missing),
        (
            with(purpose(), "purpose", json!("Delivery")),
            "purpose",
            F::BadCode,
        ),
        (
            with(purpose(), "purpose", json!("dpv:delivery")),
            "purpose",
            F::BadCode,
        ),
        (
            with(purpose(), "purpose", json!("foaf:Person")),
            "purpose",
            F::BadCode,
        ),
        (
            with(purpose(), "title", json!({"nl": "Bezorgen"})),
            "title.en",
            F::MissingLanguage(Language::En),
        ),
        (
            with(purpose(), "text", json!({"nl": "  ", "en": "Bring it."})),
            "text.nl",
            F::Empty,
        ),
        (
            with(
                purpose(),
                "text",
                json!({"nl": "x".repeat(601), "en": "Bring it."}),
            ),
            "text.nl",
            F::TooLong { max: 600 },
        ),
        (
            with(
                purpose(),
                "title",
                json!({"nl": "Be\u{202e}zorgen", "en": "Deliver"}),
            ),
            "title.nl",
            F::ControlCharacters,
        ),
        (
            with(purpose(), "title", json!("Deliver")),
            "title",
            F::NotAnObject,
        ),
        (
            with(purpose(), "offer", json!({"nl": "5%"})),
            "offer.en",
            F::MissingLanguage(Language::En),
        ),
        (
            with(purpose(), "basis", json!("because")),
            "basis",
            F::UnknownBasis,
        ),
        (
            with(purpose(), "required", json!("yes")),
            "required",
            F::NotABoolean,
        ),
        (without(purpose(), "required"), "required", F::Missing),
        (
            with(purpose(), "claims", json!(["name", "shoe_size"])),
            "claims[1]",
            F::UnknownClaim("shoe_size".into()),
        ),
        (
            with(purpose(), "claims", json!(["name", "name"])),
            "claims[1]",
            F::NamedTwice,
        ),
        (
            with(purpose(), "claims", json!("name")),
            "claims",
            F::NotAList,
        ),
        (
            with(purpose(), "claims", json!([7])),
            "claims[0]",
            F::NotText,
        ),
        (
            with(purpose(), "voluntary_claims", json!(["name"])),
            "voluntary_claims",
            F::NeededAndVoluntary(Claim::Name),
        ),
        (
            with(purpose(), "permissions", json!(["spying"])),
            "permissions[0]",
            F::UnknownPermission("spying".into()),
        ),
        (
            with(purpose(), "permissions", json!(["sms"])),
            "permissions[0]",
            F::IsAChannel(Permission::ContactSms),
        ),
        (
            with(purpose(), "channels", json!(["pigeon"])),
            "channels[0]",
            F::UnknownChannel("pigeon".into()),
        ),
        (
            with(purpose(), "channels", json!(["analytics"])),
            "channels[0]",
            F::IsAPermission(Permission::Analytics),
        ),
        (
            with(purpose(), "retention", json!("3 months")),
            "retention",
            F::BadRetention,
        ),
        (
            with(purpose(), "retention", json!("P11Y")),
            "retention",
            F::BadRetention,
        ),
        (
            with(purpose(), "storage", json!(["Mars"])),
            "storage[0]",
            F::BadCountry,
        ),
        (
            with(purpose(), "storage", json!(["NL", "nl"])),
            "storage[1]",
            F::NamedTwice,
        ),
        (
            with(purpose(), "recipients", json!([{"name": "Parcels BV"}])),
            "recipients[0].country",
            F::Missing,
        ),
    ];
    for (purpose, place, fault) in cases {
        let expected = (format!("$.purposes[0].{place}"), fault);
        assert_eq!(problems(&plan_of(&[purpose])), [expected]);
    }
}

#[test]
fn purpose_that_cannot_be_read_is_not_taken_for_one_that_uses_nothing() {
    let mut document = plan_of(&[with(purpose(), "retention", json!("soon"))]);
    document["claims"] = json!(["name"]);
    assert_eq!(
        problems(&document),
        [(
            "$.purposes[0].retention".to_owned(),
            PlanFault::BadRetention
        )]
    );
}

#[test]
fn invisible_characters_never_reach_a_page() {
    for sly in [
        '\u{0}', '\n', '\u{2028}', '\u{202e}', '\u{2069}', '\u{feff}',
    ] {
        let title = json!({"nl": format!("Be{sly}zorgen"), "en": "Deliver"});
        assert_eq!(
            problems(&plan_of(&[with(purpose(), "title", title)])),
            [(
                "$.purposes[0].title.nl".to_owned(),
                PlanFault::ControlCharacters
            )]
        );
    }
}

#[test]
fn unknown_fields_are_refused_wherever_they_stand() {
    let mut document = plan_of(&[with(purpose(), "colour", json!("red"))]);
    document["version of us"] = json!(1);
    let places: Vec<String> = problems(&document)
        .into_iter()
        .inspect(|(_, fault)| assert!(matches!(fault, PlanFault::UnknownMember { .. })))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(places, ["$['version of us']", "$.purposes[0].colour"]);
}

#[test]
fn every_problem_is_told_at_once() {
    let bad = json!({"id": "X", "offer": 5, "storage": ["ZZ"]});
    let told = problems(&plan_of(&[bad, with(news(), "retention", json!("soon"))]));
    let places: Vec<&str> = told.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        places,
        [
            "$.purposes[0].id",
            "$.purposes[0].purpose",
            "$.purposes[0].title",
            "$.purposes[0].text",
            "$.purposes[0].basis",
            "$.purposes[0].required",
            "$.purposes[0].retention",
            "$.purposes[0].storage[0]",
            "$.purposes[0].offer",
            "$.purposes[1].retention",
        ]
    );
}

#[test]
fn purpose_never_mixes_processing_with_contact() {
    let mixed = with(news(), "permissions", json!(["analytics"]));
    assert_eq!(
        problems(&plan_of(&[mixed])),
        [("$.purposes[0]".to_owned(), PlanFault::ProcessesAndContacts)]
    );
}

#[test]
fn two_purposes_cannot_share_an_id() {
    let twin = with(news(), "id", json!("deliver"));
    assert_eq!(
        problems(&plan_of(&[purpose(), twin])),
        [(
            "$.purposes[1].id".to_owned(),
            PlanFault::DuplicateId { first: 0 }
        )]
    );
}

#[test]
fn number_of_purposes_has_bounds() {
    let numbered = |count: usize| {
        let purposes: Vec<Value> = (0..count)
            .map(|number| with(purpose(), "id", json!(format!("p{number}"))))
            .collect();
        plan_of(&purposes)
    };
    assert_eq!(
        valid(&numbered(MAX_PURPOSES)).purposes().len(),
        MAX_PURPOSES
    );
    let told = |count| problems(&numbered(count));
    let at_purposes = |fault| vec![("$.purposes".to_owned(), fault)];
    assert_eq!(told(0), at_purposes(PlanFault::NoPurposes));
    assert_eq!(
        told(MAX_PURPOSES + 1),
        at_purposes(PlanFault::TooMany { max: MAX_PURPOSES })
    );
}

#[test]
fn text_that_is_not_a_plan_is_refused_with_a_reason() {
    for text in [
        "",
        "{",
        "[]",
        "null",
        "{\"purposes\": 1}",
        "{}",
        "\u{feff}{}",
    ] {
        let problems = Plan::parse(text).expect_err("no plan");
        assert_eq!(problems.len(), 1, "{text}: {problems:?}");
    }
    let twice = r#"{"purposes": [], "purposes": []}"#;
    let problems = Plan::parse(twice).expect_err("a member comes twice");
    assert!(problems[0].to_string().contains("`purposes` comes twice"));
    let deep = "[".repeat(100_000);
    assert!(Plan::parse(&deep).is_err());
    let long = " ".repeat(1_000_000);
    assert!(matches!(
        Plan::parse(&long).expect_err("too long")[0].fault,
        PlanFault::TooLarge { .. }
    ));
}

#[test]
fn number_of_problems_is_bounded() {
    let members: serde_json::Map<String, Value> = (0..10_000)
        .map(|number| (format!("x{number}"), Value::Null))
        .collect();
    assert!(problems(&members.into()).len() <= 200);
}
