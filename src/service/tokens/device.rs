//! A device that asks whether somebody answered (RFC 8628 §3.4).

use super::redeem::{Bearer, Redemption, redeem_for};
use super::{TokenError, Tokens};
use crate::app::App;
use crate::crypto::secret::{DeviceCode, Opaque};
use crate::domain::device::POLL_INTERVAL;
use crate::store::clients::RegisteredClient;
use crate::store::devices;

/// The tokens of a device, once somebody said yes; until then, what it has to
/// be told (§3.5).
///
/// One SELECT and one UPDATE while it waits; then what a code takes.
pub async fn redeem_device(
    app: &App,
    client: &RegisteredClient,
    redemption: &Redemption<'_>,
) -> Result<Tokens, TokenError> {
    let code = Opaque::<DeviceCode>::parse(redemption.code).ok_or(TokenError::Unknown)?;
    let mut connection = app.store().read().await?;
    let row = devices::by_hash(&mut connection, code.hash()).await?;
    drop(connection);
    let row = row
        .filter(|row| row.client_id == client.client.id)
        .ok_or(TokenError::Unknown)?;
    let now = app.now();
    match (row.answered_at, row.grant_id) {
        (Some(_), Some(grant_id)) => {
            let bearer = Bearer::Device(&code, grant_id);
            return redeem_for(app, client, &bearer, redemption).await;
        }
        (Some(_), None) => return Err(TokenError::Denied),
        (None, _) => {}
    }
    if row.expires_at <= now {
        return Err(TokenError::Expired);
    }
    // Clocks of nodes differ, and so does the time that a request takes: a
    // device that waits as long as it was told is never too soon.
    let waited = row.polled_at.map(|at| now.since(at));
    let too_soon = waited.is_some_and(|waited| waited + CLOCK_TOLERANCE < row.interval);
    let interval = if too_soon {
        row.interval + POLL_INTERVAL
    } else {
        row.interval
    };
    let hash = code.hash();
    app.store()
        .write_statement(move |tx| {
            Box::pin(async move { devices::poll(tx, hash, interval, now).await })
        })
        .await
        .map_err(|error: crate::store::StoreError| error)?;
    Err(if too_soon {
        TokenError::SlowDown
    } else {
        TokenError::Pending
    })
}

const CLOCK_TOLERANCE: std::time::Duration = std::time::Duration::from_secs(1);
