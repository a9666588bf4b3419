//! Reports on mail that came back: what is read is within its limits, and nobody who
//! writes one can make it one about a mail of ours.

use std::sync::LazyLock;

use sluis::crypto::master::MasterKey;
use sluis::crypto::postmark::Postmark;
use sluis::domain::attribute::Email;
use sluis::domain::bounce::{Bounce, LARGEST, Verdict};
use sluis::random::Random;

static MASTER: LazyLock<MasterKey> = LazyLock::new(|| MasterKey::generate(&Random::system()));

pub(super) fn judge(input: &str) -> bool {
    let bounce = match Bounce::read(input.as_bytes()) {
        Ok(bounce) => bounce,
        Err(bad) => {
            assert!(!bad.to_string().is_empty());
            return false;
        }
    };
    assert!(input.len() <= LARGEST);
    assert!(bounce.addresses.len() <= 64);
    let mark = Postmark::read(&bounce.message_id);
    for address in &bounce.addresses {
        assert!(Email::parse(address.as_str()).as_ref() == Ok(address));
        assert!(mark.is_none_or(|mark| !mark.is_of(&MASTER, address)));
    }
    if let Some(status) = bounce.status {
        assert!(sluis::domain::bounce::Status::read(&status.to_string()) == Some(status));
        let moot = status.is_unspecific() || status.is_nobody_there();
        assert!(moot || bounce.verdict == Verdict::NotToBlame);
    }
    true
}
