//! Logos of clients: fetched here and served from here, so that no business
//! learns from a picture who is looking at its question.
//!
//! Nobody waits for a logo. It is fetched by [`jobs`](crate::jobs), and until it
//! is there a letter stands in its place.

use std::time::Duration;

use crate::app::App;
use crate::domain::business::Vetting;
use crate::domain::client::WebUri;
use crate::domain::id::ClientId;
use crate::domain::language::Language;
use crate::domain::logo::{MAX_BYTES, NotALogo, Picture, PictureType};
use crate::domain::message::delay_after;
use crate::domain::receipt::Hash;
use crate::domain::time::Timestamp;
use crate::outbound::FetchError;
use crate::service::Fault;
use crate::store::clients::RegisteredClient;
use crate::store::logos::{self, DueClient, Settlement};
use crate::store::{StoreError, clients};

/// How long a logo is shown before it is fetched again, and how long something
/// that is no logo is left alone.
const FRESH: Duration = Duration::from_hours(24);
/// How long it is shown while it cannot be fetched.
const KEPT: Duration = Duration::from_hours(7 * 24);
/// For how long a client is this node's: longer than its logos can take.
const LEASE: Duration = Duration::from_mins(1);

/// Some clients whose logos are to be fetched.
pub async fn due(app: &App, most: u32) -> Result<Vec<DueClient>, StoreError> {
    let mut connection = app.store().read().await?;
    logos::due(&mut connection, app.now(), most).await
}

/// Fetches the logos of a client, unless another node does.
pub async fn fetch(app: &App, due: &DueClient) -> Result<(), Fault> {
    let now = app.now();
    let (taken, until) = (due.clone(), now.plus(LEASE));
    let claimed = app
        .store()
        .write_statement(move |tx| Box::pin(async move { logos::claim(tx, &taken, until).await }))
        .await?;
    if !claimed {
        return Ok(());
    }
    let mut connection = app.store().read().await?;
    let client = clients::find(&mut connection, &due.id).await?;
    drop(connection);
    let mut fetched = Vec::new();
    for uri in client.as_ref().map(shown).unwrap_or_default() {
        let found = fetch_one(app, uri).await;
        if let Err(why) = &found {
            tracing::info!(client = %due.id, %why, "a logo cannot be fetched");
        }
        fetched.push((uri.as_str().to_owned(), found));
    }
    settle(app, due, until, fetched).await?;
    app.forget_client(&due.id);
    Ok(())
}

/// The addresses of the logos that are shown of a client. Nothing is fetched
/// because of somebody whom nobody vouches for: anybody is.
fn shown(client: &RegisteredClient) -> Vec<&WebUri> {
    match (client.business.vetting, client.removed_at) {
        (Vetting::Vetted, None) => client.client.metadata.logos(),
        _ => Vec::new(),
    }
}

async fn fetch_one(app: &App, uri: &WebUri) -> Result<Picture, NoLogo> {
    let accept = PictureType::ACCEPT;
    let bytes = app.outbound().get(uri.url(), accept, MAX_BYTES).await?;
    Ok(Picture::read(bytes)?)
}

/// Why there is no logo at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum NoLogo {
    /// Nothing came.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// Something else came.
    #[error(transparent)]
    Other(#[from] NotALogo),
}

impl NoLogo {
    /// Whether it may be there in a moment.
    fn is_passing(self) -> bool {
        matches!(
            self,
            Self::Fetch(FetchError::Unreachable | FetchError::Busy | FetchError::Status(500..))
        )
    }
}

/// Keeps what was fetched, unless the client was changed meanwhile: then it is
/// due again.
async fn settle(
    app: &App,
    due: &DueClient,
    until: Timestamp,
    fetched: Vec<(String, Result<Picture, NoLogo>)>,
) -> Result<(), StoreError> {
    let (id, now) = (due.id.clone(), app.now());
    let settlement = settlement(due, now, &fetched);
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                if !logos::settle(tx, &id, until, &settlement).await? {
                    return Ok(());
                }
                for before in logos::of_client(tx, &id).await? {
                    if fetched.iter().all(|(uri, _)| *uri != before.uri) {
                        logos::forget(tx, &id, &before.uri).await?;
                    }
                }
                for (uri, found) in fetched {
                    match found {
                        Ok(picture) => logos::keep(tx, &id, &uri, picture, now).await?,
                        Err(_) => logos::forget_old(tx, &id, &uri, now.minus(KEPT)).await?,
                    }
                }
                Ok(())
            })
        })
        .await
}

fn settlement(
    due: &DueClient,
    now: Timestamp,
    fetched: &[(String, Result<Picture, NoLogo>)],
) -> Settlement {
    let is_passing =
        |found: &Result<Picture, NoLogo>| found.as_ref().is_err_and(|why| why.is_passing());
    if fetched.iter().any(|(_, found)| is_passing(found)) {
        let failures = due.failures.saturating_add(1);
        return Settlement {
            due_at: Some(now.plus(delay_after(failures))),
            failures,
        };
    }
    Settlement {
        due_at: (!fetched.is_empty()).then(|| now.plus(FRESH)),
        failures: 0,
    }
}

/// A picture that is shown of a client, by its hash.
pub async fn picture(app: &App, id: &ClientId, hash: &Hash) -> Result<Option<Picture>, StoreError> {
    let Some(client) = app.client(id).await? else {
        return Ok(None);
    };
    let mut languages = Language::ALL.into_iter();
    if !languages.any(|language| client.logo(language) == Some(hash)) {
        return Ok(None);
    }
    let mut connection = app.store().read().await?;
    logos::picture(&mut connection, id, hash).await
}
