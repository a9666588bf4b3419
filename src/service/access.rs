//! What stands between a token and what it opens: whether it works at all,
//! and whether whoever shows it holds the key that it is bound to. UserInfo
//! and the business APIs share it.

use crate::app::App;
use crate::crypto::dpop::Proof;
use crate::domain::scope::Scope;
use crate::domain::time::Timestamp;
use crate::domain::token::Thumbprint;
use crate::service::{Fault, proofs};
use crate::store::StoreError;
use crate::store::clients::RegisteredClient;

/// Why a token opens nothing (RFC 6750 §3.1, RFC 9449 §7.1).
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The token is unknown, expired or dead (`invalid_token`).
    #[error("the access token is unknown, expired or revoked")]
    InvalidToken,
    /// The token is bound to a key, and came without a proof.
    #[error("the access token is bound to a key: show it with DPoP")]
    Bound,
    /// The proof is by another key than the token is bound to, or the token is
    /// bound to none.
    #[error("the access token is not bound to the key of the DPoP proof")]
    OtherKey,
    /// The proof is for another token, or was shown before.
    #[error("the DPoP proof is refused: {0}")]
    BadProof(&'static str),
    /// This client's proofs must hold a nonce.
    #[error("the DPoP proof must hold a nonce")]
    NonceNeeded,
    /// The token works, and not for this (`insufficient_scope`).
    #[error("the access token lacks the scope {0}")]
    Lacks(Scope),
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for AccessError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// RFC 9449 §7: a proof is for the token that comes with it.
pub(in crate::service) fn check_token(
    presented: &str,
    proof: Option<&Proof>,
) -> Result<(), AccessError> {
    if proof.is_some_and(|proof| !proof.is_for(presented)) {
        return Err(AccessError::BadProof("ath is not that of the access token"));
    }
    Ok(())
}

/// RFC 9449 §7.1: a token that is bound to a key opens nothing without it,
/// and a proof that nothing asks for is a sign of confusion.
pub(in crate::service) fn check_key(
    bound_to: Option<&Thumbprint>,
    proof: Option<&Proof>,
    client: &RegisteredClient,
) -> Result<(), AccessError> {
    match (bound_to, proof) {
        (None, None) => Ok(()),
        (Some(_), None) => Err(AccessError::Bound),
        (Some(key), Some(proof)) if *key == proof.key => {
            if proof.nonce.is_none() && client.client.metadata.needs_dpop_nonce() {
                Err(AccessError::NonceNeeded)
            } else {
                Ok(())
            }
        }
        (_, Some(_)) => Err(AccessError::OtherKey),
    }
}

/// Uses up a proof: it counts once.
pub(in crate::service) async fn take_proof(
    app: &App,
    proof: &Proof,
    now: Timestamp,
) -> Result<(), AccessError> {
    if proofs::take(app, proof, now).await? {
        Ok(())
    } else {
        Err(AccessError::BadProof("it was shown before"))
    }
}
