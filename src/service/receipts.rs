//! Writing, handing out and checking receipts.

use crate::app::App;
use crate::crypto::jwt::{PublicKeys, Typ, VerifyError};
use crate::crypto::signing::{Algorithm, KeySet};
use crate::domain::grant::Grant;
use crate::domain::id::{AccountId, GrantId, ReceiptId};
use crate::domain::receipt::{
    Act, BrokenChain, ChainEnd, ChainHead, Context, Hash, Receipt, check_chain,
};
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::store::{Connection, StoreError, grants, receipts};

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
    let end = ChainEnd {
        seq: receipt.seq,
        hash: Hash::of(jws.as_bytes()),
    };
    Ok(Signed {
        grant_id: grant.id,
        jws,
        at: now,
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

/// Why a file of receipts is refused.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// It is not lines of compact JWS.
    #[error(
        "this is not a file of receipts: one compact JWS a line, each line ended by a line feed"
    )]
    NotLines,
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
