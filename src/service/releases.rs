//! Releases: handing the granted claims to a client.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::app::App;
use crate::crypto::dpop::Proof;
use crate::crypto::seal::Sealed;
use crate::crypto::secret::{AccessToken, Opaque};
use crate::crypto::vault;
use crate::domain::grant::GrantState;
use crate::domain::id::GrantId;
use crate::domain::scope::Scope;
use crate::domain::subject::Subject;
use crate::service::access::{self, AccessError};
use crate::service::clients::ceiling_of;
use crate::service::grants::{open_released, purposes_of, seal_read};
use crate::service::tokens::{named_in, open_asked};
use crate::service::{Fault, client_tokens};
use crate::store::clients::RegisteredClient;
use crate::store::{StoreError, reads, tokens};

/// What a client reads.
#[derive(Debug)]
pub struct Release {
    /// Who the account is to the client.
    pub subject: Subject,
    /// Who reads.
    pub client: Arc<RegisteredClient>,
    /// The claims, by their names in responses.
    pub claims: Map<String, Value>,
}

/// Why nothing is released.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// The token does not work, or not like this.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The consumer has paused the grant.
    #[error("the consumer has paused this agreement")]
    Paused,
}

impl From<Fault> for ReleaseError {
    fn from(fault: Fault) -> Self {
        Self::Access(fault.into())
    }
}

impl From<StoreError> for ReleaseError {
    fn from(error: StoreError) -> Self {
        Self::Access(error.into())
    }
}

/// How often a read is tried again when its grant moved at the same time.
const TRIES: usize = 3;

/// Answers from the grant as it stands at this moment, whatever it was when
/// the token was issued. The read is on record, durably, before the answer.
///
/// One SELECT, one INSERT in a grouped commit, two AEAD openings, one sealing.
/// When nothing is released, nothing is written.
pub async fn read(
    app: &App,
    presented: &str,
    proof: Option<&Proof>,
) -> Result<Release, ReleaseError> {
    access::check_token(presented, proof)?;
    let Some(token) = Opaque::<AccessToken>::parse(presented) else {
        // There is nobody behind a client's own token.
        client_tokens::open(app, presented, proof, Scope::Openid).await?;
        return Err(AccessError::InvalidToken.into());
    };
    let mut unused = proof;
    for _ in 0..TRIES {
        if let Some(release) = read_once(app, &token, proof, &mut unused).await? {
            return Ok(release);
        }
    }
    Err(Fault::Contended.into())
}

/// `None` when the grant was moved before the read was on record.
async fn read_once(
    app: &App,
    token: &Opaque<AccessToken>,
    proof: Option<&Proof>,
    unused: &mut Option<&Proof>,
) -> Result<Option<Release>, ReleaseError> {
    let grant_id = GrantId::new(token.owner());
    let now = app.now();
    let mut connection = app.store().read().await?;
    let row = tokens::access(&mut connection, grant_id, token.hash()).await?;
    drop(connection);
    let row = row
        .filter(|row| row.expires_at > now)
        .ok_or(AccessError::InvalidToken)?;
    let grant = &row.grant.grant;
    // A client that was removed is told what it would be told a moment later,
    // when its tokens are gone.
    let client = app
        .client(&grant.client_id)
        .await?
        .ok_or(AccessError::InvalidToken)?;
    access::check_key(row.binding.key.as_ref(), proof, &client)?;
    if let Some(proof) = unused.take() {
        access::take_proof(app, proof, now).await?;
    }
    match grant.state_at(now) {
        GrantState::Active => {}
        GrantState::Paused => return Err(ReleaseError::Paused),
        _ => return Err(AccessError::InvalidToken.into()),
    }
    let wrapped = Sealed::from_bytes(row.grant_key_wrapped);
    let key = vault::open_grant_key_with(token, &wrapped).map_err(Fault::from)?;
    let asked = open_asked(&key, grant_id, row.binding.asked_sealed.as_deref())?;
    let plan = client.standing_plan();
    let ceiling = ceiling_of(app, &client);
    let mut releasable = grant.releasable_to(plan, ceiling, row.scopes, asked.at_userinfo(), now);
    if let Some(details) = &row.binding.details {
        releasable &= details.releasable(grant, plan, ceiling, now);
    }
    let subject = grant.subject.clone();
    let sealed = match &row.grant.released_sealed {
        Some(sealed) if !releasable.is_empty() => sealed,
        _ => {
            return Ok(Some(Release {
                subject,
                client,
                claims: Map::new(),
            }));
        }
    };
    let released = open_released(&key, grant_id, sealed)?;
    let mut claims = released.claims_json(releasable);
    asked.narrow_userinfo(&mut claims);
    let told = named_in(&claims);
    if !told.is_empty() {
        let details = row.binding.details.as_ref();
        let purposes = purposes_of(grant, plan, details, told, now);
        let read = seal_read(app, &key, grant.id, (told, purposes), now)?;
        let seen = row.grant.seen();
        let kept = app
            .store()
            .write_statement(move |tx| {
                Box::pin(async move { reads::insert(tx, &read, &seen).await })
            })
            .await?;
        if !kept {
            return Ok(None);
        }
    }
    Ok(Some(Release {
        subject,
        client,
        claims,
    }))
}
