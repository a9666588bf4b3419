//! Each thing of an import beside the one that there is here.

use super::super::super::profiles::held_value;
use super::super::super::rules::summary;
use super::Row;
use crate::domain::attribute::VaultContents;
use crate::domain::claim::Claim;
use crate::domain::import::{Item, Stand};
use crate::domain::tier::Tier;
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};
use crate::web::visitor::Consumer;

/// What there is here, beside what came along.
pub(super) struct Beside<'a> {
    pub(super) own: &'a VaultContents,
    pub(super) theirs: &'a VaultContents,
    pub(super) consumer: &'a Consumer,
    pub(super) texts: Texts,
}

impl Beside<'_> {
    pub(super) fn row(&self, item: Item, stand: Stand) -> Option<Row> {
        if stand == Stand::Same {
            return None;
        }
        Some(Row {
            name: item.to_string(),
            title: self.title(item),
            here: self.value(item, self.own),
            there: self.value(item, self.theirs).unwrap_or_default(),
            ticked: stand == Stand::New,
            closes_until: self.closes(item),
        })
    }

    /// What a birthdate closes that is taken over in the place of another. Where
    /// there is none, the page says it of all that may be taken over.
    fn closes(&self, item: Item) -> Option<Timestamp> {
        let own = &self.own.attributes;
        if item != Item::Attribute(Claim::Birthdate) || own.get(Claim::Birthdate).is_none() {
            return None;
        }
        let now = self.consumer.visitor.app.now();
        let until = self.theirs.attributes.minor_until(now);
        until.filter(|until| Some(*until) > own.minor_until(now))
    }

    fn title(&self, item: Item) -> String {
        match item {
            Item::Attribute(claim) | Item::Placement(claim) => self.texts.claim_title(claim),
            Item::Permission(permission) => self.texts.permission(permission),
            Item::Retention => t!(self.texts, "profiles-retention"),
            Item::Rule(sector) => self.texts.sector(sector),
        }
    }

    fn value(&self, item: Item, of: &VaultContents) -> Option<String> {
        let (texts, profiles) = (self.texts, &of.profiles);
        match item {
            Item::Attribute(claim) => {
                held_value(&of.attributes, claim, texts).map(|held| held.value)
            }
            Item::Placement(claim) => Some(texts.placement(profiles.claim_placement(claim))),
            Item::Permission(permission) => {
                Some(texts.placement(profiles.permission_placement(permission)))
            }
            Item::Retention => {
                let now = self.consumer.visitor.app.now();
                let each = Tier::ALL.map(|tier| {
                    let period = texts.retention(profiles.retention(tier, now));
                    format!("{}: {period}", texts.tier(tier))
                });
                Some(each.join("\n"))
            }
            Item::Rule(sector) => of
                .rules
                .own(sector)
                .map(|rule| summary(sector, rule, profiles, texts)),
        }
    }
}
