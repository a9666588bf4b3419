//! Writing the JSON format of data plans in one canonical form.

use serde::Serialize;

use super::super::claim::Claim;
use super::super::language::LocalizedText;
use super::super::permission::Permission;
use super::super::retention::Retention;
use super::{AtLeast, LegalBasis, Plan, Purpose, Recipient, TierOffer};

impl Plan {
    /// Writes the plan: always the same bytes for the same plan, and
    /// [`Plan::parse`] gives the same plan back.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(&PlanDocument::from(self)).unwrap_or_default()
    }
}

#[derive(Serialize)]
struct PlanDocument<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    claims: Option<Vec<Claim>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delete_within: Option<Retention>,
    purposes: Vec<PurposeDocument<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    offers: Vec<TierOfferDocument<'a>>,
}

#[derive(Serialize)]
struct TierOfferDocument<'a> {
    tier: &'a str,
    offer: &'a LocalizedText,
    #[serde(skip_serializing_if = "AtLeast::is_nothing")]
    at_least: AtLeast,
}

#[derive(Serialize)]
struct PurposeDocument<'a> {
    id: &'a str,
    purpose: &'a str,
    title: &'a LocalizedText,
    text: &'a LocalizedText,
    basis: LegalBasis,
    required: bool,
    claims: Vec<Claim>,
    voluntary_claims: Vec<Claim>,
    permissions: Vec<Permission>,
    channels: Vec<Permission>,
    retention: Retention,
    #[serde(skip_serializing_if = "Option::is_none")]
    offer: Option<&'a LocalizedText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_least: Option<AtLeast>,
    recipients: &'a [Recipient],
    storage: &'a [String],
}

impl<'a> From<&'a Plan> for PlanDocument<'a> {
    fn from(plan: &'a Plan) -> Self {
        Self {
            claims: plan.requested.map(|claims| claims.iter().collect()),
            delete_within: plan.delete_within,
            purposes: plan.purposes.iter().map(PurposeDocument::from).collect(),
            offers: plan
                .offers
                .iter()
                .map(|TierOffer { tier, offer }| TierOfferDocument {
                    tier: tier.as_str(),
                    offer: &offer.text,
                    at_least: offer.at_least,
                })
                .collect(),
        }
    }
}

impl<'a> From<&'a Purpose> for PurposeDocument<'a> {
    fn from(purpose: &'a Purpose) -> Self {
        let permissions = purpose.permissions;
        Self {
            id: purpose.id.as_str(),
            purpose: &purpose.code,
            title: &purpose.title,
            text: &purpose.text,
            basis: purpose.basis,
            required: purpose.required,
            claims: purpose.claims.iter().collect(),
            voluntary_claims: purpose.voluntary_claims.iter().collect(),
            permissions: (permissions & Permission::processing()).iter().collect(),
            channels: (permissions & Permission::contact()).iter().collect(),
            retention: purpose.retention,
            offer: purpose.offer.as_ref().map(|offer| &offer.text),
            at_least: purpose
                .offer
                .as_ref()
                .map(|offer| offer.at_least)
                .filter(|least| !least.is_nothing()),
            recipients: &purpose.recipients,
            storage: &purpose.storage,
        }
    }
}
