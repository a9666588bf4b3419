//! Every setting: from a file and the environment, checked once, never global.
//!
//! The environment wins over the file. What cannot be used is refused at
//! start, all of it at once, each problem with the setting's name and its
//! remedy: an instance that runs with a setting that it ignores is worse than
//! one that does not start. What a later version will obey, and nobody's safety
//! hangs on, is told to be without effect.

mod database;
mod issuer;
mod logging;
mod mail;
mod network;
mod registration;
mod source;
mod tls;

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

pub use database::{DatabaseUrl, Engine};
pub use issuer::Issuer;
pub use logging::{LogFilter, LogFormat};
pub use mail::{Letterbox, MailFrom, MailUrl, SmtpServer, SmtpTls};
pub use network::{OutboundAllow, OutboundCa, RateLimits, TrustedProxies};
pub use registration::Registration;
pub use tls::TlsFiles;

use crate::domain::tier::{Tier, TierChoice};

/// The file that is read when none is named; it need not be there.
pub const DEFAULT_FILE: &str = "sluis.toml";

/// The settings of one instance.
#[derive(Clone, Debug)]
pub struct Config {
    /// `SLUIS_ISSUER`: who this provider is.
    pub issuer: Issuer,
    /// `SLUIS_LISTEN`: where it answers.
    pub listen: SocketAddr,
    /// `SLUIS_DATABASE_URL`: where everything is kept.
    pub database_url: DatabaseUrl,
    /// `SLUIS_KEYS_DIR`: where `master.key` is.
    pub keys_dir: PathBuf,
    /// `SLUIS_TLS_CERT`, `SLUIS_TLS_KEY`: how https is served, if not by a proxy.
    pub tls: Option<TlsFiles>,
    /// `SLUIS_TRUSTED_PROXIES`: whose word counts on where a request came from.
    pub trusted_proxies: TrustedProxies,
    /// `SLUIS_RATE_LIMITS`: off only for tests.
    pub rate_limits: RateLimits,
    /// `SLUIS_REGISTRATION`: which clients may register themselves.
    pub registration: Registration,
    /// `SLUIS_UNVETTED_TIER`: the most that a client may be granted which
    /// nobody vouches for.
    pub unvetted_tier: TierChoice,
    /// `SLUIS_OUTBOUND_ALLOW`: which private networks outgoing requests may reach.
    pub outbound_allow: OutboundAllow,
    /// `SLUIS_OUTBOUND_CA`: whom outgoing TLS trusts besides the usual authorities.
    pub outbound_ca: OutboundCa,
    /// `SLUIS_MAIL_URL`: where mail goes.
    pub mail_url: MailUrl,
    /// `SLUIS_MAIL_FROM`: whom it is from; by default somebody at the issuer's host.
    pub mail_from: Option<MailFrom>,
    /// `SLUIS_LOG`: what is logged.
    pub log: LogFilter,
    /// `SLUIS_LOG_FORMAT`: how it is logged.
    pub log_format: LogFormat,
    /// What is set and not obeyed, to be told at start.
    pub without_effect: Vec<WithoutEffect>,
}

/// A setting of the contract that this version has no use for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithoutEffect {
    /// The setting as the operator wrote it.
    pub setting: String,
    /// What is so without it.
    pub why: &'static str,
}

impl fmt::Display for WithoutEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { setting, why } = self;
        write!(f, "{setting} is without effect in this version: {why}")
    }
}

impl Default for Config {
    /// What an instance without any setting runs with: at home, on this
    /// machine only.
    fn default() -> Self {
        Self {
            issuer: Issuer::default(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8000)),
            database_url: DatabaseUrl::default(),
            keys_dir: PathBuf::from("keys"),
            tls: None,
            trusted_proxies: TrustedProxies::default(),
            rate_limits: RateLimits::On,
            registration: Registration::default(),
            unvetted_tier: TierChoice::Tier(Tier::Low),
            outbound_allow: OutboundAllow::default(),
            outbound_ca: OutboundCa::default(),
            mail_url: MailUrl::default(),
            mail_from: None,
            log: LogFilter::default(),
            log_format: LogFormat::Text,
            without_effect: Vec::new(),
        }
    }
}

impl Config {
    /// Whom mail to people is from, and to whom what comes back goes.
    #[must_use]
    pub fn sender(&self) -> MailFrom {
        let named = self.mail_from.clone();
        named.unwrap_or_else(|| MailFrom::at(&self.issuer))
    }

    /// Reads the file (`sluis.toml`, if there is one, unless another is named)
    /// and the environment of this process.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let file = source::File::read(file)?;
        Self::from_sources(file.as_ref(), source::environment()?)
    }

    /// From the text of a file and a set of variables: what [`load`](Self::load)
    /// does once it has read them.
    ///
    /// # Examples
    /// ```
    /// use sluis::config::Config;
    ///
    /// let config = Config::from_parts(
    ///     "listen = '127.0.0.1:9000'",
    ///     [("SLUIS_ISSUER", "http://localhost:9000")],
    /// )?;
    /// assert_eq!(config.issuer.as_str(), "http://localhost:9000");
    /// assert_eq!(config.listen.port(), 9000);
    /// # Ok::<(), sluis::config::ConfigError>(())
    /// ```
    pub fn from_parts<'a>(
        file: &str,
        environment: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, ConfigError> {
        let file = source::File::from_text(DEFAULT_FILE, file);
        let environment = environment
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Self::from_sources(Some(&file), environment)
    }

    fn from_sources(
        file: Option<&source::File>,
        environment: source::Variables,
    ) -> Result<Self, ConfigError> {
        let mut settings = source::Settings::gather(file, environment)?;
        let defaults = Self::default();
        let issuer = settings.take("issuer", defaults.issuer);
        let config = Self {
            tls: TlsFiles::take(&mut settings, &issuer),
            issuer,
            listen: settings.take("listen", network::Listen(defaults.listen)).0,
            database_url: settings.take("database_url", defaults.database_url),
            keys_dir: settings
                .take("keys_dir", source::Location(defaults.keys_dir))
                .0,
            trusted_proxies: settings.take("trusted_proxies", defaults.trusted_proxies),
            rate_limits: settings.take("rate_limits", defaults.rate_limits),
            registration: settings.take("registration", defaults.registration),
            unvetted_tier: settings
                .take(
                    "unvetted_tier",
                    registration::UnvettedTier(defaults.unvetted_tier),
                )
                .0,
            outbound_allow: settings.take("outbound_allow", defaults.outbound_allow),
            outbound_ca: settings.take("outbound_ca", defaults.outbound_ca),
            mail_url: settings.take("mail_url", defaults.mail_url),
            mail_from: settings.take_optional("mail_from"),
            log: settings.take("log", defaults.log),
            log_format: settings.take("log_format", defaults.log_format),
            without_effect: settings.without_effect(),
        };
        if config.rate_limits == RateLimits::Off && !config.issuer.is_for_tests() {
            settings.refuse(
                "rate_limits",
                Refusal::new(
                    "off is only for an issuer on this machine or under .test",
                    "remove it, or test with an issuer such as http://localhost:8000",
                ),
            );
        }
        settings.finish(config)
    }
}

/// Why a value of a setting cannot be used, and what would be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}; {remedy}")]
pub struct Refusal {
    /// What is wrong. Never the value of a setting that may hold a secret.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl Refusal {
    fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            remedy: remedy.into(),
        }
    }
}

/// One setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The setting as the operator wrote it: `SLUIS_ISSUER`, or `issuer in sluis.toml`.
    pub setting: String,
    /// What is wrong with it.
    pub refusal: Refusal,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.setting, self.refusal)
    }
}

/// The settings cannot be used. Every problem is there, so that a start is not
/// a guessing game.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    /// What is wrong, never empty.
    pub problems: Vec<Problem>,
}

impl ConfigError {
    fn one(setting: impl Into<String>, refusal: Refusal) -> Self {
        Self {
            problems: vec![Problem {
                setting: setting.into(),
                refusal,
            }],
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
