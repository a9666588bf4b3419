//! The values that a grant releases, sealed under its key.

use super::grant_key;
use crate::app::App;
use crate::crypto::vault::{self, GrantKey};
use crate::domain::attribute::{Attributes, released};
use crate::domain::grant::Grant;
use crate::service::Fault;
use crate::service::sessions::SignedIn;
use crate::store::grants;

/// The values that a grant may release after a move.
#[derive(Clone, Copy)]
pub(in crate::service) struct Values<'a> {
    pub(in crate::service) signed_in: &'a SignedIn,
    pub(in crate::service) attributes: &'a Attributes,
    /// The revision of the vault that they were read at; `None` where the vault is
    /// written in the same transaction.
    pub(in crate::service) revision: Option<i64>,
}

/// Seals the values that a grant covers, under its key.
pub(in crate::service) fn seal_values(
    app: &App,
    key: &GrantKey,
    grant: &Grant,
    attributes: &Attributes,
) -> Vec<u8> {
    let values = released(attributes, grant.terms.all_claims());
    vault::seal_released(key, grant.id, &values.to_bytes(), app.random()).into_bytes()
}

/// The released values of a grant, sealed anew after an edit.
pub(in crate::service) struct Resealed {
    /// The grant, as it was when they were.
    pub(in crate::service) grant: Grant,
    /// The end of the chain that they were made on.
    pub(in crate::service) seq: u32,
    /// The values.
    pub(in crate::service) values: Vec<u8>,
}

/// The released values of the account's live grants, sealed anew after an
/// edit.
pub(in crate::service) async fn reseal_all(
    app: &App,
    signed_in: &SignedIn,
    attributes: &Attributes,
) -> Result<Vec<Resealed>, Fault> {
    let mut connection = app.store().read().await?;
    let rows = grants::of_account(&mut connection, signed_in.account.id).await?;
    drop(connection);
    rows.into_iter()
        .filter(|row| !row.grant.state.is_over() && !row.grant.terms.all_claims().is_empty())
        .map(|row| {
            let key = grant_key(signed_in, &row)?;
            Ok(Resealed {
                seq: row.chain.seq,
                values: seal_values(app, &key, &row.grant, attributes),
                grant: row.grant,
            })
        })
        .collect()
}
