//! A folder that gets a file for each mail.

use std::io;
use std::path::PathBuf;

use tokio::fs::{DirBuilder, OpenOptions, rename};
use tokio::io::AsyncWriteExt as _;

use super::Unsent;
use crate::domain::id::MessageId;

/// A folder, made when it is first needed. It is for its owner alone: mail
/// holds addresses.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) const fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// Keeps a mail. One that comes again takes the place of the first.
    pub(super) async fn keep(&self, id: MessageId, mail: Vec<u8>) -> Result<(), Unsent> {
        let kept = self.try_to_keep(id, &mail).await;
        kept.map_err(|error| Unsent::Away(format!("the folder takes no file ({error})")))
    }

    async fn try_to_keep(&self, id: MessageId, mail: &[u8]) -> io::Result<()> {
        let mut folders = DirBuilder::new();
        folders.recursive(true).mode(0o700);
        folders.create(&self.0).await?;
        // Under its name it is there whole, or not at all.
        let unfinished = self.0.join(format!(".{id}.unfinished"));
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&unfinished).await?;
        file.write_all(mail).await?;
        file.sync_all().await?;
        rename(unfinished, self.0.join(format!("{id}.eml"))).await
    }
}
