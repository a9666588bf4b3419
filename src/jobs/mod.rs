//! What happens by itself: delivery of messages, the end of sessions and of
//! agreements, care for streams of events.
//!
//! Every job is a function that does what is due by the application's clock
//! and returns; here alone it is said how often. Each node runs all of them,
//! and the database gives each piece of work to one.

pub mod grants;
pub mod outbox;
pub mod sessions;
pub mod streams;

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::app::App;
use crate::service::streams::Patience;
use outbox::Outbox;
use streams::Round;

/// How long a message waits at most before it is looked at.
const DELIVERY_EVERY: Duration = Duration::from_millis(500);
const AFTER_FAULT: Duration = Duration::from_secs(10);
const SWEEP_EVERY: Duration = Duration::from_secs(30);
/// How long a stop waits: longer than a business is given to answer.
const STOP_TIME: Duration = Duration::from_secs(8);

/// The jobs of a node.
#[derive(Debug)]
pub struct Jobs {
    stop: watch::Sender<bool>,
    tasks: [JoinHandle<()>; 3],
}

impl Jobs {
    /// Starts them.
    #[must_use]
    pub fn start(app: &App) -> Self {
        let (stop, stopping) = watch::channel(false);
        let tasks = [
            tokio::spawn(deliver(app.clone(), stopping.clone())),
            tokio::spawn(sweep(app.clone(), stopping.clone())),
            tokio::spawn(watch_grants(app.clone(), stopping)),
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

async fn deliver(app: App, mut stopping: watch::Receiver<bool>) {
    let mut outbox = Outbox::new(&app, stopping.clone());
    let mut ticks = interval(DELIVERY_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            _ = stopping.wait_for(|stop| *stop) => break,
            _ = ticks.tick() => {}
        }
        if let Err(error) = outbox.begin().await {
            tracing::error!(%error, "the outbox cannot be read");
            // A database that is away does not come back by asking.
            ticks.reset_after(AFTER_FAULT);
        }
    }
    outbox.finish().await;
}

async fn sweep(app: App, mut stopping: watch::Receiver<bool>) {
    let mut round = Round::default();
    let mut ticks = interval(SWEEP_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            _ = stopping.wait_for(|stop| *stop) => break,
            _ = ticks.tick() => {}
        }
        if let Err(error) = sessions::run_once(&app).await {
            tracing::error!(%error, "expired sessions cannot be ended");
        }
        if let Err(error) = outbox::forget(&app).await {
            tracing::error!(%error, "old messages cannot be forgotten");
        }
        if let Err(error) = round.go_on(&app, Patience::default()).await {
            tracing::error!(%error, "streams of events cannot be looked after");
        }
    }
}

/// Apart from the others: on some nights there is much to do.
async fn watch_grants(app: App, mut stopping: watch::Receiver<bool>) {
    let mut ticks = interval(SWEEP_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            _ = stopping.wait_for(|stop| *stop) => break,
            _ = ticks.tick() => {}
        }
        if let Err(error) = grants::run(&app, &stopping).await {
            tracing::error!(%error, "agreements cannot be looked after");
        }
    }
}
