//! Passkeys (WebAuthn Level 3), by way of `webauthn-rs`: it checks challenge,
//! origin, type, the hash of the RP id, user presence and verification, the
//! algorithm, the signature, and that backup eligibility never changes.
//!
//! The counter it would hold to be fatal; here it is advisory (WebAuthn L3
//! §6.1.1: a cloned authenticator is one reason of several). So it is kept
//! apart from the public key, and compared by whoever signs people in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Webauthn, WebauthnBuilder,
};
use zeroize::Zeroizing;

use super::seal::{KEY_LEN, Key};
use crate::config::Issuer;

/// What every authenticator is asked to make its secret from: the same for
/// all, since a sign-in by discovery cannot yet know whose passkey it will be.
const PRF_INPUT: &[u8; 32] = b"sluis/passkey/prf/v1/vault-key\0\0";

/// This provider, as authenticators know it.
pub struct RelyingParty(Webauthn);

/// A challenge on its way to a browser, and what its answer is held against.
pub struct Ceremony {
    /// For `navigator.credentials`.
    pub options: Value,
    /// For the store.
    pub state: String,
}

/// A passkey as the store keeps it: the public key, and the counter apart.
#[derive(Clone, Debug)]
pub struct StoredPasskey {
    /// What the authenticator calls it.
    pub credential_id: Vec<u8>,
    /// The public key, with what its checks need.
    pub credential: String,
    /// The counter that was last seen.
    pub sign_count: u32,
}

/// What an answer that holds says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// The counter.
    pub sign_count: u32,
    /// The public key, with what its checks need from now on.
    pub credential: String,
}

impl Assertion {
    /// Whether the counter did not grow where it should have (WebAuthn L3 §7.2
    /// step 22). Many authenticators count nothing, and say 0 for ever.
    #[must_use]
    pub const fn is_doubtful(&self, before: u32) -> bool {
        (self.sign_count > 0 || before > 0) && self.sign_count <= before
    }
}

/// The answer does not hold: another origin, another challenge, no user
/// verification, a wrong signature, or not an answer at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer of an authenticator does not hold")]
pub struct Refused;

/// What an authenticator makes of the salt: a secret of one passkey.
pub struct PrfOutput(Zeroizing<[u8; KEY_LEN]>);

never_print!(PrfOutput);

impl PrfOutput {
    /// Reads it from a form: 32 bytes in base64url.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// What wraps the vault key.
    pub(super) fn wrapping_key(&self) -> Key {
        Key::derive(&self.0, &[b"passkey/v1/wrap"])
    }
}

impl RelyingParty {
    /// For an issuer. `None` where browsers know no passkeys: its host is an
    /// address and no name.
    #[must_use]
    pub fn of(issuer: &Issuer) -> Option<Self> {
        issuer.as_url().domain()?;
        WebauthnBuilder::new(issuer.host(), issuer.as_url())
            .ok()?
            .rp_name("Sluis")
            .build()
            .ok()
            .map(Self)
    }

    /// Asks for a new passkey for an account that has these already.
    pub fn start_registration(
        &self,
        account: Uuid,
        name: &str,
        known: Vec<Vec<u8>>,
    ) -> Result<Ceremony, Refused> {
        let (challenge, state) = self
            .0
            .start_passkey_registration(account, name, name, Some(known))
            .map_err(|_| Refused)?;
        let mut options = public_key(&challenge)?;
        // The library says "discouraged"; only a discoverable one signs in
        // without a name.
        options["authenticatorSelection"]["residentKey"] = json!("required");
        options["authenticatorSelection"]["requireResidentKey"] = json!(true);
        options["extensions"]["prf"] = prf();
        Ceremony::new(options, &state)
    }

    /// Takes the answer.
    pub fn finish_registration(&self, answer: &str, state: &str) -> Result<StoredPasskey, Refused> {
        let answer: RegisterPublicKeyCredential = read(answer)?;
        let state: PasskeyRegistration = read(state)?;
        let passkey = self
            .0
            .finish_passkey_registration(&answer, &state)
            .map_err(|_| Refused)?;
        let credential_id = passkey.cred_id().clone();
        let (credential, sign_count) = stored(&passkey)?;
        Ok(StoredPasskey {
            credential_id,
            credential,
            sign_count,
        })
    }

    /// Asks for one of these passkeys, or for any when none is named.
    pub fn start_authentication(&self, of: &[Vec<u8>]) -> Result<Ceremony, Refused> {
        let (challenge, state) = self
            .0
            .start_discoverable_authentication()
            .map_err(|_| Refused)?;
        let mut options = public_key(&challenge)?;
        let named = of
            .iter()
            .map(|id| json!({"type": "public-key", "id": URL_SAFE_NO_PAD.encode(id)}));
        options["allowCredentials"] = named.collect();
        options["extensions"]["prf"] = prf();
        Ceremony::new(options, &state)
    }

    /// Takes the answer, by the passkey that [`credential_id`] finds. `named` is
    /// whether it was known beforehand of whom one was asked.
    pub fn finish_authentication(
        &self,
        answer: &str,
        state: &str,
        passkey: &StoredPasskey,
        (account, named): (Uuid, bool),
    ) -> Result<Assertion, Refused> {
        let answer: PublicKeyCredential = read(answer)?;
        let state: DiscoverableAuthentication = read(state)?;
        let mut known: Passkey = read(&passkey.credential)?;
        // WebAuthn L3 §7.2 step 6: whose passkey it says it is. It must say so
        // where nobody was named.
        let is_theirs = match answer.get_user_unique_id() {
            Some(owner) => owner == account.as_bytes(),
            None => named,
        };
        if answer.get_credential_id() != passkey.credential_id || !is_theirs {
            return Err(Refused);
        }
        let result = self
            .0
            .finish_discoverable_authentication_v2(&answer, state, DiscoverableKey::from(&known))
            .map_err(|_| Refused)?;
        if !result.user_verified() {
            return Err(Refused);
        }
        // §7.2: the record says from now on whether it is backed up.
        let credential = match known.update_credential(&result) {
            Some(true) => stored(&known)?.0,
            _ => passkey.credential.clone(),
        };
        Ok(Assertion {
            sign_count: result.counter(),
            credential,
        })
    }
}

impl Ceremony {
    fn new(options: Value, state: &impl serde::Serialize) -> Result<Self, Refused> {
        let state = serde_json::to_string(state).map_err(|_| Refused)?;
        Ok(Self { options, state })
    }
}

/// The public key with what its checks need, and its counter apart.
fn stored(passkey: &Passkey) -> Result<(String, u32), Refused> {
    let mut credential = serde_json::to_value(passkey).map_err(|_| Refused)?;
    let counter = &mut credential["cred"]["counter"];
    let sign_count = u32::try_from(counter.as_u64().unwrap_or(0)).map_err(|_| Refused)?;
    *counter = json!(0);
    Ok((credential.to_string(), sign_count))
}

/// With which passkey an answer was made, before any of it is believed.
#[must_use]
pub fn credential_id(answer: &str) -> Option<Vec<u8>> {
    let answer: PublicKeyCredential = serde_json::from_str(answer).ok()?;
    Some(answer.get_credential_id().to_vec())
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Refused> {
    serde_json::from_str(text).map_err(|_| Refused)
}

fn public_key(challenge: &impl serde::Serialize) -> Result<Value, Refused> {
    let mut value = serde_json::to_value(challenge).map_err(|_| Refused)?;
    Ok(value["publicKey"].take())
}

/// WebAuthn L3 §10.1.4, as `parseCreationOptionsFromJSON` reads it.
fn prf() -> Value {
    json!({"eval": {"first": URL_SAFE_NO_PAD.encode(PRF_INPUT)}})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_is_an_address_has_no_passkeys() {
        let of = |issuer: &str| RelyingParty::of(&issuer.parse().expect("an issuer"));
        assert!(of("http://127.0.0.1:8000").is_none());
        assert!(of("http://localhost:8000").is_some());
        assert!(of("https://id.example.org").is_some());
    }

    #[test]
    fn what_is_asked_makes_a_passkey_that_signs_in_without_a_name() {
        let party = RelyingParty::of(&Issuer::default()).expect("a party");
        let ceremony = party
            .start_registration(Uuid::nil(), "ada", vec![vec![1]])
            .expect("a challenge");
        let chosen = &ceremony.options["authenticatorSelection"];
        assert_eq!(chosen["residentKey"], "required");
        assert_eq!(chosen["userVerification"], "required");
        assert_eq!(ceremony.options["excludeCredentials"][0]["id"], "AQ");
        assert!(ceremony.options["extensions"]["prf"]["eval"]["first"].is_string());
        let named = party.start_authentication(&[vec![1]]).expect("a challenge");
        assert_eq!(named.options["allowCredentials"][0]["id"], "AQ");
        assert_eq!(named.options["userVerification"], "required");
    }

    #[test]
    fn a_counter_that_counts_must_grow() {
        let at = |sign_count| Assertion {
            sign_count,
            credential: String::new(),
        };
        assert!(!at(0).is_doubtful(0) && !at(2).is_doubtful(1) && !at(1).is_doubtful(0));
        assert!(at(1).is_doubtful(1) && at(0).is_doubtful(3));
    }

    #[test]
    fn only_a_whole_secret_is_one() {
        assert!(PrfOutput::parse(&URL_SAFE_NO_PAD.encode([7; 32])).is_some());
        for wrong in ["", "AQ", &URL_SAFE_NO_PAD.encode([7; 33]), "==="] {
            assert!(PrfOutput::parse(wrong).is_none());
        }
    }
}
