//! What a business wants at sign-out, while the person is asked: handed from
//! `/logout` to the page by its URL, and authenticated, so that nobody else
//! can make one and nothing has to be stored.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::domain::id::ClientId;
use crate::domain::time::Timestamp;

/// How long a person may think about it.
const LIFETIME: std::time::Duration = std::time::Duration::from_hours(1);
/// A registered address and a state, and some more.
const MAX_LEN: usize = 8 * 1024;

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
        let json = serde_json::to_vec(self).unwrap_or_default();
        let tag = app.master().logout().tag(&json);
        format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(json),
            URL_SAFE_NO_PAD.encode(tag)
        )
    }

    /// Reads what [`Self::to_text`] wrote, unless it is too late.
    #[must_use]
    pub fn from_text(app: &App, text: &str) -> Option<Self> {
        let (json, tag) = text.split_once('.').filter(|_| text.len() <= MAX_LEN)?;
        let json = URL_SAFE_NO_PAD.decode(json).ok()?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        if !app.master().logout().verify(&json, &tag) {
            return None;
        }
        let request: Self = serde_json::from_slice(&json).ok()?;
        (app.now().since(request.asked_at) < LIFETIME).then_some(request)
    }
}
