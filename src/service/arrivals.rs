//! Accounts that come from another provider, over OpenID Connect: this provider
//! is the client of the other one. It registers itself there, sends its owner
//! over with what only they may bring back, and fetches the document once.

mod fetching;

use std::net::IpAddr;
use std::sync::LazyLock;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::{Url, form_urlencoded};

use crate::app::App;
use crate::config::Issuer;
use crate::crypto::dpop::key::ProvingKey;
use crate::crypto::seal::Sealed;
use crate::crypto::secret::{Browser, Opaque};
use crate::crypto::signing::CannotSign;
use crate::crypto::vault;
use crate::domain::id::{ImportId, TransferId};
use crate::domain::transfer::{ACCOUNT_TRANSFER, JOURNEY_LIFETIME, details};
use crate::outbound::{Answer, FORM, FetchError, MOST_LARGE, Post};
use crate::service::Fault;
use crate::service::imports::{self, ImportError};
use crate::service::pace::Pace;
use crate::service::providers::{self, Endpoints};
use crate::service::sessions::SignedIn;
use crate::service::turns::Turns;
use crate::store::StoreError;
use crate::store::arrivals::{self, NewArrival};
use fetching::bring;

/// Where the other provider sends people back to.
pub const BACK: &str = "/account/data/transfer/back";
/// How long the other provider has to hand everything over, with all that is asked
/// of it for that. A connection on which nothing moves for longer ends.
const PATIENCE: Duration = Duration::from_secs(90);
/// How long somebody waits who comes back with an answer. It is good for a minute.
const PATIENCE_BEFORE: Duration = Duration::from_secs(30);
/// How many are fetched at a time: whoever has their turn finds room for what they
/// fetch, which they could not come back for.
static TURNS: LazyLock<Turns> =
    LazyLock::new(|| Turns::new(MOST_LARGE).with_patience(PATIENCE_BEFORE));
/// How many begin at a time. Each asks a server that somebody named, which may be slow.
static BEGINNINGS: LazyLock<Turns> = LazyLock::new(|| Turns::new(8));
/// What a provider answers at which it is the turn of others.
const BUSY: u16 = 503;
/// Longer than any answer of the endpoints here.
const MAX_ANSWER: usize = 64 * 1024;

/// Why an account does not come along.
#[derive(Debug, thiserror::Error)]
pub enum ArrivalError {
    /// The address is none of a provider, or this one's.
    #[error("this is not the address of another provider")]
    NotAProvider,
    /// There is no provider that can do this.
    #[error("the other provider cannot be reached, or knows no transfer: {0}")]
    Unreachable(FetchError),
    /// It does not let other providers register themselves.
    #[error("the other provider does not let this one register")]
    Closed,
    /// It refuses what it is asked.
    #[error("the other provider refuses")]
    Refused,
    /// Whoever answered is not who was asked, or nobody was asked (RFC 9207).
    #[error("this answer is none to what was asked here")]
    Stray,
    /// Its owner said no there.
    #[error("its owner said no")]
    Denied,
    /// What came cannot be taken in.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl ArrivalError {
    /// Whether somebody else was in the way, here or there.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        matches!(
            self,
            Self::Unreachable(FetchError::Busy | FetchError::Status(BUSY))
                | Self::Import(ImportError::Fault(Fault::Crowded))
                | Self::Fault(Fault::Crowded)
        )
    }
}

impl From<StoreError> for ArrivalError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

impl From<CannotSign> for ArrivalError {
    fn from(error: CannotSign) -> Self {
        Self::Fault(error.into())
    }
}

/// What the answer of the other provider has to fit.
#[derive(Serialize, Deserialize)]
struct Journey {
    issuer: String,
    client_id: String,
    verifier: String,
    /// The key that the token will be bound to, as base64url.
    key: String,
}

/// Where its owner goes to now.
#[derive(Debug)]
pub struct Onward {
    /// The other provider.
    pub issuer: Issuer,
    /// Its page.
    pub url: Url,
}

/// Begins a transfer from the provider at an address.
pub async fn begin(
    app: &App,
    signed_in: &SignedIn,
    (browser, network): (&Opaque<Browser>, Option<IpAddr>),
    address: &str,
) -> Result<Onward, ArrivalError> {
    let issuer = provider_at(address).ok_or(ArrivalError::NotAProvider)?;
    if issuer.as_str() == app.issuer() {
        return Err(ArrivalError::NotAProvider);
    }
    let _turn = BEGINNINGS.wait(signed_in.account.id, network).await?;
    let endpoints = providers::endpoints(app, &issuer)
        .await
        .map_err(ArrivalError::Unreachable)?;
    let mut connection = app.store().read().await?;
    let known = arrivals::own_client(&mut connection, issuer.as_str()).await?;
    drop(connection);
    let is_known = known.is_some();
    let mut client_id = match known {
        Some(client_id) => client_id,
        None => register(app, &issuer, &endpoints).await?,
    };
    let now = app.now();
    let key = ProvingKey::generate()?;
    let text = |bytes: [u8; 32]| URL_SAFE_NO_PAD.encode(bytes);
    let (verifier, state) = (text(app.random().bytes()), text(app.random().bytes()));
    let secrets = (verifier.as_str(), state.as_str());
    let reference = match push(app, &endpoints, &client_id, secrets, &key).await {
        // It has forgotten this one since.
        Err(ArrivalError::Refused) if is_known => {
            client_id = register(app, &issuer, &endpoints).await?;
            push(app, &endpoints, &client_id, secrets, &key).await?
        }
        reference => reference?,
    };
    let journey = Journey {
        issuer: issuer.as_str().to_owned(),
        client_id: client_id.clone(),
        verifier,
        key: URL_SAFE_NO_PAD.encode(key.to_bytes()?.as_slice()),
    };
    let id = TransferId::new(app.random().uuid(now));
    let (account_id, vault_key) = (signed_in.account.id, &signed_in.vault_key);
    let bytes = serde_json::to_vec(&journey)
        .map_err(|_| Fault::Inconsistent("a journey cannot be written"))?;
    let sealed = vault::seal_journey(vault_key, account_id, id, &bytes, app.random());
    let new = NewArrival {
        account_id,
        id,
        state_hash: hash_of(&state),
        browser_hash: browser.hash(),
        created_at: now,
        journey_sealed: sealed.into_bytes(),
    };
    app.store()
        .write(move |tx| Box::pin(async move { arrivals::insert(tx, &new).await }))
        .await
        .map_err(|error: StoreError| Fault::from(error))?;
    let mut url = endpoints.authorization.clone();
    url.query_pairs_mut()
        .clear()
        .append_pair("client_id", &client_id)
        .append_pair("request_uri", &reference);
    Ok(Onward { issuer, url })
}

/// What people type: with or without the scheme, and with whatever they were
/// looking at behind it.
fn provider_at(address: &str) -> Option<Issuer> {
    let address = address.trim();
    let with_scheme = if address.contains("://") {
        address.to_owned()
    } else {
        format!("https://{address}")
    };
    let url = Url::parse(&with_scheme).ok()?;
    let origin = url.origin();
    origin
        .is_tuple()
        .then(|| origin.ascii_serialization())?
        .parse()
        .ok()
}

fn hash_of(state: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, state.as_bytes());
    hash.copy_from_slice(digest.as_ref());
    hash
}

/// Registers this provider at another (RFC 7591), and keeps what it is called
/// there.
async fn register(
    app: &App,
    issuer: &Issuer,
    endpoints: &Endpoints,
) -> Result<String, ArrivalError> {
    #[derive(Deserialize)]
    struct Registered {
        client_id: String,
    }
    let endpoint = endpoints
        .registration
        .as_ref()
        .ok_or(ArrivalError::Closed)?;
    let own = &app.config().issuer;
    let metadata = json!({
        "client_name": own.host(),
        "client_uri": own.as_str(),
        "redirect_uris": [own.at(BACK)],
        "grant_types": ["authorization_code"],
        "token_endpoint_auth_method": "none",
        "authorization_details_types": [ACCOUNT_TRANSFER],
    });
    let answer = ask(
        app,
        endpoint,
        "application/json",
        metadata.to_string(),
        None,
    )
    .await?;
    if answer.status != 201 {
        tracing::info!(issuer = %issuer, status = answer.status, "another provider does not register this one");
        return Err(ArrivalError::Closed);
    }
    let registered: Registered =
        serde_json::from_slice(&answer.body).map_err(|_| ArrivalError::Refused)?;
    let (name, client_id, now) = (
        issuer.as_str().to_owned(),
        registered.client_id.clone(),
        app.now(),
    );
    app.store()
        .write_statement(move |tx| {
            Box::pin(async move { arrivals::set_own_client(tx, &name, &client_id, now).await })
        })
        .await
        .map_err(|error: StoreError| Fault::from(error))?;
    Ok(registered.client_id)
}

/// Pushes the request (RFC 9126): what it says passes by no browser.
async fn push(
    app: &App,
    endpoints: &Endpoints,
    client_id: &str,
    (verifier, state): (&str, &str),
    key: &ProvingKey,
) -> Result<String, ArrivalError> {
    #[derive(Deserialize)]
    struct Pushed {
        request_uri: String,
    }
    let challenge = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes());
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", client_id)
        .append_pair("response_type", "code")
        .append_pair("redirect_uri", &app.config().issuer.at(BACK))
        .append_pair("state", state)
        .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(challenge))
        .append_pair("code_challenge_method", "S256")
        .append_pair("dpop_jkt", key.thumbprint()?.as_str())
        .append_pair("authorization_details", &details().to_string())
        .finish();
    let answer = ask(app, &endpoints.pushed, FORM, body, None).await?;
    if answer.status != 201 {
        return Err(ArrivalError::Refused);
    }
    let pushed: Pushed = serde_json::from_slice(&answer.body).map_err(|_| ArrivalError::Refused)?;
    Ok(pushed.request_uri)
}

async fn ask(
    app: &App,
    url: &Url,
    content_type: &'static str,
    body: String,
    dpop: Option<&str>,
) -> Result<Answer, ArrivalError> {
    let post = Post {
        url,
        content_type,
        accept: "application/json",
        authorization: None,
        dpop,
        body,
        most: MAX_ANSWER,
    };
    let answer = app.outbound().ask(post).await;
    answer.map_err(ArrivalError::Unreachable)
}

/// What came back with a browser.
#[derive(Clone, Copy, Debug)]
pub struct Back<'a> {
    /// `state`.
    pub state: &'a str,
    /// `iss` (RFC 9207).
    pub iss: Option<&'a str>,
    /// `code`.
    pub code: Option<&'a str>,
    /// `error` (RFC 6749 §4.1.2.1).
    pub error: Option<&'a str>,
}

/// Goes on with the answer of the other provider: what it hands out is taken in
/// like a file, to be looked at.
pub async fn finish(
    app: &App,
    signed_in: &SignedIn,
    (browser, network): (&Opaque<Browser>, Option<IpAddr>),
    back: Back<'_>,
) -> Result<ImportId, ArrivalError> {
    let (now, account_id) = (app.now(), signed_in.account.id);
    // Before the answer is used up: it works once.
    let _turn = TURNS.wait(account_id, network).await?;
    let hashes = (hash_of(back.state), browser.hash());
    let after = now.minus(JOURNEY_LIFETIME);
    let claimed = app
        .store()
        .write(move |tx| {
            Box::pin(async move { arrivals::claim(tx, account_id, hashes, after, now).await })
        })
        .await
        .map_err(|error: StoreError| Fault::from(error))?;
    let (id, sealed) = claimed.ok_or(ArrivalError::Stray)?;
    let sealed = Sealed::from_bytes(sealed);
    let bytes =
        vault::open_journey(&signed_in.vault_key, account_id, id, &sealed).map_err(Fault::from)?;
    let journey: Journey = serde_json::from_slice(&bytes)
        .map_err(|_| Fault::Inconsistent("a journey does not read"))?;
    // RFC 9207 §2.4: an answer of somebody else is for somebody else.
    if back.iss != Some(&journey.issuer) {
        return Err(ArrivalError::Stray);
    }
    let code = match (back.code, back.error) {
        (Some(code), None) => code,
        (_, Some("access_denied")) => return Err(ArrivalError::Denied),
        _ => return Err(ArrivalError::Refused),
    };
    let mut patience = Pace::of(PATIENCE, 1);
    let file = patience
        .wait(bring(app, &journey, code))
        .await
        .map_err(|_| ArrivalError::Unreachable(FetchError::Unreachable))??;
    let id = imports::begin_from(app, signed_in, file, &journey.issuer, &mut patience).await?;
    Ok(id)
}
