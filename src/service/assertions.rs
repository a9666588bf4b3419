//! Client authentication by a signed assertion: RFC 7523, OpenID Connect
//! Core 1.0 §9.

use std::time::Duration;

use aws_lc_rs::digest;
use serde_json::{Map, Value};

use crate::app::App;
use crate::config::Issuer;
use crate::crypto::client_jwt::{ClientJwt, Malformed};
use crate::crypto::seal::Sealed;
use crate::crypto::vault;
use crate::domain::client::{AuthMethod, Client, ClientAlgorithm};
use crate::domain::id::ClientId;
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::client_jwts::{self, SignatureError, audience, moment, text};
use crate::store::assertions;
use crate::store::clients::RegisteredClient;

/// How far the clock of a client may be ahead (FAPI 2.0 Security Profile
/// §5.3.2.1: 10 s must be accepted, more than 60 s must not), or behind.
const CLOCK_AHEAD: Duration = Duration::from_secs(30);
const CLOCK_BEHIND: Duration = Duration::from_secs(10);
/// How long an assertion may last: it has to be remembered until it expires.
/// Some libraries ask for an hour.
const LONGEST: Duration = Duration::from_mins(61);

/// Why an assertion does not show who the client is. All are `invalid_client`
/// but the faults.
#[derive(Debug, thiserror::Error)]
pub enum AssertionError {
    /// It is no JWT.
    #[error("the client_assertion is refused: {0}")]
    Malformed(#[from] Malformed),
    /// It is another kind of JWT.
    #[error("the client_assertion is refused: its typ is that of another kind of JWT")]
    Kind,
    /// It does not say whose it is.
    #[error("the client_assertion is refused: iss and sub must both be the client_id")]
    Whose,
    /// Another algorithm was registered, or the method or profile excludes it.
    #[error("the client_assertion is refused: its alg is not one that the client may use")]
    Algorithm,
    /// The signature.
    #[error("the client_assertion is refused: {0}")]
    Signature(#[from] SignatureError),
    /// It is meant for somebody else.
    #[error("the client_assertion is refused: aud must be {0}")]
    Audience(&'static str),
    /// Its times are missing or out of bounds.
    #[error("the client_assertion is refused: {0}")]
    Time(&'static str),
    /// It cannot be told from another.
    #[error("the client_assertion is refused: jti is missing")]
    NoId,
    /// It was used before.
    #[error("the client_assertion is refused: its jti was used before")]
    Replayed,
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// An assertion that was taken apart, and is not believed yet.
#[derive(Debug)]
pub struct Assertion<'a>(ClientJwt<'a>);

impl<'a> Assertion<'a> {
    /// Takes an assertion apart.
    pub fn parse(text: &'a str) -> Result<Self, AssertionError> {
        let token = ClientJwt::parse(text)?;
        // RFC 8725 §3.11: a request object, a DPoP proof or an ID token is none.
        match token.typ().as_deref() {
            None | Some("jwt" | "client-authentication+jwt") => Ok(Self(token)),
            Some(_) => Err(AssertionError::Kind),
        }
    }

    /// Whose it says that it is.
    pub fn client_id(&self) -> Result<ClientId, AssertionError> {
        let claims = self.0.claims();
        text(claims, "sub")
            .filter(|sub| text(claims, "iss") == Some(sub))
            .and_then(|sub| sub.parse().ok())
            .ok_or(AssertionError::Whose)
    }

    /// Checks that the client made it, for this provider and `endpoint`, just
    /// now, and uses it up.
    pub async fn check(
        &self,
        app: &App,
        client: &RegisteredClient,
        endpoint: &str,
    ) -> Result<(), AssertionError> {
        let client = &client.client;
        self.check_signature(app, client).await?;
        let now = app.now();
        let (jti, expires_at) = self.read(client, &app.config().issuer, endpoint, now)?;
        let mut jti_hash = [0; 32];
        jti_hash.copy_from_slice(digest::digest(&digest::SHA256, jti.as_bytes()).as_ref());
        let id = client.id.clone();
        let until = expires_at.plus(CLOCK_BEHIND);
        let is_new = app
            .store()
            .write(move |tx| {
                Box::pin(async move { assertions::use_up(tx, &id, jti_hash, until, now).await })
            })
            .await
            .map_err(Fault::from)?;
        if is_new {
            Ok(())
        } else {
            Err(AssertionError::Replayed)
        }
    }

    /// Its identifier, and when it expires, if the client made it for this
    /// issuer and `endpoint`, just now. Whether the client did is for the
    /// signature to say.
    pub fn read(
        &self,
        client: &Client,
        issuer: &Issuer,
        endpoint: &str,
        now: Timestamp,
    ) -> Result<(&str, Timestamp), AssertionError> {
        let claims = self.0.claims();
        check_audience(issuer, client, claims, endpoint)?;
        let expires_at = check_times(claims, now)?;
        let jti = text(claims, "jti")
            .filter(|jti| !jti.is_empty())
            .ok_or(AssertionError::NoId)?;
        Ok((jti, expires_at))
    }

    async fn check_signature(&self, app: &App, client: &Client) -> Result<(), AssertionError> {
        let metadata = &client.metadata;
        let algorithm = self.0.algorithm();
        let fits = match metadata.token_endpoint_auth_method {
            AuthMethod::PrivateKeyJwt => algorithm.is_asymmetric(),
            AuthMethod::ClientSecretJwt => algorithm == ClientAlgorithm::HS256,
            _ => false,
        };
        if !fits || !metadata.may_sign_with(algorithm, metadata.token_endpoint_auth_signing_alg) {
            return Err(AssertionError::Algorithm);
        }
        if let Some(sealed) = &client.secret_sealed {
            let sealed = Sealed::from_bytes(sealed.clone());
            let secret = vault::open_client_secret(app.master(), &client.id, &sealed)
                .map_err(Fault::from)?;
            let checked = self.0.verify_with_secret(&secret);
            return Ok(checked.map_err(SignatureError::from)?);
        }
        Ok(client_jwts::check(app, client, &self.0).await?)
    }
}

/// FAPI 2.0 Security Profile §5.3.2.1: the issuer as a string. Others name the
/// token endpoint, as OpenID Connect Core 1.0 §9 has it, or, as RFC 9126 §2
/// asks to accept, the endpoint that they call.
fn check_audience(
    issuer: &Issuer,
    client: &Client,
    claims: &Map<String, Value>,
    endpoint: &str,
) -> Result<(), AssertionError> {
    let (named, alone) = audience(claims);
    if client.metadata.is_fapi2() {
        return if alone && named == [issuer.as_str()] {
            Ok(())
        } else {
            Err(AssertionError::Audience("the issuer, as a string"))
        };
    }
    let accepted = [issuer.as_str(), &issuer.at("/token"), endpoint];
    if named.iter().any(|one| accepted.contains(one)) {
        Ok(())
    } else {
        Err(AssertionError::Audience(
            "the issuer, the token endpoint or the endpoint that is called",
        ))
    }
}

fn check_times(claims: &Map<String, Value>, now: Timestamp) -> Result<Timestamp, AssertionError> {
    let at = |name, wrong| moment(claims, name).map_err(|_| AssertionError::Time(wrong));
    let expires_at = at("exp", "exp is not a number of seconds")?
        .ok_or(AssertionError::Time("exp is missing"))?;
    if expires_at.plus(CLOCK_BEHIND) <= now {
        return Err(AssertionError::Time("it has expired"));
    }
    if expires_at > now.plus(LONGEST) {
        return Err(AssertionError::Time("exp is more than an hour ahead"));
    }
    let latest = now.plus(CLOCK_AHEAD);
    for (name, wrong) in [("nbf", "nbf is ahead"), ("iat", "iat is ahead")] {
        if at(name, wrong)?.is_some_and(|at| at > latest) {
            return Err(AssertionError::Time(wrong));
        }
    }
    Ok(expires_at)
}
