//! What is on the way at sign-out, handed from page to page by URL and
//! authenticated, so that nobody else can make one and nothing has to be
//! stored: what a business wants while the person is asked, and which sites
//! the browser visits once they said yes.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::domain::id::ClientId;
use crate::domain::time::Timestamp;
use crate::domain::token::Sid;
use crate::store::StoreError;
use crate::store::session_clients::ClientSession;

/// How long a person may think about it.
const LIFETIME: Duration = Duration::from_hours(1);
/// For how long the sites are visited again when the page is shown again.
const VISITS_LAST: Duration = Duration::from_mins(5);
/// How many sites a browser visits.
const MOST_VISITS: usize = 16;
/// A registered address and a state, or as many sites, and some more.
const MAX_LEN: usize = 12 * 1024;

/// A business's request to sign somebody out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoutRequest {
    /// Who asks.
    pub client_id: ClientId,
    /// Where the browser goes afterwards: registered by that client, with its
    /// `state`.
    pub leads_to: Option<String>,
    /// When it asked.
    pub asked_at: Timestamp,
}

impl LogoutRequest {
    /// The text for the URL and the form.
    #[must_use]
    pub fn to_text(&self, app: &App) -> String {
        to_text(app, "request", self)
    }

    /// Reads what [`Self::to_text`] wrote, unless it is too late.
    #[must_use]
    pub fn from_text(app: &App, text: &str) -> Option<Self> {
        from_text(app, "request", text)
            .filter(|request: &Self| app.now().since(request.asked_at) < LIFETIME)
    }
}

/// That somebody has signed out, and which sites their browser tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOut {
    /// Which clients, and what they know the session as.
    pub visits: Vec<(ClientId, Sid)>,
    /// Where the browser goes afterwards.
    pub leads_to: Option<String>,
    /// When they signed out.
    pub signed_out_at: Timestamp,
}

impl SignedOut {
    /// Reads what [`after_sign_out`] wrote, unless it is too late.
    #[must_use]
    pub fn from_text(app: &App, text: &str) -> Option<Self> {
        from_text(app, "signed-out", text)
            .filter(|done: &Self| app.now().since(done.signed_out_at) < VISITS_LAST)
    }
}

/// Where a browser goes when its session has ended: on to `leads_to`, but past
/// a page that tells the sites of that session by way of the browser, if any
/// of them asks for that (OpenID Connect Front-Channel Logout 1.0).
pub async fn after_sign_out(
    app: &App,
    ended: Vec<ClientSession>,
    leads_to: Option<String>,
) -> Result<String, StoreError> {
    let mut visits = Vec::new();
    for ClientSession { client_id, sid, .. } in ended {
        let client = app.client(&client_id).await?;
        let wants = client.is_some_and(|one| one.client.metadata.frontchannel_logout_uri.is_some());
        if wants && visits.len() < MOST_VISITS {
            visits.push((client_id, sid));
        }
    }
    if visits.is_empty() {
        return Ok(leads_to.unwrap_or_else(|| "/sign-out".to_owned()));
    }
    let done = SignedOut {
        visits,
        leads_to,
        signed_out_at: app.now(),
    };
    Ok(format!(
        "/sign-out?after={}",
        to_text(app, "signed-out", &done)
    ))
}

/// One kind of text is never taken for another.
fn message(kind: &str, json: &[u8]) -> Vec<u8> {
    [kind.as_bytes(), b".", json].concat()
}

fn to_text<T: Serialize>(app: &App, kind: &str, value: &T) -> String {
    let json = serde_json::to_vec(value).unwrap_or_default();
    let tag = app.master().logout().tag(&message(kind, &json));
    format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(json),
        URL_SAFE_NO_PAD.encode(tag)
    )
}

fn from_text<T: DeserializeOwned>(app: &App, kind: &str, text: &str) -> Option<T> {
    let (json, tag) = text.split_once('.').filter(|_| text.len() <= MAX_LEN)?;
    let json = URL_SAFE_NO_PAD.decode(json).ok()?;
    let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
    if !app.master().logout().verify(&message(kind, &json), &tag) {
        return None;
    }
    serde_json::from_slice(&json).ok()
}
