//! An authenticator in software, as WebAuthn Level 3 §6 has it: one passkey,
//! a counter, and whatever a test wants it to lie about.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Actor, Page};
use crate::html::Form;

/// User present, user verified.
const PRESENT_AND_VERIFIED: u8 = 0x05;
/// There is a public key in it.
const ATTESTED: u8 = 0x40;

/// What a browser and an authenticator make of a challenge, and may lie about.
pub(crate) struct Authenticator {
    pair: EcdsaKeyPair,
    id: [u8; 16],
    user: Vec<u8>,
    pub(crate) counter: u32,
    pub(crate) origin: String,
    pub(crate) flags: u8,
    /// Whether it does not say whose passkey it is.
    pub(crate) is_shy: bool,
    /// What it gives this site, where it can.
    pub(crate) secret: Option<[u8; 32]>,
}

/// A challenge as the script of a page gets it.
#[derive(Clone)]
pub(crate) struct Challenge {
    pub(crate) ceremony: String,
    pub(crate) options: Value,
}

impl Actor {
    /// What the script of a page does first: it fetches a challenge.
    pub(crate) async fn challenge(&mut self, form: &Form, path: &str) -> Challenge {
        let page = self.try_challenge(form, path).await;
        assert_eq!(page.status, 200, "{}", page.html);
        let answer: Value = serde_json::from_str(&page.html).expect("JSON");
        Challenge {
            ceremony: answer["ceremony"].as_str().expect("an id").to_owned(),
            options: answer["options"].clone(),
        }
    }

    pub(crate) async fn try_challenge(&mut self, form: &Form, path: &str) -> Page {
        let fields: Vec<(&str, &str)> = ["csrf", "of", "email"]
            .into_iter()
            .filter_map(|name| Some((name, form.value(name)?)))
            .collect();
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.send(axum::http::Method::POST, path, Some(body)).await
    }

    /// Adds a passkey; the answer says what it became.
    pub(crate) async fn add_passkey(&mut self, authenticator: &mut Authenticator) -> Page {
        let form = self
            .visit("/account/security/passkeys")
            .await
            .form("passkey-add");
        let path = "/account/security/passkeys/options";
        let challenge = self.challenge(&form, path).await;
        let form = authenticator.make(form.with("name", "Phone"), &challenge);
        self.submit(form).await
    }

    /// Signs in with a passkey.
    pub(crate) async fn sign_in_with(
        &mut self,
        path: &str,
        authenticator: &mut Authenticator,
    ) -> Page {
        self.leave().await;
        let form = self.get(path).await.form("sign-in-passkey");
        let challenge = self.challenge(&form, "/sign-in/passkey/options").await;
        let form = authenticator.show(form, &challenge);
        self.submit(form).await
    }
}

impl Authenticator {
    pub(crate) fn new(secret: Option<[u8; 32]>) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
        Self {
            pair,
            id: sluis::random::Random::system().bytes(),
            user: Vec::new(),
            counter: 0,
            origin: "http://localhost:8000".to_owned(),
            flags: PRESENT_AND_VERIFIED,
            is_shy: false,
            secret,
        }
    }

    /// The form, with a new passkey in it.
    pub(crate) fn make(&mut self, form: Form, challenge: &Challenge) -> Form {
        let options = &challenge.options;
        self.user = decode(&options["user"]["id"]);
        self.counter += 1;
        let mut data = self.data(&options["rp"]["id"], self.flags | ATTESTED);
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&[0, 16]);
        data.extend_from_slice(&self.id);
        data.extend_from_slice(&self.cose_key());
        // {"fmt": "none", "attStmt": {}, "authData": …} (RFC 8949)
        let mut object = b"\xA3\x63fmt\x64none\x67attStmt\xA0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).expect("it is short"));
        object.extend_from_slice(&data);
        let response = json!({
            "clientDataJSON": encode(&self.client_data("webauthn.create", options)),
            "attestationObject": encode(&object),
            "transports": ["internal"],
        });
        self.fill_in(form, challenge, &response)
    }

    /// The form, with an answer by the passkey in it.
    pub(crate) fn show(&mut self, form: Form, challenge: &Challenge) -> Form {
        let options = &challenge.options;
        self.counter += 1;
        let client_data = self.client_data("webauthn.get", options);
        let data = self.data(&options["rpId"], self.flags);
        let signed = [&data[..], digest(&SHA256, &client_data).as_ref()].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed);
        let mut response = json!({
            "clientDataJSON": encode(&client_data),
            "authenticatorData": encode(&data),
            "signature": encode(signature.expect("a signature").as_ref()),
        });
        if !self.is_shy {
            response["userHandle"] = json!(encode(&self.user));
        }
        self.fill_in(form, challenge, &response)
    }

    fn fill_in(&self, form: Form, challenge: &Challenge, response: &Value) -> Form {
        let id = encode(&self.id);
        let credential = json!({
            "id": id, "rawId": id, "type": "public-key",
            "response": response, "extensions": {},
        });
        let secret = self
            .secret
            .map_or_else(String::new, |secret| encode(&secret));
        form.forged("ceremony", &challenge.ceremony)
            .forged("credential", &credential.to_string())
            .forged("secret", &secret)
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let data = json!({
            "type": kind, "challenge": options["challenge"], "origin": self.origin,
            "crossOrigin": false,
        });
        data.to_string().into_bytes()
    }

    fn data(&self, rp: &Value, flags: u8) -> Vec<u8> {
        let rp = rp.as_str().expect("an RP id");
        let mut data = digest(&SHA256, rp.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend_from_slice(&self.counter.to_be_bytes());
        data
    }

    /// RFC 9053 §7.1.1.
    fn cose_key(&self) -> Vec<u8> {
        let point = self.pair.public_key().as_ref();
        let (x, y) = point[1..].split_at(32);
        [
            b"\xA5\x01\x02\x03\x26\x20\x01\x21\x58\x20",
            x,
            b"\x22\x58\x20",
            y,
        ]
        .concat()
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(value: &Value) -> Vec<u8> {
    let text = value.as_str().expect("text");
    URL_SAFE_NO_PAD.decode(text).expect("base64url")
}
