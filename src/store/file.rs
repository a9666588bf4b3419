//! The file of an SQLite database: whether it is still the one that was
//! opened. A handle on a file that was moved away goes on working, and what
//! is written through it is lost with it.

use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use super::{Connection, StoreError, instance};

/// Where an SQLite database is, and which file that was.
#[derive(Clone, Debug)]
pub(super) struct DatabaseFile(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    url: String,
    path: PathBuf,
    /// Inode when it was opened; 0 before.
    inode: AtomicU64,
    /// Which instance it holds, by the check of its master key.
    instance: OnceLock<Vec<u8>>,
}

impl DatabaseFile {
    /// Finds the file that `url` (`sqlite://path`) means, and makes it if it
    /// is not there and `create` says so.
    pub(super) fn at(url: &str, create: bool) -> Result<Self, StoreError> {
        let path = url
            .strip_prefix("sqlite://")
            .or_else(|| url.strip_prefix("sqlite:"))
            .unwrap_or(url);
        let path = PathBuf::from(path.split('?').next().unwrap_or(path));
        let refuse = |why: String| StoreError::File {
            path: path.display().to_string(),
            why,
        };
        if create {
            // SQLite gives the files beside it the same mode.
            std::fs::OpenOptions::new()
                .create(true)
                .append(true)
                // What is in it is sealed, and still nobody else's business.
                .mode(0o600)
                .open(&path)
                .map_err(|error| refuse(error.to_string()))?;
        } else if !path.is_file() {
            return Err(refuse(
                "it does not exist; `sluis migrate` makes it".to_owned(),
            ));
        }
        let whole = std::path::absolute(&path).map_err(|error| refuse(error.to_string()))?;
        // sqlx reads the path as part of a URL.
        let mut escaped = whole.display().to_string().replace('%', "%25");
        for (letter, code) in [("?", "%3F"), ("#", "%23"), ("\\", "%5C")] {
            escaped = escaped.replace(letter, code);
        }
        let url = format!("sqlite://{escaped}?mode=rw");
        Ok(Self(Arc::new(Inner {
            url,
            path,
            inode: AtomicU64::new(0),
            instance: OnceLock::new(),
        })))
    }

    /// The URL for sqlx; never creates a file.
    pub(super) fn url(&self) -> &str {
        &self.0.url
    }

    pub(super) fn path(&self) -> &Path {
        &self.0.path
    }

    /// Takes the file that is there now as the one that was opened.
    pub(super) fn remember(&self) {
        let found = inode(&self.0.path).unwrap_or(0);
        self.0.inode.store(found, Ordering::Release);
    }

    /// Takes the instance that it holds as the one to be found there again.
    pub(super) fn remember_instance(&self, master_check: &[u8]) {
        let _ = self.0.instance.set(master_check.to_vec());
    }

    /// Refuses a file that took the place of the one that was opened, unless it
    /// holds the same instance. A backup that was put back is welcome; another
    /// instance's database is not: what is sealed under this master key has no
    /// place there.
    pub(super) async fn check_instance(
        &self,
        connection: &mut Connection,
    ) -> Result<(), StoreError> {
        let (same, known) = (self.is_same(), self.0.instance.get());
        let Some(known) = known.filter(|_| !same) else {
            return Ok(());
        };
        match instance::master_check(connection).await {
            Ok(Some(check)) if check == *known => Ok(()),
            _ => Err(self.gone()),
        }
    }

    pub(super) fn gone(&self) -> StoreError {
        StoreError::Gone(self.0.path.display().to_string())
    }

    /// Gives the files beside it its own mode. SQLite makes them with the mode
    /// that the file has then: those of a file that could only be read would
    /// keep it from being written after that was mended.
    pub(super) fn align_companions(&self) {
        let Ok(metadata) = std::fs::metadata(&self.0.path) else {
            return;
        };
        for end in ["-wal", "-shm"] {
            let mut beside = self.0.path.clone().into_os_string();
            beside.push(end);
            let differs = std::fs::metadata(&beside)
                .is_ok_and(|found| found.permissions() != metadata.permissions());
            if differs {
                // Where they are somebody else's, the write says what is wrong.
                let _ = std::fs::set_permissions(&beside, metadata.permissions());
            }
        }
    }

    /// Whether the file is the one that was opened (one `stat`).
    pub(super) fn is_same(&self) -> bool {
        let opened = self.0.inode.load(Ordering::Acquire);
        opened == 0 || inode(&self.0.path) == Some(opened)
    }
}

fn inode(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().map(|metadata| metadata.ino())
}
