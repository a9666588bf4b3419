//! Coming back: what somebody agrees to anew, the business need not delete.

use crate::domain::grant::Grant;
use crate::domain::time::Timestamp;
use crate::store::{Connection, StoreError, duties};

/// Takes out of what the business of a grant owes its owner all that the grant
/// covers, in the transaction in which it came to do so.
pub(in crate::service) async fn relieve(
    tx: &mut Connection,
    grant: &Grant,
    now: Timestamp,
) -> Result<(), StoreError> {
    let covered = grant.terms.all_claims();
    for duty in duties::owed(tx, grant.account_id, &grant.client_id).await? {
        if let Some(relieved) = duty.relieved_by(covered, now) {
            duties::relieve(tx, &relieved).await?;
        }
    }
    Ok(())
}
