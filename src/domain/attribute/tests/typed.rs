//! Values as people type them: what is taken, in which form, and what is
//! refused at which field.

use std::collections::BTreeSet;

use serde_json::json;

use super::*;
use crate::domain::language::Language;

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
        "+31 20 123 456",
        "+31 20 123 45678",
        "012 345 6789",
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
