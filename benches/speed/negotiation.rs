//! The negotiation of a large plan. It is pure: what it takes is all there is.

use std::hint::black_box;

use enumset::EnumSet;
use serde_json::json;
use sluis::clock::Clock;
use sluis::domain::claim::Claim;
use sluis::domain::negotiation::{Ceiling, Choice, Outcome as Agreement, negotiate};
use sluis::domain::plan::Plan;
use sluis::domain::profile::Profiles;
use sluis::domain::tier::{Tier, TierChoice};

use crate::Outcome;
use crate::measure::{Meter, Process};

const PURPOSES: usize = 20;
const REFERENCES: usize = 30;

/// A plan of twenty purposes that name claims thirty times: the catalogue has
/// thirteen, so that several purposes share one, as they do in real plans.
fn plan() -> Outcome<Plan> {
    let claims: Vec<String> = Claim::all().iter().map(|claim| claim.to_string()).collect();
    let named = |reference: usize| &claims[reference % claims.len()];
    let purposes: Vec<_> = (0..PURPOSES)
        .map(|number| {
            let mut of_purpose = vec![named(number)];
            // The first ten name a second one.
            if number < REFERENCES - PURPOSES {
                of_purpose.push(named(PURPOSES + number));
            }
            let text = json!({ "nl": "Waarom, in een hele zin.", "en": "Why, in a sentence." });
            json!({
                "id": format!("purpose-{number}"),
                "purpose": "dpv:ServiceProvision",
                "title": text,
                "text": text,
                "basis": if number < 5 { "contract" } else { "consent" },
                "required": number < 5,
                "claims": of_purpose,
                "retention": "P3M",
            })
        })
        .collect();
    Plan::parse(&json!({ "purposes": purposes }).to_string())
        .map_err(|faults| format!("the plan is refused: {faults:?}").into())
}

/// One negotiation in which every purpose is wanted and met.
pub(crate) fn meter<'a>() -> Outcome<Meter<'a>> {
    let (plan, profiles) = (plan()?, Profiles::default());
    let held = EnumSet::all();
    let mut choice = Choice::of(TierChoice::Tier(Tier::High));
    choice.purposes = plan.purposes().iter().map(|one| one.id.clone()).collect();
    let now = Clock::system().now();
    match negotiate(&plan, &profiles, held, Ceiling::NONE, &choice, now) {
        Agreement::Agreed(terms) if terms.purposes.len() == PURPOSES => {}
        other => return Err(format!("nothing was agreed: {other:?}").into()),
    }
    Meter::new("negotiation", move |times| {
        Process::OWN.spends(|| {
            for _ in 0..times {
                let agreed = negotiate(
                    black_box(&plan),
                    &profiles,
                    held,
                    Ceiling::NONE,
                    &choice,
                    now,
                );
                drop(black_box(agreed));
            }
            Ok(())
        })
    })
}
