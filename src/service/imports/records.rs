//! The records of another provider, as they are kept: some at a time, sealed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{open_head, turn};
use crate::app::App;
use crate::crypto::seal::Sealed;
use crate::crypto::vault;
use crate::domain::export::{ExportedGrant, Member, Moment};
use crate::domain::id::ImportId;
use crate::domain::import::{Archive, ImportHead, ImportSummary, Load};
use crate::service::Fault;
use crate::service::exports::Owner;
use crate::service::sessions::SignedIn;
use crate::store::imports::{KeptRow, PieceRow};
use crate::store::{Connection, imports};

/// How many bytes of records are about one piece.
const PIECE: usize = 128 * 1024;

/// Some records of one kind.
#[derive(Serialize, Deserialize)]
pub(in crate::service) struct Piece {
    /// Of which of the archives of an import.
    archive: usize,
    member: Member,
    /// As the document has them.
    pub(in crate::service) items: Vec<Value>,
}

impl Piece {
    /// Whether it is of this archive, and of this kind.
    pub(in crate::service) fn is_of(&self, archive: usize, member: Member) -> bool {
        (self.archive, self.member) == (archive, member)
    }
}

/// What came along, as lists tell it.
#[derive(Clone, Debug)]
pub struct ListedImport {
    /// Which.
    pub id: ImportId,
    /// When.
    pub kept_at: Moment,
    /// The least that is to be said of it.
    pub summary: ImportSummary,
}

/// What came along, taken over.
pub struct KeptImport {
    /// Which.
    pub id: ImportId,
    /// When.
    pub kept_at: Moment,
    /// What it says of itself.
    pub head: ImportHead,
}

/// The records of some archives in pieces, in the order of the document, and how
/// many bytes of them are no reads.
pub(super) fn pieces_of(archives: &[Archive]) -> Result<(Vec<Vec<u8>>, usize), Fault> {
    let (mut pieces, mut bytes) = (Vec::new(), 0);
    for (index, archive) in archives.iter().enumerate() {
        bytes += divide(&mut pieces, index, Member::Grants, &archive.grants)?;
        divide(&mut pieces, index, Member::Reads, &archive.reads)?;
        bytes += divide(&mut pieces, index, Member::Duties, &archive.duties)?;
        bytes += divide(&mut pieces, index, Member::Requests, &archive.requests)?;
    }
    Ok((pieces, bytes))
}

/// Says how many bytes there are.
fn divide<T: Serialize>(
    pieces: &mut Vec<Vec<u8>>,
    archive: usize,
    member: Member,
    all: &[T],
) -> Result<usize, Fault> {
    let unwritable = |_| Fault::Inconsistent("a record of an import cannot be written");
    let (mut items, mut size, mut bytes) = (Vec::new(), 0, 0);
    for (at, one) in all.iter().enumerate() {
        let item = serde_json::to_value(one).map_err(unwritable)?;
        size += serde_json::to_vec(&item).map_err(unwritable)?.len();
        items.push(item);
        if size >= PIECE || at + 1 == all.len() {
            let piece = Piece {
                archive,
                member,
                items: std::mem::take(&mut items),
            };
            pieces.push(serde_json::to_vec(&piece).map_err(unwritable)?);
            bytes += size;
            size = 0;
        }
    }
    Ok(bytes)
}

pub(super) fn seal_pieces(
    app: &App,
    owner: &Owner,
    id: ImportId,
    pieces: Vec<Vec<u8>>,
) -> Vec<PieceRow> {
    let seal = |(seq, piece): (i64, Vec<u8>)| PieceRow {
        seq,
        piece_sealed: vault::seal_import_piece(
            &owner.vault_key,
            owner.account_id,
            id,
            seq,
            &piece,
            app.random(),
        )
        .into_bytes(),
    };
    (1..).zip(pieces).map(seal).collect()
}

pub(super) fn seal_head(app: &App, owner: &Owner, id: ImportId, head: &ImportHead) -> Vec<u8> {
    let (key, account, bytes) = (&owner.vault_key, owner.account_id, head.to_bytes());
    vault::seal_import(key, account, id, &bytes, app.random()).into_bytes()
}

pub(super) fn seal_summary(
    app: &App,
    owner: &Owner,
    id: ImportId,
    summary: &ImportSummary,
) -> Vec<u8> {
    let (key, account, bytes) = (&owner.vault_key, owner.account_id, summary.to_bytes());
    vault::seal_import_summary(key, account, id, &bytes, app.random()).into_bytes()
}

/// What came along to an account, the oldest first. No more of it is opened than
/// a list needs, for what it says of itself may be large.
pub(in crate::service) async fn kept(
    from: &mut Connection,
    owner: &Owner,
) -> Result<Vec<ListedImport>, Fault> {
    let mut all = Vec::new();
    for row in imports::kept(from, owner.account_id).await? {
        all.push(ListedImport {
            id: row.id,
            kept_at: Moment(row.kept_at),
            summary: summary_of(from, owner, row).await?,
        });
    }
    Ok(all)
}

async fn summary_of(
    from: &mut Connection,
    owner: &Owner,
    row: KeptRow,
) -> Result<ImportSummary, Fault> {
    let unreadable = Fault::Inconsistent("the summary of an import does not read");
    let Some(sealed) = row.summary_sealed else {
        // An older edition took it in.
        let kept = open_kept(from, owner, row.id).await?;
        return kept.map(|kept| kept.head.summary(None)).ok_or(unreadable);
    };
    let (key, account) = (&owner.vault_key, owner.account_id);
    let sealed = Sealed::from_bytes(sealed);
    let bytes = vault::open_import_summary(key, account, row.id, &sealed)?;
    ImportSummary::from_bytes(&bytes).ok_or(unreadable)
}

/// What all that came along takes of the next document.
pub(in crate::service) async fn load_of(
    from: &mut Connection,
    owner: &Owner,
    kept: &[ListedImport],
) -> Result<Load, Fault> {
    let mut all = Load::default();
    for one in kept {
        let load = match one.summary.load {
            Some(load) => load,
            // An older edition took it in, and did not count.
            None => match open_kept(from, owner, one.id).await? {
                Some(kept) => kept.head.load(bytes_of(from, owner, one.id).await?),
                None => Load::default(),
            },
        };
        all = all.plus(load);
    }
    Ok(all)
}

/// How many bytes the records of an import take that are no reads. All of it is opened.
async fn bytes_of(from: &mut Connection, owner: &Owner, id: ImportId) -> Result<usize, Fault> {
    let (mut bytes, mut after) = (0, 0);
    while let Some((seq, piece)) = piece_after(from, owner, id, after).await? {
        after = seq;
        if piece.member != Member::Reads {
            let items = serde_json::to_vec(&piece.items)
                .map_err(|_| Fault::Inconsistent("a record of an import cannot be written"))?;
            bytes += items.len();
        }
    }
    Ok(bytes)
}

/// What came along under this id, if it was taken over.
pub(in crate::service) async fn open_kept(
    from: &mut Connection,
    owner: &Owner,
    id: ImportId,
) -> Result<Option<KeptImport>, Fault> {
    let Some(row) = imports::find(from, owner.account_id, id).await? else {
        return Ok(None);
    };
    let Some(kept_at) = row.kept_at else {
        return Ok(None);
    };
    Ok(Some(KeptImport {
        id,
        kept_at: Moment(kept_at),
        head: open_head(owner, &row)?,
    }))
}

/// The piece that comes after one, and its number.
pub(in crate::service) async fn piece_after(
    from: &mut Connection,
    owner: &Owner,
    id: ImportId,
    after: i64,
) -> Result<Option<(i64, Piece)>, Fault> {
    let some = imports::pieces(from, owner.account_id, id, after, 1).await?;
    let Some(row) = some.into_iter().next() else {
        return Ok(None);
    };
    let sealed = Sealed::from_bytes(row.piece_sealed);
    let (key, account) = (&owner.vault_key, owner.account_id);
    let bytes = vault::open_import_piece(key, account, id, row.seq, &sealed)?;
    let piece = serde_json::from_slice(&bytes)
        .map_err(|_| Fault::Inconsistent("a record of an import does not read"))?;
    Ok(Some((row.seq, piece)))
}

/// The agreements of each archive of an import, at most so many of each. A piece
/// is opened once, and none behind the last agreement that is wanted.
pub async fn grants_of(
    app: &App,
    signed_in: &SignedIn,
    kept: &KeptImport,
    most: usize,
) -> Result<Vec<Vec<ExportedGrant>>, Fault> {
    let archives = kept.head.archives.iter();
    let wanted: Vec<usize> = archives.map(|one| one.counts.grants.min(most)).collect();
    let mut found: Vec<Vec<ExportedGrant>> = wanted.iter().map(|_| Vec::new()).collect();
    let _turn = turn().await?;
    let owner = signed_in.owner();
    let mut connection = app.store().read().await?;
    let mut after = 0;
    while found.iter().zip(&wanted).any(|(of, most)| of.len() < *most) {
        let Some((seq, piece)) = piece_after(&mut connection, &owner, kept.id, after).await? else {
            break;
        };
        after = seq;
        let of = found.get_mut(piece.archive).zip(wanted.get(piece.archive));
        let Some((of, most)) = of.filter(|_| piece.member == Member::Grants) else {
            continue;
        };
        let room = most - of.len();
        for item in piece.items.into_iter().take(room) {
            let grant = serde_json::from_value(item)
                .map_err(|_| Fault::Inconsistent("a record of an import does not read"))?;
            of.push(grant);
        }
    }
    Ok(found)
}

/// Throws away what came along: it is the owner's, and nobody else has to know.
pub async fn remove(app: &App, signed_in: &SignedIn, id: ImportId) -> Result<bool, Fault> {
    let (account_id, session) = (signed_in.account.id, signed_in.session(app));
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                session.hold(tx).await?;
                Ok(imports::remove(tx, account_id, id).await?)
            })
        })
        .await
}
