//! What the shop does by itself: it sees to it that it is told, reads what
//! changed, and confirms what it deleted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use openidconnect::CsrfToken;
use tokio::sync::{Mutex, Notify};
use tokio::time::{MissedTickBehavior, interval};

use super::business::{self, Delivery, Trouble};
use super::{Shop, access, reaction};

/// How soon something that did not work is tried again.
const EVERY: Duration = Duration::from_secs(2);
/// An event may get lost: how many rounds later we look for ourselves.
const LOOK_EVERY: u32 = 15;

/// The state of it.
pub(super) struct Upkeep {
    woken: Notify,
    subscribed: AtomicBool,
    /// Something happened that may have left us a duty.
    to_look: AtomicBool,
    /// One round at a time.
    turn: Mutex<()>,
    /// What events bring along to be let in.
    secret: String,
}

impl Default for Upkeep {
    fn default() -> Self {
        Self {
            woken: Notify::new(),
            subscribed: AtomicBool::new(false),
            to_look: AtomicBool::new(true),
            turn: Mutex::new(()),
            secret: format!("Bearer {}", CsrfToken::new_random_len(32).into_secret()),
        }
    }
}

impl Upkeep {
    /// There is something to do.
    pub(super) fn wake(&self) {
        self.to_look.store(true, Ordering::Relaxed);
        self.woken.notify_one();
    }

    /// Whether Sluis knows where to tell us.
    pub(super) fn is_subscribed(&self) -> bool {
        self.subscribed.load(Ordering::Relaxed)
    }

    pub(super) fn secret(&self) -> &str {
        &self.secret
    }
}

/// Goes on until it is dropped.
pub(super) async fn run(shop: Arc<Shop>) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut rounds = 0;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = shop.upkeep.woken.notified() => {}
        }
        rounds += 1;
        if rounds >= LOOK_EVERY {
            rounds = 0;
            shop.upkeep.to_look.store(true, Ordering::Relaxed);
        }
        round(&shop).await;
    }
}

/// Does what there is to do now.
pub(super) async fn round(shop: &Shop) {
    let _turn = shop.upkeep.turn.lock().await;
    if !shop.upkeep.is_subscribed() {
        subscribe(shop).await;
    }
    read_anew(shop).await;
    if shop.upkeep.to_look.swap(false, Ordering::Relaxed) {
        look(shop).await;
    }
    confirm(shop).await;
}

async fn subscribe(shop: &Shop) {
    let delivery = Delivery {
        endpoint: &shop.config.page("/sluis/events"),
        authorization: shop.upkeep.secret(),
    };
    match business::subscribe(&shop.relying_party, &delivery).await {
        Ok(()) => shop.upkeep.subscribed.store(true, Ordering::Relaxed),
        Err(trouble) => tracing::info!(%trouble, "there is no stream of events yet"),
    }
}

/// Reads anew what changed: values by UserInfo, terms by a fresh receipt. Of
/// whom we have no tokens is read when they log in.
async fn read_anew(shop: &Shop) {
    let stale = shop.ledger.book().stale();
    for (subject, terms) in stale {
        for session_id in shop.sessions.of(&subject) {
            let login = shop.sessions.read(&session_id).login;
            if let Some(login) = login.filter(|_| terms) {
                access::renew(shop, &session_id, &login).await;
            }
            access::look_again(shop, &session_id).await;
        }
    }
}

/// Compares what we owe with what Sluis says that we owe: an event may be
/// lost, a list is not.
async fn look(shop: &Shop) {
    match business::duties(&shop.relying_party).await {
        Ok(duties) => {
            for (subject, ending) in duties {
                reaction::end(shop, &subject, &ending);
            }
        }
        Err(trouble) => told(shop, &trouble, "duties"),
    }
    match business::requests(&shop.relying_party).await {
        Ok(requests) => shop.ledger.book().set_requests(requests),
        Err(trouble) => told(shop, &trouble, "requests"),
    }
}

fn told(shop: &Shop, trouble: &Trouble, what: &str) {
    tracing::info!(%trouble, what, "a list could not be read");
    if let Trouble::Failure(_) = trouble {
        // Not now is not never.
        shop.upkeep.to_look.store(true, Ordering::Relaxed);
    }
}

async fn confirm(shop: &Shop) {
    let to_confirm: Vec<_> = shop
        .ledger
        .book()
        .duties()
        .filter(|duty| duty.is_to_be_confirmed())
        .filter_map(|duty| Some((duty.duty_id.clone()?, duty.answer())))
        .collect();
    for (duty_id, answer) in to_confirm {
        let now = shop.now();
        let outcome = business::confirm(&shop.relying_party, &duty_id, &answer, now).await;
        shop.ledger.book().confirmed(&duty_id, &outcome);
    }
}
