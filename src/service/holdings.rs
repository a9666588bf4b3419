//! Who has what of an account, business by business.

use std::sync::Arc;

use crate::app::App;
use crate::domain::grant::Grant;
use crate::domain::holding::{Holdings, holdings};
use crate::domain::id::GrantId;
use crate::service::Fault;
use crate::service::duties;
use crate::service::grants::agreed_client;
use crate::service::sessions::SignedIn;
use crate::store::clients::RegisteredClient;
use crate::store::grants;

/// What one client has of an account.
#[derive(Debug)]
pub struct Holder {
    /// Who.
    pub client: Arc<RegisteredClient>,
    /// The newest agreement with it.
    pub grant_id: GrantId,
    /// Each claim that it has or had.
    pub holdings: Holdings,
}

/// Everybody with whom the account has or had an agreement, the newest first.
pub async fn of_account(app: &App, signed_in: &SignedIn) -> Result<Vec<Holder>, Fault> {
    let mut connection = app.store().read().await?;
    let rows = grants::of_account(&mut connection, signed_in.account.id).await?;
    drop(connection);
    let duties = duties::of_account(app, signed_in).await?;
    let all: Vec<Grant> = rows.into_iter().map(|row| row.grant).collect();
    let mut holders: Vec<Holder> = Vec::new();
    for grant in &all {
        let of_it = |id: &_| *id == grant.client_id;
        if holders.iter().any(|holder| of_it(&holder.client.client.id)) {
            continue;
        }
        holders.push(Holder {
            client: agreed_client(app, grant).await?,
            grant_id: grant.id,
            holdings: holdings(
                all.iter().filter(|grant| of_it(&grant.client_id)),
                duties
                    .iter()
                    .map(|view| &view.duty)
                    .filter(|duty| of_it(&duty.client_id)),
                app.now(),
            ),
        });
    }
    Ok(holders)
}
