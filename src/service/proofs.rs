//! Proofs of possession: none is taken twice, on whichever node.

use crate::app::App;
use crate::crypto::dpop::Proof;
use crate::domain::dpop::REMEMBERED;
use crate::domain::time::Timestamp;
use crate::store::{Connection, StoreError, proofs};

/// Takes a proof by itself; says whether nobody took it before.
pub(in crate::service) async fn take(
    app: &App,
    proof: &Proof,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let hash = proof.hash();
    app.store()
        .write(move |tx| Box::pin(async move { keep(tx, hash, now).await }))
        .await
}

/// Takes a proof as a part of a write.
pub(in crate::service) async fn keep(
    tx: &mut Connection,
    hash: [u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    proofs::take(tx, hash, now.plus(REMEMBERED), now).await
}
