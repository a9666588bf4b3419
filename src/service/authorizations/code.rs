//! The code that goes to the client.

use std::time::Duration;

use crate::app::App;
use crate::crypto::secret::{Code, Opaque};
use crate::crypto::vault::{self, GrantKey};
use crate::domain::authorization::{CODE_LIFETIME, CodeBinding, PendingRequest};
use crate::domain::grant::Grant;
use crate::domain::id::{FamilyId, RequestId};
use crate::domain::scope::Scope;
use crate::domain::time::Timestamp;
use crate::domain::token::TokenBinding;
use crate::service::sessions::{SignedIn, sid};
use crate::store::clients::RegisteredClient;
use crate::store::tokens::{self, NewToken};
use crate::store::{Connection, StoreError, pushed_requests};

use super::wants_offline;
use crate::domain::asked::Asked;

/// How long a redeemed or expired code is remembered, so that its replay is
/// recognised.
const CODES_REMEMBERED: Duration = Duration::from_hours(24);

/// A code that is about to be kept.
pub(super) struct NewCode {
    pub(super) code: Opaque<Code>,
    token: NewToken,
    binding: CodeBinding,
    forget_before: Timestamp,
    /// Which pushed request the code answers, and what came of that.
    pushed: Option<([u8; 32], RequestId)>,
}

/// Why a code is not kept.
pub(super) enum NotKept {
    /// The request was pushed, and has been answered before.
    PushedBefore,
    Store(StoreError),
}

impl From<StoreError> for NotKept {
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
    ) -> Self {
        let request = &pending.request;
        let code = Opaque::<Code>::generate(*grant.id.as_uuid(), app.random());
        let wrapped = vault::wrap_grant_key_for(&code, key, app.random());
        let mut scopes = request.scopes;
        if !wants_offline(client, request) {
            scopes.remove(Scope::OfflineAccess);
        }
        Self {
            token: NewToken {
                grant_id: grant.id,
                hash: code.hash(),
                family_id: FamilyId::new(app.random().uuid(now)),
                grant_key_wrapped: wrapped.into_bytes(),
                expires_at: now.plus(CODE_LIFETIME),
                binding: TokenBinding {
                    asked_sealed: seal_asked(app, grant, key, &request.asked),
                    ..TokenBinding::default()
                },
            },
            code,
            binding: CodeBinding {
                client_id: client.client.id.clone(),
                redirect_uri: request.redirect_uri.clone(),
                scopes,
                nonce: request.nonce.clone(),
                code_challenge: request.code_challenge.clone(),
                dpop_jkt: request.dpop_jkt.clone(),
                sid: Some(sid(app, signed_in, &client.client.id)),
                authentication: signed_in.authentication,
            },
            forget_before: now.minus(CODES_REMEMBERED),
            pushed: request.pushed.map(|hash| (hash, pending.id)),
        }
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
