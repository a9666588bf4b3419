//! The token endpoint. Redeeming codes is in `redeem`, and those of devices in
//! `device`; rotating refresh tokens in `refresh`, what tokens are made of in
//! `issue`, and what they stand for in `standing`.

mod device;
mod issue;
mod redeem;
mod refresh;
mod standing;
mod told;

use std::time::Duration;

use enumset::EnumSet;
use zeroize::Zeroizing;

use self::told::Told;
use crate::app::App;
use crate::crypto::dpop::Proof;
use crate::crypto::secret::{AccessToken, Opaque, RefreshToken};
use crate::domain::details::{BadDetails, ProfileRelease};
use crate::domain::grant::Grant;
use crate::domain::id::{FamilyId, GrantId};
use crate::domain::scope::Scope;
use crate::domain::time::Timestamp;
use crate::domain::token::Thumbprint;
use crate::service::clients::granted_to;
use crate::service::plans::Edition;
use crate::service::{Fault, proofs};
use crate::store::clients::RegisteredClient;
use crate::store::{Connection, StoreError, tokens};
pub use device::redeem_device;
pub(in crate::service) use issue::Issue;
pub use issue::{ACCESS_TOKEN_LIFETIME, sign_for};
pub(in crate::service) use redeem::check_verifier;
pub use redeem::{Redemption, redeem};
pub use refresh::{Wish, refresh};
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
    /// What was granted of the authorization details, if there were any.
    pub details: Option<ProfileRelease>,
    /// The grant that they stand for.
    pub grant_id: GrantId,
    /// The edition of the client's plan that the grant answers, if there is one.
    pub edition: Option<Edition>,
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
    /// Authorization details that ask for more than was granted
    /// (`invalid_authorization_details`).
    #[error("{}", .0.as_str())]
    Details(BadDetails),
    /// Nobody answered the device yet (`authorization_pending`).
    #[error("nobody has answered yet: ask again after the interval")]
    Pending,
    /// The device asks too often (`slow_down`).
    #[error("this is too often: wait five seconds longer between questions")]
    SlowDown,
    /// Nobody answered the device in time (`expired_token`).
    #[error("the device code has expired: begin again")]
    Expired,
    /// Somebody refused the device (`access_denied`).
    #[error("the person chose not to agree")]
    Denied,
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for TokenError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
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

/// RFC 9396 §6.1: a token request asks for what was granted, or less.
fn check_details(
    app: &App,
    client: &RegisteredClient,
    grant: &Grant,
    bound_to: Option<&ProfileRelease>,
    asked: Option<&ProfileRelease>,
) -> Result<(), TokenError> {
    let Some(asked) = asked else {
        return Ok(());
    };
    let whole = ProfileRelease::everything();
    let details = bound_to.unwrap_or(&whole);
    let granted = granted_to(app, client, details, grant, app.now());
    asked.check_granted(&granted).map_err(TokenError::Details)
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

async fn end_family(app: &App, grant_id: GrantId, family_id: FamilyId) -> Result<(), StoreError> {
    app.store()
        .write(move |tx| Box::pin(async move { tokens::end_family(tx, grant_id, family_id).await }))
        .await
}
