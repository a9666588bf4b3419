//! `authorization_details`.

use std::sync::LazyLock;

use enumset::EnumSet;
use sluis::domain::details::{BadDetails, ProfileRelease};
use sluis::domain::grant::Grant;
use sluis::domain::id::{AccountId, GrantId};
use sluis::domain::negotiation::{Ceiling, Choice, negotiate};
use sluis::domain::plan::{Plan, PlanVersion, Purpose};
use sluis::domain::profile::Profiles;
use sluis::domain::subject::Subject;
use sluis::domain::tier::{Tier, TierChoice};
use uuid::Uuid;

use super::parties::{NOW, PLAN};

/// One grant of each tier that the plan can do with: with every switch on in
/// the highest, and none in the others.
static GRANTS: LazyLock<Vec<Grant>> = LazyLock::new(|| {
    let given = Tier::ALL.into_iter().map(|tier| {
        let mut choice = Choice::of(TierChoice::Tier(tier));
        if tier == Tier::High {
            let on = |one: &Purpose| (one.id.clone(), one.permissions);
            choice.permissions = PLAN.purposes().iter().map(on).collect();
        }
        let profiles = Profiles::default();
        let outcome = negotiate(
            &PLAN,
            &profiles,
            EnumSet::all(),
            Ceiling::NONE,
            &choice,
            NOW,
        );
        Grant::give(
            GrantId::new(Uuid::from_u128(1)),
            AccountId::new(Uuid::from_u128(2)),
            "shop".parse().expect("an id"),
            Subject::from_random([3; 16]),
            outcome.terms().expect("terms"),
            PlanVersion(1),
            NOW,
        )
    });
    given.collect()
});

pub(super) fn judge(input: &str) -> bool {
    let release = match ProfileRelease::parse(input) {
        Ok(Some(release)) => release,
        Ok(None) => return true,
        Err(bad) => {
            assert!(!bad.as_str().is_empty());
            return false;
        }
    };
    assert_eq!(read_again(&release), release);
    check_narrowing(&release);
    for grant in GRANTS.iter() {
        check_granted(&release, grant);
    }
    release.check_within(&PLAN).is_ok()
}

fn read_again(release: &ProfileRelease) -> ProfileRelease {
    let text = serde_json::to_string(&[release]).expect("JSON");
    let read = ProfileRelease::parse(&text).expect("what was written");
    read.expect("one")
}

/// Nothing comes of it that the plan does not have.
fn check_narrowing(release: &ProfileRelease) {
    let narrow: Plan = release.narrow(&PLAN, None, NOW);
    assert!(release.claims_of(&PLAN).is_subset(PLAN.used_claims()));
    for purpose in narrow.purposes() {
        let whole = PLAN.purpose(&purpose.id).expect("one of the plan's");
        assert!(purpose.claims.is_subset(whole.claims));
        assert!(purpose.voluntary_claims.is_subset(whole.voluntary_claims));
        assert!(purpose.permissions.is_subset(whole.permissions));
        assert!(purpose.retention.end(NOW) <= whole.retention.end(NOW));
        assert_eq!(purpose.required, whole.required);
    }
}

/// Nor anything that was not granted; and what was can be asked for again.
fn check_granted(release: &ProfileRelease, grant: &Grant) {
    let granted = release.granted(grant, &PLAN, Ceiling::NONE, NOW);
    let releasable = grant.releasable(&PLAN, Ceiling::NONE, NOW);
    assert!(granted.claims.unwrap_or_default().is_subset(releasable));
    let once_more = granted.releasable(grant, &PLAN, Ceiling::NONE, NOW);
    assert_eq!(once_more, granted.claims.unwrap_or_default());
    assert_eq!(read_again(&granted), granted);
    granted.check_granted(&granted).expect("it has what it has");
    // What the consumer added to a tier, or was granted in a higher one before,
    // stays beside a lower tier.
    let within = granted.check_within(&PLAN);
    assert!(matches!(within, Ok(()) | Err(BadDetails::ClaimBeyondTier)));
}
