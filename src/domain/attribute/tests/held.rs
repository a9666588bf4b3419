//! Values as accounts hold them, files bring them and businesses get them.

use serde_json::json;

use super::*;
use crate::domain::business::BusinessSector;
use crate::domain::house_rules::Rule;
use crate::domain::profile::Placement;

#[test]
fn form_takes_its_own_fields_and_the_first_of_each() {
    let sent = [
        ("csrf", "x"),
        ("iban", "NL91ABNA0417164300"),
        ("holder", "Anna"),
        ("holder", "Eve"),
        ("value", "7"),
    ];
    let picked = FormFields::pick(Claim::PaymentAccount, sent);
    assert_eq!(picked.get(Field::Holder), "Anna");
    assert_eq!(picked.get(Field::Value), "");
}

#[test]
fn attributes_file_is_read_by_claim_name_with_every_problem_at_once() {
    let good = json!({
        "name": "Anna de Vries",
        "email": "anna@example.org",
        "email_verified": true,
        "phone_number": "020 123 4567",
        "https://schemas.sluis.example/claims/payment_account":
            {"iban": "NL91ABNA0417164300", "holder": "Anna"},
        "delivery_address": {
            "street_address": "Herengracht 1", "postal_code": "1012JS", "locality": "Amsterdam",
            "country": "NL", "formatted": "anything",
        },
    });
    let read = read_document(&good, &checks()).expect("a good document");
    let claims: EnumSet<Claim> = read.iter().map(|held| held.value.claim()).collect();
    assert_eq!(
        claims,
        Claim::Name
            | Claim::Email
            | Claim::PhoneNumber
            | Claim::PaymentAccount
            | Claim::DeliveryAddress
    );
    let verified: Vec<Claim> = read
        .iter()
        .filter(|held| held.verified)
        .map(|held| held.value.claim())
        .collect();
    assert_eq!(verified, [Claim::Email]);

    let bad = json!({
        "name": 7,
        "shoe_size": "44",
        "payment_account": {"iban": "NL00", "holder": "Anna"},
        "address": {"street": "Herengracht 1"},
        "birthdate": "2990-01-01",
        "phone_number_verified": true,
        "email_verified": "yes",
    });
    let mut told: Vec<String> = read_document(&bad, &checks())
        .expect_err("a bad document")
        .iter()
        .map(ToString::to_string)
        .collect();
    told.sort();
    assert_eq!(
        told,
        [
            "`shoe_size` is not a claim that Sluis knows",
            "address: `street` is not one of street_address, postal_code, locality, region, country",
            "birthdate: value: this is in the future",
            "email_verified must be true or false",
            "name: this must be a string",
            "payment_account: iban: this is not an IBAN; check its digits",
            "phone_number_verified says that nothing was verified: there is no phone_number",
        ]
    );
    assert!(read_document(&json!([]), &checks()).is_err());
}

fn sample() -> Attributes {
    [
        value(Claim::Name, "Anna de Vries"),
        value(Claim::Email, "anna@example.org"),
        value(Claim::PhoneNumber, "0612345678"),
        value(Claim::Birthdate, "1990-12-31"),
        address(&address_form("Herengracht 1", "1012JS", "Amsterdam", "NL")).expect("an address"),
    ]
    .into_iter()
    .map(|value| Attribute::new(value, Source::Consumer, NOW))
    .collect()
}

#[test]
fn responses_carry_what_is_granted_and_verified_flags_only_beside_their_claims() {
    let mut attributes = sample();
    let email = attributes.remove(Claim::Email).expect("an e-mail address");
    attributes.insert(email.verified(NOW));
    let handed = released(
        &attributes,
        Claim::Name | Claim::Email | Claim::PhoneNumber | Claim::Gender,
    );
    assert_eq!(
        handed.held(),
        Claim::Name | Claim::Email | Claim::PhoneNumber
    );
    assert_eq!(
        serde_json::Value::from(handed.claims_json(Claim::all())),
        json!({
            "name": "Anna de Vries",
            "email": "anna@example.org",
            "email_verified": true,
            "phone_number": "+31612345678",
            "phone_number_verified": false,
        })
    );
    assert_eq!(
        serde_json::Value::from(handed.claims_json(Claim::Name.into())),
        json!({"name": "Anna de Vries"})
    );
    assert!(handed.claims_json(EnumSet::empty()).is_empty());
    assert_eq!(
        handed.narrowed_to(Claim::Name | Claim::Birthdate).held(),
        Claim::Name
    );
}

#[test]
fn own_claims_have_collision_resistant_names_in_responses() {
    let mut attributes = sample();
    let form = address_form("Herengracht 1", "1012JS", "Amsterdam", "NL");
    let delivery = AttributeValue::parse(Claim::DeliveryAddress, &form, &checks());
    attributes.insert(Attribute::new(
        delivery.expect("an address"),
        Source::Consumer,
        NOW,
    ));
    let members = released(&attributes, Claim::DeliveryAddress.into()).claims_json(Claim::all());
    let names: Vec<&str> = members.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["https://schemas.sluis.example/claims/delivery_address"]
    );
}

#[test]
fn stating_the_same_again_confirms_and_keeps_the_verification() {
    let mut attributes = Attributes::new();
    let later = Timestamp::from_micros(NOW.as_micros() + 1);
    assert!(attributes.state(value(Claim::Email, "a@example.org"), Source::Operator, NOW));
    let held = attributes.remove(Claim::Email).expect("held").verified(NOW);
    attributes.insert(held);

    assert!(!attributes.state(
        value(Claim::Email, "a@EXAMPLE.org"),
        Source::Consumer,
        later
    ));
    let held = attributes.get(Claim::Email).expect("held");
    assert_eq!((held.confirmed_at, held.verified_at), (later, Some(NOW)));
    assert_eq!(held.source, Source::Operator);

    assert!(attributes.state(
        value(Claim::Email, "b@example.org"),
        Source::Consumer,
        later
    ));
    let held = attributes.get(Claim::Email).expect("held");
    assert_eq!((held.verified_at, held.source), (None, Source::Consumer));
}

#[test]
fn vault_and_released_values_survive_their_bytes() {
    let mut contents = VaultContents {
        attributes: sample(),
        ..VaultContents::default()
    };
    contents.profiles.place_claim(Claim::Email, Placement::High);
    let bytes = contents.to_bytes();
    assert!(VaultContents::from_bytes(&bytes) == Ok(contents.clone()));

    let handed = released(&contents.attributes, Claim::all());
    assert!(Released::from_bytes(&handed.to_bytes()) == Ok(handed));
}

#[test]
fn vault_of_before_there_were_house_rules_opens_without_any() {
    // Without a rule, it still is as the edition of before wrote it.
    let before = VaultContents::default().to_bytes();
    let text = String::from_utf8(before.to_vec()).expect("JSON");
    assert!(!text.contains("rules"), "{text}");
    let mut contents = VaultContents::from_bytes(&before).expect("a vault");
    assert!(contents.rules.is_empty());
    contents.rules.set(BusinessSector::Shop, Rule::default());
    assert!(VaultContents::from_bytes(&contents.to_bytes()) == Ok(contents));
}

#[test]
fn vault_of_a_newer_edition_is_refused() {
    let text = String::from_utf8(VaultContents::default().to_bytes().to_vec()).expect("JSON");
    let newer = text.replace("\"format\":1", "\"format\":2");
    assert_ne!(text, newer);
    assert_eq!(
        VaultContents::from_bytes(newer.as_bytes()),
        Err(UnreadableVault)
    );
    assert_eq!(VaultContents::from_bytes(b"{}"), Err(UnreadableVault));
    assert_eq!(VaultContents::from_bytes(b"\xff"), Err(UnreadableVault));
}

#[test]
fn nothing_that_holds_a_value_prints_it() {
    let attributes = sample();
    let handed = released(&attributes, Claim::all());
    let mut printed = format!(
        "{attributes:?} {handed:?} {:?} {:?}",
        VaultContents {
            attributes: attributes.clone(),
            ..VaultContents::default()
        },
        FormFields::of_value("Anna"),
    );
    for (claim, attribute) in attributes.iter() {
        let value = &attribute.value;
        let each = format!("{attribute:?} {value:?} {:?}", value.content());
        printed += &each;
        let handed = format!("{:?}", handed.get(claim));
        printed += &handed;
    }
    for secret in [
        "Anna",
        "Vries",
        "example.org",
        "612345678",
        "1990",
        "Herengracht",
        "1012",
    ] {
        assert!(!printed.contains(secret), "{printed}");
    }
    assert!(printed.contains("AttributeValue(…)"));
}
