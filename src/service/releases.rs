//! Releases: handing the granted claims to a client.

use serde_json::{Map, Value};

use crate::app::App;
use crate::crypto::seal::Sealed;
use crate::crypto::secret::{AccessToken, Opaque};
use crate::crypto::vault;
use crate::domain::attribute::Released;
use crate::domain::grant::GrantState;
use crate::domain::id::GrantId;
use crate::domain::subject::Subject;
use crate::service::Fault;
use crate::service::grants::seal_read;
use crate::store::{StoreError, grants, tokens};

/// What a client reads.
#[derive(Debug)]
pub struct Release {
    /// Who the account is to the client.
    pub subject: Subject,
    /// The claims, by their names in responses.
    pub claims: Map<String, Value>,
}

/// Why nothing is released.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// The token is unknown, expired or dead (`invalid_token`).
    #[error("the access token is unknown, expired or revoked")]
    InvalidToken,
    /// The consumer has paused the grant.
    #[error("the consumer has paused this agreement")]
    Paused,
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for ReleaseError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// How often a read is tried again when its grant moved at the same time.
const TRIES: usize = 3;

/// Answers from the grant as it stands at this moment, whatever it was when
/// the token was issued. The read is on record, durably, before the answer.
///
/// One SELECT, one INSERT in a grouped commit, two AEAD openings, one sealing.
/// When nothing is released, nothing is written.
pub async fn read(app: &App, presented: &str) -> Result<Release, ReleaseError> {
    let token = Opaque::<AccessToken>::parse(presented).ok_or(ReleaseError::InvalidToken)?;
    for _ in 0..TRIES {
        if let Some(release) = read_once(app, &token).await? {
            return Ok(release);
        }
    }
    Err(Fault::Contended.into())
}

/// `None` when the grant was moved before the read was on record.
async fn read_once(
    app: &App,
    token: &Opaque<AccessToken>,
) -> Result<Option<Release>, ReleaseError> {
    let grant_id = GrantId::new(token.owner());
    let now = app.now();
    let mut connection = app.store().read().await?;
    let row = tokens::access(&mut connection, grant_id, token.hash()).await?;
    drop(connection);
    let row = row
        .filter(|row| row.expires_at > now)
        .ok_or(ReleaseError::InvalidToken)?;
    let grant = &row.grant.grant;
    match grant.state_at(now) {
        GrantState::Active => {}
        GrantState::Paused => return Err(ReleaseError::Paused),
        _ => return Err(ReleaseError::InvalidToken),
    }
    let client = app
        .client(&grant.client_id)
        .await?
        .ok_or(Fault::Inconsistent(
            "a grant names a client that is not there",
        ))?;
    let releasable = grant.releasable_to(client.standing_plan(), row.scopes, now);
    let subject = grant.subject.clone();
    let sealed = match &row.grant.released_sealed {
        Some(sealed) if !releasable.is_empty() => Sealed::from_bytes(sealed.clone()),
        _ => {
            return Ok(Some(Release {
                subject,
                claims: Map::new(),
            }));
        }
    };
    let wrapped = Sealed::from_bytes(row.grant_key_wrapped);
    let key = vault::open_grant_key_with(token, &wrapped).map_err(Fault::from)?;
    let bytes = vault::open_released(&key, grant_id, &sealed).map_err(Fault::from)?;
    let released = Released::from_bytes(&bytes)
        .map_err(Fault::from)?
        .narrowed_to(releasable);
    if !released.held().is_empty() {
        let read = seal_read(app, &key, grant, released.held(), now)?;
        let seq = row.grant.chain.seq;
        let kept = app
            .store()
            .write_statement(move |tx| {
                Box::pin(async move { grants::insert_read(tx, &read, seq).await })
            })
            .await?;
        if !kept {
            return Ok(None);
        }
    }
    Ok(Some(Release {
        subject,
        claims: released.claims_json(releasable),
    }))
}
