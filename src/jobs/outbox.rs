//! Delivers what is in the outbox.
//!
//! Receivers are served side by side, each by one task, so that one that is
//! slow or dead holds nobody up but itself. One that fails rests, for longer
//! each time, and is then tried with a single message.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};

use crate::app::App;
use crate::domain::message::{Receiver, delay_after};
use crate::service::deliveries::{Delivery, deliver};
use crate::store::StoreError;
use crate::store::outbox::{self, Claimed, DueReceiver};

/// For how long a message is this node's. Far longer than it takes to deliver a
/// batch, so that nobody else takes it up while this one is at it.
const LEASE: Duration = Duration::from_mins(1);
/// Receivers that are served at a time.
const MOST_RECEIVERS: usize = 32;
/// Messages to one receiver at a time.
const BATCH: u32 = 8;
/// Batches in a row, before it is somebody else's turn.
const MOST_BATCHES: usize = 64;
/// How many expired messages are given up at a time.
const EXPIRED_AT_A_TIME: u32 = 500;
/// For how long the operator can see what was given up.
const GIVEN_UP_KEPT: Duration = Duration::from_hours(24 * 30);

/// The deliveries of a node.
#[derive(Debug)]
pub struct Outbox {
    app: App,
    serving: JoinSet<()>,
    receivers: HashMap<Id, Receiver>,
    stopping: watch::Receiver<bool>,
}

impl Outbox {
    /// One that begins nothing more once it is told to stop.
    #[must_use]
    pub fn new(app: &App, stopping: watch::Receiver<bool>) -> Self {
        Self {
            app: app.clone(),
            serving: JoinSet::new(),
            receivers: HashMap::new(),
            stopping,
        }
    }

    /// Begins to serve those for whom something is due and whom nobody serves
    /// here; says whether there were any.
    pub async fn begin(&mut self) -> Result<bool, StoreError> {
        while let Some(done) = self.serving.try_join_next_with_id() {
            self.served(done);
        }
        let mut begun = false;
        for due in due_receivers(&self.app).await? {
            if self.serving.len() >= MOST_RECEIVERS {
                break;
            }
            if self.receivers.values().any(|busy| *busy == due.receiver) {
                continue;
            }
            let receiver = due.receiver.clone();
            let task = serve(self.app.clone(), due, self.stopping.clone());
            let handle = self.serving.spawn(task);
            self.receivers.insert(handle.id(), receiver);
            begun = true;
        }
        Ok(begun)
    }

    /// Waits for those that are being served.
    pub async fn finish(&mut self) {
        while let Some(done) = self.serving.join_next_with_id().await {
            self.served(done);
        }
    }

    fn served(&mut self, done: Result<(Id, ()), JoinError>) {
        let id = match done {
            Ok((id, ())) => id,
            Err(error) => {
                tracing::error!(%error, "a delivery broke down");
                error.id()
            }
        };
        self.receivers.remove(&id);
    }
}

/// Delivers all that is due now, and all that becomes due by that.
pub async fn run_once(app: &App) -> Result<(), StoreError> {
    let (_running, stopping) = watch::channel(false);
    let mut outbox = Outbox::new(app, stopping);
    while outbox.begin().await? {
        outbox.finish().await;
    }
    Ok(())
}

/// Forgets what was given up long ago.
pub async fn forget(app: &App) -> Result<(), StoreError> {
    let before = app.now().minus(GIVEN_UP_KEPT);
    app.store()
        .write_statement(move |tx| {
            Box::pin(async move { outbox::forget(tx, before, EXPIRED_AT_A_TIME).await })
        })
        .await
        .map(|_| ())
}

async fn due_receivers(app: &App) -> Result<Vec<DueReceiver>, StoreError> {
    let most = u32::try_from(2 * MOST_RECEIVERS).unwrap_or(u32::MAX);
    let mut connection = app.store().read().await?;
    outbox::due_receivers(&mut connection, app.now(), most).await
}

/// Delivers to one receiver, as long as something is due and it listens.
async fn serve(app: App, due: DueReceiver, stopping: watch::Receiver<bool>) {
    let DueReceiver {
        receiver,
        mut failures,
    } = due;
    for _ in 0..MOST_BATCHES {
        if *stopping.borrow() {
            return;
        }
        match serve_batch(&app, &receiver, failures).await {
            Ok(true) => failures = 0,
            Ok(false) => return,
            Err(error) => {
                tracing::error!(%error, %receiver, "messages cannot be taken up or put down");
                return;
            }
        }
    }
}

/// Delivers a batch; says whether to go on. One that has just failed gets one
/// message, to see.
async fn serve_batch(app: &App, receiver: &Receiver, failures: u32) -> Result<bool, StoreError> {
    let now = app.now();
    let most = if failures == 0 { BATCH } else { 1 };
    let (of, lease) = (receiver.clone(), now.plus(LEASE));
    let claimed = app
        .store()
        .write_statement(move |tx| {
            Box::pin(async move { outbox::claim(tx, &of, now, lease, most).await })
        })
        .await?;
    if claimed.is_empty() {
        return expire(app, receiver).await;
    }
    let deliveries = join_all(claimed.iter().map(|message| deliver(app, message))).await;
    let answers = deliveries
        .iter()
        .any(|delivery| matches!(delivery, Delivery::Heard | Delivery::Refused(_)));
    let fails = !answers
        && deliveries
            .iter()
            .any(|delivery| matches!(delivery, Delivery::Unheard(_)));
    let settled: Vec<_> = claimed.into_iter().zip(deliveries).collect();
    for (message, delivery) in &settled {
        tell_operator(message, delivery);
    }
    let failures = match (answers, fails) {
        (true, _) if failures > 0 => Some(0),
        (_, true) => Some(failures.saturating_add(1)),
        _ => None,
    };
    settle(app, receiver.clone(), failures, settled).await?;
    Ok(answers)
}

/// Writes down what came of a batch, and how often the receiver has failed by
/// now, if that is another number than before.
async fn settle(
    app: &App,
    receiver: Receiver,
    failures: Option<u32>,
    settled: Vec<(Claimed, Delivery)>,
) -> Result<(), StoreError> {
    let now = app.now();
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                for (message, delivery) in &settled {
                    match delivery {
                        Delivery::Heard => outbox::delivered(tx, message).await?,
                        Delivery::Refused(why) => outbox::give_up(tx, message, now, why).await?,
                        Delivery::NotNow(why) | Delivery::Unheard(why) => {
                            let due_at = now.plus(delay_after(message.attempts));
                            outbox::put_off(tx, message, due_at, why).await?;
                        }
                        Delivery::Held => {
                            let due_at = now.plus(delay_after(0));
                            outbox::put_off(tx, message, due_at, "held").await?;
                        }
                    }
                }
                match failures {
                    None => {}
                    Some(0) => outbox::awake(tx, &receiver).await?,
                    Some(failures) => {
                        let until = now.plus(delay_after(failures));
                        outbox::rest(tx, &receiver, failures, until).await?;
                    }
                }
                Ok(())
            })
        })
        .await
}

/// Gives up what is of no use any more; says whether there was anything.
async fn expire(app: &App, receiver: &Receiver) -> Result<bool, StoreError> {
    let (of, now) = (receiver.clone(), app.now());
    let given_up = app
        .store()
        .write_statement(move |tx| {
            Box::pin(async move { outbox::expire(tx, &of, now, EXPIRED_AT_A_TIME).await })
        })
        .await?;
    if given_up > 0 {
        tracing::warn!(%receiver, messages = given_up, "messages were given up: nobody heard them in time");
    }
    Ok(given_up > 0)
}

/// What is logged names receivers and kinds, and nobody whom it is about.
fn tell_operator(message: &Claimed, delivery: &Delivery) {
    let (id, receiver, attempts) = (message.id, &message.receiver, message.attempts);
    match delivery {
        Delivery::Heard => tracing::debug!(%id, %receiver, attempts, "a message was delivered"),
        Delivery::Refused(why) => {
            tracing::warn!(%id, %receiver, attempts, %why, "a message was refused and given up");
        }
        Delivery::NotNow(why) | Delivery::Unheard(why) => {
            tracing::info!(%id, %receiver, attempts, %why, "a message was not heard: it is tried again");
        }
        Delivery::Held => tracing::debug!(%id, %receiver, attempts, "a message is held"),
    }
}
