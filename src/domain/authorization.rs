//! Authorization requests and codes: what a client asked for, what is still
//! missing, and what its code stands for.

mod action;
mod code_challenge;
mod prompt;
mod response;

use std::time::Duration;

use enumset::EnumSet;
use serde::{Deserialize, Serialize};

use super::account::Authentication;
use super::asked::Asked;
use super::details::ProfileRelease;
use super::id::{ClientId, GrantId, RequestId};
use super::language::Language;
use super::scope::Scope;
use super::subject::Subject;
use super::time::Timestamp;
use super::token::{Sid, Thumbprint};
pub use action::{BadGrantAction, GrantAction};
pub use code_challenge::CodeChallenge;
pub use prompt::{Prompt, UnknownPrompt};
pub use response::{Destination, DeviceTarget, ResponseMode};

/// How long someone has to answer an authorization request.
pub const REQUEST_LIFETIME: Duration = Duration::from_hours(1);
/// How long a code may be redeemed (RFC 6749 §4.1.2: at most ten minutes;
/// FAPI 2.0 §5.3.2.1: at most one).
pub const CODE_LIFETIME: Duration = Duration::from_mins(1);

/// How long a pushed request may be used (RFC 9126 §2.2; FAPI 2.0 Security
/// Profile §5.3.2.2: less than ten minutes).
pub const PUSHED_LIFETIME: Duration = Duration::from_secs(90);

/// How far apart the clocks of two nodes may be.
const CLOCK_SKEW: Duration = Duration::from_secs(60);

/// An authorization request that passed every check, and so may be answered
/// by redirect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client_id: ClientId,
    /// Where the answer goes: registered by that client.
    pub redirect_uri: String,
    /// What is asked for.
    pub scopes: EnumSet<Scope>,
    /// Handed back as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Bound into the ID token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// Binds the code to who asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_challenge: Option<CodeChallenge>,
    /// Binds the code to a key of whoever asked for it (RFC 9449 §10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpop_jkt: Option<Thumbprint>,
    /// What is asked for claim by claim.
    #[serde(default, skip_serializing_if = "Asked::is_default")]
    pub asked: Asked,
    /// Who has to sign in, if the client said so with an ID token of theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hinted: Option<Subject>,
    /// SHA-256 of the session that the browser had when the request came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<[u8; 32]>,
    /// What must, or must not, be shown.
    #[serde(with = "prompt")]
    pub prompt: EnumSet<Prompt>,
    /// How many seconds old a sign-in may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u32>,
    /// In which language the business would like the pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Who the business thinks it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login_hint: Option<String>,
    /// How the answer gets there.
    #[serde(default)]
    pub response_mode: ResponseMode,
    /// What of the client's plan it is about, if not all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<ProfileRelease>,
    /// Whether it asks for all of the account, for another provider.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub transfer: bool,
    /// What it does to the agreement that there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant_action: Option<GrantAction>,
    /// The device that asks, if one does: the answer goes there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceTarget>,
    /// Hash of the `request_uri` that it was pushed under, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushed: Option<[u8; 32]>,
}

impl AuthorizationRequest {
    /// Whether someone who showed who they are at `signed_in` must do so
    /// again. A sign-in on this very request counts, so that `prompt=login`
    /// asks once.
    #[must_use]
    pub fn needs_sign_in(
        &self,
        signed_in: Authentication,
        session: [u8; 32],
        asked_at: Timestamp,
        now: Timestamp,
    ) -> bool {
        if self.is_new(signed_in, session, asked_at) {
            return false;
        }
        let forced = self.prompt.contains(Prompt::Login)
            || self.prompt.contains(Prompt::SelectAccount)
            || self.prompt.contains(Prompt::Create);
        // OpenID Connect Core 1.0 §3.1.2.1: `max_age=0` is `prompt=login`.
        let too_old = self
            .max_age
            .is_some_and(|seconds| now.since(signed_in.at) >= Duration::from_secs(seconds.into()));
        forced || too_old
    }

    /// Where the answer goes.
    #[must_use]
    pub fn destination(&self) -> Destination {
        Destination {
            client_id: self.client_id.clone(),
            redirect_uri: self.redirect_uri.clone(),
            state: self.state.clone(),
            response_mode: self.response_mode,
            is_device: self.device.is_some(),
        }
    }

    /// Where the browser goes in the end, if it leads anywhere: that of
    /// whoever answers a device stays here.
    #[must_use]
    pub fn leads_to(&self) -> Option<&str> {
        self.device.is_none().then_some(self.redirect_uri.as_str())
    }

    /// Whether someone signed in on this request, which came at `asked_at`.
    ///
    /// That is told by the session: it is another than the one that the
    /// browser came with. Times alone would not do, since the request may have
    /// come to a node whose clock is behind that of the sign-in before it; they
    /// only keep out a session that is plainly older.
    #[must_use]
    pub fn is_new(
        &self,
        signed_in: Authentication,
        session: [u8; 32],
        asked_at: Timestamp,
    ) -> bool {
        self.session != Some(session) && signed_in.at.plus(CLOCK_SKEW) >= asked_at
    }

    /// Whether it matters who signs in, and not only that somebody does.
    #[must_use]
    pub fn names_a_subject(&self) -> bool {
        self.hinted.is_some() || self.asked.names_a_subject()
    }

    /// Whether someone whom the client knows by this subject, if it knows
    /// them, is who it means.
    #[must_use]
    pub fn means(&self, subject: Option<&Subject>) -> bool {
        let Some(subject) = subject else {
            return !self.names_a_subject();
        };
        let hinted = self.hinted.as_ref();
        hinted.is_none_or(|hinted| hinted == subject) && self.asked.means(subject.as_str())
    }

    /// For the store, which gets it sealed.
    ///
    /// # Panics
    /// Never: the members are text and numbers.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a request of text and numbers has a JSON form")
    }

    /// Reads what [`Self::to_bytes`] wrote.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// Whether what was agreed before stays agreed, next to what is asked.
    #[must_use]
    pub fn keeps_what_was_agreed(&self) -> bool {
        self.grant_action.is_none_or(GrantAction::keeps)
    }

    /// Whether nothing may be shown.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.prompt.contains(Prompt::None)
    }
}

/// How an authorization request was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "lowercase")]
pub enum Answer {
    /// The consumer agreed; the hash of what the form said tells a second
    /// click from a second thought.
    Allowed {
        /// The agreement that came of it.
        grant_id: GrantId,
        /// Hash of the form.
        form_hash: String,
    },
    /// The consumer let all of the account go along to another provider.
    Transferred,
    /// The consumer refused.
    Denied,
}

/// An authorization request that waits in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingRequest {
    /// Which.
    pub id: RequestId,
    /// What was asked.
    pub request: AuthorizationRequest,
    /// When.
    pub created_at: Timestamp,
    /// How it was answered, if it was.
    pub answer: Option<Answer>,
}

impl PendingRequest {
    /// Whether it is too late to answer.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now.since(self.created_at) >= REQUEST_LIFETIME
    }
}

/// What a code stands for besides its grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeBinding {
    /// Who may redeem it.
    pub client_id: ClientId,
    /// The `redirect_uri` of the request.
    pub redirect_uri: String,
    /// What was asked for and granted.
    pub scopes: EnumSet<Scope>,
    /// For the ID token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// What the verifier must hash to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_challenge: Option<CodeChallenge>,
    /// The key that whoever redeems it must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpop_jkt: Option<Thumbprint>,
    /// What the client knows the session as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<Sid>,
    /// What of the client's plan it is about, if not all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<ProfileRelease>,
    /// When and how the consumer signed in.
    pub authentication: Authentication,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(prompt: EnumSet<Prompt>, max_age: Option<u32>) -> AuthorizationRequest {
        AuthorizationRequest {
            client_id: "shop".parse().expect("an id"),
            redirect_uri: "https://shop.example/back".to_owned(),
            scopes: Scope::Openid.into(),
            state: None,
            nonce: None,
            code_challenge: None,
            dpop_jkt: None,
            asked: Asked::default(),
            hinted: None,
            session: Some([1; 32]),
            prompt,
            max_age,
            language: None,
            login_hint: None,
            response_mode: ResponseMode::Query,
            details: None,
            transfer: false,
            grant_action: None,
            device: None,
            pushed: None,
        }
    }

    /// In the session that the browser came with, or in another.
    fn asks_in(session: u8, prompt: EnumSet<Prompt>, max_age: Option<u32>, signed_in: i64) -> bool {
        let at = Timestamp::from_seconds;
        let signed_in = Authentication::by_password(at(signed_in));
        request(prompt, max_age).needs_sign_in(signed_in, [session; 32], at(1_000), at(1_001))
    }

    fn asks_again(prompt: EnumSet<Prompt>, max_age: Option<u32>, signed_in: i64) -> bool {
        asks_in(1, prompt, max_age, signed_in)
    }

    #[test]
    fn the_clock_of_another_node_does_not_make_a_sign_in_new() {
        let login = Prompt::Login.into();
        assert!(
            asks_in(1, login, None, 1_030),
            "the same session, from a node that is ahead"
        );
        assert!(
            !asks_in(2, login, None, 970),
            "a new one, from a node that is behind"
        );
        assert!(asks_in(2, login, None, 900), "an old one");
    }

    #[test]
    fn a_sign_in_is_asked_again_when_the_request_says_so() {
        let nothing = EnumSet::empty();
        assert!(!asks_again(nothing, None, 0));
        assert!(!asks_again(Prompt::Consent.into(), None, 999));
        for prompt in [Prompt::Login, Prompt::SelectAccount, Prompt::Create] {
            assert!(asks_again(prompt.into(), None, 999), "{prompt:?}");
            assert!(
                !asks_in(2, prompt.into(), None, 1_000),
                "asked once: {prompt:?}"
            );
        }
        assert!(asks_again(nothing, Some(0), 999));
        assert!(!asks_in(2, nothing, Some(0), 1_000));
        assert!(asks_again(nothing, Some(101), 900));
        assert!(!asks_again(nothing, Some(102), 900));
    }

    #[test]
    fn a_request_survives_the_store() {
        let mut request = request(Prompt::Login | Prompt::Consent, Some(60));
        request.code_challenge =
            CodeChallenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        let text = serde_json::to_string(&request).expect("JSON");
        assert_eq!(
            serde_json::from_str::<AuthorizationRequest>(&text).ok(),
            Some(request)
        );
    }

    #[test]
    fn a_request_waits_for_an_hour() {
        let pending = PendingRequest {
            id: "0198f3c4-5b6a-7c8d-9e0f-1a2b3c4d5e6f"
                .parse()
                .expect("an id"),
            request: request(EnumSet::empty(), None),
            created_at: Timestamp::from_seconds(0),
            answer: None,
        };
        assert!(!pending.is_expired(Timestamp::from_seconds(3_599)));
        assert!(pending.is_expired(Timestamp::from_seconds(3_600)));
    }
}
