//! The token endpoint: redeeming codes. Rotating refresh tokens is in
//! `refresh`, what tokens are made of in `issue`, and what they stand for in
//! `standing`.

mod issue;
mod refresh;
mod standing;
mod told;

use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use enumset::EnumSet;
use zeroize::Zeroizing;

use self::told::Told;
use crate::app::App;
use crate::crypto::dpop::Proof;
use crate::crypto::seal::Sealed;
use crate::crypto::secret::{AccessToken, Code, Opaque, RefreshToken};
use crate::crypto::vault;
use crate::domain::authorization::CodeChallenge;
use crate::domain::client::AuthMethod;
use crate::domain::grant::GrantState;
use crate::domain::id::{FamilyId, GrantId};
use crate::domain::scope::Scope;
use crate::domain::time::Timestamp;
use crate::domain::token::{Thumbprint, TokenBinding};
use crate::service::{Fault, proofs};
use crate::store::clients::RegisteredClient;
use crate::store::tokens::{self, CodeRow};
use crate::store::{Connection, StoreError, receipts};
pub(in crate::service) use issue::Issue;
pub use issue::{ACCESS_TOKEN_LIFETIME, sign_for};
pub use refresh::refresh;
pub use standing::{Standing, TokenKind, introspect, revoke};
pub(in crate::service) use told::{named_in, open_asked};

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
    /// Whether the access token is bound to a key.
    pub is_bound: bool,
    /// What the tokens may be used for.
    pub scopes: EnumSet<Scope>,
    /// The business's copy of the newest receipt.
    pub receipt: Option<String>,
    /// How long the grant still lasts; `None` when it holds nothing that
    /// could expire.
    pub grant_expires_in: Option<Duration>,
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
    /// The client's tokens are bound to a key, and it showed none
    /// (`invalid_dpop_proof`).
    #[error("the tokens of this client are bound to a key: a DPoP proof is missing")]
    ProofMissing,
    /// The proof was shown before (`invalid_dpop_proof`).
    #[error("the DPoP proof is refused: it was shown before")]
    ProofReplayed,
    /// The code or token is bound to a key, and this is not shown.
    #[error("the code or token is bound to another key than that of the DPoP proof")]
    OtherKey,
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
    /// That the client holds a key.
    pub proof: Option<&'a Proof>,
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
    check_key(client, row.binding.dpop_jkt.as_ref(), redemption.proof)?;
    let key = vault::open_grant_key_with(&code, &Sealed::from_bytes(row.grant_key_wrapped))
        .map_err(Fault::from)?;
    let key_shown = redemption.proof.map(|proof| proof.key.clone());
    let issue = Issue {
        app,
        client,
        grant: &row.grant.grant,
        key: &key,
        family_id: row.family_id,
        scopes: row.binding.scopes,
        authentication: row.binding.authentication,
        binding: TokenBinding {
            key: key_shown.clone(),
            asked_sealed: row.asked_sealed,
            sid: row.binding.sid.clone(),
        },
        // RFC 9449 §5: whoever authenticates is bound to its refresh tokens by that.
        refresh_key: key_shown.filter(|_| is_public(client)),
        now: app.now(),
    };
    let access = issue.access();
    let refresh = row
        .binding
        .scopes
        .contains(Scope::OfflineAccess)
        .then(|| issue.first_refresh());
    let mut told = issue.told(&row.grant)?;
    let id_token = issue
        .id_token(&access.0, row.binding.nonce.as_deref(), &mut told)
        .await?;
    let answer = Tokens {
        access_token: access.0.clone(),
        expires_in: access.1.expires_at.since(issue.now),
        refresh_token: refresh.as_ref().map(|(token, _)| token.clone()),
        id_token,
        is_bound: issue.binding.key.is_some(),
        scopes: row.binding.scopes,
        receipt,
        grant_expires_in: issue.grant_expires_in(),
    };
    let (hash, now, scopes, authentication) =
        (code.hash(), issue.now, issue.scopes, issue.authentication);
    let proof = redemption.proof.map(Proof::hash);
    let won = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                if !tokens::redeem_code(tx, grant_id, hash, now).await? {
                    return Ok(false);
                }
                keep_proof(tx, proof, now).await?;
                keep_told(tx, &told).await?;
                tokens::insert_access(tx, &access.1, scopes, now).await?;
                if let Some((_, refresh)) = &refresh {
                    tokens::insert_refresh(tx, refresh, scopes, authentication, now).await?;
                }
                Ok::<_, TokenError>(true)
            })
        })
        .await?;
    if won {
        Ok(answer)
    } else {
        Err(replayed(app, grant_id, row.family_id).await)
    }
}

/// Whether the key that is shown is the one that a code or token is bound to,
/// and whether one must be.
fn check_key(
    client: &RegisteredClient,
    bound_to: Option<&Thumbprint>,
    proof: Option<&Proof>,
) -> Result<(), TokenError> {
    match (bound_to, proof) {
        (None, None) if client.client.metadata.binds_tokens() => Err(TokenError::ProofMissing),
        (None, _) => Ok(()),
        (Some(key), Some(proof)) if *key == proof.key => Ok(()),
        (Some(_), _) => Err(TokenError::OtherKey),
    }
}

fn is_public(client: &RegisteredClient) -> bool {
    client.client.metadata.token_endpoint_auth_method == AuthMethod::None
}

/// Puts on record what the ID token says, or undoes the rest: the grant may
/// have moved meanwhile.
async fn keep_told(tx: &mut Connection, told: &Told) -> Result<(), TokenError> {
    if told.keep(tx).await? {
        Ok(())
    } else {
        Err(Fault::Contended.into())
    }
}

/// Takes the proof with which a request came, or undoes what it did.
async fn keep_proof(
    tx: &mut Connection,
    proof: Option<[u8; 32]>,
    now: Timestamp,
) -> Result<(), TokenError> {
    match proof {
        Some(hash) if !proofs::keep(tx, hash, now).await? => Err(TokenError::ProofReplayed),
        _ => Ok(()),
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
