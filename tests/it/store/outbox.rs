//! Messages that wait to be heard.

use std::time::Duration;

use sluis::domain::id::{ClientId, GrantId, MessageId};
use sluis::domain::message::{Logout, Message, NewMessage, Receiver};
use sluis::domain::subject::Subject;
use sluis::domain::time::Timestamp;
use sluis::store::outbox::{self, Claimed, DueReceiver};
use sluis::store::{Store, StoreError};

use super::bench::{Bench, NOW, all_at_once, keep, later, on_both_engines, uuid};

fn message(number: u8, client: &str, lane: u8) -> NewMessage {
    let client_id: ClientId = client.parse().expect("an id");
    NewMessage {
        id: MessageId::new(uuid(number)),
        message: Message::BackchannelLogout(Logout {
            client_id,
            grant_id: GrantId::new(uuid(lane)),
            subject: Subject::from_random([lane; 16]),
            sid: None,
        }),
        created_at: NOW,
    }
}

fn receiver(client: &str) -> Receiver {
    message(0, client, 0).message.receiver()
}

async fn add(store: &Store, number: u8, client: &str, lane: u8) {
    let new = message(number, client, lane);
    keep!(store, |tx| outbox::insert(tx, &new)).expect("a message");
}

async fn claim(
    store: &Store,
    client: &str,
    now: Timestamp,
    most: u32,
) -> Result<Vec<Claimed>, StoreError> {
    let (of, lease) = (receiver(client), now.plus(Duration::from_secs(60)));
    keep!(store, |tx| outbox::claim(tx, &of, now, lease, most))
}

/// The numbers of what is taken up.
async fn taken(store: &Store, client: &str, now: Timestamp) -> Vec<Claimed> {
    let mut claimed = claim(store, client, now, 100).await.expect("messages");
    claimed.sort_by_key(|message| message.id);
    claimed
}

fn ids(claimed: &[Claimed]) -> Vec<MessageId> {
    claimed.iter().map(|message| message.id).collect()
}

fn numbered(numbers: &[u8]) -> Vec<MessageId> {
    numbers
        .iter()
        .map(|number| MessageId::new(uuid(*number)))
        .collect()
}

async fn due(store: &Store, now: Timestamp) -> Vec<(String, u32)> {
    let mut connection = store.read().await.expect("a connection");
    let due = outbox::due_receivers(&mut connection, now, 100).await;
    due.expect("receivers")
        .into_iter()
        .map(|DueReceiver { receiver, failures }| (receiver.to_string(), failures))
        .collect()
}

fn named(client: &str) -> String {
    receiver(client).to_string()
}

on_both_engines! {
    async fn of_many_takers_one_gets_a_message(bench: Bench) {
        for number in 1..=40 {
            add(&bench.store, number, "shop", number).await;
        }
        let store = bench.store.clone();
        let results = all_at_once(8, move |_| {
            let store = store.clone();
            async move { claim(&store, "shop", NOW, 100).await }
        })
        .await;
        let mut all: Vec<MessageId> = results
            .into_iter()
            .flat_map(|claimed| ids(&claimed.expect("no error")))
            .collect();
        all.sort();
        let numbers: Vec<u8> = (1..=40).collect();
        assert_eq!(all, numbered(&numbers), "each once, and none is left");
    }

    async fn what_a_lost_node_had_taken_up_is_due_again(bench: Bench) {
        add(&bench.store, 1, "shop", 1).await;
        let first = taken(&bench.store, "shop", NOW).await;
        assert_eq!((first[0].attempts, &first[0].message), (1, &Some(message(1, "shop", 1).message)));
        assert!(taken(&bench.store, "shop", later(59)).await.is_empty());
        let second = taken(&bench.store, "shop", later(60)).await;
        assert_eq!((ids(&second), second[0].attempts), (numbered(&[1]), 2));
        // The node was only slow: it has no say any more.
        let (late, why) = (first[0].clone(), "slow");
        keep!(bench.store, |tx| outbox::put_off(tx, &late, later(900), why)).expect("a write");
        let late = first[0].clone();
        keep!(bench.store, |tx| outbox::give_up(tx, &late, NOW, why)).expect("a write");
        let late = first[0].clone();
        keep!(bench.store, |tx| outbox::delivered(tx, &late)).expect("a write");
        assert_eq!(bench.count("outbox").await, 1);
        let third = taken(&bench.store, "shop", later(120)).await;
        assert_eq!(third[0].attempts, 3);
        let holder = third[0].clone();
        keep!(bench.store, |tx| outbox::delivered(tx, &holder)).expect("a write");
        assert_eq!(bench.count("outbox").await, 0);
    }

    async fn messages_about_the_same_thing_go_one_after_the_other(bench: Bench) {
        // The ids do not tell the order.
        for (number, lane) in [(9, 1), (5, 1), (7, 2), (1, 1)] {
            add(&bench.store, number, "shop", lane).await;
        }
        add(&bench.store, 2, "bank", 1).await;
        let first = taken(&bench.store, "shop", NOW).await;
        assert_eq!(ids(&first), numbered(&[7, 9]));
        assert!(taken(&bench.store, "shop", NOW).await.is_empty(), "while they are on the way");
        assert_eq!(ids(&taken(&bench.store, "bank", NOW).await), numbered(&[2]), "another's");
        let (seven, nine) = (first[0].clone(), first[1].clone());
        keep!(bench.store, |tx| outbox::put_off(tx, &nine, later(10), "no answer")).expect("a write");
        keep!(bench.store, |tx| outbox::delivered(tx, &seven)).expect("a write");
        assert!(taken(&bench.store, "shop", later(9)).await.is_empty(), "the first holds up the second");
        assert!(due(&bench.store, later(9)).await.is_empty(), "and nobody looks in vain");
        let again = taken(&bench.store, "shop", later(10)).await;
        assert_eq!(ids(&again), numbered(&[9]));
        let refused = again[0].clone();
        keep!(bench.store, |tx| outbox::give_up(tx, &refused, later(10), "refused")).expect("a write");
        assert_eq!(ids(&taken(&bench.store, "shop", later(10)).await), numbered(&[5]));
    }

    async fn one_that_rests_is_left_alone_and_comes_last(bench: Bench) {
        for (number, client) in [(1, "a"), (2, "a"), (3, "b"), (4, "c")] {
            add(&bench.store, number, client, number).await;
        }
        for (failures, until) in [(1, later(5)), (2, later(10))] {
            let one = receiver("a");
            keep!(bench.store, |tx| outbox::rest(tx, &one, failures, until)).expect("a write");
        }
        assert_eq!(due(&bench.store, later(9)).await, [(named("b"), 0), (named("c"), 0)]);
        let all = [(named("b"), 0), (named("c"), 0), (named("a"), 2)];
        assert_eq!(due(&bench.store, later(10)).await, all);
        let one = receiver("a");
        keep!(bench.store, |tx| outbox::awake(tx, &one)).expect("a write");
        assert_eq!(due(&bench.store, NOW).await[0], (named("a"), 0));
    }

    async fn what_nobody_heard_in_time_is_given_up_and_stays_to_be_seen(bench: Bench) {
        add(&bench.store, 1, "shop", 1).await;
        add(&bench.store, 2, "shop", 2).await;
        let end = NOW.plus(message(1, "shop", 1).message.lasts());
        let end = end.as_seconds() - NOW.as_seconds();
        let last = taken(&bench.store, "shop", later(end - 1)).await;
        assert_eq!(ids(&last), numbered(&[1, 2]));
        let (put_off, heard) = (last[0].clone(), last[1].clone());
        keep!(bench.store, |tx| outbox::put_off(tx, &put_off, later(end), "no answer")).expect("a write");
        let one = receiver("shop");
        let given_up = keep!(bench.store, |tx| outbox::expire(tx, &one, later(end - 1), 10));
        assert_eq!(given_up.expect("a write"), 0);
        assert!(taken(&bench.store, "shop", later(end)).await.is_empty());
        let one = receiver("shop");
        let given_up = keep!(bench.store, |tx| outbox::expire(tx, &one, later(end), 10));
        assert_eq!(given_up.expect("a write"), 1, "the other one is on its way");
        keep!(bench.store, |tx| outbox::delivered(tx, &heard)).expect("a write");
        let mut connection = bench.store.read().await.expect("a connection");
        let tallies = outbox::tallies(&mut connection).await.expect("tallies");
        assert_eq!(tallies.len(), 1);
        assert_eq!((tallies[0].waiting, tallies[0].given_up, tallies[0].oldest), (0, 1, None));
        assert_eq!(tallies[0].fault.as_deref(), Some("no answer"));
        drop(connection);
        for (before, left) in [(later(end - 1), 1), (later(end), 0)] {
            keep!(bench.store, |tx| outbox::forget(tx, before, 10)).expect("a write");
            assert_eq!(bench.count("outbox").await, left);
        }
    }

    async fn a_message_that_only_a_newer_version_knows_is_kept_for_it(bench: Bench) {
        add(&bench.store, 1, "shop", 1).await;
        keep!(bench.store, |tx| async move {
            sqlx::query("UPDATE outbox SET kind = 'news', body = '{\"news\":{}}'").execute(tx).await
        })
        .expect("a write");
        let claimed = taken(&bench.store, "shop", NOW).await;
        assert_eq!((claimed[0].kind.as_str(), &claimed[0].message), ("news", &None));
    }
}
