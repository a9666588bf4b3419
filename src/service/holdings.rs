//! Who has what of an account, business by business.

use std::sync::Arc;

use crate::app::App;
use crate::domain::duty::Duty;
use crate::domain::grant::Grant;
use crate::domain::holding::{Holdings, holdings};
use crate::domain::id::{AccountId, GrantId};
use crate::service::Fault;
use crate::service::grants::agreed_client;
use crate::service::sessions::SignedIn;
use crate::store::clients::RegisteredClient;
use crate::store::{Connection, duties, grants};

/// How many duties are read at a time.
const AT_A_TIME: u32 = 500;

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
    let duties = all_duties(&mut connection, signed_in.account.id).await?;
    drop(connection);
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
                duties.iter().filter(|duty| of_it(&duty.client_id)),
                app.now(),
            ),
        });
    }
    Ok(holders)
}

/// All of them, for one that is left out would say of data that nobody has them.
async fn all_duties(from: &mut Connection, account_id: AccountId) -> Result<Vec<Duty>, Fault> {
    let mut all: Vec<Duty> = Vec::new();
    loop {
        let after = all.last().map(|duty| duty.id);
        let some = duties::after(from, account_id, after, AT_A_TIME).await?;
        if some.is_empty() {
            return Ok(all);
        }
        all.extend(some);
    }
}
