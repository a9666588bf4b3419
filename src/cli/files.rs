//! The files that commands read.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use serde_json::Value;

use super::Failure;

/// The largest file that is read: far beyond any document, and far below what
/// would fill the memory.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// Reads a file of text.
pub(super) fn read_text(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_string(&mut text));
    match read {
        Ok(length) if length as u64 <= MAX_BYTES => Ok(text),
        Ok(_) => Err(refuse(path, "has more than 16 MiB")),
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            Err(refuse(path, "is not text in UTF-8"))
        }
        Err(error) => Err(
            Failure::new(format!("{} cannot be read: {error}", path.display()))
                .remedy("name a file that exists and that you may read"),
        ),
    }
}

/// Reads a file of JSON.
pub(super) fn read_json(path: &Path) -> Result<Value, Failure> {
    serde_json::from_str(&read_text(path)?)
        .map_err(|error| refuse(path, &format!("is not JSON: {error}")))
}

/// A failure about what is in a file.
pub(super) fn refuse(path: &Path, what: &str) -> Failure {
    Failure::new(format!("{} {what}", path.display()))
}

/// A failure about several things in a file, a line each.
pub(super) fn refuse_all(
    path: &Path,
    what: &str,
    problems: impl IntoIterator<Item = impl std::fmt::Display>,
) -> Failure {
    let list: String = problems
        .into_iter()
        .map(|problem| format!("\n  {problem}"))
        .collect();
    refuse(path, &format!("{what}{list}"))
}
