//! The outbox: how fast it drains to receivers that take what comes, and
//! whether what it has delivered before matters.

use std::collections::BTreeSet;
use std::sync::PoisonError;
use std::time::Duration;

use sluis::app::{App, Migrations};
use sluis::clock::Clock;
use sluis::config::{Config, Letterbox, MailUrl};
use sluis::domain::claim::Claim;
use sluis::domain::client::FetchUri;
use sluis::domain::id::{ClientId, GrantId, MessageId, StreamId, TransactionId};
use sluis::domain::message::{Message, NewMessage};
use sluis::domain::signal::{Happening, Initiator, News, Occurrence, Signal};
use sluis::domain::subject::Subject;
use sluis::domain::time::Timestamp;
use sluis::random::Random;
use sluis::service::streams::{DeliveryWish, Wish, create};
use sluis::store::{StoreError, outbox};
use tokio::runtime::{Builder, Runtime};

use crate::instance::{Instance, Server, pause};
use crate::measure::{Comparison, as_f64, median, micros};
use crate::receiver::Receiver;
use crate::{Outcome, report};

/// Businesses that are told.
const RECEIVERS: usize = 8;
/// Events of a round.
const EVENTS: usize = 4_000;
const ROUNDS: usize = 5;
/// Events that are kept in one transaction.
const KEPT_AT_ONCE: usize = 1_000;
/// How long after its making an event is due, so that all of a round are due
/// together.
const HEAD_START: Duration = Duration::from_secs(3);
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// Measures and tells. One of the two has delivered that many `before`.
pub(crate) fn drains(before: usize) -> Outcome<()> {
    let (fresh, used) = (Sender::new()?, Sender::new()?);
    println!(
        "\nThe outbox: {EVENTS} events to {RECEIVERS} fast receivers, one node, one security event \
         token each"
    );
    for _ in 0..before.div_ceil(EVENTS) {
        used.round()?;
    }
    let (mut rates, mut few, mut many, mut ratios) = (vec![], vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        let (_, floor) = fresh.round()?;
        let (rate, cost) = used.round()?;
        rates.push(rate);
        few.push(floor);
        many.push(cost);
        ratios.push(cost / floor);
    }
    report::at_least("outbox", median(rates), "events/s", 1_000.0);
    report::heading(
        &format!("CPU µs an event, {before} delivered before beside none"),
        ["many", "none", "ratio"],
    );
    let result = Comparison {
        subject: median(many),
        parts: vec![("none before", median(few))],
        ratio: median(ratios),
    };
    report::line("outbox", &result, 1.2);
    Ok(())
}

/// A server that has businesses to tell, and somebody who hears it all.
struct Sender {
    // Each is gone before what it needs.
    app: App,
    runtime: Runtime,
    server: Server,
    receiver: Receiver,
    streams: Vec<StreamId>,
    random: Random,
    _instance: Instance,
}

impl Sender {
    fn new() -> Outcome<Self> {
        let instance = Instance::with_clients(RECEIVERS, RECEIVERS)?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let config = Config {
            issuer: instance.issuer().parse()?,
            database_url: instance.database_url().parse()?,
            keys_dir: instance.keys(),
            outbound_allow: "127.0.0.0/8".parse()?,
            mail_url: MailUrl::Memory(Letterbox::default()),
            ..Config::default()
        };
        let clock = Clock::system();
        let app = App::open(config, Migrations::Refuse, clock, Random::system());
        let app = runtime.block_on(app)?;
        let receiver = Receiver::open()?;
        let clients: BTreeSet<ClientId> = instance
            .people
            .iter()
            .map(|person| {
                let person = person.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(person.client_id.parse()?)
            })
            .collect::<Outcome<_>>()?;
        let streams = clients
            .iter()
            .map(|id| runtime.block_on(stream(&app, &receiver, id)))
            .collect::<Outcome<_>>()?;
        let server = instance.serve_with(&[("SLUIS_OUTBOUND_ALLOW", "127.0.0.0/8")])?;
        Ok(Self {
            app,
            runtime,
            server,
            receiver,
            streams,
            random: Random::system(),
            _instance: instance,
        })
    }

    /// Lets it tell of events that are due at the same time: how many it told a
    /// second, and what CPU time each cost, in µs.
    fn round(&self) -> Outcome<(f64, f64)> {
        self.receiver.forget();
        let due_at = self.app.now().plus(HEAD_START);
        let messages: Vec<NewMessage> = (0..EVENTS)
            .map(|number| self.message(self.streams[number % self.streams.len()], due_at))
            .collect();
        for some in messages.chunks(KEPT_AT_ONCE) {
            let some = some.to_vec();
            let kept = self.app.store().write(move |tx| {
                Box::pin(async move {
                    for message in &some {
                        outbox::insert(tx, message).await?;
                    }
                    Ok::<_, StoreError>(())
                })
            });
            self.runtime.block_on(kept)?;
        }
        if self.receiver.heard().events > 0 {
            return Err("keeping the events took longer than their head start".into());
        }
        pause(due_at.since(self.app.now()));
        let spent = self.server.process.spends(|| self.wait())?;
        let heard = self.receiver.heard();
        if heard.events != EVENTS {
            return Err(format!("{} of {EVENTS} events were heard", heard.events).into());
        }
        let rate = as_f64(EVENTS) / heard.took().as_secs_f64();
        Ok((rate, micros(spent) / as_f64(EVENTS)))
    }

    /// Until nothing waits any more.
    fn wait(&self) -> Outcome<()> {
        let mut waited = Duration::ZERO;
        while waited < PATIENCE {
            if self.receiver.heard().events >= EVENTS && self.runtime.block_on(self.waiting())? == 0
            {
                return Ok(());
            }
            pause(LOOK_EVERY);
            waited += LOOK_EVERY;
        }
        Err("the outbox does not drain".into())
    }

    async fn waiting(&self) -> Outcome<u32> {
        let mut connection = self.app.store().read().await?;
        let tallies = outbox::tallies(&mut connection).await?;
        Ok(tallies.iter().map(|tally| tally.waiting).sum())
    }

    /// What somebody changed in their profile, at a business of which nobody
    /// else is told anything at the same time.
    fn message(&self, stream_id: StreamId, at: Timestamp) -> NewMessage {
        let occurrence = Occurrence {
            grant_id: GrantId::new(self.random.uuid(at)),
            subject: Subject::from_random(self.random.bytes()),
            by: Initiator::User,
            what: Happening::ProfileChanged {
                claims: Claim::Address.into(),
            },
        };
        NewMessage {
            id: MessageId::new(self.random.uuid(at)),
            message: Message::Signal(Signal {
                stream_id,
                txn: TransactionId::new(self.random.uuid(at)),
                news: News::Of(occurrence),
            }),
            created_at: at,
        }
    }
}

/// Subscribes a business to what happens.
async fn stream(app: &App, receiver: &Receiver, id: &ClientId) -> Outcome<StreamId> {
    let client = app.client(id).await?.ok_or("no such client")?;
    let endpoint = FetchUri::try_from(format!("http://{}/{id}", receiver.address))?;
    let wish = Wish {
        delivery: Some(Some(DeliveryWish::Push {
            endpoint,
            authorization: None,
        })),
        ..Wish::default()
    };
    Ok(create(app, &client, wish).await?.id)
}
