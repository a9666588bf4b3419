//! Clients that nobody vouches for: somebody does, or they are forgotten.

use std::time::Duration;

use crate::app::App;
use crate::domain::business::{Business, BusinessDocument, InvalidBusiness, Vetting};
use crate::domain::id::ClientId;
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::store::{Connection, StoreError, clients, vetting};

/// How long a client may be there without anybody agreeing with it: whoever
/// builds a site logs in at it within this time.
const UNUSED: Duration = Duration::from_hours(90 * 24);
/// So many are forgotten when one comes: faster than they come.
const AT_ONCE: u32 = 4;

/// Why nobody vouches for a client now.
#[derive(Debug, thiserror::Error)]
pub enum VouchError {
    /// What is said of its business is wrong.
    #[error(transparent)]
    Business(#[from] InvalidBusiness),
    /// There is no such client.
    #[error("there is no client {0}")]
    UnknownClient(ClientId),
    /// It needs nobody's word.
    #[error("somebody vouches for this client already")]
    Vouched,
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for VouchError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// Vouches for a client that registered itself: its business is the one that
/// the document tells of. The warning goes from its consent page, and it may
/// be granted what any other may, when it asks anew.
pub async fn vouch(
    app: &App,
    id: &ClientId,
    document: BusinessDocument,
) -> Result<Business, VouchError> {
    document.check()?;
    let (client_id, said) = (id.clone(), document.clone());
    let business_id = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                let client = clients::find(tx, &client_id)
                    .await?
                    .filter(|client| client.removed_at.is_none())
                    .ok_or(VouchError::UnknownClient(client_id))?;
                let id = client.business.id;
                if vetting::vouch(tx, id, &said).await? {
                    Ok(id)
                } else {
                    Err(VouchError::Vouched)
                }
            })
        })
        .await?;
    app.forget_client(id);
    Ok(Business {
        id: business_id,
        document,
        vetting: Vetting::Vetted,
    })
}

/// Forgets some of the clients that came by themselves and that nobody used.
/// To be called where such clients come, so that there are never more than
/// come in [`UNUSED`].
pub(super) async fn forget_unused(
    tx: &mut Connection,
    now: Timestamp,
) -> Result<Vec<ClientId>, StoreError> {
    vetting::forget_unused(tx, now.minus(UNUSED), AT_ONCE).await
}
