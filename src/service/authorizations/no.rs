//! What comes of a no. Where there is an agreement and its plan has grown, that
//! agreement stays as it is, and the login succeeds on it (`product.md`
//! section 5, "asked once").

use super::code::{Lost, NewCode};
use super::reply::Replied;
use super::view::ConsentView;
use super::{AuthorizationResponse, Refusal, Waiting};
use crate::app::App;
use crate::domain::authorization::{Answer, PendingRequest};
use crate::domain::receipt::{DeclinedEdition, Method, Record};
use crate::service::Fault;
use crate::service::grants::{Scene, Written, agreed_plan, grant_key};
use crate::service::sessions::SignedIn;
use crate::store::grants::GrantRow;
use crate::store::{StoreError, authorizations, devices, editions, grants, pushed_requests};

/// Answers with the agreement as it is. When this very question was read, it
/// is remembered that its edition was refused, with a receipt: nobody is asked
/// it again.
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
    let edition = waiting.client.plan_version;
    let later = grant.at_login(now).map(|later| (later, row.chain.seq));
    let mut declined = None;
    if view.screen_hash.as_str() == screen_hash && grant.refused < edition {
        let mut row = row.clone();
        if let Some((later, _)) = later.clone() {
            row.grant = later;
        }
        declined = Some(decline(app, waiting, signed_in, view, row).await?);
    }
    let id = waiting.pending.id;
    let kept = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                if !authorizations::answer(tx, id, &answer, now).await? {
                    return Err(Lost::Race);
                }
                // First: a refusal is written on the agreement with its later end.
                if let Some((later, seq)) = &later {
                    grants::extend(tx, later, *seq).await?;
                }
                if let Some(declined) = &declined {
                    // What is not kept whole must not be kept in part.
                    if !declined.keep(tx).await? {
                        return Err(Lost::Race);
                    }
                    editions::refuse(tx, &grant, edition).await?;
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

/// The receipt of an edition that was shown and not taken.
async fn decline(
    app: &App,
    waiting: &Waiting,
    signed_in: &SignedIn,
    view: &ConsentView,
    row: GrantRow,
) -> Result<Written, Fault> {
    let client = &waiting.client;
    let (plan, plan_hash) = agreed_plan(app, client, &row.grant).await?;
    let scene = Scene {
        app,
        client,
        // What stays agreed is said in the plan of then.
        plan: &plan,
        plan_hash: &plan_hash,
        language: signed_in.account.language,
        authentication: Some(signed_in.authentication),
        method: Method::ConsentPage,
        screen_hash: Some(view.screen_hash.clone()),
        now: view.now,
    };
    let edition = DeclinedEdition {
        plan_version: client.plan_version,
        plan_hash: view.plan_hash.clone(),
    };
    scene.record(row, Record::Declined(edition)).await
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
