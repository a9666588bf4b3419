//! The security of an account, and the way back in.

use crate::domain::account::{Factors, Gone, LaterPassword};
use crate::domain::attribute::Problem;
use crate::domain::browser::{Network, Seen};
use crate::domain::language::Language;
use crate::i18n::{Texts, t};
use crate::pages::change_email::{ChangeEmail, ChangeEmailPage};
use crate::pages::confirm_email::{ConfirmEmail, ConfirmEmailPage};
use crate::pages::recover::{RecoverPage, RecoverState};
use crate::pages::security::SecurityPage;
use crate::pages::security::email::EmailPage;
use crate::pages::security::kit::KitPage;
use crate::service::addresses::Reach;
use crate::service::browsers::OpenSession;
use crate::service::kit::Openers;
use crate::web::page::{FieldError, Section};
use crate::web::qr;

use super::{NOW, Sample, days, shell, stranger, ways_in};

const TOKEN: &str = "slml_of-a-mail";

fn sessions() -> Vec<OpenSession> {
    let name = |letter: &str| {
        let text = format!("{}A", letter.repeat(42));
        text.parse().expect("a name")
    };
    let here = Network::around("203.0.113.77".parse().expect("an address"));
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    vec![
        OpenSession {
            name: name("a"),
            seen: Some(Seen::from_user_agent(agent, Some(here))),
            since: NOW,
            used_at: NOW,
            until: days(1),
            is_this: true,
        },
        OpenSession {
            name: name("b"),
            seen: None,
            since: days(-1),
            used_at: days(-1),
            until: days(1),
            is_this: false,
        },
    ]
}

type Pages = Vec<(&'static str, Box<dyn Sample>)>;

pub(super) fn all(language: Language) -> Pages {
    let mut pages = securities(language);
    pages.extend(kits(language));
    let token = || TOKEN.to_owned();
    for (name, state) in [
        (
            "confirm-email",
            ConfirmEmail::Asked {
                token: token(),
                made_at: NOW,
            },
        ),
        (
            "confirm-email-anothers",
            ConfirmEmail::Anothers { made_at: NOW },
        ),
        ("confirm-email-done", ConfirmEmail::Done),
        ("confirm-email-void", ConfirmEmail::Void),
        ("confirm-email-taken", ConfirmEmail::Taken),
    ] {
        let shell = shell(language, None, "/");
        pages.push((name, Box::new(ConfirmEmailPage { shell, state })));
    }
    pages.extend(emails(language));
    let choose = |kit, escrow, passkey, waits_until| RecoverState::Choose {
        token: token(),
        kit,
        escrow,
        passkey,
        waits_until,
        claimed_at: None,
        second: passkey,
    };
    let claimed = |kit, escrow, second| RecoverState::Choose {
        token: token(),
        kit,
        escrow,
        passkey: second,
        waits_until: None,
        claimed_at: Some(NOW),
        second,
    };
    let ready = |empty, claimed_at| RecoverState::Ready {
        token: token(),
        empty,
        claimed_at,
        second: None,
    };
    let second = |empty, claimed_at| RecoverState::Ready {
        token: token(),
        empty,
        claimed_at,
        second: Some(Factors {
            password: true,
            totp: true,
            recovery_codes: 2,
            opening_passkeys: 1,
            ..Factors::default()
        }),
    };
    for (name, state) in [
        ("recover", RecoverState::Ask),
        ("recover-sent", RecoverState::Sent),
        ("recover-choose", choose(true, true, true, None)),
        ("recover-again", choose(false, true, false, Some(days(1)))),
        ("recover-nobody", choose(false, false, false, None)),
        ("recover-kit-alone", choose(true, false, false, None)),
        ("recover-passkey-alone", choose(false, false, true, None)),
        ("recover-waits", RecoverState::Waits { ready_at: days(1) }),
        ("recover-claimed", claimed(false, true, false)),
        ("recover-claimed-second", claimed(false, true, true)),
        ("recover-claimed-alone", claimed(true, false, false)),
        ("recover-ready", ready(false, None)),
        ("recover-ready-claimed", ready(false, Some(NOW))),
        ("recover-ready-empty", ready(true, None)),
        ("recover-ready-second", second(true, None)),
        ("recover-ready-claimed-second", second(false, Some(NOW))),
        ("recover-stop", RecoverState::Stop { token: token() }),
        ("recover-stopped", RecoverState::Stopped),
        ("recover-done", RecoverState::Done),
        ("recover-void", RecoverState::Void),
    ] {
        let page = RecoverPage {
            shell: stranger(language, "/recover"),
            state,
            problem: None,
        };
        pages.push((name, Box::new(page)));
    }
    let texts = Texts::new(language);
    for (name, state, problem) in [
        (
            "recover-choose-wrong",
            choose(true, true, true, None),
            t!(texts, "recover-wrong-code"),
        ),
        (
            "recover-ready-wrong",
            ready(false, None),
            t!(texts, "sign-up-password-too-short"),
        ),
        (
            "recover-nobody-wrong",
            choose(false, false, false, None),
            t!(
                texts,
                "recover-empty-wrong",
                word = t!(texts, "recover-empty-word")
            ),
        ),
    ] {
        let page = RecoverPage {
            shell: stranger(language, "/recover"),
            state,
            problem: Some(problem),
        };
        pages.push((name, Box::new(page)));
    }
    pages
}

fn emails(language: Language) -> Pages {
    let (token, email) = (
        || TOKEN.to_owned(),
        || "sanne@nieuw.voorbeeld.example".to_owned(),
    );
    let asking = EmailPage {
        shell: shell(language, None, "/account/security/email"),
        current: "sanne@voorbeeld.example".to_owned(),
        email: String::new(),
        errors: Vec::new(),
    };
    let wrong = EmailPage {
        email: "sanne@".to_owned(),
        errors: vec![FieldError {
            field: "email",
            message: Texts::new(language).problem(Problem::NotAnEmail),
        }],
        ..asking.clone()
    };
    let mut pages: Pages = vec![
        ("email", Box::new(asking)),
        ("email-wrong", Box::new(wrong)),
    ];
    for (name, state) in [
        (
            "email-asked",
            ChangeEmail::Asked {
                token: token(),
                email: email(),
            },
        ),
        (
            "email-undo",
            ChangeEmail::Undo {
                token: token(),
                email: email(),
                goes: Gone::default(),
            },
        ),
        (
            "email-undo-takes-along",
            ChangeEmail::Undo {
                token: token(),
                email: email(),
                goes: ALL_WENT,
            },
        ),
        (
            "email-undone",
            ChangeEmail::Undone {
                gone: Gone::default(),
            },
        ),
        ("email-undone-all", ChangeEmail::Undone { gone: ALL_WENT }),
        (
            "email-undo-leaves-password",
            ChangeEmail::Undo {
                token: token(),
                email: email(),
                goes: LEAVES_PASSWORD,
            },
        ),
        (
            "email-undone-leaves-password",
            ChangeEmail::Undone {
                gone: LEAVES_PASSWORD,
            },
        ),
        ("email-void", ChangeEmail::Void),
        ("email-taken", ChangeEmail::Taken),
    ] {
        let shell = stranger(language, "/");
        pages.push((name, Box::new(ChangeEmailPage { shell, state })));
    }
    pages
}

const ALL_WENT: Gone = Gone {
    password: LaterPassword::Goes,
    passkeys: 2,
    app: true,
    codes: true,
    kit: true,
};

const LEAVES_PASSWORD: Gone = Gone {
    password: LaterPassword::Stays,
    passkeys: 1,
    app: false,
    codes: false,
    kit: false,
};

const OPENERS: Openers = Openers {
    password: true,
    passkey: false,
    kit: true,
    escrow: false,
};

/// The page of somebody with a password and nothing more.
pub(super) fn security(language: Language) -> SecurityPage {
    SecurityPage {
        shell: shell(language, Some(Section::Security), "/account/security"),
        contact_email: "sanne@voorbeeld.example".to_owned(),
        reach: Reach::Confirmed,
        change: None,
        created_at: days(-90),
        openers: OPENERS,
        sessions: sessions(),
        waits_until: None,
        done: None,
        factors: ways_in::BARE,
        passkeys: ways_in::none(),
    }
}

fn securities(language: Language) -> Pages {
    let security = security(language);
    let mut pages: Pages = Vec::new();
    for (name, kit, escrow) in [
        ("security-kit-and-escrow", true, true),
        ("security-escrow", false, true),
        ("security-nothing", false, false),
    ] {
        let page = SecurityPage {
            openers: Openers {
                kit,
                escrow,
                ..OPENERS
            },
            ..security.clone()
        };
        pages.push((name, Box::new(page)));
    }

    pages
}

fn kits(language: Language) -> Pages {
    let code = "7K2M9XQW4D8ZB1FT6HJ3N5PRSVY0ACEG";
    let kit = KitPage {
        shell: shell(language, Some(Section::Security), "/account/security/kit"),
        groups: (0..8)
            .map(|at| code[4 * at..4 * at + 4].to_owned())
            .collect(),
        picture: qr::svg(code),
        issuer: "https://id.sluis.example".to_owned(),
        contact_email: "sanne@voorbeeld.example".to_owned(),
        id: "0193a3f0-8f7a-7cc2-9f4e-6a0d2f3c1b11".to_owned(),
        group: 3,
        proof: "proof".to_owned(),
        wrong: false,
    };
    let wrong = KitPage {
        groups: Vec::new(),
        picture: None,
        wrong: true,
        ..kit.clone()
    };
    vec![("kit", Box::new(kit)), ("kit-wrong", Box::new(wrong))]
}
