//! Codes, access tokens and refresh tokens.

use enumset::EnumSet;
use sluis::domain::authorization::CodeBinding;
use sluis::domain::id::{ClientId, FamilyId, GrantId};
use sluis::domain::scope::Scope;
use sluis::store::tokens::{self, NewToken};
use sluis::store::{Store, StoreError};

use super::bench::{
    Bench, NOW, SIGNED_IN, all_at_once, keep, later, on_both_engines, token, uuid, winners,
};

pub(super) fn scopes() -> EnumSet<Scope> {
    Scope::Openid | Scope::Email | Scope::OfflineAccess
}

pub(super) fn binding() -> CodeBinding {
    CodeBinding {
        client_id: "bakkerij".parse::<ClientId>().expect("an id"),
        redirect_uri: "https://bakkerij.example/back".to_owned(),
        scopes: scopes(),
        nonce: Some("n'once".to_owned()),
        code_challenge: None,
        dpop_jkt: None,
        details: None,
        sid: None,
        authentication: SIGNED_IN,
    }
}

async fn refresh_token(store: &Store, token: NewToken) -> Result<(), StoreError> {
    keep!(store, |tx| tokens::insert_refresh(
        tx,
        &token,
        scopes(),
        SIGNED_IN,
        NOW
    ))
}

/// Rotates one token into another, as a service does: both or neither.
async fn rotate(store: &Store, id: GrantId, old: u8, new: u8) -> Result<bool, StoreError> {
    let successor = token(id, new);
    store
        .write(move |tx| {
            Box::pin(async move {
                let won = tokens::rotate(tx, id, [old; 32], [new; 32], later(1)).await?;
                if won {
                    tokens::insert_refresh(tx, &successor, scopes(), SIGNED_IN, later(1)).await?;
                }
                Ok(won)
            })
        })
        .await
}

on_both_engines! {
    async fn of_many_who_redeem_a_code_one_gets_it(bench: Bench) {
        let row = bench.grant().await;
        let id = row.grant.id;
        keep!(bench.store, |tx| tokens::insert_code(tx, &token(id, 1), &binding(), NOW))
            .expect("a code");
        let mut connection = bench.store.read().await.expect("a connection");
        let code = tokens::code(&mut connection, id, [1; 32]).await.expect("a read");
        let code = code.expect("it is there");
        assert_eq!(code.grant.grant, row.grant);
        assert_eq!(code.family_id, FamilyId::new(uuid(200)));
        assert_eq!(code.binding, binding());
        assert_eq!(code.grant_key_wrapped, [1; 60]);
        assert_eq!((code.expires_at, code.redeemed_at), (later(60), None));

        let store = bench.store.clone();
        let results = all_at_once(24, move |number| {
            let store = store.clone();
            let at = later(number.into());
            async move { keep!(store, |tx| tokens::redeem_code(tx, id, [1; 32], at)) }
        })
        .await;
        assert_eq!(winners(&results), 1);
        let winner = results.iter().position(|result| matches!(result, Ok(true)));
        let code = tokens::code(&mut connection, id, [1; 32]).await.expect("a read");
        let at = later(i64::try_from(winner.expect("one won")).expect("few"));
        assert_eq!(code.expect("it stays, so that its replay is seen").redeemed_at, Some(at));
    }

    async fn a_code_of_another_grant_is_unknown(bench: Bench) {
        let id = bench.grant().await.grant.id;
        keep!(bench.store, |tx| tokens::insert_code(tx, &token(id, 1), &binding(), NOW))
            .expect("a code");
        let other = GrantId::new(uuid(77));
        let mut connection = bench.store.read().await.expect("a connection");
        assert!(tokens::code(&mut connection, other, [1; 32]).await.expect("a read").is_none());
        assert!(tokens::code(&mut connection, id, [2; 32]).await.expect("a read").is_none());
        let redeemed = keep!(bench.store, |tx| tokens::redeem_code(tx, other, [1; 32], NOW));
        assert!(!redeemed.expect("a write"));
    }

    async fn expired_tokens_go_when_the_next_comes(bench: Bench) {
        let id = bench.grant().await.grant.id;
        keep!(bench.store, |tx| tokens::insert_code(tx, &token(id, 1), &binding(), NOW))
            .expect("a code");
        keep!(bench.store, |tx| tokens::insert_access(tx, &token(id, 1), scopes(), NOW))
            .expect("an access token");
        refresh_token(&bench.store, token(id, 1)).await.expect("a refresh token");
        // Of their last second they are still there; a second later they are not.
        for (number, at, left) in [(2, later(59), 2), (3, later(60), 2)] {
            let code = keep!(bench.store, |tx| tokens::insert_code(tx, &token(id, number), &binding(), at));
            code.expect("a code");
            let mut fresh = token(id, number);
            fresh.expires_at = later(120);
            let access = fresh.clone();
            keep!(bench.store, |tx| tokens::insert_access(tx, &access, scopes(), at))
                .expect("an access token");
            keep!(bench.store, |tx| {
                tokens::insert_refresh(tx, &fresh, scopes(), SIGNED_IN, at)
            })
            .expect("a refresh token");
            assert_eq!(bench.count("access_tokens").await, left);
            assert_eq!(bench.count("refresh_tokens").await, left);
        }
        assert_eq!(bench.count("codes").await, 1, "both earlier ones had their time");
    }

    async fn an_access_token_comes_with_its_grant(bench: Bench) {
        let row = bench.grant().await;
        let id = row.grant.id;
        keep!(bench.store, |tx| tokens::insert_access(tx, &token(id, 1), scopes(), NOW))
            .expect("a token");
        let mut connection = bench.store.read().await.expect("a connection");
        let found = tokens::access(&mut connection, id, [1; 32]).await.expect("a read");
        let found = found.expect("it is there");
        assert_eq!(found.grant.grant, row.grant);
        assert_eq!(found.grant.released_sealed, row.released_sealed);
        assert_eq!(found.scopes, scopes());
        assert_eq!(found.grant_key_wrapped, [1; 60]);
        assert_eq!(found.expires_at, later(60));
        assert!(tokens::access(&mut connection, id, [2; 32]).await.expect("a read").is_none());
    }

    async fn of_many_who_rotate_a_token_one_does(bench: Bench) {
        let id = bench.grant().await.grant.id;
        refresh_token(&bench.store, token(id, 0)).await.expect("a token");
        let store = bench.store.clone();
        let results = all_at_once(24, move |number| {
            let store = store.clone();
            async move { rotate(&store, id, 0, number + 1).await }
        })
        .await;
        assert_eq!(winners(&results), 1);
        assert_eq!(bench.count("refresh_tokens").await, 2, "losers left nothing");
    }

    async fn a_rotated_token_knows_whether_its_successor_was_used(bench: Bench) {
        let id = bench.grant().await.grant.id;
        refresh_token(&bench.store, token(id, 1)).await.expect("a token");
        let find = async |number| {
            let mut connection = bench.store.read().await.expect("a connection");
            tokens::refresh(&mut connection, id, [number; 32]).await.expect("a read")
        };
        let first = find(1).await.expect("it is there");
        assert_eq!((first.rotated_at, first.successor_unused), (None, false));
        assert_eq!((first.scopes, first.authentication), (scopes(), SIGNED_IN));
        assert_eq!(first.family_id, FamilyId::new(uuid(200)));
        assert_eq!((first.grant_key_wrapped.len(), first.expires_at), (60, later(60)));

        assert!(rotate(&bench.store, id, 1, 2).await.expect("a write"));
        let first = find(1).await.expect("it stays, so that its reuse is seen");
        assert_eq!((first.rotated_at, first.successor_unused), (Some(later(1)), true));
        assert!(!rotate(&bench.store, id, 1, 3).await.expect("a write"), "only once");

        let hold = async |number: u8| {
            keep!(bench.store, |tx| tokens::hold_unused(tx, id, [number; 32])).expect("a write")
        };
        assert_eq!((hold(1).await, hold(2).await, hold(9).await), (false, true, false));
        assert!(rotate(&bench.store, id, 2, 4).await.expect("a write"));
        assert!(!find(1).await.expect("it stays").successor_unused);
        assert!(find(3).await.is_none());
    }

    async fn a_family_ends_and_another_does_not(bench: Bench) {
        let id = bench.grant().await.grant.id;
        let mut stranger = token(id, 5);
        stranger.family_id = FamilyId::new(uuid(201));
        for token in [token(id, 1), stranger] {
            refresh_token(&bench.store, token.clone()).await.expect("a token");
            keep!(bench.store, |tx| tokens::insert_access(tx, &token, scopes(), NOW))
                .expect("a token");
        }
        assert!(rotate(&bench.store, id, 1, 2).await.expect("a write"));
        keep!(bench.store, |tx| tokens::end_family(tx, id, FamilyId::new(uuid(200))))
            .expect("a write");
        let mut connection = bench.store.read().await.expect("a connection");
        for (number, there) in [(1, false), (2, false), (5, true)] {
            let refresh = tokens::refresh(&mut connection, id, [number; 32]).await;
            assert_eq!(refresh.expect("a read").is_some(), there, "refresh token {number}");
            let access = tokens::access(&mut connection, id, [number; 32]).await;
            assert_eq!(access.expect("a read").is_some(), there, "access token {number}");
        }
    }

    async fn no_successor_escapes_the_end_of_its_family(bench: Bench) {
        let id = bench.grant().await.grant.id;
        refresh_token(&bench.store, token(id, 0)).await.expect("a token");
        let family = FamilyId::new(uuid(200));
        let rotating = tokio::spawn({
            let store = bench.store.clone();
            async move {
                let mut number = 0;
                while number < 100 && rotate(&store, id, number, number + 1).await.expect("a write") {
                    number += 1;
                }
            }
        });
        while bench.count("refresh_tokens").await < 10 {
            tokio::task::yield_now().await;
        }
        keep!(bench.store, |tx| tokens::end_family(tx, id, family)).expect("a write");
        rotating.await.expect("no panic");
        assert_eq!(bench.count("refresh_tokens").await, 0);
    }

    async fn everything_of_a_grant_ends_with_it(bench: Bench) {
        let id = bench.grant().await.grant.id;
        keep!(bench.store, |tx| tokens::insert_code(tx, &token(id, 1), &binding(), NOW))
            .expect("a code");
        keep!(bench.store, |tx| tokens::insert_access(tx, &token(id, 1), scopes(), NOW))
            .expect("an access token");
        refresh_token(&bench.store, token(id, 1)).await.expect("a refresh token");
        keep!(bench.store, |tx| tokens::end_all(tx, id)).expect("a write");
        for table in ["codes", "access_tokens", "refresh_tokens"] {
            assert_eq!(bench.count(table).await, 0, "{table}");
        }
    }
}
