//! Where settings come from, and the list of those that exist.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use config::{FileFormat, Map, Value, ValueKind};

use super::{ConfigError, DEFAULT_FILE, Problem, Refusal, WithoutEffect};

const PREFIX: &str = "SLUIS_";

/// Every setting that this version obeys.
const SETTINGS: [&str; 16] = [
    "issuer",
    "listen",
    "database_url",
    "keys_dir",
    "trusted_proxies",
    "rate_limits",
    "registration",
    "unvetted_tier",
    "outbound_allow",
    "outbound_ca",
    "mail_url",
    "mail_from",
    "tls_cert",
    "tls_key",
    "log",
    "log_format",
];

/// Settings of the contract that this version has no use for, and why. They are
/// said to be without effect, so that one set of settings serves every version.
const WITHOUT_EFFECT: [(&str, &str); 1] = [(
    "metrics_listen",
    "there are no metrics; watch /healthz and /readyz",
)];

/// The variables that concern Sluis, by name.
pub(super) type Variables = BTreeMap<String, String>;

/// The variables of this process that concern Sluis.
pub(super) fn environment() -> Result<Variables, ConfigError> {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the environment"
    )]
    let all = std::env::vars_os();
    let mut variables = Variables::new();
    for (name, value) in all {
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else {
            continue;
        };
        let Ok(value) = value.into_string() else {
            return Err(ConfigError::one(
                name,
                Refusal::new("its value is not UTF-8 text", "write it in UTF-8"),
            ));
        };
        variables.insert(name.to_owned(), value);
    }
    Ok(variables)
}

/// Kubernetes gives every pod variables that describe each service beside it;
/// for a service called `sluis` they look like settings, and nobody set them.
fn is_service_link(name: &str) -> bool {
    ["SLUIS_SERVICE_", "SLUIS_PORT_"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
        || name == "SLUIS_PORT"
}

/// A settings file.
pub(super) struct File {
    name: String,
    text: String,
}

impl File {
    pub(super) fn from_text(name: &str, text: &str) -> Self {
        Self {
            name: name.to_owned(),
            text: text.to_owned(),
        }
    }

    /// Reads the named file, which must be there, or the default one, which
    /// need not be.
    pub(super) fn read(named: Option<&Path>) -> Result<Option<Self>, ConfigError> {
        let path = named.unwrap_or(Path::new(DEFAULT_FILE));
        let name = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Some(Self { name, text })),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => {
                Ok(None)
            }
            Err(error) => Err(ConfigError::one(
                name,
                Refusal::new(
                    format!("the settings file cannot be read ({error})"),
                    "name a readable file with --config, or leave it out",
                ),
            )),
        }
    }
}

/// The raw settings, taken out one by one; what is wrong is kept for the end.
pub(super) struct Settings {
    values: Map<String, Value>,
    file_name: String,
    variables: Variables,
    problems: Vec<Problem>,
    without_effect: Vec<WithoutEffect>,
}

impl Settings {
    pub(super) fn gather(
        file: Option<&File>,
        mut variables: Variables,
    ) -> Result<Self, ConfigError> {
        variables.retain(|name, _| name.starts_with(PREFIX) && !is_service_link(name));
        let file_name = file.map_or(DEFAULT_FILE, |file| &file.name).to_owned();

        let mut builder = config::Config::builder();
        if let Some(file) = file {
            builder = builder.add_source(config::File::from_str(&file.text, FileFormat::Toml));
        }
        let environment = config::Environment::with_prefix("SLUIS")
            .source(Some(variables.clone().into_iter().collect()));
        let values = builder
            .add_source(environment)
            .build()
            .and_then(|config| config::Source::collect(&config))
            .map_err(|error| {
                // TOML errors quote the line, which may be the one with the
                // database password.
                let place = without_quotes(&error.to_string());
                ConfigError::one(
                    &file_name,
                    Refusal::new(
                        format!("the settings file is not valid TOML{place}"),
                        "write lines like listen = \"127.0.0.1:8000\"",
                    ),
                )
            })?;

        let mut settings = Self {
            values,
            file_name,
            variables,
            problems: Vec::new(),
            without_effect: Vec::new(),
        };
        settings.sort_out();
        Ok(settings)
    }

    /// Sets apart what is unknown, and what this version does not obey.
    fn sort_out(&mut self) {
        let mut keys: Vec<String> = self.values.keys().cloned().collect();
        keys.sort();
        for key in keys {
            if let Some((_, why)) = WITHOUT_EFFECT.iter().find(|(idle, _)| *idle == key) {
                let setting = self.name_of(&key);
                self.without_effect.push(WithoutEffect { setting, why });
            } else if !SETTINGS.contains(&key.as_str()) {
                self.refuse(
                    &key,
                    Refusal::new(
                        "there is no such setting",
                        format!("remove it; there are {}", SETTINGS.join(", ")),
                    ),
                );
            }
        }
    }

    /// The value of a setting, or its default. A value that cannot be used is
    /// noted and the default stands in until [`finish`](Self::finish).
    pub(super) fn take<T: FromStr<Err = Refusal>>(&mut self, key: &str, default: T) -> T {
        self.take_optional(key).unwrap_or(default)
    }

    /// The value of a setting that need not be there; one that cannot be used
    /// is noted.
    pub(super) fn take_optional<T: FromStr<Err = Refusal>>(&mut self, key: &str) -> Option<T> {
        let value = self.values.get(key)?;
        as_text(value)
            .and_then(|text| text.parse())
            .map_err(|refusal| self.refuse(key, refusal))
            .ok()
    }

    /// Notes that a setting cannot be used.
    pub(super) fn refuse(&mut self, key: &str, refusal: Refusal) {
        let setting = self.name_of(key);
        self.problems.push(Problem { setting, refusal });
    }

    /// A setting as the operator wrote it.
    fn name_of(&self, key: &str) -> String {
        let variable = format!("{PREFIX}{}", key.to_uppercase());
        // The library folds the case of variables; show what was written.
        let written = self
            .variables
            .keys()
            .find(|name| name.eq_ignore_ascii_case(&variable));
        written.map_or_else(|| format!("{key} in {}", self.file_name), Clone::clone)
    }

    /// The settings that are without effect.
    pub(super) fn without_effect(&mut self) -> Vec<WithoutEffect> {
        std::mem::take(&mut self.without_effect)
    }

    /// The config, if nothing was wrong.
    pub(super) fn finish<T>(self, config: T) -> Result<T, ConfigError> {
        if self.problems.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError {
                problems: self.problems,
            })
        }
    }
}

/// A value as text; a list of the file becomes what the environment would hold.
fn as_text(value: &Value) -> Result<String, Refusal> {
    let parts = match &value.kind {
        ValueKind::Array(parts) => parts
            .iter()
            .map(|part| part.clone().into_string())
            .collect(),
        _ => value.clone().into_string().map(|text| vec![text]),
    };
    parts
        .map(|parts| parts.join(","))
        .map_err(|_| Refusal::new("it is a table, not a value", "write a text between quotes"))
}

/// The line and column of a TOML error, without the quoted line.
fn without_quotes(error: &str) -> String {
    error
        .split_once("at line ")
        .and_then(|(_, rest)| rest.lines().next())
        .map(|place| format!(" (line {place})"))
        .unwrap_or_default()
}

/// The path of a file or a folder: anything but nothing.
pub(super) struct Location(pub(super) PathBuf);

impl FromStr for Location {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        if text.is_empty() {
            return Err(Refusal::new("it is empty", "write a path"));
        }
        Ok(Self(PathBuf::from(text)))
    }
}
