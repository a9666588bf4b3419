//! The relying party: everything that is said to the provider.

mod failure;
mod id_token;
mod own;
mod types;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreGenderClaim, CoreJsonWebKeySet, CoreProviderMetadata,
};
use openidconnect::{
    AccessToken, AuthorizationCode, ClientId, ClientSecret, CsrfToken, DiscoveryError, IssuerUrl,
    LanguageTag, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RefreshToken, Scope, SubjectIdentifier, UserInfoClaims,
};
use url::Url;

pub(super) use self::failure::Failure;
pub(super) use self::own::{Answer, Call, Unopened};

use self::failure::in_full;
use self::id_token::{BadIdToken, Identity};
use self::types::{OidcClient, OtherClaims, Tokens};
use super::http::{Http, HttpError};
use super::lang::Lang;
use super::ledger::Terms;
use super::person::Person;
use super::receipt::{self, Expected, Held};
use super::session::Login;
use super::{ClientConfig, Now};

/// What discovery told.
struct Provider {
    client: OidcClient,
    keys: CoreJsonWebKeySet,
    found_at: Timestamp,
}

/// A login that is under way in the browser.
#[derive(Clone)]
pub(super) struct Pending {
    pub(super) state: CsrfToken,
    nonce: Nonce,
    verifier: Arc<PkceCodeVerifier>,
    /// Where the visitor was.
    pub(super) back: String,
}

/// Fresh tokens.
pub(super) struct Renewed {
    pub(super) access_token: AccessToken,
    pub(super) refresh_token: Option<RefreshToken>,
    pub(super) terms: Terms,
    pub(super) receipt: Option<Held>,
}

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum Misconfigured {
    #[error("the issuer or our own address is not a URL: {0}")]
    Url(#[from] url::ParseError),
    #[error(transparent)]
    Http(#[from] HttpError),
}

/// Speaks with one provider as one client.
pub(super) struct RelyingParty {
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: Option<ClientSecret>,
    redirect: RedirectUrl,
    scopes: &'static [&'static str],
    http: Http,
    now: Now,
    provider: Mutex<Option<Arc<Provider>>>,
    /// A token of our own, until it is refused.
    own_token: Mutex<Option<AccessToken>>,
}

/// What the token endpoint tells of the agreement.
fn terms(tokens: &Tokens) -> Terms {
    let extra = tokens.extra_fields().extra_fields();
    Terms {
        grant_id: extra.grant_id.clone(),
        plan_version: extra.plan_version,
        plan_current: extra.plan_current,
    }
}

impl RelyingParty {
    pub(super) fn new(
        config: &ClientConfig,
        scopes: &'static [&'static str],
    ) -> Result<Self, Misconfigured> {
        Ok(Self {
            issuer: IssuerUrl::new(config.issuer.clone())?,
            client_id: ClientId::new(config.client_id.clone()),
            client_secret: config.client_secret.clone().map(ClientSecret::new),
            redirect: RedirectUrl::new(config.page("/callback"))?,
            scopes,
            http: Http::new()?,
            now: config.now.clone(),
            provider: Mutex::new(None),
            own_token: Mutex::new(None),
        })
    }

    /// Where to send the browser, and what to remember until it comes back.
    pub(super) async fn begin(&self, lang: Lang, back: String) -> Result<(Url, Pending), Failure> {
        let provider = self.provider().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = provider
            .client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(
                self.scopes
                    .iter()
                    .map(|scope| Scope::new((*scope).to_owned())),
            )
            .set_pkce_challenge(challenge)
            .add_ui_locale(LanguageTag::new(lang.tag().to_owned()))
            .url();
        let pending = Pending {
            state,
            nonce,
            verifier: Arc::new(verifier),
            back,
        };
        Ok((url, pending))
    }

    /// Whether a response says that it comes from our provider (RFC 9207 §2.4).
    pub(super) fn is_issuer(&self, iss: &str) -> bool {
        self.issuer.as_str() == iss
    }

    /// Exchanges the code, checks the ID token, and asks who it is.
    pub(super) async fn complete(&self, pending: &Pending, code: String) -> Result<Login, Failure> {
        let provider = self.provider().await?;
        let verifier = PkceCodeVerifier::new(pending.verifier.secret().clone());
        let tokens = provider
            .client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|fault| Failure::Unbelievable(fault.to_string()))?
            .set_pkce_verifier(verifier)
            .request_async(&self.http)
            .await
            .map_err(Failure::from)?;
        let (provider, identity) = match id_token::check(&provider, &tokens, &pending.nonce) {
            Err(BadIdToken::UnknownKey) => {
                // OpenID Connect Core 1.0 §10.1.1: a key that we do not know
                // means that the provider rotated; look once more.
                let provider = self.discover().await?;
                let identity = id_token::check(&provider, &tokens, &pending.nonce)?;
                (provider, identity)
            }
            checked => {
                let identity = checked?;
                (provider, identity)
            }
        };
        let Identity { subject, sid } = identity;
        let person = self.ask(&provider, tokens.access_token(), &subject).await?;
        let receipt = self
            .held(&provider, &tokens, &subject)
            .unwrap_or(Held::Nothing);
        Ok(Login {
            access_token: tokens.access_token().clone(),
            refresh_token: tokens.refresh_token().cloned(),
            subject,
            sid,
            terms: terms(&tokens),
            person,
            receipt,
        })
    }

    /// What the provider tells us about someone, now.
    pub(super) async fn user_info(
        &self,
        access_token: &AccessToken,
        subject: &SubjectIdentifier,
    ) -> Result<Person, Failure> {
        let provider = self.provider().await?;
        self.ask(&provider, access_token, subject).await
    }

    async fn ask(
        &self,
        provider: &Provider,
        access_token: &AccessToken,
        subject: &SubjectIdentifier,
    ) -> Result<Person, Failure> {
        let claims: UserInfoClaims<OtherClaims, CoreGenderClaim> = provider
            .client
            .user_info(access_token.clone(), Some(subject.clone()))
            .map_err(|fault| Failure::Unbelievable(fault.to_string()))?
            .request_async(&self.http)
            .await
            .map_err(Failure::from)?;
        serde_json::to_value(&claims)
            .map(Person::from_claims)
            .map_err(|fault| Failure::Unbelievable(fault.to_string()))
    }

    /// Trades the refresh token for fresh ones.
    pub(super) async fn refresh(
        &self,
        refresh_token: &RefreshToken,
        subject: &SubjectIdentifier,
    ) -> Result<Renewed, Failure> {
        let provider = self.provider().await?;
        let tokens = provider
            .client
            .exchange_refresh_token(refresh_token)
            .map_err(|fault| Failure::Unbelievable(fault.to_string()))?
            .request_async(&self.http)
            .await
            .map_err(Failure::from)?;
        Ok(Renewed {
            access_token: tokens.access_token().clone(),
            refresh_token: tokens.refresh_token().cloned(),
            terms: terms(&tokens),
            receipt: self.held(&provider, &tokens, subject),
        })
    }

    fn held(
        &self,
        provider: &Provider,
        tokens: &Tokens,
        subject: &SubjectIdentifier,
    ) -> Option<Held> {
        let jws = tokens
            .extra_fields()
            .extra_fields()
            .consent_receipt
            .as_deref()?;
        let expected = Expected {
            issuer: self.issuer.as_str(),
            client_id: self.client_id.as_str(),
            subject: subject.as_str(),
        };
        Some(
            match receipt::verify(jws, provider.keys.keys(), &expected) {
                Ok(receipt) => Held::Verified(Arc::new(receipt)),
                Err(why) => {
                    tracing::warn!(%why, "a consent receipt does not hold");
                    Held::Broken
                }
            },
        )
    }

    async fn provider(&self) -> Result<Arc<Provider>, Failure> {
        let known = self.remembered().clone();
        match known {
            Some(provider) => Ok(provider),
            None => self.discover().await,
        }
    }

    fn remembered(&self) -> std::sync::MutexGuard<'_, Option<Arc<Provider>>> {
        self.provider.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the provider's metadata and keys. The provider may be starting
    /// up, so a connection that fails is tried again a little later.
    async fn discover(&self) -> Result<Arc<Provider>, Failure> {
        let mut waits = [150, 600].into_iter().map(Duration::from_millis);
        let metadata = loop {
            match CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http).await {
                Ok(metadata) => break metadata,
                Err(fault @ (DiscoveryError::Request(_) | DiscoveryError::Response(..))) => {
                    match waits.next() {
                        #[expect(
                            clippy::disallowed_methods,
                            reason = "a provider that starts up does not tell when it is ready"
                        )]
                        Some(wait) => tokio::time::sleep(wait).await,
                        None => return Err(Failure::Unreachable(in_full(&fault))),
                    }
                }
                Err(fault) => return Err(Failure::Unbelievable(in_full(&fault))),
            }
        };
        let keys = metadata.jwks().clone();
        let client = OidcClient::from_provider_metadata(
            metadata,
            self.client_id.clone(),
            self.client_secret.clone(),
        )
        .set_redirect_uri(self.redirect.clone());
        let provider = Arc::new(Provider {
            client,
            keys,
            found_at: (self.now)(),
        });
        *self.remembered() = Some(Arc::clone(&provider));
        Ok(provider)
    }
}
