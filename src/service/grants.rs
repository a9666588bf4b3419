//! The life of grants: each move is one transaction that writes the new
//! state, the receipt, the dead tokens and the released values together.

use std::sync::Arc;

use enumset::EnumSet;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::crypto::seal::Sealed;
use crate::crypto::vault::{self, GrantKey};
use crate::domain::attribute::{Attributes, Released, released};
use crate::domain::claim::Claim;
use crate::domain::grant::{Grant, GrantState, InvalidMove, Move, Transition};
use crate::domain::id::{GrantId, ReadId};
use crate::domain::language::Language;
use crate::domain::negotiation::{Choice, Outcome, Terms, Unmet, negotiate};
use crate::domain::plan::{Plan, PlanVersion, PurposeId};
use crate::domain::receipt::{Act, Context, Hash, Method};
use crate::domain::scope::Scope;
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::clients::plan_of;
use crate::service::receipts::{self, Signed};
use crate::service::sessions::{SignedIn, open_vault};
use crate::store::clients::{self, RegisteredClient};
use crate::store::grants::GrantRow;
use crate::store::{Connection, StoreError, grants, tokens};

/// How many reads a page shows.
const READS_SHOWN: u32 = 200;

/// A grant as its owner sees it.
#[derive(Debug)]
pub struct GrantView {
    /// The agreement.
    pub grant: Grant,
    /// With whom.
    pub client: Arc<RegisteredClient>,
    /// The plan that it answers.
    pub plan: Plan,
    /// What the business may read at this moment, with the values.
    pub released: Released,
    /// When it was last read.
    pub last_read: Option<Timestamp>,
    /// Where the chain of receipts is: a form carries it, so that a stale one
    /// is noticed.
    pub seq: u32,
}

/// A read as its owner sees it.
#[derive(Clone, Debug)]
pub struct ReadView {
    /// When.
    pub at: Timestamp,
    /// What.
    pub record: ReadRecord,
}

/// What was read, and for which purposes: sealed in the row of the read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReadRecord {
    /// The claims that were handed over.
    pub claims: EnumSet<Claim>,
    /// The purposes under which they are released.
    pub purposes: Vec<PurposeId>,
}

/// Every grant of the account, the newest first.
pub async fn all(app: &App, signed_in: &SignedIn) -> Result<Vec<GrantView>, Fault> {
    let account_id = signed_in.account.id;
    let mut connection = app.store().read().await?;
    let rows = grants::of_account(&mut connection, account_id).await?;
    let last_reads = grants::last_reads(&mut connection, account_id).await?;
    drop(connection);
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let last = last_reads
            .iter()
            .find(|(id, _)| *id == row.grant.id)
            .map(|(_, at)| *at);
        views.push(view(app, signed_in, row, last).await?);
    }
    Ok(views)
}

/// One grant of the account; `None` when it has no such grant.
pub async fn one(app: &App, signed_in: &SignedIn, id: GrantId) -> Result<Option<GrantView>, Fault> {
    let account_id = signed_in.account.id;
    let mut connection = app.store().read().await?;
    let row = grants::find(&mut connection, account_id, id).await?;
    let last_reads = grants::last_reads(&mut connection, account_id).await?;
    drop(connection);
    let Some(row) = row else { return Ok(None) };
    let last = last_reads
        .iter()
        .find(|(grant_id, _)| *grant_id == id)
        .map(|(_, at)| *at);
    view(app, signed_in, row, last).await.map(Some)
}

async fn view(
    app: &App,
    signed_in: &SignedIn,
    row: GrantRow,
    last_read: Option<Timestamp>,
) -> Result<GrantView, Fault> {
    let client = app
        .client(&row.grant.client_id)
        .await?
        .ok_or(Fault::Inconsistent(
            "a grant names a client that is not there",
        ))?;
    let plan = agreed_plan(app, &client, &row.grant).await?.0;
    let releasable = row.grant.releasable(&client.standing_plan(), app.now());
    let released = match (&row.released_sealed, releasable.is_empty()) {
        (Some(sealed), false) => {
            let key = grant_key(signed_in, &row)?;
            open_released(&key, row.grant.id, sealed)?.narrowed_to(releasable)
        }
        _ => Released::default(),
    };
    Ok(GrantView {
        seq: row.chain.seq,
        grant: row.grant,
        client,
        plan,
        released,
        last_read,
    })
}

/// The plan that a grant answers, as it was then, and its hash.
async fn agreed_plan(
    app: &App,
    client: &RegisteredClient,
    grant: &Grant,
) -> Result<(Plan, Hash), Fault> {
    if grant.plan_version == client.plan_version {
        return Ok(plan_of(client, Scope::all()));
    }
    if grant.plan_version == PlanVersion(0) {
        let plan = Plan::from_scopes(Scope::all());
        let hash = Hash::of(plan.to_json().as_bytes());
        return Ok((plan, hash));
    }
    let mut connection = app.store().read().await?;
    clients::plan(&mut connection, &client.client.id, grant.plan_version)
        .await?
        .ok_or(Fault::Inconsistent(
            "a grant names a plan that is not there",
        ))
}

fn grant_key(signed_in: &SignedIn, row: &GrantRow) -> Result<GrantKey, Fault> {
    let wrapped = row
        .grant_key_wrapped
        .clone()
        .ok_or(Fault::Inconsistent("a grant has no key"))?;
    Ok(vault::open_grant_key(
        &signed_in.vault_key,
        row.grant.id,
        &Sealed::from_bytes(wrapped),
    )?)
}

fn open_released(key: &GrantKey, id: GrantId, sealed: &[u8]) -> Result<Released, Fault> {
    let bytes = vault::open_released(key, id, &Sealed::from_bytes(sealed.to_vec()))?;
    Ok(Released::from_bytes(&bytes)?)
}

/// The last reads on a grant, the newest first; `None` when the account has
/// no such grant.
pub async fn reads(
    app: &App,
    signed_in: &SignedIn,
    id: GrantId,
) -> Result<Option<Vec<ReadView>>, Fault> {
    let mut connection = app.store().read().await?;
    let Some(row) = grants::find(&mut connection, signed_in.account.id, id).await? else {
        return Ok(None);
    };
    let reads = grants::reads(&mut connection, id, READS_SHOWN).await?;
    drop(connection);
    let key = grant_key(signed_in, &row)?;
    reads
        .into_iter()
        .map(|read| {
            let sealed = Sealed::from_bytes(read.read_sealed);
            let bytes = vault::open_read(&key, id, read.id, &sealed)?;
            let record = serde_json::from_slice(&bytes)
                .map_err(|_| Fault::Inconsistent("the record of a read does not read"))?;
            Ok(ReadView {
                at: read.read_at,
                record,
            })
        })
        .collect::<Result<_, Fault>>()
        .map(Some)
}

/// Makes the row of a read: what is in it only the consumer and whoever holds
/// the token can tell.
pub(super) fn seal_read(
    app: &App,
    key: &GrantKey,
    grant: &Grant,
    claims: EnumSet<Claim>,
    now: Timestamp,
) -> Result<grants::ReadRow, Fault> {
    let purposes = grant
        .terms
        .purposes
        .iter()
        .filter(|purpose| !(purpose.claims & claims).is_empty());
    let record = ReadRecord {
        claims,
        purposes: purposes.map(|purpose| purpose.id.clone()).collect(),
    };
    let bytes =
        serde_json::to_vec(&record).map_err(|_| Fault::Inconsistent("a read cannot be written"))?;
    let id = ReadId::new(app.random().uuid(now));
    let sealed = vault::seal_read(key, grant.id, id, &bytes, app.random());
    Ok(grants::ReadRow {
        id,
        grant_id: grant.id,
        read_at: now,
        read_sealed: sealed.into_bytes(),
    })
}

/// A grant that was given or moved, ready to be kept.
pub(super) struct Written {
    /// As it will be.
    pub(super) row: GrantRow,
    receipts: Vec<Signed>,
    /// Where the chain was; `None` for a new grant.
    before: Option<u32>,
    /// Whether its tokens die with it.
    ends_tokens: bool,
}

impl Written {
    /// Keeps the grant, its receipts and the end of its tokens. `false` when
    /// somebody else moved it meanwhile: nothing may be kept then.
    #[must_use = "the grant may have been moved meanwhile"]
    pub(super) async fn keep(&self, tx: &mut Connection) -> Result<bool, StoreError> {
        match self.before {
            None => match grants::insert(tx, &self.row).await {
                Err(StoreError::Duplicate) => return Ok(false),
                kept => kept?,
            },
            Some(seq) => {
                if !grants::update(tx, &self.row, seq).await? {
                    return Ok(false);
                }
            }
        }
        for receipt in &self.receipts {
            receipt.keep(tx).await?;
        }
        if self.ends_tokens {
            tokens::end_all(tx, self.row.grant.id).await?;
        }
        Ok(true)
    }
}

/// What a move is written with.
pub(super) struct Scene<'a> {
    pub(super) app: &'a App,
    pub(super) client: &'a RegisteredClient,
    pub(super) plan: &'a Plan,
    pub(super) plan_hash: &'a Hash,
    pub(super) language: Language,
    pub(super) method: Method,
    pub(super) screen_hash: Option<Hash>,
    pub(super) now: Timestamp,
}

impl Scene<'_> {
    async fn sign(
        &self,
        row: &mut GrantRow,
        transition: Transition,
        first: bool,
    ) -> Result<Signed, Fault> {
        let context = Context {
            issuer: self.app.issuer(),
            business: &self.client.business,
            policy_uri: self
                .client
                .client
                .metadata
                .policy_uri
                .as_ref()
                .map(|uri| uri.as_str()),
            plan: self.plan,
            plan_hash: self.plan_hash,
        };
        let act = Act {
            kind: transition.event,
            method: self.method,
            language: self.language,
            screen_hash: self.screen_hash.clone(),
        };
        let keys = self.app.keys().await?;
        let after = (!first).then_some(&row.chain);
        let signed = receipts::sign(
            self.app,
            &keys,
            after,
            &transition.grant,
            act,
            &context,
            self.now,
        )?;
        row.grant = transition.grant;
        row.chain = signed.end.clone();
        Ok(signed)
    }

    /// A new grant, with its key and the values that it releases.
    pub(super) async fn give(
        &self,
        signed_in: &SignedIn,
        grant: Grant,
        attributes: &Attributes,
    ) -> Result<(Written, GrantKey), Fault> {
        let random = self.app.random();
        let key = GrantKey::generate(random);
        let wrapped = vault::wrap_grant_key(&signed_in.vault_key, grant.id, &key, random);
        let sealed = seal_values(self.app, &key, &grant, attributes);
        let transition = Transition {
            grant: grant.clone(),
            event: crate::domain::grant::EventKind::Given,
        };
        let mut row = GrantRow {
            grant,
            grant_key_wrapped: Some(wrapped.into_bytes()),
            released_sealed: Some(sealed),
            chain: crate::domain::receipt::ChainEnd {
                seq: 0,
                hash: Hash::of(b""),
            },
        };
        let receipt = self.sign(&mut row, transition, true).await?;
        Ok((
            Written {
                row,
                receipts: vec![receipt],
                before: None,
                ends_tokens: false,
            },
            key,
        ))
    }

    /// Makes moves on a grant, one after the other. `attributes` are there
    /// when the values that it releases may change.
    pub(super) async fn make(
        &self,
        mut row: GrantRow,
        moves: Vec<Move>,
        values: Option<(&SignedIn, &Attributes)>,
    ) -> Result<Written, MoveError> {
        let before = row.chain.seq;
        let mut receipts = Vec::with_capacity(moves.len());
        for mv in moves {
            let transition = row.grant.make(mv, self.now)?;
            receipts.push(self.sign(&mut row, transition, false).await?);
        }
        let over = row.grant.state.is_over();
        if over {
            row.released_sealed = None;
        } else if let Some((signed_in, attributes)) = values {
            let key = grant_key(signed_in, &row)?;
            row.released_sealed = Some(seal_values(self.app, &key, &row.grant, attributes));
        }
        Ok(Written {
            row,
            receipts,
            before: Some(before),
            ends_tokens: over,
        })
    }
}

/// Seals the values that a grant covers, under its key.
pub(super) fn seal_values(
    app: &App,
    key: &GrantKey,
    grant: &Grant,
    attributes: &Attributes,
) -> Vec<u8> {
    let values = released(attributes, grant.terms.all_claims());
    vault::seal_released(key, grant.id, &values.to_bytes(), app.random()).into_bytes()
}

/// The released values of the account's live grants, sealed anew after an
/// edit: each with the end of the chain that it was made on.
pub(super) async fn reseal_all(
    app: &App,
    signed_in: &SignedIn,
    attributes: &Attributes,
) -> Result<Vec<(GrantId, u32, Vec<u8>)>, Fault> {
    let mut connection = app.store().read().await?;
    let rows = grants::of_account(&mut connection, signed_in.account.id).await?;
    drop(connection);
    rows.iter()
        .filter(|row| !row.grant.state.is_over() && !row.grant.terms.all_claims().is_empty())
        .map(|row| {
            let key = grant_key(signed_in, row)?;
            Ok((
                row.grant.id,
                row.chain.seq,
                seal_values(app, &key, &row.grant, attributes),
            ))
        })
        .collect()
}

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
    /// The terms are wider: the consumer is asked first.
    #[error("wider terms must be agreed to")]
    Wider(Box<Terms>),
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
    /// Other terms. What is wider needs `agreed`.
    Change {
        /// The terms that are wanted.
        choice: Choice,
        /// Whether the consumer was shown what is wider, and said yes.
        agreed: bool,
    },
}

/// Does what the consumer asks on the page of a grant. `seen` is the end of
/// the chain that the page showed; withdrawing works from any page, however
/// old.
///
/// Withdrawing twice is no error: the second time there is nothing to do.
pub async fn act(
    app: &App,
    signed_in: &SignedIn,
    id: GrantId,
    seen: Option<u32>,
    request: Request,
) -> Result<(), MoveError> {
    let mut connection = app.store().read().await?;
    let row = grants::find(&mut connection, signed_in.account.id, id)
        .await?
        .ok_or(MoveError::Unknown)?;
    drop(connection);
    let now = app.now();
    let done = match request {
        Request::Withdraw => row.grant.state == GrantState::Withdrawn,
        Request::Pause => row.grant.state_at(now) == GrantState::Paused,
        Request::Resume => row.grant.state_at(now) == GrantState::Active,
        Request::Change { .. } => false,
    };
    if done {
        return Ok(());
    }
    if request != Request::Withdraw && seen.is_some_and(|seq| seq != row.chain.seq) {
        return Err(MoveError::Stale);
    }
    let client = app
        .client(&row.grant.client_id)
        .await?
        .ok_or(Fault::Inconsistent(
            "a grant names a client that is not there",
        ))?;
    let (plan, plan_hash) = agreed_plan(app, &client, &row.grant).await?;
    let scene = Scene {
        app,
        client: &client,
        plan: &plan,
        plan_hash: &plan_hash,
        language: signed_in.account.language,
        method: Method::AccountPage,
        screen_hash: None,
        now,
    };
    let written = match request {
        Request::Withdraw => scene.make(row, vec![Move::Withdraw], None).await?,
        Request::Pause => scene.make(row, vec![Move::Pause], None).await?,
        Request::Resume => scene.make(row, vec![Move::Resume], None).await?,
        Request::Change { choice, agreed } => {
            let contents = open_vault(app, signed_in).await?.contents;
            let terms = changed_terms(&row.grant, &plan, &contents, &choice, now)?;
            if terms == row.grant.terms {
                return Ok(());
            }
            if !agreed && terms.is_wider_than(&row.grant.terms) {
                return Err(MoveError::Wider(Box::new(terms)));
            }
            let mv = Move::Change(terms, row.grant.plan_version);
            scene
                .make(row, vec![mv], Some((signed_in, &contents.attributes)))
                .await?
        }
    };
    let kept = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                // What is not kept whole must not be kept in part.
                if written.keep(tx).await? {
                    Ok(())
                } else {
                    Err(MoveError::Stale)
                }
            })
        })
        .await;
    match (kept, seen) {
        // Nobody saw an old page: somebody else was quicker.
        (Err(MoveError::Stale), None) => Err(MoveError::Fault(Fault::Contended)),
        (kept, _) => kept,
    }
}

/// The terms of a changed choice. Retention goes on running from when it was
/// agreed, unless the change gives more time: that is a new agreement.
fn changed_terms(
    grant: &Grant,
    plan: &Plan,
    contents: &crate::domain::attribute::VaultContents,
    choice: &Choice,
    now: Timestamp,
) -> Result<Terms, MoveError> {
    let held = contents.attributes.held();
    let since = grant.terms.since;
    let negotiated = |from| match negotiate(plan, &contents.profiles, held, choice, from) {
        Outcome::Agreed(mut terms) => {
            terms.offline = grant.terms.offline;
            Ok(terms)
        }
        Outcome::Unmet(unmet) => Err(MoveError::Unmet(unmet)),
    };
    let kept = negotiated(since)?;
    if kept.expires_at().is_some_and(|end| end <= now) {
        negotiated(now)
    } else {
        Ok(kept)
    }
}
