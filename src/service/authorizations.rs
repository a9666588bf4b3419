//! From an authorization request to its answer: what is still missing, what
//! the consent page shows, and what comes of it.

use std::sync::Arc;

use enumset::EnumSet;

use crate::app::App;
use crate::crypto::secret::{Browser, Code, Opaque};
use crate::crypto::vault::{self, GrantKey};
use crate::domain::attribute::VaultContents;
use crate::domain::authorization::{
    Answer, AuthorizationRequest, CODE_LIFETIME, CodeBinding, PendingRequest, Prompt,
};
use crate::domain::grant::{Grant, GrantState, Move};
use crate::domain::id::{FamilyId, GrantId, RequestId};
use crate::domain::negotiation::{Choice, Outcome, Terms, Unmet, negotiate};
use crate::domain::plan::Plan;
use crate::domain::receipt::{Hash, Method};
use crate::domain::scope::Scope;
use crate::domain::subject::Subject;
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::clients::{plan_of, scopes_naming};
use crate::service::grants::{MoveError, Scene, Written};
use crate::service::sessions::{OpenVault, SignedIn, open_vault};
use crate::store::authorizations::{self, StoredRequest};
use crate::store::clients::RegisteredClient;
use crate::store::grants::{self, GrantRow};
use crate::store::tokens::{self, NewToken};
use crate::store::{Connection, StoreError};

/// How long a redeemed or expired code is remembered, so that its replay is
/// recognised.
const CODES_REMEMBERED: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

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
    pub redirect_uri: String,
    /// Handed back as it came.
    pub state: Option<String>,
    /// What it says.
    pub result: Result<Opaque<Code>, Refusal>,
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
}

impl AuthorizationResponse {
    fn refuse(request: &AuthorizationRequest, refusal: Refusal) -> Self {
        Self {
            redirect_uri: request.redirect_uri.clone(),
            state: request.state.clone(),
            result: Err(refusal),
        }
    }

    fn code(request: &AuthorizationRequest, code: Opaque<Code>) -> Self {
        Self {
            redirect_uri: request.redirect_uri.clone(),
            state: request.state.clone(),
            result: Ok(code),
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
        request,
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
        pending,
        browser_hash: browser.hash(),
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
    if request.needs_sign_in(signed_in.authentication, pending.created_at, now) {
        return Ok(Decision::SignIn);
    }
    if request.prompt.contains(Prompt::Consent) {
        return Ok(Decision::Consent);
    }
    let mut connection = app.store().read().await?;
    let row = grants::live(&mut connection, signed_in.account.id, &client.client.id).await?;
    drop(connection);
    let Some(row) = row.filter(|row| answers(&row.grant, client, request, now)) else {
        return Ok(Decision::Consent);
    };
    let wrapped = row
        .grant_key_wrapped
        .clone()
        .ok_or(Fault::Inconsistent("a grant has no key"))?;
    let wrapped = crate::crypto::seal::Sealed::from_bytes(wrapped);
    let key = vault::open_grant_key(&signed_in.vault_key, row.grant.id, &wrapped)?;
    let new = NewCode::make(app, client, &row.grant, &key, request, signed_in, now);
    let code = new.code.clone();
    app.store()
        .write(move |tx| Box::pin(async move { new.keep(tx).await }))
        .await?;
    Ok(Decision::Answered(AuthorizationResponse::code(
        request, code,
    )))
}

/// Whether a grant as it stands answers a request without asking anything:
/// it is in force, and covers what the plan requires and what the request
/// asks for (`product.md` section 5, "asked once").
fn answers(
    grant: &Grant,
    client: &RegisteredClient,
    request: &AuthorizationRequest,
    now: Timestamp,
) -> bool {
    if grant.state_at(now) != GrantState::Active {
        return false;
    }
    let offline = wants_offline(client, request);
    let (plan, _) = plan_of(client, request.scopes);
    let covered = plan
        .purposes()
        .iter()
        .filter(|purpose| purpose.required)
        .all(|purpose| {
            grant.terms.purpose(&purpose.id).is_some_and(|agreed| {
                agreed.is_live(now) && purpose.claims.is_subset(agreed.claims)
            })
        });
    covered && (!offline || grant.terms.offline)
}

fn wants_offline(client: &RegisteredClient, request: &AuthorizationRequest) -> bool {
    request.scopes.contains(Scope::OfflineAccess) && client.client.metadata.may_refresh()
}

/// A code that is about to be kept.
struct NewCode {
    code: Opaque<Code>,
    token: NewToken,
    binding: CodeBinding,
    forget_before: Timestamp,
}

impl NewCode {
    fn make(
        app: &App,
        client: &RegisteredClient,
        grant: &Grant,
        key: &GrantKey,
        request: &AuthorizationRequest,
        signed_in: &SignedIn,
        now: Timestamp,
    ) -> Self {
        let code = Opaque::<Code>::generate(*grant.id.as_uuid(), app.random());
        let wrapped = vault::wrap_grant_key_for(&code, key, app.random());
        let mut scopes = request.scopes;
        if !wants_offline(client, request) {
            scopes.remove(Scope::OfflineAccess);
        }
        Self {
            token: NewToken {
                grant_id: grant.id,
                hash: code.hash(),
                family_id: FamilyId::new(app.random().uuid(now)),
                grant_key_wrapped: wrapped.into_bytes(),
                expires_at: now.plus(CODE_LIFETIME),
            },
            code,
            binding: CodeBinding {
                client_id: client.client.id.clone(),
                redirect_uri: request.redirect_uri.clone(),
                scopes,
                nonce: request.nonce.clone(),
                code_challenge: request.code_challenge.clone(),
                authentication: signed_in.authentication,
            },
            forget_before: now.minus(CODES_REMEMBERED),
        }
    }

    async fn keep(&self, tx: &mut Connection) -> Result<(), StoreError> {
        tokens::insert_code(tx, &self.token, &self.binding, self.forget_before).await
    }
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
    if browser.is_none_or(|browser| browser.hash() != stored.browser_hash) {
        return Err(WaitingError::Unknown);
    }
    if stored.pending.is_expired(app.now()) {
        return Err(WaitingError::Expired);
    }
    let client = app
        .client(&stored.pending.request.client_id)
        .await?
        .ok_or(WaitingError::Unknown)?;
    Ok(Waiting {
        pending: stored.pending,
        client,
    })
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

/// What the consent page is made from.
#[derive(Debug)]
pub struct ConsentView {
    /// The plan that is negotiated.
    pub plan: Plan,
    /// The consumer's attributes and profiles.
    pub contents: VaultContents,
    /// The agreement that there is already.
    pub current: Option<Grant>,
    /// Names everything that is on the page: the form carries it back.
    pub screen_hash: Hash,
    /// Whether the business wants to read while the consumer is away.
    pub offline: bool,
    plan_hash: Hash,
    row: Option<GrantRow>,
    now: Timestamp,
}

impl ConsentView {
    /// What would come of a choice.
    pub fn outcome(&self, choice: &Choice) -> Outcome {
        let held = self.contents.attributes.held();
        negotiate(&self.plan, &self.contents.profiles, held, choice, self.now)
    }

    fn terms(&self, choice: &Choice) -> Result<Terms, Vec<Unmet>> {
        match self.outcome(choice) {
            Outcome::Agreed(mut terms) => {
                terms.offline = self.offline;
                Ok(terms)
            }
            Outcome::Unmet(unmet) => Err(unmet),
        }
    }
}

/// Gathers what the consent page shows.
pub async fn consent_view(
    app: &App,
    waiting: &Waiting,
    signed_in: &SignedIn,
) -> Result<ConsentView, Fault> {
    let OpenVault { contents, revision } = open_vault(app, signed_in).await?;
    let mut connection = app.store().read().await?;
    let row = grants::live(
        &mut connection,
        signed_in.account.id,
        &waiting.client.client.id,
    )
    .await?;
    drop(connection);
    let now = app.now();
    let request = &waiting.pending.request;
    let in_force = row
        .as_ref()
        .filter(|row| row.grant.state_at(now) == GrantState::Active);
    // A client without a plan that asks for more keeps what it was given before.
    let before = in_force.map_or(EnumSet::empty(), |row| {
        scopes_naming(row.grant.terms.all_claims())
    });
    let (plan, plan_hash) = plan_of(&waiting.client, request.scopes | before);
    let offline = wants_offline(&waiting.client, request)
        || in_force.is_some_and(|row| row.grant.terms.offline);
    let screen = format!(
        "request {}\naccount {}\nplan {}\nvault {revision}\ngrant {}\noffline {offline}\n",
        waiting.pending.id,
        signed_in.account.id,
        plan_hash.as_str(),
        row.as_ref().map_or(0, |row| row.chain.seq),
    );
    Ok(ConsentView {
        plan,
        contents,
        current: in_force.map(|row| row.grant.clone()),
        screen_hash: Hash::of(screen.as_bytes()),
        offline,
        plan_hash,
        row,
        now,
    })
}

/// What the consumer said on the consent page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// No.
    Deny,
    /// Yes, to this. `screen_hash` is that of the page that was read.
    Allow {
        /// What was chosen.
        choice: Choice,
        /// What was on the page.
        screen_hash: String,
    },
}

/// What comes of a reply.
#[derive(Debug)]
pub enum Replied {
    /// This goes to the client.
    Answer(AuthorizationResponse),
    /// Something that was wanted cannot be met: show the page again.
    Unmet(Box<ConsentView>, Vec<Unmet>),
    /// The page was out of date: show it again, as it is now.
    Changed(Box<ConsentView>),
    /// The question was answered before, differently.
    AnsweredBefore(Answer),
}

/// Takes the reply of the consent page. Grant, receipt, code and answer are
/// one transaction.
///
/// A reply that comes twice (a double click, the back button) gets an answer
/// twice; one that says something else than the first does not.
pub async fn reply(
    app: &App,
    waiting: &Waiting,
    signed_in: &SignedIn,
    reply: Reply,
) -> Result<Replied, Fault> {
    let request = &waiting.pending.request;
    if let Some(answer) = &waiting.pending.answer {
        return reply_again(app, waiting, signed_in, answer, &reply).await;
    }
    let form_hash = form_hash(&reply);
    let (choice, screen_hash) = match reply {
        Reply::Deny => {
            if record_answer(app, waiting.pending.id, Answer::Denied).await? {
                let refused = AuthorizationResponse::refuse(request, Refusal::AccessDenied);
                return Ok(Replied::Answer(refused));
            }
            return Err(Fault::Contended);
        }
        Reply::Allow {
            choice,
            screen_hash,
        } => (choice, screen_hash),
    };
    let view = consent_view(app, waiting, signed_in).await?;
    if view.screen_hash.as_str() != screen_hash {
        return Ok(Replied::Changed(Box::new(view)));
    }
    let terms = match view.terms(&choice) {
        Ok(terms) => terms,
        Err(unmet) => return Ok(Replied::Unmet(Box::new(view), unmet)),
    };
    let agreed = agree(app, waiting, signed_in, &view, terms).await?;
    let new = NewCode::make(
        app,
        &waiting.client,
        &agreed.written.row.grant,
        &agreed.key,
        request,
        signed_in,
        view.now,
    );
    let code = new.code.clone();
    let answer = Answer::Allowed {
        grant_id: agreed.written.row.grant.id,
        form_hash,
    };
    let (id, now) = (waiting.pending.id, view.now);
    let kept = app
        .store()
        .write(move |tx| Box::pin(async move { keep(tx, id, &answer, &agreed, &new, now).await }))
        .await;
    match kept {
        Ok(()) => Ok(Replied::Answer(AuthorizationResponse::code(request, code))),
        Err(Lost::Race) => Err(Fault::Contended),
        Err(Lost::Store(error)) => Err(error.into()),
    }
}

enum Lost {
    Race,
    Store(StoreError),
}

impl From<StoreError> for Lost {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

async fn keep(
    tx: &mut Connection,
    id: RequestId,
    answer: &Answer,
    agreed: &Agreed,
    new: &NewCode,
    now: Timestamp,
) -> Result<(), Lost> {
    if !authorizations::answer(tx, id, answer, now).await? {
        return Err(Lost::Race);
    }
    if let Some(expired) = &agreed.expired
        && !expired.keep(tx).await?
    {
        return Err(Lost::Race);
    }
    if !agreed.written.keep(tx).await? {
        return Err(Lost::Race);
    }
    new.keep(tx).await?;
    Ok(())
}

/// A grant that was given or changed, and the one before it that had run out
/// and has to be written down as such.
struct Agreed {
    expired: Option<Written>,
    written: Written,
    key: GrantKey,
}

async fn agree(
    app: &App,
    waiting: &Waiting,
    signed_in: &SignedIn,
    view: &ConsentView,
    terms: Terms,
) -> Result<Agreed, Fault> {
    let client = &waiting.client;
    let scene = |method, screen_hash| Scene {
        app,
        client,
        plan: &view.plan,
        plan_hash: &view.plan_hash,
        language: signed_in.account.language,
        method,
        screen_hash,
        now: view.now,
    };
    let on_page = scene(Method::ConsentPage, Some(view.screen_hash.clone()));
    let attributes = &view.contents.attributes;
    let mut expired = None;
    if let Some(row) = view.row.clone() {
        match row.grant.state_at(view.now) {
            GrantState::Active | GrantState::Paused => {
                let mut moves = Vec::new();
                if row.grant.state == GrantState::Paused {
                    moves.push(Move::Resume);
                }
                moves.push(Move::Change(terms, client.plan_version));
                let wrapped = row
                    .grant_key_wrapped
                    .clone()
                    .ok_or(Fault::Inconsistent("a grant has no key"))?;
                let wrapped = crate::crypto::seal::Sealed::from_bytes(wrapped);
                let key = vault::open_grant_key(&signed_in.vault_key, row.grant.id, &wrapped)?;
                let written = on_page
                    .make(row, moves, Some((signed_in, attributes)))
                    .await
                    .map_err(inconsistent)?;
                return Ok(Agreed {
                    expired: None,
                    written,
                    key,
                });
            }
            GrantState::Expired => {
                let by_time = scene(Method::Schedule, None);
                expired = Some(
                    by_time
                        .make(row, vec![Move::Expire], None)
                        .await
                        .map_err(inconsistent)?,
                );
            }
            _ => return Err(Fault::Inconsistent("a grant that is over is live")),
        }
    }
    let id = GrantId::new(app.random().uuid(view.now));
    let subject = subject_of(app, client, signed_in, view.now).await?;
    let grant = Grant::give(
        id,
        signed_in.account.id,
        client.client.id.clone(),
        subject,
        terms,
        client.plan_version,
        view.now,
    );
    let (written, key) = on_page
        .give(&signed_in.vault_key, grant, attributes)
        .await?;
    Ok(Agreed {
        expired,
        written,
        key,
    })
}

fn inconsistent(error: MoveError) -> Fault {
    match error {
        MoveError::Fault(fault) => fault,
        _ => Fault::Inconsistent("a move that was checked cannot be made"),
    }
}

/// Who the account is to the client's sector. Made before the grant, since
/// the receipt that is signed with the grant names it.
async fn subject_of(
    app: &App,
    client: &RegisteredClient,
    signed_in: &SignedIn,
    now: Timestamp,
) -> Result<Subject, Fault> {
    let (account_id, sector) = (signed_in.account.id, client.client.sector.clone());
    let fresh = Subject::from_random(app.random().bytes());
    let subject = app
        .store()
        .write(move |tx| {
            Box::pin(async move { grants::subject(tx, account_id, &sector, fresh, now).await })
        })
        .await?;
    Ok(subject)
}

async fn record_answer(app: &App, id: RequestId, answer: Answer) -> Result<bool, StoreError> {
    let now = app.now();
    app.store()
        .write(move |tx| {
            Box::pin(async move { authorizations::answer(tx, id, &answer, now).await })
        })
        .await
}

/// A reply to a question that has its answer.
async fn reply_again(
    app: &App,
    waiting: &Waiting,
    signed_in: &SignedIn,
    answer: &Answer,
    reply: &Reply,
) -> Result<Replied, Fault> {
    let request = &waiting.pending.request;
    match (answer, reply) {
        (Answer::Denied, Reply::Deny) => Ok(Replied::Answer(AuthorizationResponse::refuse(
            request,
            Refusal::AccessDenied,
        ))),
        (
            Answer::Allowed {
                form_hash: before, ..
            },
            Reply::Allow { .. },
        ) if *before == form_hash(reply) => {
            let plain = PendingRequest {
                request: AuthorizationRequest {
                    prompt: EnumSet::empty(),
                    ..request.clone()
                },
                ..waiting.pending.clone()
            };
            match decide(app, &waiting.client, &plain, Some(signed_in)).await? {
                Decision::Answered(response) => Ok(Replied::Answer(response)),
                _ => Ok(Replied::AnsweredBefore(answer.clone())),
            }
        }
        _ => Ok(Replied::AnsweredBefore(answer.clone())),
    }
}

/// Tells a second click from a second thought.
fn form_hash(reply: &Reply) -> String {
    Hash::of(format!("{reply:?}").as_bytes())
        .as_str()
        .to_owned()
}
