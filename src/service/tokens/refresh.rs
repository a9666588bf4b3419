//! Refresh tokens, each of which gives way to its successor.

use std::time::Duration;

use enumset::EnumSet;

use super::{
    Issue, TokenError, Tokens, check_details, check_key, end_family, keep_proof, keep_told,
};
use crate::app::App;
use crate::crypto::dpop::Proof;
use crate::crypto::seal::Sealed;
use crate::crypto::secret::{Opaque, RefreshToken};
use crate::crypto::vault;
use crate::domain::account::Authentication;
use crate::domain::details::ProfileRelease;
use crate::domain::grant::GrantState;
use crate::domain::id::GrantId;
use crate::domain::scope::Scope;
use crate::domain::time::Timestamp;
use crate::domain::token::TokenBinding;
use crate::service::Fault;
use crate::service::plans::Edition;
use crate::store::clients::RegisteredClient;
use crate::store::tokens::{self, NewToken, RefreshTokenRow};
use crate::store::{Connection, StoreError, receipts};

/// How long a rotated refresh token still gets its successor, in case the
/// answer was lost.
const ROTATION_GRACE: Duration = Duration::from_secs(30);

/// What a client wants of a refresh token: all that was granted, or less.
#[derive(Debug, Default)]
pub struct Wish<'a> {
    /// `scope`.
    pub scopes: Option<EnumSet<Scope>>,
    /// `authorization_details`.
    pub details: Option<ProfileRelease>,
    /// That the client holds a key.
    pub proof: Option<&'a Proof>,
}

/// Uses a refresh token, and rotates it unless the client's security profile
/// has it stay.
///
/// Two SELECTs (token with grant; newest receipt), one transaction of five
/// statements, one AEAD opening, two sealings, one signature.
pub async fn refresh(
    app: &App,
    client: &RegisteredClient,
    presented: &str,
    wish: &Wish<'_>,
) -> Result<Tokens, TokenError> {
    let token = Opaque::<RefreshToken>::parse(presented).ok_or(TokenError::Unknown)?;
    // Who loses the race to rotate finds the token rotated when looking again,
    // and its successor used if they lose that race as well.
    for _ in 0..3 {
        if let Some(tokens) = refresh_once(app, client, &token, wish).await? {
            return Ok(tokens);
        }
    }
    Err(Fault::Contended.into())
}

async fn refresh_once(
    app: &App,
    client: &RegisteredClient,
    token: &Opaque<RefreshToken>,
    wish: &Wish<'_>,
) -> Result<Option<Tokens>, TokenError> {
    let grant_id = GrantId::new(token.owner());
    let mut connection = app.store().read().await?;
    let row = tokens::refresh(&mut connection, grant_id, token.hash())
        .await?
        .ok_or(TokenError::Unknown)?;
    // The terms may have changed since the last one: how else would a business
    // learn that it must delete sooner?
    let receipt = receipts::newest(&mut connection, grant_id).await?;
    drop(connection);
    let now = app.now();
    if row.grant.grant.client_id != client.client.id || row.expires_at <= now {
        return Err(TokenError::Unknown);
    }
    if let Some(at) = row.rotated_at
        && !(row.successor_unused && now.since(at) <= ROTATION_GRACE)
    {
        // RFC 9700 §4.14.2: one of the two who hold it is not the client. Also while
        // the agreement is paused: it may go on, and the family with it.
        end_family(app, grant_id, row.family_id).await?;
        return Err(TokenError::Unknown);
    }
    if row.grant.grant.state_at(now) != GrantState::Active {
        return Err(TokenError::NoGrant);
    }
    check_key(client, row.binding.key.as_ref(), wish.proof)?;
    let (grant, bound_to) = (&row.grant.grant, row.binding.details.as_ref());
    check_details(app, client, grant, bound_to, wish.details.as_ref())?;
    let narrowed = wish
        .scopes
        .map_or(row.scopes, |asked| asked | Scope::Openid);
    if !narrowed.is_subset(row.scopes) {
        return Err(TokenError::ScopeTooWide);
    }
    let tokens = rotate(app, client, token, row, narrowed, wish, now).await?;
    Ok(tokens.map(|tokens| Tokens { receipt, ..tokens }))
}

async fn rotate(
    app: &App,
    client: &RegisteredClient,
    token: &Opaque<RefreshToken>,
    row: RefreshTokenRow,
    scopes: EnumSet<Scope>,
    wish: &Wish<'_>,
    now: Timestamp,
) -> Result<Option<Tokens>, TokenError> {
    let key = vault::open_grant_key_with(token, &Sealed::from_bytes(row.grant_key_wrapped))
        .map_err(Fault::from)?;
    let issue = Issue {
        app,
        client,
        grant: &row.grant.grant,
        key: &key,
        family_id: row.family_id,
        scopes,
        authentication: row.authentication,
        refresh_key: row.binding.key,
        binding: TokenBinding {
            key: wish.proof.map(|proof| proof.key.clone()),
            ..row.binding
        },
        narrowed: wish.details.clone(),
        now,
    };
    let again = row.rotated_at.is_some();
    // FAPI 2.0 Security Profile §5.3.2.1: no rotation. Its clients are
    // confidential, so a stolen token is of no use to others; and an answer
    // that gets lost takes no token with it.
    let stays = client.client.metadata.is_fapi2() && !again;
    let access = issue.access();
    let (successor, new) = issue.successor(token, row.expires_at);
    let mut told = issue.told(&row.grant)?;
    let id_token = issue.id_token(&access.0, None, &mut told).await?;
    let answer = Tokens {
        access_token: access.0.clone(),
        expires_in: access.1.expires_at.since(now),
        refresh_token: (!stays).then_some(successor),
        id_token,
        is_bound: issue.binding.key.is_some(),
        scopes,
        grant_id: issue.grant.id,
        edition: Edition::of(issue.grant, issue.client),
        details: issue.granted(),
        receipt: None,
        grant_expires_in: issue.grant_expires_in(),
    };
    // The successor keeps what was granted, however little this access token may do.
    let turn = Turn {
        old: token.hash(),
        new,
        granted: row.scopes,
        authentication: row.authentication,
    };
    let proof = wish.proof.map(Proof::hash);
    let grant_id = issue.grant.id;
    let done = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                let held = if stays {
                    tokens::hold_unused(tx, grant_id, turn.old).await?
                } else if again {
                    turn.is_done(tx).await?
                } else {
                    turn.keep(tx, now).await?
                };
                if !held {
                    return Ok(false);
                }
                keep_proof(tx, proof, now).await?;
                keep_told(tx, &told).await?;
                tokens::insert_access(tx, &access.1, scopes, now).await?;
                Ok::<_, TokenError>(true)
            })
        })
        .await?;
    Ok(done.then_some(answer))
}

/// One refresh token taking the place of another.
struct Turn {
    old: [u8; 32],
    new: NewToken,
    granted: EnumSet<Scope>,
    authentication: Authentication,
}

impl Turn {
    /// Whether the turn that was made before still stands: its successor may
    /// have been used meanwhile, or the family ended.
    async fn is_done(&self, tx: &mut Connection) -> Result<bool, StoreError> {
        tokens::hold_unused(tx, self.new.grant_id, self.new.hash).await
    }

    async fn keep(&self, tx: &mut Connection, now: Timestamp) -> Result<bool, StoreError> {
        if !tokens::rotate(tx, self.new.grant_id, self.old, self.new.hash, now).await? {
            return Ok(false);
        }
        tokens::insert_refresh(tx, &self.new, self.granted, self.authentication, now).await?;
        Ok(true)
    }
}
