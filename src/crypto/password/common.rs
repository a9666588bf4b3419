//! The passwords that everybody tries first.
//!
//! ASVS 5.0 §6.2.4 and NIST SP 800-63B §3.1.1.2 want what is chosen held against the
//! most common ones. `common.txt` has those of at least eight characters of the list
//! that Django ships (by Royce Williams, of what leaked), and some that Dutch people
//! choose; sorted, in lower case. It is part of the program and searched where it lies:
//! nothing of it is in memory before somebody chooses a password.

use std::cmp::Ordering;

const LIST: &str = include_str!("common.txt");

/// Whether a password, in lower case, is one of them.
pub(super) fn is_common(folded: &str) -> bool {
    let (list, word) = (LIST.as_bytes(), folded.as_bytes());
    let is_break = |byte: &u8| *byte == b'\n';
    // Both are the beginnings of lines, or the end.
    let (mut low, mut high) = (0, list.len());
    while low < high {
        let middle = low.midpoint(high);
        let start = list[..middle].iter().rposition(is_break);
        let start = start.map_or(0, |at| at + 1);
        let length = list[start..].iter().position(is_break);
        let end = length.map_or(list.len(), |length| start + length);
        match list[start..end].cmp(word) {
            Ordering::Equal => return true,
            Ordering::Less => low = end + 1,
            Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_long_and_every_one_of_it_is_found() {
        let words: Vec<&str> = LIST.lines().collect();
        assert!(words.len() > 3_000, "ASVS 5.0 §6.2.4");
        assert!(words.is_sorted_by(|one, next| one < next));
        for word in words {
            assert!(word.is_ascii() && word.len() >= 8 && word == word.to_lowercase());
            assert!(is_common(word), "{word}");
            assert!(!is_common(&format!("{word}\0")));
        }
    }

    #[test]
    fn what_is_not_in_it_is_not_found() {
        for word in [
            "",
            "\n",
            "00000000\n",
            "zzzzzzzzzzzzzz",
            "!",
            "laat maar stromen",
        ] {
            assert!(!is_common(word), "{word:?}");
        }
    }
}
