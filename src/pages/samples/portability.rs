//! Taking everything along, and bringing it along.

use uuid::Uuid;

use crate::domain::grant::GrantState;
use crate::domain::id::ImportId;
use crate::domain::language::Language;
use crate::i18n::{Texts, t};
use crate::pages::data::archive::{Agreement, ArchivePage, Part, Summary};
use crate::pages::data::import::{Group, ImportPage, PreviewPage, Row};
use crate::pages::data::transfer::OnwardPage;
use crate::pages::data::{CameAlong, DataPage};
use crate::pages::overview::Done;
use crate::pages::transfer::TransferPage;
use crate::web::page::Section;

use super::{Sample, days, said, shell};

const OTHER: &str = "https://sluis.elders.example";

pub(super) fn all(language: Language) -> Vec<(&'static str, Box<dyn Sample>)> {
    let texts = Texts::new(language);
    let id = ImportId::new(Uuid::from_u128(7));
    let here = |path: &str| shell(language, Some(Section::Profiles), path);
    let data = DataPage {
        shell: here("/account/data"),
        done: Some(Done::Saved),
        has_card: true,
        came_along: vec![CameAlong {
            id,
            provider: OTHER.to_owned(),
            at: days(-3),
            agreements: 12,
        }],
        went_along: vec![("sluis.nieuw.example".to_owned(), days(-1))],
    };
    let transfer = TransferPage {
        shell: shell(language, None, "/transfer/7"),
        action: "/transfer/7".to_owned(),
        to: "sluis.nieuw.example".to_owned(),
    };
    let onward = OnwardPage {
        shell: here("/account/data/transfer"),
        provider: OTHER.to_owned(),
        url: format!("{OTHER}/authorize"),
    };
    let import = ImportPage {
        shell: here("/account/data/import"),
        refused: None,
    };
    let refused = ImportPage {
        refused: Some((t!(texts, "import-newer"), t!(texts, "import-newer-then"))),
        ..import.clone()
    };
    let archive = ArchivePage {
        shell: here("/account/data/archive/7"),
        id,
        came_at: days(-3),
        parts: vec![Part {
            summary: summary(texts, true),
            agreements: vec![Agreement {
                business: "Het Avondblad".to_owned(),
                state: GrantState::Active,
                since: days(-200),
                claims: t!(texts, "claim-email"),
                purposes: vec![said("Nieuwsbrief", "Newsletter").get(language).to_owned()],
                receipts: 2,
            }],
            more: true,
        }],
    };
    vec![
        ("data", Box::new(data)),
        ("import", Box::new(import)),
        ("import-refused", Box::new(refused)),
        ("import-preview", Box::new(preview(texts, id, false))),
        ("import-preview-nothing", Box::new(preview(texts, id, true))),
        ("archive", Box::new(archive)),
        ("transfer", Box::new(transfer)),
        ("transfer-onward", Box::new(onward)),
    ]
}

fn summary(texts: Texts, flawed: bool) -> Summary {
    let flaw = t!(
        texts,
        "flaw-tampered",
        business = "Het Avondblad",
        number = 3
    );
    Summary {
        provider: OTHER.to_owned(),
        written_at: days(-3),
        counts: vec![
            t!(texts, "archive-grants", count = 12),
            t!(texts, "archive-receipts", count = 31),
            t!(texts, "archive-reads", count = 1),
            t!(texts, "archive-reads-newest"),
        ],
        by_provider: !flawed,
        receipts: 31,
        flaws: Vec::from_iter(flawed.then_some(flaw)),
    }
}

fn preview(texts: Texts, id: ImportId, nothing: bool) -> PreviewPage {
    let row = |name: &str, title: String, here: Option<&str>, there: &str| Row {
        name: name.to_owned(),
        title,
        here: here.map(str::to_owned),
        there: there.to_owned(),
        ticked: here.is_none(),
        closes_until: (name == "attribute-birthdate").then(|| days(400)),
    };
    let groups = vec![
        Group {
            name: "attributes",
            title: t!(texts, "preview-attributes"),
            rows: vec![
                row(
                    "attribute-phone_number",
                    t!(texts, "claim-phone-number"),
                    None,
                    "+31 6 12345678",
                ),
                row(
                    "attribute-address",
                    t!(texts, "claim-address"),
                    Some("Dam 1\n1012 JS Amsterdam"),
                    "Prinsengracht 263\n1016 GV Amsterdam",
                ),
                row(
                    "attribute-birthdate",
                    t!(texts, "claim-birthdate"),
                    Some("1988-04-27"),
                    "2012-04-27",
                ),
            ],
        },
        Group {
            name: "rules",
            title: t!(texts, "preview-rules"),
            rows: vec![row(
                "rule-shop",
                t!(texts, "sector-shop"),
                None,
                &t!(texts, "preview-rule-asks"),
            )],
        },
    ];
    PreviewPage {
        shell: shell(
            texts.language(),
            Some(Section::Profiles),
            "/account/data/import/7",
        ),
        id,
        revision: 7,
        done: nothing.then_some(Done::Stale),
        groups: if nothing { Vec::new() } else { groups },
        same: usize::from(!nothing) * 2,
        unusable: vec![t!(texts, "claim-birthdate")],
        records: vec![summary(texts, !nothing)],
        closes_until: (!nothing).then(|| days(400)),
        is_kept: nothing,
    }
}
