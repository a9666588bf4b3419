//! The new password at the end of every way back in, and all that ends with it.

use super::{RecoverError, call_off};
use crate::app::App;
use crate::crypto::password::Password;
use crate::crypto::vault::{KeyholderKind, VaultKey};
use crate::domain::account::{LinkPurpose, RecoveryWay};
use crate::domain::id::AccountId;
use crate::domain::message::About;
use crate::domain::signal::{Happening, Initiator};
use crate::domain::time::Timestamp;
use crate::service::accounts::{by_password, recipe_at, recipe_of};
use crate::service::browsers::{Place, meet};
use crate::service::erasure::undoable_until;
use crate::service::letters::Posting;
use crate::service::logouts::Farewell;
use crate::service::{Fault, accounts as people, letters};
use crate::store::keyholders::{self, KeyholderRow};
use crate::store::{
    Connection, StoreError, accounts, factors, grants, guesses, half_sign_ins, known_browsers,
    mail_links, recoveries, tokens,
};

/// What somebody has besides a mailed link.
#[derive(Clone, Debug)]
pub(super) enum Besides {
    /// The code of a recovery kit, which opened this: they set up what there is.
    Kit(KeyholderRow),
    /// Nothing: they waited, and whoever has the account could have stopped it.
    Wait(RecoveryWay),
}

impl Besides {
    const fn purpose(&self) -> LinkPurpose {
        match self {
            Self::Kit(_) => LinkPurpose::Recover,
            Self::Wait(_) => LinkPurpose::Ready,
        }
    }

    const fn about(&self) -> About {
        match self {
            Self::Kit(_) | Self::Wait(RecoveryWay::Escrow) => About::Recovered,
            Self::Wait(RecoveryWay::Empty) => About::Emptied,
        }
    }
}

/// A password that is about to take the place of the one that was forgotten.
pub(super) struct NewPassword {
    account_id: AccountId,
    link: [u8; 32],
    besides: Besides,
    keyholder: KeyholderRow,
    email_index: [u8; 32],
    farewell: Farewell,
    letter: Posting,
    /// By what the account knows the browser in which it is set.
    browser: [u8; 32],
    now: Timestamp,
}

impl NewPassword {
    /// Of an account whose vault has this key, for whoever has this link and what is
    /// asked besides. One password hash.
    pub(super) async fn of(
        app: &App,
        place: &Place,
        (account_id, link): (AccountId, [u8; 32]),
        besides: Besides,
        (vault_key, password): (&VaultKey, Password),
    ) -> Result<Self, Fault> {
        let contact = people::contact(app, account_id).await?;
        let index = app.master().email_index(&contact.email);
        let mut connection = app.store().read().await?;
        let rows = keyholders::of_account(&mut connection, account_id).await?;
        drop(connection);
        let before = rows.iter().find(|row| row.kind == KeyholderKind::Password);
        // Hashed like every password at the address: else nobody else who claims it
        // signs in there any more.
        let recipe = match before {
            Some(row) => recipe_of(row)?.renewed(),
            None => recipe_at(app, index).await?,
        };
        let derived = app.hasher().derive(password, recipe.clone()).await?;
        let now = app.now();
        Ok(Self {
            account_id,
            link,
            keyholder: by_password(app, account_id, vault_key, (&recipe, &derived)),
            email_index: *index.as_bytes(),
            farewell: Farewell::of_account(app, account_id, Initiator::User).await?,
            letter: letters::to(app, account_id, besides.about()),
            besides,
            browser: place.known.hash_for(account_id.as_uuid()),
            now,
        })
    }

    /// Uses the link up, puts the password in the place of the old one, ends all
    /// that was begun with that and every session, and tells of it. Whoever comes
    /// this far reads mail at the address: from now on it is that of the account.
    pub(super) async fn keep(&self, tx: &mut Connection) -> Result<(), RecoverError> {
        let (account_id, now) = (self.account_id, self.now);
        // Nothing is set up, or mailed, at the same time.
        accounts::hold(tx, account_id).await?;
        if matches!(self.besides, Besides::Wait(_))
            && let Some(until) = undoable_until(tx, account_id, now).await?
        {
            return Err(RecoverError::NotBefore(until));
        }
        // It may have been replaced since it was opened.
        if let Besides::Kit(row) = &self.besides
            && !keyholders::hold(tx, row).await?
        {
            return Err(RecoverError::Code);
        }
        let purpose = self.besides.purpose();
        if !mail_links::spend(tx, account_id, self.link, purpose, now).await? {
            return Err(RecoverError::Link);
        }
        if let Besides::Wait(way) = self.besides
            && !recoveries::finish(tx, account_id, way, now).await?
        {
            return Err(RecoverError::Link);
        }
        call_off(tx, account_id, now).await?;
        let contact = accounts::contact(tx, account_id).await?;
        let is_claimed = contact.is_some_and(|contact| !contact.is_confirmed());
        // The ways in before the sessions: whoever is on one of them is waited for.
        keyholders::delete_all(tx, account_id, KeyholderKind::Password, None).await?;
        // A second factor was shown by whoever comes this far: theirs is all there is.
        let is_stranger = is_claimed && !matches!(self.besides, Besides::Kit(_));
        if is_stranger && !factors::of_account(tx, account_id).await?.has_second() {
            forget_claimant(tx, account_id).await?;
        }
        half_sign_ins::drop_all(tx, account_id).await?;
        self.farewell.end_all(tx, account_id, None).await?;
        known_browsers::forget_all(tx, account_id).await?;
        // Whoever goes on guessing does not keep out who has just set it.
        let _ = meet(tx, account_id, self.browser, now).await?;
        guesses::clear_failures_of(tx, account_id).await?;
        keyholders::insert(tx, &self.keyholder).await?;
        let by_mail_alone = matches!(self.besides, Besides::Wait(_)).then_some(now);
        accounts::set_recovered(tx, account_id, by_mail_alone).await?;
        if is_claimed {
            take_address(tx, account_id, self.email_index, now).await?;
        }
        // Where somebody waited, it was told when they began to.
        if matches!(self.besides, Besides::Kit(_)) {
            let what = Happening::RecoveryActivated;
            self.letter.let_hear(tx, account_id, &what).await?;
        }
        self.letter.keep(tx).await?;
        Ok(())
    }
}

/// Takes away what somebody set up who merely said that the address is theirs, and
/// may be another than who reads mail there: their kit, and what businesses hold in
/// their hands, since some may be theirs. There is nothing else: a passkey or an app
/// would have been asked for.
async fn forget_claimant(tx: &mut Connection, account_id: AccountId) -> Result<(), StoreError> {
    keyholders::delete_all(tx, account_id, KeyholderKind::Kit, None).await?;
    factors::clear_failures(tx, account_id).await?;
    for row in grants::of_account(tx, account_id).await? {
        tokens::end_all(tx, row.grant.id).await?;
    }
    Ok(())
}

/// Somebody else may have confirmed the address meanwhile: then there is nothing
/// here for whoever reads mail there.
async fn take_address(
    tx: &mut Connection,
    account_id: AccountId,
    email_index: [u8; 32],
    now: Timestamp,
) -> Result<(), RecoverError> {
    match accounts::take_address(tx, account_id, email_index, now).await {
        Err(StoreError::Duplicate) => Err(RecoverError::Link),
        taken => Ok(taken?),
    }
}
