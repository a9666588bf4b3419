//! What a proof of possession must say (RFC 9449 §4.3). Whether it is signed
//! by the key that it names is for `crypto::dpop` to tell.

use std::time::Duration;

use percent_encoding::percent_decode_str;
use url::Url;

use super::time::Timestamp;

/// How old a proof may be that nothing else dates.
const MAX_AGE: Duration = Duration::from_secs(60);
/// How old a proof may be that holds a nonce of ours: the clocks of devices
/// are off by minutes, and the nonce says better when it was made.
const MAX_AGE_WITH_NONCE: Duration = Duration::from_mins(5);
/// How far ahead the clock of a client may be.
const MAX_AHEAD: Duration = Duration::from_secs(30);
/// For how long a proof is remembered: longer than anybody accepts it.
pub const REMEMBERED: Duration = Duration::from_mins(6);
/// The longest `jti` that is looked at.
pub const MAX_JTI: usize = 256;

/// The request that a proof has to be for.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// Its method.
    pub method: &'a str,
    /// Its URL as the issuer publishes it.
    pub url: &'a str,
    /// When it came.
    pub now: Timestamp,
}

/// What a proof says of its request.
#[derive(Clone, Copy, Debug)]
pub struct Statement<'a> {
    /// `htm`.
    pub method: &'a str,
    /// `htu`.
    pub url: &'a str,
    /// `iat`.
    pub issued_at: Timestamp,
    /// Whether it holds a nonce that was found to be ours.
    pub has_nonce: bool,
}

impl Statement<'_> {
    /// Says in plain words what does not fit, if anything does not.
    pub fn fits(&self, occasion: &Occasion<'_>) -> Result<(), &'static str> {
        if self.method != occasion.method {
            return Err("htm is not the method of this request");
        }
        if !same_target(self.url, occasion.url) {
            return Err("htu is not the URL of this endpoint");
        }
        let max_age = if self.has_nonce {
            MAX_AGE_WITH_NONCE
        } else {
            MAX_AGE
        };
        if occasion.now.since(self.issued_at) > max_age {
            return Err("iat is too long ago");
        }
        if self.issued_at.since(occasion.now) > MAX_AHEAD {
            return Err("iat is in the future");
        }
        Ok(())
    }
}

/// Whether two URLs name one target: without query and fragment, after the
/// normalisation by syntax and scheme of RFC 3986 §6.2.2 and §6.2.3, as
/// RFC 9449 §4.3 advises.
fn same_target(one: &str, other: &str) -> bool {
    match (target(one), target(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

fn target(text: &str) -> Option<(String, Vec<Vec<u8>>)> {
    let url = Url::parse(text).ok()?;
    let plain = url.username().is_empty() && url.password().is_none();
    let segments = url
        .path_segments()?
        .map(|segment| percent_decode_str(segment).collect())
        .collect();
    (plain && url.has_host()).then(|| (url.origin().ascii_serialization(), segments))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "https://id.example/token";

    #[test]
    fn a_target_has_many_spellings_and_no_others() {
        for same in [
            OURS,
            "HTTPS://ID.example/token",
            "https://id.example:443/token",
            "https://id.example/token?x=y",
            "https://id.example/token#z",
            "https://id.example/./token",
            "https://id.example/a/../token",
            "https://id.example/%74oken",
        ] {
            assert!(same_target(same, OURS), "{same}");
        }
        for other in [
            "",
            "/token",
            "token",
            "http://id.example/token",
            "https://id.example:8443/token",
            "https://id.example/token/",
            "https://id.example/Token",
            "https://id.example/tok%2Fen",
            "https://id.example/",
            "https://id.example.evil.example/token",
            "https://me@id.example/token",
            "https://id.example@evil.example/token",
            "https://evil.example/https://id.example/token",
            "data:,https://id.example/token",
        ] {
            assert!(!same_target(other, OURS), "{other}");
        }
    }

    fn fits(method: &str, issued_at: i64, has_nonce: bool) -> bool {
        let statement = Statement {
            method,
            url: OURS,
            issued_at: Timestamp::from_seconds(issued_at),
            has_nonce,
        };
        let occasion = Occasion {
            method: "POST",
            url: OURS,
            now: Timestamp::from_seconds(1_000),
        };
        statement.fits(&occasion).is_ok()
    }

    #[test]
    fn a_proof_is_for_one_method_and_one_moment() {
        assert!(fits("POST", 1_000, false));
        for method in ["GET", "post", "", "POST "] {
            assert!(!fits(method, 1_000, false), "{method}");
        }
        for (issued_at, without, with) in [
            (940, true, true),
            (939, false, true),
            (700, false, true),
            (699, false, false),
            (1_030, true, true),
            (1_031, false, false),
            (i64::MIN, false, false),
            (i64::MAX, false, false),
        ] {
            assert_eq!(fits("POST", issued_at, false), without, "{issued_at}");
            assert_eq!(fits("POST", issued_at, true), with, "{issued_at}");
        }
    }

    #[test]
    fn a_proof_is_remembered_for_as_long_as_it_is_accepted() {
        assert!(REMEMBERED > MAX_AGE_WITH_NONCE + MAX_AHEAD);
    }
}
