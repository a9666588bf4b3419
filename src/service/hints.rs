//! ID tokens that clients send back, to say whom they mean: at `/authorize`
//! and `/logout`.

use serde::Deserialize;

use crate::app::App;
use crate::crypto::jwt::Typ;
use crate::domain::id::ClientId;
use crate::domain::subject::Subject;
use crate::domain::token::Sid;
use crate::service::Fault;

/// What an ID token of ours says of whom it was for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// To which client it was issued.
    pub client_id: ClientId,
    /// Who someone is to that client.
    pub subject: Subject,
    /// What the client knows the session as.
    pub sid: Option<Sid>,
}

/// What must be there. `exp` and `auth_time` are in every ID token, and in
/// nothing else that is signed by the same keys.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: ClientId,
    sub: Subject,
    sid: Option<Sid>,
    #[serde(rename = "exp")]
    _exp: i64,
    #[serde(rename = "auth_time")]
    _auth_time: i64,
}

/// Reads an ID token that we issued, also one that has expired (OpenID
/// Connect Core 1.0 §3.1.2.1, RP-Initiated Logout 1.0 §4); `None` when it is
/// not one.
pub async fn verify(app: &App, hint: &str) -> Result<Option<Hint>, Fault> {
    let keys = app.keys().await?;
    let claims = keys
        .public_keys()
        .verify(hint, Typ::IdToken)
        .and_then(|verified| verified.claims::<Claims>());
    Ok(claims
        .ok()
        .filter(|claims| claims.iss == app.issuer())
        .map(|claims| Hint {
            client_id: claims.aud,
            subject: claims.sub,
            sid: claims.sid,
        }))
}
