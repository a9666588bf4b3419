//! Passkeys, second factors, and showing again who one is.

use super::access::security;
use super::{NOW, Sample, days, shell, shop, stranger};
use crate::domain::account::Factors;
use crate::domain::language::Language;
use crate::pages::confirm::ConfirmPage;
use crate::pages::half::{FactorFailure, SecondStepPage};
use crate::pages::security::passkeys::{PasskeyAddPage, PasskeySection};
use crate::pages::security::password::{PasswordPage, PasswordRemovePage};
use crate::pages::security::totp::{RecoveryCodesPage, TotpPage};
use crate::pages::security::{SecurityDone, SecurityPage};
use crate::service::address_changes::Waiting;
use crate::service::kit::Openers;
use crate::service::passkeys::OwnPasskey;
use crate::web::page::FieldError;
use crate::web::qr;

const BOTH: Factors = Factors {
    password: true,
    totp: true,
    recovery_codes: 2,
    opening_passkeys: 1,
    proving_passkeys: 1,
    recovered_at: None,
};
pub(super) const BARE: Factors = Factors {
    password: true,
    totp: false,
    recovery_codes: 0,
    opening_passkeys: 0,
    proving_passkeys: 0,
    recovered_at: None,
};

fn passkey(name: &str, opens: bool, doubted: bool) -> OwnPasskey {
    OwnPasskey {
        id: "0193a3f0-8f7a-7cc2-9f4e-6a0d2f3c1b11"
            .parse()
            .expect("an id"),
        credential_id: vec![7; 16],
        name: name.to_owned(),
        opens,
        created_at: days(-30),
        last_used_at: opens.then_some(NOW),
        doubted_at: doubted.then_some(NOW),
    }
}

/// Nobody's passkeys.
pub(super) fn none() -> PasskeySection {
    PasskeySection {
        possible: true,
        passkeys: Vec::new(),
        rp_id: "localhost".to_owned(),
        user: "AZOj8A".to_owned(),
    }
}

pub(super) fn all(language: Language) -> Vec<(String, Box<dyn Sample>)> {
    let mut pages: Vec<(String, Box<dyn Sample>)> = Vec::new();
    let mut add = |name: &str, page: Box<dyn Sample>| pages.push((name.to_owned(), page));
    let bare = security(language);
    let full = SecurityPage {
        openers: Openers {
            passkey: true,
            ..bare.openers
        },
        factors: BOTH,
        passkeys: PasskeySection {
            passkeys: vec![
                passkey("Telefoon", true, false),
                passkey("Sleutelhanger", false, true),
            ],
            ..bare.passkeys.clone()
        },
        ..bare.clone()
    };
    for (done, word) in SecurityDone::ALL {
        let page = SecurityPage {
            done: Some(done),
            ..full.clone()
        };
        add(&format!("security-{word}"), Box::new(page));
    }
    let nowhere = SecurityPage {
        factors: Factors {
            password: false,
            ..BARE
        },
        passkeys: PasskeySection {
            possible: false,
            ..bare.passkeys.clone()
        },
        ..bare.clone()
    };
    add("security-nowhere", Box::new(nowhere));
    let codes_left = SecurityPage {
        factors: Factors {
            totp: true,
            recovery_codes: 10,
            ..BARE
        },
        ..bare.clone()
    };
    add("security-codes-left", Box::new(codes_left));
    let changing = SecurityPage {
        change: Some(Waiting {
            address: "sanne.de.vries@een-heel-lange-naam-voor-een-postbus.voorbeeld.example"
                .to_owned(),
            asked_at: NOW,
            until: days(1),
        }),
        ..bare.clone()
    };
    add("security-changing", Box::new(changing));
    add("security", Box::new(full));
    add("security-bare", Box::new(bare));
    let second = SecondStepPage {
        shell: stranger(language, "/sign-in/second"),
        asker: Some(shop()),
        next: "/account/rules".to_owned(),
        needs_password: false,
        factors: BOTH,
        failure: None,
    };
    for (name, failure) in [
        ("code", FactorFailure::Code),
        ("passkey", FactorFailure::Passkey),
        ("too-many", FactorFailure::TooMany { seconds: 8 }),
    ] {
        let page = SecondStepPage {
            failure: Some(failure),
            ..second.clone()
        };
        add(&format!("second-{name}"), Box::new(page));
    }
    let password = SecondStepPage {
        needs_password: true,
        failure: Some(FactorFailure::Password),
        ..second.clone()
    };
    let nothing = SecondStepPage {
        factors: Factors {
            password: false,
            ..BOTH
        },
        failure: None,
        ..password.clone()
    };
    add("second-nothing", Box::new(nothing));
    add("second-password", Box::new(password));
    let recovery = SecondStepPage {
        factors: Factors {
            totp: false,
            ..BOTH
        },
        ..second.clone()
    };
    add("second-recovery", Box::new(recovery));
    add("second", Box::new(second));
    for (name, factors, failure) in [
        ("confirm", BARE, None),
        ("confirm-both", BOTH, Some(FactorFailure::Code)),
        (
            "confirm-passkey",
            Factors {
                password: false,
                totp: false,
                ..BOTH
            },
            Some(FactorFailure::Passkey),
        ),
    ] {
        let page = ConfirmPage {
            shell: shell(language, None, "/sign-in/confirm"),
            action: "/sign-in/confirm".to_owned(),
            carried: vec![("after".to_owned(), "/account/security".to_owned())],
            factors,
            failure,
        };
        add(name, Box::new(page));
    }
    for failed in [false, true] {
        let page = PasskeyAddPage {
            shell: shell(language, None, "/account/security/passkeys"),
            name: "Telefoon".to_owned(),
            failed,
        };
        add(&format!("passkey-add-{failed}"), Box::new(page));
    }
    for wrong in [false, true] {
        let page = TotpPage {
            shell: shell(language, None, "/account/security/totp"),
            setup: "AQ".to_owned(),
            secret: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ".to_owned(),
            picture: qr::svg("otpauth://totp/Sluis").expect("a picture"),
            link: "otpauth://totp/Sluis".to_owned(),
            wrong,
        };
        add(&format!("totp-{wrong}"), Box::new(page));
    }
    let codes = RecoveryCodesPage {
        shell: shell(language, None, "/account/security"),
        done: Some(SecurityDone::TotpAdded),
        codes: vec!["4f7k-m2pq-9xyz".to_owned(); 10],
        on: "/account/security".to_owned(),
    };
    add("recovery-codes", Box::new(codes));
    let password_errors = vec![FieldError {
        field: "old",
        message: FactorFailure::Password.text(crate::i18n::Texts::new(language)),
    }];
    let password = PasswordPage {
        shell: shell(language, None, "/account/security/password"),
        is_first: false,
        errors: password_errors.clone(),
    };
    let clean = PasswordPage {
        errors: Vec::new(),
        ..password.clone()
    };
    let first = PasswordPage {
        is_first: true,
        ..clean.clone()
    };
    add("password", Box::new(password));
    add("password-first", Box::new(first));
    let mut spare = PasswordRemovePage {
        shell: shell(language, None, "/account/security/password/remove"),
        errors: Vec::new(),
    };
    add("password-remove", Box::new(spare.clone()));
    spare.errors.clone_from(&password_errors);
    add("password-remove-wrong", Box::new(spare));
    add("password-clean", Box::new(clean));
    pages
}
