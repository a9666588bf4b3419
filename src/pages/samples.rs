//! Every page in several states, with people and businesses that do not
//! exist: for the test that renders them all, and for looking at them.

use enumset::EnumSet;

use super::attribute::AttributePage;
use super::businesses::{BusinessCard, BusinessesPage};
use super::consent::{
    AnsweredPage, Assembly, ConsentPage, Difference, OwnValue, Problem, RetentionChoice, Subject,
    Ticks, Widening,
};
use super::grant::{AgreedView, ConfirmationPage, EventView, GrantPage, ReadView, TierChange};
use super::history::{HistoryPage, HistoryRow};
use super::landing::LandingPage;
use super::overview::{Done, OverviewPage, ProfileSummary};
use super::profiles::{AttributeRow, HeldValue, ProfilesPage};
use super::security::SecurityPage;
use super::sign_in::{SignInFailure, SignInNotice, SignInPage};
use super::sign_out::{SignOutPage, SignedOutPage};
use super::sign_up::SignUpPage;
use crate::domain::attribute::{
    Attribute, AttributeValue, Attributes, Checks, Field, FormFields, Source, VaultContents,
};
use crate::domain::business::BusinessDocument;
use crate::domain::claim::Claim;
use crate::domain::grant::{EventKind, GrantState};
use crate::domain::language::{Language, LocalizedText};
use crate::domain::negotiation::{Outcome, negotiate};
use crate::domain::permission::Permission;
use crate::domain::plan::{LegalBasis, Plan, Purpose, Recipient};
use crate::domain::profile::{Profiles, default_retention};
use crate::domain::retention::Retention;
use crate::domain::tier::{Tier, TierChoice};
use crate::domain::time::Timestamp;
use crate::i18n::Texts;
use crate::web::page::{Asker, FieldError, Section, Shell};

const NOW: Timestamp = Timestamp::from_seconds(1_795_270_380);
const DAY: i64 = 86_400;
const GRANT: &str = "/account/businesses/0193a3f0-8f7a-7cc2-9f4e-6a0d2f3c1b11";

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
        logo: None,
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
            offer: Some(said(
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

fn own(claims: impl IntoIterator<Item = Claim>, language: Language) -> Vec<OwnValue> {
    claims
        .into_iter()
        .filter_map(|claim| {
            let value = value(claim, language)?;
            Some(OwnValue { claim, value })
        })
        .collect()
}

/// The consent page for a plan and what is ticked, with what that lacks.
fn consent_of(
    plan: &Plan,
    ticks: &Ticks,
    attributes: &Attributes,
    language: Language,
) -> ConsentPage {
    let contents = VaultContents {
        attributes: attributes.clone(),
        ..VaultContents::default()
    };
    let about = BusinessDocument {
        name: "Tulp & Zoon B.V.".to_owned(),
        address: "Kade 1, 3511 AB Utrecht".to_owned(),
        contact: "privacy@degroenewinkel.example".to_owned(),
        registration: Some("KvK 12345678".to_owned()),
        country: "NL".to_owned(),
    };
    let action = "/consent/0193a3f0-8f7a-7cc2-9f4e-6a0d2f3c1b11";
    let assembly = Assembly {
        action: action.to_owned(),
        terms: "sha-256:hash-of-the-terms",
        about: Some(&about),
        plan,
        offline: false,
        contents: &contents,
        current: None,
        now: NOW,
        texts: Texts::new(language),
    };
    let lacking = ticks.tier.and_then(|tier| {
        let choice = ticks.choice(tier, plan, &contents.profiles);
        let held = contents.attributes.held();
        match negotiate(plan, &contents.profiles, held, &choice, NOW) {
            Outcome::Agreed(_) => None,
            Outcome::Unmet(unmet) => Some(assembly.problems(&unmet, tier, ticks)),
        }
    });
    ConsentPage {
        problems: lacking.unwrap_or_default(),
        ..assembly.page(shell(language, None, action), shop(), ticks)
    }
}

fn consent(language: Language, ticks: &Ticks) -> ConsentPage {
    consent_of(&plan(), ticks, &vault(language), language)
}

fn ticked(tier: Tier) -> Ticks {
    Ticks {
        tier: Some(TierChoice::Tier(tier)),
        ..Ticks::default()
    }
}

/// What a wider agreement would change.
fn differences(texts: Texts) -> Vec<Difference> {
    vec![
        Difference {
            subject: Subject::Tier,
            before: Some(texts.tier(Tier::Low)),
            after: Some(texts.tier(Tier::Medium)),
        },
        Difference {
            subject: Subject::Claims,
            before: Some(texts.claims([Claim::Name, Claim::Email])),
            after: Some(texts.claims([Claim::Name, Claim::Email, Claim::DeliveryAddress])),
        },
        Difference {
            subject: Subject::Recipients,
            before: None,
            after: Some("PostNL".to_owned()),
        },
    ]
}

fn consents(language: Language) -> Vec<(&'static str, ConsentPage)> {
    let texts = Texts::new(language);
    let switches = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let much = Ticks {
        claims: Claim::Email.into(),
        switches: switches(&["purpose-advice", "purpose-newsletter"]),
        ..ticked(Tier::Low)
    };
    let high = Ticks {
        claims: Claim::PhoneNumber.into(),
        switches: switches(&["purpose-newsletter"]),
        retention: Some(period("P1M")),
        ..ticked(Tier::High)
    };
    let mut homeless = vault(language);
    homeless.remove(Claim::DeliveryAddress);
    let newspaper = Plan::new(Vec::new()).expect("no purposes");
    let nothing = Ticks::default();
    vec![
        ("consent", consent(language, &nothing)),
        ("consent-unmet", consent(language, &ticked(Tier::Low))),
        (
            "consent-lacking-much",
            consent_of(&plan(), &much, &homeless, language),
        ),
        ("consent-medium", consent(language, &ticked(Tier::Medium))),
        (
            "consent-high",
            ConsentPage {
                offline: true,
                ..consent(language, &high)
            },
        ),
        (
            "consent-nothing-chosen",
            ConsentPage {
                changed: true,
                problems: vec![Problem::NoTier, Problem::Retention],
                ..consent(language, &nothing)
            },
        ),
        (
            "consent-anonymous",
            ConsentPage {
                asker: paper(),
                about: None,
                ..consent_of(&newspaper, &nothing, &vault(language), language)
            },
        ),
        (
            "consent-widening",
            ConsentPage {
                widening: Some(Widening {
                    since: days(-40),
                    differences: differences(texts),
                }),
                ..consent(language, &nothing)
            },
        ),
    ]
}

fn cards(language: Language) -> Vec<BusinessCard> {
    let title = |nl: &str, en: &str| said(nl, en).get(language).to_owned();
    vec![
        BusinessCard {
            path: GRANT.to_owned(),
            asker: shop(),
            state: GrantState::Active,
            tier: TierChoice::Tier(Tier::Medium),
            claims: vec![
                Claim::Name,
                Claim::Email,
                Claim::DeliveryAddress,
                Claim::PhoneNumber,
            ],
            purposes: vec![
                title("je bestelling bezorgen", "deliver your order"),
                title("facturen bewaren", "keep invoices"),
            ],
            until: Some(days(88)),
            last_read: Some(days(-1)),
        },
        BusinessCard {
            path: format!("{GRANT}2"),
            asker: paper(),
            state: GrantState::Active,
            tier: TierChoice::Anonymous,
            claims: Vec::new(),
            purposes: Vec::new(),
            until: None,
            last_read: None,
        },
        BusinessCard {
            path: format!("{GRANT}3"),
            asker: Asker {
                business: "Fietsenmaker Van der Meulen en Dochters in Leeuwarden".to_owned(),
                domain: "vandermeulen-en-dochters-fietsen.example".to_owned(),
                ..paper()
            },
            state: GrantState::Paused,
            tier: TierChoice::Tier(Tier::High),
            claims: vec![Claim::Name, Claim::Email, Claim::Birthdate],
            purposes: vec![title("onderhoud plannen", "plan maintenance")],
            until: Some(days(160)),
            last_read: Some(days(-31)),
        },
        BusinessCard {
            path: format!("{GRANT}4"),
            asker: Asker {
                business: "Kaaswinkel Kees".to_owned(),
                domain: "kaaskees.example".to_owned(),
                ..paper()
            },
            state: GrantState::Active,
            tier: TierChoice::Tier(Tier::Low),
            claims: vec![Claim::Name, Claim::Email],
            purposes: vec![title("spaarkaart", "loyalty card")],
            until: Some(days(20)),
            last_read: Some(days(-3)),
        },
    ]
}

fn overviews(language: Language) -> Vec<(&'static str, OverviewPage)> {
    let full = OverviewPage {
        shell: shell(language, Some(Section::Overview), "/account"),
        businesses: cards(language),
        profiles: [
            (Tier::Low, 4, 6),
            (Tier::Medium, 8, 10),
            (Tier::High, 10, 13),
        ]
        .map(|(tier, filled, size)| ProfileSummary {
            tier,
            filled,
            size,
            retention: default_retention(tier),
        })
        .into(),
        done: Some(Done::Withdrawn),
    };
    let empty = OverviewPage {
        businesses: Vec::new(),
        done: Some(Done::Welcome),
        ..full.clone()
    };
    vec![("overview", full), ("overview-empty", empty)]
}

fn grants(language: Language) -> Vec<(&'static str, GrantPage)> {
    let claims = [
        Claim::Name,
        Claim::Email,
        Claim::DeliveryAddress,
        Claim::PhoneNumber,
    ];
    let purposes = plan()
        .purposes()
        .iter()
        .take(3)
        .map(|purpose| AgreedView {
            title: purpose.title.get(language).to_owned(),
            text: purpose.text.get(language).to_owned(),
            basis: purpose.basis,
            claims: purpose.claims.iter().collect(),
            permissions: purpose.permissions.iter().collect(),
            retention: purpose.retention,
            planned_retention: purpose.retention,
            until: Some(days(88)),
        })
        .collect();
    let change = |choice, loses: &[Claim], gains: &[Claim], unmet: Option<&str>| TierChange {
        choice,
        loses: loses.to_vec(),
        gains: gains.to_vec(),
        ends: Vec::new(),
        unmet: unmet.map(str::to_owned),
    };
    let blocked = said("Je bestelling bezorgen", "Deliver your order");
    let blocked = Some(blocked.get(language));
    let active = GrantPage {
        shell: shell(language, Some(Section::Businesses), GRANT),
        path: GRANT.to_owned(),
        asker: shop(),
        contact: Some("privacy@degroenewinkel.example".to_owned()),
        seq: 2,
        offline: true,
        done: Some(Done::Narrowed),
        problems: Vec::new(),
        state: GrantState::Active,
        since: days(-12),
        until: Some(days(88)),
        last_read: Some(days(-1)),
        values: own(claims, language),
        purposes,
        tier: TierChoice::Tier(Tier::Medium),
        tiers: vec![
            change(TierChoice::Anonymous, &claims, &[], blocked),
            change(TierChoice::Tier(Tier::Low), &claims[2..], &[], blocked),
            change(TierChoice::Tier(Tier::Medium), &[], &[], None),
            change(
                TierChoice::Tier(Tier::High),
                &[],
                &[Claim::Birthdate, Claim::Preferences],
                None,
            ),
        ],
        retention: RetentionChoice {
            shorter: ["P2M", "P1M", "P14D", "P7D", "P1D"].map(period).into(),
            chosen: Some(period("P2M")),
        },
        longest: Some(period("P3M")),
        delete_by: days(30),
        deleted_at: None,
        events: vec![
            EventView {
                kind: EventKind::Narrowed,
                at: days(0),
                seq: 2,
            },
            EventView {
                kind: EventKind::Given,
                at: days(-12),
                seq: 1,
            },
        ],
        reads: vec![
            ReadView {
                at: days(-1),
                claims: claims.to_vec(),
            },
            ReadView {
                at: days(-12),
                claims: Vec::new(),
            },
        ],
    };
    let paused = GrantPage {
        state: GrantState::Paused,
        done: Some(Done::Paused),
        reads: Vec::new(),
        ..active.clone()
    };
    let withdrawn = GrantPage {
        state: GrantState::Withdrawn,
        done: Some(Done::Withdrawn),
        until: Some(NOW),
        events: vec![EventView {
            kind: EventKind::Withdrawn,
            at: NOW,
            seq: 3,
        }],
        ..active.clone()
    };
    let deleted = GrantPage {
        done: None,
        deleted_at: Some(days(9)),
        ..withdrawn.clone()
    };
    vec![
        ("grant", active),
        ("grant-paused", paused),
        ("grant-withdrawn", withdrawn),
        ("grant-deleted", deleted),
    ]
}

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

fn profiles(language: Language) -> ProfilesPage {
    let profiles = Profiles::default();
    ProfilesPage {
        shell: shell(language, Some(Section::Profiles), "/account/profiles"),
        revision: 7,
        done: None,
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
    }
}

fn attributes(language: Language) -> Vec<(&'static str, AttributePage)> {
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
    vec![
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
            "attribute-gender",
            page(Claim::Gender, FormFields::default(), false),
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

fn sign_ins(language: Language) -> Vec<(&'static str, SignInPage)> {
    let page = |failure, notice, asker| SignInPage {
        shell: stranger(language, "/sign-in"),
        asker,
        next: "/consent/0193a3f0-8f7a-7cc2-9f4e-6a0d2f3c1b11".to_owned(),
        email: "sanne@voorbeeld.example".to_owned(),
        failure,
        notice,
    };
    vec![
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

fn sign_ups(language: Language) -> Vec<(&'static str, SignUpPage)> {
    let texts = Texts::new(language);
    let clean = SignUpPage {
        shell: stranger(language, "/sign-up"),
        asker: Some(shop()),
        next: String::new(),
        name: String::new(),
        email: String::new(),
        errors: Vec::new(),
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

fn histories(language: Language) -> Vec<(&'static str, HistoryPage)> {
    let row = |day, business: &str, claims: &[Claim]| HistoryRow {
        at: days(day),
        business: business.to_owned(),
        path: GRANT.to_owned(),
        claims: claims.to_vec(),
    };
    let full = HistoryPage {
        shell: shell(language, Some(Section::History), "/account/history"),
        reads: vec![
            row(
                -1,
                "De Groene Winkel",
                &[
                    Claim::Name,
                    Claim::Email,
                    Claim::DeliveryAddress,
                    Claim::PhoneNumber,
                ],
            ),
            row(-3, "Kaaswinkel Kees", &[Claim::Name, Claim::Email]),
            row(-4, "Het Avondblad", &[]),
        ],
        older: Some("/account/history?before=0193a3f0".to_owned()),
    };
    let empty = HistoryPage {
        reads: Vec::new(),
        older: None,
        ..full.clone()
    };
    vec![("history", full), ("history-empty", empty)]
}

/// Every page, by a name for its file, as HTML.
pub(super) fn all(language: Language) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    let mut add = |name: &str, page: &dyn askama::DynTemplate| {
        let html = page.dyn_render().expect("a page that renders");
        pages.push((name.to_owned(), html));
    };
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
        },
    );
    for (name, page) in consents(language) {
        add(name, &page);
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
    let confirmation = ConfirmationPage {
        shell: shell(language, Some(Section::Businesses), GRANT),
        path: GRANT.to_owned(),
        asker: shop(),
        seq: 2,
        terms: "sha-256:hash-of-the-terms".to_owned(),
        changed: true,
        differences: differences(Texts::new(language)),
        tier: Some(TierChoice::Tier(Tier::Medium)),
        retention: None,
    };
    add("confirmation", &confirmation);
    add("profiles", &profiles(language));
    for (name, page) in attributes(language) {
        add(name, &page);
    }
    for (name, page) in histories(language) {
        add(name, &page);
    }
    let security = SecurityPage {
        shell: shell(language, Some(Section::Security), "/account/security"),
        contact_email: "sanne@voorbeeld.example".to_owned(),
        created_at: days(-90),
        escrow: true,
        session_since: NOW,
        session_until: days(1),
    };
    add(
        "security",
        &SecurityPage {
            escrow: false,
            ..security.clone()
        },
    );
    add("security-escrow", &security);
    for fault in crate::web::error_page::Fault::ALL {
        let page = crate::web::error_page::ErrorPage {
            detail: Some("redirect_uri is not registered for this client".to_owned()),
            ..crate::web::error_page::ErrorPage::new(stranger(language, "/authorize"), fault)
        };
        add(&format!("error-{}", fault.code()), &page);
    }
    pages
}
