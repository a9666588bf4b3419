//! The code of a recovery kit: 144 bits of chance and a check of 16, in the
//! letters of Crockford's base 32, which leave out those that people mix up.
//!
//! ```text
//! 7K2M-9XQW-…  eight groups of four
//! ```

use aws_lc_rs::digest;
use zeroize::Zeroizing;

use super::seal::{KEY_LEN, Key};
use crate::random::Random;

const SECRET_LEN: usize = 18;
const CHECK_LEN: usize = 2;
const GROUP_LEN: usize = 4;
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Longer than any way to write one down.
const MAX_TYPED: usize = 128;

/// How many groups a code has.
pub const GROUPS: usize = (SECRET_LEN + CHECK_LEN) * 8 / 5 / GROUP_LEN;

/// The code of a recovery kit. Never prints; wiped when dropped.
pub struct KitCode(Zeroizing<[u8; SECRET_LEN]>);

never_print!(KitCode);

impl KitCode {
    /// A fresh code.
    #[must_use]
    pub fn generate(random: &Random) -> Self {
        Self(Zeroizing::new(random.bytes()))
    }

    /// Reads what someone typed: in any case, with any space and hyphens, and
    /// with the letters that look like digits. One slip is noticed.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        if typed.len() > MAX_TYPED {
            return None;
        }
        let mut bytes = Zeroizing::new([0_u8; SECRET_LEN + CHECK_LEN]);
        let mut letters = 0;
        let mut held = 0_u32;
        let mut bits = 0;
        let mut filled = 0;
        for letter in fold(typed).bytes() {
            let value = ALPHABET.iter().position(|known| *known == letter)?;
            held = (held << 5) | u32::try_from(value).ok()?;
            bits += 5;
            letters += 1;
            if bits >= 8 {
                bits -= 8;
                *bytes.get_mut(filled)? = u8::try_from((held >> bits) & 0xff).ok()?;
                filled += 1;
            }
        }
        if letters != GROUPS * GROUP_LEN {
            return None;
        }
        let mut secret = Zeroizing::new([0; SECRET_LEN]);
        secret.copy_from_slice(&bytes[..SECRET_LEN]);
        let code = Self(secret);
        (code.check() == bytes[SECRET_LEN..]).then_some(code)
    }

    /// The groups, for the page that shows them once.
    #[must_use]
    pub fn groups(&self) -> Vec<String> {
        let mut bytes = Zeroizing::new([0_u8; SECRET_LEN + CHECK_LEN]);
        bytes[..SECRET_LEN].copy_from_slice(self.0.as_ref());
        bytes[SECRET_LEN..].copy_from_slice(&self.check());
        let mut letters = Vec::with_capacity(GROUPS * GROUP_LEN);
        let mut held = 0_u32;
        let mut bits = 0;
        for byte in bytes.iter() {
            held = (held << 8) | u32::from(*byte);
            bits += 8;
            while bits >= 5 {
                bits -= 5;
                letters.push(char::from(ALPHABET[((held >> bits) & 31) as usize]));
            }
        }
        letters
            .chunks(GROUP_LEN)
            .map(|group| group.iter().collect())
            .collect()
    }

    /// Notices a slip of the pen; who knows it knows nothing of the rest that
    /// helps them.
    fn check(&self) -> [u8; CHECK_LEN] {
        let digest = digest::digest(&digest::SHA256, self.0.as_ref());
        let mut check = [0; CHECK_LEN];
        check.copy_from_slice(&digest.as_ref()[..CHECK_LEN]);
        check
    }

    /// What wraps the vault key.
    pub(super) fn wrapping_key(&self) -> Key {
        let mut secret = Zeroizing::new([0; KEY_LEN]);
        secret[..SECRET_LEN].copy_from_slice(self.0.as_ref());
        Key::derive(&secret, &[b"kit/v1/wrap"])
    }
}

/// What was typed, as the alphabet has it.
#[must_use]
pub fn fold(typed: &str) -> String {
    typed
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}'))
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_code_reads_back_however_it_is_typed(seed: u64, hyphens: bool, small: bool) {
            let code = KitCode::generate(&Random::seeded(seed));
            let text = code.groups().join(if hyphens { "-" } else { " " });
            let text = if small { text.to_lowercase().replace('0', "o").replace('1', "l") } else { text };
            let read = KitCode::parse(&text).expect("a code");
            prop_assert_eq!(read.0.as_ref(), code.0.as_ref());
        }

        #[test]
        fn one_wrong_letter_is_noticed(seed: u64, at in 0..32_usize, other in 0..32_usize) {
            let text = KitCode::generate(&Random::seeded(seed)).groups().concat();
            let mut wrong = text.clone().into_bytes();
            wrong[at] = ALPHABET[other];
            let wrong = String::from_utf8(wrong).expect("letters");
            // The check has 16 bits: a slip passes once in 65 536 times, and then opens nothing.
            if wrong != text && let Some(passed) = KitCode::parse(&wrong) {
                prop_assert_eq!(passed.groups().concat(), wrong);
            }
        }

        #[test]
        fn anything_is_read_or_refused_without_panic(text: String) {
            let _ = KitCode::parse(&text);
        }
    }

    #[test]
    fn a_code_has_eight_groups_and_one_length() {
        let code = KitCode::generate(&Random::seeded(1));
        let groups = code.groups();
        assert_eq!(groups.len(), 8);
        assert!(groups.iter().all(|group| group.len() == 4));
        let text = groups.concat();
        assert!(KitCode::parse(&text[1..]).is_none());
        assert!(KitCode::parse(&format!("{text}0")).is_none());
        assert!(KitCode::parse("").is_none());
        assert!(KitCode::parse(&"U".repeat(32)).is_none());
        assert_eq!(format!("{code:?}"), "KitCode(…)");
    }
}
