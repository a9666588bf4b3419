//! Arbitrary plans, profiles, choices and moments, for the property tests of
//! the domain. Small sets and few purposes, so that they meet often.

use std::collections::BTreeSet;

use enumset::EnumSet;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use uuid::Uuid;

use super::business::BusinessSector;
use super::claim::Claim;
use super::grant::Grant;
use super::house_rules::{Keeping, Rule, Standing};
use super::id::{AccountId, GrantId};
use super::language::LocalizedText;
use super::negotiation::{Ceiling, Choice, negotiate};
use super::permission::Permission;
use super::plan::{AtLeast, LegalBasis, Offer, Plan, PlanVersion, Purpose, PurposeId, TierOffer};
use super::profile::{Placement, Profiles};
use super::retention::{CountsFrom, Retention};
use super::subject::Subject;
use super::tier::{Tier, TierChoice};
use super::time::Timestamp;

const MOST_PURPOSES: usize = 5;

/// Nothing is written beside the sources when a property fails: the failing
/// input is in the message.
pub(crate) fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        cases: 512,
        ..ProptestConfig::default()
    }
}

/// Everything that a negotiation is about.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) plan: Plan,
    pub(crate) profiles: Profiles,
    pub(crate) held: EnumSet<Claim>,
    pub(crate) choice: Choice,
    pub(crate) now: Timestamp,
}

pub(crate) fn scene() -> impl Strategy<Value = Scene> {
    (plan(), profiles(), held(), choice(), moment()).prop_map(
        |(plan, profiles, held, choice, now)| Scene {
            plan,
            profiles,
            held,
            choice,
            now,
        },
    )
}

pub(crate) fn claims(most: usize) -> impl Strategy<Value = EnumSet<Claim>> {
    let all: Vec<Claim> = Claim::all().iter().collect();
    subsequence(all, 0..=most).prop_map(EnumSet::from_iter)
}

/// Mostly everything is filled in.
pub(crate) fn held() -> impl Strategy<Value = EnumSet<Claim>> {
    claims(3).prop_map(|lacking| Claim::all() - lacking)
}

pub(crate) fn permissions() -> impl Strategy<Value = EnumSet<Permission>> {
    let all: Vec<Permission> = Permission::all().iter().collect();
    subsequence(all, 0..=3).prop_map(EnumSet::from_iter)
}

/// Around the lengths where months and days overtake each other.
pub(crate) fn retention() -> impl Strategy<Value = Retention> {
    let months = (1_u16..=13).prop_filter_map("months", Retention::months);
    let days = (1_u16..=400).prop_filter_map("days", Retention::days);
    prop_oneof![months, days]
}

/// From 2020 to 2040.
pub(crate) fn moment() -> impl Strategy<Value = Timestamp> {
    (1_577_836_800_000_000_i64..2_208_988_800_000_000).prop_map(Timestamp::from_micros)
}

fn text() -> LocalizedText {
    LocalizedText {
        nl: "Waarom".to_owned(),
        en: "Why".to_owned(),
    }
}

fn purpose_id(number: usize) -> PurposeId {
    format!("p{number}").parse().expect("an id")
}

fn basis() -> impl Strategy<Value = LegalBasis> {
    select(vec![
        LegalBasis::Consent,
        LegalBasis::Contract,
        LegalBasis::LegalObligation,
        LegalBasis::LegitimateInterest,
    ])
}

fn purpose() -> impl Strategy<Value = Purpose> {
    let asks = (claims(2), claims(2), permissions());
    (
        asks,
        retention(),
        any::<bool>(),
        basis(),
        proptest::option::of(offer()),
    )
        .prop_map(
            |((claims, voluntary_claims, permissions), retention, required, basis, offer)| {
                Purpose {
                    id: purpose_id(0),
                    code: "dpv:ServiceProvision".to_owned(),
                    title: text(),
                    text: text(),
                    basis,
                    required,
                    claims,
                    voluntary_claims,
                    permissions,
                    retention,
                    // As a document has it: no more than is asked.
                    offer: offer.map(|offer| offer.within(claims | voluntary_claims, permissions)),
                    recipients: Vec::new(),
                    storage: Vec::new(),
                }
            },
        )
}

/// Offers, also such as take what nobody asks for.
fn offer() -> impl Strategy<Value = Offer> {
    let least = (claims(1), permissions(), proptest::option::of(retention()));
    least.prop_map(|(claims, permissions, retention)| Offer {
        text: text(),
        at_least: AtLeast {
            claims,
            permissions: permissions & Permission::processing(),
            channels: permissions & Permission::contact(),
            retention,
        },
    })
}

fn tier_offer() -> impl Strategy<Value = TierOffer> {
    (select(Tier::ALL.to_vec()), offer()).prop_map(|(tier, offer)| TierOffer { tier, offer })
}

/// Plans have ids in common, so that one can be taken for the next edition of
/// another.
pub(crate) fn plan() -> impl Strategy<Value = Plan> {
    let offers = vec(tier_offer(), 0..=2);
    (vec(purpose(), 0..=MOST_PURPOSES), offers).prop_map(|(purposes, offers)| {
        let numbered = purposes.into_iter().enumerate();
        let purposes = numbered.map(|(number, purpose)| Purpose {
            id: purpose_id(number),
            ..purpose
        });
        let plan = Plan::new(purposes.collect()).expect("the ids differ");
        plan.with_offers(offers)
    })
}

fn placement() -> impl Strategy<Value = Placement> {
    select(Placement::ALL.to_vec())
}

pub(crate) fn profiles() -> impl Strategy<Value = Profiles> {
    let claims = btree_map(
        select(Claim::all().iter().collect::<Vec<_>>()),
        placement(),
        0..5,
    );
    let all_permissions: Vec<Permission> = Permission::all().iter().collect();
    let permissions = btree_map(select(all_permissions), placement(), 0..5);
    let retention = btree_map(select(Tier::ALL.to_vec()), retention(), 0..3);
    (claims, permissions, retention).prop_map(|(claims, permissions, retention)| {
        let mut profiles = Profiles::default();
        for (claim, placement) in claims {
            profiles.place_claim(claim, placement);
        }
        for (permission, placement) in permissions {
            profiles.place_permission(permission, placement);
        }
        for (tier, longest) in retention {
            profiles.set_retention(tier, longest);
        }
        profiles
    })
}

fn ids() -> impl Strategy<Value = BTreeSet<PurposeId>> {
    let all: Vec<PurposeId> = (0..MOST_PURPOSES).map(purpose_id).collect();
    subsequence(all, 0..=MOST_PURPOSES).prop_map(BTreeSet::from_iter)
}

/// Mostly high, where there is most to see.
fn tier() -> impl Strategy<Value = TierChoice> {
    let high = Just(TierChoice::Tier(Tier::High));
    prop_oneof![high, select(TierChoice::ALL.to_vec())]
}

pub(crate) fn choice() -> impl Strategy<Value = Choice> {
    (
        tier(),
        ids(),
        btree_map((0..MOST_PURPOSES).prop_map(purpose_id), permissions(), 0..4),
        claims(2),
        claims(2),
        proptest::option::of(retention()),
        select(CountsFrom::ALL.to_vec()),
    )
        .prop_map(
            |(tier, purposes, permissions, withheld, added, retention, counts_from)| Choice {
                tier,
                purposes,
                permissions,
                withheld,
                added,
                retention,
                counts_from,
            },
        )
}

/// The grant that a scene comes to, if it comes to one.
pub(crate) fn given(scene: &Scene) -> Option<Grant> {
    let Scene {
        plan,
        profiles,
        held,
        choice,
        now,
    } = scene;
    let terms = negotiate(plan, profiles, *held, Ceiling::NONE, choice, *now).terms()?;
    Some(Grant::give(
        GrantId::new(Uuid::from_u128(1)),
        AccountId::new(Uuid::from_u128(2)),
        "shop".parse().expect("an id"),
        Subject::from_random([3; 16]),
        terms,
        PlanVersion(1),
        *now,
    ))
}

pub(crate) fn sector() -> impl Strategy<Value = BusinessSector> {
    select(BusinessSector::ALL.to_vec())
}

/// Most permissions are named, so that rules often answer.
pub(crate) fn house_rule() -> impl Strategy<Value = Rule> {
    let all: Vec<Permission> = Permission::all().iter().collect();
    let standing = prop_oneof![2 => Just(Standing::Yes), 1 => Just(Standing::No)];
    let keeping = prop_oneof![
        Just(Keeping::Longest),
        retention().prop_map(Keeping::AtMost)
    ];
    (
        proptest::option::weighted(0.9, tier()),
        proptest::option::weighted(0.8, keeping),
        btree_map(select(all), standing, 0..14),
        any::<bool>(),
    )
        .prop_map(|(tier, retention, permissions, refuses_the_rest)| Rule {
            tier,
            retention,
            permissions,
            refuses_the_rest,
        })
}
