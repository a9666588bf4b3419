//! Giving and moving grants: state, receipt, dead tokens and released values
//! are written together.

use enumset::EnumSet;

use crate::app::App;
use crate::crypto::vault::{self, GrantKey, VaultKey};
use crate::domain::account::Authentication;
use crate::domain::attribute::Attributes;
use crate::domain::claim::Claim;
use crate::domain::duty::Duty;
use crate::domain::grant::{EventKind, Grant, GrantState, Move, Transition};
use crate::domain::id::DutyId;
use crate::domain::language::Language;
use crate::domain::message::{NewMessage, News};
use crate::domain::plan::Plan;
use crate::domain::receipt::{Act, ChainEnd, Context, Hash, Method, Record};
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::duties::{Owed, relieve};
use crate::service::logouts::Parting;
use crate::service::notices;
use crate::service::receipts::{self, Signed};
use crate::service::signals::Told;
use crate::store::clients::RegisteredClient;
use crate::store::grants::{self, Found, GrantRow};
use crate::store::{Connection, StoreError, accounts, outbox, session_clients, tokens};

use super::values::{Values, seal_values};
use super::{MoveError, grant_key};

/// A grant that was given or moved, ready to be kept.
pub(in crate::service) struct Written {
    /// As it will be.
    pub(in crate::service) row: GrantRow,
    receipts: Vec<Signed>,
    /// What it was found as; `None` for a new grant.
    before: Option<Found>,
    /// Whether the values that it releases change with it.
    reseals: bool,
    /// The revision of the vault that these are from, and that the terms were negotiated
    /// on. It is held: what is agreed to holds for the vault as it is.
    of_revision: Option<i64>,
    /// Whether its tokens die with it.
    ends_tokens: bool,
    /// What the client is told at the end.
    parting: Option<Parting>,
    /// What its owner is told of what they did not do themselves.
    notice: Option<NewMessage>,
    /// What its stream of events tells of it.
    told: Vec<Told>,
    /// What the business has to delete from now on.
    owed: Vec<Owed>,
    /// Since when it covers more than before: that need not be deleted any more.
    covers_more: Option<Timestamp>,
}

impl Written {
    /// A grant as it is, of which nothing is written yet.
    fn nothing(row: GrantRow) -> Self {
        Self {
            before: Some(row.found()),
            reseals: false,
            of_revision: None,
            row,
            receipts: Vec::new(),
            ends_tokens: false,
            parting: None,
            notice: None,
            told: Vec::new(),
            owed: Vec::new(),
            covers_more: None,
        }
    }

    /// Keeps the grant, its receipts and the end of its tokens. `false` when
    /// somebody else moved it meanwhile: nothing may be kept then.
    #[must_use = "the grant may have been moved meanwhile"]
    pub(in crate::service) async fn keep(&self, tx: &mut Connection) -> Result<bool, StoreError> {
        // Before the grant, as an edit of the vault does.
        if let Some(revision) = self.of_revision
            && !accounts::hold_vault(tx, self.row.grant.account_id, revision).await?
        {
            return Ok(false);
        }
        match self.before {
            None => match grants::insert(tx, &self.row).await {
                Err(StoreError::Duplicate) => return Ok(false),
                kept => kept?,
            },
            Some(found) => {
                if !grants::update(tx, &self.row, &found, self.reseals).await? {
                    return Ok(false);
                }
            }
        }
        for receipt in &self.receipts {
            receipt.keep(tx).await?;
        }
        if self.ends_tokens {
            let grant = &self.row.grant;
            tokens::end_all(tx, grant.id).await?;
            let sessions = session_clients::unlink_grant(tx, grant.account_id, grant.id).await?;
            if let Some(parting) = &self.parting {
                parting.keep(tx, grant.id, &sessions).await?;
            }
        }
        if let Some(notice) = &self.notice {
            outbox::insert(tx, notice).await?;
        }
        for owed in &self.owed {
            owed.keep(tx).await?;
        }
        if let Some(since) = self.covers_more {
            relieve(tx, &self.row.grant, since).await?;
        }
        for told in &self.told {
            told.keep(tx).await?;
        }
        Ok(true)
    }

    /// Holds the vault at that revision before it is kept, for another that is kept after
    /// it does.
    pub(in crate::service) const fn on_vault(mut self, revision: i64) -> Self {
        self.of_revision = Some(revision);
        self
    }

    /// Tells nobody that it is over: another takes its place, its owner sees to
    /// that, and logs in there at this moment. What that covers (`covered`) the
    /// business need not delete.
    pub(in crate::service) fn quietly(mut self, covered: EnumSet<Claim>) -> Self {
        self.parting = None;
        self.notice = None;
        let owed = self.owed.into_iter();
        self.owed = owed.filter_map(|owed| owed.besides(covered)).collect();
        if self.owed.is_empty() {
            self.told.iter_mut().for_each(Told::forget_duty);
        }
        self
    }

    /// Keeps it, or nothing of what it is kept with. [`MoveError::Stale`] when somebody
    /// else moved the grant meanwhile.
    pub(super) async fn keep_whole(&self, tx: &mut Connection) -> Result<(), MoveError> {
        if self.keep(tx).await? {
            Ok(())
        } else {
            Err(MoveError::Stale)
        }
    }

    /// Keeps it in a transaction of its own, while its owner is away.
    pub(super) async fn write(self, app: &App) -> Result<(), MoveError> {
        app.store()
            .write(move |tx| Box::pin(async move { self.keep_whole(tx).await }))
            .await
    }
}

/// What a move is written with.
#[derive(Clone)]
pub(in crate::service) struct Scene<'a> {
    pub(in crate::service) app: &'a App,
    pub(in crate::service) client: &'a RegisteredClient,
    pub(in crate::service) plan: &'a Plan,
    pub(in crate::service) plan_hash: &'a Hash,
    pub(in crate::service) language: Language,
    /// How whoever acts showed who they are; `None` where it is not its owner.
    pub(in crate::service) authentication: Option<Authentication>,
    pub(in crate::service) method: Method,
    pub(in crate::service) screen_hash: Option<Hash>,
    pub(in crate::service) now: Timestamp,
}

impl Scene<'_> {
    async fn sign(
        &self,
        row: &mut GrantRow,
        transition: Transition,
        first: bool,
        record: Option<Record>,
    ) -> Result<Signed, Fault> {
        let context = Context {
            issuer: self.app.issuer(),
            business: &self.client.business,
            policy_uri: self
                .client
                .client
                .metadata
                .policy_in(self.language)
                .map(crate::domain::client::WebUri::as_str),
            plan: self.plan,
            plan_hash: self.plan_hash,
        };
        let act = Act {
            kind: transition.event,
            method: self.method,
            language: self.language,
            authentication: self.authentication,
            screen_hash: self.screen_hash.clone(),
            record,
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
    pub(in crate::service) async fn give(
        &self,
        vault_key: &VaultKey,
        grant: Grant,
        (attributes, of_revision): (&Attributes, Option<i64>),
    ) -> Result<(Written, GrantKey), Fault> {
        let random = self.app.random();
        let key = GrantKey::generate(random);
        let wrapped = vault::wrap_grant_key(vault_key, grant.id, &key, random);
        let sealed = seal_values(self.app, &key, &grant, attributes);
        let transition = Transition {
            grant: grant.clone(),
            event: EventKind::Given,
        };
        let mut row = GrantRow {
            grant,
            grant_key_wrapped: Some(wrapped.into_bytes()),
            released_sealed: Some(sealed),
            chain: ChainEnd {
                seq: 0,
                hash: Hash::of(b""),
                at: self.now,
            },
        };
        let receipt = self.sign(&mut row, transition, true, None).await?;
        Ok((
            Written {
                row,
                receipts: vec![receipt],
                before: None,
                reseals: true,
                of_revision,
                ends_tokens: false,
                parting: None,
                notice: None,
                // It is told in the answer to the login.
                told: Vec::new(),
                owed: Vec::new(),
                covers_more: Some(self.now),
            },
            key,
        ))
    }

    /// Makes a move on a grant. `values` are there when the values that it
    /// releases may change.
    pub(in crate::service) async fn make(
        &self,
        row: GrantRow,
        mv: Move,
        values: Option<Values<'_>>,
    ) -> Result<Written, MoveError> {
        self.make_next(Written::nothing(row), mv, values).await
    }

    /// Records something beside a grant, which stays as it is.
    pub(in crate::service) async fn record(
        &self,
        row: GrantRow,
        record: Record,
    ) -> Result<Written, Fault> {
        self.record_next(Written::nothing(row), record).await
    }

    /// [`record`](Self::record), after a move: both are kept together.
    pub(super) async fn record_next(
        &self,
        mut written: Written,
        record: Record,
    ) -> Result<Written, Fault> {
        let row = &mut written.row;
        let recorded = row.grant.record(record.event());
        let receipt = self.sign(row, recorded, false, Some(record)).await?;
        written.receipts.push(receipt);
        Ok(written)
    }

    /// [`make`](Self::make), after another move: both are kept together.
    pub(in crate::service) async fn make_next(
        &self,
        mut written: Written,
        mv: Move,
        values: Option<Values<'_>>,
    ) -> Result<Written, MoveError> {
        let row = &mut written.row;
        let transition = row.grant.make(mv, self.now)?;
        let (before, event) = (row.grant.clone(), transition.event);
        let receipt = self.sign(row, transition, false, None).await?;
        let duty_id = DutyId::new(self.app.random().uuid(self.now));
        let duty = Duty::opened_by(event, &before, &row.grant, self.plan, duty_id, self.now);
        let told = Told::of_move(
            self.app,
            self.method,
            event,
            &before,
            &row.grant,
            receipt.id,
            duty.as_ref(),
        );
        written.told.extend(told);
        let owed = duty.map(|duty| Owed::by(self.app, self.client, duty));
        written.owed.extend(owed);
        written.receipts.push(receipt);
        if event == EventKind::Widened {
            written.covers_more = Some(self.now);
        }
        written.ends_tokens = row.grant.state.is_over();
        if written.ends_tokens {
            row.released_sealed = None;
            written.reseals = true;
            // A business that gave it up knows.
            let by_others = matches!(
                row.grant.state,
                GrantState::Withdrawn | GrantState::Expired | GrantState::Erased
            );
            written.parting = by_others
                .then(|| Parting::with(self.app, self.client, &row.grant.subject))
                .flatten();
            written.notice = notices::at_end(self.app, &row.grant, self.now);
        } else if let (EventKind::Narrowed, Method::Business | Method::Schedule) =
            (event, self.method)
        {
            let dropped = before.terms.all_claims() - row.grant.terms.all_claims();
            let news = match self.method {
                Method::Business => Some(News::Narrowed { dropped }),
                // What was permitted and ran out asks nothing of anybody.
                _ => (!dropped.is_empty()).then_some(News::Lapsed { dropped }),
            };
            let notice = news.map(|news| notices::of_grant(self.app, &row.grant, news, self.now));
            written.notice = notice;
        } else if let Some(values) = values {
            let key = grant_key(values.signed_in, row)?;
            let sealed = seal_values(self.app, &key, &row.grant, values.attributes);
            row.released_sealed = Some(sealed);
            written.reseals = true;
            written.of_revision = values.revision;
        }
        Ok(written)
    }
}
