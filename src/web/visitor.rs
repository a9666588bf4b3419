//! Who is visiting: the browser, whoever is signed in, and the language.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::header::{ACCEPT_LANGUAGE, USER_AGENT};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tower_http::csrf::ProtectionError;
use url::form_urlencoded;

use super::client_ip::ClientIp;
use super::cookies::Cookies;
use super::error_page::{ErrorPage, Fault};
use super::limits::{Guesses, network_of};
use super::page::{Section, Shell};
use crate::app::App;
use crate::crypto::secret::{Browser, KnownBrowser, Opaque, Session};
use crate::domain::attribute::Attributes;
use crate::domain::browser::{Network, Seen};
use crate::domain::claim::Claim;
use crate::domain::language::Language;
use crate::domain::time::Timestamp;
use crate::i18n::{self, Texts};
use crate::service;
use crate::service::browsers::{self, Place};
use crate::service::sessions::{self, OpenVault, SignedIn};

/// Gives every browser a cookie of its own, so that what it starts can be
/// bound to it before anybody has signed in.
pub async fn keep_browser(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let cookies = Cookies::of(app.config());
    let (browser, is_due) = cookies
        .browser(request.headers(), app.now())
        .unwrap_or_else(|| (Opaque::generate_unowned(app.random()), true));
    request.extensions_mut().insert(browser.clone());
    let mut response = next.run(request).await;
    if is_due {
        cookies.set_browser(response.headers_mut(), &browser, app.now());
    }
    response
}

/// Tells people, in their language, that a form came from another site: what
/// refuses it has no words.
pub async fn tell_forged(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let asked = Request::from_parts(parts.clone(), body);
    let response = next.run(asked).await;
    if response.extensions().get::<ProtectionError>().is_none() {
        return response;
    }
    match Visitor::from_request_parts(&mut parts, &app).await {
        Ok(visitor) => visitor.error(Fault::Forged),
        Err(response) => response,
    }
}

/// Whoever made a request of a page.
#[derive(Debug)]
pub struct Visitor {
    /// The application.
    pub app: App,
    /// The browser.
    pub browser: Opaque<Browser>,
    /// Whoever is signed in.
    pub signed_in: Option<SignedIn>,
    /// The language to answer in: the one chosen by hand, or `ui_locales`, or
    /// the account's, or the browser's.
    pub language: Language,
    /// Path and query of the request.
    pub here: String,
    /// What the browser says of itself.
    pub seen: Seen,
    /// By what it is known from when someone signed in there.
    pub known_browser: Opaque<KnownBrowser>,
    /// The session that this browser was in, if its cookie came and resumes none.
    pub ended_session: Option<[u8; 32]>,
    /// What may still be guessed, where a page counts that itself.
    pub guesses: Option<Guesses>,
    /// Whose turns are counted together with theirs, where anybody's are.
    pub network: Option<IpAddr>,
    chosen_by_hand: bool,
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let cookies = Cookies::of(app.config());
        let browser = parts
            .extensions
            .get::<Opaque<Browser>>()
            .cloned()
            .unwrap_or_else(|| Opaque::generate_unowned(app.random()));
        let by_hand = cookies.language(&parts.headers);
        let accepted = parts
            .headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        let ui_locales = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
            .find(|(key, _)| key == "ui_locales")
            .map(|(_, value)| value.into_owned());
        let here = parts
            .uri
            .path_and_query()
            .map_or("/", |uri| uri.as_str())
            .to_owned();
        let mut visitor = Self {
            app: app.clone(),
            browser,
            signed_in: None,
            language: by_hand
                .unwrap_or_else(|| i18n::choose(ui_locales.as_deref(), None, accepted)),
            here,
            seen: seen(parts, app),
            known_browser: cookies
                .known_browser(&parts.headers)
                .unwrap_or_else(|| Opaque::generate_unowned(app.random())),
            ended_session: None,
            guesses: parts.extensions.get().cloned(),
            network: network_of(app, &parts.extensions, &parts.headers),
            chosen_by_hand: by_hand.is_some(),
        };
        if let Some(cookie) = cookies.session(&parts.headers) {
            visitor.signed_in = match sessions::resume(app, cookie).await {
                Ok(signed_in) => signed_in,
                Err(fault) => return Err(visitor.fault(&fault)),
            };
            if visitor.signed_in.is_none() {
                visitor.ended_session = Opaque::<Session>::parse(cookie).map(|ended| ended.hash());
            }
        }
        if let (Some(signed_in), None) = (&visitor.signed_in, by_hand) {
            visitor.language = i18n::choose(
                ui_locales.as_deref(),
                Some(signed_in.account.language),
                accepted,
            );
        }
        Ok(visitor)
    }
}

/// What a browser says of itself, and where it is.
fn seen(parts: &Parts, app: &App) -> Seen {
    let agent = parts.headers.get(USER_AGENT);
    let agent = agent.and_then(|value| value.to_str().ok());
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let network = peer.map(|peer| {
        let proxies = &app.config().trusted_proxies;
        Network::around(ClientIp::of(peer.0.ip(), &parts.headers, proxies).ip())
    });
    Seen::from_user_agent(agent.unwrap_or_default(), network)
}

impl Visitor {
    /// Answers in the language that a business asked for, unless the visitor
    /// chose one by hand.
    pub fn prefer(&mut self, language: Option<Language>) {
        if let (Some(language), false) = (language, self.chosen_by_hand) {
            self.language = language;
        }
    }

    /// Where somebody signs in who does it in this request.
    #[must_use]
    pub fn place(&self) -> Place {
        Place {
            browser: self.browser.clone(),
            known: self.known_browser.clone(),
            seen: self.seen.clone(),
            session: self.signed_in.as_ref().map(SignedIn::session_hash),
        }
    }

    /// The phrases of the visitor's language.
    #[must_use]
    pub fn texts(&self) -> Texts {
        Texts::new(self.language)
    }

    /// The shell of a page outside the account.
    #[must_use]
    pub fn shell(&self) -> Shell {
        Shell {
            texts: self.texts(),
            account: None,
            section: None,
            here: self.here.clone(),
            csrf: self.csrf(),
        }
    }

    /// The token that the forms of this visitor carry.
    #[must_use]
    pub fn csrf(&self) -> String {
        let session = self.signed_in.as_ref().map(SignedIn::session_hash);
        csrf_token(&self.app, &self.browser, session)
    }

    /// Whether a form of this visitor carried the right token. One from a session that
    /// has ended since is from this browser still: who presses twice a button that signs
    /// everybody out reads what came of it. It is taken as from somebody who is not
    /// signed in.
    #[must_use]
    pub fn accepts_csrf(&self, token: &str) -> bool {
        let accepts = |session| accepts_csrf(&self.app, &self.browser, session, token);
        accepts(self.signed_in.as_ref().map(SignedIn::session_hash))
            || self.ended_session.is_some_and(|ended| accepts(Some(ended)))
    }

    /// The page for what went wrong.
    #[must_use]
    pub fn error(&self, fault: Fault) -> Response {
        ErrorPage::new(self.shell(), fault).respond()
    }

    /// The page for a fault inside, which is logged here and not shown.
    #[must_use]
    pub fn fault(&self, fault: &service::Fault) -> Response {
        self.error(log_fault(fault))
    }
}

/// Logs a fault inside, once, and says as what it is told.
pub fn log_fault(fault: &service::Fault) -> Fault {
    match fault {
        service::Fault::Contended | service::Fault::SignedOut => Fault::Conflict,
        service::Fault::Crowded => Fault::Busy,
        service::Fault::Busy(_) => {
            tracing::warn!("too many passwords are being checked at once");
            Fault::Unavailable
        }
        service::Fault::Store(error) => {
            tracing::error!(%error, what_to_do = error.remedy(), "the database failed");
            Fault::Unavailable
        }
        other => {
            tracing::error!(error = %other, "a request failed");
            Fault::Internal
        }
    }
}

/// A consumer who is signed in, with their vault open. Everybody else is sent
/// to sign in, and comes back.
#[derive(Debug)]
pub struct Consumer {
    /// The visitor.
    pub visitor: Visitor,
    /// Their session.
    pub signed_in: SignedIn,
    /// Their vault.
    pub vault: OpenVault,
}

impl FromRequestParts<App> for Consumer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let mut visitor = Visitor::from_request_parts(parts, app).await?;
        let Some(signed_in) = visitor.signed_in.take() else {
            return Err(to_sign_in(&visitor.here));
        };
        if signed_in.erase_at.is_some() && !is_open_until_the_end(parts.uri.path()) {
            return Err(Redirect::to("/account/erase").into_response());
        }
        if let Err(fault) = browsers::note_use(app, &signed_in).await {
            return Err(visitor.fault(&fault));
        }
        match sessions::open_vault(app, &signed_in).await {
            Ok(vault) => Ok(Self {
                visitor,
                signed_in,
                vault,
            }),
            Err(fault) => Err(visitor.fault(&fault)),
        }
    }
}

/// Leads to sign in, and back. A form whose session has ended cannot be sent again by
/// itself. Its page is shown again: whatever takes a consumer's form answers GET.
fn to_sign_in(here: &str) -> Response {
    let query: String = form_urlencoded::Serializer::new(String::new())
        .append_pair("next", here)
        .finish();
    Redirect::to(&format!("/sign-in?{query}")).into_response()
}

/// What somebody may do whose account waits for its end: call that off, take
/// everything along, and show who they are.
fn is_open_until_the_end(path: &str) -> bool {
    matches!(
        path,
        "/sign-in/confirm"
            | "/account/erase"
            | "/account/erase/call-off"
            | "/account/data"
            | "/account/data/export.json"
            | "/account/data/contacts.vcf"
    )
}

impl Consumer {
    /// The shell of a page, and of which section it is, if of any.
    #[must_use]
    pub fn shell(&self, section: Option<Section>) -> Shell {
        Shell {
            texts: self.visitor.texts(),
            account: display_name(&self.vault.contents.attributes),
            section,
            here: self.visitor.here.clone(),
            csrf: self.csrf(),
        }
    }

    /// Until when the consumer is a minor, by the birthdate that they told.
    #[must_use]
    pub fn minor_until(&self) -> Option<Timestamp> {
        let now = self.visitor.app.now();
        self.vault.contents.minor_until(now)
    }

    /// The token that the forms of this consumer carry.
    #[must_use]
    pub fn csrf(&self) -> String {
        let (app, browser) = (&self.visitor.app, &self.visitor.browser);
        csrf_token(app, browser, Some(self.signed_in.session_hash()))
    }

    /// Whether a form of this consumer carried the right token.
    #[must_use]
    pub fn accepts_csrf(&self, token: &str) -> bool {
        let (app, browser) = (&self.visitor.app, &self.visitor.browser);
        accepts_csrf(app, browser, Some(self.signed_in.session_hash()), token)
    }

    /// The page for what went wrong.
    #[must_use]
    pub fn error(&self, fault: Fault) -> Response {
        ErrorPage::new(self.shell(None), fault).respond()
    }

    /// The page for a fault inside, which is logged here and not shown; or to sign in,
    /// when the session has ended meanwhile.
    #[must_use]
    pub fn fault(&self, fault: &service::Fault) -> Response {
        match fault {
            service::Fault::SignedOut => to_sign_in(&self.visitor.here),
            fault => self.error(log_fault(fault)),
        }
    }
}

/// The token that every form carries: bound to the browser and to the
/// session, so that one from before a sign-in, of another session or of
/// another browser does not pass; but one of the session that has just ended, in a form
/// that asks for none ([`Visitor::accepts_csrf`]).
fn csrf_token(app: &App, browser: &Opaque<Browser>, session: Option<[u8; 32]>) -> String {
    URL_SAFE_NO_PAD.encode(app.master().csrf().tag(&csrf_message(browser, session)))
}

fn accepts_csrf(
    app: &App,
    browser: &Opaque<Browser>,
    session: Option<[u8; 32]>,
    token: &str,
) -> bool {
    URL_SAFE_NO_PAD.decode(token).is_ok_and(|tag| {
        app.master()
            .csrf()
            .verify(&csrf_message(browser, session), &tag)
    })
}

fn csrf_message(browser: &Opaque<Browser>, session: Option<[u8; 32]>) -> Vec<u8> {
    [browser.hash(), session.unwrap_or_default()].concat()
}

/// What someone is called in the header of a page.
fn display_name(attributes: &Attributes) -> Option<String> {
    [Claim::Nickname, Claim::Name, Claim::GivenName, Claim::Email]
        .into_iter()
        .find_map(|claim| attributes.get(claim))
        .and_then(|attribute| {
            attribute
                .value
                .display_lines(Language::En)
                .into_iter()
                .next()
        })
}
