//! Why a purpose cannot be met: each reason, on a shop that delivers and would
//! like to send news.

use enumset::EnumSet;

use super::super::{Ceiling, Choice, Missing, Outcome, Unmet, negotiate};
use crate::domain::claim::Claim;
use crate::domain::permission::Permission;
use crate::domain::plan::{Plan, PurposeId};
use crate::domain::profile::{Placement, Profiles};
use crate::domain::tier::{Tier, TierChoice};
use crate::domain::time::Timestamp;

const LOW: TierChoice = TierChoice::Tier(Tier::Low);
const MEDIUM: TierChoice = TierChoice::Tier(Tier::Medium);
const HIGH: TierChoice = TierChoice::Tier(Tier::High);
const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

fn shop() -> Plan {
    let purpose = |id: &str, required: bool, rest: &str| {
        format!(
            r#"{{"id": "{id}", "purpose": "dpv:DeliveryOfGoods", "required": {required},
               "title": {{"nl": "x", "en": "x"}}, "text": {{"nl": "x", "en": "x"}},
               "basis": "contract", "retention": "P3M", {rest}}}"#
        )
    };
    let text = format!(
        r#"{{"purposes": [{}, {}, {}]}}"#,
        purpose(
            "deliver",
            true,
            r#""claims": ["name", "address"], "voluntary_claims": ["phone_number"]"#
        ),
        purpose(
            "news",
            false,
            r#""claims": ["email"], "channels": ["email"]"#
        ),
        purpose(
            "calls",
            false,
            r#""claims": [], "channels": ["sms", "phone"]"#
        ),
    );
    Plan::parse(&text).expect("a plan")
}

fn id(text: &str) -> PurposeId {
    text.parse().expect("an id")
}

fn try_out(profiles: &Profiles, held: EnumSet<Claim>, choice: &Choice) -> Outcome {
    negotiate(&shop(), profiles, held, Ceiling::NONE, choice, NOW)
}

fn unmet(profiles: &Profiles, held: EnumSet<Claim>, choice: &Choice) -> Vec<Unmet> {
    match try_out(profiles, held, choice) {
        Outcome::Unmet(unmet) => unmet,
        other => panic!("met: {other:?}"),
    }
}

fn the_only(purpose: &str, required: bool, missing: Missing) -> Vec<Unmet> {
    vec![Unmet {
        purpose: id(purpose),
        required,
        missing: vec![missing],
    }]
}

#[test]
fn a_claim_outside_the_tier_names_the_lowest_that_has_it() {
    let claim = Claim::Address;
    assert_eq!(
        unmet(&Profiles::default(), Claim::all(), &Choice::of(LOW)),
        the_only(
            "deliver",
            true,
            Missing::NotInTier {
                claim,
                from: Some(Tier::Medium)
            }
        )
    );
}

#[test]
fn a_claim_in_no_tier_can_only_be_added() {
    let mut profiles = Profiles::default();
    profiles.place_claim(Claim::Address, Placement::Never);
    let claim = Claim::Address;
    assert_eq!(
        unmet(&profiles, Claim::all(), &Choice::of(HIGH)),
        the_only("deliver", true, Missing::NotInTier { claim, from: None })
    );
    let mut choice = Choice::of(HIGH);
    choice.added |= claim;
    let terms = try_out(&profiles, Claim::all(), &choice)
        .terms()
        .expect("met");
    assert!(terms.claims(NOW).contains(claim));
    assert_eq!(terms.added, claim);
}

#[test]
fn adding_something_to_nothing_adds_nothing() {
    let mut choice = Choice::of(TierChoice::Anonymous);
    choice.added = Claim::Name | Claim::Address;
    let unmet = unmet(&Profiles::default(), Claim::all(), &choice);
    assert_eq!(unmet[0].missing.len(), 2);
}

#[test]
fn an_item_that_the_plan_does_not_ask_is_not_kept_as_added() {
    let mut choice = Choice::of(MEDIUM);
    choice.added |= Claim::Gender;
    let outcome = try_out(&Profiles::default(), Claim::all(), &choice);
    assert_eq!(outcome.terms().expect("met").added, EnumSet::empty());
}

#[test]
fn a_claim_without_a_value_asks_to_be_filled_in() {
    let claim = Claim::Address;
    assert_eq!(
        unmet(
            &Profiles::default(),
            Claim::all() - claim,
            &Choice::of(MEDIUM)
        ),
        the_only("deliver", true, Missing::NotFilledIn { claim })
    );
}

#[test]
fn a_claim_that_was_kept_back_is_named_as_such() {
    let claim = Claim::Name;
    let mut choice = Choice::of(MEDIUM);
    choice.withheld |= claim;
    assert_eq!(
        unmet(&Profiles::default(), Claim::all(), &choice),
        the_only("deliver", true, Missing::Withheld { claim })
    );
}

#[test]
fn a_voluntary_claim_never_blocks() {
    let mut choice = Choice::of(MEDIUM);
    choice.withheld |= Claim::PhoneNumber;
    let terms = try_out(&Profiles::default(), Claim::all(), &choice)
        .terms()
        .expect("met");
    assert_eq!(terms.claims(NOW), Claim::Name | Claim::Address);
}

#[test]
fn a_switch_beyond_the_tier_names_the_lowest_that_has_it() {
    let mut choice = Choice::of(MEDIUM);
    choice.purposes.insert(id("news"));
    let permission = Permission::ContactEmail;
    assert_eq!(
        unmet(&Profiles::default(), Claim::all(), &choice),
        the_only(
            "news",
            false,
            Missing::PermissionNotInTier {
                permission,
                from: Some(Tier::High)
            }
        )
    );
}

#[test]
fn several_switches_want_a_decision_on_each() {
    let mut choice = Choice::of(HIGH);
    choice.purposes.insert(id("calls"));
    assert_eq!(
        unmet(&Profiles::default(), Claim::all(), &choice),
        the_only("calls", false, Missing::NoPermissionChosen)
    );
    choice
        .permissions
        .insert(id("calls"), Permission::ContactSms.into());
    let terms = try_out(&Profiles::default(), Claim::all(), &choice)
        .terms()
        .expect("met");
    let calls = terms.purpose(&id("calls")).expect("agreed");
    assert_eq!(calls.permissions, Permission::ContactSms);
}

#[test]
fn the_switch_of_a_purpose_with_one_permission_is_that_of_the_permission() {
    let mut choice = Choice::of(HIGH);
    choice.purposes.insert(id("news"));
    let terms = try_out(&Profiles::default(), Claim::all(), &choice)
        .terms()
        .expect("met");
    let news = terms.purpose(&id("news")).expect("agreed");
    assert_eq!(news.permissions, Permission::ContactEmail);
}

#[test]
fn a_switch_that_the_plan_no_longer_has_turns_nothing_on() {
    let mut choice = Choice::of(HIGH);
    choice
        .permissions
        .insert(id("news"), Permission::ContactPost.into());
    let terms = try_out(&Profiles::default(), Claim::all(), &choice)
        .terms()
        .expect("met");
    assert_eq!(terms.purpose(&id("news")), None);
}
