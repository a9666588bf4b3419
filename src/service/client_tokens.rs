//! Clients that act for themselves (RFC 6749 §4.4): their tokens open the
//! business APIs, and nobody's data.

use std::sync::Arc;
use std::time::Duration;

use enumset::EnumSet;

use crate::app::App;
use crate::crypto::dpop::Proof;
use crate::crypto::secret::{AccessToken, ClientToken, Opaque};
use crate::domain::client::GrantType;
use crate::domain::grant::GrantState;
use crate::domain::id::GrantId;
use crate::domain::scope::Scope;
use crate::domain::time::Timestamp;
use crate::service::access::{self, AccessError};
use crate::service::tokens::ACCESS_TOKEN_LIFETIME;
use crate::service::{Fault, proofs};
use crate::store::StoreError;
use crate::store::client_tokens::{self, ClientTokenRow};
use crate::store::clients::RegisteredClient;
use crate::store::tokens;

/// A token that goes to a client.
#[derive(Debug)]
pub struct Issued {
    /// For the business APIs.
    pub access_token: Opaque<ClientToken>,
    /// How long it lives.
    pub expires_in: Duration,
    /// Whether it is bound to a key.
    pub is_bound: bool,
    /// What it may be used for.
    pub scopes: EnumSet<Scope>,
}

/// Why a client gets no token of its own.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// It did not register for it, or anybody could say to be it
    /// (`unauthorized_client`).
    #[error("this client did not register the grant type client_credentials")]
    NotRegistered,
    /// It asks for what is somebody's to give, for what it did not register,
    /// or for what there is not (`invalid_scope`).
    #[error(
        "scope must name some of what this client registered and may have by itself: \
         grant_management_query, grant_management_revoke, ssf.manage, ssf.read, data_plan, \
         deletion_duties, data_subject_requests"
    )]
    Scope,
    /// Its tokens are bound to a key, and it showed none (`invalid_dpop_proof`).
    #[error("the tokens of this client are bound to a key: a DPoP proof is missing")]
    ProofMissing,
    /// The proof was shown before (`invalid_dpop_proof`).
    #[error("the DPoP proof is refused: it was shown before")]
    ProofReplayed,
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for IssueError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// Gives a client a token of its own. Without `scope`, for all that it
/// registered (RFC 6749 §3.3).
///
/// One transaction of one or two statements, and one more for a proof.
pub async fn issue(
    app: &App,
    client: &RegisteredClient,
    scope: Option<&str>,
    proof: Option<&Proof>,
) -> Result<Issued, IssueError> {
    let metadata = &client.client.metadata;
    if metadata.is_public() || !metadata.uses(GrantType::ClientCredentials) {
        return Err(IssueError::NotRegistered);
    }
    let scopes = scopes(metadata.own_scopes(), scope)?;
    if metadata.binds_tokens() && proof.is_none() {
        return Err(IssueError::ProofMissing);
    }
    let now = app.now();
    let token = Opaque::<ClientToken>::generate_unowned(app.random());
    let row = ClientTokenRow {
        client_id: client.client.id.clone(),
        scopes,
        issued_at: now,
        expires_at: now.plus(ACCESS_TOKEN_LIFETIME),
        key: proof.map(|proof| proof.key.clone()),
    };
    let (hash, proof) = (token.hash(), proof.map(Proof::hash));
    let is_bound = row.key.is_some();
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                if let Some(proof) = proof
                    && !proofs::keep(tx, proof, now).await?
                {
                    return Err(IssueError::ProofReplayed);
                }
                Ok(client_tokens::insert(tx, hash, &row).await?)
            })
        })
        .await?;
    Ok(Issued {
        access_token: token,
        expires_in: ACCESS_TOKEN_LIFETIME,
        is_bound,
        scopes,
    })
}

/// Unlike a person's login, where words that are unknown are passed over
/// (OpenID Connect Core 1.0 §3.1.2.1), each must be one that may be had here.
fn scopes(allowed: EnumSet<Scope>, scope: Option<&str>) -> Result<EnumSet<Scope>, IssueError> {
    let asked = match scope {
        None => allowed,
        Some(text) => text
            .split_ascii_whitespace()
            .map(str::parse::<Scope>)
            .collect::<Result<_, _>>()
            .map_err(|_| IssueError::Scope)?,
    };
    if asked.is_empty() || !asked.is_subset(allowed) {
        return Err(IssueError::Scope);
    }
    Ok(asked)
}

/// Opens a business API to whoever shows a token of a client: says which
/// client it is.
///
/// One SELECT, and an INSERT for a proof.
pub async fn open(
    app: &App,
    presented: &str,
    proof: Option<&Proof>,
    needed: Scope,
) -> Result<Arc<RegisteredClient>, AccessError> {
    open_with(app, presented, proof, needed, needed.into()).await
}

/// [`open`], where any of some scopes will do. Who has none of them is told
/// of the one that is needed.
pub async fn open_with(
    app: &App,
    presented: &str,
    proof: Option<&Proof>,
    needed: Scope,
    enough: EnumSet<Scope>,
) -> Result<Arc<RegisteredClient>, AccessError> {
    access::check_token(presented, proof)?;
    let now = app.now();
    let Some(token) = Opaque::<ClientToken>::parse(presented) else {
        return Err(refuse(app, presented, needed, now).await?);
    };
    let mut connection = app.store().read().await?;
    let row = client_tokens::find(&mut connection, token.hash()).await?;
    drop(connection);
    let row = row
        .filter(|row| row.expires_at > now)
        .ok_or(AccessError::InvalidToken)?;
    // Of a client that is gone, nothing opens anything.
    let client = app
        .client(&row.client_id)
        .await?
        .ok_or(AccessError::InvalidToken)?;
    access::check_key(row.key.as_ref(), proof, &client)?;
    if let Some(proof) = proof {
        access::take_proof(app, proof, now).await?;
    }
    if row.scopes.is_disjoint(enough) {
        Err(AccessError::Lacks(needed))
    } else {
        Ok(client)
    }
}

/// What somebody's token is told where a client's own is needed.
async fn refuse(
    app: &App,
    presented: &str,
    needed: Scope,
    now: Timestamp,
) -> Result<AccessError, StoreError> {
    let Some(token) = Opaque::<AccessToken>::parse(presented) else {
        return Ok(AccessError::InvalidToken);
    };
    let mut connection = app.store().read().await?;
    let grant_id = GrantId::new(token.owner());
    let row = tokens::access(&mut connection, grant_id, token.hash()).await?;
    let works = row.is_some_and(|row| {
        row.expires_at > now && row.grant.grant.state_at(now) == GrantState::Active
    });
    Ok(if works {
        AccessError::Lacks(needed)
    } else {
        AccessError::InvalidToken
    })
}
