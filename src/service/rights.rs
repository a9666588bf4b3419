//! Rights of the data subject: requests that consumers send through Sluis, and
//! what businesses answer.
//!
//! What a business writes is personal data. It comes while the consumer is
//! away, and is sealed so that their vault alone opens it.
//!
//! `send` is what the consumer does, `answers` what the business does, and
//! `overdue` what time does.

mod answers;
mod overdue;
mod send;

use zeroize::Zeroizing;

use crate::app::App;
use crate::crypto::seal::Sealed;
use crate::crypto::vault;
use crate::domain::id::{GrantId, RightsRequestId};
use crate::domain::rights::{InvalidReply, RequestState, RightsRequest, Taken};
use crate::service::Fault;
use crate::service::sessions::SignedIn;
use crate::store::clients::RegisteredClient;
use crate::store::{Connection, StoreError, rights};
pub use answers::answer;
pub use overdue::mark_overdue;
pub use send::send;

/// How many requests a business is shown at a time.
const AT_A_TIME: u32 = 100;

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

/// An answer, opened.
#[derive(Clone)]
pub struct ReplyView {
    /// What it is, and when it came.
    pub taken: Taken,
    /// What it says; `None` when nothing opens it any more.
    pub text: Option<Zeroizing<String>>,
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
                // A vault that was lost has a new key. That closes an answer, and
                // not the page of the agreement.
                let text = vault::open_reply(
                    &signed_in.vault_key,
                    &wrapped,
                    &row.reply_key,
                    row.request.id,
                    reply.seq,
                    &reply.text_sealed,
                );
                ReplyView {
                    taken: reply.taken,
                    text: text.ok(),
                }
            })
            .collect();
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
