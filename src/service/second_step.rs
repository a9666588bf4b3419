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
use crate::service::factors::{FactorError, Shown, attempt, open_with_password, read_code, set_up};
use crate::service::passkeys::Proven;
use crate::service::sessions::{NewSession, SignedIn};
use crate::store::half_sign_ins::{self, HalfRow};
use crate::store::{Connection, StoreError};

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

/// What is about to be kept for somebody who showed something.
pub(super) enum Entering {
    Session(NewSession),
    Half(NewHalf),
}

pub(super) struct NewHalf {
    cookie: Opaque<HalfSignIn>,
    account_id: AccountId,
    browser_hash: [u8; 32],
    row: HalfRow,
}

impl Entering {
    /// A session where all is shown that has to be: the vault is open, and a
    /// password does not stand alone where something stronger is set up.
    pub(super) async fn new(
        app: &App,
        place: &Place,
        account_id: AccountId,
        vault_key: Option<&VaultKey>,
        authentication: Authentication,
    ) -> Result<Self, Fault> {
        let factors = set_up(app, account_id).await?;
        let alone = authentication.methods == AuthenticationMethod::Pwd;
        if let Some(vault_key) = vault_key
            && !(alone && factors.password_needs_second())
        {
            let session = NewSession::start_at(app, place, account_id, vault_key, authentication);
            return Ok(Self::Session(session));
        }
        let cookie = Opaque::<HalfSignIn>::generate(*account_id.as_uuid(), app.random());
        let wrapped = vault_key
            .map(|key| vault::wrap_for_half(key, account_id, &cookie, app.random()).into_bytes());
        Ok(Self::Half(NewHalf {
            cookie,
            account_id,
            browser_hash: place.browser.hash(),
            row: HalfRow {
                vault_key_wrapped: wrapped,
                authentication,
            },
        }))
    }

    /// What the browser gets, once it is kept.
    pub(super) fn entered(&self) -> Entered {
        match self {
            Self::Session(session) => Entered::Session(session.cookie.clone()),
            Self::Half(half) => Entered::Half(half.cookie.clone()),
        }
    }

    pub(super) async fn keep(&self, tx: &mut Connection) -> Result<(), StoreError> {
        match self {
            Self::Session(session) => session.keep(tx).await,
            Self::Half(half) => {
                let until = half.row.authentication.at.plus(HALF_LIFETIME);
                let (account_id, hash) = (half.account_id, half.cookie.hash());
                half_sign_ins::insert(tx, account_id, hash, half.browser_hash, &half.row, until)
                    .await
            }
        }
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
        attempt(app, self.account_id).await?;
        let shown = read_code(app, self.account_id, typed).await?;
        let Some(vault_key) = self.vault_key.clone() else {
            return Err(FactorError::Over);
        };
        let vault_key = (place, &vault_key);
        self.finish(app, vault_key, shown.method(), shown).await
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
        if proven.account_id() != self.account_id {
            return Err(FactorError::Wrong);
        }
        let method = AuthenticationMethod::Passkey;
        let vault_key = (place, &vault_key);
        self.finish(app, vault_key, method, Shown::Password).await
    }

    /// Goes the rest of the way with the password, which opens the vault.
    pub async fn finish_with_password(
        self,
        app: &App,
        place: &Place,
        password: Password,
    ) -> Result<Opaque<Session>, FactorError> {
        attempt(app, self.account_id).await?;
        let (vault_key, _) = open_with_password(app, self.account_id, password).await?;
        let shown = Shown::Password;
        let vault_key = (place, &vault_key);
        self.finish(app, vault_key, shown.method(), shown).await
    }

    async fn finish(
        self,
        app: &App,
        (place, vault_key): (&Place, &VaultKey),
        method: AuthenticationMethod,
        shown: Shown,
    ) -> Result<Opaque<Session>, FactorError> {
        let authentication = Authentication {
            at: app.now(),
            methods: self.authentication.methods | method,
        };
        let (account_id, half) = (self.account_id, self.cookie.hash());
        let session = NewSession::start_at(app, place, account_id, vault_key, authentication);
        let (cookie, app_) = (session.cookie.clone(), app.clone());
        app.store()
            .write(move |tx| {
                Box::pin(async move {
                    if !shown.take(tx, &app_, account_id).await? {
                        return Err(FactorError::Wrong);
                    }
                    if !half_sign_ins::take(tx, account_id, half).await? {
                        return Err(FactorError::Over);
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
/// session: `auth_time`, `amr` and `acr` move with it. The session before it
/// ends when the new one takes its place (`sessions::replace`).
pub async fn confirm(
    app: &App,
    place: &Place,
    signed_in: &SignedIn,
    again: Again,
) -> Result<Opaque<Session>, FactorError> {
    let account_id = signed_in.account.id;
    let (methods, shown) = match again {
        Again::Passkey(proven) => {
            if proven.account_id() != account_id {
                return Err(FactorError::Wrong);
            }
            (AuthenticationMethod::Passkey.into(), Shown::Password)
        }
        Again::Password(password, code) => {
            attempt(app, account_id).await?;
            open_with_password(app, account_id, password).await?;
            let needs_code = set_up(app, account_id).await?.has_second();
            match (needs_code, code) {
                (false, _) => (AuthenticationMethod::Pwd.into(), Shown::Password),
                (true, None) => return Err(FactorError::Wrong),
                (true, Some(code)) => {
                    let shown = read_code(app, account_id, &code).await?;
                    (AuthenticationMethod::Pwd | shown.method(), shown)
                }
            }
        }
    };
    let authentication = Authentication {
        at: app.now(),
        methods,
    };
    let key = &signed_in.vault_key;
    let session = NewSession::start_at(app, place, account_id, key, authentication);
    let (cookie, app_) = (session.cookie.clone(), app.clone());
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                if !shown.take(tx, &app_, account_id).await? {
                    return Err(FactorError::Wrong);
                }
                session.keep(tx).await?;
                Ok(())
            })
        })
        .await?;
    Ok(cookie)
}
