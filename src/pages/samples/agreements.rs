//! Businesses, agreements with them, and who read what.

use crate::domain::claim::Claim;
use crate::domain::duty::Stage;
use crate::domain::grant::{EventKind, GrantState};
use crate::domain::language::Language;
use crate::domain::negotiation::Closed;
use crate::domain::permission::Permission;
use crate::domain::profile::default_retention;
use crate::domain::retention::CountsFrom;
use crate::domain::tier::{Tier, TierChoice};
use crate::i18n::{Texts, t};
use crate::pages::businesses::BusinessCard;
use crate::pages::consent::{RetentionChoice, Return};
use crate::pages::grant::{AgreedView, EventView, GrantPage, ReadView, Renewal, TierChange};
use crate::pages::overview::{Done, OverviewPage, ProfileSummary};
use crate::service::addresses::Reach;
use crate::web::page::{Asker, Section};

use super::duties::{duty, rights};
use super::questions::own;
use super::{GRANT, NOW, days, paper, period, plan, said, shell, shop};
use crate::pages::rights::RightsPanel;

pub(super) fn cards(language: Language) -> Vec<BusinessCard> {
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

pub(super) fn overviews(language: Language) -> Vec<(&'static str, OverviewPage)> {
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
        reach: Reach::Confirmed,
        waits_until: None,
    };
    let empty = OverviewPage {
        businesses: Vec::new(),
        done: Some(Done::Welcome),
        reach: Reach::Unconfirmed,
        ..full.clone()
    };
    let alarming = OverviewPage {
        reach: Reach::Unreachable,
        waits_until: Some(days(1)),
        ..full.clone()
    };
    vec![
        ("overview", full),
        ("overview-empty", empty),
        ("overview-alarming", alarming),
    ]
}

pub(super) fn grants(language: Language) -> Vec<(&'static str, GrantPage)> {
    let title = |nl: &str, en: &str| said(nl, en).get(language).to_owned();
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
        too_high: None,
    };
    let blocked = said("Je bestelling bezorgen", "Deliver your order");
    let blocked = Some(blocked.get(language));
    let active = GrantPage {
        shell: shell(language, Some(Section::Businesses), GRANT),
        path: GRANT.to_owned(),
        asker: shop(),
        log_in: Some((
            "https://degroenewinkel.example/login?iss=x&y".to_owned(),
            "degroenewinkel.example".to_owned(),
        )),
        contact: Some("privacy@degroenewinkel.example".to_owned()),
        seen: "sha-256:hash-of-the-agreement".to_owned(),
        offline: true,
        done: Some(Done::Narrowed),
        problems: Vec::new(),
        state: GrantState::Active,
        since: days(-12),
        until: Some(days(88)),
        last_read: Some(days(-1)),
        values: own(claims, language),
        purposes,
        permissions: Permission::ContactEmail | Permission::Personalisation,
        returns: vec![
            Return {
                offer: title("5 % korting", "5% off"),
                lacks: Vec::new(),
            },
            Return {
                offer: title("Gratis bezorgen", "Free delivery"),
                lacks: vec![title("met profiel hoog", "with the high profile")],
            },
        ],
        renewal: Renewal::Until(days(92)),
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
            counts_from: CountsFrom::LastLogin,
            by_rules: false,
        },
        longest: Some(period("P3M")),
        delete_by: days(30),
        unwritten: false,
        duties: Vec::new(),
        rights: rights(),
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
        renewal: Renewal::Idle,
        reads: Vec::new(),
        ..active.clone()
    };
    let closed = GrantPage {
        done: None,
        renewal: Renewal::Closed,
        until: Some(days(5)),
        events: vec![EventView {
            kind: EventKind::Renewed,
            at: days(-80),
            seq: 2,
        }],
        ..active.clone()
    };
    let withdrawn = GrantPage {
        state: GrantState::Withdrawn,
        returns: Vec::new(),
        renewal: Renewal::Idle,
        done: Some(Done::Withdrawn),
        until: Some(NOW),
        duties: vec![duty(Stage::Unreachable)],
        rights: RightsPanel {
            choices: Vec::new(),
            contact: Some("privacy@degroenewinkel.example".to_owned()),
            ..rights()
        },
        events: vec![EventView {
            kind: EventKind::Withdrawn,
            at: NOW,
            seq: 3,
        }],
        ..active.clone()
    };
    let deleted = GrantPage {
        done: None,
        duties: vec![duty(Stage::Kept)],
        ..withdrawn.clone()
    };
    let overdue = GrantPage {
        done: None,
        duties: vec![duty(Stage::Overdue)],
        ..withdrawn.clone()
    };
    let mut troubled = GrantPage {
        done: None,
        problems: vec![t!(Texts::new(language), "grant-nothing-chosen")],
        duties: vec![duty(Stage::Told)],
        ..active.clone()
    };
    if let Some(high) = troubled.tiers.last_mut() {
        high.too_high = Some(Closed::Minor(days(400)));
    }
    vec![
        ("grant-problems", troubled),
        ("grant", active),
        ("grant-paused", paused),
        ("grant-not-renewable", closed),
        ("grant-withdrawn", withdrawn),
        ("grant-deleted", deleted),
        ("grant-overdue", overdue),
    ]
}
