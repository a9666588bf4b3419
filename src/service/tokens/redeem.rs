//! Redeeming codes: what a client gets for one, and what must fit.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{
    Issue, TokenError, Tokens, check_details, check_key, end_family, keep_proof, keep_told,
};
use crate::app::App;
use crate::crypto::dpop::Proof;
use crate::crypto::seal::{CannotOpen, Sealed};
use crate::crypto::secret::{Code, DeviceCode, Opaque};
use crate::crypto::vault::{self, GrantKey};
use crate::domain::authorization::CodeChallenge;
use crate::domain::details::ProfileRelease;
use crate::domain::grant::GrantState;
use crate::domain::id::{FamilyId, GrantId};
use crate::domain::scope::Scope;
use crate::domain::time::Timestamp;
use crate::domain::token::TokenBinding;
use crate::service::Fault;
use crate::service::plans::Edition;
use crate::store::clients::RegisteredClient;
use crate::store::receipts;
use crate::store::tokens::{self, CodeRow};

/// A code as a client presents it.
#[derive(Debug)]
pub struct Redemption<'a> {
    /// `code`.
    pub code: &'a str,
    /// `redirect_uri`.
    pub redirect_uri: Option<&'a str>,
    /// `code_verifier`.
    pub code_verifier: Option<&'a str>,
    /// `authorization_details`: less than was granted.
    pub details: Option<ProfileRelease>,
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
    redeem_for(app, client, &Bearer::Code(&code), redemption).await
}

/// What is redeemed: a code that came back with a browser, or that of a
/// device, whose grant is known by now.
pub(super) enum Bearer<'a> {
    Code(&'a Opaque<Code>),
    Device(&'a Opaque<DeviceCode>, GrantId),
}

impl Bearer<'_> {
    fn grant_id(&self) -> GrantId {
        match self {
            Self::Code(code) => GrantId::new(code.owner()),
            Self::Device(_, grant_id) => *grant_id,
        }
    }

    fn hash(&self) -> [u8; 32] {
        match self {
            Self::Code(code) => code.hash(),
            Self::Device(code, _) => code.hash(),
        }
    }

    fn open(&self, wrapped: Vec<u8>) -> Result<GrantKey, CannotOpen> {
        let wrapped = Sealed::from_bytes(wrapped);
        match self {
            Self::Code(code) => vault::open_grant_key_with(code, &wrapped),
            Self::Device(code, id) => vault::open_grant_key_on_device(code, *id, &wrapped),
        }
    }
}

pub(super) async fn redeem_for(
    app: &App,
    client: &RegisteredClient,
    bearer: &Bearer<'_>,
    redemption: &Redemption<'_>,
) -> Result<Tokens, TokenError> {
    let (grant_id, hash) = (bearer.grant_id(), bearer.hash());
    let mut connection = app.store().read().await?;
    let row = tokens::code(&mut connection, grant_id, hash)
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
    check_standing(&row, app.now())?;
    // Nothing was sent to a device that could have been caught on the way.
    if matches!(bearer, Bearer::Code(_)) {
        check_sender(&row, redemption)?;
    }
    check_key(client, row.binding.dpop_jkt.as_ref(), redemption.proof)?;
    let (granted, asked) = (row.binding.details.as_ref(), redemption.details.as_ref());
    check_details(app, client, &row.grant.grant, granted, asked)?;
    let key = bearer.open(row.grant_key_wrapped).map_err(Fault::from)?;
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
            details: row.binding.details,
            sid: row.binding.sid.clone(),
        },
        narrowed: redemption.details.clone(),
        // RFC 9449 §5: whoever authenticates is bound to its refresh tokens by that.
        refresh_key: key_shown.filter(|_| client.client.metadata.is_public()),
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
        grant_id,
        edition: Edition::of(issue.grant, issue.client),
        details: issue.granted(),
        receipt,
        grant_expires_in: issue.grant_expires_in(),
    };
    let (now, scopes, authentication) = (issue.now, issue.scopes, issue.authentication);
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

fn check_standing(row: &CodeRow, now: Timestamp) -> Result<(), TokenError> {
    if row.expires_at <= now {
        Err(TokenError::Unknown)
    } else if row.grant.grant.state_at(now) == GrantState::Active {
        Ok(())
    } else {
        Err(TokenError::NoGrant)
    }
}

fn check_sender(row: &CodeRow, redemption: &Redemption<'_>) -> Result<(), TokenError> {
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
    let challenge = row.binding.code_challenge.as_ref();
    check_verifier(challenge, redemption.code_verifier)
}

/// RFC 7636 §4.6, and RFC 9700 §2.1.1: a verifier without a challenge is a
/// downgrade attack.
pub(in crate::service) fn check_verifier(
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
