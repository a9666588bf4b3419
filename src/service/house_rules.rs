//! Businesses to try a house rule against, before it is saved: those that an
//! account has dealt with.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::app::App;
use crate::domain::business::BusinessSector;
use crate::domain::negotiation::Ceiling;
use crate::domain::plan::Plan;
use crate::service::Fault;
use crate::service::clients::{ceiling_of, plan_of, scopes_naming};
use crate::service::sessions::SignedIn;
use crate::store::clients::RegisteredClient;
use crate::store::grants;

/// How many businesses are offered: the ones of the newest agreements.
const MOST: usize = 50;

/// A business that an account has dealt with.
#[derive(Debug)]
pub struct KnownBusiness {
    /// Its client.
    pub client: Arc<RegisteredClient>,
    /// What it would ask of someone new.
    pub plan: Plan,
    /// The most that it may be granted.
    pub ceiling: Ceiling,
}

impl KnownBusiness {
    /// What kind of business it is.
    #[must_use]
    pub fn sector(&self) -> BusinessSector {
        self.client.business.document.sector()
    }
}

/// The businesses that an account has or had an agreement with, and that
/// could ask it something today; the newest first.
pub async fn known(app: &App, signed_in: &SignedIn) -> Result<Vec<KnownBusiness>, Fault> {
    let mut connection = app.store().read().await?;
    let rows = grants::of_account(&mut connection, signed_in.account.id).await?;
    drop(connection);
    let mut seen = BTreeSet::new();
    let mut known = Vec::new();
    for row in rows {
        if known.len() == MOST {
            break;
        }
        if !seen.insert(row.grant.client_id.clone()) {
            continue;
        }
        let Some(client) = app.client(&row.grant.client_id).await? else {
            continue;
        };
        // Without a plan, it is what it asked the last time, as far as that shows.
        let terms = &row.grant.terms;
        let scopes = scopes_naming(terms.all_claims() - terms.asked);
        known.push(KnownBusiness {
            plan: plan_of(&client, scopes, terms.asked).0,
            ceiling: ceiling_of(app, &client),
            client,
        });
    }
    Ok(known)
}
