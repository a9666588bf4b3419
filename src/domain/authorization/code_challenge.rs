//! Proof Key for Code Exchange (RFC 7636).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// An S256 code challenge (RFC 7636 §4.2): the base64url SHA-256 of a verifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeChallenge(String);

impl CodeChallenge {
    /// Takes a `code_challenge` that has the form of an S256 one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digest = URL_SAFE_NO_PAD.decode(text).ok()?;
        (digest.len() == 32).then(|| Self(text.to_owned()))
    }

    /// The challenge.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_challenge_is_the_digest_of_a_verifier() {
        // RFC 7636 appendix B.
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        let parsed = CodeChallenge::parse(challenge).expect("the example of the RFC");
        assert_eq!(parsed.as_str(), challenge);
        for text in [
            String::new(),
            challenge[1..].to_owned(),
            format!("{challenge}A"),
            format!("{challenge}="),
            challenge.replace('-', "+"),
            challenge.replace('-', "."),
            challenge.replace('-', "é"),
            // The last of 43 letters has four bits: these are two more.
            format!("{}N", &challenge[..42]),
            "a".repeat(128),
        ] {
            assert_eq!(CodeChallenge::parse(&text), None, "{text}");
        }
    }
}
