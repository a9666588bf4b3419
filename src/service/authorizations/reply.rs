//! What comes of the reply to the consent page.

use enumset::EnumSet;

use crate::app::App;
use crate::crypto::vault::GrantKey;
use crate::domain::authorization::{Answer, AuthorizationRequest, GrantAction, PendingRequest};
use crate::domain::grant::{Grant, GrantState, Move};
use crate::domain::id::{GrantId, RequestId};
use crate::domain::negotiation::{Choice, Terms, Unmet};
use crate::domain::receipt::{Hash, Method};
use crate::domain::subject::Subject;
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::grants::{MoveError, Scene, Values, Written, agreed_plan, grant_key};
use crate::service::sessions::SignedIn;
use crate::store::clients::RegisteredClient;
use crate::store::{Connection, authorizations, editions, grants};

use super::code::{Lost, NewCode};
use super::no::{keep_to, refuse};
use super::view::{ConsentView, NoTerms, consent_view};
use super::{AuthorizationResponse, Decision, Granted, Refusal, Waiting, acts_on, decide};

/// How often a reply is tried again while others write on the same agreement.
const TRIES: usize = 3;

/// What the consumer said on the consent page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// No. `screen_hash` is that of the page that was read, if one was.
    Deny {
        /// What was on the page.
        screen_hash: String,
    },
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
    /// The tier is above what the client may be granted: show the page again.
    TooHigh(Box<ConsentView>),
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
    for _ in 0..TRIES {
        let replied = reply_once(app, waiting, signed_in, reply.clone()).await;
        if !matches!(replied, Ok(Replied::Changed(_)) | Err(Fault::Contended)) {
            return replied;
        }
        // Perhaps it was this very question that was answered meanwhile, in
        // another tab or by the first of two clicks.
        let mut connection = app.store().read().await?;
        let stored = authorizations::find(&mut connection, waiting.pending.id).await?;
        drop(connection);
        if let Some(answer) = stored.and_then(|stored| stored.answer) {
            return reply_again(app, waiting, signed_in, &answer, &reply).await;
        }
        if replied.is_ok() {
            return replied;
        }
        // Somebody else wrote on the same agreement: look again.
    }
    Err(Fault::Contended)
}

async fn reply_once(
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
        Reply::Deny { screen_hash } => {
            let view = consent_view(app, waiting, signed_in).await?;
            if let Some(row) = view.row.as_ref().filter(|_| view.keeps) {
                let read = (screen_hash.as_str(), form_hash);
                return keep_to(app, waiting, signed_in, &view, row, read).await;
            }
            if refuse(app, &waiting.pending).await? {
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
    if !acts_on(request, view.row.as_ref(), view.now) {
        let refused = AuthorizationResponse::refuse(request, Refusal::OtherGrant);
        return Ok(Replied::Answer(refused));
    }
    let Some(method) = view.read_on(&screen_hash, &choice) else {
        return Ok(Replied::Changed(Box::new(view)));
    };
    let terms = match view.terms(&choice) {
        Ok(terms) => terms,
        Err(NoTerms::Unmet(unmet)) => return Ok(Replied::Unmet(Box::new(view), unmet)),
        Err(NoTerms::TooHigh) => return Ok(Replied::TooHigh(Box::new(view))),
    };
    let screen = (method, Hash::from_stored(screen_hash));
    let agreed = agree(app, waiting, signed_in, &view, terms, screen).await?;
    let new = NewCode::make(
        app,
        &waiting.client,
        &agreed.written.row.grant,
        &agreed.key,
        &waiting.pending,
        signed_in,
        view.now,
    )?;
    let granted = new.granted.clone();
    let answer = Answer::Allowed {
        grant_id: agreed.written.row.grant.id,
        form_hash,
    };
    let (id, now) = (waiting.pending.id, view.now);
    let edition = waiting.client.plan_version;
    let kept = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                // What was read is what is agreed to: not a plan that another
                // took the place of meanwhile.
                let client_id = &agreed.written.row.grant.client_id;
                if editions::current(tx, client_id).await? != Some(edition) {
                    return Err(Lost::Edition);
                }
                keep(tx, id, &answer, &agreed, &new, now).await
            })
        })
        .await;
    match kept {
        Ok(()) => Ok(Replied::Answer(AuthorizationResponse::grant(
            request, granted,
        ))),
        Err(Lost::Race) => Err(Fault::Contended),
        Err(Lost::Edition) => {
            app.forget_client(&waiting.client.client.id);
            Err(Fault::Contended)
        }
        Err(Lost::Pushed) => {
            let refused = AuthorizationResponse::refuse(request, Refusal::PushedBefore);
            Ok(Replied::Answer(refused))
        }
        Err(Lost::Store(error)) => Err(error.into()),
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
    if let Some(before) = &agreed.before
        && !before.keep(tx).await?
    {
        return Err(Lost::Race);
    }
    if !agreed.written.keep(tx).await? {
        return Err(Lost::Race);
    }
    new.keep(tx).await.map_err(Lost::from)
}

/// A grant that was given or changed, and the one before it that is over, by
/// time or by the new one, and has to be written down as such.
struct Agreed {
    before: Option<Written>,
    written: Written,
    key: GrantKey,
}

async fn agree(
    app: &App,
    waiting: &Waiting,
    signed_in: &SignedIn,
    view: &ConsentView,
    terms: Terms,
    (method, screen_hash): (Method, Hash),
) -> Result<Agreed, Fault> {
    let client = &waiting.client;
    let on_page = Scene {
        app,
        client,
        plan: &view.plan,
        plan_hash: &view.plan_hash,
        language: signed_in.account.language,
        authentication: Some(signed_in.authentication),
        method,
        screen_hash: Some(screen_hash),
        now: view.now,
    };
    let attributes = &view.contents.attributes;
    let mut ended = None;
    if let Some(row) = view.row.clone() {
        // What a receipt says of the terms before is said in the plan of then.
        let (plan, plan_hash) = agreed_plan(app, client, &row.grant).await?;
        let before = Scene {
            plan: &plan,
            plan_hash: &plan_hash,
            ..on_page.clone()
        };
        match row.grant.state_at(view.now) {
            GrantState::Active | GrantState::Paused
                if waiting.pending.request.grant_action == Some(GrantAction::Create) =>
            {
                // The business gives up the old one: it asked for another.
                let by_business = Scene {
                    method: Method::Business,
                    screen_hash: None,
                    ..before
                };
                let made = by_business.make(row, Move::End, None).await;
                let made = made.map_err(inconsistent)?.on_vault(view.revision);
                ended = Some(made.quietly(terms.all_claims()));
            }
            state @ (GrantState::Active | GrantState::Paused) => {
                let key = grant_key(signed_in, &row)?;
                let values = Some(Values {
                    signed_in,
                    attributes,
                    revision: Some(view.revision),
                });
                let change = Move::Change(terms, client.plan_version);
                let written = if state == GrantState::Paused {
                    let resumed = before.make(row, Move::Resume, None).await;
                    on_page
                        .make_next(resumed.map_err(inconsistent)?, change, values)
                        .await
                } else {
                    on_page.make(row, change, values).await
                };
                return Ok(Agreed {
                    before: None,
                    written: written.map_err(inconsistent)?,
                    key,
                });
            }
            GrantState::Expired => {
                let by_time = Scene {
                    method: Method::Schedule,
                    screen_hash: None,
                    ..before
                };
                let made = by_time.make(row, Move::Expire, None).await;
                let made = made.map_err(inconsistent)?.on_vault(view.revision);
                ended = Some(made.quietly(terms.all_claims()));
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
        .give(
            &signed_in.vault_key,
            grant,
            (attributes, Some(view.revision)),
        )
        .await?;
    Ok(Agreed {
        before: ended,
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
        (Answer::Denied, Reply::Deny { .. }) => Ok(Replied::Answer(AuthorizationResponse::refuse(
            request,
            Refusal::AccessDenied,
        ))),
        (
            Answer::Allowed {
                form_hash: before, ..
            },
            // A no that kept the agreement is answered like a yes.
            Reply::Allow { .. } | Reply::Deny { .. },
        ) if *before == form_hash(reply) => {
            if request.device.is_some() {
                let again = AuthorizationResponse::grant(request, Granted::Device);
                return Ok(Replied::Answer(again));
            }
            let plain = PendingRequest {
                request: AuthorizationRequest {
                    prompt: EnumSet::empty(),
                    // Done the first time.
                    grant_action: None,
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
