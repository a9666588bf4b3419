//! What holds of house rules, for every plan and every profile.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::claim::Claim;
use super::super::negotiation::Ceiling;
use super::super::plan::{Plan, PurposeId};
use super::super::strategies::{Scene, config, house_rule, scene, sector};
use super::super::tier::Tier;
use super::super::time::Timestamp;
use super::*;

fn asks(scene: &Scene, ceiling: Ceiling) -> Asks<'_> {
    Asks {
        plan: &scene.plan,
        highest: TierChoice::Tier(Tier::High),
        ceiling,
        profiles: &scene.profiles,
        held: scene.held,
        now: scene.now,
    }
}

fn answers_of(rule: &Rule, scene: &Scene, ceiling: Ceiling) -> Answers {
    rule.answer(BusinessSector::Other, &asks(scene, ceiling))
}

fn ceiling() -> impl Strategy<Value = Ceiling> {
    let most = proptest::sample::select(TierChoice::ALL.to_vec()).prop_map(Ceiling::at);
    prop_oneof![3 => Just(Ceiling::NONE), 1 => most]
}

/// A rule that says less: a lower profile, a no in place of a yes, a shorter
/// time.
fn stricter(rule: &Rule, lower: TierChoice, refused: EnumSet<Permission>) -> Rule {
    let mut strict = rule.clone();
    strict.tier = rule.tier.map(|tier| tier.min(lower));
    for permission in refused {
        strict.permissions.insert(permission, Standing::No);
    }
    strict
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_rule_releases_what_the_same_choice_by_hand_would(
        scene in scene(), rule in house_rule(), ceiling in ceiling(),
    ) {
        let answers = answers_of(&rule, &scene, ceiling);
        let Some(terms) = answers.terms() else { return Ok(()) };
        let choice = answers.choice.clone().expect("terms come of a choice");
        prop_assert_eq!(choice.withheld | choice.added, EnumSet::empty());
        let asks = asks(&scene, ceiling);
        let by_hand = asks.outcome(&choice).terms();
        prop_assert_eq!(by_hand.as_ref(), Some(terms));
        let tier = scene.profiles.claims(terms.tier);
        prop_assert!(terms.all_claims().is_subset(scene.plan.used_claims() & tier & scene.held));
        prop_assert!(ceiling.allows(terms.tier) && Some(terms.tier) == rule.tier);
    }

    #[test]
    fn nothing_is_on_that_a_rule_does_not_name_with_a_yes(scene in scene(), rule in house_rule()) {
        let answers = answers_of(&rule, &scene, Ceiling::NONE);
        let yes = rule.answered(Standing::Yes);
        for (id, given) in &answers.permissions {
            prop_assert!(given.is_subset(yes));
            prop_assert!(given.is_subset(scene.plan.purpose(id).expect("of the plan").permissions));
        }
        for id in &answers.purposes {
            let purpose = scene.plan.purpose(id).expect("of the plan");
            prop_assert!(!purpose.required);
            prop_assert!((purpose.permissions & Permission::processing()).is_subset(yes));
            prop_assert!(!(purpose.permissions & yes).is_empty());
        }
        for agreed in answers.terms().map_or(&[][..], |terms| &terms.purposes) {
            let purpose = scene.plan.purpose(&agreed.id).expect("of the plan");
            prop_assert!(purpose.required || answers.purposes.contains(&agreed.id));
            prop_assert!(agreed.permissions.is_subset(yes));
        }
    }

    #[test]
    fn whatever_a_rule_does_not_name_is_asked_and_off(scene in scene(), rule in house_rule()) {
        let answers = answers_of(&rule, &scene, Ceiling::NONE);
        let named: EnumSet<Permission> = rule.permissions.keys().copied().collect();
        for question in &answers.open {
            match question {
                Question::Tier => prop_assert!(rule.tier.is_none()),
                Question::Retention => prop_assert!(rule.retention.is_none()),
                Question::Purpose(id) => prop_assert!(!answers.purposes.contains(id)),
                Question::Permission(id, permission) => {
                    prop_assert!(!named.contains(*permission));
                    let given = answers.permissions.get(id).copied().unwrap_or_default();
                    prop_assert!(!given.contains(*permission));
                }
            }
        }
        for purpose in scene.plan.purposes() {
            let no = rule.answered(Standing::No) & Permission::processing();
            let refused = !purpose.required && !(purpose.permissions & no).is_empty();
            for permission in purpose.permissions - named {
                let asked = Question::Permission(purpose.id.clone(), permission);
                prop_assert_eq!(answers.open.contains(&asked), !refused);
            }
            let asked = Question::Purpose(purpose.id.clone());
            let bare = !purpose.required && purpose.permissions.is_empty();
            prop_assert_eq!(answers.open.contains(&asked), bare && !rule.refuses_the_rest);
        }
    }

    #[test]
    fn a_full_answer_can_be_agreed_and_leaves_nothing_open(
        scene in scene(), rule in house_rule(), ceiling in ceiling(),
    ) {
        let answers = answers_of(&rule, &scene, ceiling);
        if let Some(choice) = answers.in_full() {
            prop_assert!(answers.open.is_empty() && answers.blocked.is_empty());
            prop_assert!(asks(&scene, ceiling).outcome(choice).terms().is_some());
        }
        // What lacks something is off, and never silently.
        for unmet in answers.forgone.iter().chain(&answers.blocked) {
            prop_assert!(!answers.purposes.contains(&unmet.purpose));
            prop_assert!(!unmet.missing.is_empty());
        }
    }

    #[test]
    fn a_stricter_rule_never_yields_more(
        scene in scene(),
        rule in house_rule(),
        lower in proptest::sample::select(TierChoice::ALL.to_vec()),
        refused in super::super::strategies::permissions(),
        limit in super::super::strategies::retention(),
    ) {
        let mut strict = stricter(&rule, lower, refused);
        let shorter = match rule.retention {
            Some(Keeping::AtMost(before)) => before.shorter(limit, scene.now),
            Some(Keeping::Longest) | None => limit,
        };
        strict.retention = Some(Keeping::AtMost(shorter));
        let terms = |rule| answers_of(rule, &scene, Ceiling::NONE).terms().cloned();
        if let (Some(strict), Some(loose)) = (terms(&strict), terms(&rule)) {
            prop_assert!(!strict.is_wider_than(&loose), "{strict:?} over {loose:?}");
        }
    }

    #[test]
    fn what_is_on_is_what_would_be_agreed(
        scene in scene(), rule in house_rule(), ceiling in ceiling(),
    ) {
        let answers = answers_of(&rule, &scene, ceiling);
        let Some(terms) = answers.terms() else { return Ok(()) };
        let agreed = |id: &PurposeId| {
            let agreed = terms.purposes.iter().find(|agreed| agreed.id == *id);
            agreed.map_or(EnumSet::empty(), |agreed| agreed.permissions)
        };
        for (id, on) in &answers.permissions {
            prop_assert_eq!(*on, agreed(id));
        }
    }

    #[test]
    fn rules_survive_the_vault(rule in house_rule(), sector in sector()) {
        let mut rules = HouseRules::default();
        rules.set(sector, rule);
        let text = serde_json::to_string(&rules).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<HouseRules>(&text).ok(), Some(rules));
    }

    #[test]
    fn no_rules_answer_nothing(scene in scene(), sector in sector()) {
        let asks = asks(&scene, Ceiling::NONE);
        prop_assert_eq!(HouseRules::default().answer(sector, &asks), None);
        let says_nothing = Rule::default().answer(sector, &asks);
        prop_assert_eq!(&says_nothing.choice, &None);
        prop_assert!(says_nothing.permissions.is_empty() && says_nothing.purposes.is_empty());
        prop_assert!(says_nothing.open.contains(&Question::Tier));
    }
}

fn rule(tier: Tier) -> Rule {
    Rule {
        tier: Some(TierChoice::Tier(tier)),
        retention: Some(Keeping::Longest),
        ..Rule::default()
    }
}

fn saying(mut rule: Rule, permissions: EnumSet<Permission>, standing: Standing) -> Rule {
    for permission in permissions {
        rule.permissions.insert(permission, standing);
    }
    rule
}

/// What a rule says to the example of a shop, when everything is filled in.
fn at_the_shop(rule: &Rule) -> Answers {
    let plan = example_plan(BusinessSector::Shop);
    rule.answer(
        BusinessSector::Shop,
        &Asks {
            plan: &plan,
            highest: TierChoice::Tier(Tier::High),
            ceiling: Ceiling::NONE,
            profiles: &Profiles::default(),
            held: Claim::all(),
            now: Timestamp::from_seconds(1_790_000_000),
        },
    )
}

fn ids(purposes: &BTreeSet<PurposeId>) -> Vec<&str> {
    purposes.iter().map(PurposeId::as_str).collect()
}

#[test]
fn the_rule_of_the_very_kind_goes_before_that_for_any_other() {
    let mut rules = HouseRules::default();
    assert!(rules.is_empty() && rules.of(BusinessSector::Shop).is_none());
    rules.set(BusinessSector::Other, rule(Tier::Low));
    rules.set(BusinessSector::Shop, Rule::default());
    let kind = |sector| rules.of(sector).map(|(kind, _)| kind);
    assert_eq!(kind(BusinessSector::Shop), Some(BusinessSector::Shop));
    assert_eq!(kind(BusinessSector::Media), Some(BusinessSector::Other));
    rules.remove(BusinessSector::Other);
    assert_eq!(rules.of(BusinessSector::Media), None);
}

#[test]
fn a_no_to_one_kind_of_processing_is_a_no_to_the_purpose_and_channels_stand_alone() {
    let high = saying(rule(Tier::High), Permission::Analytics.into(), Standing::No);
    let high = saying(high, Permission::ContactEmail.into(), Standing::Yes);
    let answers = at_the_shop(&high);
    // Personalisation is not named, and need not be: without analysis there is none.
    assert_eq!(ids(&answers.purposes), ["news"]);
    let phone = Question::Permission("news".parse().expect("an id"), Permission::ContactPhone);
    assert_eq!(answers.open, [phone]);
    assert_eq!(answers.in_full(), None);
    let full = saying(high, Permission::ContactPhone.into(), Standing::No);
    let answers = at_the_shop(&full);
    let given: Vec<_> = answers.permissions.values().copied().collect();
    assert_eq!(given, [EnumSet::from(Permission::ContactEmail)]);
    assert!(answers.in_full().is_some());
}

#[test]
fn a_yes_that_the_profile_does_not_have_stays_off_and_says_why() {
    let medium = saying(rule(Tier::Medium), Permission::all(), Standing::Yes);
    assert_eq!(
        medium.beyond_its_tier(&Profiles::default()),
        Permission::all()
    );
    let answers = at_the_shop(&medium);
    assert!(answers.purposes.is_empty() && answers.in_full().is_some());
    let forgone: Vec<&str> = answers
        .forgone
        .iter()
        .map(|unmet| unmet.purpose.as_str())
        .collect();
    assert_eq!(forgone, ["news", "suggest"]);
}

#[test]
fn a_channel_outside_the_profile_takes_no_other_with_it() {
    let mut profiles = Profiles::default();
    let medium = super::super::profile::Placement::Medium;
    profiles.place_permission(Permission::ContactEmail, medium);
    let plan = example_plan(BusinessSector::Shop);
    let rule = saying(rule(Tier::Medium), Permission::contact(), Standing::Yes);
    let asks = Asks {
        plan: &plan,
        highest: TierChoice::Tier(Tier::High),
        ceiling: Ceiling::NONE,
        profiles: &profiles,
        held: Claim::all(),
        now: Timestamp::from_seconds(1_790_000_000),
    };
    let answers = rule.answer(BusinessSector::Shop, &asks);
    let given: Vec<_> = answers.permissions.values().copied().collect();
    assert_eq!(given, [EnumSet::from(Permission::ContactEmail)]);
}

#[test]
fn a_shop_that_needs_more_than_the_profile_of_the_rule_is_blocked() {
    let low = saying(rule(Tier::Low), Permission::all(), Standing::No);
    let answers = at_the_shop(&low);
    assert_eq!(answers.blocked.len(), 1);
    assert!(answers.in_full().is_none() && answers.open.is_empty());
}

#[test]
fn the_length_of_time_is_no_question_where_nothing_is_kept() {
    let nothing = Rule {
        tier: Some(TierChoice::Anonymous),
        ..Rule::default()
    };
    let (plan, profiles) = (Plan::from_scopes(EnumSet::empty()), Profiles::default());
    let scene = |highest| Asks {
        plan: &plan,
        highest,
        ceiling: Ceiling::NONE,
        profiles: &profiles,
        held: Claim::all(),
        now: Timestamp::from_seconds(1_790_000_000),
    };
    let high = TierChoice::Tier(Tier::High);
    let answers = nothing.answer(BusinessSector::Media, &scene(high));
    assert!(answers.in_full().is_some());
    // A business that asks for less than the rule gives gets what it asks.
    let generous = rule(Tier::High);
    let answers = generous.answer(BusinessSector::Media, &scene(TierChoice::Anonymous));
    let tier = answers.in_full().map(|choice| choice.tier);
    assert_eq!(tier, Some(TierChoice::Anonymous));
}

#[test]
fn a_profile_above_the_ceiling_is_asked_anew() {
    let plan = example_plan(BusinessSector::Media);
    let asks = Asks {
        plan: &plan,
        highest: TierChoice::Tier(Tier::High),
        ceiling: Ceiling::at(TierChoice::Tier(Tier::Low)),
        profiles: &Profiles::default(),
        held: Claim::all(),
        now: Timestamp::from_seconds(1_790_000_000),
    };
    let of = |tier| {
        let refusing = saying(rule(tier), Permission::all(), Standing::No);
        refusing.answer(BusinessSector::Other, &asks)
    };
    assert_eq!(of(Tier::Medium).open, [Question::Tier]);
    assert!(of(Tier::Low).in_full().is_some());
}

#[test]
fn every_example_is_a_plan_that_someone_who_filled_in_everything_can_meet() {
    let high = saying(rule(Tier::High), Permission::all(), Standing::Yes);
    for sector in BusinessSector::ALL {
        let plan = example_plan(sector);
        assert_eq!(plan.purposes().len(), 3, "{sector}");
        let answers = high.answer(
            sector,
            &Asks {
                plan: &plan,
                highest: TierChoice::Tier(Tier::High),
                ceiling: Ceiling::NONE,
                profiles: &Profiles::default(),
                held: Claim::all(),
                now: Timestamp::from_seconds(1_790_000_000),
            },
        );
        assert!(answers.in_full().is_some(), "{sector}");
        assert_eq!(ids(&answers.purposes), ["news", "suggest"], "{sector}");
    }
}

#[test]
fn what_is_stored_is_plain() {
    let mut rules = HouseRules::default();
    let mut shop = saying(
        rule(Tier::Medium),
        Permission::Analytics.into(),
        Standing::No,
    );
    shop.retention = Some(Keeping::AtMost(Retention::months(3).expect("a period")));
    rules.set(BusinessSector::Shop, shop);
    rules.set(BusinessSector::Other, Rule::default());
    assert_eq!(
        serde_json::to_value(&rules).expect("JSON"),
        serde_json::json!({
            "shop": {"tier": "medium", "retention": "P3M", "permissions": {"analytics": "no"}},
            "other": {},
        })
    );
    let longest: Keeping = serde_json::from_str("\"longest\"").expect("a word");
    assert_eq!(longest, Keeping::Longest);
    for wrong in ["\"forever\"", "\"P0D\"", "3", "null"] {
        assert!(serde_json::from_str::<Keeping>(wrong).is_err(), "{wrong}");
    }
}
