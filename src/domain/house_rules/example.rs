//! Plans such as businesses have, to try a rule against before there is a
//! business to try it against.

use enumset::EnumSet;

use super::super::business::BusinessSector;
use super::super::claim::Claim;
use super::super::language::LocalizedText;
use super::super::permission::Permission;
use super::super::plan::{LegalBasis, Plan, Purpose};
use super::super::retention::Retention;

/// What a business of some kind usually cannot do without: in Dutch and in
/// English, the claims, and for how many months.
type Need = (&'static str, &'static str, EnumSet<Claim>, u16);

fn need(sector: BusinessSector) -> Need {
    let who = Claim::Name | Claim::Email;
    match sector {
        BusinessSector::Shop => (
            "Je bestelling bezorgen",
            "Deliver your order",
            who | Claim::DeliveryAddress,
            3,
        ),
        BusinessSector::Food => (
            "Je maaltijd bezorgen",
            "Deliver your meal",
            Claim::Name | Claim::DeliveryAddress | Claim::PhoneNumber,
            1,
        ),
        BusinessSector::Travel => (
            "Je reis boeken",
            "Book your journey",
            who | Claim::PhoneNumber | Claim::Birthdate,
            6,
        ),
        BusinessSector::Leisure => ("Je kaartjes sturen", "Send your tickets", who, 3),
        BusinessSector::Online => (
            "Je account bijhouden",
            "Keep your account",
            Claim::Email.into(),
            12,
        ),
        BusinessSector::Media => (
            "Je abonnement bijhouden",
            "Keep your subscription",
            Claim::Email.into(),
            12,
        ),
        BusinessSector::Telecom | BusinessSector::Energy => (
            "Je contract uitvoeren",
            "Carry out your contract",
            who | Claim::Address | Claim::PaymentAccount,
            12,
        ),
        BusinessSector::Finance => (
            "Je rekening bijhouden",
            "Keep your account",
            who | Claim::Address | Claim::Birthdate | Claim::PaymentAccount,
            12,
        ),
        BusinessSector::Health => (
            "Je afspraak maken",
            "Make your appointment",
            who | Claim::PhoneNumber | Claim::Birthdate,
            12,
        ),
        BusinessSector::Education => ("Je inschrijving", "Your enrolment", who, 12),
        BusinessSector::Government => (
            "Je aanvraag behandelen",
            "Handle your application",
            who | Claim::Address | Claim::Birthdate,
            12,
        ),
        BusinessSector::Charity => (
            "Je gift verwerken",
            "Handle your gift",
            Claim::Name | Claim::PaymentAccount,
            12,
        ),
        BusinessSector::Other => ("Je laten inloggen", "Let you log in", who, 6),
    }
}

/// A plan such as a business of this kind has: something that it needs, and
/// things that it would like.
#[must_use]
pub fn example_plan(sector: BusinessSector) -> Plan {
    let (nl, en, claims, months) = need(sector);
    let mut purposes = Vec::new();
    purposes.extend(purpose("need", (nl, en), claims, EnumSet::empty(), months));
    purposes.extend(purpose(
        "news",
        ("Nieuws en aanbiedingen", "News and offers"),
        Claim::Email.into(),
        Permission::ContactEmail | Permission::ContactPhone,
        6,
    ));
    purposes.extend(purpose(
        "suggest",
        ("Laten zien wat bij je past", "Show you what fits you"),
        EnumSet::empty(),
        Permission::Analytics | Permission::Personalisation,
        6,
    ));
    Plan::new(purposes).unwrap_or_else(|| Plan::from_scopes(EnumSet::empty()))
}

/// A purpose that is required when it asks for no permission. There is none
/// if the id is not one.
fn purpose(
    id: &str,
    (nl, en): (&str, &str),
    claims: EnumSet<Claim>,
    permissions: EnumSet<Permission>,
    months: u16,
) -> Option<Purpose> {
    let title = LocalizedText {
        nl: nl.to_owned(),
        en: en.to_owned(),
    };
    let required = permissions.is_empty();
    Some(Purpose {
        id: id.parse().ok()?,
        code: "dpv:ServiceProvision".to_owned(),
        text: title.clone(),
        title,
        basis: if required {
            LegalBasis::Contract
        } else {
            LegalBasis::Consent
        },
        required,
        claims,
        voluntary_claims: EnumSet::empty(),
        permissions,
        retention: Retention::months(months)?,
        offer: None,
        recipients: Vec::new(),
        storage: Vec::new(),
    })
}
