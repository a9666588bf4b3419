//! The ways into an account, and which of them go when a change of its address is
//! undone.
//!
//! Whoever took somebody's session and asked for another address may have set up a
//! password, a passkey, an app or a kit of their own since, of which the owner heard
//! nothing: so what came since goes. But whoever undoes a change has shown no more than that they
//! read mail, so by that alone
//! - nothing goes that was there before,
//! - an account that had a second factor does not lose its last: the one that is there
//!   now may have taken the place of its owner's,
//! - a vault does not lose what opens it: a password that came since stays where nothing
//!   from before opens it, since it may be its owner's.

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
    /// The password, which a new one replaces.
    pub password: Option<Came>,
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
    /// What becomes of a password that came since.
    pub password: LaterPassword,
    /// Which passkeys.
    pub passkeys: Vec<PasskeyId>,
    /// Whether the authenticator app does.
    pub app: bool,
    /// Whether the recovery codes do.
    pub codes: bool,
    /// Which kits.
    pub kits: Vec<KeyholderId>,
}

/// What becomes of a password that came since a change was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaterPassword {
    /// There is none.
    #[default]
    None,
    /// It goes.
    Goes,
    /// It stays: nothing from before opens the vault.
    Stays,
}

/// What went, as it is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// What became of a password that came since. A letter of a version before says
    /// nothing of it: then it stayed.
    #[serde(default)]
    pub password: LaterPassword,
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
        let Self {
            password,
            passkeys,
            app,
            codes,
            kit,
        } = self;
        password != LaterPassword::Goes && passkeys == 0 && !app && !codes && !kit
    }

    /// Whether a password is left of which nobody can tell whose it is.
    #[must_use]
    pub fn leaves_later_password(self) -> bool {
        self.password == LaterPassword::Stays
    }
}

impl Going {
    /// As it is told.
    #[must_use]
    pub fn told(&self) -> Gone {
        Gone {
            password: self.password,
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
        let opened_before = self.escrow
            || self
                .passkeys
                .iter()
                .any(|one| one.opens && was_before(one.came))
            || self
                .kits
                .iter()
                .any(|one| one.counts && was_before(one.came));
        let password = match self.password {
            Some(Came::Since) if opened_before => LaterPassword::Goes,
            Some(Came::Since) => LaterPassword::Stays,
            Some(Came::Before) | None => LaterPassword::None,
        };
        // One that stays opens it, whosever it is.
        let keeps_opener = opened_before || self.password.is_some();
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
            password,
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
            password in option::of(came()),
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
        left.password = left
            .password
            .filter(|_| going.password != LaterPassword::Goes);
        left.app = left.app.filter(|_| !going.app);
        left.codes = left.codes.filter(|_| !going.codes);
        left
    }

    fn has_second(ways: &WaysIn) -> bool {
        ways.app.is_some() || !ways.passkeys.is_empty()
    }

    fn opens(ways: &WaysIn) -> bool {
        ways.password.is_some()
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
                let password = ways.password == Some(Came::Before);
                (password, passkeys, kits, ways.app == Some(Came::Before))
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
        fn a_stranger_keeps_nothing_of_what_they_added(
            ways in ways_in(),
            password in option::of(came()),
        ) {
            // Of an account without a second factor when it began, whose vault the
            // operator opens, or else its password from before.
            let password = if ways.escrow { password } else { Some(Came::Before) };
            let ways = WaysIn { password, ..ways };
            let going = ways.going(baseline(0));
            let left = left(&ways, &going);
            prop_assert!(!going.told().leaves_later_password());
            prop_assert!(left.password != Some(Came::Since));
            prop_assert!(left.app != Some(Came::Since) && left.codes != Some(Came::Since));
            prop_assert!(left.passkeys.iter().all(|one| one.came == Came::Before));
            prop_assert!(left.kits.iter().all(|one| one.came == Came::Before));
        }

        #[test]
        fn a_password_that_came_since_stays_only_where_nothing_else_from_before_opens(
            ways in ways_in(),
            seconds in 0_u32..3,
        ) {
            let ways = WaysIn { password: Some(Came::Since), ..ways };
            let before = WaysIn {
                password: None,
                passkeys: ways.passkeys.iter().copied().filter(|one| one.came == Came::Before).collect(),
                kits: ways.kits.iter().copied().filter(|one| one.came == Came::Before).collect(),
                ..ways.clone()
            };
            let gone = ways.going(baseline(seconds)).told();
            prop_assert_eq!(gone.leaves_later_password(), !opens(&before));
        }
    }
}
