//! Where everything is kept.

use std::fmt;
use std::str::FromStr;

use secrecy::{ExposeSecret as _, SecretString};

use super::Refusal;

/// The two engines. The URL alone chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Embedded: one machine, one file.
    Sqlite,
    /// A server: any number of nodes.
    Postgres,
}

/// A database URL. It may hold a password and therefore does not print.
#[derive(Clone)]
pub struct DatabaseUrl {
    engine: Engine,
    url: SecretString,
}

impl DatabaseUrl {
    /// Which engine it names.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// The URL, with its password: for the driver alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.url.expose_secret()
    }
}

impl Default for DatabaseUrl {
    fn default() -> Self {
        "sqlite://sluis.db"
            .parse()
            .expect("the default is a database URL")
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({:?})", self.engine)
    }
}

impl FromStr for DatabaseUrl {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        // A mistyped URL may hold the password just as well: it is not echoed.
        let engine = match text.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => Engine::Sqlite,
            Some("postgres" | "postgresql") => Engine::Postgres,
            _ => {
                return Err(Refusal::new(
                    "this is not a database that Sluis speaks to",
                    "write sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE",
                ));
            }
        };
        Ok(Self {
            engine,
            url: text.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_chooses_the_engine() {
        let engine = |text: &str| text.parse::<DatabaseUrl>().map(|url| url.engine());
        assert_eq!(engine("sqlite://sluis.db"), Ok(Engine::Sqlite));
        assert_eq!(engine("postgres://db/sluis"), Ok(Engine::Postgres));
        assert_eq!(engine("postgresql://db/sluis"), Ok(Engine::Postgres));
        assert!(engine("mysql://db/sluis").is_err());
        assert!(engine("sluis.db").is_err());
    }

    #[test]
    fn a_password_in_the_url_never_prints() {
        let url: DatabaseUrl = "postgres://sluis:geheim@db/sluis".parse().expect("a URL");
        assert!(!format!("{url:?}").contains("geheim"));
        assert!(url.expose().contains("geheim"));
        let refusal = "mysql://sluis:geheim@db/sluis"
            .parse::<DatabaseUrl>()
            .expect_err("not an engine of ours");
        assert!(!format!("{refusal} {refusal:?}").contains("geheim"));
    }
}
