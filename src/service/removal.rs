//! The removal of a client by itself (RFC 7592 §2.3), and what goes with it.

use crate::app::App;
use crate::domain::id::ClientId;
use crate::service::Fault;
use crate::service::grants::{MoveError, end_row};

use crate::service::registration::{Refused, authenticate};
use crate::store::clients::RegisteredClient;
use crate::store::grants::GrantRow;
use crate::store::{StoreError, registrations, streams};

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
        app.store()
            .write(move |tx| {
                Box::pin(async move {
                    if registrations::remove(tx, &named, hash, now).await? {
                        streams::delete_of_client(tx, &named).await?;
                    }
                    Ok::<_, StoreError>(())
                })
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
    match end_row(app, client, row).await {
        Ok(()) | Err(MoveError::Stale) => Ok(()),
        Err(MoveError::Fault(fault)) => Err(fault),
        Err(_) => Err(Fault::Inconsistent("a live agreement cannot be ended")),
    }
}
