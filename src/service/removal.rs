//! The removal of a client by itself (RFC 7592 §2.3), and what goes with it.

use crate::app::App;
use crate::domain::grant::{GrantState, Move};
use crate::domain::id::ClientId;
use crate::domain::language::Language;
use crate::domain::receipt::Method;
use crate::service::Fault;
use crate::service::grants::{MoveError, Scene, agreed_plan};
use crate::service::registration::{Refused, authenticate};
use crate::store::clients::RegisteredClient;
use crate::store::grants::GrantRow;
use crate::store::{StoreError, accounts, registrations};

/// How many agreements are looked up at a time.
const AT_A_TIME: u32 = 100;

/// Removes a client. From the first transaction on it counts for nothing, and
/// its codes and tokens are dead. Then each of its agreements is ended by the
/// business, with a receipt for both sides; last of all it loses its token, so
/// that a removal which breaks off can be asked for again and goes on.
pub async fn remove(app: &App, id: &ClientId, presented: &str) -> Result<(), Refused> {
    let (row, token) = authenticate(app, id, presented).await?;
    let (now, hash) = (app.now(), token.hash());
    let client = app
        .any_client(id)
        .await?
        .ok_or(Fault::Inconsistent("a registration is without its client"))?;
    if row.removed_at.is_none() {
        let named = id.clone();
        // Whoever was quicker was asked for the same.
        let _ = app
            .store()
            .write(move |tx| {
                Box::pin(async move { registrations::remove(tx, &named, hash, now).await })
            })
            .await?;
        app.forget_client(id);
    }
    loop {
        let mut connection = app.store().read().await?;
        let live = registrations::live_grants(&mut connection, id, AT_A_TIME).await?;
        drop(connection);
        if live.is_empty() {
            break;
        }
        for row in live {
            end(app, &client, row).await?;
        }
    }
    let named = id.clone();
    app.store()
        .write_statement(move |tx| Box::pin(async move { registrations::forget(tx, &named).await }))
        .await?;
    Ok(())
}

/// Ends one agreement. One that somebody else moved meanwhile is found again,
/// if it is still there to be ended.
async fn end(app: &App, client: &RegisteredClient, row: GrantRow) -> Result<(), Fault> {
    let now = app.now();
    let (plan, plan_hash) = agreed_plan(app, client, &row.grant).await?;
    let mut connection = app.store().read().await?;
    let account = accounts::by_id(&mut connection, row.grant.account_id).await?;
    drop(connection);
    let (mv, method) = match row.grant.state_at(now) {
        GrantState::Expired => (Move::Expire, Method::Schedule),
        _ => (Move::End, Method::Business),
    };
    let scene = Scene {
        app,
        client,
        plan: &plan,
        plan_hash: &plan_hash,
        language: account.map_or(Language::En, |row| row.account.language),
        method,
        screen_hash: None,
        now,
    };
    let written = match scene.make(row, mv, None).await {
        Ok(written) => written,
        Err(MoveError::Fault(fault)) => return Err(fault),
        Err(_) => return Err(Fault::Inconsistent("a live agreement cannot be ended")),
    };
    let kept: Result<bool, StoreError> = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                if written.keep(tx).await? {
                    Ok(true)
                } else {
                    Err(Undone::Moved)
                }
            })
        })
        .await
        .or_else(|undone| match undone {
            Undone::Moved => Ok(false),
            Undone::Store(error) => Err(error),
        });
    kept?;
    Ok(())
}

/// Why nothing was kept: what is not kept whole must not be kept in part.
enum Undone {
    Moved,
    Store(StoreError),
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
