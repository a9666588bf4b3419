//! Every page in every state that there is a sample of.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::axe::{examine, expect_none};
use crate::driver::{Browser, Scheme, Screen};

const MISSING: &str = "the pages to look at are missing: \
     run tests/run, or first: cargo test --lib pages::render_test";

/// The samples in a language, as `pages::render_test` left them.
pub(super) fn samples(language: &str) -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/preview");
    let mut samples: Vec<(String, PathBuf)> = std::fs::read_dir(&folder)
        .expect(MISSING)
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "html"))
        .filter_map(|path| {
            let name = path.file_stem()?.to_str()?.to_owned();
            name.starts_with(&format!("{language}-"))
                .then_some((name, path))
        })
        .collect();
    samples.sort();
    assert!(samples.len() > 50, "{MISSING}");
    // Those of before an edit would show what is not there any more.
    let oldest = samples.iter().map(|(_, path)| changed(path)).min();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for made_from in ["templates", "src/pages", "src/i18n", "src/web"] {
        assert!(
            oldest > newest(&root.join(made_from)),
            "{made_from} was edited since: {MISSING}"
        );
    }
    samples
}

fn changed(path: &Path) -> SystemTime {
    let metadata = path.metadata().and_then(|file| file.modified());
    metadata.expect("a file with a time")
}

/// When the last of the files in a folder was changed.
fn newest(folder: &Path) -> Option<SystemTime> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("a file").path());
    paths
        .filter_map(|path| {
            if path.is_dir() {
                newest(&path)
            } else {
                Some(changed(&path))
            }
        })
        .max()
}

/// Ends every timer: a page that goes on by itself stays to be looked at.
const STAY: &str =
    "for (let timer = setTimeout(() => {}); timer > 0; timer -= 1) clearTimeout(timer)";

pub(super) async fn open(browser: &Browser, path: &Path) {
    browser.open(&url(path)).await;
    let stays = browser.driver().execute(STAY, Vec::new()).await;
    stays.expect("a page that lets tests run scripts");
}

fn url(path: &Path) -> String {
    format!("file://{}", path.display())
}

async fn expect_all_accessible(language: &'static str) {
    let browser = Browser::start().await;
    let mut problems = BTreeSet::new();
    for (name, path) in samples(language) {
        open(&browser, &path).await;
        examine(&browser, &name, &mut problems).await;
    }
    expect_none(&problems);
    browser.quit().await;
}

#[tokio::test]
async fn every_page_keeps_nobody_out_in_english() {
    expect_all_accessible("en").await;
}

#[tokio::test]
async fn every_page_keeps_nobody_out_in_dutch() {
    expect_all_accessible("nl").await;
}

/// How an element is displayed, and how high it is.
const SHOWN: &str = "
    const element = document.querySelector(arguments[0]);
    return [getComputedStyle(element).display, element.getBoundingClientRect().height];";

async fn shown(browser: &Browser, selector: &str) -> (String, f64) {
    let found = browser.driver().execute(SHOWN, vec![selector.into()]).await;
    let found = found.unwrap_or_else(|error| panic!("{selector}: {error}"));
    found.convert().expect("a pair")
}

#[tokio::test]
async fn what_is_printed_is_the_sheet_without_what_is_around_it() {
    let browser = Browser::start().await;
    let samples = samples("en");
    let around: &[&str] = &["body > header", "body > footer"];
    let with_form: &[&str] = &["body > header", "body > footer", "#kit-confirm"];
    let code: &[&str] = &["#kit-code", ".kit-picture"];
    for (page, gone, there) in [
        ("en-kit", with_form, code),
        ("en-letter-first", around, &["main"][..]),
    ] {
        let (_, path) = samples
            .iter()
            .find(|(name, _)| name == page)
            .expect(MISSING);
        open(&browser, path).await;
        for selector in gone {
            let (display, _) = shown(&browser, selector).await;
            assert_ne!(display, "none", "{page}: {selector} on a screen");
        }
        browser.print().await;
        for selector in gone {
            let (display, _) = shown(&browser, selector).await;
            assert_eq!(display, "none", "{page}: {selector}");
        }
        for selector in there {
            let (_, height) = shown(&browser, selector).await;
            assert!(height > 0.0, "{page}: {selector}");
        }
        browser.prefer(Scheme::Light).await;
    }
    browser.quit().await;
}

/// `tests/pictures`: every page on a phone and on a desk, by day and by night.
async fn picture_all(language: &'static str) {
    let browser = Browser::start().await;
    for (name, path) in samples(language) {
        open(&browser, &path).await;
        for (screen, on) in [(Screen::Phone, "phone"), (Screen::Desktop, "desktop")] {
            browser.show_on(screen).await;
            for (scheme, by) in [(Scheme::Light, "light"), (Scheme::Dark, "dark")] {
                browser.prefer(scheme).await;
                browser.screenshot(&format!("{name}-{on}-{by}")).await;
            }
        }
    }
    browser.quit().await;
}

#[tokio::test]
#[ignore = "it makes pictures to look at: tests/pictures"]
async fn pictures_of_every_page_in_english() {
    picture_all("en").await;
}

#[tokio::test]
#[ignore = "it makes pictures to look at: tests/pictures"]
async fn pictures_of_every_page_in_dutch() {
    picture_all("nl").await;
}
