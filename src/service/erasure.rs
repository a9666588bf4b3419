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
//! that month the agreements are paused: nothing is released. While a change of
//! address can be undone (`undoable`) it waits for that too, and is told at the
//! address before: to undo the change calls it off.

mod calling_off;
mod undoable;

use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::domain::grant::{GrantState, Move};
use crate::domain::id::{AccountId, GrantId};
use crate::domain::message::About;
use crate::domain::plan::Plan;
use crate::domain::receipt::Method;
use crate::domain::signal::Initiator;
use crate::domain::time::Timestamp;
use crate::service::grants::{MoveError, agreed_client, agreed_plan, erased, made_by_owner};
use crate::service::logouts::Farewell;
use crate::service::sessions::{InSession, SignedIn};
use crate::service::{Fault, letters};
use crate::store::clients::RegisteredClient;
use crate::store::due::Place;
use crate::store::erasures::{self, ErasureRow};
use crate::store::grants::GrantRow;
use crate::store::{StoreError, accounts, grants, half_sign_ins};

pub(super) use self::calling_off::CallingOff;
pub use self::calling_off::call_off;
pub(super) use self::undoable::{addresses as undoable_addresses, until as undoable_until};

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

/// What came of asking for an erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Erasure {
    /// The account is gone.
    Done,
    /// It is not, until then: a change of its address can be undone.
    Waits(Timestamp),
}

/// Why it is not done, or not yet.
enum Undone {
    /// Something moved meanwhile.
    Stale,
    /// A change of address can be undone until then.
    NotBefore(Timestamp),
    Fault(Fault),
}

impl Undone {
    fn fault(self) -> Fault {
        match self {
            Self::Fault(fault) => fault,
            Self::Stale | Self::NotBefore(_) => Fault::Contended,
        }
    }
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

/// Until when an account is not erased although its owner wants it so now, if it is
/// not: a change of its address can be undone.
pub async fn not_before(app: &App, account_id: AccountId) -> Result<Option<Timestamp>, Fault> {
    let mut connection = app.store().read().await?;
    Ok(undoable::until(&mut connection, account_id, app.now()).await?)
}

/// Erases an account, whose owner wants it so now; or as soon as nobody can undo a
/// change of its address any more. Erased before is no error.
pub async fn erase(app: &App, signed_in: &SignedIn) -> Result<Erasure, Fault> {
    let (account_id, by) = (signed_in.account.id, Some(signed_in.session(app)));
    match erase_by(app, account_id, Method::AccountPage, by).await? {
        Erasure::Done => Ok(Erasure::Done),
        Erasure::Waits(_) => Ok(Erasure::Waits(begin(app, signed_in, Duration::ZERO).await?)),
    }
}

/// By whoever is in this session; or because its time has come, if that is still so.
async fn erase_by(
    app: &App,
    account_id: AccountId,
    method: Method,
    by: Option<InSession>,
) -> Result<Erasure, Fault> {
    for _ in 0..TRIES {
        match try_to_erase(app, account_id, method, by).await {
            Ok(()) => return Ok(Erasure::Done),
            Err(Undone::Stale) => {}
            Err(Undone::NotBefore(until)) => return Ok(Erasure::Waits(until)),
            Err(Undone::Fault(fault)) => return Err(fault),
        }
    }
    Err(Fault::Contended)
}

async fn try_to_erase(
    app: &App,
    account_id: AccountId,
    method: Method,
    by: Option<InSession>,
) -> Result<(), Undone> {
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
                // that is about to be mailed, comes after. Whoever follows a link to
                // another address at this moment was first, and is waited for, or finds
                // it gone.
                if let Some(session) = by {
                    session.hold(tx).await?;
                }
                erasures::hold(tx, account_id).await?;
                if by.is_none() && !erasures::is_due(tx, account_id, now).await? {
                    // It was called off meanwhile, or put off.
                    return Ok(());
                }
                if let Some(until) = undoable::until(tx, account_id, now).await? {
                    return Err(Undone::NotBefore(until));
                }
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
                if let Some(letter) = &letter {
                    letter.keep(tx).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Begins the month in which it can be called off: agreements are paused, and
/// every other session ends. Returns when it is over.
pub async fn begin_grace(app: &App, signed_in: &SignedIn) -> Result<Timestamp, Fault> {
    begin(app, signed_in, GRACE).await
}

async fn begin(app: &App, signed_in: &SignedIn, wait: Duration) -> Result<Timestamp, Fault> {
    for _ in 0..TRIES {
        match try_to_begin(app, signed_in, wait).await {
            Ok(due_at) => return Ok(due_at),
            Err(Undone::Fault(fault)) => return Err(fault),
            Err(_) => {}
        }
    }
    Err(Fault::Contended)
}

async fn try_to_begin(
    app: &App,
    signed_in: &SignedIn,
    wait: Duration,
) -> Result<Timestamp, Undone> {
    let (account_id, now) = (signed_in.account.id, app.now());
    let undoable = undoable::of_account(app, account_id).await?;
    let until = undoable.as_ref().map_or(now, |undoable| undoable.until);
    let due_at = now.plus(wait).max(until);
    let mut connection = app.store().read().await?;
    if let Some(waits) = erasures::find(&mut connection, account_id).await? {
        return Ok(waits.due_at);
    }
    let rows = grants::of_account(&mut connection, account_id).await?;
    drop(connection);
    let waits = ErasureRow {
        due_at,
        paused: active(&rows, now),
    };
    let mut paused = Vec::new();
    for row in rows {
        if waits.paused.contains(&row.grant.id) {
            paused.push(made_by_owner(app, signed_in, row, Move::Pause).await?);
        }
    }
    let farewell = Farewell::of_account(app, account_id, Initiator::User).await?;
    let about = |address_sealed| About::ErasureWaits {
        due_at,
        address_sealed,
    };
    let mut told = vec![letters::to(app, account_id, about(None))];
    for address in undoable.iter().flat_map(|undoable| &undoable.addresses) {
        let about = |sealed| about(Some(sealed));
        told.push(letters::at_address(app, account_id, address, about));
    }
    let (this, session) = (signed_in.session_hash(), signed_in.session(app));
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                session.hold(tx).await?;
                // Whoever is just agreeing to something is waited for.
                erasures::hold(tx, account_id).await?;
                if active(&grants::of_account(tx, account_id).await?, now) != waits.paused
                    || !erasures::start(tx, account_id, &waits, now).await?
                {
                    return Err(Undone::Stale);
                }
                for grant in &paused {
                    if !grant.keep(tx).await? {
                        return Err(Undone::Stale);
                    }
                }
                half_sign_ins::drop_all(tx, account_id).await?;
                farewell.end_all(tx, account_id, Some(this)).await?;
                for letter in &told {
                    letter.keep(tx).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(due_at)
}

/// Which agreements are in force.
fn active(rows: &[GrantRow], now: Timestamp) -> Vec<GrantId> {
    let rows = rows.iter().map(|row| &row.grant);
    let active = rows.filter(|grant| grant.state_at(now) == GrantState::Active);
    active.map(|grant| grant.id).collect()
}

/// Erases some of the accounts whose wait is over, and says where to look next;
/// `None` when those were all. One that cannot be erased holds up no other.
pub async fn erase_due(app: &App, after: &Place, most: u32) -> Result<Option<Place>, Fault> {
    let mut connection = app.store().read().await?;
    let due = erasures::due(&mut connection, app.now(), after, most).await?;
    drop(connection);
    for account_id in due.rows {
        if let Err(fault) = erase_one(app, account_id).await {
            tracing::error!(error = %fault, "an account whose time has come cannot be erased");
        }
    }
    Ok(due.next)
}

async fn erase_one(app: &App, account_id: Result<AccountId, StoreError>) -> Result<(), Fault> {
    let account_id = account_id?;
    match erase_by(app, account_id, Method::Schedule, None).await? {
        Erasure::Done => Ok(()),
        // The mail of which it waits left later than was thought.
        Erasure::Waits(until) => {
            let put_off = app.store().write_statement(move |tx| {
                Box::pin(async move { erasures::put_off(tx, account_id, until).await })
            });
            Ok(put_off.await?)
        }
    }
}

/// Forgets what was left of some accounts that were erased long ago, and says
/// where to look next; `None` when those were all. One of which it cannot be
/// forgotten holds up no other.
pub async fn forget_past(app: &App, after: &Place, most: u32) -> Result<Option<Place>, Fault> {
    let by = app.now().minus(EVIDENCE_LASTS);
    let mut connection = app.store().read().await?;
    let past = erasures::past(&mut connection, by, after, most).await?;
    drop(connection);
    for account_id in past.rows {
        if let Err(error) = forget_one(app, account_id).await {
            tracing::error!(%error, "what is left of an account cannot be forgotten");
        }
    }
    Ok(past.next)
}

async fn forget_one(
    app: &App,
    account_id: Result<AccountId, StoreError>,
) -> Result<(), StoreError> {
    let account_id = account_id?;
    app.store()
        .write(move |tx| Box::pin(async move { erasures::forget(tx, account_id).await }))
        .await
}

/// Whether there is nobody to tell anything any more.
pub(super) async fn is_erased(app: &App, account_id: AccountId) -> Result<bool, Fault> {
    let mut connection = app.store().read().await?;
    Ok(accounts::by_id(&mut connection, account_id)
        .await?
        .is_none()
        || erasures::is_erased(&mut connection, account_id).await?)
}
