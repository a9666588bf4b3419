//! Businesses that nobody vouches for: when somebody does, and when they and
//! their clients are forgotten.

use super::codec::{parsed, to_json};
use super::{Connection, StoreError, streams};
use crate::domain::business::BusinessDocument;
use crate::domain::id::{BusinessId, ClientId};
use crate::domain::time::Timestamp;

statements! {
    VOUCH = "UPDATE businesses SET document = $1, unvetted_since = NULL \
              WHERE id = $2 AND unvetted_since IS NOT NULL";
    /// Whom somebody vouches for has a logo.
    FETCH_LOGOS = "UPDATE clients SET logo_due_at = 0, logo_failures = 0 WHERE business_id = $1";
    /// With which nobody ever agreed, and which does nothing now.
    UNUSED = "SELECT c.id, c.business_id FROM businesses b \
              JOIN clients c ON c.business_id = b.id \
              WHERE b.unvetted_since IS NOT NULL AND b.unvetted_since <= $1 \
              AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.client_id = c.id) \
              AND NOT EXISTS (SELECT 1 FROM client_tokens t WHERE t.client_id = c.id) \
              AND NOT EXISTS (SELECT 1 FROM pushed_requests r WHERE r.client_id = c.id) \
              AND NOT EXISTS (SELECT 1 FROM device_codes d WHERE d.client_id = c.id) \
              ORDER BY b.unvetted_since LIMIT $2";
    FORGET_ASSERTIONS = "DELETE FROM client_assertions WHERE client_id = $1";
    FORGET_LOGOS = "DELETE FROM client_logos WHERE client_id = $1";
    FORGET_PLANS = "DELETE FROM plans WHERE client_id = $1";
    FORGET_CLIENT = "DELETE FROM clients WHERE id = $1";
    FORGET_BUSINESS = "DELETE FROM businesses WHERE id = $1 AND unvetted_since IS NOT NULL \
              AND NOT EXISTS (SELECT 1 FROM clients c WHERE c.business_id = businesses.id)";
}

/// Writes down that somebody vouches for a business, and who it is; says
/// whether nobody did before.
#[must_use = "somebody may have vouched for it before"]
pub async fn vouch(
    tx: &mut Connection,
    id: BusinessId,
    document: &BusinessDocument,
) -> Result<bool, StoreError> {
    let vouched = sqlx::query(VOUCH)
        .bind(to_json(document)?)
        .bind(id.to_string())
        .execute(&mut *tx)
        .await?;
    if vouched.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query(FETCH_LOGOS)
        .bind(id.to_string())
        .execute(tx)
        .await?;
    Ok(true)
}

/// Forgets clients that nobody vouches for, that came before a moment, and that
/// nobody ever agreed with: the oldest, at most so many. Says which.
pub async fn forget_unused(
    tx: &mut Connection,
    before: Timestamp,
    most: u32,
) -> Result<Vec<ClientId>, StoreError> {
    let rows = sqlx::query(UNUSED)
        .bind(before.as_micros())
        .bind(i64::from(most))
        .fetch_all(&mut *tx)
        .await?;
    let mut forgotten = Vec::with_capacity(rows.len());
    for row in rows {
        let id: ClientId = parsed(&row, "id")?;
        let business: BusinessId = parsed(&row, "business_id")?;
        streams::delete_of_client(&mut *tx, &id).await?;
        for (statement, key) in [
            (FORGET_ASSERTIONS, id.to_string()),
            (FORGET_LOGOS, id.to_string()),
            (FORGET_PLANS, id.to_string()),
            (FORGET_CLIENT, id.to_string()),
            (FORGET_BUSINESS, business.to_string()),
        ] {
            sqlx::query(statement).bind(key).execute(&mut *tx).await?;
        }
        forgotten.push(id);
    }
    Ok(forgotten)
}
