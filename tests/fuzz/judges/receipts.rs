//! Files of receipts, as `sluis receipt verify` reads them: as a file, or as
//! lines of JSON, each the claims of a receipt and the last those of a chain's
//! head, which are signed here. `"?"` stands for the hash of the line before.

use std::sync::LazyLock;

use serde_json::Value;
use sluis::crypto::jwt::Typ;
use sluis::crypto::signing::{Algorithm, KeySet, KeyUse, SigningKey};
use sluis::domain::receipt::Hash;
use sluis::service::receipts::{Checked, check_file};

static KEYS: LazyLock<KeySet> = LazyLock::new(keys);
static OTHER_KEYS: LazyLock<KeySet> = LazyLock::new(keys);

/// More than this is not signed: it would only be slow.
const MOST_LINES: usize = 8;

fn keys() -> KeySet {
    let key = SigningKey::generate(KeyUse::Receipt, Algorithm::Es256).expect("a key");
    KeySet::new(vec![key], &[]).expect("a set")
}

pub(super) fn judge(input: &str) -> bool {
    if !input.starts_with('{') {
        assert!(
            check_file(input, KEYS.public_keys()).is_err(),
            "nobody signed it"
        );
        return false;
    }
    let Some(lines) = signed(input) else {
        return false;
    };
    let file = lines.concat();
    let Ok(checked) = check_file(&file, KEYS.public_keys()) else {
        return false;
    };
    assert!(check_file(&file, OTHER_KEYS.public_keys()).is_err());
    let Checked::Chain(receipts) = checked else {
        assert_eq!(lines.len(), 1);
        return true;
    };
    assert_eq!(receipts.len() + 1, lines.len());
    for (number, receipt) in (1..).zip(&receipts) {
        assert_eq!(receipt.seq, number);
        assert_eq!(receipt.prev.is_none(), number == 1);
        assert_eq!(receipt.grant_id, receipts[0].grant_id);
        assert_eq!(receipt.sub, receipts[0].sub);
        assert_eq!(receipt.aud, receipts[0].aud);
    }
    check_parts(&lines, input.len());
    true
}

/// Of a chain, no part is one, in no other order; and no byte of it counts for
/// nothing.
fn check_parts(lines: &[String], seed: usize) {
    let chain = |text: &str| matches!(check_file(text, KEYS.public_keys()), Ok(Checked::Chain(_)));
    let at = seed % lines.len();
    let mut fewer = lines.to_vec();
    fewer.remove(at);
    assert!(!chain(&fewer.concat()));
    let mut swapped = lines.to_vec();
    swapped.swap(0, at);
    assert!(at == 0 || !chain(&swapped.concat()));
    let mut bytes = lines.concat().into_bytes();
    let at = seed.wrapping_mul(31) % bytes.len();
    bytes[at] ^= 1;
    assert!(!chain(&String::from_utf8_lossy(&bytes)));
}

fn signed(input: &str) -> Option<Vec<String>> {
    let texts: Vec<&str> = input.trim_end_matches('\n').split('\n').collect();
    if texts.len() > MOST_LINES {
        return None;
    }
    let mut lines: Vec<String> = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let text = match lines.last() {
            Some(before) => {
                let hash = Hash::of(before.trim_end().as_bytes());
                text.replacen("\"?\"", &format!("\"{}\"", hash.as_str()), 1)
            }
            None => (*text).to_owned(),
        };
        let claims: Value = serde_json::from_str(&text).ok()?;
        let is_head = at > 0 && at + 1 == texts.len();
        let typ = if is_head {
            Typ::ReceiptChain
        } else {
            Typ::Receipt
        };
        let jws = KEYS.sign(typ, Algorithm::Es256, &claims);
        lines.push(format!("{}\n", jws.expect("a signature")));
    }
    Some(lines)
}
