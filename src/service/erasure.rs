//! The end of an account (GDPR art. 17).
//!
//! One transaction ends every agreement, with its receipt, its deletion duty and
//! what its business is told; ends every session; destroys every key and all that
//! they opened; and takes away the address, so that no sign-in, letter or search
//! leads there any more. What is left names nobody: agreements, receipts and
//! duties under a random number, which show what was agreed and that businesses
//! were told (art. 17(3)(e)), for as long as somebody could be held to it.
//!
//! It is done at once, or after a month in which its owner may call it off. In
//! that month the agreements are paused: nothing is released.

use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::domain::grant::{GrantState, Move};
use crate::domain::id::AccountId;
use crate::domain::message::About;
use crate::domain::plan::Plan;
use crate::domain::receipt::Method;
use crate::domain::signal::Initiator;
use crate::domain::time::Timestamp;
use crate::service::grants::{MoveError, agreed_client, agreed_plan, erased, made_by_owner};
use crate::service::logouts::Farewell;
use crate::service::sessions::SignedIn;
use crate::service::{Fault, letters};
use crate::store::clients::RegisteredClient;
use crate::store::erasures::{self, ErasureRow};
use crate::store::{StoreError, accounts, grants, half_sign_ins};

/// How long somebody may think it over, if they want to.
pub const GRACE: Duration = Duration::from_hours(30 * 24);
/// How long the evidence is kept: the limitation of claims for damages (art.
/// 3:310 of the Dutch civil code).
pub const EVIDENCE_YEARS: u32 = 5;
const EVIDENCE_LASTS: Duration = Duration::from_hours(EVIDENCE_YEARS as u64 * 8_766);
/// How often it is tried again when an agreement moved at the same time.
const TRIES: usize = 5;

/// A business that would be told.
#[derive(Debug)]
pub struct Affected {
    /// Which.
    pub client: Arc<RegisteredClient>,
    /// What was agreed with it.
    pub plan: Plan,
    /// By when it would have to delete.
    pub delete_by: Timestamp,
}

/// Which businesses would be told.
pub async fn affected(app: &App, account_id: AccountId) -> Result<Vec<Affected>, Fault> {
    let mut connection = app.store().read().await?;
    let rows = grants::of_account(&mut connection, account_id).await?;
    drop(connection);
    let mut affected = Vec::new();
    for row in rows.iter().filter(|row| !row.grant.state.is_over()) {
        let client = agreed_client(app, &row.grant).await?;
        let (plan, _) = agreed_plan(app, &client, &row.grant).await?;
        affected.push(Affected {
            delete_by: plan.delete_within().last_moment(app.now()),
            client,
            plan,
        });
    }
    Ok(affected)
}

/// Why it is not done, or not yet.
enum Undone {
    /// Something moved meanwhile.
    Stale,
    Fault(Fault),
}

impl From<Fault> for Undone {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

impl From<MoveError> for Undone {
    fn from(error: MoveError) -> Self {
        match error {
            MoveError::Fault(fault) => Self::Fault(fault),
            _ => Self::Stale,
        }
    }
}

/// Erases an account, whose owner wants it so now. Erased before is no error.
pub async fn erase(app: &App, account_id: AccountId) -> Result<(), Fault> {
    erase_by(app, account_id, Method::AccountPage).await
}

async fn erase_by(app: &App, account_id: AccountId, method: Method) -> Result<(), Fault> {
    for _ in 0..TRIES {
        match try_to_erase(app, account_id, method).await {
            Ok(()) => return Ok(()),
            Err(Undone::Stale) => {}
            Err(Undone::Fault(fault)) => return Err(fault),
        }
    }
    Err(Fault::Contended)
}

async fn try_to_erase(app: &App, account_id: AccountId, method: Method) -> Result<(), Undone> {
    let mut connection = app.store().read().await?;
    if erasures::is_erased(&mut connection, account_id).await? {
        return Ok(());
    }
    let rows = grants::of_account(&mut connection, account_id).await?;
    drop(connection);
    // Written before the address goes.
    let letter = letters::farewell(app, account_id, &affected(app, account_id).await?).await?;
    let mut ended = Vec::new();
    for row in rows.into_iter().filter(|row| !row.grant.state.is_over()) {
        ended.push(erased(app, row, method).await?);
    }
    let farewell = Farewell::of_account(app, account_id, Initiator::User).await?;
    let now = app.now();
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                // Before what it covers is taken away: what waits for it, as a link
                // that is about to be mailed, comes after.
                accounts::hold(tx, account_id).await?;
                for grant in &ended {
                    if !grant.keep(tx).await? {
                        return Err(Undone::Stale);
                    }
                }
                farewell.end_all(tx, account_id, None).await?;
                // Whoever agreed to something meanwhile did so in a session.
                if erasures::has_live(tx, account_id).await?
                    || !erasures::erase(tx, account_id, now).await?
                {
                    return Err(Undone::Stale);
                }
                letter.keep(tx).await?;
                Ok(())
            })
        })
        .await
}

/// Begins the month in which it can be called off: agreements are paused, and
/// every other session ends. Returns when it is over.
pub async fn begin_grace(app: &App, signed_in: &SignedIn) -> Result<Timestamp, Fault> {
    for _ in 0..TRIES {
        match try_to_begin(app, signed_in).await {
            Ok(due_at) => return Ok(due_at),
            Err(Undone::Stale) => {}
            Err(Undone::Fault(fault)) => return Err(fault),
        }
    }
    Err(Fault::Contended)
}

async fn try_to_begin(app: &App, signed_in: &SignedIn) -> Result<Timestamp, Undone> {
    let (account_id, now) = (signed_in.account.id, app.now());
    let due_at = now.plus(GRACE);
    let mut connection = app.store().read().await?;
    if let Some(waits) = erasures::find(&mut connection, account_id).await? {
        return Ok(waits.due_at);
    }
    let rows = grants::of_account(&mut connection, account_id).await?;
    drop(connection);
    let mut waits = ErasureRow {
        due_at,
        paused: Vec::new(),
    };
    let mut paused = Vec::new();
    for row in rows {
        if row.grant.state_at(now) == GrantState::Active {
            waits.paused.push(row.grant.id);
            paused.push(made_by_owner(app, signed_in, row, Move::Pause).await?);
        }
    }
    let farewell = Farewell::of_account(app, account_id, Initiator::User).await?;
    let letter = letters::to(app, account_id, About::ErasureWaits { due_at });
    let this = signed_in.session_hash();
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                if !erasures::start(tx, account_id, &waits, now).await? {
                    return Err(Undone::Stale);
                }
                for grant in &paused {
                    if !grant.keep(tx).await? {
                        return Err(Undone::Stale);
                    }
                }
                half_sign_ins::drop_all(tx, account_id).await?;
                farewell.end_all(tx, account_id, Some(this)).await?;
                letter.keep(tx).await?;
                Ok(())
            })
        })
        .await?;
    Ok(due_at)
}

/// Calls it off: what was paused for it goes on.
pub async fn call_off(app: &App, signed_in: &SignedIn) -> Result<(), Fault> {
    for _ in 0..TRIES {
        match try_to_call_off(app, signed_in).await {
            Ok(()) => return Ok(()),
            Err(Undone::Stale) => {}
            Err(Undone::Fault(fault)) => return Err(fault),
        }
    }
    Err(Fault::Contended)
}

async fn try_to_call_off(app: &App, signed_in: &SignedIn) -> Result<(), Undone> {
    let account_id = signed_in.account.id;
    let mut connection = app.store().read().await?;
    let Some(waits) = erasures::find(&mut connection, account_id).await? else {
        return Ok(());
    };
    let rows = grants::of_account(&mut connection, account_id).await?;
    drop(connection);
    let mut resumed = Vec::new();
    for row in rows {
        if waits.paused.contains(&row.grant.id)
            && row.grant.state_at(app.now()) == GrantState::Paused
        {
            resumed.push(made_by_owner(app, signed_in, row, Move::Resume).await?);
        }
    }
    let letter = letters::to(app, account_id, About::ErasureCalledOff);
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                if !erasures::stop(tx, account_id).await? {
                    return Err(Undone::Stale);
                }
                for grant in &resumed {
                    if !grant.keep(tx).await? {
                        return Err(Undone::Stale);
                    }
                }
                letter.keep(tx).await?;
                Ok(())
            })
        })
        .await
}

/// Erases some of the accounts whose month is over; says whether there were any.
pub async fn erase_due(app: &App, most: u32) -> Result<bool, Fault> {
    let mut connection = app.store().read().await?;
    let due = erasures::due(&mut connection, app.now(), most).await?;
    drop(connection);
    for account_id in &due {
        erase_by(app, *account_id, Method::Schedule).await?;
    }
    Ok(!due.is_empty())
}

/// Forgets what was left of some accounts that were erased long ago; says
/// whether there were any.
pub async fn forget_past(app: &App, most: u32) -> Result<bool, Fault> {
    let by = app.now().minus(EVIDENCE_LASTS);
    let mut connection = app.store().read().await?;
    let past = erasures::past(&mut connection, by, most).await?;
    drop(connection);
    for account_id in &past {
        let account_id = *account_id;
        app.store()
            .write(move |tx| Box::pin(async move { erasures::forget(tx, account_id).await }))
            .await?;
    }
    Ok(!past.is_empty())
}

/// Whether there is nobody to tell anything any more.
pub(super) async fn is_erased(app: &App, account_id: AccountId) -> Result<bool, Fault> {
    let mut connection = app.store().read().await?;
    Ok(accounts::by_id(&mut connection, account_id)
        .await?
        .is_none()
        || erasures::is_erased(&mut connection, account_id).await?)
}
