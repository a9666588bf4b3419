//! Recovery codes: each stands in once for a second factor that was lost.

use zeroize::Zeroizing;

use super::master::MasterKey;
use crate::domain::id::AccountId;
use crate::random::Random;

/// How many are made at once.
pub const COUNT: usize = 10;
/// Sixty bits of chance, in groups of four.
const LETTERS: usize = 12;
/// Without `i`, `l`, `o` and `u`, which are misread (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// One code, without its hyphens.
pub struct RecoveryCode(Zeroizing<String>);

never_print!(RecoveryCode);

impl RecoveryCode {
    /// A new one.
    #[must_use]
    pub fn generate(random: &Random) -> Self {
        let bytes: Zeroizing<[u8; LETTERS]> = Zeroizing::new(random.bytes());
        let mut text = Zeroizing::new(String::with_capacity(LETTERS));
        for byte in bytes.iter() {
            text.push(char::from(ALPHABET[usize::from(byte % 32)]));
        }
        Self(text)
    }

    /// Reads what was typed: case, spaces and hyphens do not count, and what
    /// looks alike is taken as what was meant.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let mut text = Zeroizing::new(String::with_capacity(LETTERS));
        for letter in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let letter = match letter.to_ascii_lowercase() {
                'o' => '0',
                'i' | 'l' => '1',
                other => other,
            };
            if text.len() == LETTERS || !letter.is_ascii() || !ALPHABET.contains(&(letter as u8)) {
                return None;
            }
            text.push(letter);
        }
        (text.len() == LETTERS).then_some(Self(text))
    }

    /// For the page that shows it once.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!(
            "{}-{}-{}",
            &self.0[..4],
            &self.0[4..8],
            &self.0[8..]
        ))
    }

    /// What the store keeps: keyed, so that who has the database alone cannot
    /// even try.
    #[must_use]
    pub fn hash(&self, master: &MasterKey, account: AccountId) -> [u8; 32] {
        let mut message = Zeroizing::new(account.as_uuid().as_bytes().to_vec());
        message.extend_from_slice(self.0.as_bytes());
        master.recovery_codes().tag(&message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_as_people_type_it() {
        let code = RecoveryCode::generate(&Random::seeded(7));
        let text = code.to_text();
        for typed in [
            text.to_uppercase(),
            text.replace('-', " "),
            text.replace('0', "O").replace('1', "l"),
            format!("  {} ", text.replace('-', "")),
        ] {
            let read = RecoveryCode::parse(&typed).expect("it reads");
            assert_eq!(*read.0, *code.0);
        }
        for wrong in [
            "",
            "abcd",
            "abcd-efgh-jkm",
            "abcd-efgh-jkmnp",
            "abcd-efgh-jkmü",
        ] {
            assert!(RecoveryCode::parse(wrong).is_none(), "{wrong}");
        }
        assert_eq!(format!("{code:?}"), "RecoveryCode(…)");
    }
}
