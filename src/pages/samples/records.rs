//! Who read what, and who has what.

use crate::domain::claim::Claim;
use crate::domain::holding::Holding;
use crate::domain::language::Language;
use crate::domain::reading::Tally;
use crate::i18n::{Texts, t};
use crate::pages::history::{Choice, Filters, HistoryPage, HistoryRow, Picture};
use crate::pages::holdings::{Cell, HolderRow, HoldingsPage};
use crate::web::page::{FieldError, Section};

use super::{GRANT, NOW, Sample, days, said, shell};

pub(super) fn all(language: Language) -> Vec<(&'static str, Box<dyn Sample>)> {
    let mut all: Vec<(&'static str, Box<dyn Sample>)> = Vec::new();
    for (name, page) in histories(language) {
        all.push((name, Box::new(page)));
    }
    for (name, page) in holdings(language) {
        all.push((name, Box::new(page)));
    }
    all
}

fn histories(language: Language) -> Vec<(&'static str, HistoryPage)> {
    let row = |day, business: &str, claims: &[Claim], purposes: &[&str]| HistoryRow {
        at: days(day),
        business: business.to_owned(),
        path: GRANT.to_owned(),
        claims: claims.to_vec(),
        purposes: purposes.iter().map(|&title| title.to_owned()).collect(),
    };
    let choice = |value: &str, label: &str, chosen| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        chosen,
    };
    let title = |nl: &str, en: &str| said(nl, en).get(language).to_owned();
    let deliver = title("Je bestelling bezorgen", "Deliver your order");
    let moments: Vec<_> = [-1, -1, -3, -4, -9, -9, -9, -20].map(days).into();
    let filters = Filters {
        businesses: vec![
            choice("shop", "De Groene Winkel", false),
            choice("cheese", "Kaaswinkel Kees", false),
        ],
        claims: vec![choice("email", "E-mail", false)],
        purposes: vec![choice("deliver", &deliver, false)],
        from: String::new(),
        until: String::new(),
        narrows: false,
    };
    let full = HistoryPage {
        shell: shell(language, Some(Section::History), "/account/history"),
        filters: Some(filters.clone()),
        errors: Vec::new(),
        count: moments.len(),
        picture: Tally::of(&moments, NOW).map(|tally| Picture::of(&tally, Texts::new(language))),
        went_along: vec![("sluis.example.net".to_owned(), days(-2))],
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
                &[&deliver],
            ),
            row(-3, "Kaaswinkel Kees", &[Claim::Name, Claim::Email], &[]),
            row(-4, "Het Avondblad", &[], &[]),
        ],
        newer: Some("/account/history?page=1".to_owned()),
        older: Some("/account/history?page=3".to_owned()),
        further: Some("/account/history?before=0193a3f0".to_owned()),
        since: Some(days(-20)),
    };
    let none = HistoryPage {
        filters: Some(Filters {
            from: "2026-13-01".to_owned(),
            narrows: true,
            ..filters
        }),
        errors: vec![FieldError {
            field: "from",
            message: t!(Texts::new(language), "history-not-a-day"),
        }],
        count: 0,
        picture: None,
        reads: Vec::new(),
        newer: None,
        older: None,
        further: None,
        since: None,
        ..full.clone()
    };
    let empty = HistoryPage {
        filters: None,
        errors: Vec::new(),
        ..none.clone()
    };
    vec![
        ("history", full),
        ("history-none", none),
        ("history-empty", empty),
    ]
}

fn holdings(language: Language) -> Vec<(&'static str, HoldingsPage)> {
    let claims = [
        Claim::Name,
        Claim::Email,
        Claim::Address,
        Claim::DeliveryAddress,
        Claim::PhoneNumber,
        Claim::PaymentAccount,
        Claim::Birthdate,
        Claim::Preferences,
    ];
    let row = |business: &str, held: &[(Claim, Holding)]| HolderRow {
        business: business.to_owned(),
        path: GRANT.to_owned(),
        cells: claims
            .iter()
            .map(|claim| {
                let (_, holding) = held.iter().find(|(held, _)| held == claim)?;
                Some(Cell {
                    claim: *claim,
                    holding: *holding,
                    path: GRANT.to_owned(),
                })
            })
            .collect(),
    };
    let full = HoldingsPage {
        shell: shell(language, Some(Section::Businesses), "/account/who-has-what"),
        claims: claims.into(),
        holders: vec![
            row(
                "De Groene Winkel",
                &[
                    (Claim::Name, Holding::Granted),
                    (Claim::Email, Holding::Granted),
                    (Claim::DeliveryAddress, Holding::Granted),
                    (Claim::PhoneNumber, Holding::Deleting(days(30))),
                ],
            ),
            row("Het Avondblad", &[]),
            row(
                "Fietsenmaker Van der Meulen en Dochters in Leeuwarden",
                &[
                    (Claim::Name, Holding::Kept(days(2_500))),
                    (Claim::Address, Holding::Kept(days(2_500))),
                    (Claim::PaymentAccount, Holding::Deleted),
                    (Claim::Birthdate, Holding::Overdue(days(-3))),
                ],
            ),
            row(
                "Kaaswinkel Kees",
                &[
                    (Claim::Email, Holding::Paused),
                    (Claim::Preferences, Holding::Paused),
                ],
            ),
        ],
    };
    let empty = HoldingsPage {
        claims: Vec::new(),
        holders: Vec::new(),
        ..full.clone()
    };
    vec![("who-has-what", full), ("who-has-what-empty", empty)]
}
