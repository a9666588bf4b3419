//! Calling off an erasure that waits: by whoever is signed in, or by who reads mail
//! at an address that gets the account back.

use super::{TRIES, Undone};
use crate::app::App;
use crate::domain::grant::{GrantState, Move};
use crate::domain::id::{AccountId, GrantId};
use crate::domain::message::About;
use crate::service::Fault;
use crate::service::grants::{Written, made_by_owner, resumed};
use crate::service::letters::{self, Posting};
use crate::service::sessions::SignedIn;
use crate::store::{Connection, StoreError, erasures, grants};

/// What is kept to call an erasure off.
pub(in crate::service) struct CallingOff {
    account_id: AccountId,
    /// What was paused for the one that waited when this was made.
    paused: Vec<GrantId>,
    /// What of that is still paused, and goes on.
    resumed: Vec<Written>,
    letter: Posting,
}

impl CallingOff {
    /// Also where none waits: one may begin to, and then this is not kept.
    pub(in crate::service) async fn of(app: &App, account_id: AccountId) -> Result<Self, Fault> {
        let prepared = Self::prepare(app, account_id, None).await;
        prepared.map_err(Undone::fault)
    }

    async fn prepare(
        app: &App,
        account_id: AccountId,
        by: Option<&SignedIn>,
    ) -> Result<Self, Undone> {
        let mut connection = app.store().read().await?;
        let waits = erasures::find(&mut connection, account_id).await?;
        let paused = waits.map(|waits| waits.paused).unwrap_or_default();
        let rows = grants::of_account(&mut connection, account_id).await?;
        drop(connection);
        let mut going_on = Vec::new();
        for row in rows {
            let is_paused = row.grant.state_at(app.now()) == GrantState::Paused;
            if is_paused && paused.contains(&row.grant.id) {
                going_on.push(match by {
                    Some(signed_in) => made_by_owner(app, signed_in, row, Move::Resume).await?,
                    None => resumed(app, row).await?,
                });
            }
        }
        Ok(Self {
            account_id,
            paused,
            resumed: going_on,
            letter: letters::to(app, account_id, About::ErasureCalledOff),
        })
    }

    /// Calls it off if it waits, and tells of that. `false` when another began meanwhile,
    /// or an agreement was moved: nothing may be kept then.
    #[must_use = "it has to be made anew when something moved meanwhile"]
    pub(in crate::service) async fn keep(&self, tx: &mut Connection) -> Result<bool, StoreError> {
        let Some(paused) = erasures::stop(tx, self.account_id).await? else {
            return Ok(true);
        };
        if paused != self.paused {
            return Ok(false);
        }
        for grant in &self.resumed {
            if !grant.keep(tx).await? {
                return Ok(false);
            }
        }
        self.letter.keep(tx).await?;
        Ok(true)
    }
}

/// Calls it off: what was paused for it goes on.
pub async fn call_off(app: &App, signed_in: &SignedIn) -> Result<(), Fault> {
    for _ in 0..TRIES {
        match try_to_call_off(app, signed_in).await {
            Ok(()) => return Ok(()),
            Err(Undone::Fault(fault)) => return Err(fault),
            Err(_) => {}
        }
    }
    Err(Fault::Contended)
}

async fn try_to_call_off(app: &App, signed_in: &SignedIn) -> Result<(), Undone> {
    let calling_off = CallingOff::prepare(app, signed_in.account.id, Some(signed_in)).await?;
    let session = signed_in.session(app);
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                // Whoever carries it out at this moment comes first, or finds it gone.
                session.hold(tx).await?;
                if calling_off.keep(tx).await? {
                    Ok(())
                } else {
                    Err(Undone::Stale)
                }
            })
        })
        .await
}
