//! Every page with Tab, and the main job with Tab, Enter and Space alone.

use std::collections::BTreeSet;

use thirtyfour::prelude::*;

use super::axe::expect_none;
use super::samples::{open, samples};
use crate::driver::{Browser, Screen, Setup};
use crate::journey::stage::{Demo, Person};
use crate::journey::steps::{SHOP, expect_consent};

/// How often one presses Tab before giving up.
const STOPS: usize = 120;
/// Of how many parts a field is, at most.
const PARTS: usize = 4;

/// What has the focus: its id, or where it leads, or its words; and whether a
/// person can see that it has. A ring may be drawn by what is around the element.
const FOCUSED: &str = "
    const element = document.activeElement;
    if (!element || element === document.body) return ['', true];
    const ring = (one) => {
      const style = getComputedStyle(one);
      return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    };
    const box = element.getBoundingClientRect();
    const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
    const y = Math.min(Math.max(box.top + Math.min(box.height / 2, 40), 1), innerHeight - 1);
    const top = document.elementFromPoint(x, y);
    const label = element.labels && element.labels[0];
    const there = top && (element.contains(top) || top.contains(element) || (label && label.contains(top)));
    let around = element;
    for (let step = 0; step < 3 && around && !ring(around); step += 1) around = around.parentElement;
    const seen = around && ring(around) && there;
    return [element.id || element.getAttribute('href') || element.textContent.trim(), Boolean(seen)];";

/// What a mouse can use, in the order of the page, by the names of [`FOCUSED`]. Of a
/// group of radios Tab meets one. What is folded away is unfolded first, and the walk
/// begins before the first of them, wherever a page puts the focus.
const CONTROLS: &str = "
    for (const details of document.querySelectorAll('details')) details.open = true;
    const start = document.createElement('span');
    start.tabIndex = -1;
    document.body.prepend(start);
    start.focus();
    const met = (one) => {
      if (one.type !== 'radio' || !one.name) return true;
      const group = [...document.getElementsByName(one.name)].filter((other) => other.form === one.form && !other.matches(':disabled'));
      return one === (group.find((other) => other.checked) || group[0]);
    };
    return [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
      .filter((one) => one.tabIndex >= 0 && one.type !== 'hidden' && !one.matches(':disabled'))
      .filter((one) => one.getClientRects().length > 0 && one.checkVisibility({ visibilityProperty: true }))
      .filter(met)
      .map((one) => one.id || one.getAttribute('href') || one.textContent.trim());";

struct Keys<'a>(&'a Browser);

impl Keys<'_> {
    async fn press(&self, key: Key) {
        self.0
            .driver()
            .action_chain()
            .send_keys(key)
            .perform()
            .await
            .expect("a keyboard");
    }

    async fn write(&self, text: &str) {
        self.0
            .driver()
            .action_chain()
            .send_keys(text)
            .perform()
            .await
            .expect("a keyboard");
    }

    /// What has the focus, and whether that is seen.
    async fn focus(&self) -> (String, bool) {
        let found = self.0.driver().execute(FOCUSED, Vec::new()).await;
        found.expect("a page").convert().expect("a pair")
    }

    /// Presses Tab; of a field in parts (a day, a month, a year, a calendar) until it is
    /// left for what follows.
    async fn leave(&self, field: Option<&String>, next: &str) -> (String, bool) {
        for _ in 1..PARTS {
            self.press(Key::Tab).await;
            let focus = self.focus().await;
            if focus.0 == next || Some(&focus.0) != field {
                return focus;
            }
        }
        self.press(Key::Tab).await;
        self.focus().await
    }

    async fn focused(&self) -> String {
        let (name, seen) = self.focus().await;
        assert!(seen, "nobody sees that {name} has the focus");
        name
    }

    /// Presses Tab until it has the focus; each stop on the way is seen.
    async fn go_to(&self, target: &str) {
        let mut met = Vec::new();
        for _ in 0..STOPS {
            self.press(Key::Tab).await;
            let name = self.focused().await;
            if name == target {
                return;
            }
            met.push(name);
        }
        panic!("Tab does not lead to {target}, only to {met:?}");
    }

    /// Presses Enter on it, and waits for the page that follows.
    async fn enter(&self, target: &str) {
        self.go_to(target).await;
        let page = self.0.driver().find(By::Tag("html")).await.expect("a page");
        self.press(Key::Enter).await;
        page.wait_until()
            .stale()
            .await
            .unwrap_or_else(|error| panic!("nothing follows {target}: {error}"));
        self.0.settle().await;
    }

    async fn sign_in(&self, person: &Person) {
        self.go_to("email").await;
        self.write(&person.email).await;
        self.go_to("password").await;
        self.write(&person.password).await;
        self.enter("sign-in-submit").await;
    }
}

/// Walks through every sample: Tab meets all that there is to use, in the order in
/// which it is read, each is seen to have the focus, and nothing holds it.
async fn walk_through_all(language: &'static str, screen: Screen) {
    let browser = Browser::start().await;
    browser.show_on(screen).await;
    let keys = Keys(&browser);
    let mut problems = BTreeSet::new();
    for (page, path) in samples(language) {
        open(&browser, &path).await;
        let found = browser.driver().execute(CONTROLS, Vec::new()).await;
        let controls: Vec<String> = found.expect("a page").convert().expect("names");
        for (stop, control) in controls.iter().enumerate() {
            let before = stop.checked_sub(1).map(|before| &controls[before]);
            let (name, seen) = keys.leave(before, control).await;
            if name != *control {
                let stop = stop + 1;
                problems.insert(format!("{page}: stop {stop} is {name:?}, not {control:?}"));
                break;
            }
            if !seen {
                problems.insert(format!("{page}: nobody sees that {name:?} has the focus"));
            }
        }
    }
    expect_none(&problems);
    browser.quit().await;
}

#[tokio::test]
async fn every_page_is_walked_by_keyboard_on_a_desk() {
    walk_through_all("en", Screen::Desktop).await;
}

#[tokio::test]
async fn every_page_is_walked_by_keyboard_on_a_phone() {
    walk_through_all("nl", Screen::Phone).await;
}

async fn walk(script: bool) {
    let demo = Demo::start();
    let browser = Browser::start_with(Setup {
        script,
        ..Setup::default()
    })
    .await;
    let keys = Keys(&browser);
    browser.open(&demo.shop).await;
    keys.enter("add-bel").await;
    keys.enter("login").await;
    keys.sign_in(demo.sanne()).await;
    expect_consent(&browser).await;
    // Of a group of radios Tab meets one, and the arrows the others.
    keys.go_to("tier-anonymous").await;
    for _ in 0..2 {
        keys.press(Key::Down).await;
        keys.focused().await;
    }
    let medium = browser.element("tier-medium").await;
    assert!(medium.is_selected().await.expect("a page"));
    keys.enter("allow").await;
    assert!(browser.url().await.starts_with(&demo.shop));

    browser.open(&demo.account).await;
    keys.press(Key::Tab).await;
    assert_eq!(keys.focused().await, "#main", "the way past the menu");
    demo.open(&browser, "/account/businesses").await;
    let card = browser.driver().query(By::LinkText(SHOP)).first().await;
    let card = card.expect("the shop").attr("href").await;
    keys.enter(&card.expect("a page").expect("a link")).await;
    keys.enter("withdraw").await;
    assert!(
        !browser.has("withdraw").await,
        "{}",
        browser.page_text().await
    );
    browser.quit().await;
}

#[tokio::test]
async fn the_main_job_needs_no_mouse() {
    walk(true).await;
}

#[tokio::test]
async fn the_main_job_needs_neither_mouse_nor_script() {
    walk(false).await;
}
