//! From half a sign-in to a whole one, and showing again who one is.
//!
//! Half a sign-in is not a session: its cookie opens no page, lives ten
//! minutes, and works in the browser that began it alone. If the vault was
//! opened already, its key waits under the secret of that cookie.

use std::time::Duration;

use crate::app::App;
use crate::crypto::password::Password;
use crate::crypto::seal::Sealed;
use crate::crypto::secret::{Browser, HalfSignIn, Opaque, Session};
use crate::crypto::vault::{self, VaultKey};
use crate::domain::account::{Authentication, AuthenticationMethod, Factors};
use crate::domain::id::AccountId;
use crate::service::Fault;
use crate::service::browsers::Place;
use crate::service::factors::{FactorError, set_up};
use crate::service::passkeys::Proven;
use crate::service::sessions::{NewSession, SignedIn};
use crate::service::shown::Shown;
use crate::store::half_sign_ins::{self, HalfRow};
use crate::store::{Connection, StoreError, accounts, factors, sessions};

/// How long the second half may take.
pub const HALF_LIFETIME: Duration = Duration::from_mins(10);

/// How far somebody came.
#[derive(Debug)]
pub enum Entered {
    /// All the way.
    Session(Opaque<Session>),
    /// Halfway: something is still to be shown.
    Half(Opaque<HalfSignIn>),
}

/// Somebody who showed something, in a browser.
pub(super) struct Entering {
    pub(super) app: App,
    pub(super) place: Place,
    pub(super) account_id: AccountId,
    /// If what they showed opens it.
    pub(super) vault_key: Option<VaultKey>,
    pub(super) authentication: Authentication,
}

impl Entering {
    /// Keeps a session where all is shown that has to be: the vault is open, and
    /// a password does not stand alone where something stronger is set up. Else
    /// half of one.
    ///
    /// What is set up is asked in the transaction: it may have been while a
    /// password was hashed.
    pub(super) async fn keep(self, tx: &mut Connection) -> Result<Entered, StoreError> {
        let (app, account_id) = (&self.app, self.account_id);
        let factors = factors::of_account(tx, account_id).await?;
        let alone = self.authentication.methods == AuthenticationMethod::Pwd;
        if let Some(vault_key) = &self.vault_key
            && !(alone && factors.password_needs_second())
        {
            let (place, authentication) = (&self.place, self.authentication);
            let session = NewSession::start_at(app, place, account_id, vault_key, authentication);
            session.keep(tx).await?;
            return Ok(Entered::Session(session.cookie));
        }
        let cookie = Opaque::<HalfSignIn>::generate(*account_id.as_uuid(), app.random());
        let wrapped = self
            .vault_key
            .as_ref()
            .map(|key| vault::wrap_for_half(key, account_id, &cookie, app.random()).into_bytes());
        let row = HalfRow {
            vault_key_wrapped: wrapped,
            authentication: self.authentication,
        };
        let until = self.authentication.at.plus(HALF_LIFETIME);
        let (hash, browser) = (cookie.hash(), self.place.browser.hash());
        half_sign_ins::insert(tx, account_id, hash, browser, &row, until).await?;
        Ok(Entered::Half(cookie))
    }
}

/// Somebody who is halfway.
#[derive(Debug)]
pub struct Half {
    /// Who.
    pub account_id: AccountId,
    /// With what they can show who they are.
    pub factors: Factors,
    /// What they showed so far.
    pub authentication: Authentication,
    vault_key: Option<VaultKey>,
    cookie: Opaque<HalfSignIn>,
}

impl Half {
    /// Whether the vault is still shut: the passkey that was used does not
    /// open it.
    #[must_use]
    pub const fn needs_password(&self) -> bool {
        self.vault_key.is_none()
    }

    /// Goes the rest of the way with a code, by app or off the list.
    pub async fn finish_with_code(
        self,
        app: &App,
        place: &Place,
        typed: &str,
    ) -> Result<Opaque<Session>, FactorError> {
        let shown = Shown::code(app, place, self.account_id, typed).await?;
        let Some(vault_key) = self.vault_key.clone() else {
            return Err(FactorError::Over);
        };
        self.finish(app, (place, &vault_key), shown).await
    }

    /// Goes the rest of the way with a passkey of the same account.
    pub async fn finish_with_passkey(
        self,
        app: &App,
        place: &Place,
        proven: &Proven,
    ) -> Result<Opaque<Session>, FactorError> {
        let Some(vault_key) = self.vault_key.clone() else {
            return Err(FactorError::Over);
        };
        let shown = Shown::passkey(self.account_id, proven)?;
        self.finish(app, (place, &vault_key), shown).await
    }

    /// Goes the rest of the way with the password, which opens the vault.
    pub async fn finish_with_password(
        self,
        app: &App,
        place: &Place,
        password: Password,
    ) -> Result<Opaque<Session>, FactorError> {
        let (vault_key, shown) = Shown::password(app, place, self.account_id, password).await?;
        self.finish(app, (place, &vault_key), shown).await
    }

    async fn finish(
        self,
        app: &App,
        (place, vault_key): (&Place, &VaultKey),
        shown: Shown,
    ) -> Result<Opaque<Session>, FactorError> {
        let authentication = Authentication {
            at: app.now(),
            methods: self.authentication.methods | shown.methods(),
        };
        let (account_id, half) = (self.account_id, self.cookie.hash());
        let session = NewSession::start_at(app, place, account_id, vault_key, authentication);
        let (cookie, app_) = (session.cookie.clone(), app.clone());
        app.store()
            .write(move |tx| {
                Box::pin(async move {
                    // First of all, as by whatever else is done to an account.
                    accounts::hold(tx, account_id).await?;
                    if !shown.take(tx, &app_).await? {
                        return Err(FactorError::Wrong);
                    }
                    if !half_sign_ins::take(tx, account_id, half).await? {
                        return Err(FactorError::Over);
                    }
                    if authentication.vouches_for_password() {
                        accounts::clear_recovered(tx, account_id).await?;
                    }
                    session.keep(tx).await?;
                    Ok(())
                })
            })
            .await?;
        Ok(cookie)
    }
}

/// The half of a cookie, in the browser that began it; `None` when it is over
/// or never was.
pub async fn resume(
    app: &App,
    cookie: &str,
    browser: &Opaque<Browser>,
) -> Result<Option<Half>, Fault> {
    let Some(cookie) = Opaque::<HalfSignIn>::parse(cookie) else {
        return Ok(None);
    };
    let account_id = AccountId::new(cookie.owner());
    let mut connection = app.store().read().await?;
    let row = half_sign_ins::find(
        &mut connection,
        account_id,
        cookie.hash(),
        browser.hash(),
        app.now(),
    )
    .await?;
    drop(connection);
    let Some(row) = row else { return Ok(None) };
    let vault_key = row
        .vault_key_wrapped
        .map(|wrapped| vault::open_with_half(&Sealed::from_bytes(wrapped), account_id, &cookie))
        .transpose()?;
    Ok(Some(Half {
        account_id,
        factors: set_up(app, account_id).await?,
        authentication: row.authentication,
        vault_key,
        cookie,
    }))
}

/// With what somebody shows again who they are.
pub enum Again {
    /// The password, and a code where there is a second factor.
    Password(Password, Option<String>),
    /// A passkey: the session has the vault open already.
    Passkey(Proven),
}

/// Takes what somebody who is signed in shows again, and gives them a new
/// session, in the same browser: `auth_time`, `amr` and `acr` move with it. It
/// takes the place of the one before it, and has none if that was ended
/// meanwhile ([`FactorError::Over`]).
pub async fn confirm(
    app: &App,
    place: &Place,
    signed_in: &SignedIn,
    again: Again,
) -> Result<Opaque<Session>, FactorError> {
    let account_id = signed_in.account.id;
    let shown = match again {
        Again::Passkey(proven) => Shown::passkey(account_id, &proven)?,
        Again::Password(password, code) => {
            let (_, shown) = Shown::password(app, place, account_id, password).await?;
            if set_up(app, account_id).await?.has_second() {
                let code = code.ok_or(FactorError::Wrong)?;
                shown.and_code(app, &code).await?
            } else {
                shown
            }
        }
    };
    let now = app.now();
    let authentication = Authentication {
        at: now,
        methods: shown.methods(),
    };
    let key = &signed_in.vault_key;
    let before = signed_in.session_hash();
    let session = NewSession::start_at(app, place, account_id, key, authentication);
    let session = session.going_on(before);
    let after = session.cookie.hash();
    let app_ = app.clone();
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                // First of all, as by whatever else is done in a session.
                accounts::hold(tx, account_id).await?;
                if !shown.take(tx, &app_).await? {
                    return Err(FactorError::Wrong);
                }
                if !sessions::hold(tx, account_id, before, now).await? {
                    return Err(FactorError::Over);
                }
                if authentication.vouches_for_password() {
                    accounts::clear_recovered(tx, account_id).await?;
                }
                session.keep(tx).await?;
                sessions::replace(tx, account_id, before, after).await?;
                Ok(session.cookie)
            })
        })
        .await
}
