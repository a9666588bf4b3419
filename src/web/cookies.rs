//! The cookies that Sluis sets: the session, the browser, one by which a browser
//! is known again after long, and a language that was chosen by hand.

use std::time::Duration;

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};

use crate::config::Config;
use crate::crypto::secret::{Browser, HalfSignIn, Kind, KnownBrowser, Opaque, Session};
use crate::domain::language::Language;
use crate::domain::time::Timestamp;
use crate::service::browsers::KNOWN_FOR;
use crate::service::second_step::HALF_LIFETIME;
use crate::service::sessions::SESSION_LIFETIME;

const SESSION: &str = "sluis-session";
const HALF: &str = "sluis-half";
const BROWSER: &str = "sluis-browser";
const KNOWN: &str = "sluis-known";
const LANGUAGE: &str = "sluis-language";
const BROWSER_LASTS: Duration = Duration::from_hours(24);

/// Names and attributes of the cookies of an instance.
#[derive(Clone, Copy, Debug)]
pub struct Cookies {
    secure: bool,
}

impl Cookies {
    /// Over https, cookies have the `__Host-` prefix, so that no other host
    /// and no plain connection can set or see them.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        Self {
            secure: config.issuer.is_https(),
        }
    }

    /// The session's secret, if the request has one.
    #[must_use]
    pub fn session(self, headers: &HeaderMap) -> Option<&str> {
        self.read(headers, SESSION)
    }

    /// The browser's secret, if the request has one, and whether it is time to
    /// set it anew: else it would end a day after the first visit, in the middle
    /// of whatever is done then. Beside the secret it says since when it is; who
    /// changes that harms nobody.
    #[must_use]
    pub fn browser(self, headers: &HeaderMap, now: Timestamp) -> Option<(Opaque<Browser>, bool)> {
        let value = self.read(headers, BROWSER)?;
        let (secret, since) = value.split_once('.').unwrap_or((value, ""));
        let since = Timestamp::from_seconds(since.parse().unwrap_or_default());
        let is_old = !now.is_within(BROWSER_LASTS / 2, since);
        Some((Opaque::parse(secret)?, is_old))
    }

    /// The language that was chosen by hand, if one was.
    #[must_use]
    pub fn language(self, headers: &HeaderMap) -> Option<Language> {
        self.read(headers, LANGUAGE)?.parse().ok()
    }

    /// The secret by which the browser is known again, if the request has one.
    #[must_use]
    pub fn known_browser(self, headers: &HeaderMap) -> Option<Opaque<KnownBrowser>> {
        self.read(headers, KNOWN).and_then(Opaque::parse)
    }

    /// Knows a browser again in which someone signed in.
    pub fn set_known_browser(self, headers: &mut HeaderMap, known: &Opaque<KnownBrowser>) {
        self.set_secret(headers, KNOWN, known, KNOWN_FOR.as_secs());
    }

    /// Starts a session.
    pub fn set_session(self, headers: &mut HeaderMap, session: &Opaque<Session>) {
        self.set_secret(headers, SESSION, session, SESSION_LIFETIME.as_secs());
    }

    /// Ends a session.
    pub fn clear_session(self, headers: &mut HeaderMap) {
        self.set(headers, SESSION, "", 0);
    }

    /// The secret of half a sign-in, if the request has one.
    #[must_use]
    pub fn half(self, headers: &HeaderMap) -> Option<&str> {
        self.read(headers, HALF)
    }

    /// Keeps half a sign-in for the other half.
    pub fn set_half(self, headers: &mut HeaderMap, half: &Opaque<HalfSignIn>) {
        self.set_secret(headers, HALF, half, HALF_LIFETIME.as_secs());
    }

    /// Ends half a sign-in.
    pub fn clear_half(self, headers: &mut HeaderMap) {
        self.set(headers, HALF, "", 0);
    }

    /// Recognises a browser for a day.
    pub fn set_browser(self, headers: &mut HeaderMap, browser: &Opaque<Browser>, now: Timestamp) {
        let value = format!("{}.{}", *browser.reveal(), now.as_seconds());
        self.set(headers, BROWSER, &value, BROWSER_LASTS.as_secs());
    }

    /// Remembers a language that was chosen by hand.
    pub fn set_language(self, headers: &mut HeaderMap, language: Language) {
        self.set(headers, LANGUAGE, language.as_str(), 365 * 24 * 60 * 60);
    }

    fn read<'a>(self, headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
        let prefix = self.prefix();
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .find_map(|pair| {
                pair.trim()
                    .strip_prefix(prefix)?
                    .strip_prefix(name)?
                    .strip_prefix('=')
            })
            .filter(|value| !value.is_empty())
    }

    fn set_secret<K: Kind>(
        self,
        headers: &mut HeaderMap,
        name: &str,
        secret: &Opaque<K>,
        age: u64,
    ) {
        self.set(headers, name, &secret.reveal(), age);
    }

    /// `SameSite=Lax`: an authorization request that another site POSTs comes
    /// without cookies, and is turned into a GET (`protocol::authorize`).
    fn set(self, headers: &mut HeaderMap, name: &str, value: &str, age: u64) {
        let prefix = self.prefix();
        let secure = if self.secure { "; Secure" } else { "" };
        let cookie = format!(
            "{prefix}{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}"
        );
        if let Ok(mut cookie) = HeaderValue::from_str(&cookie) {
            cookie.set_sensitive(true);
            headers.append(SET_COOKIE, cookie);
        }
    }

    const fn prefix(self) -> &'static str {
        if self.secure { "__Host-" } else { "" }
    }
}
