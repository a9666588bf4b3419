//! What somebody answers who is asked whether all of their account may go along
//! to another provider. No agreement comes of it, and no house rule answers it.

use super::no::refuse;
use super::{AuthorizationResponse, Granted, Refusal, Waiting};
use crate::app::App;
use crate::crypto::secret::{Code, Opaque};
use crate::crypto::vault;
use crate::domain::authorization::{Answer, CODE_LIFETIME};
use crate::domain::id::TransferId;
use crate::domain::transfer::{Departing, DepartureBinding};
use crate::service::Fault;
use crate::service::sessions::SignedIn;
use crate::store::departures::{self, NewDeparture};
use crate::store::{StoreError, authorizations, pushed_requests, sessions};

enum Lost {
    /// It was answered before, with something else or long ago.
    Before,
    /// The request that it came by was answered before.
    Pushed,
    /// The session has ended meanwhile.
    SignedOut,
    Store(StoreError),
}

impl From<StoreError> for Lost {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Writes down a yes: the client gets a code that lets it fetch everything once.
///
/// A second click gets another code in place of the first, of which the browser
/// dropped the answer: one works, and once (RFC 6749 §4.1.2). `None` when it was
/// answered with something else, or the first was redeemed.
pub async fn allow_transfer(
    app: &App,
    waiting: &Waiting,
    signed_in: &SignedIn,
) -> Result<Option<AuthorizationResponse>, Fault> {
    let (request, pending) = (&waiting.pending.request, waiting.pending.id);
    let (Some(code_challenge), Some(dpop_jkt), true) = (
        request.code_challenge.clone(),
        request.dpop_jkt.clone(),
        request.transfer,
    ) else {
        return Err(Fault::Inconsistent("a request asks for no transfer"));
    };
    let (now, account_id) = (app.now(), signed_in.account.id);
    // A yes has one departure, however often it is said.
    let id = TransferId::new(*pending.as_uuid());
    let code = Opaque::<Code>::generate(*id.as_uuid(), app.random());
    let wrapped = vault::wrap_for_transfer(&signed_in.vault_key, account_id, &code, app.random());
    let new = NewDeparture {
        id,
        account_id,
        departing: Departing {
            client_id: request.client_id.clone(),
            binding: DepartureBinding {
                redirect_uri: request.redirect_uri.clone(),
                code_challenge,
                dpop_jkt,
            },
        },
        code_hash: code.hash(),
        vault_key_wrapped: wrapped.into_bytes(),
        created_at: now,
        expires_at: now.plus(CODE_LIFETIME),
    };
    let (pushed, session) = (request.pushed, signed_in.session_hash());
    let kept = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                let is_first =
                    authorizations::answer(tx, pending, &Answer::Transferred, now).await?;
                // Whoever ended it ended what was allowed in it: nothing may come after.
                if !sessions::hold(tx, account_id, session, now).await? {
                    return Err(Lost::SignedOut);
                }
                if !is_first {
                    let again = departures::renew(tx, &new, now).await?;
                    return if again { Ok(()) } else { Err(Lost::Before) };
                }
                if let Some(hash) = pushed
                    && !pushed_requests::use_up(tx, hash, pending).await?
                {
                    return Err(Lost::Pushed);
                }
                Ok(departures::insert(tx, &new).await?)
            })
        })
        .await;
    match kept {
        Ok(()) => {
            let granted = Granted::Code(code);
            Ok(Some(AuthorizationResponse::grant(request, granted)))
        }
        Err(Lost::Before) => Ok(None),
        Err(Lost::Pushed) => Ok(Some(AuthorizationResponse::refuse(
            request,
            Refusal::PushedBefore,
        ))),
        Err(Lost::SignedOut) => Err(Fault::SignedOut),
        Err(Lost::Store(error)) => Err(error.into()),
    }
}

/// Writes down a no.
pub async fn deny_transfer(app: &App, waiting: &Waiting) -> Result<AuthorizationResponse, Fault> {
    refuse(app, &waiting.pending).await?;
    Ok(AuthorizationResponse::refuse(
        &waiting.pending.request,
        Refusal::AccessDenied,
    ))
}
