//! Sending a request to a business.

use enumset::EnumSet;

use super::RightsError;
use crate::app::App;
use crate::crypto::vault;
use crate::domain::claim::Claim;
use crate::domain::grant::{EventKind, Grant};
use crate::domain::id::{GrantId, RightsRequestId};
use crate::domain::receipt::Record;
use crate::domain::rights::{MAX_REQUESTS, Right, RightsRequest};
use crate::service::grants::{MoveError, Written, agreed_client, agreed_plan, record_of_owner};
use crate::service::sessions::SignedIn;
use crate::service::signals::Told;
use crate::service::{Fault, reach};
use crate::store::rights::RequestRow;
use crate::store::{StoreError, grants, rights};

/// How often it is tried with a number that nobody has taken, on an agreement
/// that others may move.
const TRIES: usize = 3;

/// Sends a request to the business of an agreement, also of one that is over:
/// the request, its receipt and the event that tells of it are one transaction.
///
/// What can be done of it here is done at once, and written with it: an
/// objection turns off contact, a restriction pauses (`product.md` section 8).
/// Says which event came of that, if one did.
pub async fn send(
    app: &App,
    signed_in: &SignedIn,
    grant_id: GrantId,
    right: Right,
    claims: EnumSet<Claim>,
) -> Result<Option<EventKind>, RightsError> {
    for _ in 0..TRIES {
        let mut connection = app.store().read().await?;
        let row = grants::find(&mut connection, signed_in.account.id, grant_id).await?;
        let row = row.ok_or(RightsError::Unknown)?;
        let grant = row.grant.clone();
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
        let now = app.now();
        let request = RightsRequest {
            id: RightsRequestId::new(app.random().uuid(now)),
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
        let (plan, _) = agreed_plan(app, &client, &grant).await?;
        let at_once = right.at_once(&grant, &plan, now);
        let event = at_once.as_ref().and(right.event());
        let what = Record::Requested(Box::new(request.clone()));
        let written = record_of_owner(app, signed_in, &client, row, at_once, what).await;
        let written = match written {
            Ok(written) => written,
            // Its time has just passed, or somebody moved it.
            Err(MoveError::Stale | MoveError::Invalid(_)) => continue,
            Err(MoveError::Fault(fault)) => return Err(fault.into()),
            Err(_) => return Err(Fault::Inconsistent("less cannot be had").into()),
        };
        match keep(app, signed_in, &grant, request, written).await {
            // Somebody took the number, sent the same, or moved the agreement:
            // look again.
            Err(RightsError::Fault(Fault::Store(StoreError::Duplicate))) => {}
            kept => return kept.map(|()| event),
        }
    }
    Err(Fault::Contended.into())
}

async fn keep(
    app: &App,
    signed_in: &SignedIn,
    grant: &Grant,
    request: RightsRequest,
    written: Written,
) -> Result<(), RightsError> {
    let (public, wrapped) = vault::make_reply_key(&signed_in.vault_key, request.id, app.random())
        .map_err(Fault::from)?;
    let told = Told::of_request(app, grant, &request);
    let row = RequestRow {
        request,
        reply_key: public.to_vec(),
        reply_key_wrapped: wrapped.into_bytes(),
    };
    let session = signed_in.session(app);
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                session.hold(tx).await?;
                if !written.keep(tx).await? {
                    return Err(StoreError::Duplicate.into());
                }
                rights::insert(tx, &row).await?;
                for told in told {
                    told.keep(tx).await?;
                }
                Ok(())
            })
        })
        .await
}
