//! Pushed authorization requests (RFC 9126): kept between the client's push
//! and the browser that brings the `request_uri`.

use std::time::Duration;

use crate::app::App;
use crate::crypto::dpop::Proof;
use crate::crypto::secret::{Opaque, PushedRequest};
use crate::crypto::vault::{self, Sealed};
use crate::domain::authorization::{AuthorizationRequest, PUSHED_LIFETIME};
use crate::domain::id::ClientId;
use crate::service::{Fault, proofs};
use crate::store::StoreError;
use crate::store::pushed_requests::{self, PushedRow};

/// A request that was pushed.
#[derive(Debug)]
pub struct Pushed {
    /// Names it, and opens it: 256 bits of chance (RFC 9126 §2.2).
    pub name: Opaque<PushedRequest>,
    /// How long it may be used.
    pub expires_in: Duration,
}

/// Why a request is not kept.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The proof of possession was shown before.
    #[error("the DPoP proof was shown before")]
    Replayed,
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for PushError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// Keeps a request that passed every check, and uses up the proof that came
/// with it.
pub async fn push(
    app: &App,
    request: &AuthorizationRequest,
    proof: Option<&Proof>,
) -> Result<Pushed, PushError> {
    let name = Opaque::<PushedRequest>::generate_unowned(app.random());
    let now = app.now();
    let client_id = request.client_id.clone();
    let bytes = request.to_bytes();
    let sealed = vault::seal_pushed_request(&name, &client_id, &bytes, app.random());
    let row = PushedRow {
        client_id,
        request_sealed: sealed.into_bytes(),
        expires_at: now.plus(PUSHED_LIFETIME),
        is_used: false,
    };
    let (hash, proof) = (name.hash(), proof.map(Proof::hash));
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                if let Some(proof) = proof
                    && !proofs::keep(tx, proof, now).await?
                {
                    return Err(PushError::Replayed);
                }
                Ok(pushed_requests::insert(tx, hash, &row, now).await?)
            })
        })
        .await?;
    Ok(Pushed {
        name,
        expires_in: PUSHED_LIFETIME,
    })
}

/// Why a pushed request is not gone on with.
#[derive(Debug, thiserror::Error)]
pub enum PushedError {
    /// There is none, or another client pushed it.
    #[error("request_uri names no request that this client pushed")]
    Unknown,
    /// It is too late.
    #[error("request_uri has expired: push the request again")]
    Expired,
    /// It was answered before.
    #[error("request_uri was used before: push the request again")]
    Used,
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for PushedError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// The request that a client pushed under this name. Looking at it does not
/// use it up.
pub async fn pushed(
    app: &App,
    client_id: &ClientId,
    name: &str,
) -> Result<AuthorizationRequest, PushedError> {
    let name = Opaque::<PushedRequest>::parse(name).ok_or(PushedError::Unknown)?;
    let mut connection = app.store().read().await?;
    let row = pushed_requests::find(&mut connection, name.hash()).await?;
    drop(connection);
    let row = row
        .filter(|row| row.client_id == *client_id)
        .ok_or(PushedError::Unknown)?;
    if row.is_used {
        return Err(PushedError::Used);
    }
    if row.expires_at <= app.now() {
        return Err(PushedError::Expired);
    }
    let sealed = Sealed::from_bytes(row.request_sealed);
    let bytes = vault::open_pushed_request(&name, client_id, &sealed).map_err(Fault::from)?;
    let request = AuthorizationRequest::from_bytes(&bytes)
        .ok_or(Fault::Inconsistent("a pushed request does not read"))?;
    Ok(AuthorizationRequest {
        pushed: Some(name.hash()),
        ..request
    })
}
