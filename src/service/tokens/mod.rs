//! The token endpoint: redeeming codes, and rotating refresh tokens. What
//! tokens are made of is in `issue`.

mod issue;

use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use enumset::EnumSet;
use zeroize::Zeroizing;

use crate::app::App;
use crate::crypto::seal::Sealed;
use crate::crypto::secret::{AccessToken, Code, Opaque, RefreshToken};
use crate::crypto::vault;
use crate::domain::account::Authentication;
use crate::domain::authorization::CodeChallenge;
use crate::domain::grant::GrantState;
use crate::domain::id::{FamilyId, GrantId};
use crate::domain::scope::Scope;
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::store::clients::RegisteredClient;
use crate::store::tokens::{self, CodeRow, NewToken, RefreshTokenRow};
use crate::store::{Connection, StoreError, receipts};
pub use issue::ACCESS_TOKEN_LIFETIME;
pub(in crate::service) use issue::Issue;

/// How long a rotated refresh token still gets its successor, in case the
/// answer was lost.
const ROTATION_GRACE: Duration = Duration::from_secs(30);

/// Tokens that go to a client.
#[derive(Debug)]
pub struct Tokens {
    /// For UserInfo.
    pub access_token: Opaque<AccessToken>,
    /// How long that lives.
    pub expires_in: Duration,
    /// For more of them.
    pub refresh_token: Option<Opaque<RefreshToken>>,
    /// Who signed in, when and how.
    pub id_token: Zeroizing<String>,
    /// What the tokens may be used for.
    pub scopes: EnumSet<Scope>,
    /// The business's copy of the newest receipt.
    pub receipt: Option<String>,
}

/// Why a token request is refused. All are `invalid_grant` (RFC 6749 §5.2)
/// but the faults and [`TokenError::ScopeTooWide`].
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// There is none, or it is another client's: who asks is not told which.
    #[error("the code or token is unknown, expired, revoked or was issued to another client")]
    Unknown,
    /// The code was redeemed before; what came of it is revoked.
    #[error("the code was redeemed before; the tokens that came of it are revoked")]
    Replayed,
    /// `redirect_uri` is not that of the authorization request.
    #[error("redirect_uri is not that of the authorization request")]
    RedirectUri,
    /// The verifier does not fit the challenge, or one of them is missing.
    #[error("code_verifier does not match the code_challenge of the authorization request")]
    Verifier,
    /// The grant is over, paused or has run out.
    #[error("the consumer has ended or paused the agreement")]
    NoGrant,
    /// More is asked for than was granted (`invalid_scope`).
    #[error("scope asks for more than was granted")]
    ScopeTooWide,
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for TokenError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// A code as a client presents it.
#[derive(Debug)]
pub struct Redemption<'a> {
    /// `code`.
    pub code: &'a str,
    /// `redirect_uri`.
    pub redirect_uri: Option<&'a str>,
    /// `code_verifier`.
    pub code_verifier: Option<&'a str>,
}

/// Redeems a code.
///
/// Two SELECTs (code with grant; newest receipt), one transaction of five
/// statements, one AEAD opening, two sealings, one signature.
pub async fn redeem(
    app: &App,
    client: &RegisteredClient,
    redemption: &Redemption<'_>,
) -> Result<Tokens, TokenError> {
    let code = Opaque::<Code>::parse(redemption.code).ok_or(TokenError::Unknown)?;
    let grant_id = GrantId::new(code.owner());
    let mut connection = app.store().read().await?;
    let row = tokens::code(&mut connection, grant_id, code.hash())
        .await?
        .ok_or(TokenError::Unknown)?;
    let receipt = receipts::newest(&mut connection, grant_id).await?;
    drop(connection);
    if row.binding.client_id != client.client.id {
        return Err(TokenError::Unknown);
    }
    if row.redeemed_at.is_some() {
        return Err(replayed(app, grant_id, row.family_id).await);
    }
    check_redemption(&row, redemption, app.now())?;
    let key = vault::open_grant_key_with(&code, &Sealed::from_bytes(row.grant_key_wrapped))
        .map_err(Fault::from)?;
    let issue = Issue {
        app,
        client,
        grant: &row.grant.grant,
        key: &key,
        family_id: row.family_id,
        scopes: row.binding.scopes,
        authentication: row.binding.authentication,
        now: app.now(),
    };
    let access = issue.access();
    let refresh = row
        .binding
        .scopes
        .contains(Scope::OfflineAccess)
        .then(|| issue.first_refresh());
    let id_token = issue
        .id_token(&access.0, row.binding.nonce.as_deref())
        .await?;
    let answer = Tokens {
        access_token: access.0.clone(),
        expires_in: access.1.expires_at.since(issue.now),
        refresh_token: refresh.as_ref().map(|(token, _)| token.clone()),
        id_token,
        scopes: row.binding.scopes,
        receipt,
    };
    let (hash, now, scopes, authentication) =
        (code.hash(), issue.now, issue.scopes, issue.authentication);
    let won = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                if !tokens::redeem_code(tx, grant_id, hash, now).await? {
                    return Ok(false);
                }
                tokens::insert_access(tx, &access.1, scopes, now).await?;
                if let Some((_, refresh)) = &refresh {
                    tokens::insert_refresh(tx, refresh, scopes, authentication, now).await?;
                }
                Ok::<_, StoreError>(true)
            })
        })
        .await?;
    if won {
        Ok(answer)
    } else {
        Err(replayed(app, grant_id, row.family_id).await)
    }
}

fn check_redemption(
    row: &CodeRow,
    redemption: &Redemption<'_>,
    now: Timestamp,
) -> Result<(), TokenError> {
    if row.expires_at <= now {
        return Err(TokenError::Unknown);
    }
    // RFC 6749 §4.1.3 wants it when the request had one, which OpenID Connect
    // makes always. OAuth 2.1 drops it, since PKCE keeps a code from being
    // slipped in as well, but enforces it when it is sent.
    let fits = match redemption.redirect_uri {
        Some(uri) => uri == row.binding.redirect_uri,
        None => row.binding.code_challenge.is_some(),
    };
    if !fits {
        return Err(TokenError::RedirectUri);
    }
    check_verifier(
        row.binding.code_challenge.as_ref(),
        redemption.code_verifier,
    )?;
    if row.grant.grant.state_at(now) == GrantState::Active {
        Ok(())
    } else {
        Err(TokenError::NoGrant)
    }
}

/// RFC 7636 §4.6, and RFC 9700 §2.1.1: a verifier without a challenge is a
/// downgrade attack.
fn check_verifier(
    challenge: Option<&CodeChallenge>,
    verifier: Option<&str>,
) -> Result<(), TokenError> {
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (Some(challenge), Some(verifier)) if (43..=128).contains(&verifier.len()) => {
            let hash = digest::digest(&digest::SHA256, verifier.as_bytes());
            let matches = URL_SAFE_NO_PAD.encode(hash) == challenge.as_str();
            if matches {
                Ok(())
            } else {
                Err(TokenError::Verifier)
            }
        }
        _ => Err(TokenError::Verifier),
    }
}

/// RFC 6749 §4.1.2: a code that comes twice was stolen; what came of it dies.
async fn replayed(app: &App, grant_id: GrantId, family_id: FamilyId) -> TokenError {
    let ended = end_family(app, grant_id, family_id).await;
    ended.map_or_else(TokenError::from, |()| TokenError::Replayed)
}

async fn end_family(app: &App, grant_id: GrantId, family_id: FamilyId) -> Result<(), StoreError> {
    app.store()
        .write(move |tx| Box::pin(async move { tokens::end_family(tx, grant_id, family_id).await }))
        .await
}

/// Uses a refresh token, and rotates it unless the client's security profile
/// has it stay. `scopes` may ask for less than was granted.
///
/// Two SELECTs (token with grant; newest receipt), one transaction of five
/// statements, one AEAD opening, two sealings, one signature.
pub async fn refresh(
    app: &App,
    client: &RegisteredClient,
    presented: &str,
    scopes: Option<EnumSet<Scope>>,
) -> Result<Tokens, TokenError> {
    let token = Opaque::<RefreshToken>::parse(presented).ok_or(TokenError::Unknown)?;
    // Who loses the race to rotate finds the token rotated when looking again,
    // and its successor used if they lose that race as well.
    for _ in 0..3 {
        if let Some(tokens) = refresh_once(app, client, &token, scopes).await? {
            return Ok(tokens);
        }
    }
    Err(Fault::Contended.into())
}

async fn refresh_once(
    app: &App,
    client: &RegisteredClient,
    token: &Opaque<RefreshToken>,
    scopes: Option<EnumSet<Scope>>,
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
    if row.grant.grant.state_at(now) != GrantState::Active {
        return Err(TokenError::NoGrant);
    }
    if let Some(at) = row.rotated_at
        && !(row.successor_unused && now.since(at) <= ROTATION_GRACE)
    {
        // RFC 9700 §4.14.2: one of the two who hold it is not the client.
        end_family(app, grant_id, row.family_id).await?;
        return Err(TokenError::Unknown);
    }
    let narrowed = scopes.map_or(row.scopes, |asked| asked | Scope::Openid);
    if !narrowed.is_subset(row.scopes) {
        return Err(TokenError::ScopeTooWide);
    }
    let tokens = rotate(app, client, token, row, narrowed, now).await?;
    Ok(tokens.map(|tokens| Tokens { receipt, ..tokens }))
}

async fn rotate(
    app: &App,
    client: &RegisteredClient,
    token: &Opaque<RefreshToken>,
    row: RefreshTokenRow,
    scopes: EnumSet<Scope>,
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
        now,
    };
    let again = row.rotated_at.is_some();
    // FAPI 2.0 Security Profile §5.3.2.1: no rotation. Its clients are
    // confidential, so a stolen token is of no use to others; and an answer
    // that gets lost takes no token with it.
    let stays = client.client.metadata.is_fapi2() && !again;
    let access = issue.access();
    let (successor, new) = issue.successor(token, row.expires_at);
    let id_token = issue.id_token(&access.0, None).await?;
    let answer = Tokens {
        access_token: access.0.clone(),
        expires_in: access.1.expires_at.since(now),
        refresh_token: (!stays).then_some(successor),
        id_token,
        scopes,
        receipt: None,
    };
    // The successor keeps what was granted, however little this access token may do.
    let grant_id = issue.grant.id;
    let turn = Turn {
        old: token.hash(),
        new,
        granted: row.scopes,
        authentication: row.authentication,
    };
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
                tokens::insert_access(tx, &access.1, scopes, now).await?;
                Ok::<_, StoreError>(true)
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
