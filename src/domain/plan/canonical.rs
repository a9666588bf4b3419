//! Writing the JSON format of data plans in one canonical form.

use serde::Serialize;

use super::super::claim::Claim;
use super::super::language::LocalizedText;
use super::super::permission::Permission;
use super::super::retention::Retention;
use super::{LegalBasis, Plan, Purpose, Recipient};

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
    purposes: Vec<PurposeDocument<'a>>,
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
    recipients: &'a [Recipient],
    storage: &'a [String],
}

impl<'a> From<&'a Plan> for PlanDocument<'a> {
    fn from(plan: &'a Plan) -> Self {
        Self {
            claims: plan.requested.map(|claims| claims.iter().collect()),
            purposes: plan.purposes.iter().map(PurposeDocument::from).collect(),
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
            offer: purpose.offer.as_ref(),
            recipients: &purpose.recipients,
            storage: &purpose.storage,
        }
    }
}
