//! The links of letters, when somebody comes with one: it holds, or did what it is
//! for, or is no link at all. It is not used up by looking.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::app::App;
use crate::crypto::seal::Sealed;
use crate::crypto::secret::{MailLink, Opaque};
use crate::crypto::vault;
use crate::domain::account::LinkPurpose;
use crate::domain::id::AccountId;
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::store::mail_links::{self, LinkRow};

/// For how long after its time the page of a link that was used says what came of it.
pub(super) const LOOKED_AT_AGAIN: Duration = Duration::from_hours(1);

/// A link that was mailed.
pub(super) struct Link {
    pub(super) account_id: AccountId,
    pub(super) hash: [u8; 32],
    pub(super) purpose: LinkPurpose,
    address_sealed: Vec<u8>,
}

impl Link {
    /// Where it was mailed to.
    pub(super) fn address(&self, app: &App) -> Result<Zeroizing<String>, Fault> {
        let sealed = Sealed::from_bytes(self.address_sealed.clone());
        let address = vault::open_link_address(app.master(), self.account_id, &self.hash, &sealed)?;
        Ok(address)
    }
}

/// What a token is.
pub(super) enum Found {
    /// A link that holds.
    Holds(Link),
    /// One that did what it is for, then. Nobody has such a link who did not have it
    /// when it held.
    Used(Link, Timestamp),
    /// Nothing of use: a newer link took its place, its time is long over, or it never
    /// was one.
    Void,
}

/// The link of a token, if it holds and is for this.
pub(super) async fn holding(
    app: &App,
    token: &str,
    purpose: LinkPurpose,
) -> Result<Option<Link>, Fault> {
    Ok(match find(app, token).await? {
        Found::Holds(link) if link.purpose == purpose => Some(link),
        _ => None,
    })
}

/// The link of a token, whatever it is for.
pub(super) async fn find(app: &App, token: &str) -> Result<Found, Fault> {
    let Some(token) = Opaque::<MailLink>::parse(token) else {
        return Ok(Found::Void);
    };
    let (account_id, hash) = (AccountId::new(token.owner()), token.hash());
    let link = |row: LinkRow| Link {
        account_id,
        hash,
        purpose: row.purpose,
        address_sealed: row.address_sealed,
    };
    let now = app.now();
    let mut connection = app.store().read().await?;
    if let Some(row) = mail_links::find(&mut connection, account_id, hash, now).await? {
        return Ok(Found::Holds(link(row)));
    }
    let since = now.minus(LOOKED_AT_AGAIN);
    let used = mail_links::used(&mut connection, account_id, hash, since).await?;
    Ok(used.map_or(Found::Void, |(row, at)| Found::Used(link(row), at)))
}
