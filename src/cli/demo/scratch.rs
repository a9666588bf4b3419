//! A folder that goes when the demonstration does.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use crate::cli::Failure;
use crate::random::Random;

/// A new folder among the machine's temporary files, for this user alone.
#[derive(Debug)]
pub(super) struct Scratch(PathBuf);

impl Scratch {
    pub(super) fn create() -> Result<Self, Failure> {
        let name = u64::from_be_bytes(Random::system().bytes());
        let path = std::env::temp_dir().join(format!("sluis-demo-{name:016x}"));
        DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(|error| {
                Failure::new(format!("{} cannot be made: {error}", path.display()))
                    .remedy("set TMPDIR to a folder that you may write to")
            })?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Where the mail to the sample people goes.
    pub(super) fn mail(&self) -> PathBuf {
        self.0.join("mail")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // It holds made-up people: what cannot be removed harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
