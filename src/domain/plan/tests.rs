//! Plans as documents: what is refused and in which words, what is advised,
//! and that the published schema agrees.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::language::Language;

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
        news.offer.as_ref().map(|offer| offer.en.as_str()),
        Some("5% off")
    );
    assert_eq!(Plan::parse(&plan.to_json()), Ok(plan));
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
    assert_eq!(
        plan.requested_claims(),
        Some(Claim::Name | Claim::PhoneNumber)
    );
    assert_eq!(Plan::parse(&plan.to_json()), Ok(plan));

    document["claims"] = json!(["name", "birthdate"]);
    let problems = parse(&document).expect_err("nothing needs the birthdate");
    assert_eq!(
        problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["$.claims: you ask for a birthdate, but no purpose uses it"]
    );
}

#[test]
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
            "$.purposes[0].offer",
            "$.purposes[0].storage[0]",
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
    let guide = include_str!("../../../docs/data-plan.md");
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

fn concerns(purpose: Value) -> Vec<Concern> {
    valid(&plan_of(&[purpose]))
        .lint()
        .into_iter()
        .map(|advice| advice.concern)
        .collect()
}

#[test]
fn linter_keeps_silent_about_a_good_plan() {
    let news = with(news(), "channels", json!(["email"]));
    assert_eq!(valid(&plan_of(&[purpose(), news])).lint(), []);
}

#[test]
fn linter_advises_on_what_is_unwise() {
    use Concern as C;
    assert_eq!(
        concerns(with(purpose(), "basis", json!("consent"))),
        [C::RequiredConsent]
    );
    assert_eq!(
        concerns(with(
            with(purpose(), "required", json!(false)),
            "basis",
            json!("legal_obligation")
        )),
        [C::OptionalDuty]
    );
    let mail_alone = with(news(), "channels", json!(["email"]));
    assert_eq!(
        concerns(with(mail_alone, "basis", json!("legitimate_interest"))),
        [C::ContactWithoutConsent(LegalBasis::LegitimateInterest)]
    );
    assert_eq!(
        concerns(with(purpose(), "permissions", json!(["analytics"]))),
        [
            C::PermissionWithoutConsent(Permission::Analytics, LegalBasis::Contract),
            C::SwitchInRequired
        ]
    );
    assert!(matches!(
        concerns(with(purpose(), "retention", json!("P1Y")))[..],
        [C::LongRetention { .. }]
    ));
    assert_eq!(concerns(with(purpose(), "retention", json!("P180D"))), []);
    assert_eq!(
        concerns(with(purpose(), "claims", json!(["birthdate"]))),
        [C::NeedsHighTier(Claim::Birthdate)]
    );
    assert_eq!(
        concerns(news()),
        [C::ChannelWithoutClaim {
            channel: Permission::ContactPost,
            claim: Claim::Address
        }]
    );
    assert_eq!(
        concerns(with(
            without(with(news(), "claims", json!([])), "channels"),
            "storage",
            json!([])
        )),
        [C::AsksNothing]
    );
    assert_eq!(concerns(without(purpose(), "storage")), [C::NoStorage]);
    assert_eq!(
        concerns(with(purpose(), "text", json!({"nl": "x", "en": "x"}))),
        [C::Untranslated]
    );
}

fn any_text(max: usize) -> impl Strategy<Value = LocalizedText> {
    let words = move || {
        proptest::string::string_regex(&format!("[A-Za-zéß☺\"\\\\]([ -~é]{{0,{}}}[a-z])?", max - 2))
            .expect("a pattern")
    };
    (words(), words()).prop_map(|(nl, en)| LocalizedText { nl, en })
}

fn any_set<T: EnumSetTypeFromBits>() -> impl Strategy<Value = EnumSet<T>> {
    any::<u32>().prop_map(T::from_bits)
}

/// Sets of any bits; those that stand for nothing are passed over.
trait EnumSetTypeFromBits: enumset::EnumSetType + std::fmt::Debug {
    fn from_bits(bits: u32) -> EnumSet<Self> {
        EnumSet::<Self>::all()
            .iter()
            .enumerate()
            .filter(|(index, _)| bits & (1 << index) != 0)
            .map(|(_, member)| member)
            .collect()
    }
}

impl EnumSetTypeFromBits for Claim {}
impl EnumSetTypeFromBits for Permission {}

fn any_purpose() -> impl Strategy<Value = Purpose> {
    let words = (any_text(80), any_text(600), any::<bool>(), any_text(200));
    let sets = (
        any_set::<Claim>(),
        any_set::<Claim>(),
        any_set::<Permission>(),
        any::<bool>(),
    );
    let rest = (
        0..LegalBasis::ALL.len(),
        any::<bool>(),
        prop_oneof![
            (1_u16..=120).prop_map(Retention::months),
            (1_u16..=3650).prop_map(Retention::days)
        ],
        prop::collection::vec(prop::sample::select(vec!["NL", "DE", "US"]), 0..4),
        prop::sample::subsequence(vec!["NL", "BE", "US"], 0..=3),
    );
    (words, sets, rest).prop_map(
        |(
            (title, text, offers, offer),
            (claims, voluntary, permissions, contacts),
            (basis, required, retention, recipients, storage),
        )| Purpose {
            id: PurposeId("p".to_owned()),
            code: "dpv:DeliveryOfGoods".to_owned(),
            title,
            text,
            basis: LegalBasis::ALL[basis],
            required,
            claims,
            voluntary_claims: voluntary - claims,
            permissions: if contacts {
                permissions & Permission::contact()
            } else {
                permissions & Permission::processing()
            },
            retention: retention.unwrap_or(Retention::MAX),
            offer: offers.then_some(offer),
            recipients: recipients
                .into_iter()
                .map(|country| Recipient {
                    name: "Someone".to_owned(),
                    country: country.to_owned(),
                })
                .collect(),
            storage: storage.into_iter().map(str::to_owned).collect(),
        },
    )
}

fn any_plan() -> impl Strategy<Value = Plan> {
    let purposes = prop::collection::vec(any_purpose(), 1..5).prop_map(|mut purposes| {
        for (index, purpose) in purposes.iter_mut().enumerate() {
            purpose.id = PurposeId(format!("p{index}"));
        }
        purposes
    });
    (purposes, prop::option::of(any_set::<Claim>())).prop_map(|(purposes, requested)| {
        let plan = Plan {
            requested: None,
            purposes,
        };
        Plan {
            requested: requested.map(|claims| claims & plan.used_claims()),
            ..plan
        }
    })
}

proptest! {
    #[test]
    fn every_plan_survives_its_document(plan in any_plan()) {
        let text = plan.to_json();
        let again = Plan::parse(&text);
        prop_assert_eq!(again.as_ref(), Ok(&plan));
        prop_assert_eq!(again.map(|plan| plan.to_json()), Ok(text));
    }

    #[test]
    fn every_plan_fits_the_schema(plan in any_plan()) {
        let document: Value = serde_json::from_str(&plan.to_json()).expect("JSON");
        prop_assert!(fits_schema(&document));
    }

    #[test]
    fn any_text_is_read_without_panic(text in "\\PC*|[\\[\\]{}\":, a-z]{0,60}") {
        let _ = Plan::parse(&text);
    }

    #[test]
    fn broken_plan_is_read_without_panic(plan in any_plan(), cut in any::<prop::sample::Index>(), put in ".{0,3}") {
        let text: Vec<char> = plan.to_json().chars().collect();
        let at = cut.index(text.len());
        let mut broken: String = text[..at].iter().collect();
        broken.push_str(&put);
        broken.extend(&text[at + 1..]);
        let _ = Plan::parse(&broken);
    }
}
