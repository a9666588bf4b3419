//! What a business does with a grant by itself: it looks at it, and gives it
//! up (Grant Management for OAuth 2.0 §6).

use enumset::EnumSet;

use super::{MoveError, Scene, Written, agreed_plan};
use crate::app::App;
use crate::domain::claim::Claim;
use crate::domain::details::ProfileRelease;
use crate::domain::grant::{Grant, GrantState, Move};
use crate::domain::id::GrantId;
use crate::domain::language::Language;
use crate::domain::negotiation::Terms;
use crate::domain::plan::Plan;
use crate::domain::receipt::{Hash, Method, Record};
use crate::domain::scope::Scope;
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::clients::{granted_to, releasable_by_grant, scopes_naming};
use crate::service::plans::Edition;
use crate::store::clients::RegisteredClient;
use crate::store::grants::{self, GrantRow};
use crate::store::{accounts, receipts};

/// How often giving up is tried again when the grant moved at the same time.
const TRIES: usize = 3;

/// A grant as its business sees it.
#[derive(Debug)]
pub struct BusinessView {
    /// The agreement.
    pub grant: Grant,
    /// Where it is in its life at this moment.
    pub state: GrantState,
    /// What is released at this moment.
    pub claims: EnumSet<Claim>,
    /// All that is granted, as authorization details.
    pub details: ProfileRelease,
    /// The edition of the client's plan that it answers, if there is one.
    pub edition: Option<Edition>,
    /// The business's copy of the newest receipt.
    pub receipt: Option<String>,
}

impl BusinessView {
    /// The scopes that something is granted of.
    #[must_use]
    pub fn scopes(&self) -> EnumSet<Scope> {
        let offline = if self.grant.terms.offline {
            Scope::OfflineAccess.into()
        } else {
            EnumSet::empty()
        };
        let named = scopes_naming(self.claims - self.grant.terms.asked);
        named | offline | Scope::Openid
    }
}

/// A grant of this client that is not over; `None` when it has no such grant.
/// Which other grants there are, it is not told.
pub async fn standing(
    app: &App,
    client: &RegisteredClient,
    id: GrantId,
) -> Result<Option<GrantRow>, Fault> {
    let mut connection = app.store().read().await?;
    let row = grants::of_client(&mut connection, &client.client.id, id).await?;
    let now = app.now();
    Ok(row.filter(|row| !row.grant.state_at(now).is_over()))
}

/// A grant of this client as it stands.
///
/// Two SELECTs. Never cached: what is told is what holds.
pub async fn of_client(
    app: &App,
    client: &RegisteredClient,
    id: GrantId,
) -> Result<Option<BusinessView>, Fault> {
    let Some(row) = standing(app, client, id).await? else {
        return Ok(None);
    };
    let mut connection = app.store().read().await?;
    let receipt = receipts::newest(&mut connection, id).await?;
    drop(connection);
    let now = app.now();
    let whole = ProfileRelease::everything();
    Ok(Some(BusinessView {
        state: row.grant.state_at(now),
        claims: releasable_by_grant(app, client, &row.grant, now),
        details: granted_to(app, client, &whole, &row.grant, now),
        edition: Edition::of(&row.grant, client),
        grant: row.grant,
        receipt,
    }))
}

/// Gives a grant up, at the wish of its business, as when a consumer
/// withdraws. Says whether there was such a grant.
pub async fn end(app: &App, client: &RegisteredClient, id: GrantId) -> Result<bool, Fault> {
    for _ in 0..TRIES {
        let Some(row) = standing(app, client, id).await? else {
            return Ok(false);
        };
        match end_row(app, client, row).await {
            Ok(()) => return Ok(true),
            // Somebody else moved it meanwhile: look again.
            Err(MoveError::Stale | MoveError::Invalid(_)) => {}
            Err(MoveError::Fault(fault)) => return Err(fault),
            Err(_) => return Err(Fault::Inconsistent("a grant cannot be given up")),
        }
    }
    Err(Fault::Contended)
}

/// Ends an agreement for its business, or says that its time was up: state,
/// receipt and the end of its tokens are one transaction.
///
/// [`MoveError::Stale`] when somebody else moved it meanwhile.
pub(in crate::service) async fn end_row(
    app: &App,
    client: &RegisteredClient,
    row: GrantRow,
) -> Result<(), MoveError> {
    let now = app.now();
    match row.grant.state_at(now) {
        GrantState::Expired => expire_row(app, client, row, now).await,
        _ => move_as(app, client, row, Move::End, Method::Business, now).await,
    }
}

/// Writes down that the time of an agreement was up at `now`.
/// [`MoveError::Invalid`] when it was not.
pub(super) async fn expire_row(
    app: &App,
    client: &RegisteredClient,
    row: GrantRow,
    now: Timestamp,
) -> Result<(), MoveError> {
    move_as(app, client, row, Move::Expire, Method::Schedule, now).await
}

/// Writes down what is left of an agreement of which a purpose has run out.
pub(super) async fn lapse_row(
    app: &App,
    client: &RegisteredClient,
    row: GrantRow,
    left: Terms,
    now: Timestamp,
) -> Result<(), MoveError> {
    let mv = Move::Narrow(left, row.grant.plan_version);
    move_as(app, client, row, mv, Method::Schedule, now).await
}

async fn move_as(
    app: &App,
    client: &RegisteredClient,
    row: GrantRow,
    mv: Move,
    method: Method,
    now: Timestamp,
) -> Result<(), MoveError> {
    let at = Moment::of(app, client, &row.grant).await?;
    let scene = at.scene(app, client, method, now);
    scene.make(row, mv, None).await?.write(app).await
}

/// Records something beside an agreement while its owner is away, by whoever's
/// act it is.
pub(in crate::service) async fn record(
    app: &App,
    client: &RegisteredClient,
    row: GrantRow,
    what: Record,
    method: Method,
) -> Result<Written, Fault> {
    let at = Moment::of(app, client, &row.grant).await?;
    let scene = at.scene(app, client, method, app.now());
    scene.record(row, what).await
}

/// What a receipt is written with while its owner is away.
pub(super) struct Moment {
    plan: Plan,
    plan_hash: Hash,
    language: Language,
}

impl Moment {
    pub(super) async fn of(
        app: &App,
        client: &RegisteredClient,
        grant: &Grant,
    ) -> Result<Self, Fault> {
        let (plan, plan_hash) = agreed_plan(app, client, grant).await?;
        let mut connection = app.store().read().await?;
        let account = accounts::by_id(&mut connection, grant.account_id).await?;
        drop(connection);
        let account = account.ok_or(Fault::Inconsistent("a grant names no account"))?;
        Ok(Self {
            plan,
            plan_hash,
            language: account.account.language,
        })
    }

    pub(super) const fn scene<'a>(
        &'a self,
        app: &'a App,
        client: &'a RegisteredClient,
        method: Method,
        now: Timestamp,
    ) -> Scene<'a> {
        Scene {
            app,
            client,
            plan: &self.plan,
            plan_hash: &self.plan_hash,
            language: self.language,
            authentication: None,
            method,
            screen_hash: None,
            now,
        }
    }
}
