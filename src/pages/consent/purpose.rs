//! Each purpose, as the page tells it, and its switches.

use std::collections::BTreeSet;

use super::PurposeOffer;
use crate::domain::claim::Claim;
use crate::domain::permission::Permission;
use crate::domain::plan::{LegalBasis, Purpose, PurposeId, Recipient};
use crate::domain::profile::{Placement, Profiles};
use crate::domain::retention::Retention;
use crate::i18n::{Texts, t};

/// A purpose, as the page tells it.
#[derive(Clone)]
pub struct AskedPurpose {
    /// Its id in the plan.
    pub id: PurposeId,
    /// A few words.
    pub title: String,
    /// Why.
    pub text: String,
    /// On what ground.
    pub basis: LegalBasis,
    /// Whether login fails without it.
    pub required: bool,
    /// What the consumer gets in return.
    pub offer: Option<PurposeOffer>,
    /// Whether it is other than what was agreed, or there was nothing agreed.
    pub differs: bool,
    /// The claims that it needs.
    pub claims: Vec<Claim>,
    /// The claims that help and never block.
    pub voluntary: Vec<Claim>,
    /// Who else gets the data.
    pub recipients: Vec<Recipient>,
    /// Countries (ISO 3166-1 alpha-2) where the data are kept.
    pub storage: Vec<String>,
    /// How long the business wants to keep the data.
    pub retention: Retention,
    /// Its switches; none for a required purpose that asks no permission.
    pub switches: Vec<Switch>,
}

impl AskedPurpose {
    /// A purpose of a plan, in the language of the page. `on` holds the names
    /// of the switches that the consumer turned on.
    #[must_use]
    pub fn new(
        purpose: &Purpose,
        profiles: &Profiles,
        texts: Texts,
        on: &BTreeSet<String>,
    ) -> Self {
        let language = texts.language();
        Self {
            id: purpose.id.clone(),
            title: purpose.title.get(language).to_owned(),
            text: purpose.text.get(language).to_owned(),
            basis: purpose.basis,
            required: purpose.required,
            offer: PurposeOffer::new(purpose, texts),
            differs: true,
            claims: purpose.claims.iter().collect(),
            voluntary: purpose.voluntary_claims.iter().collect(),
            recipients: purpose.recipients.clone(),
            storage: purpose.storage.clone(),
            retention: purpose.retention,
            switches: Switch::of(purpose, profiles, on),
        }
    }

    /// Whether what is offered takes a switch of the purpose.
    #[must_use]
    pub fn offer_takes(&self, switch: &Switch) -> bool {
        self.offer.as_ref().is_some_and(|offer| {
            let alone = self.switches.len() == 1;
            let named = |permission| offer.switches.contains(permission);
            alone || switch.permission.is_none_or(named)
        })
    }

    /// Everyone else who gets the data, with their countries, in words.
    #[must_use]
    pub fn recipients(&self, texts: Texts) -> String {
        let words: Vec<String> = self
            .recipients
            .iter()
            .map(|recipient| format!("{} ({})", recipient.name, texts.country(&recipient.country)))
            .collect();
        texts.list(&words)
    }

    /// The countries where the data are kept, in words.
    #[must_use]
    pub fn storage(&self, texts: Texts) -> String {
        let words: Vec<String> = self
            .storage
            .iter()
            .map(|country| texts.country(country))
            .collect();
        texts.list(&words)
    }
}

/// A switch: it starts off, and only the consumer turns it on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// Its id, and its name in the form.
    pub id: String,
    /// What it is for; `None` when it is for the purpose as a whole.
    pub permission: Option<Permission>,
    /// From which tier the consumer's profiles allow the permission.
    pub placement: Option<Placement>,
    /// Whether it is for a purpose that has more switches: then what is
    /// allowed is said by those.
    pub has_parts: bool,
    /// Whether the consumer turned it on.
    pub on: bool,
    /// Whether it stands as the consumer's house rules have it.
    pub by_rules: bool,
}

impl Switch {
    /// The switches of a purpose. An optional one has a switch of its own;
    /// that same switch is its one permission's, if it has just one. Several
    /// permissions have a switch each, so that analysis and contact are never
    /// one.
    #[must_use]
    pub fn of(purpose: &Purpose, profiles: &Profiles, on: &BTreeSet<String>) -> Vec<Self> {
        let switch = |id: String, permission: Option<Permission>| Self {
            on: on.contains(&id),
            id,
            by_rules: false,
            has_parts: permission.is_none() && !purpose.permissions.is_empty(),
            permission,
            placement: permission.map(|permission| profiles.permission_placement(permission)),
        };
        let own = |permission: Permission| {
            let kind = if permission.is_contact() {
                "channel"
            } else {
                "permission"
            };
            let id = format!("{kind}-{}-{permission}", purpose.id);
            switch(id, Some(permission))
        };
        let whole = format!("purpose-{}", purpose.id);
        let permissions: Vec<Permission> = purpose.permissions.iter().collect();
        match (purpose.required, permissions.as_slice()) {
            (false, [only]) => vec![switch(whole, Some(*only))],
            (false, several) => std::iter::once(switch(whole, None))
                .chain(several.iter().copied().map(own))
                .collect(),
            (true, several) => several.iter().copied().map(own).collect(),
        }
    }

    /// What stands beside it.
    #[must_use]
    pub fn label(&self, texts: Texts) -> String {
        match self.permission {
            Some(permission) => texts.permission(permission),
            None if self.has_parts => t!(texts, "consent-switch-parts"),
            None => t!(texts, "consent-switch-purpose"),
        }
    }
}
