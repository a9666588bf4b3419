//! What somebody under 16 may agree to.

use proptest::prelude::*;

use super::super::*;
use crate::domain::strategies::{config, given, scene};

fn minor() -> Ceiling {
    let until = Timestamp::from_seconds(4_000_000_000);
    Ceiling::NONE.for_minor(Some(until))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_minor_agrees_to_no_high_tier_and_to_no_contact(scene in scene()) {
        let outcome = negotiate(
            &scene.plan, &scene.profiles, scene.held, minor(), &scene.choice, scene.now,
        );
        let high = TierChoice::Tier(Tier::High);
        prop_assert_eq!(outcome == Outcome::TooHigh, scene.choice.tier == high);
        if let Outcome::Agreed(terms) = outcome {
            let medium = scene.profiles.claims(TierChoice::Tier(Tier::Medium));
            prop_assert!(terms.all_claims().is_subset(medium));
            for purpose in &terms.purposes {
                prop_assert!(!purpose.permissions.iter().any(Permission::is_contact));
            }
            prop_assert!(minor().covers(&terms) || !terms.added.is_empty());
        }
    }

    #[test]
    fn what_was_agreed_before_is_narrowed_to_what_a_minor_may_agree_to(scene in scene()) {
        let Some(grant) = given(&scene) else { return Ok(()) };
        let below = grant.terms.below(minor(), &scene.profiles, &scene.plan);
        prop_assert!(!below.is_wider_than(&grant.terms));
        prop_assert!(below.tier <= TierChoice::Tier(Tier::Medium));
        prop_assert!(below.all_claims().is_subset(minor().claims(&scene.profiles)));
        for purpose in &below.purposes {
            prop_assert!(!purpose.permissions.iter().any(Permission::is_contact));
        }
        let again = below.below(minor(), &scene.profiles, &scene.plan);
        prop_assert_eq!(again, below);
        let grown_up = grant.terms.below(Ceiling::NONE, &scene.profiles, &scene.plan);
        prop_assert_eq!(grown_up, grant.terms);
    }
}

#[test]
fn the_client_is_named_where_it_would_be_closed_to_anybody() {
    let low = TierChoice::Tier(Tier::Low);
    let [medium, high] = [Tier::Medium, Tier::High].map(TierChoice::Tier);
    let until = Timestamp::from_seconds(4_000_000_000);
    assert_eq!(minor().closes(medium), None);
    assert_eq!(minor().closes(high), Some(Closed::Minor(until)));
    let both = Ceiling::at(low).for_minor(Some(until));
    assert_eq!(both.closes(high), Some(Closed::Unvetted));
    let profiles = Profiles::default();
    let contact = Permission::ContactEmail;
    assert_eq!(
        minor().closes_permission(contact, &profiles),
        Some(Closed::Minor(until))
    );
    assert_eq!(
        minor().closes_claim(Claim::Birthdate, &profiles),
        Some(Closed::Minor(until))
    );
    assert_eq!(minor().closes_claim(Claim::Email, &profiles), None);
}
