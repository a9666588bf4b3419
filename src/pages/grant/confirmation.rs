//! The page that asks before a grant becomes wider: the old beside the new.

use askama::Template;

use super::wish::Wish;
use crate::domain::negotiation::Terms;
use crate::domain::plan::Plan;
use crate::domain::retention::CountsFrom;
use crate::domain::tier::TierChoice;
use crate::i18n::{Texts, t};
use crate::pages::consent::{Difference, Subject};
use crate::web::page::{Asker, Shell};

/// The page.
#[derive(Clone, Template)]
#[template(path = "confirmation.html")]
pub struct ConfirmationPage {
    /// Around it.
    pub shell: Shell,
    /// `/account/businesses/{grant_id}`.
    pub path: String,
    /// The business.
    pub asker: Asker,
    /// Names the agreement as it stands; comes back as `seen`.
    pub seen: String,
    /// Hash of the terms that it shows; comes back as `agreed`.
    pub terms: String,
    /// Whether they became others since the page was shown.
    pub changed: bool,
    /// What differs.
    pub differences: Vec<Difference>,
    /// The tier that was chosen, if that is what changes.
    pub tier: Option<TierChoice>,
    /// The retention that was chosen, if that is what changes; empty for the
    /// longest.
    pub retention: Option<String>,
    /// From when on it counts, if that is what changes.
    pub counts_from: Option<CountsFrom>,
}

impl ConfirmationPage {
    /// The hidden fields that make the same wish again.
    #[must_use]
    pub(super) fn wishing(self, wish: &Wish) -> Self {
        Self {
            tier: wish.tier,
            retention: wish
                .retention
                .map(|limit| limit.map_or_else(String::new, |period| period.to_string())),
            counts_from: wish.counts_from,
            ..self
        }
    }
}

/// Where two terms differ, in words.
pub(super) fn differences(old: &Terms, new: &Terms, plan: &Plan, texts: Texts) -> Vec<Difference> {
    let describe: [(Subject, fn(&Terms, &Plan, Texts) -> Option<String>); 5] = [
        (Subject::Tier, |terms, _, texts| {
            Some(texts.tier_choice(terms.tier))
        }),
        (Subject::Claims, |terms, _, texts| {
            said(texts.claims(terms.all_claims()))
        }),
        (Subject::Purposes, titles),
        (Subject::Permissions, permissions),
        (Subject::Retention, |terms, _, texts| {
            let until = t!(texts, "until", date = texts.date(terms.expires_at()?));
            Some(match terms.counts_from {
                CountsFrom::Consent => until,
                CountsFrom::LastLogin => t!(texts, "counts-from-until", until = until),
            })
        }),
    ];
    describe
        .into_iter()
        .map(|(subject, describe)| Difference {
            purpose: None,
            subject,
            before: describe(old, plan, texts),
            after: describe(new, plan, texts),
        })
        .filter(|difference| difference.before != difference.after)
        .collect()
}

fn said(words: String) -> Option<String> {
    (!words.is_empty()).then_some(words)
}

fn titles(terms: &Terms, plan: &Plan, texts: Texts) -> Option<String> {
    let titles: Vec<String> = terms
        .purposes
        .iter()
        .filter_map(|agreed| plan.purpose(&agreed.id))
        .map(|purpose| purpose.title.get(texts.language()).to_owned())
        .collect();
    said(texts.list(&titles))
}

fn permissions(terms: &Terms, _: &Plan, texts: Texts) -> Option<String> {
    let permitted = terms.permissions().iter();
    let words: Vec<String> = permitted.map(|one| texts.permission(one)).collect();
    said(texts.list(&words))
}
