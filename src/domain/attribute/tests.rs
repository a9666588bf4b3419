//! Values as people type them: what is taken, in which form, and what is
//! refused at which field.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::domain::language::Language;
use crate::domain::profile::Placement;

/// 21 September 2026, 14:13:20 UTC.
const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

fn checks() -> Checks {
    Checks::at(NOW)
}

fn parse(claim: Claim, text: &str) -> Result<AttributeValue, FieldErrors> {
    AttributeValue::parse(claim, &FormFields::of_value(text), &checks())
}

fn value(claim: Claim, text: &str) -> AttributeValue {
    parse(claim, text).expect("a good value")
}

/// The value as a response has it.
fn normal(claim: Claim, text: &str) -> String {
    let claim = value(claim, text).to_claim();
    claim.as_str().expect("a string").to_owned()
}

fn problem(claim: Claim, text: &str) -> Problem {
    let errors = parse(claim, text).expect_err("a bad value");
    errors.at(Field::Value).expect("at its field").clone()
}

fn form(pairs: &[(Field, &str)]) -> FormFields {
    pairs
        .iter()
        .map(|(field, text)| (*field, (*text).to_owned()))
        .collect()
}

fn address_form(street: &str, code: &str, town: &str, country: &str) -> FormFields {
    form(&[
        (Field::StreetAddress, street),
        (Field::PostalCode, code),
        (Field::Locality, town),
        (Field::Country, country),
    ])
}

fn address(form: &FormFields) -> Result<AttributeValue, FieldErrors> {
    AttributeValue::parse(Claim::Address, form, &checks())
}

#[test]
fn names_are_trimmed_and_spaced_once() {
    assert_eq!(
        normal(Claim::Name, "  Anna\u{a0} de \t Vries "),
        "Anna de Vries"
    );
    assert_eq!(problem(Claim::Name, " \n "), Problem::Empty);
    assert_eq!(normal(Claim::Name, &"é".repeat(100)).chars().count(), 100);
    assert_eq!(
        problem(Claim::Name, &"é".repeat(101)),
        Problem::TooLong { max: 100 }
    );
    for sly in ["An\u{0}na", "An\u{202e}na", "An\u{2066}na", "An\u{7f}na"] {
        assert_eq!(problem(Claim::Name, sly), Problem::ControlCharacters);
    }
}

#[test]
fn preferences_keep_their_lines() {
    let value = value(Claim::Preferences, " Jazz \r\n\r\n thee\n");
    assert_eq!(value.to_claim(), json!("Jazz\n\nthee"));
    assert_eq!(value.display_lines(Language::Nl), ["Jazz", "", "thee"]);
    assert_eq!(
        problem(Claim::Preferences, &"x".repeat(501)),
        Problem::TooLong { max: 500 }
    );
}

#[test]
fn email_domains_are_folded_and_local_parts_are_not() {
    assert_eq!(
        normal(Claim::Email, " Anna.Vries+shop@Example.ORG "),
        "Anna.Vries+shop@example.org"
    );
    let email = Email::parse("Anna@Example.org").expect("an address");
    assert_eq!(email.folded(), "anna@example.org");
    for bad in [
        "anna",
        "anna@",
        "@example.org",
        "anna@localhost",
        "anna@[127.0.0.1]",
        "Anna <anna@example.org>",
        "a b@example.org",
        "anna@exa mple.org",
        "anna@example..org",
        "anna@example.org, eve@example.org",
    ] {
        assert_eq!(problem(Claim::Email, bad), Problem::NotAnEmail, "{bad}");
    }
    assert_eq!(
        problem(Claim::Email, "anna@example.org\r\nBcc: eve@example.org"),
        Problem::ControlCharacters
    );
    let long = format!("anna@{}.org", "x".repeat(250));
    assert_eq!(problem(Claim::Email, &long), Problem::TooLong { max: 254 });
}

#[test]
fn telephone_numbers_become_e164() {
    for dutch in [
        "020 123 4567",
        "020-1234567",
        "(020) 123.45.67",
        "+31 20 1234567",
        "+31 (0)20 1234567",
        "0031 20 123 4567",
    ] {
        assert_eq!(normal(Claim::PhoneNumber, dutch), "+31201234567", "{dutch}");
    }
    assert_eq!(normal(Claim::PhoneNumber, "06 12345678"), "+31612345678");
    assert_eq!(normal(Claim::PhoneNumber, "+32 2 555 12 12"), "+3225551212");
    assert_eq!(
        normal(Claim::PhoneNumber, "+39 06 6982 1234"),
        "+390669821234"
    );
    assert_eq!(
        normal(Claim::PhoneNumber, "0044 20 7946 0958"),
        "+442079460958"
    );
    assert_eq!(
        normal(Claim::PhoneNumber, "+1 202-555-0143"),
        "+12025550143"
    );
    assert_eq!(
        value(Claim::PhoneNumber, "0612345678").display_lines(Language::Nl),
        ["+31 6 12345678"]
    );
    for bad in [
        "1",
        "020",
        "+31 20",
        "call me",
        "+999 123456789",
        "0800-FLOWERS",
        "+",
        "--",
        "((((",
    ] {
        assert_eq!(
            problem(Claim::PhoneNumber, bad),
            Problem::NotAPhoneNumber,
            "{bad}"
        );
    }
}

#[test]
fn number_without_country_code_is_dialled_where_people_are() {
    let belgium = checks().in_region("BE".parse().expect("a country"));
    let number = PhoneNumber::parse("02 555 12 12", &belgium).expect("a number");
    assert_eq!(number.as_str(), "+3225551212");
}

#[test]
fn iban_is_kept_without_spaces_and_shown_in_groups() {
    let typed = form(&[
        (Field::Iban, " nl91 abna 0417 1643 00 "),
        (Field::Holder, " A.  de Vries "),
    ]);
    let account =
        AttributeValue::parse(Claim::PaymentAccount, &typed, &checks()).expect("an account");
    assert_eq!(
        account.to_claim(),
        json!({"iban": "NL91ABNA0417164300", "holder": "A. de Vries"})
    );
    assert_eq!(
        account.display_lines(Language::Nl),
        ["NL91 ABNA 0417 1643 00", "A. de Vries"]
    );
}

#[test]
fn iban_with_a_wrong_digit_is_refused_at_its_field() {
    for bad in [
        "NL91ABNA0417164301",
        "NL91",
        "XX00",
        "4111111111111111",
        "é",
    ] {
        let typed = form(&[(Field::Iban, bad), (Field::Holder, "")]);
        let errors = AttributeValue::parse(Claim::PaymentAccount, &typed, &checks())
            .expect_err("two problems");
        assert_eq!(errors.at(Field::Iban), Some(&Problem::NotAnIban), "{bad}");
        assert_eq!(errors.at(Field::Holder), Some(&Problem::Empty));
    }
}

#[test]
fn addresses_are_written_as_their_country_does() {
    let typed = address_form(
        " Herengracht  1 \r\n3 hoog ",
        "1012js",
        "Amsterdam",
        "nederland",
    );
    let held = address(&typed).expect("an address");
    assert_eq!(
        held.to_claim(),
        json!({
            "street_address": "Herengracht 1\n3 hoog",
            "postal_code": "1012 JS",
            "locality": "Amsterdam",
            "country": "NL",
            "formatted": "Herengracht 1\n3 hoog\n1012 JS Amsterdam\nNetherlands",
        })
    );
    assert_eq!(
        held.display_lines(Language::Nl),
        ["Herengracht 1", "3 hoog", "1012 JS Amsterdam", "Nederland"]
    );

    let mut typed = address_form("1600 Main Street", "20500-0003", "Washington", "USA");
    typed.set(Field::Region, "DC");
    assert_eq!(
        address(&typed)
            .expect("an address")
            .display_lines(Language::En),
        [
            "1600 Main Street",
            "Washington, DC 20500-0003",
            "United States"
        ]
    );

    let ghana = address_form("1 Independence Avenue", "", "Accra", "GH");
    assert_eq!(
        address(&ghana)
            .expect("no code needed")
            .display_lines(Language::En),
        ["1 Independence Avenue", "Accra", "Ghana"]
    );
}

#[test]
fn every_field_of_an_address_tells_its_own_problem() {
    let errors = address(&address_form("", "99", " ", "NL")).expect_err("three problems");
    let places: Vec<Field> = errors.iter().map(|error| error.field).collect();
    assert_eq!(
        places,
        [Field::StreetAddress, Field::PostalCode, Field::Locality]
    );
    assert_eq!(
        errors.at(Field::PostalCode),
        Some(&Problem::NotAPostalCode {
            country: Country::NETHERLANDS,
            example: "1012 JS"
        })
    );
    let errors = address(&address_form("a", "1012 JS", "b", "Atlantis")).expect_err("no country");
    assert_eq!(
        errors,
        FieldErrors::one(Field::Country, Problem::NotACountry)
    );
    let errors = address(&address_form("a", "1012 JS", "b", "")).expect_err("no country");
    assert_eq!(errors, FieldErrors::one(Field::Country, Problem::Empty));
}

#[test]
fn postal_codes_are_known_by_country() {
    let code = |country: &str, text: &str| {
        address(&address_form("a", text, "b", country))
            .ok()
            .and_then(|value| value.to_claim()["postal_code"].as_str().map(str::to_owned))
    };
    for (country, typed, written) in [
        ("NL", "1012JS", "1012 JS"),
        ("NL", " 1012  js", "1012 JS"),
        ("NL", "NL-1012 JS", "1012 JS"),
        ("BE", "B-1000", "1000"),
        ("DE", "10115", "10115"),
        ("FR", "75001", "75001"),
        ("LU", "L-1111", "1111"),
        ("AT", "A-1010", "1010"),
        ("ES", "28 013", "28013"),
        ("IT", "00118", "00118"),
        ("GB", "sw1a1aa", "SW1A 1AA"),
        ("GB", "m1 1ae", "M1 1AE"),
        ("US", "20500", "20500"),
        ("US", "205000003", "20500-0003"),
        ("CA", "k1a0b1", "K1A 0B1"),
        ("PT", "1100148", "1100-148"),
        ("PL", "00001", "00-001"),
        ("SE", "SE-11120", "111 20"),
        ("LT", "01100", "LT-01100"),
        ("LV", "lv-1010", "LV-1010"),
        ("IE", "d02af30", "D02 AF30"),
        ("GH", "ga-184", "GA-184"),
    ] {
        assert_eq!(
            code(country, typed).as_deref(),
            Some(written),
            "{country} {typed}"
        );
    }
    for (country, typed) in [
        ("NL", "0123 AB"),
        ("NL", "1012"),
        ("NL", "1012 J5"),
        ("NL", ""),
        ("BE", "10000"),
        ("DE", "1011"),
        ("GB", "12345"),
        ("US", "2050"),
        ("LT", "LV-01100"),
        ("GH", "behind the church"),
        ("GH", "<b>"),
    ] {
        assert_eq!(code(country, typed), None, "{country} {typed}");
    }
}

#[test]
fn examples_of_postal_codes_are_postal_codes() {
    for country in Country::all(Language::En) {
        let form = address_form("a", "?!", "b", country.alpha2());
        let errors = address(&form).expect_err("no postal code anywhere");
        let Some(Problem::NotAPostalCode { example, .. }) = errors.at(Field::PostalCode) else {
            panic!("{country} takes anything");
        };
        assert!(address(&address_form("a", example, "b", country.alpha2())).is_ok());
    }
}

#[test]
fn birthdates_are_dates_between_1900_and_today() {
    assert_eq!(normal(Claim::Birthdate, "1990-12-31"), "1990-12-31");
    assert_eq!(normal(Claim::Birthdate, " 31-12-1990 "), "1990-12-31");
    assert_eq!(normal(Claim::Birthdate, "1.2.1990"), "1990-02-01");
    assert_eq!(normal(Claim::Birthdate, "2026-09-21"), "2026-09-21");
    assert_eq!(
        problem(Claim::Birthdate, "2026-09-23"),
        Problem::InTheFuture
    );
    assert_eq!(normal(Claim::Birthdate, "1900-01-01"), "1900-01-01");
    assert_eq!(problem(Claim::Birthdate, "1899-12-31"), Problem::TooLongAgo);
    for bad in [
        "2023-02-29",
        "1990-13-01",
        "90-12-31",
        "yesterday",
        "1990",
        "1990-1-1-1",
        "-1-1-1990",
    ] {
        assert_eq!(problem(Claim::Birthdate, bad), Problem::NotADate, "{bad}");
    }
}

#[test]
fn birthday_of_today_counts_where_the_day_began_first() {
    // 11:00 UTC on the 21st is 01:00 on the 22nd at UTC+14.
    let noon = Checks::at(Timestamp::from_seconds(1_789_988_400));
    let tomorrow = FormFields::of_value("2026-09-22");
    assert!(AttributeValue::parse(Claim::Birthdate, &tomorrow, &noon).is_ok());
}

#[test]
fn locales_are_written_as_bcp_47_does() {
    assert_eq!(normal(Claim::Locale, "NL"), "nl");
    assert_eq!(normal(Claim::Locale, "en_gb"), "en-GB");
    for bad in ["und", "nederlands!", "x", "12"] {
        assert_eq!(problem(Claim::Locale, bad), Problem::NotALanguage, "{bad}");
    }
}

#[test]
fn countries_are_those_of_the_library_and_each_has_two_names() {
    let own: BTreeSet<&str> = Country::all(Language::Nl)
        .into_iter()
        .map(Country::alpha2)
        .collect();
    let library: BTreeSet<&str> = celes::Country::get_countries()
        .iter()
        .map(|country| country.alpha2)
        .collect();
    assert_eq!(own, library);
    for language in Language::ALL {
        for country in Country::all(language) {
            assert_eq!(country.name(language).parse(), Ok(country));
        }
    }
    let names: Vec<&str> = Country::all(Language::Nl)
        .into_iter()
        .map(|country| country.name(Language::Nl))
        .collect();
    assert_eq!(names.first(), Some(&"Afghanistan"));
    assert_eq!(names.last(), Some(&"Zwitserland"));
    assert_eq!("ned".parse::<Country>(), Err(Problem::NotACountry));
}

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
    assert!(!picked.is_blank());
    assert!(FormFields::pick(Claim::Name, [("value", " ")]).is_blank());
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
        printed += &format!("{attribute:?} {:?}", attribute.value);
        printed += &format!("{:?} {:?}", attribute.value.content(), handed.get(claim));
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

fn any_claim() -> impl Strategy<Value = Claim> {
    let claims: Vec<Claim> = Claim::all().iter().collect();
    prop::sample::select(claims)
}

/// What people type: good values with slips, and anything at all.
fn any_form() -> impl Strategy<Value = (Claim, FormFields)> {
    let text = |field: Field, claim: Claim| -> BoxedStrategy<String> {
        let likely = match (field, claim) {
            (Field::Country, _) => "NL|BE|de|usa|Nederland|GB|lt|gh|[A-Za-z]{2}",
            (Field::PostalCode, _) => {
                "[1-9][0-9]{3} ?[A-Za-z]{2}|[0-9]{4,6}|([A-Z]{1,2}-)?[A-Z0-9 -]{2,9}"
            }
            (Field::Iban, _) => "NL91 ?ABNA ?0417 ?1643 ?00|[a-z]{2}[0-9]{2} ?[A-Za-z0-9]{4,30}",
            (_, Claim::Email) => "[A-Za-z0-9.+\"-]{1,10}@([A-Za-zé0-9-]{1,8}\\.){1,2}[A-Za-z]{2,4}",
            (_, Claim::PhoneNumber) => {
                "(\\+[1-9]|00|0)?[0-9 ().-]{3,16}|\\+(31|32|49|44|39|1|33)[0-9]{6,12}"
            }
            (_, Claim::Birthdate) => {
                "(18|19|20)[0-9]{2}-[01]?[0-9]-[0-3]?[0-9]|[0-3]?[0-9]\\.[01]?[0-9]\\.19[0-9]{2}"
            }
            (_, Claim::Locale) => "[a-zA-Z]{2,3}([-_][A-Za-z]{2})?([-_][a-z0-9]{4,8})?",
            _ => "[ A-Za-zéß\t\r\n'-]{0,40}",
        };
        prop_oneof![
            3 => proptest::string::string_regex(likely).expect("a pattern"),
            1 => any::<String>(),
        ]
        .boxed()
    };
    any_claim().prop_flat_map(move |claim| {
        let inputs: Vec<_> = fields(claim)
            .iter()
            .map(|field| text(*field, claim).prop_map(|text| (*field, text)))
            .collect();
        inputs.prop_map(move |pairs| (claim, pairs.into_iter().collect()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn anything_typed_is_taken_whole_or_refused_at_a_field((claim, form) in any_form()) {
        match AttributeValue::parse(claim, &form, &checks()) {
            Ok(value) => {
                prop_assert_eq!(value.claim(), claim);
                prop_assert!(!value.display_lines(Language::Nl).is_empty());
            }
            Err(errors) => {
                prop_assert!(errors.iter().count() > 0);
                for error in errors.iter() {
                    prop_assert!(fields(claim).contains(&error.field));
                }
            }
        }
    }

    #[test]
    fn no_digits_dialled_anywhere_make_the_library_panic(
        region in prop::sample::select(Country::all(Language::En)),
        text in "(\\+|00)?[0-9]{1,17}|[0-9 +().-]{0,33}",
    ) {
        if let Ok(number) = PhoneNumber::parse(&text, &checks().in_region(region)) {
            prop_assert_eq!(PhoneNumber::parse(&number.grouped(), &checks()), Ok(number.clone()));
            prop_assert_eq!(PhoneNumber::parse(number.as_str(), &checks()), Ok(number));
        }
    }

    #[test]
    fn form_refilled_from_a_value_gives_that_value((claim, form) in any_form()) {
        if let Ok(value) = AttributeValue::parse(claim, &form, &checks()) {
            let again = AttributeValue::parse(claim, &value.to_fields(), &checks());
            prop_assert!(again == Ok(value.clone()), "{:?}", value.to_claim());
        }
    }

    #[test]
    fn normalised_value_is_its_own_normal_form((claim, form) in any_form()) {
        if let Ok(value) = AttributeValue::parse(claim, &form, &checks()) {
            let again = AttributeValue::from_json(claim, &value.to_claim(), &checks());
            prop_assert!(again == Ok(value.clone()), "{:?}", value.to_claim());
        }
    }

    #[test]
    fn normalised_value_fits_its_field((claim, form) in any_form()) {
        if let Ok(value) = AttributeValue::parse(claim, &form, &checks()) {
            for (field, text) in value.to_fields().iter() {
                prop_assert!(text.chars().count() <= field.max_length(claim), "{}", text);
            }
        }
    }

    #[test]
    fn stored_value_comes_back((claim, form) in any_form()) {
        if let Ok(value) = AttributeValue::parse(claim, &form, &checks()) {
            let stored = serde_json::to_vec(&value).expect("it can be written");
            prop_assert!(serde_json::from_slice(&stored).is_ok_and(|again: AttributeValue| again == value));
        }
    }
}
