//! The second factor that a way back in asks for besides a mailed link.
//!
//! Nobody destroys a vault with mail alone that mail alone would not open: who empties
//! one shows a second factor, where there is one. And where nobody has confirmed the
//! address, whoever reads mail there may be another than who made the account: there
//! every way that ends in a wait asks for it. Whoever cannot show it has lost nothing:
//! an account of their own gets the address as soon as they confirm that.

use super::RecoverError;
use crate::app::App;
use crate::domain::account::{Factors, RecoveryWay};
use crate::domain::id::AccountId;
use crate::service::browsers::Place;
use crate::service::passkeys::Proven;
use crate::service::shown::Shown;
use crate::store::{Connection, StoreError, accounts, factors};

/// What somebody shows besides a link.
pub enum Second {
    /// Nothing.
    Nothing,
    /// A code of an app, or off the list, as it was typed.
    Code(String),
    /// A passkey.
    Passkey(Proven),
}

/// Of which factors one is asked at the end of a wait; `None` where there is no more
/// than a password, or where the sign-in that follows asks for it.
pub(super) async fn asks_second(
    connection: &mut Connection,
    account_id: AccountId,
    way: RecoveryWay,
) -> Result<Option<Factors>, StoreError> {
    let contact = accounts::contact(connection, account_id).await?;
    let is_claimed = contact.is_some_and(|contact| !contact.is_confirmed());
    let factors = factors::of_account(connection, account_id).await?;
    let asks = way == RecoveryWay::Empty || is_claimed;
    Ok((asks && factors.has_second()).then_some(factors))
}

/// A second factor that was looked at, if one is asked. It has to be taken still.
pub(super) struct Seconded {
    app: App,
    account_id: AccountId,
    way: RecoveryWay,
    shown: Shown,
}

impl Seconded {
    /// Looks at what somebody shows, if anything is asked. A code is counted first, in
    /// a transaction of its own.
    pub(super) async fn look_at(
        app: &App,
        place: &Place,
        (account_id, way): (AccountId, RecoveryWay),
        second: Second,
    ) -> Result<Self, RecoverError> {
        let mut connection = app.store().read().await?;
        let asked = asks_second(&mut connection, account_id, way).await?;
        drop(connection);
        let shown = match (asked, second) {
            (None, _) => Shown::nothing(account_id),
            (Some(_), Second::Code(typed)) => Shown::code(app, place, account_id, &typed).await?,
            (Some(_), Second::Passkey(proven)) => Shown::passkey(account_id, &proven)?,
            (Some(_), Second::Nothing) => return Err(RecoverError::Second),
        };
        Ok(Self {
            app: app.clone(),
            account_id,
            way,
            shown,
        })
    }

    /// Uses it up. One may have been set up while the password was hashed.
    pub(super) async fn take(&self, tx: &mut Connection) -> Result<(), RecoverError> {
        let asked = asks_second(tx, self.account_id, self.way).await?;
        if self.shown.is_nothing() && asked.is_some() || !self.shown.take(tx, &self.app).await? {
            return Err(RecoverError::Second);
        }
        Ok(())
    }
}
