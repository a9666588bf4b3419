//! Whether an ID token holds.

use openidconnect::{
    AccessTokenHash, ClaimsVerificationError, Nonce, OAuth2TokenResponse as _,
    SignatureVerificationError, SubjectIdentifier, TokenResponse as _,
};

use super::Provider;
use super::failure::{Failure, in_full};
use super::types::Tokens;

/// Why it does not.
pub(super) enum BadIdToken {
    /// Signed by a key that the provider did not publish when we looked.
    UnknownKey,
    /// Anything else.
    Other(String),
}

impl From<BadIdToken> for Failure {
    fn from(bad: BadIdToken) -> Self {
        Self::Unbelievable(match bad {
            BadIdToken::UnknownKey => "the ID token is signed by an unpublished key".to_owned(),
            BadIdToken::Other(why) => why,
        })
    }
}

/// Who logged in, and by which login.
pub(super) struct Identity {
    pub(super) subject: SubjectIdentifier,
    pub(super) sid: Option<String>,
}

/// OpenID Connect Core 1.0 §3.1.3.7: signature, issuer, audience, expiry and
/// nonce; and that the access token is the one that belongs with it.
pub(super) fn check(
    provider: &Provider,
    tokens: &Tokens,
    nonce: &Nonce,
) -> Result<Identity, BadIdToken> {
    let other = |fault: &dyn std::error::Error| BadIdToken::Other(in_full(fault));
    let id_token = tokens
        .id_token()
        .ok_or_else(|| BadIdToken::Other("there is no ID token".to_owned()))?;
    let verifier = provider.client.id_token_verifier();
    let claims = id_token
        .claims(&verifier, nonce)
        .map_err(|fault| match fault {
            ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            ) => BadIdToken::UnknownKey,
            fault => other(&fault),
        })?;
    if let Some(expected) = claims.access_token_hash() {
        let algorithm = id_token.signing_alg().map_err(|fault| other(&fault))?;
        let key = id_token
            .signing_key(&verifier)
            .map_err(|fault| other(&fault))?;
        let actual = AccessTokenHash::from_token(tokens.access_token(), algorithm, key)
            .map_err(|fault| other(&fault))?;
        if actual != *expected {
            return Err(BadIdToken::Other(
                "the access token is another's".to_owned(),
            ));
        }
    }
    Ok(Identity {
        subject: claims.subject().clone(),
        sid: claims.additional_claims().sid.clone(),
    })
}
