//! How a business can be reached: what its client registered, and what its
//! stream tells it of the person.

use enumset::EnumSet;

use crate::app::App;
use crate::domain::reach::Reach;
use crate::domain::subject::Subject;
use crate::service::Fault;
use crate::store::clients::RegisteredClient;
use crate::store::streams;

/// The ways to a client about somebody. One SELECT.
pub async fn of(app: &App, client: &RegisteredClient, subject: &Subject) -> Result<Reach, Fault> {
    if client.removed_at.is_some() {
        return Ok(Reach::default());
    }
    let mut connection = app.store().read().await?;
    let stream = streams::listening(&mut connection, &client.client.id, subject).await?;
    let hears = stream.map_or(EnumSet::empty(), |stream| stream.heard());
    Ok(Reach::of(&client.client.metadata, hears))
}
