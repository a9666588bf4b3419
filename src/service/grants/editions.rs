//! What a new edition of a plan does to agreements: they are held against it,
//! and where it asks for less, that is written down.
//!
//! Nothing waits for this. Whatever is read is held against the plan as it
//! stands at that moment ([`crate::domain::grant::Grant::releasable`]); what
//! follows here is the record of it, and the news.

use std::time::Duration;

use super::life::{Look, settle};
use super::{MoveError, Scene, agreed_plan};
use crate::app::App;
use crate::domain::grant::Move;
use crate::domain::id::ClientId;
use crate::domain::receipt::Method;
use crate::service::Fault;
use crate::store::clients::RegisteredClient;
use crate::store::editions::{self, Step};
use crate::store::grants::GrantRow;
use crate::store::{StoreError, accounts};

/// How long an edition waits: by then, no node agrees to the one before it any
/// more.
const SETTLED: Duration = Duration::from_secs(5);
/// By how much the clocks of nodes differ at most. An edition from further in
/// the future was published when a clock was wrong, and waits for nothing.
const SKEW: Duration = Duration::from_mins(1);

/// Clients whose agreements are to be held against a new edition.
pub async fn unsettled(
    app: &App,
    after: Option<&ClientId>,
    most: u32,
) -> Result<Vec<ClientId>, Fault> {
    let now = app.now();
    let (until, beyond) = (now.minus(SETTLED), now.plus(SKEW));
    let mut connection = app.store().read().await?;
    Ok(editions::unsettled(&mut connection, after, until, beyond, most).await?)
}

/// Holds some of a client's agreements against its plan as it stands: state,
/// receipt, and what client and owner are told, are one transaction for each.
/// When none is left, that is written down.
pub async fn hold_against_plan(
    app: &App,
    client_id: &ClientId,
    after: &Step,
    most: u32,
) -> Result<Look<Step>, Fault> {
    let client = app.any_client(client_id).await?;
    let client = client.ok_or(Fault::Inconsistent("a client with a plan is gone"))?;
    let edition = client.plan_version;
    let mut connection = app.store().read().await?;
    let page = editions::behind(&mut connection, client_id, edition, after, most).await?;
    drop(connection);
    if page.rows.is_empty() && *after == Step::START {
        let id = client_id.clone();
        app.store()
            .write_statement(move |tx| {
                Box::pin(async move { editions::settle(tx, &id, edition).await })
            })
            .await
            .map_err(|error: StoreError| error)?;
    }
    settle(
        page.rows,
        page.next,
        |row| row.grant.id,
        |row| hold(app, &client, row),
    )
    .await
}

/// Holds one agreement against a plan. Says whether anything of it went.
async fn hold(app: &App, client: &RegisteredClient, row: GrantRow) -> Result<bool, Fault> {
    let now = app.now();
    let standing = client.standing_plan();
    let before = agreed_plan(app, client, &row.grant).await?;
    let terms = row.grant.terms.narrowed_to(standing);
    let edition = client.plan_version;
    // Nothing more is asked of them: so this is what they agreed to.
    let answers = !terms.is_asked_anew(&before.0, standing);
    let version = if answers {
        edition
    } else {
        row.grant.plan_version
    };
    let is_over = row.grant.state_at(now).is_over();
    if is_over || terms.purposes == row.grant.terms.purposes {
        let mut held = row;
        held.grant.plan_version = if is_over {
            held.grant.plan_version
        } else {
            version
        };
        app.store()
            .write_statement(move |tx| {
                Box::pin(
                    async move { editions::hold(tx, &held.grant, held.chain.seq, edition).await },
                )
            })
            .await
            .map_err(|error: StoreError| error)?;
        return Ok(false);
    }
    let mut connection = app.store().read().await?;
    let account = accounts::by_id(&mut connection, row.grant.account_id).await?;
    drop(connection);
    let account = account.ok_or(Fault::Inconsistent("a grant names no account"))?;
    let said = match &client.plan {
        Some(plan) if version == edition => plan.clone(),
        _ => before,
    };
    let scene = Scene {
        app,
        client,
        plan: &said.0,
        plan_hash: &said.1,
        language: account.account.language,
        authentication: None,
        method: Method::Business,
        screen_hash: None,
        now,
    };
    let written = match scene.make(row, Move::Narrow(terms, version), None).await {
        Ok(written) => written,
        Err(MoveError::Fault(fault)) => return Err(fault),
        Err(_) => return Err(Fault::Inconsistent("a grant in force cannot narrow")),
    };
    let kept = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                let (grant, seq) = (&written.row.grant, written.row.chain.seq);
                // What is not kept whole must not be kept in part.
                if written.keep(tx).await? && editions::hold(tx, grant, seq, edition).await? {
                    Ok(())
                } else {
                    Err(MoveError::Stale)
                }
            })
        })
        .await;
    match kept {
        Ok(()) => Ok(true),
        // Somebody was quicker: another node, or whoever it concerns. It is
        // looked at again if it is still behind.
        Err(MoveError::Stale) => Ok(false),
        Err(MoveError::Fault(fault)) => Err(fault),
        Err(_) => Err(Fault::Inconsistent("a grant in force cannot narrow")),
    }
}
