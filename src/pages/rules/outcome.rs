//! What house rules make of a plan, in words: on the page where they are
//! tried, and on the consent page that they filled in.

use crate::domain::attribute::VaultContents;
use crate::domain::business::BusinessSector;
use crate::domain::house_rules::{Answers, Question};
use crate::domain::negotiation::{self, Missing};
use crate::domain::permission::Permission;
use crate::domain::plan::{Plan, Purpose, PurposeId};
use crate::domain::retention::Retention;
use crate::domain::tier::TierChoice;
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};
use crate::pages::consent::{OwnValue, own_values};

/// What the rules make of a plan.
#[derive(Clone)]
pub struct RulesOutcome {
    /// For which kind of business the rule was made.
    pub rule: BusinessSector,
    /// The profile that it names.
    pub tier: Option<TierChoice>,
    /// What would be released, with the consumer's own values.
    pub values: Vec<OwnValue>,
    /// How long at most, and until when; `None` where nothing is kept.
    pub keeps: Option<(Retention, Timestamp)>,
    /// What it would be for.
    pub on: Vec<PurposeOn>,
    /// What may be refused, and is.
    pub off: Vec<PurposeOff>,
    /// What is left to ask, in words.
    pub asked: Vec<String>,
    /// What login does not do without, and lacks something.
    pub blocked: Vec<PurposeOff>,
    /// Whether nothing is left to do but press the button.
    pub in_full: bool,
}

/// A purpose that would be agreed.
#[derive(Clone)]
pub struct PurposeOn {
    /// Its title.
    pub title: String,
    /// Whether login fails without it.
    pub required: bool,
    /// What would be permitted.
    pub permissions: Vec<Permission>,
}

/// A purpose that would not be, and why.
#[derive(Clone)]
pub struct PurposeOff {
    /// Its title.
    pub title: String,
    /// Why, in sentences.
    pub because: Vec<String>,
}

impl RulesOutcome {
    /// Puts answers into words.
    #[must_use]
    pub fn new(answers: &Answers, plan: &Plan, contents: &VaultContents, texts: Texts) -> Self {
        let title = |purpose: &Purpose| purpose.title.get(texts.language()).to_owned();
        let lacking = |unmet: &negotiation::Unmet| PurposeOff {
            title: plan.purpose(&unmet.purpose).map(title).unwrap_or_default(),
            because: sentences(&unmet.missing, texts),
        };
        let terms = answers.terms();
        let agreed = terms.map_or(&[][..], |terms| &terms.purposes);
        let forgone = |id: &PurposeId| answers.forgone.iter().find(|unmet| unmet.purpose == *id);
        let is_off = |purpose: &&Purpose| {
            !purpose.required
                && !answers.purposes.contains(&purpose.id)
                && !answers.leave_open(&purpose.id)
        };
        Self {
            rule: answers.rule,
            tier: answers.tier(),
            values: terms.map_or_else(Vec::new, |terms| {
                own_values(&contents.attributes, terms.all_claims(), texts)
            }),
            keeps: agreed
                .iter()
                .filter_map(|agreed| Some((agreed.retention, agreed.until?)))
                .max_by_key(|(_, until)| *until),
            on: agreed
                .iter()
                .filter_map(|agreed| {
                    let purpose = plan.purpose(&agreed.id)?;
                    Some(PurposeOn {
                        title: title(purpose),
                        required: purpose.required,
                        permissions: agreed.permissions.iter().collect(),
                    })
                })
                .collect(),
            off: plan
                .purposes()
                .iter()
                .filter(is_off)
                .map(|purpose| match forgone(&purpose.id) {
                    Some(unmet) => lacking(unmet),
                    None => PurposeOff {
                        title: title(purpose),
                        because: vec![t!(texts, "outcome-off-rule")],
                    },
                })
                .collect(),
            asked: answers
                .open
                .iter()
                .map(|question| in_words(question, plan, texts))
                .collect(),
            blocked: answers.blocked.iter().map(lacking).collect(),
            in_full: answers.in_full().is_some(),
        }
    }
}

fn sentences(missing: &[Missing], texts: Texts) -> Vec<String> {
    missing
        .iter()
        .map(|missing| texts.missing(missing))
        .collect()
}

fn in_words(question: &Question, plan: &Plan, texts: Texts) -> String {
    let title = |id: &PurposeId| {
        plan.purpose(id).map_or_else(String::new, |purpose| {
            purpose.title.get(texts.language()).to_owned()
        })
    };
    match question {
        Question::Tier => t!(texts, "outcome-ask-tier"),
        Question::Retention => t!(texts, "outcome-ask-retention"),
        Question::Purpose(id) => t!(texts, "outcome-ask-purpose", purpose = title(id)),
        Question::Permission(id, permission) => t!(
            texts,
            "outcome-ask-permission",
            permission = texts.permission(permission),
            purpose = title(id)
        ),
    }
}
