//! Signing up and in, and the profiles.

use crate::domain::attribute::{AttributeValue, Checks, Field, FormFields, Source};
use crate::domain::claim::Claim;
use crate::domain::language::Language;
use crate::domain::permission::Permission;
use crate::domain::profile::{Profiles, default_retention};
use crate::domain::tier::Tier;
use crate::i18n::{Texts, t};
use crate::pages::attribute::AttributePage;
use crate::pages::overview::Done;
use crate::pages::profiles::{AttributeRow, HeldValue, ProfilesPage};
use crate::pages::sign_in::{SignInFailure, SignInNotice, SignInPage};
use crate::pages::sign_up::SignUpPage;
use crate::pages::sign_up_passkey::{MadePasskey, SignUpPasskeyPage};
use crate::web::page::{FieldError, Section};

use super::{NOW, days, paper, shell, shop, stranger, value};

fn held_value(claim: Claim, language: Language) -> Option<HeldValue> {
    Some(HeldValue {
        value: value(claim, language)?,
        source: if claim == Claim::Email {
            Source::Operator
        } else {
            Source::Consumer
        },
        confirmed_at: days(-90),
        verified_at: (claim == Claim::Email).then(|| days(-90)),
    })
}

pub(super) fn profiles(language: Language) -> Vec<(&'static str, ProfilesPage)> {
    let profiles = Profiles::default();
    let page = ProfilesPage {
        shell: shell(language, Some(Section::Profiles), "/account/profiles"),
        revision: 7,
        done: None,
        minor_until: None,
        of_age_since: None,
        attributes: Claim::all()
            .iter()
            .map(|claim| AttributeRow {
                claim,
                placement: profiles.claim_placement(claim),
                held: held_value(claim, language),
            })
            .collect(),
        permissions: Permission::all()
            .iter()
            .map(|permission| (permission, profiles.permission_placement(permission)))
            .collect(),
        retention: Tier::ALL.map(|tier| (tier, default_retention(tier))).into(),
    };
    let minor = ProfilesPage {
        minor_until: Some(days(400)),
        ..page.clone()
    };
    let of_age = ProfilesPage {
        of_age_since: Some(days(-2)),
        ..page.clone()
    };
    let stale = ProfilesPage {
        done: Some(Done::Stale),
        ..page.clone()
    };
    vec![
        ("profiles", page),
        ("profiles-minor", minor),
        ("profiles-of-age", of_age),
        ("profiles-stale", stale),
    ]
}

pub(super) fn attributes(language: Language) -> Vec<(&'static str, AttributePage)> {
    let page = |claim: Claim, typed: FormFields, wrong: bool| {
        let errors = wrong
            .then(|| AttributeValue::parse(claim, &typed, &Checks::at(NOW)).err())
            .flatten();
        AttributePage {
            shell: shell(
                language,
                Some(Section::Profiles),
                &format!("/account/profiles/{claim}"),
            ),
            revision: 7,
            done: None,
            claim,
            held: held_value(claim, language),
            typed,
            errors,
            placement: Profiles::default().claim_placement(claim),
            seen_by: vec!["De Groene Winkel".to_owned()],
            return_to: "/account/profiles".to_owned(),
        }
    };
    let typed = |fields: &[(Field, &str)]| {
        fields
            .iter()
            .map(|(field, text)| (*field, (*text).to_owned()))
            .collect::<FormFields>()
    };
    let gender = page(Claim::Gender, FormFields::default(), false);
    let stale = AttributePage {
        done: Some(Done::Stale),
        ..gender.clone()
    };
    vec![
        ("attribute-gender", gender),
        ("attribute-stale", stale),
        (
            "attribute-address",
            page(
                Claim::DeliveryAddress,
                typed(&[
                    (Field::StreetAddress, "Prinsengracht 263"),
                    (Field::PostalCode, "1016"),
                    (Field::Country, "NL"),
                ]),
                true,
            ),
        ),
        (
            "attribute-payment",
            page(
                Claim::PaymentAccount,
                typed(&[
                    (Field::Iban, "NL91 ABNA 0417 1643 01"),
                    (Field::Holder, "S. de Vries"),
                ]),
                true,
            ),
        ),
        (
            "attribute-phone",
            page(
                Claim::PhoneNumber,
                FormFields::of_value("+31 20 555 0123"),
                false,
            ),
        ),
        (
            "attribute-preferences",
            page(
                Claim::Preferences,
                FormFields::of_value("<b>Vegetarisch</b> & zee"),
                false,
            ),
        ),
    ]
}

pub(super) fn sign_ins(language: Language) -> Vec<(&'static str, SignInPage)> {
    let page = |failure, notice, asker| SignInPage {
        shell: stranger(language, "/sign-in"),
        asker,
        next: "/consent/0193a3f0-8f7a-7cc2-9f4e-6a0d2f3c1b11".to_owned(),
        email: "sanne@voorbeeld.example".to_owned(),
        failure,
        notice,
        passkeys: true,
    };
    vec![
        (
            "sign-in-passkey-wrong",
            page(Some(SignInFailure::Passkey { unknown: true }), None, None),
        ),
        ("sign-in", page(None, None, Some(shop()))),
        (
            "sign-in-wrong",
            page(Some(SignInFailure::Wrong), None, None),
        ),
        (
            "sign-in-too-many",
            page(
                Some(SignInFailure::TooMany { seconds: 8 }),
                None,
                Some(paper()),
            ),
        ),
        (
            "sign-in-ended",
            page(None, Some(SignInNotice::SessionEnded), None),
        ),
        (
            "sign-in-again",
            page(None, Some(SignInNotice::Again), Some(shop())),
        ),
    ]
}

pub(super) fn sign_ups_with_passkey(language: Language) -> Vec<(&'static str, SignUpPasskeyPage)> {
    let clean = SignUpPasskeyPage {
        shell: stranger(language, "/sign-up/passkey"),
        asker: Some(shop()),
        next: String::new(),
        name: String::new(),
        email: String::new(),
        errors: Vec::new(),
        failed: false,
        made: None,
    };
    let typed = SignUpPasskeyPage {
        name: "Sanne de Vries".to_owned(),
        email: "sanne@voorbeeld.example".to_owned(),
        ..clean.clone()
    };
    let refused = SignUpPasskeyPage {
        failed: true,
        ..typed.clone()
    };
    let wrong = SignUpPasskeyPage {
        email: "sanne@".to_owned(),
        errors: vec![FieldError {
            field: "email",
            message: Texts::new(language).problem(crate::domain::attribute::Problem::NotAnEmail),
        }],
        ..typed.clone()
    };
    let proves = SignUpPasskeyPage {
        made: Some(MadePasskey {
            ceremony: "0193a3f0-8f7a-7cc2-9f4e-6a0d2f3c1b11".to_owned(),
            credential: "{}".to_owned(),
        }),
        ..typed
    };
    let short = SignUpPasskeyPage {
        errors: vec![FieldError {
            field: "password",
            message: t!(Texts::new(language), "sign-up-password-too-short"),
        }],
        ..proves.clone()
    };
    vec![
        ("sign-up-passkey-proves-wrong", short),
        ("sign-up-passkey", clean),
        ("sign-up-passkey-refused", refused),
        ("sign-up-passkey-wrong", wrong),
        ("sign-up-passkey-proves", proves),
    ]
}

pub(super) fn sign_ups(language: Language) -> Vec<(&'static str, SignUpPage)> {
    let texts = Texts::new(language);
    let clean = SignUpPage {
        shell: stranger(language, "/sign-up"),
        asker: Some(shop()),
        next: String::new(),
        name: String::new(),
        email: String::new(),
        errors: Vec::new(),
        passkeys: true,
    };
    let wrong = SignUpPage {
        name: "Sanne de Vries".to_owned(),
        email: "sanne@".to_owned(),
        errors: vec![
            FieldError {
                field: "email",
                message: texts.problem(crate::domain::attribute::Problem::NotAnEmail),
            },
            FieldError {
                field: "password",
                message: texts.problem(crate::domain::attribute::Problem::Empty),
            },
        ],
        asker: None,
        ..clean.clone()
    };
    vec![("sign-up", clean), ("sign-up-wrong", wrong)]
}
