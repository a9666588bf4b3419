//! With what someone can show who they are, and what that takes.

use super::super::time::Timestamp;

/// With what someone can show who they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Factors {
    /// A password.
    pub password: bool,
    /// An authenticator app.
    pub totp: bool,
    /// How many recovery codes are left.
    pub recovery_codes: u32,
    /// How many passkeys open the vault.
    pub opening_passkeys: u32,
    /// How many passkeys only prove who somebody is.
    pub proving_passkeys: u32,
    /// When the password was set by mail alone, after a wait: with the operator's key,
    /// or on an empty vault; if it was, and if nobody showed it since together with
    /// something stronger.
    pub recovered_at: Option<Timestamp>,
}

impl Factors {
    /// Whether there is more than a password.
    #[must_use]
    pub const fn has_second(self) -> bool {
        self.totp || self.has_passkey()
    }

    /// How much there is besides a password.
    #[must_use]
    pub fn seconds(self) -> u32 {
        u32::from(self.totp) + self.opening_passkeys + self.proving_passkeys
    }

    /// Whether there is a passkey of any kind.
    #[must_use]
    pub const fn has_passkey(self) -> bool {
        self.opening_passkeys + self.proving_passkeys > 0
    }

    /// Whether the password alone does not sign in. A passkey that opens the
    /// vault is a way of its own beside the password; one that does not, and
    /// an app, are there to come after it. A password that was set by mail alone
    /// comes from whoever reads the mail, and does not stand beside anything that
    /// they may not have: until both were shown together.
    #[must_use]
    pub const fn password_needs_second(self) -> bool {
        self.totp || self.proving_passkeys > 0 || (self.recovered_at.is_some() && self.has_second())
    }

    /// Whether the vault can still be opened by its owner without one passkey
    /// that opens it.
    #[must_use]
    pub const fn can_spare_opening_passkey(self) -> bool {
        self.password || self.opening_passkeys > 1
    }

    /// Whether the vault can still be opened by its owner without the password: an
    /// app and a passkey that only proves who somebody is come after it.
    #[must_use]
    pub const fn can_spare_password(self) -> bool {
        self.opening_passkeys > 0
    }

    /// Whether the last recovery codes are near.
    #[must_use]
    pub const fn is_low_on_codes(self) -> bool {
        self.has_second() && self.recovery_codes <= 3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::from_seconds(1_000);

    #[test]
    fn a_password_by_the_operators_key_stands_beside_nothing_stronger() {
        let phone = Factors {
            password: true,
            opening_passkeys: 1,
            ..Factors::default()
        };
        assert!(!phone.password_needs_second());
        let recovered = |factors| Factors {
            recovered_at: Some(AT),
            ..factors
        };
        assert!(recovered(phone).password_needs_second());
        let bare = Factors {
            opening_passkeys: 0,
            ..phone
        };
        assert!(!recovered(bare).password_needs_second());
    }

    #[test]
    fn the_last_way_into_the_vault_cannot_be_spared() {
        let one = Factors {
            opening_passkeys: 1,
            ..Factors::default()
        };
        assert!(!one.can_spare_opening_passkey());
        assert!(
            Factors {
                password: true,
                ..one
            }
            .can_spare_opening_passkey()
        );
        assert!(
            Factors {
                opening_passkeys: 2,
                ..one
            }
            .can_spare_opening_passkey()
        );
        assert!(one.can_spare_password());
        let proving = Factors {
            password: true,
            totp: true,
            proving_passkeys: 1,
            ..Factors::default()
        };
        assert!(!proving.can_spare_password());
    }
}
