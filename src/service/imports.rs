//! What somebody brings along from another provider: read, held against the
//! keys of that provider, shown, and taken over item by item.
//!
//! What is handed in waits sealed under the vault key until its owner has
//! looked at it. What they take over is what they state here; the records of
//! the other provider are kept beside it, to be read and taken along.

mod checks;
mod records;
mod taking;

use std::net::IpAddr;
use std::sync::LazyLock;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::app::App;
use crate::crypto::seal::Sealed;
use crate::crypto::vault;
use crate::domain::attribute::VaultContents;
use crate::domain::export::KeySet;
use crate::domain::id::{AccountId, ImportId};
use crate::domain::import::{BadImport, ImportFile, ImportHead, Item, Load, Stand, compare};
use crate::domain::receipt::Hash;
use crate::domain::time::Timestamp;
use crate::service::exports::Owner;
use crate::service::pace::Pace;
use crate::service::sessions::{OpenVault, SignedIn};
use crate::service::turns::{Turn, Turns};
use crate::service::{Fault, providers};
use crate::store::imports::{ImportRow, PieceRow};
use crate::store::{Connection, StoreError, duties, imports, receipts, rights};
pub(in crate::service) use records::kept;
pub(in crate::service) use records::load_of;
pub(in crate::service) use records::open_kept;
pub(in crate::service) use records::piece_after;
pub use records::{KeptImport, ListedImport, grants_of, remove};
use records::{pieces_of, seal_head, seal_pieces, seal_summary};
pub use taking::{TakeError, Taking, discard, take};

/// How many are read at a time: each may be large.
static TURNS: Semaphore = Semaphore::const_new(2);
/// How long one waits for that.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many files come in at a time, which may take long, and are in memory from then
/// on.
static UPLOADS: LazyLock<Turns> = LazyLock::new(|| Turns::new(8));
/// How many imports an account keeps.
const MOST_KEPT: usize = 20;
/// How long what was handed in waits to be looked at.
const WAITS: Duration = Duration::from_hours(24);
/// How many are forgotten at a time.
const AT_A_TIME: u32 = 100;

/// Why nothing is brought along.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The document cannot be read.
    #[error(transparent)]
    Bad(#[from] BadImport),
    /// There are too many already.
    #[error("an account keeps at most {MOST_KEPT} imports")]
    TooMany,
    /// With what is here already it would not fit into the document in which the
    /// account leaves.
    #[error("this and what came along before fit into no export")]
    NoRoom {
        /// Whether anything came along before.
        beside_others: bool,
    },
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

impl SignedIn {
    /// The account, and what opens its vault.
    #[must_use]
    pub fn owner(&self) -> Owner {
        Owner {
            account_id: self.account.id,
            vault_key: self.vault_key.clone(),
        }
    }
}

/// Waits for the turn of an account, in its network, to let a file come in.
pub async fn arriving(account_id: AccountId, network: Option<IpAddr>) -> Result<Turn, Fault> {
    UPLOADS.wait(account_id, network).await
}

/// Waits for one's turn at what is large, but not for long.
async fn turn() -> Result<SemaphorePermit<'static>, Fault> {
    turn_within(&mut Pace::of(PATIENCE, 1)).await
}

async fn turn_within(patience: &mut Pace) -> Result<SemaphorePermit<'static>, Fault> {
    match patience.wait(TURNS.acquire()).await {
        Ok(Ok(turn)) => Ok(turn),
        Ok(Err(_)) | Err(_) => Err(Fault::Crowded),
    }
}

/// Takes in a document, to be looked at. Nothing of what the account holds is
/// changed by it.
pub async fn begin(
    app: &App,
    signed_in: &SignedIn,
    file: Vec<u8>,
) -> Result<ImportId, ImportError> {
    take_in(app, signed_in, file, None).await
}

/// [`begin`], for a document that was fetched from a provider: it has to be its
/// own. It is handed out once, so that it waits for its turn for as long as there is
/// patience.
pub(super) async fn begin_from(
    app: &App,
    signed_in: &SignedIn,
    file: Vec<u8>,
    provider: &str,
    patience: &mut Pace,
) -> Result<ImportId, ImportError> {
    take_in(app, signed_in, file, Some((provider, patience))).await
}

async fn take_in(
    app: &App,
    signed_in: &SignedIn,
    file: Vec<u8>,
    fetched: Option<(&str, &mut Pace)>,
) -> Result<ImportId, ImportError> {
    let owner = &signed_in.owner();
    let (provider, patience) = fetched.unzip();
    let mut connection = app.store().read().await?;
    let there = kept(&mut connection, owner).await?;
    if there.len() >= MOST_KEPT {
        return Err(ImportError::TooMany);
    }
    let taken = load_of(&mut connection, owner, &there).await?;
    let taken = taken.plus(own_load(app, owner, &mut connection).await?);
    drop(connection);
    // Before it is anybody's turn: others do not wait for whoever does not answer.
    let (providers, file) = aside(move || (ImportFile::providers(&file), file)).await?;
    let keys = providers::keys_of_all(app, providers).await;
    let _turn = match patience {
        Some(patience) => turn_within(patience).await?,
        None => turn().await?,
    };
    let now = app.now();
    let (digest, file) = aside(move || (Hash::of(&file), ImportFile::read(&file, now))).await?;
    let ImportFile {
        contents,
        unusable,
        archives,
    } = file?;
    let wrote = archives.first().map(|newest| newest.provider.as_str());
    if provider.is_some() && wrote != provider {
        return Err(BadImport::NotAnExport.into());
    }
    let (archives, records) = aside(move || checks::check_all(archives, &keys)).await?;
    let head = ImportHead::new(digest, contents, unusable, archives);
    let (pieces, bytes) = aside(move || pieces_of(&records)).await??;
    if !taken.plus(head.load(bytes)).fits() {
        let beside_others = !there.is_empty();
        return Err(ImportError::NoRoom { beside_others });
    }
    let id = ImportId::new(app.random().uuid(now));
    let summary = seal_summary(app, owner, id, &head.summary(Some(bytes)));
    let row = ImportRow {
        id,
        created_at: now,
        kept_at: None,
        head_sealed: seal_head(app, owner, id, &head),
    };
    let pieces: Vec<PieceRow> = seal_pieces(app, owner, id, pieces);
    let (account_id, session) = (owner.account_id, signed_in.session(app));
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                session.hold(tx).await?;
                Ok::<_, Fault>(imports::insert(tx, account_id, (&row, summary), &pieces).await?)
            })
        })
        .await?;
    Ok(id)
}

/// What an agreement takes besides its receipts, which say most of it as well.
const OF_A_GRANT: usize = 4 * 1024;
/// What a duty or a request takes besides what was answered to it.
const OF_A_DUTY: usize = 1024;

/// What the next document has of this provider alone.
async fn own_load(app: &App, owner: &Owner, from: &mut Connection) -> Result<Load, Fault> {
    let weight = receipts::weight(from, owner.account_id).await?;
    let of_duties = duties::weight(from, owner.account_id).await?;
    let of_requests = rights::weight(from, owner.account_id).await?;
    let size = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let [duties, requests] = [of_duties, of_requests].map(|(records, _)| size(records));
    let answers = size(of_duties.1).saturating_add(size(of_requests.1));
    let besides = OF_A_GRANT * weight.grants + OF_A_DUTY * (duties + requests);
    let keys = app.keys().await?;
    let keys: KeySet = serde_json::from_str(keys.jwks_json())
        .map_err(|_| Fault::Inconsistent("the published keys do not read"))?;
    Ok(Load {
        grants: weight.grants,
        receipts: weight.receipts,
        duties,
        requests,
        bytes: weight.bytes.saturating_add(answers).saturating_add(besides),
        keys: keys.count(),
        ..Load::default()
    })
}

/// Computes something long, apart from what others wait for.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Fault::Inconsistent("an import could not be read"))
}

/// An import that waits for its owner, beside what the account has.
pub struct Waiting {
    /// Which.
    pub id: ImportId,
    /// What it says of itself.
    pub head: ImportHead,
    /// What its owner stated elsewhere.
    pub contents: VaultContents,
    /// Each item, and how it stands beside what the account has.
    pub items: Vec<(Item, Stand)>,
    /// Until when taking anything over closes what is closed to minors, where
    /// that is not so already.
    pub closes_until: Option<Timestamp>,
    /// Whether the same document was taken over before.
    pub is_kept: bool,
}

/// The import that waits under this id; `None` when there is none any more.
pub async fn waiting(
    app: &App,
    signed_in: &SignedIn,
    vault: &OpenVault,
    id: ImportId,
) -> Result<Option<Waiting>, Fault> {
    let owner = signed_in.owner();
    let mut connection = app.store().read().await?;
    let row = imports::find(&mut connection, owner.account_id, id).await?;
    let kept = kept(&mut connection, &owner).await?;
    drop(connection);
    let Some(row) = row.filter(|row| waits(row, app.now())) else {
        return Ok(None);
    };
    let head = open_head(&owner, &row)?;
    let Some(contents) = head.contents() else {
        return Ok(None);
    };
    let (own, now) = (&vault.contents, app.now());
    Ok(Some(Waiting {
        id,
        items: compare(own, &contents, now),
        closes_until: taking::closes(own, &contents, now)
            .filter(|until| Some(*until) > own.minor_until(now)),
        is_kept: kept.iter().any(|one| one.summary.digest == head.digest),
        contents,
        head,
    }))
}

fn waits(row: &ImportRow, now: Timestamp) -> bool {
    row.kept_at.is_none() && now.since(row.created_at) < WAITS
}

fn open_head(owner: &Owner, row: &ImportRow) -> Result<ImportHead, Fault> {
    let sealed = Sealed::from_bytes(row.head_sealed.clone());
    let bytes = vault::open_import(&owner.vault_key, owner.account_id, row.id, &sealed)?;
    ImportHead::from_bytes(&bytes).ok_or(Fault::Inconsistent("an import does not read"))
}

/// What came along to an account, the oldest first.
pub async fn of_account(app: &App, signed_in: &SignedIn) -> Result<Vec<ListedImport>, Fault> {
    let mut connection = app.store().read().await?;
    kept(&mut connection, &signed_in.owner()).await
}

/// One of those; `None` when there is none by this id.
pub async fn find_kept(
    app: &App,
    signed_in: &SignedIn,
    id: ImportId,
) -> Result<Option<KeptImport>, Fault> {
    let mut connection = app.store().read().await?;
    open_kept(&mut connection, &signed_in.owner(), id).await
}

/// Forgets what was handed in and never taken over; says whether there was any.
pub async fn forget_left_behind(app: &App) -> Result<bool, Fault> {
    let before = app.now().minus(WAITS);
    let mut connection = app.store().read().await?;
    let found = imports::left_behind(&mut connection, before, AT_A_TIME).await?;
    drop(connection);
    for (account_id, id) in &found {
        let (account_id, id) = (*account_id, *id);
        app.store()
            .write(move |tx| {
                Box::pin(async move { imports::remove_waiting(tx, account_id, id).await })
            })
            .await
            .map_err(|error: StoreError| Fault::from(error))?;
    }
    Ok(!found.is_empty())
}
