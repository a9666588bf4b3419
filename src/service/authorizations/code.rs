//! The code that goes to the client.

use std::time::Duration;

use crate::app::App;
use crate::crypto::secret::{Code, Opaque};
use crate::crypto::vault::{self, GrantKey};
use crate::domain::authorization::{CODE_LIFETIME, CodeBinding, PendingRequest};
use crate::domain::device::DEVICE_LIFETIME;
use crate::domain::grant::Grant;
use crate::domain::id::{AccountId, FamilyId, RequestId};
use crate::domain::scope::Scope;
use crate::domain::time::Timestamp;
use crate::domain::token::TokenBinding;
use crate::service::Fault;
use crate::service::sessions::{SignedIn, sid};
use crate::store::clients::RegisteredClient;
use crate::store::session_clients::{self, ClientSession};
use crate::store::sessions;
use crate::store::tokens::{self, NewToken};
use crate::store::{Connection, StoreError, devices, erasures, pushed_requests};

use super::{Granted, wants_offline};
use crate::domain::asked::Asked;

/// How long a redeemed or expired code is remembered, so that its replay is
/// recognised.
const CODES_REMEMBERED: Duration = Duration::from_hours(24);

/// A code that is about to be kept.
pub(super) struct NewCode {
    pub(super) granted: Granted,
    token: NewToken,
    binding: CodeBinding,
    forget_before: Timestamp,
    /// Whether what was handed out on the agreement before is of no more use.
    ends_older: bool,
    /// Which pushed request the code answers, and what came of that.
    pushed: Option<([u8; 32], RequestId)>,
    /// The device that it answers.
    device: Option<[u8; 32]>,
    /// The session through which someone logs in.
    session: (AccountId, [u8; 32]),
    client: ClientSession,
    now: Timestamp,
}

/// Why a code is not kept.
pub(super) enum NotKept {
    /// The request was pushed, or is a device's, and has been answered before.
    PushedBefore,
    /// The session has ended meanwhile.
    SignedOut,
    /// The account has begun to wait for its end.
    Ending,
    Store(StoreError),
}

impl From<StoreError> for NotKept {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Why an answer on the consent page is not kept.
pub(super) enum Lost {
    /// It was given elsewhere, or the agreement was moved.
    Race,
    /// Another edition of the plan stands by now.
    Edition,
    /// The same pushed request was answered in another tab or browser.
    Pushed,
    Store(StoreError),
}

impl From<NotKept> for Lost {
    fn from(why: NotKept) -> Self {
        match why {
            NotKept::PushedBefore => Self::Pushed,
            NotKept::SignedOut | NotKept::Ending => Self::Race,
            NotKept::Store(error) => Self::Store(error),
        }
    }
}

impl From<StoreError> for Lost {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl NewCode {
    pub(super) fn make(
        app: &App,
        client: &RegisteredClient,
        grant: &Grant,
        key: &GrantKey,
        pending: &PendingRequest,
        signed_in: &SignedIn,
        now: Timestamp,
    ) -> Result<Self, Fault> {
        let request = &pending.request;
        if request.transfer {
            return Err(Fault::Inconsistent("a transfer is no agreement"));
        }
        let (granted, hash, wrapped, lifetime) = if let Some(device) = &request.device {
            let random = app.random();
            let wrapped = vault::wrap_grant_key_for_device(&device.key, grant.id, key, random)?;
            (Granted::Device, device.hash, wrapped, DEVICE_LIFETIME)
        } else {
            let code = Opaque::<Code>::generate(*grant.id.as_uuid(), app.random());
            let wrapped = vault::wrap_grant_key_for(&code, key, app.random());
            let hash = code.hash();
            (Granted::Code(code), hash, wrapped, CODE_LIFETIME)
        };
        let client_session = ClientSession {
            client_id: client.client.id.clone(),
            grant_id: grant.id,
            subject: grant.subject.clone(),
            sid: sid(app, signed_in, &client.client.id),
        };
        let mut scopes = request.scopes;
        // Who kept to an agreement without it did not give it.
        if !wants_offline(client, request) || !grant.terms.offline {
            scopes.remove(Scope::OfflineAccess);
        }
        Ok(Self {
            token: NewToken {
                grant_id: grant.id,
                hash,
                family_id: FamilyId::new(app.random().uuid(now)),
                grant_key_wrapped: wrapped.into_bytes(),
                expires_at: now.plus(lifetime),
                binding: TokenBinding {
                    asked_sealed: seal_asked(app, grant, key, &request.asked),
                    ..TokenBinding::default()
                },
            },
            granted,
            binding: CodeBinding {
                client_id: client.client.id.clone(),
                redirect_uri: request.redirect_uri.clone(),
                scopes,
                nonce: request.nonce.clone(),
                code_challenge: request.code_challenge.clone(),
                dpop_jkt: request.dpop_jkt.clone(),
                details: request.details.clone(),
                sid: Some(client_session.sid.clone()),
                authentication: signed_in.authentication,
            },
            forget_before: now.minus(CODES_REMEMBERED),
            // Grant Management for OAuth 2.0 §5.2: merge and replace invalidate
            // refresh tokens; those of a grant that was taken the place of die
            // with it.
            ends_older: request.grant_action.is_some(),
            pushed: request.pushed.map(|hash| (hash, pending.id)),
            device: request.device.as_ref().map(|device| device.hash),
            session: (signed_in.account.id, signed_in.session_hash()),
            client: client_session,
            now,
        })
    }

    /// RFC 9126 §4: a pushed request is good for one authorization. It is used
    /// up here, with the code, and not by the page that it leads to: that may
    /// be loaded by a preview, or twice.
    pub(super) async fn keep(&self, tx: &mut Connection) -> Result<(), NotKept> {
        if let Some((hash, id)) = self.pushed
            && !pushed_requests::use_up(tx, hash, id).await?
        {
            return Err(NotKept::PushedBefore);
        }
        if let Some(hash) = self.device
            && !devices::answer(tx, hash, Some(self.token.grant_id), self.now).await?
        {
            return Err(NotKept::PushedBefore);
        }
        // A device stays logged in when the browser that let it in is not; but one whose
        // session ended while its answer was on the way lets nobody in.
        let (account_id, hash) = self.session;
        let goes_on = if self.device.is_some() {
            sessions::hold(tx, account_id, hash, self.now).await?
        } else {
            session_clients::link(tx, account_id, hash, &self.client, self.now).await?
        };
        if !goes_on {
            return Err(NotKept::SignedOut);
        }
        // Whoever agreed to something has held the vault since before: of an end that began
        // meanwhile it is known here, and one that begins later finds the agreement.
        if erasures::find(tx, account_id).await?.is_some() {
            return Err(NotKept::Ending);
        }
        if self.ends_older {
            tokens::end_renewals(tx, self.token.grant_id).await?;
        }
        tokens::insert_code(tx, &self.token, &self.binding, self.forget_before).await?;
        Ok(())
    }
}

/// What outlives the request of what is asked for claim by claim, for the
/// tokens that come of it.
fn seal_asked(app: &App, grant: &Grant, key: &GrantKey, asked: &Asked) -> Option<Vec<u8>> {
    let bytes = serde_json::to_vec(asked)
        .ok()
        .filter(|_| !asked.is_empty())?;
    Some(vault::seal_asked(key, grant.id, &bytes, app.random()).into_bytes())
}
