//! What tokens stand for at this moment, told to the client that they are
//! of; and their end at its wish.

use enumset::EnumSet;

use super::end_family;
use crate::app::App;
use crate::crypto::secret::{AccessToken, ClientToken, Opaque, RefreshToken};
use crate::domain::details::ProfileRelease;
use crate::domain::grant::{Grant, GrantState};
use crate::domain::id::GrantId;
use crate::domain::scope::Scope;
use crate::domain::subject::Subject;
use crate::domain::time::Timestamp;
use crate::domain::token::Thumbprint;
use crate::service::Fault;
use crate::service::clients::granted_to;
use crate::service::plans::Edition;
use crate::store::clients::RegisteredClient;
use crate::store::{StoreError, client_tokens, tokens};

/// Which of the two kinds of token it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// For UserInfo.
    Access,
    /// For new tokens.
    Refresh,
}

/// A token that works at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What kind it is.
    pub kind: TokenKind,
    /// The grant that it stands for, and who the account is to the client;
    /// none when the client acts for itself.
    pub grant: Option<(GrantId, Subject)>,
    /// The edition of the client's plan that the grant answers, if there is one.
    pub edition: Option<Edition>,
    /// What it may be used for.
    pub scopes: EnumSet<Scope>,
    /// What is granted at this moment of the authorization details that it was
    /// asked with.
    pub details: Option<ProfileRelease>,
    /// Since when, if that was kept.
    pub issued_at: Option<Timestamp>,
    /// Until when: never after the grant.
    pub expires_at: Timestamp,
    /// The key that must be shown with it.
    pub key: Option<Thumbprint>,
}

/// Says what a token stands for, from the grant as it stands. `None` is the
/// one answer for all that does not work or is not this client's: who asks is
/// not told why (RFC 7662 §2.2).
///
/// One SELECT.
pub async fn introspect(
    app: &App,
    client: &RegisteredClient,
    presented: &str,
) -> Result<Option<Standing>, Fault> {
    let now = app.now();
    let standing = if let Some(token) = Opaque::<AccessToken>::parse(presented) {
        let mut connection = app.store().read().await?;
        let id = GrantId::new(token.owner());
        let row = tokens::access(&mut connection, id, token.hash()).await?;
        row.and_then(|row| {
            let (kind, binding) = (TokenKind::Access, row.binding);
            let of = (&row.grant.grant, binding.details);
            let standing = standing(app, client, of, kind, row.expires_at, now)?;
            Some(Standing {
                scopes: row.scopes,
                issued_at: row.issued_at,
                key: binding.key,
                ..standing
            })
        })
    } else if let Some(token) = Opaque::<RefreshToken>::parse(presented) {
        let mut connection = app.store().read().await?;
        let id = GrantId::new(token.owner());
        let row = tokens::refresh(&mut connection, id, token.hash()).await?;
        row.filter(|row| row.rotated_at.is_none()).and_then(|row| {
            let (kind, binding) = (TokenKind::Refresh, row.binding);
            let of = (&row.grant.grant, binding.details);
            let standing = standing(app, client, of, kind, row.expires_at, now)?;
            Some(Standing {
                scopes: row.scopes,
                issued_at: Some(row.issued_at),
                key: binding.key,
                ..standing
            })
        })
    } else if let Some(token) = Opaque::<ClientToken>::parse(presented) {
        let mut connection = app.store().read().await?;
        let row = client_tokens::find(&mut connection, token.hash()).await?;
        row.filter(|row| row.client_id == client.client.id && row.expires_at > now)
            .map(|row| Standing {
                kind: TokenKind::Access,
                grant: None,
                edition: None,
                scopes: row.scopes,
                details: None,
                issued_at: Some(row.issued_at),
                expires_at: row.expires_at,
                key: row.key,
            })
    } else {
        None
    };
    Ok(standing)
}

fn standing(
    app: &App,
    client: &RegisteredClient,
    (grant, details): (&Grant, Option<ProfileRelease>),
    kind: TokenKind,
    expires_at: Timestamp,
    now: Timestamp,
) -> Option<Standing> {
    let works = grant.client_id == client.client.id
        && expires_at > now
        && grant.state_at(now) == GrantState::Active;
    works.then(|| Standing {
        kind,
        grant: Some((grant.id, grant.subject.clone())),
        edition: Edition::of(grant, client),
        scopes: EnumSet::empty(),
        details: details.map(|details| granted_to(app, client, &details, grant, now)),
        issued_at: None,
        // The terms may have become shorter since it was issued.
        expires_at: grant
            .expires_at()
            .map_or(expires_at, |end| end.min(expires_at)),
        key: None,
    })
}

/// Ends a token of this client: an access token alone, a refresh token with
/// everything that descends from the same code (RFC 7009 §2.1). What is
/// unknown, dead or another client's is left as it is, and nobody is told.
pub async fn revoke(app: &App, client: &RegisteredClient, presented: &str) -> Result<(), Fault> {
    if let Some(token) = Opaque::<AccessToken>::parse(presented) {
        let (id, hash) = (GrantId::new(token.owner()), token.hash());
        let mut connection = app.store().read().await?;
        let row = tokens::access(&mut connection, id, hash).await?;
        drop(connection);
        if row.is_some_and(|row| row.grant.grant.client_id == client.client.id) {
            app.store()
                .write_statement(move |tx| {
                    Box::pin(async move { tokens::end_access(tx, id, hash).await })
                })
                .await
                .map_err(|error: StoreError| error)?;
        }
    } else if let Some(token) = Opaque::<RefreshToken>::parse(presented) {
        let id = GrantId::new(token.owner());
        let mut connection = app.store().read().await?;
        let row = tokens::refresh(&mut connection, id, token.hash()).await?;
        drop(connection);
        // A rotated token too: it names the family that is to end.
        if let Some(row) = row.filter(|row| row.grant.grant.client_id == client.client.id) {
            end_family(app, id, row.family_id).await?;
        }
    } else if let Some(token) = Opaque::<ClientToken>::parse(presented) {
        let (hash, client_id) = (token.hash(), client.client.id.clone());
        app.store()
            .write_statement(move |tx| {
                Box::pin(async move { client_tokens::end(tx, hash, &client_id).await })
            })
            .await
            .map_err(|error: StoreError| error)?;
    }
    Ok(())
}
