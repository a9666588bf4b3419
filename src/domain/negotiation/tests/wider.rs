//! What counts as wider: the line between what may happen at once and what
//! needs an act of the consumer.

use enumset::{EnumSet, EnumSetType};
use proptest::prelude::*;
use proptest::sample::Index;

use super::super::{Ceiling, Terms, negotiate};
use crate::domain::strategies::{Scene, config, scene};

pub(super) fn terms(scene: &Scene) -> Option<Terms> {
    negotiate(
        &scene.plan,
        &scene.profiles,
        scene.held,
        Ceiling::NONE,
        &scene.choice,
        scene.now,
    )
    .terms()
}

/// One way to give less.
#[derive(Clone, Debug)]
pub(super) enum Cut {
    Purpose(Index),
    Claim(Index, Index),
    Permission(Index, Index),
    Time(Index),
    Offline,
}

pub(super) fn cut() -> impl Strategy<Value = Cut> {
    prop_oneof![
        any::<Index>().prop_map(Cut::Purpose),
        any::<(Index, Index)>().prop_map(|(at, which)| Cut::Claim(at, which)),
        any::<(Index, Index)>().prop_map(|(at, which)| Cut::Permission(at, which)),
        any::<Index>().prop_map(Cut::Time),
        Just(Cut::Offline),
    ]
}

fn take_one<T: EnumSetType>(set: &mut EnumSet<T>, which: &Index) -> bool {
    let one = (!set.is_empty())
        .then(|| set.iter().nth(which.index(set.len())))
        .flatten();
    one.is_some_and(|one| set.remove(one))
}

/// Makes the cut; says whether anything was there to be cut.
pub(super) fn apply(cut: &Cut, terms: &mut Terms) -> bool {
    let count = terms.purposes.len();
    if count == 0 && !matches!(cut, Cut::Offline) {
        return false;
    }
    match cut {
        Cut::Purpose(at) => {
            terms.purposes.remove(at.index(count));
            true
        }
        Cut::Claim(at, which) => take_one(&mut terms.purposes[at.index(count)].claims, which),
        Cut::Permission(at, which) => {
            let permitted = terms
                .purposes
                .iter_mut()
                .map(|purpose| &mut purpose.permissions);
            let mut permitted: Vec<_> = permitted.filter(|set| !set.is_empty()).collect();
            let count = permitted.len();
            count > 0 && take_one(permitted[at.index(count)], which)
        }
        Cut::Time(at) => {
            let until = &mut terms.purposes[at.index(count)].until;
            let earlier = until.map(|end| end.minus(std::time::Duration::from_secs(1)));
            std::mem::replace(until, earlier) != earlier
        }
        Cut::Offline => std::mem::replace(&mut terms.offline, false),
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_same_terms_are_not_wider(scene in scene()) {
        let Some(terms) = terms(&scene) else { return Ok(()) };
        prop_assert!(!terms.is_wider_than(&terms));
    }

    #[test]
    fn narrowing_is_never_wider_and_going_back_is(scene in scene(), cut in cut(), offline: bool) {
        let Some(mut terms) = terms(&scene) else { return Ok(()) };
        terms.offline = offline;
        let mut narrow = terms.clone();
        let cut = apply(&cut, &mut narrow);
        prop_assert!(!narrow.is_wider_than(&terms));
        prop_assert_eq!(terms.is_wider_than(&narrow), cut);
    }

    #[test]
    fn terms_of_which_neither_is_wider_give_the_same(one in scene(), choice in scene()) {
        let other = Scene { choice: choice.choice, ..one.clone() };
        let (Some(one), Some(other)) = (terms(&one), terms(&other)) else { return Ok(()) };
        if !one.is_wider_than(&other) && !other.is_wider_than(&one) {
            for purpose in &one.purposes {
                let twin = other.purpose(&purpose.id).expect("both have it");
                prop_assert_eq!(purpose.claims, twin.claims);
                prop_assert_eq!(purpose.permissions, twin.permissions);
                prop_assert_eq!(purpose.until, twin.until);
            }
            prop_assert_eq!(one.purposes.len(), other.purposes.len());
        }
    }

    #[test]
    fn terms_survive_the_store(scene in scene()) {
        let Some(terms) = terms(&scene) else { return Ok(()) };
        let text = serde_json::to_string(&terms).expect("JSON");
        let read: Terms = serde_json::from_str(&text).expect("terms");
        prop_assert_eq!(read, terms);
    }
}
