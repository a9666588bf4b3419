//! Proofs of possession that were shown.

use sluis::store::proofs;

use super::bench::{Bench, NOW, all_at_once, keep, later, on_both_engines, winners};

on_both_engines! {
    async fn of_many_who_show_a_proof_one_is_first(bench: Bench) {
        let store = bench.store.clone();
        let results = all_at_once(24, move |_| {
            let store = store.clone();
            async move { keep!(store, |tx| proofs::take(tx, [200; 32], later(60), NOW)) }
        })
        .await;
        assert_eq!(winners(&results), 1);
        let other = keep!(bench.store, |tx| proofs::take(tx, [201; 32], later(60), NOW));
        assert!(other.expect("a write"), "another one");
    }

    async fn proofs_that_nobody_would_accept_are_cleared_up(bench: Bench) {
        for number in 100..110 {
            let at = later(i64::from(number) - 100);
            let taken = keep!(bench.store, |tx| proofs::take(tx, [number; 32], at, NOW));
            assert!(taken.expect("a write"));
        }
        assert_eq!(bench.count("dpop_proofs").await, 10);
        // One of those whose turn it is, since its hash begins with little.
        let taken = keep!(bench.store, |tx| proofs::take(tx, [3; 32], later(60), later(4)));
        assert!(taken.expect("a write"));
        assert_eq!(bench.count("dpop_proofs").await, 6, "five were left, and itself");
    }
}
