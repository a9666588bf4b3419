//! The demonstration's sites: registered as any business would be, and served.

use std::sync::Arc;

use serde_json::Value;
use tokio::net::TcpListener;
use url::Url;

use crate::app::App;
use crate::cli::Failure;
use crate::cli::client::NewRegistration;
use crate::domain::plan::Plan;
use crate::service::clients::add_business;
use crate::webshop::{self, ClientConfig, Site};

/// A site that is registered and has its listener.
pub(super) struct Running {
    pub(super) site: Site,
    /// Where browsers find it.
    pub(super) url: String,
    listener: TcpListener,
    config: ClientConfig,
}

/// Registers a site's business, client and plan.
pub(super) async fn register(
    app: &App,
    site: Site,
    listener: TcpListener,
    port: u16,
) -> Result<Running, Failure> {
    let broken = |why: String| Failure::new(format!("{} cannot be registered: {why}", site.name()));
    let url = format!("http://localhost:{port}");
    let business =
        serde_json::from_str(site.business_json()).map_err(|error| broken(error.to_string()))?;
    let business = add_business(app, business).await?;
    let document: Value = serde_json::from_str(&site.client_json(&url, &business.id.to_string()))
        .map_err(|error| broken(error.to_string()))?;
    let plan = Plan::parse(site.plan_json()).map_err(|problems| {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        broken(problems.join("; "))
    })?;
    let registration =
        NewRegistration::read(document).map_err(|problems| broken(problems.join("; ")))?;
    let added = registration.register(app, Some(plan)).await?;
    Ok(Running {
        site,
        config: ClientConfig {
            issuer: app.issuer().to_owned(),
            client_id: added.client.id.to_string(),
            client_secret: added.secret.map(|secret| secret.reveal().to_string()),
            own_url: Url::parse(&url).map_err(|error| broken(error.to_string()))?,
            now: now_of(app),
        },
        url,
        listener,
    })
}

/// The sites go by the provider's clock.
fn now_of(app: &App) -> webshop::Now {
    let app = app.clone();
    Arc::new(move || app.now().to_jiff())
}

impl Running {
    /// What it shows, in a word.
    pub(super) const fn kind(&self) -> &'static str {
        match self.site {
            Site::Shop => "shop",
            Site::Newspaper => "newspaper",
        }
    }

    /// Serves it until `stopped`.
    pub(super) async fn serve(
        self,
        stopped: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), Failure> {
        let name = self.site.name();
        webshop::serve(self.listener, self.site, self.config, stopped)
            .await
            .map_err(|error| Failure::new(format!("{name} stopped: {error}")))
    }
}
