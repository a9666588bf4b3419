//! What is asked beyond what was agreed: old beside new.

use enumset::EnumSet;

use super::assembly::Assembly;
use super::returns::least_in_words;
use super::ticks::Ticks;
use super::{Difference, Subject, Widening};
use crate::domain::grant::Grant;
use crate::domain::negotiation::{AgreedPurpose, Outcome};
use crate::domain::permission::Permission;
use crate::domain::plan::{Ask, Grown, Plan, Purpose, PurposeId};
use crate::domain::retention::Retention;
use crate::i18n::{Texts, t};

impl Assembly<'_> {
    /// What another edition of the plan asks of whoever agreed to the one before.
    pub(super) fn grown(&self) -> Vec<Grown<'_>> {
        match (self.current, self.before) {
            (Some(grant), Some(before)) => grant.terms.asked_anew(before, self.plan),
            _ => Vec::new(),
        }
    }

    /// The old beside the new, where more is asked than was agreed.
    pub(super) fn widening(&self, grant: &Grant, ticks: &Ticks) -> Option<Widening> {
        let differences = match self.before {
            None => self.beyond_agreement(grant),
            Some(before) => {
                let grown = self.grown();
                let of_purposes = grown.iter().flat_map(|it| self.differences(it, grant));
                let of_profile = self.other_offers(before, grant);
                let besides = self.besides(&grown, grant, ticks);
                of_purposes.chain(of_profile).chain(besides).collect()
            }
        };
        (!differences.is_empty()).then_some(Widening {
            since: grant.updated_at,
            differences,
        })
    }

    /// What is given for the profile that was chosen, if that is something else.
    fn other_offers(&self, before: &Plan, grant: &Grant) -> Option<Difference> {
        let language = self.texts.language();
        let said = |plan| {
            let offers = grant.terms.offered(plan).into_iter();
            let texts: Vec<String> = offers
                .map(|offered| offered.offer.text.get(language).to_owned())
                .collect();
            Some(self.texts.list(&texts)).filter(|words| !words.is_empty())
        };
        let (before, after) = (said(before), said(self.plan));
        (before != after).then_some(Difference {
            purpose: None,
            subject: Subject::Offer,
            before,
            after,
        })
    }

    /// What a yes would change of the purposes that were agreed, besides what
    /// they ask anew: agreed today, they run from today, and reach what the
    /// profile holds today. Nothing of that is agreed by the way.
    fn besides(&self, grown: &[Grown<'_>], grant: &Grant, ticks: &Ticks) -> Vec<Difference> {
        let texts = self.texts;
        let choice = ticks.tier.map(|tier| self.choice(tier, ticks));
        let Some(Outcome::Agreed(terms)) = choice.map(|choice| self.outcome(&choice)) else {
            return Vec::new();
        };
        let agreed = &grant.terms;
        let told = grown
            .iter()
            .filter(|grown| grown.before.is_some())
            .fold(agreed.all_claims(), |all, grown| {
                all | grown.claims() | grown.needed()
            });
        let old = || {
            let purposes = terms.purposes.iter();
            purposes.filter(|purpose| agreed.purpose(&purpose.id).is_some())
        };
        let more = old().fold(EnumSet::empty(), |all, purpose| all | purpose.claims) - told;
        let mut differences = Vec::new();
        if !more.is_empty() {
            differences.push(Difference {
                purpose: None,
                subject: Subject::Claims,
                before: Some(texts.claims(agreed.all_claims())).filter(|words| !words.is_empty()),
                after: Some(texts.claims(agreed.all_claims() | more)),
            });
        }
        let until = old().filter_map(|purpose| purpose.until).max();
        let kept = agreed.expires_at();
        // On the same day, nobody is told the difference.
        if let (Some(until), Some(kept)) = (until, kept)
            && until > kept
            && texts.date(until) != texts.date(kept)
        {
            let said = |end| Some(t!(texts, "until", date = texts.date(end)));
            differences.push(Difference {
                purpose: None,
                subject: Subject::Retention,
                before: said(kept),
                after: said(until),
            });
        }
        differences
    }

    /// The lines about one purpose.
    fn differences(&self, grown: &Grown<'_>, grant: &Grant) -> Vec<Difference> {
        let texts = self.texts;
        let language = texts.language();
        let (after, asks) = (grown.after, grown.asks);
        let title = after.title.get(language).to_owned();
        let agreed = grant.terms.purpose(&after.id);
        let (Some(before), Some(agreed)) = (grown.before, agreed) else {
            let is_new = grown.before.is_none();
            return vec![Difference {
                purpose: None,
                subject: if is_new {
                    Subject::NewPurpose
                } else {
                    Subject::NowRequired
                },
                before: (!is_new).then(|| t!(texts, "widening-refused", purpose = title.as_str())),
                after: Some(title),
            }];
        };
        let old = |purpose: &Purpose| Words::of(purpose, texts);
        let (mut old, mut new) = (old(before), Words::of(after, texts));
        // The receipt says the code, so that another one is another purpose.
        if before.code != after.code {
            old.words = format!("{} ({})", old.words, before.code);
            new.words = format!("{} ({})", new.words, after.code);
        }
        let claims = agreed.claims | grown.claims() | grown.needed();
        let permissions = agreed.permissions | grown.permissions();
        let mut lines = Vec::new();
        let mut line = |when: EnumSet<Ask>, subject, before: String, after: String| {
            let said = |words: String| Some(words).filter(|words| !words.is_empty());
            if !asks.is_disjoint(when) && before != after {
                lines.push(Difference {
                    purpose: Some(title.clone()),
                    subject,
                    before: said(before),
                    after: said(after),
                });
            }
        };
        line(
            Ask::Claims | Ask::Needed,
            Subject::Claims,
            texts.claims(agreed.claims),
            texts.claims(claims),
        );
        line(
            Ask::Permissions.into(),
            Subject::Permissions,
            permitted(agreed, EnumSet::empty(), texts),
            permitted(agreed, permissions, texts),
        );
        line(
            Ask::Retention.into(),
            Subject::Retention,
            at_most(agreed.retention, texts),
            at_most(after.retention, texts),
        );
        line(Ask::Words.into(), Subject::Words, old.words, new.words);
        line(Ask::Basis.into(), Subject::Basis, old.basis, new.basis);
        line(
            Ask::Recipients.into(),
            Subject::Recipients,
            old.recipients,
            new.recipients,
        );
        line(
            Ask::Storage.into(),
            Subject::Storage,
            old.storage,
            new.storage,
        );
        let deletion = |plan: &Plan| texts.retention(plan.delete_within());
        line(
            Ask::Deletion.into(),
            Subject::Deletion,
            self.before.map(deletion).unwrap_or_default(),
            deletion(self.plan),
        );
        line(Ask::Offer.into(), Subject::Offer, old.offer, new.offer);
        lines
    }

    /// What is asked beyond an agreement where the plan is as it was, or was
    /// never declared: what is required now and was not given.
    fn beyond_agreement(&self, grant: &Grant) -> Vec<Difference> {
        let texts = self.texts;
        let agreed = &grant.terms;
        let required = || self.plan.purposes().iter().filter(|it| it.required);
        let new: Vec<&Purpose> = required()
            .filter(|purpose| agreed.purpose(&purpose.id).is_none())
            .collect();
        let asked = required().fold(agreed.all_claims(), |all, it| all | it.claims);
        let said = |words: String| Some(words).filter(|words| !words.is_empty());
        let mut differences = Vec::new();
        if asked != agreed.all_claims() {
            differences.push(Difference {
                purpose: None,
                subject: Subject::Claims,
                before: said(texts.claims(agreed.all_claims())),
                after: said(texts.claims(asked)),
            });
        }
        if !new.is_empty() {
            let old = titles(
                agreed.purposes.iter().map(|purpose| &purpose.id),
                self.plan,
                texts,
            );
            let more = titles(new.iter().map(|purpose| &purpose.id), self.plan, texts);
            let both: Vec<String> = old.iter().chain(&more).cloned().collect();
            differences.push(Difference {
                purpose: None,
                subject: Subject::Purposes,
                before: said(texts.list(&old)),
                after: said(texts.list(&both)),
            });
        }
        differences
    }
}

fn titles<'a>(ids: impl Iterator<Item = &'a PurposeId>, plan: &Plan, texts: Texts) -> Vec<String> {
    ids.filter_map(|id| plan.purpose(id))
        .map(|purpose| purpose.title.get(texts.language()).to_owned())
        .collect()
}

fn permitted(agreed: &AgreedPurpose, more: EnumSet<Permission>, texts: Texts) -> String {
    let words: Vec<String> = (agreed.permissions | more)
        .iter()
        .map(|permission| texts.permission(permission))
        .collect();
    texts.list(&words)
}

fn at_most(period: Retention, texts: Texts) -> String {
    t!(texts, "at-most", period = texts.retention(period))
}

/// What a purpose says of itself, in words.
struct Words {
    words: String,
    basis: String,
    recipients: String,
    storage: String,
    offer: String,
}

impl Words {
    fn of(purpose: &Purpose, texts: Texts) -> Self {
        let language = texts.language();
        let recipients: Vec<String> = purpose
            .recipients
            .iter()
            .map(|recipient| format!("{} ({})", recipient.name, texts.country(&recipient.country)))
            .collect();
        let storage: Vec<String> = purpose
            .storage
            .iter()
            .map(|country| texts.country(country))
            .collect();
        Self {
            words: format!(
                "{}: {}",
                purpose.title.get(language),
                purpose.text.get(language)
            ),
            basis: texts.basis(purpose.basis),
            recipients: texts.list(&recipients),
            storage: texts.list(&storage),
            offer: least_in_words(purpose, texts),
        }
    }
}
