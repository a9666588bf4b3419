//! Renders every page from its samples, in both languages, and checks what
//! must hold of any of them. Leaves them in `target/preview` to look at.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::samples;
use crate::domain::language::Language;
use crate::web::{assets, authorization_response};

/// Each page in each language.
pub(super) fn pages() -> Vec<(String, String)> {
    Language::ALL
        .into_iter()
        .flat_map(|language| {
            samples::all(language)
                .into_iter()
                .map(move |page| (format!("{language}-{}", page.name), page.html))
        })
        .collect()
}

pub(super) fn page(name: &str) -> String {
    pages()
        .into_iter()
        .find(|(other, _)| other == name)
        .map(|(_, html)| html)
        .expect("a sample of this name")
}

/// The values of an attribute, in the order of the page.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    html.split(start.as_str())
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

#[test]
fn every_page_is_there_to_look_at() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/preview");
    // Of a sample that is no more, nobody looks at the page.
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("a folder");
    }
    fs::create_dir_all(folder.join("assets")).expect("a folder");
    for (url, content) in assets::tests::all() {
        fs::write(folder.join(url.trim_start_matches('/')), content).expect("a file");
    }
    let logo = folder.join(samples::LOGO.trim_start_matches('/'));
    fs::create_dir_all(logo.parent().expect("a folder")).expect("a folder");
    fs::write(logo, include_bytes!("../webshop/assets/shop-logo.png")).expect("a file");
    let posted = Language::ALL.map(|language| {
        let html = authorization_response::tests::sample(language);
        // As whoever has no script sees it: with it, it leads away by itself.
        let (html, _) = html.split_once("<script").expect("a script");
        (format!("{language}-form-post"), html.to_owned())
    });
    for (name, html) in pages().into_iter().chain(posted) {
        let html = html.replace("\"/assets/", "\"assets/");
        let html = html.replace("\"/clients/", "\"clients/");
        fs::write(folder.join(name + ".html"), html).expect("a file");
    }
}

#[test]
fn no_page_lacks_a_phrase_or_a_file() {
    for (name, html) in pages() {
        assert!(!html.contains("No localization"), "{name} lacks a phrase");
        for mark in [
            "{ $",
            "{$",
            "\u{2068}",
            "\"\"/assets",
            "href=\"\"",
            "src=\"\"",
        ] {
            assert!(!html.contains(mark), "{name} has {mark}");
        }
    }
}

#[test]
fn ids_are_unique_and_what_names_an_id_finds_it() {
    for (name, html) in pages() {
        let mut count: BTreeMap<&str, usize> = BTreeMap::new();
        for id in values(&html, "id") {
            *count.entry(id).or_default() += 1;
        }
        for (id, times) in &count {
            assert_eq!(*times, 1, "{name} has {id} {times} times");
        }
        for attribute in ["for", "aria-labelledby", "aria-describedby"] {
            for ids in values(&html, attribute) {
                for id in ids.split(' ') {
                    assert!(
                        count.contains_key(id),
                        "{name}: {attribute}={id} leads nowhere"
                    );
                }
            }
        }
        for href in values(&html, "href") {
            if let Some(id) = href.strip_prefix('#') {
                assert!(count.contains_key(id), "{name}: #{id} leads nowhere");
            }
        }
    }
}

#[test]
fn the_promised_ids_are_on_their_pages() {
    let promised: [(&str, &[&str]); 13] = [
        (
            "sign-in",
            &["sign-in", "email", "password", "sign-in-submit"],
        ),
        (
            "sign-up",
            &["sign-up", "name", "email", "password", "sign-up-submit"],
        ),
        (
            "consent",
            &[
                "consent",
                "tier-anonymous",
                "tier-low",
                "tier-medium",
                "tier-high",
                "retention",
                "purpose-newsletter",
                "purpose-advice",
                "permission-advice-analytics",
                "permission-advice-personalisation",
                "claim-name",
                "claim-delivery_address",
                "allow",
                "deny",
                "client-policy",
                "client-terms",
                "client-logo",
            ],
        ),
        (
            "consent-anonymous",
            &["tier-anonymous", "allow", "deny", "client-logo"],
        ),
        ("grant", &["withdraw", "retention", "pause", "tier-low"]),
        ("grant-paused", &["withdraw", "resume"]),
        ("sign-out", &["sign-out-confirm", "sign-out-cancel"]),
        ("rules", &["rule-shop", "rule-other", "add-travel"]),
        (
            "rule-tried",
            &[
                "rules",
                "tier-ask",
                "tier-medium",
                "retention",
                "permission-analytics-ask",
                "permission-email-yes",
                "permission-post-no",
                "rest-no",
                "at",
                "rule-try",
                "rule-save",
                "rule-remove",
                "tried",
            ],
        ),
        (
            "consent-rules",
            &[
                "consent",
                "house-rules",
                "choose-otherwise",
                "allow",
                "deny",
            ],
        ),
        (
            "consent-rules-part",
            &["house-rules", "tier-high", "purpose-advice"],
        ),
        ("error-not_found", &["error"]),
        (
            "profiles",
            &["placement-email", "permission-analytics", "retention-low"],
        ),
    ];
    for (name, ids) in promised {
        for language in Language::ALL {
            let html = page(&format!("{language}-{name}"));
            let there = values(&html, "id");
            for id in ids {
                assert!(there.contains(id), "{language}-{name} lacks {id}");
            }
        }
    }
    assert!(page("en-error-conflict").contains(r#"data-code="conflict""#));
}

#[test]
fn nothing_is_on_that_the_consumer_did_not_turn_on() {
    for name in [
        "consent",
        "consent-nothing-chosen",
        "consent-anonymous",
        "consent-widening",
    ] {
        let html = page(&format!("nl-{name}"));
        assert!(!html.contains(" checked"), "{name} ticks something");
        assert!(!html.contains(" selected"), "{name} selects something");
    }
    let html = page("nl-consent-high");
    let inputs = html.split("<input").filter(|input| {
        input
            .split('>')
            .next()
            .is_some_and(|input| input.contains(" checked"))
    });
    let checked: Vec<&str> = inputs
        .filter_map(|input| values(input, "id").first().copied())
        .collect();
    assert_eq!(
        checked,
        ["purpose-newsletter", "tier-high", "claim-phone_number"]
    );
}

/// What stands in the hidden fields of a page, besides hashes and tokens.
fn carried(html: &str) -> Vec<(&str, &str)> {
    html.split("<input type=\"hidden\"")
        .skip(1)
        .filter_map(|input| {
            Some((
                *values(input, "name").first()?,
                *values(input, "value").first()?,
            ))
        })
        .filter(|(name, _)| !["csrf", "terms", "plan", "return"].contains(name))
        .collect()
}

#[test]
fn a_page_that_house_rules_filled_in_shows_what_it_carries_and_nothing_more() {
    let high = page("en-consent-rules");
    let fields = [
        ("tier", "high"),
        ("retention", "P3M"),
        ("purpose-newsletter", "on"),
    ];
    assert_eq!(carried(&high), fields);
    let outcome = high.split("id=\"gets-title\"").nth(1).unwrap_or_default();
    let outcome = outcome.split("<details>").next().unwrap_or_default();
    for shown in [
        "Sanne de Vries",
        "Prinsengracht 263",
        "Newsletter",
        "3 months at most",
    ] {
        assert!(outcome.contains(shown), "{shown}");
    }
    // Refused, by a no to a part of it.
    assert!(outcome.contains("Personal advice") && outcome.contains("Your rule says no."));
    assert!(!outcome.contains("Vegetarian") && !outcome.contains("1988-04-27"));
    let medium = page("en-consent-rules-medium");
    assert_eq!(carried(&medium), [("tier", "medium"), ("retention", "P3M")]);
    assert!(medium.contains("does not go with this tier: it can be had in high only"));
}

#[test]
fn a_form_that_house_rules_filled_in_marks_theirs_and_leaves_the_rest_off() {
    let html = page("nl-consent-rules-part");
    let checked: Vec<&str> = html
        .split("<input")
        .filter_map(|input| input.split('>').next())
        .filter(|input| input.contains(" checked"))
        .filter_map(|input| values(input, "id").first().copied())
        .collect();
    assert_eq!(checked, ["purpose-newsletter", "tier-high"]);
    assert_eq!(html.matches("tag by-rules").count(), 3);
    let asked = html.split("id=\"house-rules\"").nth(1).unwrap_or_default();
    let asked = asked.split("</section>").next().unwrap_or_default();
    assert!(asked.contains("“Mijn gedrag analyseren” bij “Persoonlijk advies”"));
    let blocked = page("nl-consent-rules-blocked");
    assert!(blocked.contains("id=\"problems\"") && blocked.contains("id=\"tier-low\""));
    let unvetted = page("nl-consent-rules-unvetted");
    assert!(!unvetted.contains("id=\"tier-medium\" name=\"tier\" value=\"medium\" aria-describedby=\"panel-medium\" checked"));
}

#[test]
fn what_an_optional_purpose_asks_is_not_said_to_go_along_while_it_is_off() {
    let html = page("en-consent-medium");
    let medium = html.split("id=\"panel-medium\"").nth(1).unwrap_or_default();
    let high = html.split("id=\"panel-high\"").nth(1).unwrap_or_default();
    assert!(
        medium
            .split("</div>")
            .next()
            .unwrap_or_default()
            .contains("sanne@")
    );
    let only_if = high.split("values if-on").nth(1).unwrap_or_default();
    assert!(only_if.contains("1988-04-27"));
    assert!(
        !high
            .split("values if-on")
            .next()
            .unwrap_or_default()
            .contains("1988-04-27")
    );
}

#[test]
fn pages_obey_a_policy_without_inline_style_or_script() {
    for (name, html) in pages() {
        // The one page that goes on by itself has a script of its own, from a file.
        let onward = format!("<script src=\"{}\"></script>", assets::asset("onward.js"));
        let scripts = usize::from(name.ends_with("-signed-out-onward"));
        assert_eq!(html.matches(&onward).count(), scripts, "{name}");
        // And those that ask for passkeys.
        let passkeys = format!(
            "<script src=\"{}\" defer></script>",
            assets::asset("passkeys.js")
        );
        assert_eq!(
            html.contains(&passkeys),
            html.contains("data-passkey=") || html.contains("id=\"passkeys-known\""),
            "{name}"
        );
        let html = html.replace(&onward, "").replace(&passkeys, "");
        for mark in [
            "<script",
            "<style",
            " style=",
            " onclick",
            " onload",
            "javascript:",
        ] {
            assert!(!html.contains(mark), "{name} has {mark}");
        }
    }
}

#[test]
fn pictures_come_from_this_server_and_say_nothing_that_the_text_does_not() {
    let mut logos = 0;
    for (name, html) in pages() {
        for picture in html.split("<img").skip(1) {
            let picture = picture.split('>').next().unwrap_or_default();
            assert!(picture.contains(r#" src="/"#), "{name}: {picture}");
            assert!(picture.contains(r#" alt="""#), "{name}: {picture}");
            let sides = values(picture, "width").len() + values(picture, "height").len();
            assert_eq!(sides, 2, "{name}: {picture}");
            logos += picture.matches(samples::LOGO).count();
        }
    }
    assert!(logos > 10, "{logos}");
    for unvetted in ["consent-unvetted", "consent-rules-unvetted"] {
        assert!(!page(&format!("nl-{unvetted}")).contains(samples::LOGO));
    }
}

#[test]
fn every_form_that_posts_carries_the_token() {
    for (name, html) in pages() {
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap_or_default();
            // A form that only asks changes nothing.
            if form.contains(r#"method="get""#) {
                continue;
            }
            assert!(
                form.contains(r#"name="csrf" value="csrf-of-this-session""#),
                "{name}"
            );
            assert!(form.contains(r#"method="post""#), "{name}");
        }
    }
}

#[test]
fn consent_and_refusal_weigh_the_same() {
    let html = page("nl-consent");
    let class = |id: &str| {
        html.split("<button")
            .find(|button| button.contains(&format!("id=\"{id}\"")))
            .map(|button| {
                button
                    .split('>')
                    .next()
                    .unwrap_or_default()
                    .contains("class=")
            })
    };
    assert_eq!(class("allow"), Some(false));
    assert_eq!(class("deny"), Some(false));
}
