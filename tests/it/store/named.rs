//! Every function of the store is named by a test of this folder, or stands in
//! a list that only gets shorter.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Those that journeys through the front door run on both databases, and that
/// have no test of their own here: races, bounds and pages of theirs are seen by
/// nobody. Strike out what gets one; a new function is tested and not listed.
const SHOWN_BY_JOURNEYS_ALONE: &[&str] = &[
    "accounts::clear_recovered",
    "accounts::contact",
    "accounts::hold",
    "accounts::set_contact",
    "accounts::set_recovered",
    "accounts::set_verified",
    "address_changes::end",
    "address_changes::forget_past",
    "address_changes::hold",
    "address_changes::put_off",
    "address_changes::take",
    "address_letters::drop_later",
    "address_letters::waiting",
    "arrivals::forget",
    "claimants::in_turn",
    "departures::end",
    "departures::end_all",
    "duties::answer",
    "duties::due",
    "duties::find",
    "duties::letter",
    "duties::list",
    "duties::of_account",
    "duties::of_client",
    "duties::of_grant",
    "duties::overdue",
    "duties::owed",
    "duties::relieve",
    "duties::seen",
    "duties::told",
    "emptying::close_passkey",
    "emptying::forget_records",
    "emptying::rekey",
    "erasures::hold",
    "escrow::all",
    "escrow::held",
    "escrow::rewrap",
    "escrow::spend",
    "escrow::succeed",
    "escrow::wrapped",
    "factors::codes_made_at",
    "factors::delete_codes",
    "grants::known_subject",
    "grants::live_ids",
    "grants::of_client",
    "guesses::clear_failures_of",
    "guesses::take_back_failure",
    "half_sign_ins::drop_all",
    "instance::master_check",
    "known_browsers::forget_all",
    "known_browsers::forget_others",
    "logos::claim",
    "logos::due",
    "logos::forget",
    "logos::forget_old",
    "logos::keep",
    "logos::of_client",
    "logos::picture",
    "logos::settle",
    "mail_links::used",
    "outbox::recall",
    "outbox::waits",
    "passkeys::hold",
    "passkeys::of_account",
    "passkeys::rename",
    "reach::set_bounced",
    "reach::set_bounced_alike",
    "reach::set_reachable",
    "reach::set_unreachable",
    "reads::of_account",
    "receipts::weight",
    "recoveries::begun_at",
    "recoveries::find",
    "recoveries::put_off",
    "recoveries::stop",
    "recoveries::tell",
    "registrations::live_grants",
    "rights::answers",
    "rights::due",
    "rights::find",
    "rights::list",
    "rights::of_client",
    "rights::of_grant",
    "rights::overdue",
    "session_clients::of_account",
    "sessions::crowd",
    "sessions::describe",
    "sessions::goes_on",
    "sessions::hashes",
    "sessions::hold",
    "sessions::open",
    "sessions::used",
    "streams::has_grant",
    "streams::of_client",
    "streams::page",
    "streams::touch",
    "streams::verify",
    "tokens::end_access",
    "tokens::end_renewals",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in folder.read_dir().expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The files below a folder: where, and their text.
fn texts(folder: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = Vec::new();
    sources(&folder, &mut found);
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let path = path.strip_prefix(&folder).expect("below it").to_owned();
        (path, text)
    };
    found.into_iter().map(read).collect()
}

/// The functions of a file that others call, as `module::function`.
fn functions(path: &Path, text: &str) -> Vec<String> {
    let module = path.components().next().expect("a name").as_os_str();
    let module = module.to_string_lossy();
    let module = module.trim_end_matches(".rs");
    let is_part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    text.lines()
        .filter_map(|line| {
            let line = line.strip_prefix("pub ")?;
            let name = line
                .strip_prefix("async ")
                .unwrap_or(line)
                .strip_prefix("fn ")?;
            let end = name.find(|c: char| !is_part_of_name(c))?;
            Some(format!("{module}::{}", &name[..end]))
        })
        .collect()
}

fn names(text: &str, function: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(function).any(|(at, _)| {
        !text[..at].ends_with(part_of_name)
            && !text[at + function.len()..].starts_with(part_of_name)
    })
}

#[test]
fn every_function_is_tested_here_or_known_not_to_be() {
    let tests: String = texts("tests/it/store")
        .into_iter()
        .filter(|(path, _)| path != Path::new("named.rs"))
        .map(|(_, text)| text)
        .collect();
    let all: Vec<String> = texts("src/store")
        .iter()
        .filter(|(path, _)| path != Path::new("mod.rs"))
        .flat_map(|(path, text)| functions(path, text))
        .collect();
    assert!(all.len() > 200, "{} functions are few", all.len());
    let untested: BTreeSet<&str> = all
        .iter()
        .map(String::as_str)
        .filter(|function| !names(&tests, function))
        .collect();
    let known: BTreeSet<&str> = SHOWN_BY_JOURNEYS_ALONE.iter().copied().collect();
    let new: Vec<_> = untested.difference(&known).collect();
    assert!(new.is_empty(), "no test here runs {new:?}");
    let tested: Vec<_> = known.difference(&untested).collect();
    assert!(tested.is_empty(), "strike out {tested:?}");
}

#[test]
fn a_function_is_named_whole() {
    let text = "/// A.\npub async fn end(\n    x: u8,\n) {}\nfn own() {}\npub fn all() {}\n";
    let found = functions(Path::new("tokens/ending.rs"), text);
    assert_eq!(found, ["tokens::end", "tokens::all"]);
    assert!(names("x(tokens::end(tx))", "tokens::end"));
    assert!(!names("tokens::end_all(tx)", "tokens::end"));
    assert!(!names("client_tokens::end(tx)", "tokens::end"));
}
