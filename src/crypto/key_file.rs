//! Files that hold one key each: for their owner alone, and there whole or not
//! at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::seal::KEY_LEN;
use crate::random::Random;

/// 64 hex digits and a line end.
const FILE_LEN: usize = 2 * KEY_LEN + 1;

/// Why a file gives no key.
pub(super) enum Flaw {
    /// It is not there.
    Missing,
    /// It cannot be read.
    Unreadable(io::Error),
    /// Others than its owner may read or change it; with its permission bits.
    Exposed(u32),
    /// It holds something else.
    Malformed,
}

impl From<io::Error> for Flaw {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            _ => Self::Unreadable(error),
        }
    }
}

/// What cannot be written, and why.
pub(super) struct Unwritable {
    pub(super) path: PathBuf,
    pub(super) source: io::Error,
}

/// Reads a key.
pub(super) fn read(path: &Path) -> Result<Zeroizing<[u8; KEY_LEN]>, Flaw> {
    let file = File::open(path)?;
    // Of the open file, not of the path: nobody can swap it in between.
    let metadata = file.metadata().map_err(Flaw::Unreadable)?;
    let mode = metadata.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(Flaw::Exposed(mode));
    }
    let mut text = Zeroizing::new(Vec::with_capacity(FILE_LEN + 1));
    file.take(FILE_LEN as u64 + 1)
        .read_to_end(&mut text)
        .map_err(Flaw::Unreadable)?;
    decode(&text).ok_or(Flaw::Malformed)
}

/// Writes a new key beside its place, makes it durable, and only then links it
/// in: the file is never there in part, and an existing one is never replaced.
/// Says whether it is this one that is there.
pub(super) fn create(dir: &Path, name: &str, random: &Random) -> Result<bool, Unwritable> {
    let unwritable = |path: &Path| {
        let path = path.to_owned();
        move |source| Unwritable { path, source }
    };
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(unwritable(dir))?;
    let suffix = u64::from_be_bytes(random.bytes());
    let draft = dir.join(format!("{name}.{suffix:016x}"));
    let path = dir.join(name);
    let text = encode(&Zeroizing::new(random.bytes()));
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .map_err(unwritable(&draft));
    let linked = written.and_then(|()| match fs::hard_link(&draft, &path) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        other => other.map(|()| true).map_err(unwritable(&path)),
    });
    // Whatever happened, leave no second copy of a key behind.
    let made = match fs::remove_file(&draft) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => linked.and(Err(unwritable(&draft)(e))),
        _ => linked,
    }?;
    sync(dir).map_err(unwritable(dir))?;
    Ok(made)
}

/// Takes a key out of the world, as far as a file system lets one: its bytes are
/// written over before the name goes. Says whether it was there.
pub(super) fn destroy(path: &Path) -> Result<bool, Unwritable> {
    let unwritable = |source| Unwritable {
        path: path.to_owned(),
        source,
    };
    let mut file = match OpenOptions::new().write(true).open(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(false),
        opened => opened.map_err(unwritable)?,
    };
    file.rewind()
        .and_then(|()| file.write_all(&[b'0'; FILE_LEN]))
        .and_then(|()| file.sync_all())
        .map_err(unwritable)?;
    match fs::remove_file(path) {
        // Another node, in the same folder.
        Err(e) if e.kind() == io::ErrorKind::NotFound => {}
        removed => removed.map_err(unwritable)?,
    }
    path.parent().map_or(Ok(()), sync).map_err(unwritable)?;
    Ok(true)
}

fn sync(dir: &Path) -> io::Result<()> {
    File::open(dir).and_then(|folder| folder.sync_all())
}

fn encode(key: &[u8; KEY_LEN]) -> Zeroizing<String> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = Zeroizing::new(String::with_capacity(FILE_LEN));
    for byte in key {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text.push('\n');
    text
}

fn decode(text: &[u8]) -> Option<Zeroizing<[u8; KEY_LEN]>> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let digits = text.strip_suffix(b"\n")?;
    if digits.len() != 2 * KEY_LEN {
        return None;
    }
    let mut key = Zeroizing::new([0; KEY_LEN]);
    for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = value(pair[0])? << 4 | value(pair[1])?;
    }
    Some(key)
}
