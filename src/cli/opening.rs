//! Opening an instance, and saying in plain words why one cannot be opened.

use super::Failure;
use crate::app::{App, Migrations, OpenError};
use crate::clock::Clock;
use crate::config::Config;
use crate::random::Random;
use crate::service::Fault;
use crate::store::StoreError;

/// Opens the instance that the settings name.
pub(super) async fn open(config: &Config, migrations: Migrations) -> Result<App, Failure> {
    open_at(config, migrations, Clock::system()).await
}

/// [`open`], by another clock than the machine's.
pub(super) async fn open_at(
    config: &Config,
    migrations: Migrations,
    clock: Clock,
) -> Result<App, Failure> {
    Ok(App::open(config.clone(), migrations, clock, Random::system()).await?)
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Store(error) => error.into(),
            error => Self::new(error.to_string()),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let failure = Self::new(error.to_string());
        match error.remedy() {
            Some(remedy) => failure.remedy(remedy),
            None => failure,
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Store(error) => error.into(),
            Fault::Keys(error) => error.into(),
            fault => Self::new(fault.to_string()),
        }
    }
}
