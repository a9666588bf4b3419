//! What the consumer does on the page of a grant.

use std::time::Duration;

use crate::app::App;
use crate::domain::grant::{Grant, GrantState, InvalidMove, Move};
use crate::domain::id::GrantId;
use crate::domain::negotiation::{Choice, Terms, Unmet};
use crate::domain::permission::Permission;
use crate::domain::plan::Plan;
use crate::domain::receipt::{Hash, Method, Record};
use crate::domain::retention::{CountsFrom, Retention};
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::clients::ceiling_for;
use crate::service::sessions::{OpenVault, SignedIn, open_vault};
use crate::store::clients::RegisteredClient;
use crate::store::grants::{self, GrantRow};
use crate::store::{StoreError, erasures};

use super::terms::{renewed_terms, wanted_terms};
use super::{Scene, Values, Written, agreed_client, agreed_plan, fingerprint};

/// How often an act is tried on a chain that others write on as well.
const TRIES: usize = 5;

/// How soon after an agreement nobody means to renew it.
const JUST_NOW: Duration = Duration::from_mins(1);

/// Why a grant was not moved.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// The account has no such grant.
    #[error("there is no such agreement")]
    Unknown,
    /// The grant is not where that move starts.
    #[error(transparent)]
    Invalid(#[from] InvalidMove),
    /// It was changed since the page was shown.
    #[error("the agreement was changed meanwhile")]
    Stale,
    /// The terms that were asked for lack something.
    #[error("the terms cannot be met")]
    Unmet(Vec<Unmet>),
    /// It cannot be renewed as it was: the profile, the account or the plan has
    /// changed since.
    #[error("the agreement cannot be had again as it was")]
    NotAsBefore,
    /// The tier is above what the client may be granted.
    #[error("nobody vouches for this business: that tier is not for it")]
    TooHigh,
    /// The terms are wider: the consumer is asked first.
    #[error("wider terms must be agreed to")]
    Wider(Box<Terms>),
    /// The account waits for its end: until that is called off, nothing goes on.
    #[error("the account waits for its end")]
    Ending,
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for MoveError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// What the consumer does on the page of a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Take it back.
    Withdraw,
    /// Restrict.
    Pause,
    /// Lift the restriction.
    Resume,
    /// Take a permission back, for whatever purpose it was given: each is a
    /// consent of its own (GDPR art. 7(3)).
    Stop(Permission),
    /// The same terms, for as long again.
    Renew,
    /// Other terms. What is wider needs `agreed`.
    Change {
        /// What is wanted.
        wanted: Wanted,
        /// The [`fingerprint`] of the wider terms that the consumer was shown and
        /// said yes to.
        agreed: Option<Hash>,
    },
}

impl Request {
    /// Whether it lets a business have something, or for longer.
    const fn gives(&self) -> bool {
        matches!(self, Self::Resume | Self::Renew | Self::Change { .. })
    }
}

/// What is wanted of an agreement instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// What comes of another choice.
    Choice(Choice),
    /// What was agreed, for another time.
    Time {
        /// The longest; as long as plan and profile allow when not said.
        limit: Option<Retention>,
        /// From when on that counts.
        counts_from: CountsFrom,
    },
}

/// Does what the consumer asks on the page of a grant. `seen` is the
/// [`fingerprint`] of the agreement that the page showed; withdrawing works
/// from any page, however old.
///
/// Withdrawing twice is no error: the second time there is nothing to do. Nor
/// does it matter what a business or a job writes on the same chain meanwhile,
/// as long as the agreement is still the one that was seen.
pub async fn act(
    app: &App,
    signed_in: &SignedIn,
    id: GrantId,
    seen: Option<&str>,
    request: &Request,
) -> Result<(), MoveError> {
    for _ in 0..TRIES {
        let mut connection = app.store().read().await?;
        let row = grants::find(&mut connection, signed_in.account.id, id)
            .await?
            .ok_or(MoveError::Unknown)?;
        drop(connection);
        if *request != Request::Withdraw
            && !is_done(request, &row.grant, app.now())
            && seen.is_some_and(|seen| seen != fingerprint::of_grant(&row.grant).as_str())
        {
            // The first of two presses has changed what the second one saw.
            return match stands_already(app, signed_in, &row, request).await {
                Ok(true) => Ok(()),
                Err(MoveError::Fault(fault)) => Err(fault.into()),
                _ => Err(MoveError::Stale),
            };
        }
        match act_on(app, signed_in, row, request).await {
            // Somebody else wrote on the same chain: look again.
            Err(MoveError::Stale) => {}
            done => return done,
        }
    }
    Err(MoveError::Fault(Fault::Contended))
}

/// Whether there is nothing left to do: a button was pressed twice.
fn is_done(request: &Request, grant: &Grant, now: Timestamp) -> bool {
    match request {
        Request::Withdraw => grant.state == GrantState::Withdrawn,
        Request::Pause => grant.state_at(now) == GrantState::Paused,
        Request::Resume => grant.state_at(now) == GrantState::Active,
        Request::Stop(permission) => !grant.terms.permissions().contains(*permission),
        Request::Renew => now.since(grant.terms.since) < JUST_NOW,
        // That takes the vault to tell ([`stands_already`]).
        Request::Change { .. } => false,
    }
}

/// Whether what is wanted are the terms that stand.
async fn stands_already(
    app: &App,
    signed_in: &SignedIn,
    row: &GrantRow,
    request: &Request,
) -> Result<bool, MoveError> {
    let Request::Change { wanted, agreed } = request else {
        return Ok(false);
    };
    let grant = &row.grant;
    if agreed.as_ref() == Some(&fingerprint::of_terms(&grant.terms)) {
        return Ok(grant.state_at(app.now()) == GrantState::Active);
    }
    let client = agreed_client(app, grant).await?;
    let (plan, _) = agreed_plan(app, &client, grant).await?;
    let open = open_vault(app, signed_in).await?;
    let terms = changed_terms(app, signed_in, grant, (&client, &plan), &open, wanted)?;
    Ok(terms == grant.terms)
}

/// The terms that come of what is wanted of an agreement.
fn changed_terms(
    app: &App,
    signed_in: &SignedIn,
    grant: &Grant,
    (client, plan): (&RegisteredClient, &Plan),
    open: &OpenVault,
    wanted: &Wanted,
) -> Result<Terms, MoveError> {
    let (contents, now) = (&open.contents, app.now());
    let ceiling = ceiling_for(app, client, signed_in, contents, Some(&grant.terms));
    let terms = wanted_terms(grant, plan, contents, ceiling, wanted, now)?;
    // What the business does not ask for any more does not come back.
    Ok(if grant.plan_version == client.plan_version {
        terms
    } else {
        terms.narrowed_to(client.standing_plan())
    })
}

/// Does it on the agreement as it was read. [`MoveError::Stale`] when somebody
/// else moved it since.
async fn act_on(
    app: &App,
    signed_in: &SignedIn,
    row: GrantRow,
    request: &Request,
) -> Result<(), MoveError> {
    let now = app.now();
    if is_done(request, &row.grant, now) {
        return Ok(());
    }
    let client = agreed_client(app, &row.grant).await?;
    let agreed_to = agreed_plan(app, &client, &row.grant).await?;
    let scene = by_owner(app, signed_in, &client, &agreed_to);
    let plan = &agreed_to.0;
    let written = match request {
        Request::Withdraw => scene.make(row, Move::Withdraw, None).await?,
        Request::Pause => scene.make(row, Move::Pause, None).await?,
        Request::Resume => scene.make(row, Move::Resume, None).await?,
        Request::Stop(permission) => {
            let left = row.grant.terms.without((*permission).into(), plan);
            let mv = Move::Narrow(left, row.grant.plan_version);
            scene.make(row, mv, None).await?
        }
        Request::Renew => {
            let open = open_vault(app, signed_in).await?;
            let terms = renewed_terms(app, &row.grant, &client, plan, &open.contents, now)?;
            let values = Some(values_of(signed_in, &open));
            let left = row.grant.terms.still_permitted(plan);
            if left == row.grant.terms {
                scene.make(row, Move::Renew(terms), values).await?
            } else {
                // What nothing permits any more ends first, and is to be deleted.
                let mv = Move::Narrow(left, row.grant.plan_version);
                let narrowed = scene.make(row, mv, None).await?;
                let mv = Move::Renew(terms);
                scene.make_next(narrowed, mv, values).await?
            }
        }
        Request::Change { wanted, agreed } => {
            let open = open_vault(app, signed_in).await?;
            let of = (&*client, plan);
            let terms = changed_terms(app, signed_in, &row.grant, of, &open, wanted)?;
            if terms == row.grant.terms {
                return Ok(());
            }
            // Made anew on each try: what was not seen is not agreed to.
            if terms.is_wider_than(&row.grant.terms)
                && agreed.as_ref() != Some(&fingerprint::of_terms(&terms))
            {
                return Err(MoveError::Wider(Box::new(terms)));
            }
            let mv = Move::Change(terms, row.grant.plan_version);
            let values = Some(values_of(signed_in, &open));
            scene.make(row, mv, values).await?
        }
    };
    let (account_id, session) = (signed_in.account.id, signed_in.session(app));
    let gives = request.gives();
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                session.hold(tx).await?;
                // The account is held: of an end that began meanwhile it is known here, and
                // one that begins later pauses what goes on.
                if gives && erasures::find(tx, account_id).await?.is_some() {
                    return Err(MoveError::Ending);
                }
                written.keep_whole(tx).await
            })
        })
        .await
}

const fn values_of<'a>(signed_in: &'a SignedIn, open: &'a OpenVault) -> Values<'a> {
    Values {
        signed_in,
        attributes: &open.contents.attributes,
        revision: Some(open.revision),
    }
}

/// A move by the owner of an agreement that takes no values along: less than
/// there was, or a pause. It is kept with what it is part of.
pub(in crate::service) async fn made_by_owner(
    app: &App,
    signed_in: &SignedIn,
    row: GrantRow,
    mv: Move,
) -> Result<Written, MoveError> {
    let client = agreed_client(app, &row.grant).await?;
    let agreed = agreed_plan(app, &client, &row.grant).await?;
    let scene = by_owner(app, signed_in, &client, &agreed);
    scene.make(row, mv, None).await
}

/// Records what the owner of an agreement did beside it, after a move that it
/// comes with, if one does. Such a move takes no values along: it is for less
/// than there was, or a pause.
pub(in crate::service) async fn record_of_owner(
    app: &App,
    signed_in: &SignedIn,
    client: &RegisteredClient,
    row: GrantRow,
    mv: Option<Move>,
    what: Record,
) -> Result<Written, MoveError> {
    let agreed = agreed_plan(app, client, &row.grant).await?;
    let scene = by_owner(app, signed_in, client, &agreed);
    let written = match mv {
        Some(mv) => scene.make(row, mv, None).await?,
        None => return Ok(scene.record(row, what).await?),
    };
    Ok(scene.record_next(written, what).await?)
}

/// What the owner of an agreement does on their own pages is written with.
fn by_owner<'a>(
    app: &'a App,
    signed_in: &SignedIn,
    client: &'a RegisteredClient,
    (plan, plan_hash): &'a (Plan, Hash),
) -> Scene<'a> {
    Scene {
        app,
        client,
        plan,
        plan_hash,
        language: signed_in.account.language,
        authentication: Some(signed_in.authentication),
        method: Method::AccountPage,
        screen_hash: None,
        now: app.now(),
    }
}
