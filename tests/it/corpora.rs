//! The judges of the fuzzer (`tests/fuzz`) on its corpora, and on what comes
//! of them when something is changed: a short look at each run of the tests,
//! where the fuzzer takes minutes.

use std::path::PathBuf;

use sluis::random::Random;

#[path = "../fuzz/judges/mod.rs"]
mod judges;

use judges::{ALL, Judge};

/// So many changed copies of each input are looked at.
const COPIES: u64 = 24;

fn corpus(name: &str) -> Vec<(PathBuf, String)> {
    let top = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = top.join("tests/fuzz/corpus").join(name);
    let mut files: Vec<PathBuf> = folder
        .read_dir()
        .expect("a folder for each judge")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("text");
            (path, text)
        })
        .collect()
}

#[test]
fn every_judge_accepts_and_refuses_what_it_should() {
    for (name, judge) in ALL {
        let verdicts: Vec<bool> = corpus(name).iter().map(|(_, text)| judge(text)).collect();
        assert!(verdicts.contains(&true), "{name} accepts nothing");
        assert!(verdicts.contains(&false), "{name} refuses nothing");
    }
}

#[test]
fn nothing_that_is_changed_in_an_input_upsets_a_judge() {
    for (name, judge) in ALL {
        for (path, text) in corpus(name) {
            for seed in 0..COPIES {
                let changed = changed(&text, &Random::seeded(seed));
                hold(judge, &changed, &path);
            }
        }
    }
}

/// Says which input it was, if the judge panics.
fn hold(judge: Judge, text: &str, path: &std::path::Path) {
    let held = std::panic::catch_unwind(|| judge(text));
    assert!(held.is_ok(), "{}, changed to {text:?}", path.display());
}

/// The text with a piece of it left out, doubled, or replaced.
fn changed(text: &str, random: &Random) -> String {
    let [how, with, one @ .., _, _] = random.bytes::<6>();
    let other = random.bytes::<2>();
    let place = |bytes: [u8; 2]| {
        let at = usize::from(u16::from_le_bytes(bytes)) % (text.len() + 1);
        let boundary = |at: &usize| text.is_char_boundary(*at);
        (0..=at).rev().find(boundary).unwrap_or_default()
    };
    let (one, other) = (place(one), place(other));
    let (start, end) = (one.min(other), one.max(other));
    let (before, piece, after) = (&text[..start], &text[start..end], &text[end..]);
    let with = char::from(with % 128);
    match how % 4 {
        0 => format!("{before}{after}"),
        1 => format!("{before}{piece}{piece}{after}"),
        2 => format!("{before}{with}{piece}{after}"),
        _ => {
            let mut rest = after.chars();
            rest.next();
            format!("{before}{piece}{with}{}", rest.as_str())
        }
    }
}
