//! What is logged, and how.

use std::fmt;
use std::str::FromStr;

use tracing_subscriber::EnvFilter;

use super::Refusal;

/// Which events are logged: `info`, or directives such as `warn,sluis=debug`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFilter(String);

impl LogFilter {
    /// The filter itself.
    #[must_use]
    pub fn build(&self) -> EnvFilter {
        EnvFilter::new(&self.0)
    }
}

impl Default for LogFilter {
    fn default() -> Self {
        Self("info".to_owned())
    }
}

impl fmt::Display for LogFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for LogFilter {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        EnvFilter::builder().parse(text).map_err(|error| {
            Refusal::new(
                format!("{text:?} is not a filter ({error})"),
                "write a level (error, warn, info, debug) or directives such as warn,sluis=debug",
            )
        })?;
        Ok(Self(text.to_owned()))
    }
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For programs: one JSON object a line.
    Json,
}

impl FromStr for LogFormat {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(Refusal::new(
                format!("{text:?} is neither text nor json"),
                "write text or json",
            )),
        }
    }
}
