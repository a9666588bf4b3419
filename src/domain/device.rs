//! Devices on which nobody can sign in (RFC 8628): they show a code, and
//! someone types it where they can.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How long someone has to type the code and answer.
pub const DEVICE_LIFETIME: Duration = Duration::from_mins(10);
/// How long a device waits before it asks again, and by how much that grows
/// for one that does not (§3.5).
pub const POLL_INTERVAL: Duration = Duration::from_secs(5);

/// Consonants that are not taken for each other, and spell no words (§6.1).
const ALPHABET: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const LENGTH: usize = 8;

/// What someone types: eight letters, of which there are 20⁸ (34 bits). It
/// is good for minutes, and guessing is slowed down.
#[derive(Clone, PartialEq, Eq)]
pub struct UserCode(String);

impl UserCode {
    /// The code that these bytes of chance spell. That some come out more
    /// often than others, by one in 10⁹, helps nobody.
    #[must_use]
    pub fn from_random(bytes: [u8; 8]) -> Self {
        let mut number = u64::from_be_bytes(bytes);
        let letters = (0..LENGTH).map(|_| {
            let digit = usize::try_from(number % 20).unwrap_or_default();
            number /= 20;
            char::from(ALPHABET[digit])
        });
        Self(letters.collect())
    }

    /// The letters alone.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is shown: in two halves.
    #[must_use]
    pub fn shown(&self) -> String {
        let (first, last) = self.0.split_at(LENGTH / 2);
        format!("{first}-{last}")
    }
}

impl fmt::Debug for UserCode {
    /// Does not print.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserCode(…)")
    }
}

impl FromStr for UserCode {
    type Err = NoUserCode;

    /// Takes what people make of it: in any case, with spaces and dashes
    /// anywhere (§6.1).
    fn from_str(text: &str) -> Result<Self, NoUserCode> {
        let letters: String = text
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let plain = text.len() <= 64 && text.is_ascii();
        let known = letters.bytes().all(|letter| ALPHABET.contains(&letter));
        if plain && known && letters.len() == LENGTH {
            Ok(Self(letters))
        } else {
            Err(NoUserCode)
        }
    }
}

/// The public key of a device code (X25519): what is for the device alone is
/// sealed to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeviceKey(pub [u8; 32]);

/// The text is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no code of a device")]
pub struct NoUserCode;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code: UserCode = "WDJB-MJHT".parse().expect("the example of the RFC");
        assert_eq!(code.shown(), "WDJB-MJHT");
        for typed in [
            "wdjbmjht",
            " WDJB MJHT ",
            "w-d-j-b-m-j-h-t",
            "wdjb\u{2d}mjht.",
        ] {
            assert_eq!(typed.parse(), Ok(code.clone()), "{typed}");
        }
        for wrong in [
            "",
            "WDJB-MJH",
            "WDJB-MJHTT",
            "WDJB-MJHA",
            "WDJB-MJH1",
            "WDJB–MJHT",
        ] {
            assert_eq!(wrong.parse::<UserCode>(), Err(NoUserCode), "{wrong}");
        }
        assert_eq!(format!("{code:?}"), "UserCode(…)");
    }

    proptest! {
        #[test]
        fn every_code_that_is_made_can_be_typed(bytes: [u8; 8]) {
            let code = UserCode::from_random(bytes);
            prop_assert_eq!(code.shown().parse::<UserCode>(), Ok(code.clone()));
            prop_assert_eq!(code.as_str().to_lowercase().parse::<UserCode>(), Ok(code));
        }
    }
}
