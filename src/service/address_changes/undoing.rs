//! Undoing a change of address, by whoever reads mail at the one before: it comes
//! back, everybody is signed out, and what was set up since the change was asked for
//! goes ([`crate::domain::account::Going`]).
//!
//! A password from before stays, since nobody can tell who knows it: a new one is what
//! the page and the letter ask for first. One that came since stays only where nothing
//! else would open the vault.

use zeroize::Zeroizing;

use super::{Followed, Refused, Taking};
use crate::app::App;
use crate::crypto::vault::KeyholderKind;
use crate::domain::account::{
    Going, Gone, KitThere, LaterPassword, LinkPurpose, PasskeyThere, WaysIn,
};
use crate::domain::id::AccountId;
use crate::domain::message::About;
use crate::domain::signal::Initiator;
use crate::service::addresses::of_used_link;
use crate::service::erasure::CallingOff;
use crate::service::letters::{self, hear};
use crate::service::logouts::Farewell;
use crate::service::{Fault, accounts as people, links};
use crate::store::keyholders;
use crate::store::{
    Connection, StoreError, accounts, address_changes, address_letters, factors, half_sign_ins,
    known_browsers, mail_links, passkeys,
};

/// How often it is tried again when an erasure began, or an agreement moved, at the same
/// time.
const TRIES: usize = 5;

/// What a link to undo a change does.
pub struct Restorable {
    /// Which address the account gets back.
    pub address: Zeroizing<String>,
    /// What goes that was set up since.
    pub goes: Gone,
}

/// What a link to undo a change does; `None` when it does not hold.
pub async fn would_restore(app: &App, token: &str) -> Result<Option<Restorable>, Fault> {
    let Some(link) = links::holding(app, token, LinkPurpose::Undo).await? else {
        return Ok(None);
    };
    let mut connection = app.store().read().await?;
    let going = going(&mut connection, link.account_id, link.hash).await?;
    Ok(Some(Restorable {
        address: link.address(app)?,
        goes: going.told(),
    }))
}

/// Whether a link gave the address back to an account that still has it.
pub async fn did_restore(app: &App, token: &str) -> Result<bool, Fault> {
    let of = of_used_link(app, token, LinkPurpose::Undo).await?;
    Ok(of.is_some())
}

/// Gives an account back the address that a link to undo was mailed to, signs
/// everybody out, takes away what was set up since, and calls an erasure off that
/// waits. One transaction.
pub async fn undo(app: &App, token: &str) -> Result<Followed<Gone>, Fault> {
    for _ in 0..TRIES {
        match try_to_undo(app, token).await {
            Err(Refused::Stale) => {}
            done => return Refused::told(done),
        }
    }
    Err(Fault::Contended)
}

async fn try_to_undo(app: &App, token: &str) -> Result<Gone, Refused> {
    let Some(link) = links::holding(app, token, LinkPurpose::Undo).await? else {
        return Err(Refused::Void);
    };
    let account_id = link.account_id;
    let Some(contact) = people::find_contact(app, account_id).await? else {
        return Err(Refused::Void);
    };
    // Its owner may have gone back to it by hand meanwhile.
    let dropped = (contact.email != *link.address(app)?).then(|| {
        letters::at_address(app, account_id, &contact.email, |address_sealed| {
            About::AddressDropped { address_sealed }
        })
    });
    let farewell = Farewell::of_account(app, account_id, Initiator::User).await?;
    let calling_off = CallingOff::of(app, account_id).await?;
    let (taking, now, app_) = (Taking::of(app, &link)?, app.now(), app.clone());
    let undone = app.store().write(move |tx| {
        Box::pin(async move {
            // Nothing is set up at the same time.
            accounts::hold(tx, account_id).await?;
            let purpose = LinkPurpose::Undo;
            if !mail_links::spend(tx, account_id, link.hash, purpose, now).await? {
                return Err(Refused::Void);
            }
            // Agreements before sessions.
            if !calling_off.keep(tx).await? {
                return Err(Refused::Stale);
            }
            mail_links::spend_later(tx, account_id, link.hash, purpose, now).await?;
            address_letters::drop_later(tx, account_id, link.hash).await?;
            // The ways in before the sessions: whoever is on one of them is waited for.
            let going = going(tx, account_id, link.hash).await?;
            take_away(tx, &app_, account_id, &going).await?;
            half_sign_ins::drop_all(tx, account_id).await?;
            // With the sessions ends a change that waits.
            farewell.end_all(tx, account_id, None).await?;
            taking.carry_out(tx).await?;
            known_browsers::forget_all(tx, account_id).await?;
            if let Some(dropped) = &dropped {
                dropped.keep(tx).await?;
            }
            let gone = going.told();
            let about = if gone.is_nothing() && !gone.leaves_later_password() {
                About::AddressRestored
            } else {
                About::AddressReclaimed { gone }
            };
            letters::to(&app_, account_id, about).keep(tx).await?;
            Ok(gone)
        })
    });
    undone.await
}

/// What goes when a change is undone by a link. Of one that a version before carried
/// out, nobody knows when it was asked for: then nothing does.
async fn going(
    connection: &mut Connection,
    account_id: AccountId,
    link: [u8; 32],
) -> Result<Going, StoreError> {
    let Some(baseline) = address_changes::baseline(connection, account_id, link).await? else {
        return Ok(Going::default());
    };
    let came = |at| baseline.came(at);
    let passkeys = passkeys::of_account(connection, account_id).await?;
    let keyholders = keyholders::of_account(connection, account_id).await?;
    let app = factors::totp(connection, account_id).await?;
    let codes = factors::codes_made_at(connection, account_id).await?;
    let has = |kind| keyholders.iter().any(|row| row.kind == kind);
    let ways = WaysIn {
        password: keyholders
            .iter()
            .find(|row| row.kind == KeyholderKind::Password)
            .map(|row| came(row.created_at)),
        escrow: has(KeyholderKind::Escrow),
        passkeys: passkeys
            .iter()
            .map(|row| PasskeyThere {
                id: row.id,
                opens: row.keyholder_id.is_some(),
                came: came(row.created_at),
            })
            .collect(),
        app: app.map(|row| came(row.created_at)),
        codes: codes.map(came),
        kits: keyholders
            .iter()
            .filter(|row| row.kind == KeyholderKind::Kit)
            .map(|row| KitThere {
                id: row.id,
                counts: row.is_confirmed_kit(),
                came: came(row.created_at),
            })
            .collect(),
    };
    Ok(ways.going(baseline))
}

/// Takes them away, and lets the businesses hear of it as when their owner does.
async fn take_away(
    tx: &mut Connection,
    app: &App,
    account_id: AccountId,
    going: &Going,
) -> Result<(), StoreError> {
    if going.password == LaterPassword::Goes {
        keyholders::delete_all(tx, account_id, KeyholderKind::Password, None).await?;
        hear(tx, app, account_id, &About::PasswordRemoved).await?;
    }
    for row in passkeys::of_account(tx, account_id).await? {
        if going.passkeys.contains(&row.id) {
            passkeys::delete(tx, account_id, row.id).await?;
            if let Some(keyholder_id) = row.keyholder_id {
                keyholders::delete(tx, account_id, keyholder_id).await?;
            }
            hear(tx, app, account_id, &About::PasskeyRemoved).await?;
        }
    }
    if going.app {
        factors::delete_totp(tx, account_id).await?;
        hear(tx, app, account_id, &About::TotpRemoved).await?;
    }
    if going.codes {
        factors::delete_codes(tx, account_id).await?;
    }
    for id in &going.kits {
        keyholders::delete(tx, account_id, *id).await?;
        hear(tx, app, account_id, &About::KitMade).await?;
    }
    Ok(())
}
