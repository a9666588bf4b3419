//! What a business answers.

use super::{BusinessRequest, RightsError, of_client};
use crate::app::App;
use crate::crypto::vault;
use crate::domain::duty::Day;
use crate::domain::id::RightsRequestId;
use crate::domain::message::News;
use crate::domain::receipt::{Method, Record};
use crate::domain::rights::Outcome;
use crate::service::grants::record;
use crate::service::{Fault, notices};
use crate::store::clients::RegisteredClient;
use crate::store::rights::ReplyRow;
use crate::store::{StoreError, grants, outbox, rights};

/// How often an answer is tried again when another came at the same time.
const TRIES: usize = 3;

/// Takes down what a business answers, with a receipt, and keeps a mail that
/// tells of it. The same answer again, as after an answer of ours that was lost, changes nothing.
pub async fn answer(
    app: &App,
    client: &RegisteredClient,
    id: RightsRequestId,
    outcome: Outcome,
    text: &str,
    until: Option<Day>,
) -> Result<BusinessRequest, RightsError> {
    for _ in 0..TRIES {
        match answer_once(app, client, id, outcome, text, until).await {
            // Another answer came first, and it may have been this one; or somebody
            // else wrote on the same chain.
            Err(RightsError::Fault(Fault::Store(StoreError::Duplicate))) => {}
            Err(error) => return Err(error),
            Ok(()) => {
                let answered = of_client(app, client, id).await?;
                return answered.ok_or(RightsError::Unknown);
            }
        }
    }
    Err(Fault::Contended.into())
}

/// [`StoreError::Duplicate`] when another answer came meanwhile, or the agreement
/// was moved.
async fn answer_once(
    app: &App,
    client: &RegisteredClient,
    id: RightsRequestId,
    outcome: Outcome,
    text: &str,
    until: Option<Day>,
) -> Result<(), RightsError> {
    let mut connection = app.store().read().await?;
    let found = rights::of_client(&mut connection, &client.client.id, id).await?;
    let row = found.ok_or(RightsError::Unknown)?;
    let before = rights::answers(&mut connection, id).await?;
    let (account_id, grant_id) = (row.request.account_id, row.request.grant_id);
    let grant = grants::find(&mut connection, account_id, grant_id).await?;
    drop(connection);
    let last = before.last().map(|reply| reply.taken);
    if last.is_some_and(|taken| taken.says(outcome, until)) {
        return Ok(());
    }
    let found = grant.ok_or(Fault::Inconsistent("a request names no agreement"))?;
    let grant = found.grant.clone();
    let now = app.now();
    let taken = row.request.take(outcome, text, until, now)?;
    let what = Record::Replied(Box::new(row.request.clone()), taken);
    let written = record(app, client, found, what, Method::Business).await?;
    let seq = u32::try_from(before.len())
        .unwrap_or(u32::MAX)
        .saturating_add(1);
    let sealed = vault::seal_reply(&row.reply_key, id, seq, text, app.random());
    let reply = ReplyRow {
        seq,
        taken,
        text_sealed: sealed.map_err(Fault::from)?,
    };
    let news = News::RequestAnswered {
        request_id: id,
        outcome,
    };
    let notice = notices::of_grant(app, &grant, news, now);
    let request = row.request;
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                if !written.keep(tx).await? || !rights::answer(tx, &request, &reply).await? {
                    return Err(StoreError::Duplicate.into());
                }
                Ok(outbox::insert(tx, &notice).await?)
            })
        })
        .await
}
