//! Wrong passwords: by what they are counted, and who is told.

use std::time::Duration;

use super::FREE_FAILURES;
use crate::app::App;
use crate::crypto::secret::{KnownBrowser, Opaque};
use crate::domain::attribute::Email;
use crate::domain::id::AccountId;
use crate::service::letters;
use crate::store::{Connection, StoreError, accounts, known_browsers, outbox};

/// After this, failures are forgotten.
const FAILURES_LAST: Duration = Duration::from_hours(24);

/// What failures are counted by: the address; but in a browser that its account
/// knows, that browser. So nobody who guesses elsewhere slows its owner down.
///
/// An address that nobody has costs the same statement.
pub(super) async fn counted_by(
    connection: &mut Connection,
    index: [u8; 32],
    account_id: Option<AccountId>,
    known: &Opaque<KnownBrowser>,
) -> Result<[u8; 32], StoreError> {
    let account_id = account_id.unwrap_or_else(|| AccountId::new(uuid::Uuid::nil()));
    let tag = known.hash_for(account_id.as_uuid());
    let has_met = known_browsers::knows(connection, account_id, tag).await?;
    Ok(if has_met { tag } else { index })
}

/// Counts a failure. When the first delay is over and it was wrong again, whoever
/// has the address is told, if anybody has it.
pub(super) async fn record(
    app: &App,
    counted_by: [u8; 32],
    email: &Email,
    before: Option<u32>,
) -> Result<(), StoreError> {
    let now = app.now();
    let forget_before = now.minus(FAILURES_LAST);
    let guessed = (before == Some(FREE_FAILURES)).then(|| letters::guessed(app, email));
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                if let Some(letter) = &guessed {
                    outbox::insert(tx, letter).await?;
                }
                accounts::record_failure(tx, counted_by, now, forget_before).await
            })
        })
        .await
}
