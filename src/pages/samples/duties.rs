//! What businesses have to delete, and letters about it.

use super::{GRANT, Sample, days, shell};
use crate::domain::business::BusinessDocument;
use crate::domain::claim::Claim;
use crate::domain::duty::{Reason, Stage};
use crate::domain::language::Language;
use crate::domain::plan::LegalBasis;
use crate::domain::rights::{Outcome, RequestState, Right};
use crate::i18n::Texts;
use crate::pages::duties::{DutiesPage, DutyCard, KeptView};
use crate::pages::letters::{ComplaintPage, Letter, LetterPage};
use crate::pages::rights::{ReplyCard, RequestCard, RightsPanel};
use crate::web::page::Section;

const DUTY: &str = "0193a3f0-8f7a-7cc2-9f4e-6a0d2f3c1b99";

/// A duty at this stage.
pub(super) fn duty(stage: Stage) -> DutyCard {
    let late = stage == Stage::Overdue;
    let answered = stage.is_answered();
    let opened = if late { -34 } else { -2 };
    let kept = KeptView {
        claims: vec![Claim::Name, Claim::DeliveryAddress],
        basis: LegalBasis::LegalObligation,
        law: "artikel 52 Algemene wet inzake rijksbelastingen".to_owned(),
        until: days(7 * 365),
    };
    DutyCard {
        id: format!("{DUTY}-{}", stage.as_str()),
        business: "De Groene Winkel".to_owned(),
        grant: GRANT.to_owned(),
        claims: vec![
            Claim::Name,
            Claim::Email,
            Claim::DeliveryAddress,
            Claim::PhoneNumber,
        ],
        reason: Reason::Withdrawn,
        stage,
        opened_at: days(opened),
        delete_by: days(opened + 30),
        unreachable: stage == Stage::Unreachable,
        told_at: (!matches!(stage, Stage::Asked | Stage::Unreachable)).then(|| days(opened)),
        seen_at: (stage == Stage::Seen).then(|| days(opened + 1)),
        late,
        letter_at: None,
        lapsed_at: (stage == Stage::Lapsed).then(|| days(-1)),
        answered_at: answered.then(|| days(-1)),
        kept: if stage == Stage::Kept {
            vec![kept]
        } else {
            Vec::new()
        },
        letters: stage
            .has_letter()
            .then(|| format!("/account/duties/{DUTY}")),
    }
}

/// What was asked by right, at each stage.
pub(super) fn rights() -> RightsPanel {
    let reply = |outcome, text: &str| ReplyCard {
        outcome,
        at: days(-3),
        until: (outcome == Outcome::Extended).then(|| days(60)),
        text: Some(text.to_owned()),
    };
    let request = |number, right, state, replies| RequestCard {
        number,
        right,
        claims: vec![Claim::Email],
        state,
        opened_at: days(-40),
        due: days(-10),
        replies,
    };
    RightsPanel {
        choices: vec![Right::Rectification, Right::Objection],
        contact: None,
        claims: vec![Claim::Name, Claim::Email],
        requests: vec![
            request(3, Right::Restriction, RequestState::Overdue, Vec::new()),
            RequestCard {
                claims: Vec::new(),
                due: days(60),
                ..request(
                    2,
                    Right::Portability,
                    RequestState::Open,
                    vec![reply(
                        Outcome::Extended,
                        "We moeten het uit drie systemen halen.",
                    )],
                )
            },
            request(
                1,
                Right::Access,
                RequestState::Answered,
                vec![
                    ReplyCard {
                        text: None,
                        ..reply(Outcome::Extended, "")
                    },
                    reply(Outcome::Done, "We hebben je e-mailadres.\nMeer niet."),
                ],
            ),
        ],
    }
}

fn letter(language: Language, of: Language) -> Letter {
    let line = |text: &str| text.to_owned();
    Letter {
        texts: Texts::new(of),
        path: format!("/account/duties/{DUTY}"),
        grant: GRANT.to_owned(),
        sender: vec![
            line("Sanne de Vries"),
            line("Prinsengracht 263"),
            line("1016 GV Amsterdam"),
            line("sanne@voorbeeld.example"),
        ],
        has_name: true,
        business: BusinessDocument {
            name: line("Tulp & Zoon B.V."),
            address: line("Dam 1, 1012 JS Amsterdam"),
            contact: line("privacy@degroenewinkel.example"),
            registration: Some(line("KvK 12345678")),
            country: line("NL"),
            sector: None,
        },
        client: line("De Groene Winkel"),
        issuer: line("https://sluis.example"),
        today: days(0),
        since: days(-120),
        opened_at: days(-34),
        delete_by: days(-4),
        claims: vec![Claim::Name, Claim::Email, Claim::DeliveryAddress],
        reason: Reason::Withdrawn,
        known_at: (language == of).then(|| days(-33)),
        late: true,
        letter_at: (language == of).then(|| days(-1)),
        subject: line("Ksd7fJ2Lq0mN4pXr9vTzAw"),
        grant_id: line("0193a3f0-8f7a-7cc2-9f4e-6a0d2f3c1b11"),
        duty_id: line(DUTY),
    }
}

/// The list, and letters in both languages.
pub(super) fn all(language: Language) -> Vec<(&'static str, Box<dyn Sample>)> {
    let page = |name: &str| {
        let here = format!("/account/duties{name}");
        shell(language, Some(Section::Businesses), &here)
    };
    let narrowed = DutyCard {
        claims: vec![Claim::PhoneNumber],
        reason: Reason::Narrowed,
        letter_at: None,
        ..duty(Stage::Told)
    };
    let nothing = DutyCard {
        claims: Vec::new(),
        reason: Reason::Ended,
        ..duty(Stage::Seen)
    };
    let written = DutyCard {
        letter_at: Some(days(-1)),
        ..duty(Stage::Overdue)
    };
    let late = DutyCard {
        late: true,
        ..duty(Stage::Confirmed)
    };
    let list = DutiesPage {
        shell: page(""),
        open: vec![
            written,
            narrowed,
            nothing,
            duty(Stage::Asked),
            duty(Stage::Unreachable),
        ],
        done: vec![late, duty(Stage::Kept), duty(Stage::Lapsed)],
    };
    let none = DutiesPage {
        open: Vec::new(),
        done: Vec::new(),
        ..list.clone()
    };
    let mut pages: Vec<(&'static str, Box<dyn Sample>)> =
        vec![("duties", Box::new(list)), ("duties-none", Box::new(none))];
    let first = Letter {
        known_at: None,
        late: false,
        letter_at: None,
        ..letter(language, language)
    };
    pages.push((
        "letter-first",
        Box::new(LetterPage {
            shell: page("/x/letter"),
            letter: first,
        }),
    ));
    let some = Letter {
        reason: Reason::Narrowed,
        claims: vec![Claim::PhoneNumber],
        ..letter(language, language)
    };
    pages.push((
        "complaint-some",
        Box::new(ComplaintPage {
            shell: page("/x/complaint"),
            letter: some.clone(),
            authority: crate::pages::letters::authority("NL", some.texts),
        }),
    ));
    let shell = page("/x/letter");
    pages.push((
        "letter-some",
        Box::new(LetterPage {
            shell,
            letter: some,
        }),
    ));
    let names = [
        ("letter-nl", "complaint-nl", Language::Nl),
        ("letter-en", "complaint-en", Language::En),
    ];
    for (letter_name, complaint_name, of) in names {
        let letter = letter(language, of);
        let complaint = ComplaintPage {
            shell: page("/x/complaint"),
            letter: letter.clone(),
            authority: crate::pages::letters::authority("NL", Texts::new(of)),
        };
        let letter = LetterPage {
            shell: page("/x/letter"),
            letter,
        };
        pages.push((letter_name, Box::new(letter)));
        pages.push((complaint_name, Box::new(complaint)));
    }
    pages
}
