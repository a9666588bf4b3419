//! The fuzzer: libFuzzer makes inputs, one of the judges looks at each.

// `main` is libFuzzer's.
#![no_main]

mod judges;

use std::sync::OnceLock;

use judges::{ALL, Judge};

static JUDGE: OnceLock<Judge> = OnceLock::new();

#[expect(
    clippy::disallowed_methods,
    reason = "libFuzzer owns the command line, and this is not Sluis"
)]
fn chosen() -> Judge {
    let name = std::env::var("JUDGE").unwrap_or_default();
    ALL.iter()
        .find(|(known, _)| *known == name)
        .map(|(_, judge)| *judge)
        .expect("JUDGE names one of tests/fuzz/corpus")
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    JUDGE.get_or_init(chosen)(text);
});
