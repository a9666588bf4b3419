//! Writing, handing out and checking receipts.

use crate::app::App;
use crate::config::Issuer;
use crate::crypto::jwt::{PublicKeys, Typ, VerifyError, unverified_issuer};
use crate::crypto::signing::{Algorithm, KeySet};
use crate::domain::grant::Grant;
use crate::domain::id::{AccountId, GrantId, ReceiptId};
use crate::domain::receipt::{
    Act, BrokenChain, ChainEnd, ChainHead, Context, Hash, Receipt, check_chain,
};
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::store::{Connection, StoreError, grants, receipts};

/// The largest file of receipts that anybody may hand in. No agreement of a
/// person gets there.
pub const MAX_FILE: usize = 1024 * 1024;
/// How many lines of one are checked. Each costs a signature.
const MOST_LINES: usize = 2_000;

/// A receipt that is signed and about to be kept.
pub(super) struct Signed {
    grant_id: GrantId,
    jws: String,
    at: Timestamp,
    /// Which receipt it is.
    pub(super) id: ReceiptId,
    /// Where the chain is with it.
    pub(super) end: ChainEnd,
}

/// Writes and signs the next receipt of a grant. One ES256 signature.
pub(super) fn sign(
    app: &App,
    keys: &KeySet,
    after: Option<&ChainEnd>,
    grant: &Grant,
    act: Act,
    context: &Context<'_>,
    now: Timestamp,
) -> Result<Signed, Fault> {
    let id = ReceiptId::new(app.random().uuid(now));
    let receipt = Receipt::write(id, after, grant, act, context, now);
    let jws = keys.sign(Typ::Receipt, Algorithm::Es256, &receipt)?;
    let at = Timestamp::from_seconds(receipt.iat);
    let end = ChainEnd {
        seq: receipt.seq,
        hash: Hash::of(jws.as_bytes()),
        at,
    };
    Ok(Signed {
        grant_id: grant.id,
        jws,
        at,
        id,
        end,
    })
}

impl Signed {
    /// Keeps it.
    pub(super) async fn keep(&self, tx: &mut Connection) -> Result<(), StoreError> {
        receipts::insert(tx, self.grant_id, self.end.seq, &self.jws, self.at).await
    }
}

/// A grant's chain of receipts as a file: each compact JWS on a line of its
/// own, and a signed head as the last. `None` when the account has no such
/// grant.
pub async fn chain_file(
    app: &App,
    account_id: AccountId,
    grant_id: GrantId,
) -> Result<Option<String>, Fault> {
    let mut connection = app.store().read().await?;
    if grants::find(&mut connection, account_id, grant_id)
        .await?
        .is_none()
    {
        return Ok(None);
    }
    let chain = receipts::of_grant(&mut connection, grant_id).await?;
    drop(connection);
    let last = chain
        .last()
        .ok_or(Fault::Inconsistent("a grant has no receipt"))?;
    let head = ChainHead {
        iss: app.issuer().to_owned(),
        iat: app.now().as_seconds(),
        grant_id,
        count: u32::try_from(chain.len()).unwrap_or(u32::MAX),
        last: Hash::of(last.as_bytes()),
    };
    let head = app
        .keys()
        .await?
        .sign(Typ::ReceiptChain, Algorithm::Es256, &head)?;
    Ok(Some(
        chain
            .iter()
            .chain([&head])
            .map(|jws| format!("{jws}\n"))
            .collect(),
    ))
}

/// The receipts of a grant, read, in the order of its chain.
pub async fn of_grant(app: &App, grant_id: GrantId) -> Result<Vec<Receipt>, Fault> {
    let mut connection = app.store().read().await?;
    let chain = receipts::of_grant(&mut connection, grant_id).await?;
    drop(connection);
    let keys = app.keys().await?;
    chain
        .iter()
        .map(|jws| {
            keys.public_keys()
                .verify(jws, Typ::Receipt)
                .and_then(|verified| verified.claims())
                .map_err(|_| Fault::Inconsistent("a stored receipt does not verify"))
        })
        .collect()
}

/// What a file of receipts turned out to be.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// One receipt, genuine. It says nothing of what came before or after it.
    Receipt(Box<Receipt>),
    /// A whole chain, from the first receipt to the one that was the last when
    /// it was handed out.
    Chain(Vec<Receipt>),
}

/// Checks a file of receipts with published keys alone.
///
/// Every byte counts: a line is a compact JWS and nothing else, and ends with
/// a line feed, the last one too. Only a receipt by itself may come without, as
/// the token endpoint hands it out.
pub fn check_file(text: &str, keys: &PublicKeys) -> Result<Checked, CheckError> {
    let body = match text.strip_suffix('\n') {
        Some(body) => body,
        None if !text.contains('\n') => text,
        None => return Err(CheckError::NotLines),
    };
    let lines: Vec<&str> = body.split('\n').collect();
    let read = |line: usize, jws: &str| {
        let refuse = |error| CheckError::Line {
            line: line + 1,
            error,
        };
        let verified = keys.verify(jws, Typ::Receipt).map_err(refuse)?;
        Ok::<_, CheckError>((
            verified.claims::<Receipt>().map_err(refuse)?,
            Hash::of(jws.as_bytes()),
        ))
    };
    let Some((last, earlier)) = lines.split_last() else {
        return Err(CheckError::NotLines);
    };
    if earlier.is_empty() {
        return read(0, last).map(|(receipt, _)| Checked::Receipt(Box::new(receipt)));
    }
    let receipts = earlier
        .iter()
        .enumerate()
        .map(|(line, jws)| read(line, jws))
        .collect::<Result<Vec<_>, _>>()?;
    let refuse = |error| CheckError::Line {
        line: lines.len(),
        error,
    };
    let head = keys.verify(last, Typ::ReceiptChain).map_err(refuse)?;
    let head: ChainHead = head.claims().map_err(refuse)?;
    check_chain(&receipts, &head)?;
    Ok(Checked::Chain(
        receipts.into_iter().map(|(receipt, _)| receipt).collect(),
    ))
}

/// [`check_file`], with the keys of this instance, also those that sign no
/// more. Whoever hands a file in is told what is wrong with it; nothing of it
/// is kept.
pub async fn check(app: &App, file: Vec<u8>) -> Result<Result<Checked, Refused>, Fault> {
    let keys = app.keys().await?;
    tokio::task::spawn_blocking(move || check_bytes(&file, keys.public_keys()))
        .await
        .map_err(|_| Fault::Inconsistent("a file of receipts could not be checked"))
}

fn check_bytes(file: &[u8], keys: &PublicKeys) -> Result<Checked, Refused> {
    let from_nobody = |error| Refused {
        error,
        says_from: None,
    };
    let text = std::str::from_utf8(file).map_err(|_| from_nobody(CheckError::NotLines))?;
    if text.lines().nth(MOST_LINES).is_some() {
        return Err(from_nobody(CheckError::TooMany));
    }
    check_file(text, keys).map_err(|error| {
        let line = match &error {
            CheckError::Line { line, .. } => text.lines().nth(line.saturating_sub(1)),
            _ => None,
        };
        Refused {
            says_from: line
                .and_then(unverified_issuer)
                .and_then(|issuer| issuer.parse().map(Box::new).ok()),
            error,
        }
    })
}

/// A file of receipts that is refused.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub error: CheckError,
    /// Who the line that is wrong says that it is from. Nobody has checked that:
    /// it is good for saying whose keys it would take, and for nothing else.
    pub says_from: Option<Box<Issuer>>,
}

/// Why a file of receipts is refused.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// It is not lines of compact JWS.
    #[error(
        "this is not a file of receipts: one compact JWS a line, each line ended by a line feed"
    )]
    NotLines,
    /// It is longer than any that is checked here.
    #[error("this has more than {MOST_LINES} lines")]
    TooMany,
    /// A line is not what it should be.
    #[error("line {line}: {error}")]
    Line {
        /// Which, counted from 1.
        line: usize,
        /// What is wrong with it.
        error: VerifyError,
    },
    /// The receipts are genuine, and are not a whole chain.
    #[error(transparent)]
    Chain(#[from] BrokenChain),
}
