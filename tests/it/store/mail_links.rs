//! Links that were mailed: how many there were, which of them hold, and that each
//! is used once.

use sluis::domain::account::LinkPurpose;
use sluis::domain::id::AccountId;
use sluis::store::StoreError;
use sluis::store::mail_links::{self, NewLink};
use sluis::store::mailings::{self, Mailing};

use super::bench::{Bench, NOW, all_at_once, keep, later, on_both_engines, uuid, winners};
use crate::harness::DAY;

const RECOVER: LinkPurpose = LinkPurpose::Recover;
const CONFIRM: LinkPurpose = LinkPurpose::Confirm;
/// Of which several hold at a time.
const UNDO: LinkPurpose = LinkPurpose::Undo;
const ADDRESS: [u8; 32] = [7; 32];

/// Mails a link with this number, that many seconds from the start.
async fn mail(bench: &Bench, account_id: AccountId, purpose: LinkPurpose, number: u8, at: i64) {
    let link = NewLink {
        account_id,
        hash: [number; 32],
        purpose,
        address_sealed: vec![number; 40],
        created_at: later(at),
        expires_at: later(at + 3_600),
    };
    let kept = keep!(bench.store, |tx| mail_links::keep(
        tx,
        &link,
        NOW.minus(DAY)
    ));
    assert!(kept.expect("a write"), "{number}");
}

async fn finds(bench: &Bench, account_id: AccountId, number: u8, at: i64) -> bool {
    let mut connection = bench.store.read().await.expect("a connection");
    let found = mail_links::find(&mut connection, account_id, [number; 32], later(at)).await;
    found.expect("a read").is_some()
}

async fn holding(bench: &Bench, account_id: AccountId, purpose: LinkPurpose, at: i64) -> Vec<u8> {
    let mut connection = bench.store.read().await.expect("a connection");
    let found = mail_links::holding(&mut connection, account_id, purpose, later(at)).await;
    let mut numbers = Vec::new();
    for (hash, address) in found.expect("a read") {
        assert_eq!(address, vec![hash[0]; 40]);
        numbers.push(hash[0]);
    }
    numbers.sort_unstable();
    numbers
}

fn id(number: u8) -> AccountId {
    AccountId::new(uuid(number))
}

on_both_engines! {
    async fn of_many_who_use_a_link_one_does(bench: Bench) {
        let owner = bench.account(1).await;
        let stranger = bench.account(2).await;
        mail(&bench, owner, RECOVER, 1, 0).await;
        for (whose, hash, purpose, at) in [
            (stranger, 1, RECOVER, 1),
            (owner, 2, RECOVER, 1),
            (owner, 1, CONFIRM, 1),
            // It holds until then, and not at that moment any more.
            (owner, 1, RECOVER, 3_600),
        ] {
            let spent = keep!(bench.store, |tx| mail_links::spend(tx, whose, [hash; 32], purpose, later(at)));
            assert!(!spent.expect("a write"), "{hash} at {at}");
        }
        assert!(finds(&bench, owner, 1, 3_599).await);
        assert!(!finds(&bench, owner, 1, 3_600).await);
        let store = bench.store.clone();
        let results = all_at_once(8, move |_| {
            let store = store.clone();
            async move {
                keep!(store, |tx| mail_links::spend(tx, owner, [1; 32], RECOVER, later(3_599)))
            }
        })
        .await;
        assert_eq!(winners(&results), 1);
        assert!(!finds(&bench, owner, 1, 1).await);
    }

    async fn links_are_counted_that_were_mailed_for_the_same_since_then(bench: Bench) {
        let (owner, other) = (bench.account(1).await, bench.account(2).await);
        for (whose, purpose, number, at) in [
            (owner, RECOVER, 1, 0),
            (owner, RECOVER, 2, 10),
            (owner, RECOVER, 3, 20),
            (owner, CONFIRM, 4, 20),
            (other, RECOVER, 5, 20),
        ] {
            mail(&bench, whose, purpose, number, at).await;
        }
        // Those that a newer one took the place of were mailed all the same, and
        // one that is mailed again does not count itself.
        for (since, but, count) in [(-1, 9, 3), (0, 9, 2), (10, 9, 1), (20, 9, 0), (0, 3, 1)] {
            let found = keep!(bench.store, |tx| {
                mail_links::recent(tx, owner, RECOVER, later(since), [but; 32])
            });
            assert_eq!(found.expect("a write"), count, "since {since}, but {but}");
        }
    }

    async fn of_letters_that_are_sent_at_once_none_misses_the_others(bench: Bench) {
        for number in 1..=8 {
            bench.account(number).await;
        }
        // Three in an hour to one mailbox, whoever asks for them.
        let store = bench.store.clone();
        let results = all_at_once(8, move |number| {
            let store = store.clone();
            let (account_id, hash) = (id(number + 1), [number + 1; 32]);
            let link = NewLink {
                account_id,
                hash,
                purpose: CONFIRM,
                address_sealed: Vec::new(),
                created_at: later(5),
                expires_at: later(3_600),
            };
            async move {
                keep!(store, |tx| async {
                    let mailing = Mailing { address_index: ADDRESS, purpose: CONFIRM, hash };
                    if mailings::recent(tx, &mailing, NOW).await? >= 3 {
                        return Ok::<_, StoreError>(false);
                    }
                    mailings::keep(tx, &mailing, later(5)).await?;
                    mail_links::keep(tx, &link, NOW.minus(DAY)).await
                })
            }
        })
        .await;
        assert_eq!(winners(&results), 3);
        assert_eq!(bench.count("mail_links").await, 3);
    }

    async fn what_was_mailed_since_a_link_goes_with_it_and_nothing_before(bench: Bench) {
        let (owner, other) = (bench.account(1).await, bench.account(2).await);
        for (whose, number, at) in [(owner, 1, 0), (owner, 2, 10), (owner, 3, 20), (other, 4, 30)] {
            mail(&bench, whose, UNDO, number, at).await;
        }
        assert_eq!(holding(&bench, owner, UNDO, 30).await, [1, 2, 3]);
        keep!(bench.store, |tx| mail_links::spend_later(tx, owner, [9; 32], UNDO, later(40)))
            .expect("a write");
        assert_eq!(holding(&bench, owner, UNDO, 40).await, [1, 2, 3], "there is no such link");
        keep!(bench.store, |tx| mail_links::spend_later(tx, owner, [2; 32], UNDO, later(40)))
            .expect("a write");
        assert_eq!(holding(&bench, owner, UNDO, 40).await, [1]);
        assert_eq!(holding(&bench, other, UNDO, 40).await, [4]);
        keep!(bench.store, |tx| mail_links::spend_all(tx, owner, CONFIRM, later(50))).expect("a write");
        assert_eq!(holding(&bench, owner, UNDO, 50).await, [1], "for something else");
        keep!(bench.store, |tx| mail_links::spend_all(tx, owner, UNDO, later(50))).expect("a write");
        assert!(holding(&bench, owner, UNDO, 50).await.is_empty());
        assert_eq!(holding(&bench, other, UNDO, 50).await, [4]);
    }

    async fn it_is_told_until_when_the_last_link_holds(bench: Bench) {
        let owner = bench.account(1).await;
        let until = async |purpose, at| {
            let mut connection = bench.store.read().await.expect("a connection");
            let until = mail_links::hold_until(&mut connection, owner, purpose, later(at)).await;
            until.expect("a read")
        };
        assert_eq!(until(UNDO, 0).await, None);
        mail(&bench, owner, UNDO, 2, 100).await;
        mail(&bench, owner, UNDO, 1, 0).await;
        assert_eq!(until(UNDO, 0).await, Some(later(3_700)));
        assert_eq!(until(CONFIRM, 0).await, None);
        assert_eq!(until(UNDO, 3_699).await, Some(later(3_700)));
        assert_eq!(until(UNDO, 3_700).await, None);
        let spent = keep!(bench.store, |tx| mail_links::spend(tx, owner, [2; 32], UNDO, later(200)));
        assert!(spent.expect("a write"));
        assert_eq!(until(UNDO, 200).await, Some(later(3_600)));
    }
}
