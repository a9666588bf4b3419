//! A key of our own to prove with: where this provider is the client of another.

use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::crypto::signing::CannotSign;
use crate::domain::time::Timestamp;
use crate::domain::token::Thumbprint;

/// A key pair of P-256, made for one errand.
pub struct ProvingKey(EcdsaKeyPair);

never_print!(ProvingKey);

/// What a proof is made for (RFC 9449 §4.2).
#[derive(Clone, Copy, Debug)]
pub struct Errand<'a> {
    /// The method of the request.
    pub method: &'a str,
    /// Its address, without query.
    pub url: &'a str,
    /// The access token that goes along, if one does.
    pub token: Option<&'a str>,
    /// When.
    pub now: Timestamp,
    /// Names the proof.
    pub jti: &'a str,
    /// What the server wants to find in it, if it said so (RFC 9449 §8, §9).
    pub nonce: Option<&'a str>,
}

impl ProvingKey {
    /// A fresh one.
    pub fn generate() -> Result<Self, CannotSign> {
        EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
            .map(Self)
            .map_err(|_| CannotSign::Signature)
    }

    /// Its bytes, to be sealed.
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, CannotSign> {
        let document = self.0.to_pkcs8v1().map_err(|_| CannotSign::Signature)?;
        Ok(Zeroizing::new(document.as_ref().to_vec()))
    }

    /// Takes back what [`Self::to_bytes`] gave.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CannotSign> {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes)
            .map(Self)
            .map_err(|_| CannotSign::Signature)
    }

    /// The public half, with its members in the order of RFC 7638 §3.2.
    fn jwk(&self) -> Value {
        // An uncompressed point: 4, x, y.
        let point = self.0.public_key().as_ref();
        let half = |from: usize| {
            let bytes = point.get(from..from + 32).unwrap_or_default();
            URL_SAFE_NO_PAD.encode(bytes)
        };
        json!({"crv": "P-256", "kty": "EC", "x": half(1), "y": half(33)})
    }

    /// Names the key (RFC 7638).
    pub fn thumbprint(&self) -> Result<Thumbprint, CannotSign> {
        // serde_json writes members in the order of their names, as RFC 7638 has it.
        let hash = digest::digest(&digest::SHA256, self.jwk().to_string().as_bytes());
        URL_SAFE_NO_PAD
            .encode(hash)
            .parse()
            .map_err(|_| CannotSign::Signature)
    }

    /// A proof for one request.
    pub fn prove(&self, errand: &Errand<'_>) -> Result<String, CannotSign> {
        let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk()});
        let mut claims = json!({
            "jti": errand.jti,
            "htm": errand.method,
            "htu": errand.url,
            "iat": errand.now.as_seconds(),
        });
        if let Some(token) = errand.token {
            let hash = digest::digest(&digest::SHA256, token.as_bytes());
            claims["ath"] = URL_SAFE_NO_PAD.encode(hash).into();
        }
        if let Some(nonce) = errand.nonce {
            claims["nonce"] = nonce.into();
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = self
            .0
            .sign(&SystemRandom::new(), signed.as_bytes())
            .map_err(|_| CannotSign::Signature)?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::dpop::Proof;

    #[test]
    fn what_it_proves_others_take() {
        let key = ProvingKey::generate().expect("a key");
        let again = ProvingKey::from_bytes(&key.to_bytes().expect("bytes")).expect("a key");
        let errand = Errand {
            method: "GET",
            url: "https://elsewhere.example/account-transfer",
            token: Some("sltt_x"),
            now: Timestamp::from_seconds(1_790_000_000),
            jti: "1",
            nonce: None,
        };
        let proof = Proof::verify(&again.prove(&errand).expect("a proof")).expect("it holds");
        assert_eq!(proof.key, key.thumbprint().expect("a name"));
        assert!(proof.is_for("sltt_x") && !proof.is_for("sltt_y"));
        assert_eq!(
            (proof.method.as_str(), proof.url.as_str()),
            (errand.method, errand.url)
        );
    }
}
