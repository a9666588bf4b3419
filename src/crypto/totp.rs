//! Codes of authenticator apps (RFC 6238): six digits, every half minute.

use totp_rs::{Algorithm, Builder, Totp};
use zeroize::Zeroizing;

use crate::domain::time::Timestamp;
use crate::random::Random;

/// RFC 4226 §4 recommends 160 bits.
pub(super) const SECRET_LEN: usize = 20;
/// A clock may be one step off, either way (RFC 6238 §5.2).
const SKEW: u16 = 1;
/// What every app can do.
const DIGITS: u8 = 6;
const STEP_SECONDS: u64 = 30;

/// What an app and this server share.
#[derive(Clone)]
pub struct TotpSecret(Zeroizing<[u8; SECRET_LEN]>);

never_print!(TotpSecret);

/// Which half minute a code was of. One that is not newer than the last is
/// never taken: a code works once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TotpStep(i64);

impl TotpStep {
    /// The number to store.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }
}

impl TotpSecret {
    /// A new one.
    #[must_use]
    pub fn generate(random: &Random) -> Self {
        Self(Zeroizing::new(random.bytes()))
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_ref()
    }

    fn totp(&self) -> Builder {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_skew(SKEW)
            .with_step_duration(STEP_SECONDS)
            .with_secret(self.0.to_vec())
    }

    /// Of which step a code is, if of any near `now`. Spaces do not count:
    /// apps show two groups of three.
    #[must_use]
    pub fn check(&self, typed: &str, now: Timestamp) -> Option<TotpStep> {
        let code: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let digits = code.len() == usize::from(DIGITS) && code.bytes().all(|b| b.is_ascii_digit());
        let seconds = u64::try_from(now.as_seconds()).ok()?;
        let step = digits
            .then(|| self.totp().build_noncompliant().check(&code, seconds))
            .flatten()?;
        i64::try_from(step).ok().map(TotpStep)
    }

    /// For people who type it over, in groups of four.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let plain = Zeroizing::new(totp_rs::Secret::from(self.bytes()).to_base32());
        let mut text = Zeroizing::new(String::with_capacity(plain.len() * 2));
        for (at, letter) in plain.trim_end_matches('=').chars().enumerate() {
            if at > 0 && at % 4 == 0 {
                text.push(' ');
            }
            text.push(letter);
        }
        text
    }

    /// What the picture holds that apps scan: an `otpauth:` address.
    #[must_use]
    pub fn to_url(&self, issuer: &str, account: &str) -> Option<Zeroizing<String>> {
        // A colon parts the issuer from the account there.
        let totp: Totp = self
            .totp()
            .with_issuer(Some(issuer.replace(':', " ")))
            .with_account_name(account.replace(':', " "))
            .build()
            .ok()?;
        totp.to_url().ok().map(Zeroizing::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B, cut to six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = TotpSecret::from_bytes(b"12345678901234567890").expect("20 bytes");
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (2_000_000_000, "279037"),
        ] {
            let at = Timestamp::from_seconds(seconds);
            assert_eq!(
                secret.check(code, at).map(TotpStep::number),
                Some(seconds / 30)
            );
        }
    }

    #[test]
    fn a_clock_may_be_half_a_minute_off_and_not_more() {
        let secret = TotpSecret::from_bytes(b"12345678901234567890").expect("20 bytes");
        let check = |seconds| secret.check("287 082", Timestamp::from_seconds(seconds));
        assert!(check(59 + 30).is_some() && check(59 - 30).is_some());
        assert!(check(59 + 61).is_none());
        for wrong in ["", "28708", "2870822", "28708x", "２８７０８２"] {
            assert!(secret.check(wrong, Timestamp::from_seconds(59)).is_none());
        }
    }

    #[test]
    fn it_can_be_typed_over_and_scanned_and_does_not_print() {
        let secret = TotpSecret::from_bytes(b"12345678901234567890").expect("20 bytes");
        assert_eq!(
            &*secret.to_text(),
            "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
        );
        let url = secret
            .to_url("localhost:8000", "ada@home.example")
            .expect("an address");
        assert!(url.starts_with("otpauth://totp/"), "{}", *url);
        assert!(url.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
        assert_eq!(format!("{secret:?}"), "TotpSecret(…)");
    }
}
