//! Accounts: consumers at this provider.

use std::time::Duration;

use enumset::{EnumSet, EnumSetType, enum_set};
use serde::{Deserialize, Serialize};

use super::id::AccountId;
use super::language::Language;
use super::time::Timestamp;

mod factors;
mod link;
mod ways_in;

pub use factors::Factors;
pub use link::{LONGEST_CHANGE, LinkPurpose, RecoveryWay, UnknownWay};
pub use ways_in::{Baseline, Came, Going, Gone, KitThere, LaterPassword, PasskeyThere, WaysIn};

/// What is known of an account without opening its vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Which.
    pub id: AccountId,
    /// The language of its pages and mail.
    pub language: Language,
    /// When it was made.
    pub created_at: Timestamp,
}

/// How someone showed who they are.
#[derive(Debug, Hash, Serialize, Deserialize, EnumSetType)]
#[serde(rename_all = "snake_case")]
#[enumset(serialize_repr = "list")]
pub enum AuthenticationMethod {
    /// By password.
    Pwd,
    /// By a code of an authenticator app.
    Totp,
    /// By a recovery code, in place of a second factor that was lost.
    RecoveryCode,
    /// By a passkey, which checked a finger, a face or a PIN.
    Passkey,
}

/// What a sign-in proves, from weak to strong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Assurance {
    /// That somebody knows the password.
    Password,
    /// And has a second factor.
    TwoFactor,
    /// That somebody has a device and unlocked it, to this site and no other.
    Passkey,
}

impl Assurance {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Password, Self::TwoFactor, Self::Passkey];

    /// The `acr` value: what it proves, by a name of our own, since no
    /// published class promises exactly that.
    #[must_use]
    pub const fn acr(self) -> &'static str {
        match self {
            Self::Password => "https://schemas.sluis.example/acr/password",
            Self::TwoFactor => "https://schemas.sluis.example/acr/two-factor",
            Self::Passkey => "https://schemas.sluis.example/acr/passkey",
        }
    }
}

/// When and how someone showed who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Kept", into = "Kept")]
pub struct Authentication {
    /// When: `auth_time`. Never refreshed by use.
    pub at: Timestamp,
    /// How.
    pub methods: EnumSet<AuthenticationMethod>,
}

impl Authentication {
    /// By password alone.
    #[must_use]
    pub const fn by_password(at: Timestamp) -> Self {
        let methods = enum_set!(AuthenticationMethod::Pwd);
        Self { at, methods }
    }

    /// What it proves.
    #[must_use]
    pub fn assurance(self) -> Assurance {
        if self.methods.contains(AuthenticationMethod::Passkey) {
            Assurance::Passkey
        } else if self.methods.is_disjoint(SECOND) {
            Assurance::Password
        } else {
            Assurance::TwoFactor
        }
    }

    /// Whether the password was shown together with something stronger: then it
    /// is that of whoever has both, however it was set.
    #[must_use]
    pub fn vouches_for_password(self) -> bool {
        self.methods.contains(AuthenticationMethod::Pwd) && self.assurance() > Assurance::Password
    }

    /// The `acr` value.
    #[must_use]
    pub fn acr(self) -> &'static str {
        self.assurance().acr()
    }

    /// The `amr` values (RFC 8176 §2).
    ///
    /// A passkey proves a key (`pop`) and that its owner was there and was
    /// checked (`user`): two factors by itself. Whether the key is in hardware
    /// (`hwk`) or not (`swk`), nobody can know who asks for no attestation, so
    /// neither is said. A recovery code is a password that works once.
    #[must_use]
    pub fn amr(self) -> Vec<&'static str> {
        let has = |method| self.methods.contains(method);
        let passkey = has(AuthenticationMethod::Passkey);
        [
            (has(AuthenticationMethod::Pwd), "pwd"),
            (!self.methods.is_disjoint(SECOND), "otp"),
            (passkey, "pop"),
            (passkey, "user"),
            (self.assurance() > Assurance::Password, "mfa"),
        ]
        .into_iter()
        .filter_map(|(is_so, value)| is_so.then_some(value))
        .collect()
    }

    /// Whether it is young enough, and strong enough for someone with these
    /// factors, for what should not be done by whoever finds an open browser.
    ///
    /// A password that was set by mail alone (with the operator's key, or on an empty
    /// vault) proves no more than that somebody reads the mail of its owner, who has
    /// a day more to notice.
    pub fn freshness(self, factors: Factors, now: Timestamp) -> Freshness {
        let strong = self.assurance() > Assurance::Password;
        let careful = factors.recovered_at.map(|at| at.plus(CAREFUL_FOR));
        match careful {
            _ if factors.has_second() && !strong => Freshness::Stale,
            Some(until) if !strong && now < until => Freshness::NotBefore(until),
            _ if now.is_within(FRESH_FOR, self.at) => Freshness::Fresh,
            _ => Freshness::Stale,
        }
    }
}

/// Whether someone may do what whoever finds an open browser should not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Freshness {
    /// They showed a moment ago who they are.
    Fresh,
    /// They have to show it again.
    Stale,
    /// Not before then, whatever they show of what they have.
    NotBefore(Timestamp),
}

/// How long someone need not show again who they are.
pub const FRESH_FOR: Duration = Duration::from_mins(10);

/// How long a password that was set by mail alone proves little.
const CAREFUL_FOR: Duration = Duration::from_hours(24);

const SECOND: EnumSet<AuthenticationMethod> =
    enum_set!(AuthenticationMethod::Totp | AuthenticationMethod::RecoveryCode);

/// As it is stored. `method` alone is how the versions before wrote it; they
/// may still run, and read it.
#[derive(Serialize, Deserialize)]
struct Kept {
    at: Timestamp,
    method: AuthenticationMethod,
    #[serde(default)]
    methods: EnumSet<AuthenticationMethod>,
}

impl From<Kept> for Authentication {
    fn from(kept: Kept) -> Self {
        let methods = if kept.methods.is_empty() {
            kept.method.into()
        } else {
            kept.methods
        };
        Self {
            at: kept.at,
            methods,
        }
    }
}

impl From<Authentication> for Kept {
    fn from(authentication: Authentication) -> Self {
        Self {
            at: authentication.at,
            method: AuthenticationMethod::Pwd,
            methods: authentication.methods,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::from_seconds(1_000);

    fn by(methods: EnumSet<AuthenticationMethod>) -> Authentication {
        Authentication { at: AT, methods }
    }

    #[test]
    fn what_is_said_of_a_sign_in_is_what_happened() {
        use AuthenticationMethod::{Passkey, Pwd, RecoveryCode, Totp};
        let rows: [(EnumSet<_>, &[&str], Assurance); 5] = [
            (Pwd.into(), &["pwd"], Assurance::Password),
            (Pwd | Totp, &["pwd", "otp", "mfa"], Assurance::TwoFactor),
            (
                Pwd | RecoveryCode,
                &["pwd", "otp", "mfa"],
                Assurance::TwoFactor,
            ),
            (Passkey.into(), &["pop", "user", "mfa"], Assurance::Passkey),
            (
                Pwd | Passkey,
                &["pwd", "pop", "user", "mfa"],
                Assurance::Passkey,
            ),
        ];
        for (methods, amr, assurance) in rows {
            assert_eq!(by(methods).amr(), amr);
            assert_eq!(by(methods).assurance(), assurance);
        }
    }

    #[test]
    fn a_session_of_a_version_before_is_read_and_one_of_now_is_read_by_it() {
        let old: Authentication =
            serde_json::from_str(r#"{"at":1000000000,"method":"pwd"}"#).expect("it reads");
        assert_eq!(old, Authentication::by_password(AT));
        let new = by(AuthenticationMethod::Passkey.into());
        let text = serde_json::to_string(&new).expect("JSON");
        assert!(text.contains(r#""method":"pwd""#), "{text}");
        assert_eq!(
            serde_json::from_str::<Authentication>(&text).ok(),
            Some(new)
        );
    }

    #[test]
    fn ten_minutes_later_or_without_the_second_factor_it_is_asked_again() {
        let password = Authentication::by_password(AT);
        let (bare, app) = (
            Factors::default(),
            Factors {
                totp: true,
                ..Factors::default()
            },
        );
        let later = |minutes| AT.plus(Duration::from_mins(minutes));
        assert_eq!(password.freshness(bare, later(9)), Freshness::Fresh);
        assert_eq!(password.freshness(bare, later(11)), Freshness::Stale);
        // There is something stronger.
        assert_eq!(password.freshness(app, later(0)), Freshness::Stale);
        let both = by(AuthenticationMethod::Pwd | AuthenticationMethod::Totp);
        assert_eq!(both.freshness(app, later(9)), Freshness::Fresh);
    }

    #[test]
    fn a_password_that_came_by_mail_and_a_day_proves_little_for_a_day() {
        let password = Authentication::by_password(AT);
        let recovered = Factors {
            password: true,
            recovered_at: Some(AT),
            ..Factors::default()
        };
        let until = AT.plus(CAREFUL_FOR);
        let at = |now| password.freshness(recovered, now);
        assert_eq!(at(AT), Freshness::NotBefore(until));
        assert_eq!(at(until), Freshness::Stale);
        let later = Authentication::by_password(until);
        assert_eq!(later.freshness(recovered, until), Freshness::Fresh);
        // What mail cannot give counts at once.
        let app = Factors {
            totp: true,
            ..recovered
        };
        assert_eq!(password.freshness(app, AT), Freshness::Stale);
        let both = by(AuthenticationMethod::Pwd | AuthenticationMethod::Totp);
        assert_eq!(both.freshness(app, AT), Freshness::Fresh);
    }
}
