//! That there is a sample of each page, and what some of them have to show.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::render_test::{page, pages};
use super::samples;
use crate::domain::language::Language;

#[test]
fn sample_names_differ() {
    for language in Language::ALL {
        let mut names = BTreeSet::new();
        for page in samples::all(language) {
            let name = page.name;
            assert!(names.insert(name.clone()), "{name} is there twice");
        }
    }
}

/// The templates that are whole pages, each with one of its samples.
const PAGES: [(&str, &str); 48] = [
    ("answered.html", "answered"),
    ("archive.html", "archive"),
    ("attribute.html", "attribute-address"),
    ("businesses.html", "businesses"),
    ("change_email.html", "email-asked"),
    ("complaint.html", "complaint-some"),
    ("confirm.html", "confirm"),
    ("confirm_email.html", "confirm-email"),
    ("confirmation.html", "confirmation"),
    ("consent.html", "consent"),
    ("consent_rules.html", "consent-rules"),
    ("data.html", "data"),
    ("device.html", "device"),
    ("device_confirm.html", "device-confirm"),
    ("device_done.html", "device-allowed"),
    ("duties.html", "duties"),
    ("email.html", "email"),
    ("erase.html", "erase"),
    ("erased.html", "erased"),
    ("error.html", "error-not_found"),
    ("grant.html", "grant"),
    ("history.html", "history"),
    ("holdings.html", "who-has-what"),
    ("import.html", "import"),
    ("import_preview.html", "import-preview"),
    ("landing.html", "landing"),
    ("letter.html", "letter-first"),
    ("overview.html", "overview"),
    ("passkey_add.html", "passkey-add-false"),
    ("password.html", "password"),
    ("password_remove.html", "password-remove"),
    ("profiles.html", "profiles"),
    ("receipts.html", "receipts-one"),
    ("recover.html", "recover"),
    ("recovery_codes.html", "recovery-codes"),
    ("rule.html", "rule-tried"),
    ("rules.html", "rules"),
    ("second_step.html", "second"),
    ("security.html", "security"),
    ("security_kit_new.html", "kit"),
    ("sign_in.html", "sign-in"),
    ("sign_out.html", "sign-out"),
    ("sign_up.html", "sign-up"),
    ("sign_up_passkey.html", "sign-up-passkey"),
    ("signed_out.html", "signed-out"),
    ("totp.html", "totp-false"),
    ("transfer.html", "transfer"),
    ("transfer_onward.html", "transfer-onward"),
];

/// Which type renders a template, by `#[template(path = "…")]`.
fn kinds() -> BTreeMap<String, String> {
    let sources = [Path::new("src/pages"), Path::new("src/web")];
    let mut folders = sources
        .map(|folder| Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
        .to_vec();
    let mut kinds = BTreeMap::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).expect("a source");
            for derived in text.split("#[template(path = \"").skip(1) {
                let (template, rest) = derived.split_once('"').expect("a quote");
                let (_, rest) = rest.split_once("struct ").expect("a type");
                let name: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
                let other = kinds.insert(template.to_owned(), name);
                assert_eq!(other, None, "{template} is rendered by two");
            }
        }
    }
    kinds
}

#[test]
fn every_template_has_a_sample() {
    let rendered = Language::ALL.map(samples::all);
    let kinds = kinds();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut found = 0;
    for entry in fs::read_dir(folder).expect("the templates") {
        let path = entry.expect("a template").path();
        if path.is_dir() {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a template");
        if !text.contains("{% extends \"page.html\" %}") {
            continue;
        }
        let file = path.file_name().and_then(|name| name.to_str());
        let file = file.expect("a name");
        let sample = PAGES.iter().find(|(page, _)| *page == file);
        let (_, sample) = sample.unwrap_or_else(|| panic!("{file} has no sample"));
        for pages in &rendered {
            let page = pages.iter().find(|page| page.name == *sample);
            let page = page.unwrap_or_else(|| panic!("there is no {sample}"));
            let kind = kinds.get(file).map(String::as_str);
            assert_eq!(kind, Some(page.kind), "{sample} is no sample of {file}");
        }
        found += 1;
    }
    assert_eq!(found, PAGES.len(), "a page is gone");
}

#[test]
fn the_browser_offers_passkeys_where_the_address_is_typed() {
    // WebAuthn L3 §5.1.4: a script waits for a passkey, and the field says so.
    let html = page("en-sign-in");
    assert!(html.contains(r#"autocomplete="username webauthn""#));
    assert!(html.contains(" data-listens"));
}

#[test]
fn what_needs_script_says_so() {
    for (name, html) in pages() {
        let main = html.split("<main").nth(1).unwrap_or_default();
        let main = main.split("</main>").next().unwrap_or_default();
        let mut forms = main
            .split("<form")
            .skip(1)
            .map(|form| form.split('>').next().unwrap_or_default());
        if !forms.clone().any(|form| form.contains("data-passkey=")) {
            continue;
        }
        let works = forms.any(|form| !form.ends_with(" hidden"));
        assert!(
            works || main.contains("<noscript>"),
            "{name} is empty without script"
        );
    }
}

#[test]
fn what_was_typed_is_shown_as_text() {
    let html = page("en-attribute-preferences");
    assert!(!html.contains("<b>Vegetarisch"));
    let wrong = page("nl-attribute-address");
    assert!(wrong.contains("Prinsengracht 263"));
    assert!(wrong.contains("aria-invalid=\"true\""));
}
