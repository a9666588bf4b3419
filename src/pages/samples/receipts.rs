//! The page that reads receipts, with receipts of people who do not exist.

use enumset::EnumSet;
use uuid::Uuid;

use super::{GRANT, NOW, days, plan, stranger};
use crate::crypto::jwt::VerifyError;
use crate::domain::business::{Business, BusinessDocument, Vetting};
use crate::domain::claim::Claim;
use crate::domain::duty::{Kept, Reason};
use crate::domain::grant::{EventKind, Grant, Move};
use crate::domain::id::{AccountId, BusinessId, DutyId, ReceiptId, RightsRequestId};
use crate::domain::language::Language;
use crate::domain::negotiation::{Ceiling, Choice, Outcome as Negotiated, negotiate};
use crate::domain::plan::{LegalBasis, PlanVersion};
use crate::domain::profile::Profiles;
use crate::domain::receipt::{
    Act, Break, BrokenChain, ChainEnd, Context, DeclinedEdition, DutyRecord, Hash, Method, Receipt,
    RequestRecord,
};
use crate::domain::rights::{Outcome as Reply, Right};
use crate::domain::subject::Subject;
use crate::domain::tier::{Tier, TierChoice};
use crate::domain::time::Timestamp;
use crate::pages::receipts::{Outcome, Reading, ReceiptsPage, Refusal};
use crate::service::receipts::{CheckError, Checked, Refused};

const ISSUER: &str = "https://id.sluis.example";

/// The receipts of an agreement that was given, kept to, paused and withdrawn, of
/// what the business answered, and of a request.
fn chain(language: Language) -> Vec<Receipt> {
    let plan = plan();
    let mut choice = Choice::of(TierChoice::Tier(Tier::High));
    for purpose in plan.purposes() {
        choice.purposes.insert(purpose.id.clone());
        choice
            .permissions
            .insert(purpose.id.clone(), purpose.permissions);
    }
    let held = super::vault(language).held();
    let Negotiated::Agreed(terms) = negotiate(
        &plan,
        &Profiles::default(),
        held,
        Ceiling::NONE,
        &choice,
        days(-40),
    ) else {
        panic!("the sample plan can be met");
    };
    let id = GRANT.rsplit('/').next().and_then(|id| id.parse().ok());
    let mut grant = Grant::give(
        id.expect("an identifier"),
        AccountId::new(Uuid::nil()),
        "groene-winkel".parse().expect("an identifier"),
        Subject::from_random([7; 16]),
        terms,
        PlanVersion(3),
        days(-40),
    );
    let mut receipts = vec![write(&grant, EventKind::Given, None, language, 0)];
    let mut declined = write(&grant, EventKind::Declined, None, language, -20);
    declined.seq = 2;
    declined.declined = Some(DeclinedEdition {
        plan_version: PlanVersion(4),
        plan_hash: Hash::of(b"the next plan"),
    });
    receipts.push(declined);
    for (day, mv) in [(-12, Move::Pause), (-3, Move::Withdraw)] {
        let made = grant.make(mv, days(day)).expect("a move");
        let before = receipts.last().expect("one at least");
        let end = ChainEnd {
            seq: before.seq,
            hash: Hash::of(before.jti.to_string().as_bytes()),
            at: Timestamp::from_seconds(before.iat),
        };
        grant = made.grant;
        receipts.push(write(&grant, made.event, Some(&end), language, day));
    }
    let mut answered = write(&grant, EventKind::Answered, None, language, -1);
    answered.seq = 5;
    answered.duty = Some(DutyRecord {
        duty_id: DutyId::new(Uuid::from_u128(8)),
        claims: grant.terms.all_claims(),
        reason: Reason::Withdrawn,
        delete_by: days(27).to_string(),
        answered_at: Some(days(-1).to_string()),
        kept: vec![Kept {
            claims: Claim::DeliveryAddress.into(),
            basis: LegalBasis::LegalObligation,
            law: "art. 52 AWR".to_owned(),
            until: "2033-12-31".parse().expect("a day"),
        }],
    });
    receipts.push(answered);
    let mut replied = write(&grant, EventKind::Replied, None, language, -1);
    replied.seq = 6;
    replied.request = Some(RequestRecord {
        request_id: RightsRequestId::new(Uuid::from_u128(9)),
        number: 1,
        right: Right::Access,
        claims: EnumSet::empty(),
        due: days(20).to_string(),
        outcome: Some(Reply::Refused),
    });
    receipts.push(replied);
    receipts
}

fn write(
    grant: &Grant,
    kind: EventKind,
    after: Option<&ChainEnd>,
    language: Language,
    day: i64,
) -> Receipt {
    let business = Business {
        id: BusinessId::new(Uuid::from_u128(7)),
        document: BusinessDocument {
            name: "Tulp & Zoon B.V.".to_owned(),
            address: "Bloemgracht 12, 1015 TJ Amsterdam".to_owned(),
            contact: "privacy@degroenewinkel.example".to_owned(),
            registration: Some("KvK 12345678".to_owned()),
            country: "NL".to_owned(),
            sector: None,
        },
        vetting: Vetting::Vetted,
    };
    let first = kind == EventKind::Given;
    let context = Context {
        issuer: ISSUER,
        business: &business,
        policy_uri: Some("https://degroenewinkel.example/privacy"),
        plan: &plan(),
        plan_hash: &Hash::of(b"the plan"),
    };
    let act = Act {
        kind,
        method: if first {
            Method::ConsentPage
        } else {
            Method::AccountPage
        },
        language,
        authentication: None,
        screen_hash: Some(Hash::of(b"the screen")),
        record: None,
    };
    let id = ReceiptId::new(Uuid::from_u128(u128::from(day.unsigned_abs()) + 1));
    Receipt::write(id, after, grant, act, &context, NOW.min(grant.updated_at))
}

fn refused(error: CheckError, says_from: Option<&str>, language: Language) -> Outcome {
    let says_from = says_from.map(|issuer| Box::new(issuer.parse().expect("an issuer")));
    let refused = Refused { error, says_from };
    let texts = crate::i18n::Texts::new(language);
    Outcome::Fails(Refusal::of(&refused, texts, ISSUER))
}

/// Each state of the page.
pub(super) fn readings(language: Language) -> Vec<(String, ReceiptsPage)> {
    let chain = chain(language);
    let one = Checked::Receipt(Box::new(chain[0].clone()));
    let line = |error| CheckError::Line { line: 2, error };
    let unknown = || VerifyError::UnknownKey {
        key: "qF3y".to_owned().try_into().expect("a key's name"),
    };
    let broken = BrokenChain {
        position: 3,
        what: Break::Link,
    };
    [
        ("fresh", Outcome::Fresh),
        ("empty", Outcome::Empty),
        (
            "chain",
            Outcome::Holds(Box::new(Reading::of(Checked::Chain(chain)))),
        ),
        ("one", Outcome::Holds(Box::new(Reading::of(one)))),
        (
            "forged",
            refused(line(VerifyError::BadSignature), None, language),
        ),
        ("broken", refused(CheckError::Chain(broken), None, language)),
        (
            "foreign",
            refused(line(unknown()), Some("https://id.elders.example"), language),
        ),
    ]
    .into_iter()
    .map(|(name, outcome)| {
        let page = ReceiptsPage {
            shell: stranger(language, "/receipts"),
            issuer: ISSUER.to_owned(),
            outcome,
        };
        (format!("receipts-{name}"), page)
    })
    .collect()
}
