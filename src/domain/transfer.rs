//! The transfer of an account to another provider: all of it, once, because its
//! owner says so (GDPR art. 20(2)). It is asked for with a type of authorization
//! details of its own (RFC 9396), it gives no agreement, and no house rule ever
//! answers it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::authorization::CodeChallenge;
use super::details::BadDetails;
use super::id::ClientId;
use super::token::Thumbprint;

/// The type. It has no members besides: there is nothing to choose.
pub const ACCOUNT_TRANSFER: &str = "https://schemas.sluis.example/rar/account_transfer/v1";
/// How long the token is good for, which fetches the document once.
pub const TOKEN_LIFETIME: Duration = Duration::from_mins(5);
/// How long somebody has at the other provider before they have to begin anew.
pub const JOURNEY_LIFETIME: Duration = Duration::from_mins(30);

/// Whether `authorization_details` ask for the transfer. It is asked for alone.
pub fn is_asked(text: &str) -> Result<bool, BadDetails> {
    let Ok(Value::Array(details)) = serde_json::from_str(text) else {
        return Ok(false);
    };
    let is_it = |one: &Value| one.get("type").and_then(Value::as_str) == Some(ACCOUNT_TRANSFER);
    if !details.iter().any(is_it) {
        return Ok(false);
    }
    match details.as_slice() {
        [one] if one.as_object().is_some_and(|members| members.len() == 1) => Ok(true),
        [_] => Err(BadDetails::UnknownMember),
        _ => Err(BadDetails::Several),
    }
}

/// The authorization details that ask for it.
#[must_use]
pub fn details() -> Value {
    serde_json::json!([{ "type": ACCOUNT_TRANSFER }])
}

/// What the code of a transfer is bound to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartureBinding {
    /// Where the answer went.
    pub redirect_uri: String,
    /// What the verifier must hash to.
    pub code_challenge: CodeChallenge,
    /// The key that whoever redeems it must hold, and show the token with.
    pub dpop_jkt: Thumbprint,
}

/// Who may redeem a code, and what it is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departing {
    /// Which client.
    pub client_id: ClientId,
    /// What the code is bound to.
    pub binding: DepartureBinding,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_asked_for_alone_and_without_more() {
        let asked = |details: Value| is_asked(&details.to_string());
        assert_eq!(asked(details()), Ok(true));
        assert_eq!(asked(serde_json::json!([])), Ok(false));
        assert_eq!(
            asked(serde_json::json!({"type": ACCOUNT_TRANSFER})),
            Ok(false)
        );
        let more = serde_json::json!([{"type": ACCOUNT_TRANSFER, "claims": ["email"]}]);
        assert_eq!(asked(more), Err(BadDetails::UnknownMember));
        let two = serde_json::json!([{"type": ACCOUNT_TRANSFER}, {"type": "other"}]);
        assert_eq!(asked(two), Err(BadDetails::Several));
        assert_eq!(is_asked("nonsense"), Ok(false));
    }
}
