//! Streams of events, and what waits for those that are held.

use std::time::Duration;

use sluis::domain::id::{ClientId, GrantId, MessageId, StreamId, TransactionId};
use sluis::domain::message::{Message, NewMessage};
use sluis::domain::signal::{EventType, Happening, Initiator, News, Occurrence, Signal};
use sluis::domain::stream::{Delivery, EventUri, Status, Stream};
use sluis::domain::subject::Subject;
use sluis::domain::time::Timestamp;
use sluis::store::{Store, StoreError, outbox, polls, streams};

use super::bench::{Bench, NOW, all_at_once, keep, later, on_both_engines, uuid, winners};

fn stream(client_id: ClientId, number: u8) -> Stream {
    Stream {
        id: StreamId::new(uuid(number)),
        client_id,
        status: Status::Enabled,
        reason: None,
        delivery: Delivery::Push {
            endpoint: "https://shop.example/events"
                .to_owned()
                .try_into()
                .expect("a URL"),
            authorization_sealed: Some(vec![7; 40]),
        },
        requested: None,
        description: Some("customers".to_owned().try_into().expect("a note")),
        revision: 0,
        created_at: NOW,
        active_at: NOW,
    }
}

fn subject(number: u8) -> Subject {
    Subject::from_random([number; 16])
}

fn message(stream: &Stream, number: u8, lane: u8, at: Timestamp) -> NewMessage {
    NewMessage {
        id: MessageId::new(uuid(number)),
        message: Message::Signal(Signal {
            stream_id: stream.id,
            txn: TransactionId::new(uuid(number)),
            news: News::Of(Occurrence {
                grant_id: GrantId::new(uuid(lane)),
                subject: subject(lane),
                by: Initiator::User,
                what: Happening::SessionRevoked { sid: None },
            }),
        }),
        created_at: at,
    }
}

async fn made(bench: &Bench) -> Stream {
    let stream = stream(bench.client().await, 1);
    let kept = stream.clone();
    keep!(bench.store, |tx| streams::insert(tx, &kept)).expect("a stream");
    stream
}

async fn found(store: &Store, id: StreamId) -> Option<Stream> {
    let mut connection = store.read().await.expect("a connection");
    streams::find(&mut connection, id).await.expect("a stream")
}

async fn set(store: &Store, before: &Stream, change: impl FnOnce(&mut Stream)) -> Stream {
    let mut after = before.clone();
    after.revision += 1;
    change(&mut after);
    let (kept, revision) = (after.clone(), before.revision);
    let done = keep!(store, |tx| streams::update(tx, &kept, revision, NOW));
    assert!(done.expect("a write"));
    after
}

async fn add(store: &Store, stream: &Stream, number: u8, lane: u8, at: Timestamp) {
    let new = message(stream, number, lane, at);
    keep!(store, |tx| outbox::insert(tx, &new)).expect("a message");
}

async fn waiting(store: &Store, stream: &Stream, now: Timestamp) -> Vec<MessageId> {
    let mut connection = store.read().await.expect("a connection");
    let waiting = polls::waiting(&mut connection, &stream.receiver(), now, 10).await;
    waiting
        .expect("messages")
        .into_iter()
        .map(|one| one.id)
        .collect()
}

async fn due(store: &Store, now: Timestamp) -> usize {
    let mut connection = store.read().await.expect("a connection");
    let due = outbox::due_receivers(&mut connection, now, 10).await;
    due.expect("receivers").len()
}

async fn claimed(store: &Store, stream: &Stream, now: Timestamp) -> usize {
    let (of, lease) = (stream.receiver(), now.plus(Duration::from_secs(60)));
    let claimed = keep!(store, |tx| outbox::claim(tx, &of, now, lease, 10));
    claimed.expect("messages").len()
}

fn ids(numbers: &[u8]) -> Vec<MessageId> {
    numbers
        .iter()
        .map(|number| MessageId::new(uuid(*number)))
        .collect()
}

on_both_engines! {
    async fn a_stream_is_read_as_it_was_written(bench: Bench) {
        let first = made(&bench).await;
        assert_eq!(found(&bench.store, first.id).await, Some(first.clone()));
        let changed = set(&bench.store, &first, |stream| {
            stream.status = Status::Paused;
            stream.reason = Some("why".to_owned().try_into().expect("a note"));
            stream.delivery = Delivery::Poll;
            stream.requested = Some(vec![EventUri::try_from("urn:x".to_owned()).expect("a URI")]);
            stream.description = None;
            stream.active_at = later(9);
        }).await;
        assert_eq!(found(&bench.store, first.id).await, Some(changed.clone()));
        // Whoever saw an older one has no say.
        let late = first.clone();
        let done = keep!(bench.store, |tx| streams::update(tx, &late, 0, NOW));
        assert!(!done.expect("a write"));
        assert_eq!(found(&bench.store, first.id).await, Some(changed.clone()));
        let client_id = first.client_id.clone();
        assert!(keep!(bench.store, |tx| streams::delete_of_client(tx, &client_id)).expect("a write"));
        assert_eq!(found(&bench.store, first.id).await, None);
        let client_id = first.client_id.clone();
        assert!(!keep!(bench.store, |tx| streams::delete_of_client(tx, &client_id)).expect("a write"));
    }

    async fn of_many_streams_that_are_made_at_once_a_client_has_one(bench: Bench) {
        let client_id = bench.client().await;
        let store = bench.store.clone();
        let results = all_at_once(8, move |number| {
            let (store, stream) = (store.clone(), stream(client_id.clone(), number));
            async move {
                match keep!(store, |tx| streams::insert(tx, &stream)) {
                    Ok(()) => Ok(true),
                    Err(StoreError::Duplicate) => Ok(false),
                    Err(error) => Err(error),
                }
            }
        })
        .await;
        assert_eq!(winners(&results), 1);
    }

    async fn what_is_held_is_not_due_and_keeps_its_place(bench: Bench) {
        let pushed = made(&bench).await;
        for (number, lane) in [(9, 1), (5, 1), (7, 2)] {
            add(&bench.store, &pushed, number, lane, NOW).await;
        }
        assert_eq!(due(&bench.store, NOW).await, 1);
        let paused = set(&bench.store, &pushed, |stream| stream.status = Status::Paused).await;
        assert_eq!((due(&bench.store, NOW).await, claimed(&bench.store, &paused, NOW).await), (0, 0));
        let polled = set(&bench.store, &paused, |stream| {
            stream.status = Status::Enabled;
            stream.delivery = Delivery::Poll;
        }).await;
        assert_eq!((due(&bench.store, NOW).await, claimed(&bench.store, &polled, NOW).await), (0, 0));
        assert_eq!(waiting(&bench.store, &polled, NOW).await, ids(&[7, 9]), "of each lane the first");
        let (of, first) = (polled.receiver(), MessageId::new(uuid(9)));
        keep!(bench.store, |tx| polls::acknowledge(tx, &of, first)).expect("a write");
        assert_eq!(waiting(&bench.store, &polled, NOW).await, ids(&[5, 7]));
        let pushed = set(&bench.store, &polled, |stream| stream.delivery = pushed.delivery.clone()).await;
        assert_eq!((due(&bench.store, NOW).await, claimed(&bench.store, &pushed, NOW).await), (1, 2));
    }

    async fn what_waits_is_counted_refused_dropped_and_runs_out(bench: Bench) {
        let polled = made(&bench).await;
        let polled = set(&bench.store, &polled, |stream| stream.delivery = Delivery::Poll).await;
        for number in 1..=4 {
            add(&bench.store, &polled, number, number, later(i64::from(number))).await;
        }
        let (of, now) = (polled.receiver(), later(10));
        let more = async |than: u32, now: Timestamp| {
            let mut connection = bench.store.read().await.expect("a connection");
            polls::more(&mut connection, &of, now, than).await.expect("an answer")
        };
        assert!(more(3, now).await && !more(4, now).await);
        let (receiver, first) = (of.clone(), MessageId::new(uuid(1)));
        keep!(bench.store, |tx| polls::refuse(tx, &receiver, first, now, "refused: x")).expect("a write");
        assert!(!more(3, now).await);
        // What came later stays.
        let receiver = of.clone();
        let dropped = keep!(bench.store, |tx| polls::drop_some(tx, &receiver, later(3), 10));
        assert_eq!(dropped.expect("a write"), 2);
        assert_eq!(waiting(&bench.store, &polled, now).await, ids(&[4]));
        let end = later(4).plus(message(&polled, 4, 4, NOW).message.lasts());
        let expired = async |now: Timestamp| {
            let mut connection = bench.store.read().await.expect("a connection");
            polls::has_expired(&mut connection, &of, now).await.expect("an answer")
        };
        assert!(!expired(end.minus(Duration::from_secs(1))).await && expired(end).await);
        assert!(waiting(&bench.store, &polled, end).await.is_empty() && !more(0, end).await);
    }

    async fn a_stream_hears_what_it_wants_of_whom_it_wants(bench: Bench) {
        let row = bench.grant().await;
        let (client_id, person) = (row.grant.client_id.clone(), row.grant.subject.clone());
        let kind = EventType::ConsentWithdrawn;
        let hears = async |person: &Subject| {
            let mut connection = bench.store.read().await.expect("a connection");
            let stream = streams::listening(&mut connection, &client_id, person).await;
            stream.expect("a stream").map(|stream| stream.hears(kind))
        };
        assert_eq!(hears(&person).await, None);
        let mut made = stream(client_id.clone(), 1);
        let kept = made.clone();
        keep!(bench.store, |tx| streams::insert(tx, &kept)).expect("a stream");
        assert_eq!(hears(&person).await, Some(true));
        let (id, removed) = (made.id, person.clone());
        for _ in 0..2 {
            let removed = removed.clone();
            keep!(bench.store, |tx| streams::remove_subject(tx, id, &removed)).expect("a write");
        }
        assert_eq!((hears(&person).await, hears(&subject(9)).await), (Some(false), Some(true)));
        keep!(bench.store, |tx| streams::add_subject(tx, id, &removed)).expect("a write");
        assert_eq!(hears(&person).await, Some(true));
        for (status, heard) in [(Status::Paused, true), (Status::Disabled, false)] {
            made = set(&bench.store, &made, |stream| stream.status = status).await;
            assert_eq!(hears(&person).await, Some(heard));
        }
        let nothing = |stream: &mut Stream| {
            stream.status = Status::Enabled;
            stream.requested = Some(Vec::new());
        };
        set(&bench.store, &made, nothing).await;
        assert_eq!(hears(&person).await, Some(false));
    }
}
