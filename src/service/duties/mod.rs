//! Deletion duties: what businesses owe, what they say, and what consumers see
//! of it.
//!
//! A duty opens in the transaction of the move that it comes from
//! (`service::grants`). A business that is told of it has not deleted
//! anything yet: only its answer says so, by the API or to a command.

mod commands;
mod overdue;
mod relief;

use std::sync::Arc;

use enumset::EnumSet;

use crate::app::App;
use crate::domain::claim::Claim;
use crate::domain::duty::{Duty, DutyState, InvalidAnswer, Kept};
use crate::domain::id::{AccountId, DutyId, GrantId, MessageId};
use crate::domain::message::{Command, Message, NewMessage};
use crate::domain::reach::Reach;
use crate::domain::receipt::{Method, Record};
use crate::service::grants::{MoveError, record};
use crate::service::sessions::SignedIn;
use crate::service::{Fault, reach};
use crate::store::clients::RegisteredClient;
use crate::store::{Connection, StoreError, duties, grants, outbox};
pub(super) use commands::tell;
pub use overdue::mark_overdue;
pub(super) use relief::relieve;

/// How many duties a business is shown at a time.
const AT_A_TIME: u32 = 100;
/// How many duties a consumer is shown.
const SHOWN: u32 = 200;
/// How often an answer is tried again when the agreement moved at the same time.
const TRIES: usize = 3;

/// A duty that is about to be kept, and the command that tells of it.
#[derive(Clone)]
pub(in crate::service) struct Owed {
    pub(in crate::service) duty: Duty,
    command: Option<NewMessage>,
}

impl Owed {
    /// A duty of this client, which is commanded to delete if it takes commands.
    pub(in crate::service) fn by(app: &App, client: &RegisteredClient, duty: Duty) -> Self {
        let commanded = duty.is_of_all()
            && client.removed_at.is_none()
            && client.client.metadata.command_endpoint.is_some();
        let command = commanded.then(|| NewMessage {
            id: MessageId::new(app.random().uuid(duty.opened_at)),
            message: Message::Command(Command {
                client_id: duty.client_id.clone(),
                grant_id: duty.grant_id,
                duty_id: duty.id,
            }),
            created_at: duty.opened_at,
        });
        Self { duty, command }
    }

    /// What is left of it when another agreement takes the place of this one.
    /// The account at the business goes on, so that nothing is commanded.
    pub(in crate::service) fn besides(self, covered: EnumSet<Claim>) -> Option<Self> {
        let duty = self.duty.besides(covered)?;
        Some(Self {
            duty,
            command: None,
        })
    }

    /// Keeps both.
    pub(in crate::service) async fn keep(&self, tx: &mut Connection) -> Result<(), StoreError> {
        duties::insert(tx, &self.duty).await?;
        match &self.command {
            Some(command) => outbox::insert(tx, command).await,
            None => Ok(()),
        }
    }
}

/// Why an answer is not taken down.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The client has no such duty.
    #[error("this client has no such deletion duty")]
    Unknown,
    /// It says something that cannot be.
    #[error(transparent)]
    Invalid(#[from] InvalidAnswer),
    /// It was answered before, in another way.
    #[error("this duty was answered before, in another way; the first answer stands")]
    Answered,
    /// There is nothing left to delete.
    #[error("nothing is left to delete: this person agreed anew to all that the duty was about")]
    Lapsed,
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for AnswerError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// Duties of a client, the oldest first, and after which one there are more.
/// From now on it is known that the business looked at them.
pub async fn list(
    app: &App,
    client: &RegisteredClient,
    state: Option<DutyState>,
    after: Option<DutyId>,
) -> Result<(Vec<Duty>, Option<DutyId>), Fault> {
    let mut connection = app.store().read().await?;
    let most = AT_A_TIME + 1;
    let mut found = duties::list(&mut connection, &client.client.id, state, after, most).await?;
    drop(connection);
    let shown = usize::try_from(AT_A_TIME).unwrap_or(usize::MAX);
    let more = found.len() > shown;
    found.truncate(shown);
    note_seen(app, &found).await?;
    let next = found.last().filter(|_| more).map(|duty| duty.id);
    Ok((found, next))
}

/// One duty of a client; `None` when it has no such duty.
pub async fn of_client(
    app: &App,
    client: &RegisteredClient,
    id: DutyId,
) -> Result<Option<Duty>, Fault> {
    let mut connection = app.store().read().await?;
    let found = duties::of_client(&mut connection, &client.client.id, id).await?;
    drop(connection);
    note_seen(app, found.as_slice()).await?;
    Ok(found)
}

async fn note_seen(app: &App, found: &[Duty]) -> Result<(), StoreError> {
    let unseen = found.iter().filter(|duty| duty.seen_at.is_none());
    let ids: Vec<DutyId> = unseen.map(|duty| duty.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let now = app.now();
    app.store()
        .write(move |tx| Box::pin(async move { duties::seen(tx, ids, now).await }))
        .await
}

/// Takes down what a business says of a duty: that all is deleted but for what
/// it keeps. The answer, its receipt and the end of the duty are one
/// transaction. Said again, it changes nothing.
pub async fn confirm(
    app: &App,
    client: &RegisteredClient,
    id: DutyId,
    kept: Vec<Kept>,
) -> Result<Duty, AnswerError> {
    for _ in 0..TRIES {
        let mut connection = app.store().read().await?;
        let found = duties::of_client(&mut connection, &client.client.id, id).await?;
        let duty = found.ok_or(AnswerError::Unknown)?;
        let row = grants::of_client(&mut connection, &client.client.id, duty.grant_id).await?;
        drop(connection);
        if let Some(answer) = &duty.answer {
            return if answer.kept == Kept::in_order(kept) {
                Ok(duty)
            } else {
                Err(AnswerError::Answered)
            };
        }
        if duty.lapsed_at.is_some() {
            return Err(AnswerError::Lapsed);
        }
        let now = app.now();
        let kept = Kept::check(kept.clone(), duty.claims, now)?;
        let row = row.ok_or(Fault::Inconsistent(
            "a duty names a grant that is not there",
        ))?;
        let duty = duty.answered(kept, now);
        let what = Record::Duty(Box::new(duty.clone()));
        let written = record(app, client, row, what, Method::Business).await?;
        let answered = duty.clone();
        let done = app
            .store()
            .write(move |tx| {
                Box::pin(async move {
                    if written.keep(tx).await? && duties::answer(tx, &answered).await? {
                        Ok(())
                    } else {
                        Err(MoveError::Stale)
                    }
                })
            })
            .await;
        match done {
            Ok(()) => return Ok(duty),
            // Somebody else wrote on the same chain: look again.
            Err(MoveError::Stale) => {}
            Err(MoveError::Fault(fault)) => return Err(fault.into()),
            Err(_) => return Err(Fault::Inconsistent("an answer cannot be written").into()),
        }
    }
    Err(Fault::Contended.into())
}

/// A duty towards a consumer, and who has it.
#[derive(Debug)]
pub struct DutyView {
    /// The duty.
    pub duty: Duty,
    /// Who has to delete.
    pub client: Arc<RegisteredClient>,
    /// How they can be reached.
    pub reach: Reach,
}

/// Duties towards an account: what is owed, then what is settled, each with the
/// newest first.
pub async fn of_account(app: &App, signed_in: &SignedIn) -> Result<Vec<DutyView>, Fault> {
    let mut connection = app.store().read().await?;
    let found = duties::of_account(&mut connection, signed_in.account.id, SHOWN).await?;
    drop(connection);
    let mut views = Vec::with_capacity(found.len());
    for duty in found {
        views.push(view(app, duty).await?);
    }
    Ok(views)
}

/// The duties that came of a grant of an account, the oldest first.
pub async fn of_grant(
    app: &App,
    account_id: AccountId,
    grant_id: GrantId,
) -> Result<Vec<Duty>, Fault> {
    let mut connection = app.store().read().await?;
    Ok(duties::of_grant(&mut connection, account_id, grant_id).await?)
}

/// One duty towards an account; `None` when there is no such duty.
pub async fn one(app: &App, signed_in: &SignedIn, id: DutyId) -> Result<Option<DutyView>, Fault> {
    let mut connection = app.store().read().await?;
    let found = duties::find(&mut connection, signed_in.account.id, id).await?;
    drop(connection);
    match found {
        Some(duty) => Ok(Some(view(app, duty).await?)),
        None => Ok(None),
    }
}

async fn view(app: &App, duty: Duty) -> Result<DutyView, Fault> {
    let client = app.any_client(&duty.client_id).await?;
    let client = client.ok_or(Fault::Inconsistent("a duty names no client"))?;
    let reach = reach::of(app, &client, &duty.subject).await?;
    Ok(DutyView {
        duty,
        client,
        reach,
    })
}

/// Takes note that the consumer wrote to the business about a duty.
pub async fn note_letter(app: &App, signed_in: &SignedIn, id: DutyId) -> Result<(), Fault> {
    let (account_id, now) = (signed_in.account.id, app.now());
    app.store()
        .write_statement(move |tx| {
            Box::pin(async move { duties::letter(tx, account_id, id, now).await })
        })
        .await
        .map_err(|error: StoreError| error.into())
}
