//! The ways into an account, and which of them go when a change of its address is
//! undone.
//!
//! Whoever took somebody's session and asked for another address may have set up a
//! passkey, an app or a kit of their own since, of which the owner heard nothing: so
//! what came since goes. But whoever undoes a change has shown no more than that they
//! read mail, so by that alone
//! - nothing goes that was there before,
//! - an account that had a second factor does not lose its last: the one that is there
//!   now may have taken the place of its owner's,
//! - a vault does not lose what opens it.

use serde::{Deserialize, Serialize};

use super::super::id::{KeyholderId, PasskeyId};
use super::super::time::Timestamp;

/// How an account stood when a change of its address was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// When that was.
    pub at: Timestamp,
    /// How much it had besides a password.
    pub second_factors: u32,
}

impl Baseline {
    /// When something came that is there since then.
    #[must_use]
    pub fn came(self, created_at: Timestamp) -> Came {
        if created_at < self.at {
            Came::Before
        } else {
            Came::Since
        }
    }
}

/// When something came, seen from when a change was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// Before.
    Before,
    /// At that moment, or since.
    Since,
}

/// A passkey that there is.
#[derive(Clone, Copy, Debug)]
pub struct PasskeyThere {
    /// Which.
    pub id: PasskeyId,
    /// Whether it opens the vault.
    pub opens: bool,
    /// When it came.
    pub came: Came,
}

/// A recovery kit that there is.
#[derive(Clone, Copy, Debug)]
pub struct KitThere {
    /// Which.
    pub id: KeyholderId,
    /// Whether it was confirmed: else it opens nothing.
    pub counts: bool,
    /// When it came.
    pub came: Came,
}

/// The ways into an account that there are.
#[derive(Clone, Debug)]
pub struct WaysIn {
    /// Whether there is a password.
    pub password: bool,
    /// Whether the operator has a key.
    pub escrow: bool,
    /// The passkeys.
    pub passkeys: Vec<PasskeyThere>,
    /// The authenticator app.
    pub app: Option<Came>,
    /// The recovery codes.
    pub codes: Option<Came>,
    /// The kits.
    pub kits: Vec<KitThere>,
}

/// Those of them that go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Going {
    /// Which passkeys.
    pub passkeys: Vec<PasskeyId>,
    /// Whether the authenticator app does.
    pub app: bool,
    /// Whether the recovery codes do.
    pub codes: bool,
    /// Which kits.
    pub kits: Vec<KeyholderId>,
}

/// What went, as it is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// How many passkeys.
    pub passkeys: u32,
    /// Whether the authenticator app did.
    pub app: bool,
    /// Whether the recovery codes did.
    pub codes: bool,
    /// Whether a recovery kit did.
    pub kit: bool,
}

impl Gone {
    /// Whether nothing did.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }
}

impl Going {
    /// As it is told.
    #[must_use]
    pub fn told(&self) -> Gone {
        Gone {
            passkeys: u32::try_from(self.passkeys.len()).unwrap_or(u32::MAX),
            app: self.app,
            codes: self.codes,
            kit: !self.kits.is_empty(),
        }
    }
}

impl WaysIn {
    /// What goes when the change is undone that was asked for then.
    #[must_use]
    pub fn going(&self, baseline: Baseline) -> Going {
        let was_before = |came| came == Came::Before;
        let keeps_second = baseline.second_factors == 0
            || self.app.is_some_and(was_before)
            || self.passkeys.iter().any(|one| was_before(one.came));
        let keeps_opener = self.password
            || self.escrow
            || self
                .passkeys
                .iter()
                .any(|one| one.opens && was_before(one.came))
            || self
                .kits
                .iter()
                .any(|one| one.counts && was_before(one.came));
        let goes = |one: &&PasskeyThere| one.came == Came::Since && (keeps_opener || !one.opens);
        let passkeys: Vec<PasskeyId> = if keeps_second {
            self.passkeys
                .iter()
                .filter(goes)
                .map(|one| one.id)
                .collect()
        } else {
            Vec::new()
        };
        let app = keeps_second && self.app == Some(Came::Since);
        // Codes stand in for something that was lost, and for nothing by themselves.
        let nothing_left = passkeys.len() == self.passkeys.len() && (app || self.app.is_none());
        let codes = match self.codes {
            Some(Came::Since) => keeps_second,
            Some(Came::Before) => nothing_left && (app || !passkeys.is_empty()),
            None => false,
        };
        let kits = self
            .kits
            .iter()
            .filter(|one| one.came == Came::Since && (keeps_opener || !one.counts));
        Going {
            passkeys,
            app,
            codes,
            kits: kits.map(|one| one.id).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn came() -> impl Strategy<Value = Came> {
        prop_oneof![Just(Came::Before), Just(Came::Since)]
    }

    fn passkey() -> impl Strategy<Value = PasskeyThere> {
        (any::<u128>(), any::<bool>(), came()).prop_map(|(id, opens, came)| PasskeyThere {
            id: PasskeyId::new(Uuid::from_u128(id)),
            opens,
            came,
        })
    }

    fn kit() -> impl Strategy<Value = KitThere> {
        (any::<u128>(), any::<bool>(), came()).prop_map(|(id, counts, came)| KitThere {
            id: KeyholderId::new(Uuid::from_u128(id)),
            counts,
            came,
        })
    }

    prop_compose! {
        fn ways_in()(
            password in any::<bool>(),
            escrow in any::<bool>(),
            passkeys in vec(passkey(), 0..4),
            app in option::of(came()),
            codes in option::of(came()),
            kits in vec(kit(), 0..3),
        ) -> WaysIn {
            WaysIn { password, escrow, passkeys, app, codes, kits }
        }
    }

    fn baseline(second_factors: u32) -> Baseline {
        let at = Timestamp::from_seconds(1_000);
        Baseline { at, second_factors }
    }

    /// What is left, once that went.
    fn left(ways: &WaysIn, going: &Going) -> WaysIn {
        let mut left = ways.clone();
        left.passkeys
            .retain(|one| !going.passkeys.contains(&one.id));
        left.kits.retain(|one| !going.kits.contains(&one.id));
        left.app = left.app.filter(|_| !going.app);
        left.codes = left.codes.filter(|_| !going.codes);
        left
    }

    fn has_second(ways: &WaysIn) -> bool {
        ways.app.is_some() || !ways.passkeys.is_empty()
    }

    fn opens(ways: &WaysIn) -> bool {
        ways.password
            || ways.escrow
            || ways.passkeys.iter().any(|one| one.opens)
            || ways.kits.iter().any(|one| one.counts)
    }

    proptest! {
        #[test]
        fn what_was_there_before_stays(ways in ways_in(), seconds in 0_u32..3) {
            let left = left(&ways, &ways.going(baseline(seconds)));
            let before = |came: Came| came == Came::Before;
            let of = |ways: &WaysIn| {
                let passkeys = ways.passkeys.iter().filter(|one| before(one.came)).count();
                let kits = ways.kits.iter().filter(|one| before(one.came)).count();
                (passkeys, kits, ways.app == Some(Came::Before))
            };
            prop_assert_eq!(of(&ways), of(&left));
        }

        #[test]
        fn whoever_had_a_second_factor_has_one(ways in ways_in(), seconds in 1_u32..3) {
            let left = left(&ways, &ways.going(baseline(seconds)));
            prop_assert_eq!(has_second(&left), has_second(&ways));
        }

        #[test]
        fn what_could_be_opened_can_be(ways in ways_in(), seconds in 0_u32..3) {
            let left = left(&ways, &ways.going(baseline(seconds)));
            prop_assert_eq!(opens(&left), opens(&ways));
        }

        #[test]
        fn a_stranger_keeps_nothing_of_what_they_added(ways in ways_in()) {
            // Of an account with a password and nothing more when it began.
            let ways = WaysIn { password: true, ..ways };
            let left = left(&ways, &ways.going(baseline(0)));
            prop_assert!(left.app != Some(Came::Since) && left.codes != Some(Came::Since));
            prop_assert!(left.passkeys.iter().all(|one| one.came == Came::Before));
            prop_assert!(left.kits.iter().all(|one| one.came == Came::Before));
        }
    }
}
