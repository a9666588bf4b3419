//! What comes of a no. Where there is an agreement and its plan has grown, that
//! agreement stays as it is, and the login succeeds on it (`product.md`
//! section 5, "asked once").

use super::code::NewCode;
use super::reply::{Lost, Replied};
use super::view::ConsentView;
use super::{AuthorizationResponse, Refusal, Waiting};
use crate::app::App;
use crate::domain::authorization::{Answer, PendingRequest};
use crate::service::Fault;
use crate::service::grants::grant_key;
use crate::service::sessions::SignedIn;
use crate::store::grants::GrantRow;
use crate::store::{StoreError, authorizations, devices, editions, grants, pushed_requests};

/// Answers with the agreement as it is. When this very question was read, it
/// is remembered that its edition was refused: nobody is asked it again.
pub(super) async fn keep_to(
    app: &App,
    waiting: &Waiting,
    signed_in: &SignedIn,
    view: &ConsentView,
    row: &GrantRow,
    (screen_hash, form_hash): (&str, String),
) -> Result<Replied, Fault> {
    let request = &waiting.pending.request;
    let key = grant_key(signed_in, row)?;
    let (grant, now) = (row.grant.clone(), view.now);
    let new = NewCode::make(
        app,
        &waiting.client,
        &grant,
        &key,
        &waiting.pending,
        signed_in,
        now,
    )?;
    let granted = new.granted.clone();
    let answer = Answer::Allowed {
        grant_id: grant.id,
        form_hash,
    };
    let read = view.screen_hash.as_str() == screen_hash;
    let refused = read.then_some(waiting.client.plan_version);
    let later = grant.at_login(now).map(|later| (later, row.chain.seq));
    let id = waiting.pending.id;
    let kept = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                if !authorizations::answer(tx, id, &answer, now).await? {
                    return Err(Lost::Race);
                }
                if let Some(edition) = refused {
                    editions::refuse(tx, &grant, edition).await?;
                }
                if let Some((later, seq)) = &later {
                    grants::extend(tx, later, *seq).await?;
                }
                new.keep(tx).await.map_err(Lost::from)
            })
        })
        .await;
    match kept {
        Ok(()) => Ok(Replied::Answer(AuthorizationResponse::grant(
            request, granted,
        ))),
        Err(Lost::Race | Lost::Edition) => Err(Fault::Contended),
        Err(Lost::Pushed) => {
            let refused = AuthorizationResponse::refuse(request, Refusal::PushedBefore);
            Ok(Replied::Answer(refused))
        }
        Err(Lost::Store(error)) => Err(error.into()),
    }
}

/// Writes down that the consumer said no, which uses up a pushed request too.
pub(super) async fn refuse(app: &App, pending: &PendingRequest) -> Result<bool, StoreError> {
    let (id, pushed, now) = (pending.id, pending.request.pushed, app.now());
    let device = pending.request.device.as_ref().map(|device| device.hash);
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                let recorded = authorizations::answer(tx, id, &Answer::Denied, now).await?;
                if let Some(hash) = pushed {
                    // That it was answered before does not turn a no into a yes.
                    let _ = pushed_requests::use_up(tx, hash, id).await?;
                }
                if let Some(hash) = device {
                    let _ = devices::answer(tx, hash, None, now).await?;
                }
                Ok(recorded)
            })
        })
        .await
}
