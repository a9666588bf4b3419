//! What came of a link that was used, for who clicks twice or looks at its page again.

use super::wait::waiting;
use crate::app::App;
use crate::crypto::vault::KeyholderKind;
use crate::domain::account::LinkPurpose;
use crate::domain::id::AccountId;
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::links::{self, Found, LOOKED_AT_AGAIN};
use crate::store::{Connection, StoreError, keyholders, recoveries};

/// What came of a link, as long as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A way back in waits until then.
    Waits(Timestamp),
    /// The one that waited was stopped.
    Stopped,
    /// There is a new password.
    Done,
}

/// What came of a link; `None` when nothing did, or something else since.
pub async fn outcome(app: &App, token: &str) -> Result<Option<Outcome>, Fault> {
    let Found::Used(link, used_at) = links::find(app, token).await? else {
        return Ok(None);
    };
    let (account_id, now) = (link.account_id, app.now());
    let since = now.minus(LOOKED_AT_AGAIN);
    let mut connection = app.store().read().await?;
    Ok(match link.purpose {
        LinkPurpose::Recover => {
            match recoveries::begun_at(&mut connection, account_id, used_at).await? {
                Some(ready_at) => Some(Outcome::Waits(ready_at)),
                None if used_at > since => {
                    new_password(&mut connection, account_id, used_at).await?
                }
                None => None,
            }
        }
        LinkPurpose::Ready if used_at > since => {
            new_password(&mut connection, account_id, used_at).await?
        }
        // Not where another waits, of which this link stopped nothing.
        LinkPurpose::Stop => match waiting(&mut connection, account_id, now).await? {
            Some(_) => None,
            // What it says of the password has to hold still.
            None => (!is_new_since(&mut connection, account_id, used_at).await?)
                .then_some(Outcome::Stopped),
        },
        _ => None,
    })
}

/// Whether the password was set after that.
async fn is_new_since(
    connection: &mut Connection,
    account_id: AccountId,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let keyholders = keyholders::of_account(connection, account_id).await?;
    let mut passwords = keyholders
        .iter()
        .filter(|row| row.kind == KeyholderKind::Password);
    Ok(passwords.any(|row| row.created_at > at))
}

/// Whether the way in by password is the one that was made at that very moment. Its owner
/// may change the password, so it is not said for long.
async fn new_password(
    connection: &mut Connection,
    account_id: AccountId,
    at: Timestamp,
) -> Result<Option<Outcome>, StoreError> {
    let keyholders = keyholders::of_account(connection, account_id).await?;
    let mut passwords = keyholders
        .iter()
        .filter(|row| row.kind == KeyholderKind::Password);
    Ok(passwords
        .any(|row| row.created_at == at)
        .then_some(Outcome::Done))
}
