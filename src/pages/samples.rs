//! Every page in several states, with people and businesses that do not
//! exist: for the test that renders them all, and for looking at them.

mod access;
mod account;
mod agreements;
mod devices;
mod duties;
mod endings;
mod portability;
mod questions;
mod receipts;
mod records;
mod rendered;
mod rules;
mod ways_in;

use account::{attributes, profiles, sign_ins, sign_ups, sign_ups_with_passkey};
use agreements::{cards, grants, overviews};
use enumset::EnumSet;
use questions::{consents, differences};
use rendered::Sample;

pub(super) use self::rendered::Rendered;

use super::businesses::{BusinessCard, BusinessesPage};
use super::consent::AnsweredPage;
use super::grant::ConfirmationPage;
use super::landing::LandingPage;
use super::sign_out::{Onward, SignOutPage, SignedOutPage};
use crate::domain::attribute::{
    Attribute, AttributeValue, Attributes, Checks, Field, FormFields, Source,
};
use crate::domain::claim::Claim;
use crate::domain::grant::GrantState;
use crate::domain::language::{Language, LocalizedText};
use crate::domain::permission::Permission;
use crate::domain::plan::{LegalBasis, Plan, Purpose, Recipient};
use crate::domain::retention::Retention;
use crate::domain::tier::{Tier, TierChoice};
use crate::domain::time::Timestamp;
use crate::i18n::Texts;
use crate::web::page::{Asker, Section, Shell};

const NOW: Timestamp = Timestamp::from_seconds(1_795_270_380);
const DAY: i64 = 86_400;
const GRANT: &str = "/account/businesses/0193a3f0-8f7a-7cc2-9f4e-6a0d2f3c1b11";

/// Where the pages look for the logo of [`shop`].
pub(super) const LOGO: &str = "/clients/de-groene-winkel/logos/sha-256:sample";

fn days(days: i64) -> Timestamp {
    Timestamp::from_seconds(NOW.as_seconds() + days * DAY)
}

fn period(text: &str) -> Retention {
    text.parse().expect("a period")
}

fn shell(language: Language, section: Option<Section>, here: &str) -> Shell {
    Shell {
        texts: Texts::new(language),
        account: Some("Sanne de Vries".to_owned()),
        section,
        here: here.to_owned(),
        csrf: "csrf-of-this-session".to_owned(),
    }
}

fn stranger(language: Language, here: &str) -> Shell {
    Shell {
        account: None,
        ..shell(language, None, here)
    }
}

fn shop() -> Asker {
    Asker {
        business: "Tulp & Zoon B.V.".to_owned(),
        client: Some("De Groene Winkel".to_owned()),
        domain: "degroenewinkel.example".to_owned(),
        logo: Some(LOGO.to_owned()),
        policy: Some("https://degroenewinkel.example/privacy".to_owned()),
        terms: Some("https://degroenewinkel.example/voorwaarden".to_owned()),
    }
}

fn paper() -> Asker {
    Asker {
        business: "Het Avondblad".to_owned(),
        client: None,
        domain: "avondblad.example".to_owned(),
        logo: None,
        policy: Some("https://avondblad.example/privacy".to_owned()),
        terms: None,
    }
}

fn said(nl: &str, en: &str) -> LocalizedText {
    LocalizedText {
        nl: nl.to_owned(),
        en: en.to_owned(),
    }
}

fn purpose(id: &str, title: LocalizedText, text: LocalizedText) -> Purpose {
    Purpose {
        id: id.parse().expect("an id"),
        code: "dpv:ServiceProvision".to_owned(),
        title,
        text,
        basis: LegalBasis::Consent,
        required: false,
        claims: EnumSet::empty(),
        voluntary_claims: EnumSet::empty(),
        permissions: EnumSet::empty(),
        retention: period("P3M"),
        offer: None,
        recipients: Vec::new(),
        storage: vec!["NL".to_owned()],
    }
}

fn plan() -> Plan {
    Plan::new(vec![
        Purpose {
            basis: LegalBasis::Contract,
            required: true,
            claims: Claim::Name | Claim::Email | Claim::DeliveryAddress,
            voluntary_claims: Claim::PhoneNumber.into(),
            recipients: vec![Recipient {
                name: "PostNL".to_owned(),
                country: "NL".to_owned(),
            }],
            storage: vec!["NL".to_owned(), "IE".to_owned()],
            ..purpose(
                "deliver",
                said("Je bestelling bezorgen", "Deliver your order"),
                said(
                    "We gebruiken je naam, adres en e-mailadres om je pakje te bezorgen en je te laten weten wanneer het komt.",
                    "We use your name, address and e-mail address to deliver your parcel and to tell you when it comes.",
                ),
            )
        },
        Purpose {
            basis: LegalBasis::LegalObligation,
            required: true,
            claims: Claim::Name.into(),
            retention: period("P7Y"),
            ..purpose(
                "invoice",
                said("Facturen bewaren", "Keep invoices"),
                said(
                    "De belastingdienst wil dat we facturen zeven jaar bewaren.",
                    "The tax office has us keep invoices for seven years.",
                ),
            )
        },
        Purpose {
            permissions: Permission::ContactEmail.into(),
            claims: Claim::Email.into(),
            offer: Some(questions::offer(
                "5% korting op je eerste bestelling",
                "5% off your first order",
            )),
            retention: period("P6M"),
            ..purpose(
                "newsletter",
                said("Nieuwsbrief", "Newsletter"),
                said(
                    "Eens per maand mailen we wat er nieuw is in de winkel.",
                    "Once a month we mail what is new in the shop.",
                ),
            )
        },
        Purpose {
            permissions: Permission::Analytics | Permission::Personalisation,
            claims: Claim::Preferences.into(),
            voluntary_claims: Claim::Birthdate.into(),
            retention: period("P1Y"),
            storage: vec!["NL".to_owned(), "US".to_owned()],
            recipients: vec![Recipient {
                name: "Peilmeester Inc.".to_owned(),
                country: "US".to_owned(),
            }],
            ..purpose(
                "advice",
                said("Persoonlijk advies", "Personal advice"),
                said(
                    "We kijken wat je mooi vindt en laten je dingen zien die daarbij passen.",
                    "We look at what you like and show you things that go with it.",
                ),
            )
        },
    ])
    .map(|plan| plan.with_offers(questions::tier_offers()))
    .expect("ids that differ")
}

fn vault(language: Language) -> Attributes {
    let one = FormFields::of_value;
    let many = |fields: &[(Field, &str)]| {
        fields
            .iter()
            .map(|(field, text)| (*field, (*text).to_owned()))
            .collect::<FormFields>()
    };
    let home = many(&[
        (Field::StreetAddress, "Prinsengracht 263"),
        (Field::PostalCode, "1016 GV"),
        (Field::Locality, "Amsterdam"),
        (Field::Country, "NL"),
    ]);
    let likes = said(
        "Vegetarisch, wandelen, boeken over de zee",
        "Vegetarian, walking, books about the sea",
    );
    let account = many(&[
        (Field::Iban, "NL91ABNA0417164300"),
        (Field::Holder, "S. de Vries"),
    ]);
    [
        (Claim::Name, one("Sanne de Vries")),
        (Claim::GivenName, one("Sanne")),
        (Claim::FamilyName, one("de Vries")),
        (Claim::Email, one("sanne@voorbeeld.example")),
        (Claim::Address, home.clone()),
        (Claim::DeliveryAddress, home),
        (Claim::PhoneNumber, one("020 555 0123")),
        (Claim::PaymentAccount, account),
        (Claim::Birthdate, one("1988-04-27")),
        (Claim::Preferences, one(likes.get(language))),
    ]
    .into_iter()
    .map(|(claim, form)| {
        let value = AttributeValue::parse(claim, &form, &Checks::at(NOW)).expect("a valid value");
        Attribute::new(value, Source::Consumer, NOW)
    })
    .collect()
}

fn value(claim: Claim, language: Language) -> Option<String> {
    let vault = vault(language);
    let lines = vault.get(claim)?.value.display_lines(language);
    Some(lines.join("\n"))
}

/// Every page, by a name for its file, as HTML.
pub(super) fn all(language: Language) -> Vec<Rendered> {
    let mut pages = Vec::new();
    let mut add = |name: &str, page: &dyn Sample| pages.push(Rendered::of(name, page));
    add(
        "landing",
        &LandingPage {
            shell: stranger(language, "/"),
        },
    );
    add(
        "landing-signed-in",
        &LandingPage {
            shell: shell(language, None, "/"),
        },
    );
    for (name, page) in sign_ins(language) {
        add(name, &page);
    }
    for (name, page) in sign_ups(language) {
        add(name, &page);
    }
    for (name, page) in sign_ups_with_passkey(language) {
        add(name, &page);
    }
    let sign_out = SignOutPage {
        shell: shell(language, None, "/sign-out"),
        asker: Some(shop()),
        request: String::new(),
    };
    add("sign-out", &sign_out);
    add(
        "signed-out",
        &SignedOutPage {
            shell: stranger(language, "/sign-out"),
            visits: Vec::new(),
            onward: None,
        },
    );
    add(
        "signed-out-onward",
        &SignedOutPage {
            shell: stranger(language, "/sign-out"),
            visits: vec!["https://degroenewinkel.example/bye?a=b&iss=c".to_owned()],
            onward: Some(Onward {
                url: "https://degroenewinkel.example/?state=\"x\"".to_owned(),
                name: "degroenewinkel.example".to_owned(),
            }),
        },
    );
    for (name, page) in consents(language) {
        add(name, &page);
    }
    for (name, page) in rules::rules(language) {
        add(name, page.as_ref());
    }
    for (name, page) in devices::all(language) {
        add(name, page.as_ref());
    }
    for (name, page) in ways_in::all(language) {
        add(&name, page.as_ref());
    }
    let answered = AnsweredPage {
        shell: shell(language, None, "/consent/x"),
        asker: shop(),
        manage: Some(GRANT.to_owned()),
    };
    add("answered", &answered);
    add(
        "answered-no",
        &AnsweredPage {
            manage: None,
            ..answered
        },
    );
    for (name, page) in overviews(language) {
        add(name, &page);
    }
    let over = cards(language)
        .into_iter()
        .take(2)
        .map(|card| BusinessCard {
            state: GrantState::Withdrawn,
            until: Some(days(-2)),
            ..card
        })
        .collect();
    let list = BusinessesPage {
        shell: shell(language, Some(Section::Businesses), "/account/businesses"),
        live: cards(language),
        over,
    };
    add("businesses", &list);
    let none = BusinessesPage {
        live: Vec::new(),
        over: Vec::new(),
        ..list
    };
    add("businesses-none", &none);
    for (name, page) in grants(language) {
        add(name, &page);
    }
    for (name, page) in duties::all(language) {
        add(name, page.as_ref());
    }
    let confirmation = ConfirmationPage {
        shell: shell(language, Some(Section::Businesses), GRANT),
        path: GRANT.to_owned(),
        asker: shop(),
        seen: "sha-256:hash-of-the-agreement".to_owned(),
        terms: "sha-256:hash-of-the-terms".to_owned(),
        changed: true,
        differences: differences(Texts::new(language)),
        tier: Some(TierChoice::Tier(Tier::Medium)),
        retention: None,
        counts_from: None,
    };
    add("confirmation", &confirmation);
    for (name, page) in profiles(language) {
        add(name, &page);
    }
    for (name, page) in attributes(language) {
        add(name, &page);
    }
    for list in [portability::all, records::all, access::all, endings::all] {
        for (name, page) in list(language) {
            add(name, page.as_ref());
        }
    }
    for fault in crate::web::error_page::Fault::ALL {
        let page = crate::web::error_page::ErrorPage {
            detail: Some("redirect_uri is not registered for this client".to_owned()),
            ..crate::web::error_page::ErrorPage::new(stranger(language, "/authorize"), fault)
        };
        add(&format!("error-{}", fault.code()), &page);
    }
    for (name, page) in receipts::readings(language) {
        add(&name, &page);
    }

    pages
}
