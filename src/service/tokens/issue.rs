//! Making tokens: an access token, a refresh token or its successor, and the
//! ID token.

use std::time::Duration;

use enumset::EnumSet;
use serde::Serialize;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::told::Told;
use crate::app::App;
use crate::crypto::jwt::Typ;
use crate::crypto::secret::{AccessToken, GrantBearer, Opaque, RefreshToken};
use crate::crypto::signing::Algorithm;
use crate::crypto::vault::{self, GrantKey};
use crate::domain::account::Authentication;
use crate::domain::client::SigningAlgorithm;
use crate::domain::details::ProfileRelease;
use crate::domain::grant::Grant;
use crate::domain::id::FamilyId;
use crate::domain::scope::Scope;
use crate::domain::subject::Subject;
use crate::domain::time::Timestamp;
use crate::domain::token::{Sid, Thumbprint, TokenBinding};
use crate::service::Fault;
use crate::service::clients::granted_to;
use crate::store::clients::RegisteredClient;
use crate::store::tokens::NewToken;

/// How long an access token lives at most; never longer than its grant.
pub const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_hours(1);
/// How long tokens can be refreshed after a sign-in at most; never longer
/// than the grant (ASVS 10.4.8: an absolute end).
const REFRESH_LIFETIME: Duration = Duration::from_hours(4320);
const ID_TOKEN_LIFETIME: Duration = Duration::from_mins(10);
/// Everything that new tokens are made from.
pub(in crate::service) struct Issue<'a> {
    pub(in crate::service) app: &'a App,
    pub(in crate::service) client: &'a RegisteredClient,
    pub(in crate::service) grant: &'a Grant,
    pub(in crate::service) key: &'a GrantKey,
    pub(in crate::service) family_id: FamilyId,
    pub(in crate::service) scopes: EnumSet<Scope>,
    pub(in crate::service) authentication: Authentication,
    /// What the access token is bound to.
    pub(in crate::service) binding: TokenBinding,
    /// The authorization details that the access token alone is narrowed to.
    pub(in crate::service) narrowed: Option<ProfileRelease>,
    /// The key that the refresh token is bound to.
    pub(in crate::service) refresh_key: Option<Thumbprint>,
    pub(in crate::service) now: Timestamp,
}

impl Issue<'_> {
    /// What of the authorization details that the access token was asked with
    /// is granted.
    pub(in crate::service) fn granted(&self) -> Option<ProfileRelease> {
        let details = self.details()?;
        let granted = granted_to(self.app, self.client, details, self.grant, self.now);
        Some(granted)
    }

    /// The authorization details of the access token.
    pub(in crate::service) fn details(&self) -> Option<&ProfileRelease> {
        self.narrowed.as_ref().or(self.binding.details.as_ref())
    }

    /// How long the grant still lasts.
    pub(in crate::service) fn grant_expires_in(&self) -> Option<Duration> {
        self.grant.expires_at().map(|end| end.since(self.now))
    }

    pub(in crate::service) fn access(&self) -> (Opaque<AccessToken>, NewToken) {
        let token = Opaque::<AccessToken>::generate(*self.grant.id.as_uuid(), self.app.random());
        let until = self.now.plus(ACCESS_TOKEN_LIFETIME);
        let new = self.keep_as(
            &token,
            // No access token is said to outlive its grant.
            self.grant.expires_at().map_or(until, |end| end.min(until)),
            TokenBinding {
                details: self.details().cloned(),
                ..self.binding.clone()
            },
        );
        (token, new)
    }

    /// It works while its grant does, which may be renewed: so the end of the
    /// grant, which is looked at with each use, is not its own.
    pub(in crate::service) fn first_refresh(&self) -> (Opaque<RefreshToken>, NewToken) {
        let token = Opaque::<RefreshToken>::generate(*self.grant.id.as_uuid(), self.app.random());
        let until = self.now.plus(REFRESH_LIFETIME);
        let new = self.keep_as(&token, until, self.refresh_binding());
        (token, new)
    }

    /// Derived and never stored, so that it can be given again; the end does
    /// not move.
    pub(in crate::service) fn successor(
        &self,
        token: &Opaque<RefreshToken>,
        expires_at: Timestamp,
    ) -> (Opaque<RefreshToken>, NewToken) {
        let successor = token.successor(&self.app.master().refresh());
        let new = self.keep_as(&successor, expires_at, self.refresh_binding());
        (successor, new)
    }

    fn refresh_binding(&self) -> TokenBinding {
        TokenBinding {
            key: self.refresh_key.clone(),
            ..self.binding.clone()
        }
    }

    fn keep_as<K: GrantBearer>(
        &self,
        token: &Opaque<K>,
        until: Timestamp,
        binding: TokenBinding,
    ) -> NewToken {
        let wrapped = vault::wrap_grant_key_for(token, self.key, self.app.random());
        NewToken {
            grant_id: self.grant.id,
            hash: token.hash(),
            family_id: self.family_id,
            grant_key_wrapped: wrapped.into_bytes(),
            expires_at: until,
            binding,
        }
    }

    pub(in crate::service) async fn id_token(
        &self,
        access: &Opaque<AccessToken>,
        nonce: Option<&str>,
        told: &mut Told,
    ) -> Result<Zeroizing<String>, Fault> {
        let algorithm = Algorithm::from(self.client.client.metadata.id_token_signed_response_alg);
        let claims = IdToken {
            iss: self.app.issuer(),
            sub: &self.grant.subject,
            aud: self.client.client.id.as_str(),
            exp: self.now.plus(ID_TOKEN_LIFETIME).as_seconds(),
            iat: self.now.as_seconds(),
            auth_time: self.authentication.at.as_seconds(),
            nonce,
            amr: self.authentication.amr(),
            acr: self.authentication.acr(),
            sid: self.binding.sid.as_ref(),
            at_hash: algorithm.at_hash(&access.reveal()),
            told: std::mem::take(&mut told.members),
        };
        let keys = self.app.keys().await?;
        Ok(Zeroizing::new(keys.sign(
            Typ::IdToken,
            algorithm,
            &claims,
        )?))
    }
}

/// Signs something that a client asked to get signed, for that client.
pub async fn sign_for<T: Serialize>(
    app: &App,
    typ: Typ,
    registered: SigningAlgorithm,
    claims: &T,
) -> Result<Zeroizing<String>, Fault> {
    let keys = app.keys().await?;
    Ok(Zeroizing::new(keys.sign(
        typ,
        Algorithm::from(registered),
        claims,
    )?))
}

/// The claims of an ID token (OpenID Connect Core 1.0 §2). What the scopes
/// name is at UserInfo (§5.4), what was asked for here by itself is here.
#[derive(Serialize)]
struct IdToken<'a> {
    iss: &'a str,
    sub: &'a Subject,
    aud: &'a str,
    exp: i64,
    iat: i64,
    auth_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    amr: Vec<&'static str>,
    acr: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a Sid>,
    at_hash: String,
    #[serde(flatten)]
    told: Map<String, Value>,
}
