//! Accounts that go along to another provider: the code becomes a token that is
//! bound to a key, and the token fetches the document once. There is nothing to
//! refresh, and no agreement stands behind it. Whoever is signed out everywhere
//! lets nothing more go: codes and tokens end with the sessions.

use std::time::Duration;

use crate::app::App;
use crate::crypto::dpop::Proof;
use crate::crypto::seal::Sealed;
use crate::crypto::secret::{Code, Opaque, TransferToken};
use crate::crypto::vault;
use crate::domain::id::TransferId;
use crate::domain::message::About;
use crate::domain::time::Timestamp;
use crate::domain::transfer::TOKEN_LIFETIME;
use crate::service::access::{self, AccessError};
use crate::service::exports::{Owner, Pieces, export};
use crate::service::sessions::SignedIn;
use crate::service::tokens::{Redemption, TokenError, check_verifier};
use crate::service::{Fault, letters, proofs};
use crate::store::StoreError;
use crate::store::clients::RegisteredClient;
use crate::store::departures::{self, CodeUse, Redeemed};

/// How many departures are shown.
const SHOWN: u32 = 50;

/// What a code is redeemed for.
#[derive(Debug)]
pub struct Ticket {
    /// Fetches the document, once.
    pub token: Opaque<TransferToken>,
    /// How long it is good for.
    pub expires_in: Duration,
}

/// Redeems the code of a transfer; `None` when it is none of one.
pub async fn redeem(
    app: &App,
    client: &RegisteredClient,
    redemption: &Redemption<'_>,
) -> Result<Option<Ticket>, TokenError> {
    let Some(code) = Opaque::<Code>::parse(redemption.code) else {
        return Ok(None);
    };
    let id = TransferId::new(code.owner());
    let mut connection = app.store().read().await?;
    let row = departures::find(&mut connection, id).await?;
    drop(connection);
    let Some(row) = row.filter(|row| row.code_hash == code.hash()) else {
        return Ok(None);
    };
    if row.departing.client_id != client.client.id {
        return Err(TokenError::Unknown);
    }
    if row.redeemed_at.is_some() {
        return Err(replayed(app, id).await);
    }
    let now = app.now();
    let wrapped = row.vault_key_wrapped.ok_or(TokenError::Unknown)?;
    if row.expires_at <= now {
        return Err(TokenError::Unknown);
    }
    let binding = &row.departing.binding;
    if redemption.redirect_uri != Some(&binding.redirect_uri) {
        return Err(TokenError::RedirectUri);
    }
    check_verifier(Some(&binding.code_challenge), redemption.code_verifier)?;
    let proof = redemption.proof.ok_or(TokenError::ProofMissing)?;
    if proof.key != binding.dpop_jkt {
        return Err(TokenError::OtherKey);
    }
    let wrapped = Sealed::from_bytes(wrapped);
    let key = vault::open_with_transfer(&wrapped, row.account_id, &code).map_err(Fault::from)?;
    let token = Opaque::<TransferToken>::generate(code.owner(), app.random());
    let sealed = vault::wrap_for_transfer(&key, row.account_id, &token, app.random());
    let redeemed = Redeemed {
        token_hash: token.hash(),
        vault_key_wrapped: sealed.into_bytes(),
        expires_at: now.plus(TOKEN_LIFETIME),
    };
    let (proof, hash) = (proof.hash(), code.hash());
    let used = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                if !proofs::keep(tx, proof, now).await? {
                    return Err(TokenError::ProofReplayed);
                }
                Ok(departures::redeem(tx, id, hash, redeemed, now).await?)
            })
        })
        .await?;
    match used {
        CodeUse::Won => {
            let expires_in = TOKEN_LIFETIME;
            Ok(Some(Ticket { token, expires_in }))
        }
        CodeUse::Before => Err(replayed(app, id).await),
        // Its owner clicked again: the other code is good, and nobody stole it.
        CodeUse::Replaced => Err(TokenError::Unknown),
    }
}

/// RFC 6749 §4.1.2: a code that comes twice was stolen; what came of it dies.
async fn replayed(app: &App, id: TransferId) -> TokenError {
    let ended = app
        .store()
        .write_statement(move |tx| Box::pin(async move { departures::end(tx, id).await }))
        .await;
    match ended {
        Ok(()) => TokenError::Replayed,
        Err(error) => error.into(),
    }
}

/// Hands out the document, once. That it went, and the mail that tells its owner
/// so, are written down before its first byte.
pub async fn fetch(
    app: &App,
    presented: &str,
    proof: Option<&Proof>,
) -> Result<Pieces, AccessError> {
    access::check_token(presented, proof)?;
    let token = Opaque::<TransferToken>::parse(presented).ok_or(AccessError::InvalidToken)?;
    let id = TransferId::new(token.owner());
    let mut connection = app.store().read().await?;
    let row = departures::find(&mut connection, id).await?;
    drop(connection);
    let now = app.now();
    let row = row
        .filter(|row| row.token_hash == Some(token.hash()) && row.expires_at > now)
        .ok_or(AccessError::InvalidToken)?;
    let proof = proof.ok_or(AccessError::Bound)?;
    if proof.key != row.departing.binding.dpop_jkt {
        return Err(AccessError::OtherKey);
    }
    access::take_proof(app, proof, now).await?;
    let wrapped = row.vault_key_wrapped.ok_or(AccessError::InvalidToken)?;
    let account_id = row.account_id;
    let wrapped = Sealed::from_bytes(wrapped);
    let vault_key = vault::open_with_transfer(&wrapped, account_id, &token).map_err(Fault::from)?;
    let owner = Owner {
        account_id,
        vault_key,
    };
    let pieces = export(app, owner).await?;
    let mail = letters::to(app, account_id, About::WentAlong);
    let hash = token.hash();
    let won = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                let won = departures::fetch(tx, id, hash, now).await?;
                if won {
                    mail.keep(tx).await?;
                }
                Ok::<_, StoreError>(won)
            })
        })
        .await?;
    if won {
        Ok(pieces)
    } else {
        Err(AccessError::InvalidToken)
    }
}

/// To whom an account went along.
#[derive(Clone, Debug)]
pub struct WentAlong {
    /// Where the answer went.
    pub redirect_uri: String,
    /// When.
    pub at: Timestamp,
}

/// To whom an account went along, the newest first.
pub async fn of_account(app: &App, signed_in: &SignedIn) -> Result<Vec<WentAlong>, Fault> {
    let mut connection = app.store().read().await?;
    let rows = departures::of_account(&mut connection, signed_in.account.id, SHOWN).await?;
    Ok(rows
        .into_iter()
        .map(|(_, binding, at)| WentAlong {
            redirect_uri: binding.redirect_uri,
            at,
        })
        .collect())
}

/// Ends those of which neither code nor token was used in time: nothing opens a
/// vault for longer than it has to.
pub async fn end_stale(app: &App) -> Result<(), Fault> {
    let now = app.now();
    app.store()
        .write_statement(move |tx| Box::pin(async move { departures::end_stale(tx, now).await }))
        .await
        .map_err(|error: StoreError| error.into())
}
