//! Streams of events: a client sets its own up, and hears by it what happens
//! (OpenID Shared Signals Framework 1.0 §8.1).
//!
//! `push` tells it, `poll` lets it fetch. Either way the messages are those of
//! the outbox: which of the two it is decides only who moves.

mod care;
mod poll;
mod push;

use std::time::Duration;

use crate::app::App;
use crate::crypto::vault;
use crate::domain::client::FetchUri;
use crate::domain::id::{MessageId, StreamId, TransactionId};
use crate::domain::message::{Message, NewMessage};
use crate::domain::signal::{News, Signal};
use crate::domain::stream::{
    AuthorizationHeader, Delivery, EventUri, MIN_VERIFICATION_INTERVAL, Note, Status, Stream,
};
use crate::domain::subject_identifier::SubjectIdentifier;
use crate::domain::time::Timestamp;
use crate::outbound::FetchError;
use crate::service::Fault;
use crate::store::clients::RegisteredClient;
use crate::store::{StoreError, outbox, polls, streams};

use care::note_life;
pub use care::{Patience, look_after, some};
pub use poll::{Fetched, Report, SetError, poll};
pub(in crate::service) use push::push;

/// How often a change is tried again when the stream changed at the same time.
const TRIES: usize = 3;
/// How many messages are dropped in one transaction.
const DROPPED_AT_A_TIME: u32 = 500;

/// How a client wants to hear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryWish {
    /// It fetches.
    Poll,
    /// It is told.
    Push {
        /// Where.
        endpoint: FetchUri,
        /// What it wants to be shown; `None` when it does not say.
        authorization: Option<Option<AuthorizationHeader>>,
    },
}

/// What a client changes about its stream. What is `None` stays as it is; what
/// is `Some(None)` is taken away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// How it wants to hear.
    pub delivery: Option<Option<DeliveryWish>>,
    /// Of what.
    pub requested: Option<Option<Vec<EventUri>>>,
    /// What it calls the stream.
    pub description: Option<Option<Note>>,
}

impl Wish {
    /// All of it: what was not said is taken away.
    #[must_use]
    pub fn whole(mut self) -> Self {
        if let Some(Some(DeliveryWish::Push { authorization, .. })) = &mut self.delivery {
            authorization.get_or_insert(None);
        }
        Self {
            delivery: self.delivery.or(Some(None)),
            requested: self.requested.or(Some(None)),
            description: self.description.or(Some(None)),
        }
    }
}

/// Why a stream is left as it is.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// The client has one.
    #[error("this client has a stream: change that one, or delete it first")]
    Exists,
    /// The client has no such stream. Which others there are, it is not told.
    #[error("this client has no such stream")]
    Unknown,
    /// It cannot be pushed there.
    #[error("endpoint_url: {0}")]
    Endpoint(FetchError),
    /// It is disabled.
    #[error("the stream is disabled: nothing is told by it")]
    Disabled,
    /// It is too soon.
    #[error("a verification was asked for a moment ago")]
    TooSoon {
        /// When to come back.
        after: Duration,
    },
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for StreamError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// Makes the stream of a client.
pub async fn create(
    app: &App,
    client: &RegisteredClient,
    wish: Wish,
) -> Result<Stream, StreamError> {
    let now = app.now();
    let mut stream = Stream {
        id: StreamId::new(app.random().uuid(now)),
        client_id: client.client.id.clone(),
        status: Status::Enabled,
        reason: None,
        delivery: Delivery::Poll,
        requested: None,
        description: None,
        revision: 0,
        created_at: now,
        active_at: now,
    };
    apply(app, &mut stream, wish.whole())?;
    let kept = stream.clone();
    let written = app
        .store()
        .write(move |tx| Box::pin(async move { streams::insert(tx, &kept).await }))
        .await;
    match written {
        Ok(()) => Ok(stream),
        Err(StoreError::Duplicate) => Err(StreamError::Exists),
        Err(error) => Err(error.into()),
    }
}

fn apply(app: &App, stream: &mut Stream, wish: Wish) -> Result<(), StreamError> {
    if let Some(delivery) = wish.delivery {
        stream.delivery = match delivery {
            // SSF §8.1.1: who does not say how fetches.
            None | Some(DeliveryWish::Poll) => Delivery::Poll,
            Some(DeliveryWish::Push {
                endpoint,
                authorization,
            }) => {
                let reachable = app.outbound().permits(endpoint.url());
                reachable.map_err(StreamError::Endpoint)?;
                let authorization_sealed = match (authorization, &stream.delivery) {
                    (Some(Some(header)), _) => {
                        let (master, random) = (app.master(), app.random());
                        let sealed =
                            vault::seal_receiver_authorization(master, stream.id, &header, random);
                        Some(sealed.into_bytes())
                    }
                    // It stays with its address, and is not carried to another.
                    (
                        None,
                        Delivery::Push {
                            endpoint: before,
                            authorization_sealed,
                        },
                    ) if *before == endpoint => authorization_sealed.clone(),
                    (Some(None) | None, _) => None,
                };
                Delivery::Push {
                    endpoint,
                    authorization_sealed,
                }
            }
        };
    }
    if let Some(requested) = wish.requested {
        stream.requested = requested;
    }
    if let Some(description) = wish.description {
        stream.description = description;
    }
    Ok(())
}

/// The stream of a client, if it has one.
pub async fn of_client(
    app: &App,
    client: &RegisteredClient,
) -> Result<Option<Stream>, StreamError> {
    let mut connection = app.store().read().await?;
    Ok(streams::of_client(&mut connection, &client.client.id).await?)
}

/// One stream of a client.
pub async fn one(
    app: &App,
    client: &RegisteredClient,
    id: StreamId,
) -> Result<Stream, StreamError> {
    of_client(app, client)
        .await?
        .filter(|stream| stream.id == id)
        .ok_or(StreamError::Unknown)
}

/// Changes how a client hears, and of what. What waits goes on waiting, and is
/// told in the new way.
pub async fn edit(
    app: &App,
    client: &RegisteredClient,
    id: StreamId,
    wish: &Wish,
) -> Result<Stream, StreamError> {
    for _ in 0..TRIES {
        let mut stream = one(app, client, id).await?;
        apply(app, &mut stream, wish.clone())?;
        if write(app, &mut stream, None).await? {
            return Ok(stream);
        }
    }
    Err(Fault::Contended.into())
}

/// Lets a stream tell, wait or be silent.
pub async fn set_status(
    app: &App,
    client: &RegisteredClient,
    id: StreamId,
    status: Status,
    reason: Option<Note>,
) -> Result<Stream, StreamError> {
    for _ in 0..TRIES {
        let mut stream = one(app, client, id).await?;
        stream.status = status;
        stream.reason.clone_from(&reason);
        if write(app, &mut stream, None).await? {
            if status == Status::Disabled {
                drop_waiting(app, &stream).await?;
            }
            return Ok(stream);
        }
    }
    Err(Fault::Contended.into())
}

/// Writes a stream that was changed, and what it says of that; says whether
/// nobody else changed it meanwhile. Its receiver is not left alone any longer,
/// whatever came of earlier attempts.
async fn write(app: &App, stream: &mut Stream, says: Option<News>) -> Result<bool, StoreError> {
    let (now, before) = (app.now(), stream.revision);
    stream.revision = before.saturating_add(1);
    stream.active_at = now;
    let message = says.map(|news| message(app, stream.id, news, now));
    let kept = stream.clone();
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                if !streams::update(tx, &kept, before, now).await? {
                    return Ok(false);
                }
                outbox::awake(tx, &kept.receiver()).await?;
                if let Some(message) = message {
                    outbox::insert(tx, &message).await?;
                }
                Ok(true)
            })
        })
        .await
}

/// What a stream says of itself.
fn message(app: &App, stream_id: StreamId, news: News, now: Timestamp) -> NewMessage {
    let random = app.random();
    NewMessage {
        id: MessageId::new(random.uuid(now)),
        message: Message::Signal(Signal {
            stream_id,
            txn: TransactionId::new(random.uuid(now)),
            news,
        }),
        created_at: now,
    }
}

/// Drops what waits for a stream that is disabled, a part at a time.
async fn drop_waiting(app: &App, stream: &Stream) -> Result<(), StoreError> {
    let now = app.now();
    loop {
        let receiver = stream.receiver();
        let dropped = app
            .store()
            .write_statement(move |tx| {
                Box::pin(
                    async move { polls::drop_some(tx, &receiver, now, DROPPED_AT_A_TIME).await },
                )
            })
            .await?;
        if dropped < u64::from(DROPPED_AT_A_TIME) {
            return Ok(());
        }
    }
}

/// Deletes the stream of a client. What still waits is told to nobody.
pub async fn delete(app: &App, client: &RegisteredClient, id: StreamId) -> Result<(), StreamError> {
    let stream = one(app, client, id).await?;
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                streams::delete_of_client(tx, &stream.client_id).await?;
                outbox::awake(tx, &stream.receiver()).await?;
                Ok(())
            })
        })
        .await
}

/// Tells a stream of somebody again, or no longer. Whether there is such a
/// person is not told.
pub async fn choose_subject(
    app: &App,
    client: &RegisteredClient,
    id: StreamId,
    who: &SubjectIdentifier,
    wanted: bool,
) -> Result<(), StreamError> {
    let stream = one(app, client, id).await?;
    let Some(subject) = who.subject(app.issuer()) else {
        return Ok(());
    };
    if !wanted {
        // What nobody is called is not kept: a client could name no end of them.
        let mut connection = app.store().read().await?;
        if !streams::has_grant(&mut connection, &stream.client_id, &subject).await? {
            return Ok(());
        }
    }
    app.store()
        .write_statement(move |tx| {
            Box::pin(async move {
                if wanted {
                    streams::add_subject(tx, stream.id, &subject).await
                } else {
                    streams::remove_subject(tx, stream.id, &subject).await
                }
            })
        })
        .await
        .map_err(StreamError::from)
}

/// Sends a client what it wants to hear, by its stream.
pub async fn verify(
    app: &App,
    client: &RegisteredClient,
    id: StreamId,
    state: Option<Note>,
) -> Result<(), StreamError> {
    let stream = one(app, client, id).await?;
    if stream.status == Status::Disabled {
        return Err(StreamError::Disabled);
    }
    let now = app.now();
    let before = now.minus(MIN_VERIFICATION_INTERVAL);
    let message = message(app, id, News::Verification { state }, now);
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                if !streams::verify(tx, id, now, before).await? {
                    return Err(StreamError::TooSoon {
                        after: MIN_VERIFICATION_INTERVAL,
                    });
                }
                outbox::insert(tx, &message).await?;
                Ok(())
            })
        })
        .await
}
