//! Rights of the data subject: requests that consumers send through Sluis, and
//! what businesses answer.
//!
//! What a business writes is personal data. It comes while the consumer is
//! away, and is sealed so that their vault alone opens it.

use enumset::EnumSet;
use zeroize::Zeroizing;

use crate::app::App;
use crate::crypto::seal::Sealed;
use crate::crypto::vault;
use crate::domain::claim::Claim;
use crate::domain::duty::Day;
use crate::domain::grant::Grant;
use crate::domain::id::{GrantId, RightsRequestId};
use crate::domain::message::News;
use crate::domain::rights::{
    InvalidReply, MAX_REQUESTS, Outcome, RequestState, Right, RightsRequest, Taken,
};
use crate::domain::time::Timestamp;
use crate::service::grants::{Look, agreed_client, settle};
use crate::service::sessions::SignedIn;
use crate::service::signals::Told;
use crate::service::{Fault, notices, reach};
use crate::store::clients::RegisteredClient;
use crate::store::due::Place;
use crate::store::rights::{ReplyRow, RequestRow};
use crate::store::{Connection, StoreError, grants, outbox, rights};

/// How many requests a business is shown at a time.
const AT_A_TIME: u32 = 100;
/// How often a number is looked for that nobody has taken.
const TRIES: usize = 3;

/// Why a request is not sent, or an answer not taken.
#[derive(Debug, thiserror::Error)]
pub enum RightsError {
    /// There is no such agreement, or no such request.
    #[error("there is no such request")]
    Unknown,
    /// One of the kind waits for its answer.
    #[error("a request of this kind waits for its answer")]
    Waiting,
    /// There have been too many.
    #[error("there were too many requests under this agreement")]
    TooMany,
    /// The business has gone, or hears nothing: nobody would answer.
    #[error("the business cannot be reached")]
    Unreachable,
    /// The answer cannot be.
    #[error(transparent)]
    Invalid(#[from] InvalidReply),
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for RightsError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// Sends a request to the business of an agreement, also of one that is over:
/// the request and the event that tells of it are one transaction.
pub async fn send(
    app: &App,
    signed_in: &SignedIn,
    grant_id: GrantId,
    right: Right,
    claims: EnumSet<Claim>,
) -> Result<(), RightsError> {
    for _ in 0..TRIES {
        let mut connection = app.store().read().await?;
        let row = grants::find(&mut connection, signed_in.account.id, grant_id).await?;
        let grant = row.ok_or(RightsError::Unknown)?.grant;
        let all = rights::of_grant(&mut connection, grant_id).await?;
        drop(connection);
        let waits =
            |row: &RequestRow| row.request.right == right && row.request.answered_at.is_none();
        if all.iter().any(waits) {
            return Err(RightsError::Waiting);
        }
        let client = agreed_client(app, &grant).await?;
        let reach = reach::of(app, &client, &grant.subject).await?;
        if !reach.is_told_of_requests() {
            return Err(RightsError::Unreachable);
        }
        let number = all
            .last()
            .map_or(1, |row| row.request.number.saturating_add(1));
        if number > MAX_REQUESTS {
            return Err(RightsError::TooMany);
        }
        match keep(app, signed_in, &grant, number, right, claims).await {
            // Somebody took the number, or sent the same: look again.
            Err(RightsError::Fault(Fault::Store(StoreError::Duplicate))) => {}
            kept => return kept,
        }
    }
    Err(Fault::Contended.into())
}

async fn keep(
    app: &App,
    signed_in: &SignedIn,
    grant: &Grant,
    number: u32,
    right: Right,
    claims: EnumSet<Claim>,
) -> Result<(), RightsError> {
    let (now, random) = (app.now(), app.random());
    let id = RightsRequestId::new(random.uuid(now));
    let (public, wrapped) =
        vault::make_reply_key(&signed_in.vault_key, id, random).map_err(Fault::from)?;
    let request = RightsRequest {
        id,
        number,
        account_id: grant.account_id,
        grant_id: grant.id,
        client_id: grant.client_id.clone(),
        subject: grant.subject.clone(),
        right,
        claims: claims & grant.terms.all_claims(),
        opened_at: now,
        due: RightsRequest::due_of(now),
        extended_at: None,
        overdue_at: None,
        answered_at: None,
    };
    let told = Told::of_request(app, grant, &request);
    let row = RequestRow {
        request,
        reply_key: public.to_vec(),
        reply_key_wrapped: wrapped.into_bytes(),
    };
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                rights::insert(tx, &row).await?;
                for told in told {
                    told.keep(tx).await?;
                }
                Ok(())
            })
        })
        .await
}

/// An answer, opened.
#[derive(Clone)]
pub struct ReplyView {
    /// What it is, and when it came.
    pub taken: Taken,
    /// What it says.
    pub text: Zeroizing<String>,
}

/// A request with what was answered.
#[derive(Clone)]
pub struct RequestView {
    /// The request.
    pub request: RightsRequest,
    /// The answers, the oldest first.
    pub replies: Vec<ReplyView>,
}

/// The requests under an agreement of an account, the newest first.
pub async fn of_grant(
    app: &App,
    signed_in: &SignedIn,
    grant_id: GrantId,
) -> Result<Vec<RequestView>, Fault> {
    let mut connection = app.store().read().await?;
    let mut views = Vec::new();
    for row in rights::of_grant(&mut connection, grant_id)
        .await?
        .into_iter()
        .rev()
    {
        if row.request.account_id != signed_in.account.id {
            continue;
        }
        let replies = rights::answers(&mut connection, row.request.id).await?;
        let wrapped = Sealed::from_bytes(row.reply_key_wrapped);
        let replies = replies
            .into_iter()
            .map(|reply| {
                let text = vault::open_reply(
                    &signed_in.vault_key,
                    &wrapped,
                    &row.reply_key,
                    row.request.id,
                    reply.seq,
                    &reply.text_sealed,
                )?;
                Ok(ReplyView {
                    taken: reply.taken,
                    text,
                })
            })
            .collect::<Result<_, Fault>>()?;
        views.push(RequestView {
            request: row.request,
            replies,
        });
    }
    Ok(views)
}

/// A request as its business sees it: what it answered, without what that says,
/// which the consumer alone can open.
#[derive(Clone, Debug)]
pub struct BusinessRequest {
    /// The request.
    pub request: RightsRequest,
    /// The answers, the oldest first.
    pub answers: Vec<Taken>,
}

async fn with_answers(
    connection: &mut Connection,
    request: RightsRequest,
) -> Result<BusinessRequest, StoreError> {
    // Without an answer there is none to look for.
    let answers = if request.answered_at.is_some() || request.extended_at.is_some() {
        rights::answers(connection, request.id).await?
    } else {
        Vec::new()
    };
    Ok(BusinessRequest {
        request,
        answers: answers.into_iter().map(|reply| reply.taken).collect(),
    })
}

/// Requests to a client, the oldest first, and after which one there are more.
pub async fn list(
    app: &App,
    client: &RegisteredClient,
    state: Option<RequestState>,
    after: Option<RightsRequestId>,
) -> Result<(Vec<BusinessRequest>, Option<RightsRequestId>), Fault> {
    let mut connection = app.store().read().await?;
    let most = AT_A_TIME + 1;
    let mut found = rights::list(&mut connection, &client.client.id, state, after, most).await?;
    let shown = usize::try_from(AT_A_TIME).unwrap_or(usize::MAX);
    let more = found.len() > shown;
    found.truncate(shown);
    let next = found.last().filter(|_| more).map(|row| row.request.id);
    let mut requests = Vec::with_capacity(found.len());
    for row in found {
        requests.push(with_answers(&mut connection, row.request).await?);
    }
    Ok((requests, next))
}

/// One request to a client; `None` when it has no such request.
pub async fn of_client(
    app: &App,
    client: &RegisteredClient,
    id: RightsRequestId,
) -> Result<Option<BusinessRequest>, Fault> {
    let mut connection = app.store().read().await?;
    match rights::of_client(&mut connection, &client.client.id, id).await? {
        Some(row) => Ok(Some(with_answers(&mut connection, row.request).await?)),
        None => Ok(None),
    }
}

/// Takes down what a business answers, and keeps a mail that tells of it.
pub async fn answer(
    app: &App,
    client: &RegisteredClient,
    id: RightsRequestId,
    outcome: Outcome,
    text: &str,
    until: Option<Day>,
) -> Result<BusinessRequest, RightsError> {
    let mut connection = app.store().read().await?;
    let found = rights::of_client(&mut connection, &client.client.id, id).await?;
    let row = found.ok_or(RightsError::Unknown)?;
    let before = rights::answers(&mut connection, id).await?;
    let (account_id, grant_id) = (row.request.account_id, row.request.grant_id);
    let grant = grants::find(&mut connection, account_id, grant_id).await?;
    drop(connection);
    let grant = grant
        .ok_or(Fault::Inconsistent("a request names no agreement"))?
        .grant;
    let now = app.now();
    let taken = row.request.take(outcome, text, until, now)?;
    let seq = u32::try_from(before.len())
        .unwrap_or(u32::MAX)
        .saturating_add(1);
    let sealed = vault::seal_reply(&row.reply_key, id, seq, text, app.random());
    let reply = ReplyRow {
        seq,
        taken,
        text_sealed: sealed.map_err(Fault::from)?,
    };
    let news = News::RequestAnswered { request_id: id };
    let notice = notices::of_grant(app, &grant, news, now);
    let request = row.request;
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                if !rights::answer(tx, &request, &reply).await? {
                    return Err(RightsError::Invalid(InvalidReply::Answered));
                }
                Ok(outbox::insert(tx, &notice).await?)
            })
        })
        .await?;
    of_client(app, client, id)
        .await?
        .ok_or(RightsError::Unknown)
}

/// Writes down of some requests that they were not answered in time, and keeps
/// a mail for each. Of any number of nodes, one does.
pub async fn mark_overdue(app: &App, after: &Place, most: u32) -> Result<Look, Fault> {
    let now = app.now();
    let mut connection = app.store().read().await?;
    let page = rights::due(&mut connection, now, after, most).await?;
    drop(connection);
    settle(
        page.rows,
        page.next,
        |row| row.request.grant_id,
        |row| mark(app, row, now),
    )
    .await
}

async fn mark(app: &App, row: RequestRow, now: Timestamp) -> Result<bool, Fault> {
    let request = row.request;
    let mut connection = app.store().read().await?;
    let grant = grants::find(&mut connection, request.account_id, request.grant_id).await?;
    drop(connection);
    let grant = grant
        .ok_or(Fault::Inconsistent("a request names no agreement"))?
        .grant;
    let id = request.id;
    let news = News::RequestOverdue { request_id: id };
    let notice = notices::of_grant(app, &grant, news, now);
    let marked = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                if !rights::overdue(tx, id, now).await? {
                    return Ok::<_, StoreError>(false);
                }
                outbox::insert(tx, &notice).await?;
                Ok(true)
            })
        })
        .await?;
    Ok(marked)
}
