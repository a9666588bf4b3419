//! A forgotten password at an address that nobody has. Whoever reads mail there is
//! one of those who say that it is theirs, and nobody knows which: each account gets
//! a letter of its own, which says when it was made. Where there are too many, they take
//! turns, and the newest begins: whoever asks again gets theirs, whatever others claim.

use super::holder;
use super::posting::{Posting, new_id, opened_text};
use crate::app::App;
use crate::domain::account::LinkPurpose;
use crate::domain::message::{About, Lane};
use crate::service::Fault;
use crate::store::outbox::Claimed;
use crate::store::{StoreError, claimants};

/// How many accounts are told of. A bound on what a stranger can have somebody
/// mailed.
const MOST: u32 = 10;

/// Keeps a letter for each account that claims the address, if nobody has it; says
/// whether it did.
pub(super) async fn tell_apart(
    app: &App,
    claimed: &Claimed,
    address_sealed: &str,
) -> Result<bool, Fault> {
    let typed = opened_text(app, claimed.id, address_sealed)?;
    let typed = String::from_utf8_lossy(&typed);
    if holder(app, &typed).await?.is_some() {
        return Ok(false);
    }
    let index = *app.master().email_index(&typed).as_bytes();
    let mut connection = app.store().read().await?;
    let claims = claimants::in_turn(&mut connection, index, LinkPurpose::Recover, MOST).await?;
    drop(connection);
    let letters: Vec<Posting> = claims
        .into_iter()
        .map(|(account_id, made_at)| {
            let about = About::ForgottenClaim {
                account_id,
                made_at,
            };
            let id = new_id(app);
            Posting::new(app, id, Lane::Address(id), about)
        })
        .collect();
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                for letter in &letters {
                    letter.keep(tx).await?;
                }
                Ok::<_, StoreError>(())
            })
        })
        .await?;
    Ok(true)
}
