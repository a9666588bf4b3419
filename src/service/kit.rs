//! The recovery kit, and who else can open a vault.
//!
//! A kit is made at once and counts from when somebody has shown that it is on
//! paper; it takes the place of the one before it then. The operator's key can
//! only be dropped once there is one: else a forgotten password would be the end
//! of everything in the vault.

use crate::app::App;
use crate::crypto::kit::{self, GROUPS, KitCode};
use crate::crypto::vault::{self, KeyholderKind};
use crate::domain::id::{AccountId, KeyholderId};
use crate::domain::message::About;
use crate::service::recovery::call_off;
use crate::service::sessions::SignedIn;
use crate::service::{Fault, letters};
use crate::store::StoreError;
use crate::store::keyholders::{self, KIT_CONFIRMED, KIT_WAITING, KeyholderRow};

/// Which part of a kit somebody is asked to type, to show that they have it.
/// What they type is held against a proof in the form: the code itself is not
/// kept anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Which kit.
    pub id: KeyholderId,
    /// Which of its groups, from 1.
    pub group: usize,
    /// What the answer is held against.
    pub proof: Vec<u8>,
}

/// A kit that was just made. It is shown once.
#[derive(Debug)]
pub struct NewKit {
    /// The code.
    pub code: KitCode,
    /// What to type of it.
    pub challenge: Challenge,
}

/// Makes a kit, in the place of any that was not confirmed.
pub async fn make(app: &App, signed_in: &SignedIn) -> Result<NewKit, Fault> {
    let account_id = signed_in.account.id;
    let (code, now) = (KitCode::generate(app.random()), app.now());
    let id = KeyholderId::new(app.random().uuid(now));
    let wrapped = vault::wrap_for_kit(&signed_in.vault_key, account_id, &code, app.random());
    let row = KeyholderRow {
        account_id,
        id,
        kind: KeyholderKind::Kit,
        params: KIT_WAITING.to_owned(),
        verifier: None,
        vault_key_wrapped: wrapped.into_bytes(),
        created_at: now,
    };
    let session = signed_in.session(app);
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                session.hold(tx).await?;
                let kind = KeyholderKind::Kit;
                keyholders::delete_all(tx, account_id, kind, Some(KIT_WAITING)).await?;
                keyholders::insert(tx, &row).await?;
                Ok::<_, Fault>(())
            })
        })
        .await?;
    let [chance] = app.random().bytes::<1>();
    let group = usize::from(chance) % GROUPS;
    let groups = code.groups();
    let typed = groups.get(group).map_or("", String::as_str);
    let message = message(account_id, id, group + 1, typed);
    let challenge = Challenge {
        id,
        group: group + 1,
        proof: app.master().kit_proof().tag(&message).to_vec(),
    };
    Ok(NewKit { code, challenge })
}

fn message(account_id: AccountId, id: KeyholderId, group: usize, typed: &str) -> Vec<u8> {
    format!("{account_id}/{id}/{group}/{typed}").into_bytes()
}

/// What came of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Confirmation {
    /// The kit counts, and the one before it does not any more.
    Done,
    /// That is not what stands there.
    Wrong,
    /// There is no such kit any more.
    Gone,
}

/// Why the kit before it stays.
enum Lost {
    Kit,
    Fault(Fault),
}

impl From<Fault> for Lost {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<StoreError> for Lost {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// Lets a kit count, once somebody has typed what stands on it.
pub async fn confirm(
    app: &App,
    signed_in: &SignedIn,
    challenge: &Challenge,
    typed: &str,
) -> Result<Confirmation, Fault> {
    let (account_id, id) = (signed_in.account.id, challenge.id);
    let message = message(account_id, id, challenge.group, &kit::fold(typed));
    if !app.master().kit_proof().verify(&message, &challenge.proof) {
        return Ok(Confirmation::Wrong);
    }
    let letter = letters::to(app, account_id, About::KitMade);
    let session = signed_in.session(app);
    let done = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                session.hold(tx).await?;
                let kind = KeyholderKind::Kit;
                keyholders::delete_all(tx, account_id, kind, Some(KIT_CONFIRMED)).await?;
                let states = (KIT_WAITING, KIT_CONFIRMED);
                if !keyholders::confirm(tx, account_id, (id, kind), states).await? {
                    return Err(Lost::Kit);
                }
                letter.keep(tx).await?;
                Ok(())
            })
        })
        .await;
    match done {
        Ok(()) => Ok(Confirmation::Done),
        Err(Lost::Kit) => Ok(Confirmation::Gone),
        Err(Lost::Fault(fault)) => Err(fault),
    }
}

/// Who can open a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Openers {
    /// A password.
    pub password: bool,
    /// A passkey that gives this site a secret.
    pub passkey: bool,
    /// A kit that was confirmed.
    pub kit: bool,
    /// The operator.
    pub escrow: bool,
}

/// Who can open a vault. One SELECT.
pub async fn openers(app: &App, account_id: AccountId) -> Result<Openers, Fault> {
    let mut connection = app.store().read().await?;
    let rows = keyholders::of_account(&mut connection, account_id).await?;
    let has = |kind| rows.iter().any(|row| row.kind == kind);
    Ok(Openers {
        password: has(KeyholderKind::Password),
        passkey: has(KeyholderKind::Passkey),
        kit: rows.iter().any(KeyholderRow::is_confirmed_kit),
        escrow: has(KeyholderKind::Escrow),
    })
}

/// Takes the operator's key away, if there is a kit that counts; says whether it
/// is gone.
pub async fn drop_escrow(app: &App, signed_in: &SignedIn) -> Result<bool, Fault> {
    let account_id = signed_in.account.id;
    let (session, now) = (signed_in.session(app), app.now());
    let letter = letters::to(app, account_id, About::EscrowDropped);
    let stopped = letters::to(app, account_id, About::RecoveryStopped);
    let dropped = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                session.hold(tx).await?;
                let rows = keyholders::of_account(tx, account_id).await?;
                if !rows.iter().any(KeyholderRow::is_confirmed_kit) {
                    return Ok(false);
                }
                let kind = KeyholderKind::Escrow;
                if keyholders::delete_all(tx, account_id, kind, None).await? > 0 {
                    letter.keep(tx).await?;
                }
                // It was what that would have used.
                if call_off(tx, account_id, now).await? {
                    stopped.keep(tx).await?;
                }
                Ok::<_, Fault>(true)
            })
        })
        .await?;
    Ok(dropped)
}

/// Gives the operator a key again, and tells of it. Nothing when there is one.
pub async fn allow_escrow(app: &App, signed_in: &SignedIn) -> Result<(), Fault> {
    let (account_id, now) = (signed_in.account.id, app.now());
    let (key, escrow) = (&signed_in.vault_key, app.escrow().await?);
    let wrapped = vault::wrap_for_escrow(key, account_id, &escrow, app.random());
    let row = KeyholderRow {
        account_id,
        id: KeyholderId::new(app.random().uuid(now)),
        kind: KeyholderKind::Escrow,
        params: escrow.epoch().number().to_string(),
        verifier: None,
        vault_key_wrapped: wrapped.into_bytes(),
        created_at: now,
    };
    let letter = letters::to(app, account_id, About::EscrowAllowed);
    let session = signed_in.session(app);
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                // Of two who press at once, one makes a key.
                session.hold(tx).await?;
                let rows = keyholders::of_account(tx, account_id).await?;
                if !rows.iter().any(|row| row.kind == KeyholderKind::Escrow) {
                    keyholders::insert(tx, &row).await?;
                    letter.keep(tx).await?;
                }
                Ok::<_, Fault>(())
            })
        })
        .await?;
    Ok(())
}
