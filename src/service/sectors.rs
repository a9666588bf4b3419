//! The document that says which redirect URIs belong to a sector (OpenID
//! Connect Core 1.0 §8.1, Registration 1.0 §5). Fetched when a client is
//! registered or changed, and never again.

use crate::app::App;
use crate::domain::client::{ClientMetadata, InvalidClient};

/// No sector has more redirect URIs than fit into this.
const MAX_DOCUMENT: usize = 64 * 1024;

/// Checks that the sector which a client names knows all its redirect URIs:
/// else anybody could be called the same subject as the clients of a site that
/// is not theirs.
pub(in crate::service) async fn verify(
    app: &App,
    metadata: &ClientMetadata,
) -> Result<(), InvalidClient> {
    let Some(uri) = &metadata.sector_identifier_uri else {
        return Ok(());
    };
    let document = app
        .outbound()
        .get(uri.url(), "application/json", MAX_DOCUMENT)
        .await
        .map_err(|error| InvalidClient::SectorUnreachable(error.to_string()))?;
    let listed: Vec<String> =
        serde_json::from_slice(&document).map_err(|_| InvalidClient::SectorUnreadable)?;
    let unknown = metadata
        .redirect_uris
        .iter()
        .find(|own| !listed.iter().any(|listed| listed == own.as_str()));
    unknown.map_or(Ok(()), |own| {
        Err(InvalidClient::NotInSector(own.as_str().to_owned()))
    })
}
