//! Delivers what is in the outbox.
//!
//! Receivers are served side by side, each by one task, so that one that is
//! slow or dead holds nobody up but itself. One that fails rests, for longer
//! each time, and is then tried with a single message.
//!
//! # What a message costs
//!
//! A batch of up to sixteen is taken up by one statement and settled in one
//! transaction: two durable commits, which batches of other receivers share on
//! SQLite. Between them each message is one read of its stream or grant, one
//! signature and one post, on a connection that is kept while there is more;
//! settling it is one statement. Nothing looks at what was delivered before:
//! it is gone, and every statement finds what waits by an index.
//! `cargo bench -- outbox` measures it.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};

use crate::app::App;
use crate::domain::message::{Message, Receiver, delay_after};
use crate::service::deliveries::{Delivery, deliver};
use crate::service::recovery;
use crate::store::outbox::{self, Claimed, DueReceiver};
use crate::store::{StoreError, duties};

/// For how long a message is this node's. Far longer than it takes to deliver a
/// batch, so that nobody else takes it up while this one is at it.
const LEASE: Duration = Duration::from_mins(1);
/// Receivers that are served at a time.
const MOST_RECEIVERS: usize = 32;
/// Receivers among whom those are chosen.
const MOST_LOOKED_AT: usize = 4 * MOST_RECEIVERS;
/// Messages to one receiver at a time.
const BATCH: u32 = 16;
/// Batches in a row, before it is somebody else's turn.
const MOST_BATCHES: usize = 64;
/// How many expired messages are given up at a time.
const EXPIRED_AT_A_TIME: u32 = 500;
/// How many messages are made due again at a time.
const RECALLED_AT_A_TIME: u32 = 10_000;
/// For how long the operator can see what was given up.
const GIVEN_UP_KEPT: Duration = Duration::from_hours(24 * 30);

/// The deliveries of a node.
#[derive(Debug)]
pub struct Outbox {
    app: App,
    serving: JoinSet<Turn>,
    receivers: HashMap<Id, Receiver>,
    /// Whether somebody waits for a task to be free.
    crowded: bool,
    /// Whose turn was over before their messages were: the others come first.
    had_turn: Vec<Receiver>,
    stopping: watch::Receiver<bool>,
}

/// How serving a receiver ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    /// Nothing is due to it any more, or it does not listen.
    Done,
    /// There may be more: its time was up.
    Over,
}

impl Outbox {
    /// One that begins nothing more once it is told to stop.
    #[must_use]
    pub fn new(app: &App, stopping: watch::Receiver<bool>) -> Self {
        Self {
            app: app.clone(),
            serving: JoinSet::new(),
            receivers: HashMap::new(),
            crowded: false,
            had_turn: Vec::new(),
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
        self.crowded = false;
        let mut waiting = due_receivers(&self.app).await?;
        waiting.sort_by_key(|due| self.had_turn.contains(&due.receiver));
        for due in waiting {
            if self.receivers.values().any(|busy| *busy == due.receiver) {
                continue;
            }
            if self.serving.len() >= MOST_RECEIVERS {
                self.crowded = true;
                break;
            }
            let receiver = due.receiver.clone();
            let task = serve(self.app.clone(), due, self.stopping.clone());
            let handle = self.serving.spawn(task);
            self.receivers.insert(handle.id(), receiver);
            begun = true;
        }
        if !self.crowded {
            self.had_turn.clear();
        }
        Ok(begun)
    }

    /// Waits until it is worth to [`begin`](Self::begin) at once: somebody's
    /// turn ended before their messages did, or others wait for their turn.
    /// Nothing is lost when the wait is given up.
    pub async fn turn_ended(&mut self) {
        loop {
            let Some(done) = self.serving.join_next_with_id().await else {
                return std::future::pending().await;
            };
            if self.served(done) == Turn::Over || self.crowded {
                return;
            }
        }
    }

    /// Waits for those that are being served.
    pub async fn finish(&mut self) {
        while let Some(done) = self.serving.join_next_with_id().await {
            self.served(done);
        }
    }

    fn served(&mut self, done: Result<(Id, Turn), JoinError>) -> Turn {
        let (id, turn) = match done {
            Ok(done) => done,
            Err(error) => {
                tracing::error!(%error, "a delivery broke down");
                (error.id(), Turn::Done)
            }
        };
        let receiver = self.receivers.remove(&id);
        if turn == Turn::Over && self.had_turn.len() < MOST_LOOKED_AT {
            self.had_turn.extend(receiver);
        }
        turn
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

/// Makes due again what waits for a time that a clock gave it which has gone
/// back since.
pub async fn recall(app: &App) -> Result<(), StoreError> {
    let now = app.now();
    let recalled = app
        .store()
        .write_statement(move |tx| {
            Box::pin(async move { outbox::recall(tx, now, RECALLED_AT_A_TIME).await })
        })
        .await?;
    if recalled > 0 {
        tracing::warn!(
            messages = recalled,
            "messages were put off too far: the clock has gone back"
        );
    }
    Ok(())
}

async fn due_receivers(app: &App) -> Result<Vec<DueReceiver>, StoreError> {
    let most = u32::try_from(MOST_LOOKED_AT).unwrap_or(u32::MAX);
    let mut connection = app.store().read().await?;
    outbox::due_receivers(&mut connection, app.now(), most).await
}

/// Delivers to one receiver, as long as something is due and it listens.
async fn serve(app: App, due: DueReceiver, stopping: watch::Receiver<bool>) -> Turn {
    let DueReceiver {
        receiver,
        mut failures,
    } = due;
    for _ in 0..MOST_BATCHES {
        if *stopping.borrow() {
            return Turn::Done;
        }
        match serve_batch(&app, &receiver, failures).await {
            Ok(true) => failures = 0,
            Ok(false) => return Turn::Done,
            Err(error) => {
                tracing::error!(%error, %receiver, "messages cannot be taken up or put down");
                return Turn::Done;
            }
        }
    }
    Turn::Over
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
    let answers = deliveries.iter().any(|delivery| {
        matches!(
            delivery,
            Delivery::Heard | Delivery::Moot | Delivery::Refused(_)
        )
    });
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
                let mut told = Vec::new();
                for (message, delivery) in &settled {
                    match delivery {
                        Delivery::Heard => {
                            told.extend(message.message.as_ref().and_then(Message::duty_id));
                            if let Some(Message::Letter(letter)) = &message.message {
                                let since = message.created_at;
                                recovery::owner_was_told(tx, letter, since, now).await?;
                            }
                            outbox::delivered(tx, message).await?;
                        }
                        Delivery::Moot => outbox::delivered(tx, message).await?,
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
                duties::told(tx, told, now).await?;
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
        .write(move |tx| {
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
        Delivery::Moot => {
            tracing::debug!(%id, %receiver, attempts, "a message is of no use any more");
        }
        Delivery::Held => tracing::debug!(%id, %receiver, attempts, "a message is held"),
    }
}
