//! What a machine can tell of a page: the rules of axe-core, and whether all of
//! it can be seen without scrolling sideways.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;

use crate::driver::{Browser, Scheme};

/// WCAG 2.2 A and AA, and what axe-core calls good practice.
const RUN: &str = "
    const done = arguments[arguments.length - 1];
    axe.run(document, { resultTypes: ['violations'] }).then(
      (found) => done(found.violations.flatMap((rule) => rule.nodes.map((node) =>
        `${rule.id}: ${node.target.join(' ')}: ${(node.failureSummary || '').split('\\n').slice(1, 3).join(' ').trim()}`))),
      (error) => done([`axe-core itself: ${error}`]));";

/// Elements that reach out of the window, hide a part of their own words, or
/// have to be scrolled sideways.
const CUT_OFF: &str = "
    const found = [];
    const name = (element) => element.tagName.toLowerCase()
      + (element.id ? '#' + element.id : '')
      + (typeof element.className === 'string' && element.className ? '.' + element.className.trim().replaceAll(' ', '.') : '');
    const wide = document.documentElement.clientWidth;
    const unseen = (element) => {
      for (let one = element; one; one = one.parentElement)
        if (getComputedStyle(one).clipPath.startsWith('inset(50%')) return true;
      return element.closest('.skip, svg, option') !== null;
    };
    for (const element of document.body.querySelectorAll('*')) {
      if (unseen(element)) continue;
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      if (style.display === 'none' || style.visibility === 'hidden' || box.width < 1 || box.height < 1) continue;
      if (box.right > wide + 1 || box.left < -1)
        found.push(`${name(element)} reaches from ${Math.round(box.left)} to ${Math.round(box.right)} of ${wide}`);
      if (['INPUT', 'TEXTAREA', 'SELECT'].includes(element.tagName) || style.display === 'inline') continue;
      if (['auto', 'scroll'].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1)
        found.push(`${name(element)} scrolls sideways`);
      if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
      const words = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      while (words.nextNode()) {
        const node = words.currentNode;
        if (!node.data.trim() || unseen(node.parentElement)) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const line of range.getClientRects())
          if (line.width > 1 && (line.right > box.right + 1 || line.bottom > box.bottom + 1))
            found.push(`${name(element)} hides words: ${node.data.trim().slice(0, 40)}`);
      }
    }
    return found;";

/// How a person looks at a page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    width: u32,
    /// The size of letters that the person has set.
    letters: u32,
    scheme: Scheme,
}

const ORDINARY: u32 = 16;

/// WCAG 2.2 §1.4.10 asks for 320 pixels, and §1.4.4 for letters of twice the size.
pub(super) const LOOKS: [Look; 5] = [
    Look {
        width: 1280,
        letters: ORDINARY,
        scheme: Scheme::Light,
    },
    Look {
        width: 1280,
        letters: ORDINARY,
        scheme: Scheme::Dark,
    },
    Look {
        width: 1280,
        letters: 2 * ORDINARY,
        scheme: Scheme::Light,
    },
    Look {
        width: 320,
        letters: ORDINARY,
        scheme: Scheme::Dark,
    },
    Look {
        width: 320,
        letters: ORDINARY,
        scheme: Scheme::Light,
    },
];

/// What is wrong with the page that the browser shows, in any look.
pub(super) async fn examine(browser: &Browser, page: &str, problems: &mut BTreeSet<String>) {
    browser
        .driver()
        .execute(axe(), Vec::new())
        .await
        .expect("a page that lets tests run scripts");
    for look in LOOKS {
        browser.fit(look.width, 800, look.letters).await;
        browser.prefer(look.scheme).await;
        let mut found: Vec<String> = browser
            .driver()
            .execute_async(RUN, Vec::new())
            .await
            .expect("axe-core")
            .convert()
            .expect("a list");
        found.extend(cut_off(browser).await);
        problems.extend(
            found
                .into_iter()
                .map(|problem| format!("{page} ({look:?}): {problem}")),
        );
    }
}

async fn cut_off(browser: &Browser) -> Vec<String> {
    let found = browser.driver().execute(CUT_OFF, Vec::new()).await;
    found.expect("a page").convert().expect("a list")
}

/// The source of axe-core, which `tests/parties/install` fetches.
fn axe() -> &'static str {
    static SOURCE: OnceLock<String> = OnceLock::new();
    SOURCE.get_or_init(|| {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .with_file_name("parties/npm/node_modules/axe-core/axe.min.js");
        std::fs::read_to_string(&file)
            .unwrap_or_else(|_| panic!("{}: run tests/parties/install", file.display()))
    })
}

pub(super) fn expect_none(problems: &BTreeSet<String>) {
    let all: Vec<&str> = problems.iter().map(String::as_str).collect();
    assert!(
        all.is_empty(),
        "{} problems:\n{}",
        all.len(),
        all.join("\n")
    );
}

/// A test that finds nothing shows little, unless it finds what is there.
#[tokio::test]
async fn a_page_that_keeps_people_out_is_found() {
    let browser = Browser::start().await;
    let page = "data:text/html,<html><title></title><body style='margin:0'>\
        <img src=x><input><p style='color:%23ccc;background:white'>pale</p>\
        <div id=wide style='width:2000px'>wide</div>\
        <p id=letters style='width:50em;background:white;color:black'>wide for some</p>\
        <div id=clipped style='width:20px;overflow:hidden;white-space:nowrap'>many words in here</div>";
    browser.open(page).await;
    let mut problems = BTreeSet::new();
    examine(&browser, "bad", &mut problems).await;
    for rule in [
        "document-title",
        "html-has-lang",
        "image-alt",
        "label",
        "color-contrast",
        "div#wide reaches",
        "div#clipped hides",
    ] {
        assert!(
            problems.iter().any(|problem| problem.contains(rule)),
            "{rule} in {problems:?}"
        );
    }
    let large =
        |problem: &&String| problem.contains("letters: 32") && problem.contains("p#letters");
    assert!(
        problems.iter().any(|problem| large(&problem)),
        "letters are not larger: {problems:?}"
    );
    browser.quit().await;
}
