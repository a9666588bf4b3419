//! From an authorization request to its answer.
//!
//! This file decides what a request still needs, by what `answers` finds in the
//! agreement that there is; `view` gathers what the consent page shows, `reply`
//! takes what the consumer says there, `no` what comes of a no;
//! `code` makes the code that goes to the client.

mod answers;
mod code;
mod no;
mod push;
mod reply;
mod transfer;
mod view;

use std::sync::Arc;

use crate::app::App;
use crate::crypto::secret::{Browser, Code, Opaque};
use crate::crypto::vault::{self, Sealed};
use crate::domain::authorization::{AuthorizationRequest, Destination, PendingRequest, Prompt};
use crate::domain::id::RequestId;
use crate::service::Fault;
use crate::service::clients::ceiling_of;
use crate::service::grants::grant_key;
use crate::service::sessions::SignedIn;
use crate::store::authorizations::{self, StoredRequest};
use crate::store::clients::RegisteredClient;
use crate::store::grants::GrantRow;
use crate::store::{StoreError, grants};
use answers::{acts_on, answers, older_plan, wants_offline};
use code::{NewCode, NotKept};
pub use push::{PushError, Pushed, PushedError, push, pushed};
pub use reply::{Replied, Reply, reply};
pub use transfer::{allow_transfer, deny_transfer};
pub use view::{ConsentView, consent_view};

/// What a request needs next.
#[derive(Debug)]
pub enum Next {
    /// Someone has to sign in.
    SignIn(RequestId),
    /// The consumer has to be asked.
    Consent(RequestId),
    /// Nothing: this is the answer.
    Answer(AuthorizationResponse),
}

/// An answer that goes to the client by redirect.
#[derive(Debug)]
pub struct AuthorizationResponse {
    /// Where it goes.
    pub to: Destination,
    /// What it says.
    pub result: Result<Granted, Refusal>,
}

/// What comes of a yes.
#[derive(Clone, Debug)]
pub enum Granted {
    /// A code, for the client to redeem.
    Code(Opaque<Code>),
    /// Nothing that has to be brought anywhere: the device asks itself.
    Device,
}

/// Why a request is refused, in the words of OpenID Connect Core 1.0 §3.1.2.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The consumer said no.
    AccessDenied,
    /// Nothing may be shown, and nobody is signed in.
    LoginRequired,
    /// Nothing may be shown, and the consumer would have to be asked.
    ConsentRequired,
    /// The request was pushed, and has been answered before.
    PushedBefore,
    /// The sign-in proves something else than the request insists on.
    OtherAssurance,
    /// The request acts on an agreement that is over, or somebody else's.
    OtherGrant,
}

impl AuthorizationResponse {
    fn refuse(request: &AuthorizationRequest, refusal: Refusal) -> Self {
        Self {
            to: request.destination(),
            result: Err(refusal),
        }
    }

    fn grant(request: &AuthorizationRequest, granted: Granted) -> Self {
        Self {
            to: request.destination(),
            result: Ok(granted),
        }
    }
}

/// Decides what a new request needs. One that needs nothing is answered at
/// once, and never stored.
///
/// With a live session and grant: one SELECT for the grant, one transaction
/// for the code.
pub async fn begin(
    app: &App,
    client: &RegisteredClient,
    request: AuthorizationRequest,
    signed_in: Option<&SignedIn>,
    browser: &Opaque<Browser>,
) -> Result<Next, Fault> {
    let now = app.now();
    let pending = PendingRequest {
        id: RequestId::new(app.random().uuid(now)),
        request: AuthorizationRequest {
            session: signed_in.map(SignedIn::session_hash),
            ..request
        },
        created_at: now,
        answer: None,
    };
    let missing = match decide(app, client, &pending, signed_in).await? {
        Decision::Answered(response) => return Ok(Next::Answer(response)),
        missing => missing,
    };
    if pending.request.is_silent() {
        let refusal = match missing {
            Decision::SignIn => Refusal::LoginRequired,
            _ => Refusal::ConsentRequired,
        };
        return Ok(Next::Answer(AuthorizationResponse::refuse(
            &pending.request,
            refusal,
        )));
    }
    let id = pending.id;
    let stored = StoredRequest {
        id,
        browser_hash: browser.hash(),
        request_sealed: vault::seal_request(browser, id, &pending.request.to_bytes(), app.random())
            .into_bytes(),
        created_at: pending.created_at,
        answer: None,
    };
    app.store()
        .write(move |tx| Box::pin(async move { authorizations::insert(tx, &stored).await }))
        .await?;
    Ok(match missing {
        Decision::SignIn => Next::SignIn(id),
        _ => Next::Consent(id),
    })
}

enum Decision {
    SignIn,
    Consent,
    Answered(AuthorizationResponse),
}

/// Whether somebody has to show who they are, although they are signed in:
/// it was long ago, the business wants it again, or it is about someone else.
pub async fn must_sign_in(
    app: &App,
    client: &RegisteredClient,
    pending: &PendingRequest,
    signed_in: &SignedIn,
) -> Result<bool, Fault> {
    let (request, session) = (&pending.request, signed_in.session_hash());
    let needs = request.needs_sign_in(
        signed_in.authentication,
        session,
        pending.created_at,
        app.now(),
    );
    let reaches = request.asked.is_met_by(signed_in.authentication.acr());
    Ok(needs || !reaches || !is_meant(app, client, request, signed_in).await?)
}

/// Whether who is signed in is who the request names, if it names anybody.
async fn is_meant(
    app: &App,
    client: &RegisteredClient,
    request: &AuthorizationRequest,
    signed_in: &SignedIn,
) -> Result<bool, Fault> {
    if !request.names_a_subject() {
        return Ok(true);
    }
    let (account, sector) = (signed_in.account.id, &client.client.sector);
    let mut connection = app.store().read().await?;
    let subject = grants::known_subject(&mut connection, account, sector).await?;
    Ok(request.means(subject.as_ref()))
}

async fn decide(
    app: &App,
    client: &RegisteredClient,
    pending: &PendingRequest,
    signed_in: Option<&SignedIn>,
) -> Result<Decision, Fault> {
    let request = &pending.request;
    let now = app.now();
    let Some(signed_in) = signed_in else {
        return Ok(Decision::SignIn);
    };
    if must_sign_in(app, client, pending, signed_in).await? {
        let session = signed_in.session_hash();
        let is_new = request.is_new(signed_in.authentication, session, pending.created_at);
        // OpenID Connect Core 1.0 §3.1.2.1: somebody else signed in than was
        // meant. Asking again would go on for ever.
        return Ok(if is_new {
            let reaches = request.asked.is_met_by(signed_in.authentication.acr());
            let refusal = if reaches {
                Refusal::LoginRequired
            } else {
                Refusal::OtherAssurance
            };
            let refused = AuthorizationResponse::refuse(request, refusal);
            Decision::Answered(refused)
        } else {
            Decision::SignIn
        });
    }
    // Nobody logs in anywhere with an account that waits for its end; and that an
    // account goes along is always asked, whatever was agreed or ruled before.
    if request.transfer || signed_in.erase_at.is_some() {
        return Ok(Decision::Consent);
    }
    let mut connection = app.store().read().await?;
    let row = grants::live(&mut connection, signed_in.account.id, &client.client.id).await?;
    drop(connection);
    if !acts_on(request, row.as_ref(), now) {
        let refused = AuthorizationResponse::refuse(request, Refusal::OtherGrant);
        return Ok(Decision::Answered(refused));
    }
    // What makes an agreement anew is for the consumer to say.
    if request.prompt.contains(Prompt::Consent) || !request.keeps_what_was_agreed() {
        return Ok(Decision::Consent);
    }
    // The operator may have lowered the ceiling since it was given.
    let ceiling = ceiling_of(app, client);
    let before = match &row {
        Some(row) => older_plan(app, client, &row.grant).await?,
        None => None,
    };
    let stands = |row: &GrantRow| {
        let answered = answers(&row.grant, client, before.as_ref(), request, now);
        answered && ceiling.covers(&row.grant.terms)
    };
    let Some(row) = row.filter(stands) else {
        return Ok(Decision::Consent);
    };
    let key = grant_key(signed_in, &row)?;
    let new = NewCode::make(app, client, &row.grant, &key, pending, signed_in, now)?;
    let granted = new.granted.clone();
    // No receipt for it: that of the agreement says that it is so.
    let later = row.grant.at_login(now).map(|grant| (grant, row.chain.seq));
    let kept = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                if let Some((grant, seq)) = &later {
                    grants::extend(tx, grant, *seq).await?;
                }
                new.keep(tx).await
            })
        })
        .await;
    match kept {
        Ok(()) => {}
        Err(NotKept::PushedBefore) => {
            let refused = AuthorizationResponse::refuse(request, Refusal::PushedBefore);
            return Ok(Decision::Answered(refused));
        }
        Err(NotKept::SignedOut) => return Ok(Decision::SignIn),
        // Nothing is shown there then but that.
        Err(NotKept::Ending) => return Ok(Decision::Consent),
        Err(NotKept::Store(error)) => return Err(error.into()),
    }
    Ok(Decision::Answered(AuthorizationResponse::grant(
        request, granted,
    )))
}

/// A request that waits, found for the browser that made it.
#[derive(Debug)]
pub struct Waiting {
    /// The request.
    pub pending: PendingRequest,
    /// Who asks.
    pub client: Arc<RegisteredClient>,
}

/// Why a waiting request cannot be gone on with.
#[derive(Debug, thiserror::Error)]
pub enum WaitingError {
    /// There is no such request, or it was made in another browser.
    #[error("there is no such request in this browser")]
    Unknown,
    /// It waited too long.
    #[error("the request has expired")]
    Expired,
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for WaitingError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// Finds a waiting request. One that was made in another browser is as
/// unknown as one that was never made.
pub async fn waiting(
    app: &App,
    id: RequestId,
    browser: Option<&Opaque<Browser>>,
) -> Result<Waiting, WaitingError> {
    let mut connection = app.store().read().await?;
    let stored = authorizations::find(&mut connection, id)
        .await?
        .ok_or(WaitingError::Unknown)?;
    drop(connection);
    let browser = browser
        .filter(|browser| browser.hash() == stored.browser_hash)
        .ok_or(WaitingError::Unknown)?;
    let sealed = Sealed::from_bytes(stored.request_sealed);
    let bytes = vault::open_request(browser, id, &sealed).map_err(Fault::from)?;
    let pending = PendingRequest {
        id,
        request: AuthorizationRequest::from_bytes(&bytes)
            .ok_or(Fault::Inconsistent("a waiting request does not read"))?,
        created_at: stored.created_at,
        answer: stored.answer,
    };
    if pending.is_expired(app.now()) {
        return Err(WaitingError::Expired);
    }
    let client = app
        .client(&pending.request.client_id)
        .await?
        .ok_or(WaitingError::Unknown)?;
    Ok(Waiting { pending, client })
}

/// Goes on with a waiting request after someone signed in.
pub async fn go_on(app: &App, waiting: &Waiting, signed_in: &SignedIn) -> Result<Next, Fault> {
    let id = waiting.pending.id;
    Ok(
        match decide(app, &waiting.client, &waiting.pending, Some(signed_in)).await? {
            Decision::SignIn => Next::SignIn(id),
            Decision::Consent => Next::Consent(id),
            Decision::Answered(response) => Next::Answer(response),
        },
    )
}
