//! The end of an account.

use super::{Sample, cards, days, period, said, shell, stranger};
use crate::domain::language::Language;
use crate::pages::erase::{ErasePage, ErasedPage, Told};
use crate::web::page::Section;

pub(super) fn all(language: Language) -> Vec<(&'static str, Box<dyn Sample>)> {
    let told: Vec<Told> = cards(language)
        .into_iter()
        .enumerate()
        .map(|(number, card)| Told {
            asker: card.asker,
            delete_by: days(30),
            kept: if number == 0 {
                let title = said("Factuur", "Invoice");
                vec![(title.get(language).to_owned(), period("P7Y"))]
            } else {
                Vec::new()
            },
        })
        .collect();
    let full = ErasePage {
        shell: shell(language, Some(Section::Security), "/account/erase"),
        waits_until: None,
        later: days(30),
        not_before: None,
        businesses: told,
        contact_email: "sanne@voorbeeld.example".to_owned(),
        years: 5,
        wrong: false,
    };
    let wrong = ErasePage {
        businesses: Vec::new(),
        wrong: true,
        ..full.clone()
    };
    let waits = ErasePage {
        waits_until: Some(days(12)),
        ..full.clone()
    };
    let soon = ErasePage {
        not_before: Some(days(6)),
        ..full.clone()
    };
    let waits_for_undo = ErasePage {
        waits_until: Some(days(6)),
        ..soon.clone()
    };
    let erased = ErasedPage {
        shell: stranger(language, "/erased"),
    };
    vec![
        ("erase", Box::new(full)),
        ("erase-wrong", Box::new(wrong)),
        ("erase-waits", Box::new(waits)),
        ("erase-not-before", Box::new(soon)),
        ("erase-waits-for-undo", Box::new(waits_for_undo)),
        ("erased", Box::new(erased)),
    ]
}
