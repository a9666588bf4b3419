//! What a business answers.

use super::{BusinessRequest, RightsError, of_client};
use crate::app::App;
use crate::crypto::vault;
use crate::domain::duty::Day;
use crate::domain::id::RightsRequestId;
use crate::domain::message::News;
use crate::domain::rights::{InvalidReply, Outcome};
use crate::service::{Fault, notices};
use crate::store::clients::RegisteredClient;
use crate::store::rights::ReplyRow;
use crate::store::{grants, outbox, rights};

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
    let news = News::RequestAnswered {
        request_id: id,
        outcome,
    };
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
