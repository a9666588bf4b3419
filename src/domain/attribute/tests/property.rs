//! What holds for anything that anyone types.

use proptest::prelude::*;

use super::*;
use crate::domain::language::Language;

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
    fn no_digits_make_the_library_panic(
        text in "(\\+|00)?[0-9]{1,17}|[0-9 +().-]{0,33}",
    ) {
        if let Ok(number) = PhoneNumber::parse(&text) {
            prop_assert_eq!(PhoneNumber::parse(&number.grouped()), Ok(number.clone()));
            prop_assert_eq!(PhoneNumber::parse(number.as_str()), Ok(number));
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
