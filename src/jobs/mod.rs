//! What happens by itself: delivery of messages, the end of sessions and of
//! agreements, new editions of plans, duties and requests that nobody answered,
//! care for streams of events, logos.
//!
//! Every job is a function that does what is due by the application's clock
//! and returns; here alone it is said how often. Each node runs all of them,
//! and the database gives each piece of work to one.

pub mod duties;
pub mod erasures;
pub mod escrow;
pub mod grants;
pub mod logos;
pub mod outbox;
pub mod plans;
pub mod recoveries;
pub mod sessions;
pub mod streams;

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::app::App;
use crate::service::streams::Patience;
use outbox::Outbox;
use streams::Round;

/// How long a message waits at most before it is looked at.
const DELIVERY_EVERY: Duration = Duration::from_millis(500);
const AFTER_FAULT: Duration = Duration::from_secs(10);
const SWEEP_EVERY: Duration = Duration::from_secs(30);
/// A business that publishes an edition waits for the one before it.
const PLANS_EVERY: Duration = Duration::from_secs(5);
/// A business that registers looks at its question in a moment.
const LOGOS_EVERY: Duration = Duration::from_secs(5);
/// How long after the one before it each job begins.
const APART: Duration = Duration::from_millis(100);
/// How long a stop waits: longer than a business is given to answer.
const STOP_TIME: Duration = Duration::from_secs(8);

/// The jobs of a node.
#[derive(Debug)]
pub struct Jobs {
    stop: watch::Sender<bool>,
    tasks: [JoinHandle<()>; 7],
}

impl Jobs {
    /// Starts them.
    #[must_use]
    pub fn start(app: &App) -> Self {
        let (stop, stopping) = watch::channel(false);
        let mut begun = 0;
        let mut every = |period| {
            // All at once, they would open every connection that there may be,
            // and a server that has nothing to do would keep them.
            let after = APART * begun;
            begun += 1;
            Turns::every(period, after, stopping.clone())
        };
        let tasks = [
            tokio::spawn(deliver(app.clone(), every(DELIVERY_EVERY))),
            tokio::spawn(sweep(app.clone(), every(SWEEP_EVERY))),
            tokio::spawn(watch_grants(app.clone(), every(SWEEP_EVERY))),
            tokio::spawn(watch_plans(app.clone(), every(PLANS_EVERY))),
            tokio::spawn(watch_duties(app.clone(), every(SWEEP_EVERY))),
            tokio::spawn(watch_escrow(app.clone(), every(SWEEP_EVERY))),
            tokio::spawn(watch_logos(app.clone(), every(LOGOS_EVERY))),
        ];
        Self { stop, tasks }
    }

    /// Lets them finish what they are at. What they cannot finish in time,
    /// another node takes up, or this one when it is back.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        for mut task in self.tasks {
            if tokio::time::timeout(STOP_TIME, &mut task).await.is_err() {
                task.abort();
            }
        }
    }
}

/// When it is time again, until it is time to stop.
struct Turns {
    ticks: Interval,
    stopping: watch::Receiver<bool>,
}

impl Turns {
    fn every(period: Duration, after: Duration, stopping: watch::Receiver<bool>) -> Self {
        let mut ticks = interval(period);
        ticks.reset_after(after);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { ticks, stopping }
    }

    /// Waits for the next turn; `false` when there is none.
    async fn next(&mut self) -> bool {
        tokio::select! {
            biased;
            _ = self.stopping.wait_for(|stop| *stop) => false,
            _ = self.ticks.tick() => true,
        }
    }
}

async fn deliver(app: App, mut turns: Turns) {
    let mut outbox = Outbox::new(&app, turns.stopping.clone());
    loop {
        tokio::select! {
            biased;
            is_on = turns.next() => if !is_on { break },
            () = outbox.turn_ended() => {}
        }
        if let Err(error) = outbox.begin().await {
            tracing::error!(%error, "the outbox cannot be read");
            // A database that is away does not come back by asking.
            turns.ticks.reset_after(AFTER_FAULT);
        }
    }
    outbox.finish().await;
}

async fn sweep(app: App, mut turns: Turns) {
    let mut round = Round::default();
    while turns.next().await {
        if let Err(error) = sessions::run_once(&app).await {
            tracing::error!(%error, "expired sessions cannot be ended");
        }
        if let Err(error) = recoveries::run_once(&app).await {
            tracing::error!(%error, "recoveries that are ready cannot be told");
        }
        if let Err(error) = crate::service::imports::forget_left_behind(&app).await {
            tracing::error!(%error, "imports that nobody took over cannot be forgotten");
        }
        if let Err(error) = crate::service::letters::forget_past(&app).await {
            tracing::error!(%error, "it cannot be forgotten which mailboxes were mailed");
        }
        if let Err(error) = crate::service::address_changes::forget_past(&app).await {
            tracing::error!(%error, "changes of address that nobody made cannot be forgotten");
        }
        if let Err(error) = crate::service::departures::end_stale(&app).await {
            tracing::error!(%error, "transfers that nobody went on with cannot be ended");
        }
        if let Err(error) = erasures::run_once(&app).await {
            tracing::error!(%error, "accounts that are to go cannot be erased");
        }
        if let Err(error) = outbox::forget(&app).await {
            tracing::error!(%error, "old messages cannot be forgotten");
        }
        if let Err(error) = outbox::recall(&app).await {
            tracing::error!(%error, "messages that are put off too far cannot be found");
        }
        if let Err(error) = round.go_on(&app, Patience::default()).await {
            tracing::error!(%error, "streams of events cannot be looked after");
        }
    }
}

/// Apart from the others, as the two that follow: on some nights there is much
/// to do, and none of them waits for another.
async fn watch_grants(app: App, mut turns: Turns) {
    while turns.next().await {
        if let Err(error) = grants::run(&app, &turns.stopping).await {
            tracing::error!(%error, "agreements cannot be looked after");
        }
    }
}

async fn watch_plans(app: App, mut turns: Turns) {
    while turns.next().await {
        if let Err(error) = plans::run(&app, &turns.stopping).await {
            tracing::error!(%error, "agreements cannot be held against new plans");
            // A database that is away does not come back by asking.
            turns.ticks.reset_after(AFTER_FAULT);
        }
    }
}

async fn watch_duties(app: App, mut turns: Turns) {
    while turns.next().await {
        if let Err(error) = duties::run(&app, &turns.stopping).await {
            tracing::error!(%error, "deletion duties cannot be looked after");
        }
    }
}

async fn watch_escrow(app: App, mut turns: Turns) {
    while turns.next().await {
        if let Err(error) = escrow::run(&app, &turns.stopping).await {
            tracing::error!(%error, "the escrow keys cannot be looked after");
        }
    }
}

async fn watch_logos(app: App, mut turns: Turns) {
    while turns.next().await {
        if let Err(error) = logos::run(&app, &turns.stopping).await {
            tracing::error!(%error, "logos cannot be fetched");
            turns.ticks.reset_after(AFTER_FAULT);
        }
    }
}
