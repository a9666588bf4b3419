//! Fetches the logos of clients: when they were registered or changed, and
//! again every day.

use futures_util::{StreamExt as _, stream};
use tokio::sync::watch;

use crate::app::App;
use crate::service::{Fault, logos};

/// How many clients are looked up at a time.
const AT_A_TIME: u32 = 32;
/// How many of them are asked at once: few, so that slow ones leave room for what
/// people wait for.
const AT_ONCE: usize = 4;

/// Does all that is due.
pub async fn run_once(app: &App) -> Result<(), Fault> {
    let (_running, stopping) = watch::channel(false);
    run(app, &stopping).await
}

/// [`run_once`], that leaves the rest for later when it is told to stop.
pub async fn run(app: &App, stopping: &watch::Receiver<bool>) -> Result<(), Fault> {
    loop {
        let due = logos::due(app, AT_A_TIME).await?;
        if due.is_empty() || *stopping.borrow() {
            return Ok(());
        }
        let mut fetches = stream::iter(due)
            .map(|client| {
                let (app, is_stopping) = (app.clone(), *stopping.borrow());
                async move {
                    let fetched = if is_stopping {
                        Ok(())
                    } else {
                        logos::fetch(&app, &client).await
                    };
                    (client.id, fetched)
                }
            })
            .buffer_unordered(AT_ONCE);
        while let Some((client, fetched)) = fetches.next().await {
            match fetched {
                Ok(()) => {}
                Err(Fault::Store(error)) if error.is_of_the_database() => {
                    return Err(error.into());
                }
                // What is wrong with one client holds up none of the others.
                Err(error) => {
                    tracing::error!(%client, %error, "the logos of a client cannot be looked after");
                }
            }
        }
    }
}
