//! Writing a receipt: from a grant and what happened to it.

use super::super::account::Authentication;
use super::super::business::Business;
use super::super::grant::{EventKind, Grant};
use super::super::id::ReceiptId;
use super::super::language::Language;
use super::super::negotiation::{AgreedPurpose, OfferFor, Promise, promises, stands};
use super::super::permission::Permission;
use super::super::plan::{LegalBasis, Plan, Purpose};
use super::super::retention::{CountsFrom, Retention};
use super::super::time::Timestamp;
use super::{
    ChainEnd, Controls, Event, Evidence, Hash, Notice, Offered, Party, Process, RECEIPT_SCHEMA,
    Receipt, ReceiptProfile, Record, Storage,
};

/// How an act came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// What happened.
    pub kind: EventKind,
    /// On which page or by which job.
    pub method: Method,
    /// In which language.
    pub language: Language,
    /// How the consumer showed who they are, where it is an act of theirs.
    pub authentication: Option<Authentication>,
    /// Hash of what was on the screen.
    pub screen_hash: Option<Hash>,
    /// What it is about, where it leaves the agreement as it is.
    pub record: Option<Record>,
}

/// The way in which an event came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The consumer, on the consent page.
    ConsentPage,
    /// The consumer, on a consent page that their own house rules had filled
    /// in, all of it, and that they left as it was.
    HouseRules,
    /// The consumer, on the page of the grant.
    AccountPage,
    /// Time.
    Schedule,
    /// The business.
    Business,
    /// An operator's command, for samples and load tests.
    Command,
}

impl Method {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::ConsentPage => "consent-page",
            Self::HouseRules => "house-rules",
            Self::AccountPage => "account-page",
            Self::Schedule => "schedule",
            Self::Business => "business",
            Self::Command => "command",
        }
    }

    /// Whether it was an act of the consumer's own.
    const fn is_of_consumer(self) -> bool {
        !matches!(self, Self::Schedule | Self::Business)
    }

    const fn by(self) -> &'static str {
        match self {
            Self::ConsentPage | Self::HouseRules | Self::AccountPage => "dpv:DataSubject",
            Self::Business => "dpv:DataController",
            Self::Schedule | Self::Command => "dpv:DataProcessor",
        }
    }
}

/// What a receipt is written from, besides the grant.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The issuer, byte for byte.
    pub issuer: &'a str,
    /// Who is answerable.
    pub business: &'a Business,
    /// The client's privacy policy.
    pub policy_uri: Option<&'a str>,
    /// The plan that the grant answers.
    pub plan: &'a Plan,
    /// Hash of the plan's document.
    pub plan_hash: &'a Hash,
}

impl Receipt {
    /// Writes the next receipt of a grant's chain. It is never dated before the
    /// one before it, or the grant's last change, whatever this machine's clock
    /// says: a chain whose times went backwards would not verify.
    #[must_use]
    pub fn write(
        id: ReceiptId,
        after: Option<&ChainEnd>,
        grant: &Grant,
        act: Act,
        context: &Context<'_>,
        now: Timestamp,
    ) -> Self {
        let business = &context.business.document;
        let at = now.max(grant.updated_at);
        let at = after.map_or(at, |end| at.max(end.at));
        let authentication = act.authentication.filter(|_| act.method.is_of_consumer());
        let consented = act.kind.is_consent()
            && act.method.is_of_consumer()
            && grant.terms.purposes.iter().any(|agreed| {
                let purpose = context.plan.purpose(&agreed.id);
                purpose.is_some_and(|purpose| purpose.basis == LegalBasis::Consent)
            });
        Self {
            iss: context.issuer.to_owned(),
            aud: grant.client_id.clone(),
            sub: grant.subject.clone(),
            iat: at.as_seconds(),
            jti: id,
            schema: RECEIPT_SCHEMA.to_owned(),
            conforms_to: vec!["https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr".to_owned()],
            grant_id: grant.id,
            seq: after.map_or(1, |end| end.seq.saturating_add(1)),
            prev: after.map(|end| end.hash.clone()),
            jurisdiction: business.country.clone(),
            applicable_law: "eu-gdpr:GDPR".to_owned(),
            notice: Notice {
                uri: context.policy_uri.map(str::to_owned),
                lang: act.language,
                plan_version: grant.plan_version,
                plan_hash: context.plan_hash.clone(),
            },
            parties: vec![Party {
                id: context.business.id.to_string(),
                role: "dpv:DataController".to_owned(),
                name: business.name.clone(),
                address: business.address.clone(),
                contact: business.contact.clone(),
                registration: business.registration.clone(),
            }],
            profile: ReceiptProfile {
                tier: grant.terms.tier,
                claims: grant.terms.all_claims(),
            },
            processes: grant
                .terms
                .purposes
                .iter()
                .filter_map(|agreed| {
                    context.plan.purpose(&agreed.id).map(|purpose| {
                        let within = context.plan.delete_within();
                        Process::of(agreed, purpose, grant.terms.counts_from, within)
                    })
                })
                .collect(),
            offers: promises(context.plan)
                .map(|promise| Offered::of(&promise, grant))
                .collect(),
            controls: Controls {
                withdraw: format!("{}/account/businesses/{}", context.issuer, grant.id),
                rights: Some(format!(
                    "{}/account/businesses/{}#rights-title",
                    context.issuer, grant.id
                )),
                right_types: RIGHTS.iter().map(|right| (*right).to_owned()).collect(),
                authority: authority_of(&business.country).to_owned(),
            },
            event: Event {
                kind: act.kind,
                state: act.kind.dpv(grant.state).to_owned(),
                consent_type: consented.then(|| "dpv:ExplicitlyExpressedConsent".to_owned()),
                at: at.to_string(),
                valid_until: grant
                    .expires_at()
                    .filter(|_| !grant.state.is_over())
                    .map(|end| end.to_string()),
                by: act.method.by().to_owned(),
                method: act.method.as_str().to_owned(),
                acr: authentication.map(|shown| shown.acr().to_owned()),
                amr: authentication.map_or_else(Vec::new, |shown| {
                    shown.amr().into_iter().map(str::to_owned).collect()
                }),
            },
            evidence: Evidence {
                screen_hash: act.screen_hash,
            },
            duty: act.record.as_ref().and_then(Record::duty),
            request: act.record.as_ref().and_then(Record::request),
            declined: act.record.as_ref().and_then(Record::declined),
        }
    }
}

const RIGHTS: [&str; 9] = [
    "eu-gdpr:A7-3",
    "eu-gdpr:A13",
    "eu-gdpr:A15",
    "eu-gdpr:A16",
    "eu-gdpr:A17",
    "eu-gdpr:A18",
    "eu-gdpr:A20",
    "eu-gdpr:A21",
    "eu-gdpr:A77",
];

fn authority_of(country: &str) -> &'static str {
    match country {
        "NL" => "Autoriteit Persoonsgegevens",
        "BE" => "Gegevensbeschermingsautoriteit",
        _ => "The data protection authority of the place where you live or work",
    }
}

impl Offered {
    fn of(promise: &Promise<'_>, grant: &Grant) -> Self {
        let (purpose, tier) = match &promise.of {
            OfferFor::Purpose(id) => (Some(id.clone()), None),
            OfferFor::Tier(tier) => (None, Some(*tier)),
        };
        Self {
            purpose,
            tier,
            offer: promise.offer.text.clone(),
            at_least: promise.offer.at_least,
            stands: !grant.state.is_over() && stands(promise, &grant.terms).stands(),
        }
    }
}

impl Process {
    fn of(
        agreed: &AgreedPurpose,
        purpose: &Purpose,
        counts_from: CountsFrom,
        delete_within: Retention,
    ) -> Self {
        let mut data: Vec<String> = agreed
            .claims
            .iter()
            .map(|claim| claim.dpv().to_owned())
            .collect();
        data.dedup();
        Self {
            id: agreed.id.clone(),
            purpose: purpose.code.clone(),
            title: purpose.title.clone(),
            text: purpose.text.clone(),
            legal_basis: purpose.basis.dpv().to_owned(),
            basis: purpose.basis,
            claims: agreed.claims,
            data,
            necessity: if purpose.required {
                "required"
            } else {
                "optional"
            }
            .to_owned(),
            permissions: (agreed.permissions & Permission::processing())
                .iter()
                .collect(),
            channels: (agreed.permissions & Permission::contact())
                .iter()
                .collect(),
            operations: ["dpv:Collect", "dpv:Use", "dpv:Store"]
                .map(str::to_owned)
                .to_vec(),
            source: "dpv:DataSubjectDataSource".to_owned(),
            storage: Storage {
                duration: agreed.retention,
                counts_from,
                until: agreed.until.map(|until| until.to_string()),
                delete_within,
                locations: purpose.storage.clone(),
            },
            recipients: purpose.recipients.clone(),
            offer: purpose.offer.as_ref().map(|offer| offer.text.clone()),
        }
    }
}
