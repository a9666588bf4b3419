//! Passkeys: asked for, made, used and taken away.
//!
//! A passkey that gives a secret to this site (WebAuthn's PRF extension) is a
//! keyholder of the vault: it signs in by itself. One that does not proves who
//! somebody is, and the password still has to open the vault.

mod new;
mod own;
mod sign_up;

use serde_json::Value;

use crate::app::App;
use crate::crypto::passkey::{self, PrfOutput, RelyingParty};
use crate::crypto::seal::Sealed;
use crate::crypto::secret::{Browser, Opaque};
use crate::crypto::vault::{self, VaultKey};
use crate::domain::account::{Authentication, AuthenticationMethod};
use crate::domain::id::{AccountId, CeremonyId, PasskeyId};
use crate::domain::message::About;
use crate::service::browsers::Place;
use crate::service::second_step::{Entered, Entering};
use crate::service::{Fault, letters};
use crate::store::StoreError;
use crate::store::keyholders;
use crate::store::passkeys::{self, CeremonyKind, CeremonyRow, PasskeyRow};
pub use new::{Became, ask_for_new, register};
pub use own::{OwnPasskey, own, remove, rename};
pub(super) use sign_up::FirstPasskey;
pub use sign_up::{SignedUp, ask_to_sign_up, sign_up};

/// How long a challenge may be answered. A page that offers passkeys in its
/// e-mail field may stay open for a while.
const CEREMONY_LIFETIME: std::time::Duration = std::time::Duration::from_mins(10);
/// More than anybody needs, and a bound on what is kept.
pub const MOST: usize = 20;
/// How long nobody is told again that the counter of a passkey went back.
const DOUBT_TOLD: std::time::Duration = std::time::Duration::from_hours(30 * 24);

/// A challenge for a browser.
#[derive(Debug)]
pub struct Challenge {
    /// What its answer has to name.
    pub id: CeremonyId,
    /// For `navigator.credentials`.
    pub options: Value,
}

/// Why there is no challenge, or no new passkey.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// This provider is at an address that browsers know no passkeys for.
    #[error("there are no passkeys at this address")]
    Nowhere,
    /// The answer does not hold, or its challenge is over.
    #[error("the answer of the authenticator does not hold")]
    Refused,
    /// Nobody has this passkey here, or not any more.
    #[error("nobody has this passkey here")]
    Unknown,
    /// There are too many already.
    #[error("there are too many passkeys already")]
    TooMany,
    /// It is the last way into the vault.
    #[error("it is the last way into the vault")]
    LastWay,
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for PasskeyError {
    fn from(error: StoreError) -> Self {
        match error {
            // Somebody has this credential already.
            StoreError::Duplicate => Self::Refused,
            other => Self::Fault(other.into()),
        }
    }
}

fn party(app: &App) -> Result<RelyingParty, PasskeyError> {
    RelyingParty::of(&app.config().issuer).ok_or(PasskeyError::Nowhere)
}

/// Whether browsers know passkeys for this provider.
#[must_use]
pub fn are_possible(app: &App) -> bool {
    RelyingParty::of(&app.config().issuer).is_some()
}

/// Asks for a passkey: of an account, if it is known which, or else of anybody.
pub async fn ask(
    app: &App,
    browser: &Opaque<Browser>,
    account_id: Option<AccountId>,
) -> Result<Challenge, PasskeyError> {
    let known = match account_id {
        Some(account_id) => known(app, account_id).await?,
        None => Vec::new(),
    };
    let ceremony = party(app)?.start_authentication(&known);
    let ceremony = ceremony.map_err(|_| PasskeyError::Refused)?;
    keep(
        app,
        browser,
        CeremonyKind::Authenticate,
        account_id,
        ceremony,
    )
    .await
}

async fn known(app: &App, account_id: AccountId) -> Result<Vec<Vec<u8>>, PasskeyError> {
    let mut connection = app.store().read().await?;
    let rows = passkeys::of_account(&mut connection, account_id).await?;
    Ok(rows.into_iter().map(|row| row.key.credential_id).collect())
}

async fn keep(
    app: &App,
    browser: &Opaque<Browser>,
    kind: CeremonyKind,
    account_id: Option<AccountId>,
    ceremony: passkey::Ceremony,
) -> Result<Challenge, PasskeyError> {
    let now = app.now();
    let row = CeremonyRow {
        id: CeremonyId::new(app.random().uuid(now)),
        browser_hash: browser.hash(),
        kind,
        account_id,
        state: ceremony.state,
        expires_at: now.plus(CEREMONY_LIFETIME),
    };
    let id = row.id;
    app.store()
        .write(move |tx| Box::pin(async move { passkeys::insert_ceremony(tx, &row, now).await }))
        .await?;
    Ok(Challenge {
        id,
        options: ceremony.options,
    })
}

/// What a browser answers to a challenge.
pub struct Answer {
    /// Which challenge.
    pub ceremony: CeremonyId,
    /// The credential as JSON.
    pub credential: String,
    /// The secret of the passkey for this site, if it gave one.
    pub secret: Option<PrfOutput>,
}

impl Answer {
    /// Takes the challenge of this answer out: whatever comes of the answer,
    /// there is no second one.
    async fn take(
        &self,
        app: &App,
        browser: &Opaque<Browser>,
        kind: CeremonyKind,
    ) -> Result<(Option<AccountId>, String), PasskeyError> {
        let (id, browser, now) = (self.ceremony, browser.hash(), app.now());
        app.store()
            .write(move |tx| {
                Box::pin(async move { passkeys::take_ceremony(tx, id, browser, kind, now).await })
            })
            .await?
            .ok_or(PasskeyError::Refused)
    }
}

/// A passkey that was shown a moment ago.
pub struct Proven {
    row: PasskeyRow,
    secret: Option<PrfOutput>,
}

impl Proven {
    /// Whose it is.
    #[must_use]
    pub const fn account_id(&self) -> AccountId {
        self.row.account_id
    }

    /// Which it is.
    pub(super) const fn id(&self) -> PasskeyId {
        self.row.id
    }

    /// Opens the vault, if it is a keyholder and gave its secret.
    async fn open(&self, app: &App) -> Result<Option<VaultKey>, Fault> {
        let (Some(keyholder_id), Some(secret)) = (self.row.keyholder_id, &self.secret) else {
            return Ok(None);
        };
        let mut connection = app.store().read().await?;
        let rows = keyholders::of_account(&mut connection, self.row.account_id).await?;
        drop(connection);
        let Some(row) = rows.into_iter().find(|row| row.id == keyholder_id) else {
            return Ok(None);
        };
        let wrapped = Sealed::from_bytes(row.vault_key_wrapped);
        // Another secret than at registration: some keep one per way of asking.
        // The password opens then.
        Ok(vault::open_with_passkey(&wrapped, row.account_id, keyholder_id, secret).ok())
    }
}

/// Takes an answer to a challenge, and who it shows somebody to be.
///
/// A counter that went back is told to the owner and refuses nothing: a copy
/// is one reason of several (WebAuthn L3 §7.2 step 22). It stays behind at every
/// sign-in from then on, and is told again after a month.
pub async fn prove(
    app: &App,
    browser: &Opaque<Browser>,
    answer: Answer,
) -> Result<Proven, PasskeyError> {
    let (meant, state) = answer
        .take(app, browser, CeremonyKind::Authenticate)
        .await?;
    let id = passkey::credential_id(&answer.credential).ok_or(PasskeyError::Refused)?;
    let mut connection = app.store().read().await?;
    let row = passkeys::by_credential(&mut connection, &id).await?;
    drop(connection);
    let row = row.ok_or(PasskeyError::Unknown)?;
    if meant.is_some_and(|meant| meant != row.account_id) {
        return Err(PasskeyError::Refused);
    }
    let account_id = row.account_id;
    let whose = (*account_id.as_uuid(), meant.is_some());
    let assertion = party(app)?
        .finish_authentication(&answer.credential, &state, &row.key, whose)
        .map_err(|_| PasskeyError::Refused)?;
    let (now, passkey_id) = (app.now(), row.id);
    let told = |at| now.is_within(DOUBT_TOLD, at);
    let is_news = !row.doubted_at.is_some_and(told);
    let doubt = (is_news && assertion.is_doubtful(row.key.sign_count))
        .then(|| letters::to(app, account_id, About::PasskeyDoubted));
    let there = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                if let Some(notice) = &doubt {
                    passkeys::doubt(tx, account_id, passkey_id, now).await?;
                    notice.keep(tx).await?;
                }
                let seen = (assertion.sign_count, assertion.credential);
                passkeys::used(tx, account_id, passkey_id, seen, now).await
            })
        })
        .await?;
    if !there {
        return Err(PasskeyError::Refused);
    }
    Ok(Proven {
        row,
        secret: answer.secret,
    })
}

/// Signs somebody in with a passkey: all the way if it opens the vault.
pub async fn sign_in(app: &App, place: &Place, answer: Answer) -> Result<Entered, PasskeyError> {
    let proven = prove(app, &place.browser, answer).await?;
    let vault_key = proven.open(app).await?;
    let authentication = Authentication {
        at: app.now(),
        methods: AuthenticationMethod::Passkey.into(),
    };
    let account_id = proven.account_id();
    let entering = Entering {
        app: app.clone(),
        place: place.clone(),
        account_id,
        vault_key,
        authentication,
    };
    let id = proven.id();
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                // It may have been removed since it was shown.
                if !passkeys::hold(tx, account_id, id).await? {
                    return Err(PasskeyError::Unknown);
                }
                Ok(entering.keep(tx).await?)
            })
        })
        .await
}
