//! Reading client metadata (RFC 7591 §2, OpenID Connect Dynamic Client
//! Registration 1.0 §2): the one way in, for `sluis client add` and `/register`.

use serde_json::{Map, Value, json};

use super::{ClientMetadata, FetchUri, InvalidClient, RedirectUri, WebUri};
use crate::domain::attribute::is_control;

mod fault;

pub use fault::{FaultKind, MetadataFault};

/// How many people a client may name to be reached.
const MAX_CONTACTS: usize = 16;
/// The most characters of one of them.
pub const MAX_CONTACT: usize = 200;
/// How many ways to sign in it may wish for.
const MAX_ACR: usize = 16;

impl ClientMetadata {
    /// Reads metadata, or says everything that cannot be read. Whether they fit
    /// each other and the business is [`check`](Self::check)'s to say.
    ///
    /// Members that Sluis does not know are ignored (RFC 7591 §2). What it knows
    /// and does not offer is refused: a client that believes its data to travel
    /// encrypted must not find out otherwise later.
    pub fn read(mut members: Map<String, Value>) -> Result<Self, Vec<MetadataFault>> {
        // RFC 7592 §2.2: null means that there is none.
        members.retain(|_, value| !value.is_null());
        let mut faults = Vec::new();
        let has_codes = has_codes(&members);
        // RFC 7591 §2.1: what has no authorization endpoint to go to has none.
        if let Some(types) = members.remove("response_types")
            && types != json!(["code"])
            && (has_codes || types != json!([]))
        {
            let why = "must be [\"code\"]: there is no other flow";
            faults.push(MetadataFault::of("response_types", why));
        }
        faults.extend(members.get("software_statement").map(statement));
        faults.extend(
            members
                .keys()
                .filter(|name| is_encryption(name))
                .map(|name| MetadataFault::of(name, "nothing is encrypted here: leave it out")),
        );
        if members.get("tls_client_certificate_bound_access_tokens") == Some(&json!(true)) {
            let why = "tokens are bound by DPoP here: use dpop_bound_access_tokens";
            let name = "tls_client_certificate_bound_access_tokens";
            faults.push(MetadataFault::of(name, why));
        }
        faults.extend(unreadable_members(&members));
        faults.extend(unfetchable_logos(&members));
        // RFC 7591 §2: a name is optional. People then read where answers go.
        if !members.contains_key("client_name") {
            match name_of(&members) {
                Some(name) => {
                    members.insert("client_name".to_owned(), name.into());
                }
                None if !faults.is_empty() => {}
                None if has_codes => {
                    faults.push(InvalidClient::NoRedirectUri.into());
                }
                None => {
                    let why = "people read it, and there is no redirect URI to take it from";
                    faults.push(MetadataFault::of("client_name", why));
                }
            }
        }
        // OpenID Connect Registration 1.0 §2: RS256, and libraries hold us to it
        // when they are told nothing. FAPI 2.0 Security Profile §5.4.1 forbids it.
        if members.get("security_profile") != Some(&json!("fapi2")) {
            members
                .entry("id_token_signed_response_alg")
                .or_insert_with(|| json!("RS256"));
        }
        match serde_json::from_value(Value::Object(members)) {
            Ok(metadata) if faults.is_empty() => Ok(metadata),
            Err(error) if faults.is_empty() => Err(vec![MetadataFault {
                kind: FaultKind::Member,
                why: error.to_string(),
            }]),
            _ => Err(faults),
        }
    }

    /// Whether every text that nobody checks any closer can be kept and shown.
    pub(super) fn check_texts(&self) -> Result<(), InvalidClient> {
        let fits = |text: &String, most: usize| {
            text.chars().count() <= most && !text.chars().any(is_control)
        };
        let contacts = &self.contacts;
        if contacts.len() > MAX_CONTACTS || !contacts.iter().all(|text| fits(text, MAX_CONTACT)) {
            return Err(InvalidClient::Text(
                "`contacts` are at most 16 texts of 200 printable characters",
            ));
        }
        let software = [&self.software_id, &self.software_version];
        if !software.into_iter().flatten().all(|text| fits(text, 200)) {
            return Err(InvalidClient::Text(
                "`software_id` and `software_version` have at most 200 printable characters",
            ));
        }
        let acr = &self.default_acr_values;
        if acr.len() > MAX_ACR || !acr.iter().all(|text| fits(text, 200)) {
            return Err(InvalidClient::Text(
                "`default_acr_values` are at most 16 texts of 200 printable characters",
            ));
        }
        if !self.scope.iter().all(|text| fits(text, 1_000)) {
            return Err(InvalidClient::Text(
                "`scope` has at most 1,000 printable characters",
            ));
        }
        Ok(())
    }
}

/// RFC 7591 §3.2.2: one that is not a JWT is invalid, any other is not approved.
fn statement(statement: &Value) -> MetadataFault {
    let is_jwt = statement.as_str().is_some_and(|text| {
        let parts: Vec<&str> = text.split('.').collect();
        let is_base64url = |part: &&str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        };
        parts.len() == 3 && parts.iter().all(is_base64url)
    });
    if is_jwt {
        MetadataFault {
            kind: FaultKind::UnapprovedStatement,
            why: "software_statement: no issuer of software statements is trusted here".to_owned(),
        }
    } else {
        MetadataFault {
            kind: FaultKind::InvalidStatement,
            why: "software_statement: this is not a signed JWT".to_owned(),
        }
    }
}

fn is_encryption(member: &str) -> bool {
    ["_encrypted_response_alg", "_encrypted_response_enc"]
        .iter()
        .any(|end| member.ends_with(end))
        || member == "request_object_encryption_alg"
        || member == "request_object_encryption_enc"
}

/// The members that cannot be read, each by itself: a reader of the whole
/// names neither the member nor more than the first.
fn unreadable_members(members: &Map<String, Value>) -> Vec<MetadataFault> {
    members
        .iter()
        .filter_map(|(name, value)| {
            let mut alone = Map::new();
            alone.insert("client_name".to_owned(), json!("any"));
            alone.insert("redirect_uris".to_owned(), json!([]));
            alone.insert(name.clone(), value.clone());
            serde_json::from_value::<ClientMetadata>(Value::Object(alone))
                .err()
                .map(|error| MetadataFault::of(name, error))
        })
        .collect()
}

/// Logos are not shown from where they are, but fetched from there: what is registered
/// can be.
fn unfetchable_logos(members: &Map<String, Value>) -> Vec<MetadataFault> {
    members
        .iter()
        .filter(|(name, _)| name.split('#').next() == Some("logo_uri"))
        .filter_map(|(name, value)| {
            let uri = WebUri::try_from(value.as_str()?.to_owned()).ok()?;
            let refused = FetchUri::try_from(uri.as_str().to_owned()).err()?;
            Some(MetadataFault::of(name, refused))
        })
        .collect()
}

/// Whether a client sends people here, and gets codes for them: it does unless
/// it says otherwise (RFC 7591 §2).
fn has_codes(members: &Map<String, Value>) -> bool {
    let types = members.get("grant_types").and_then(Value::as_array);
    types.is_none_or(|types| types.contains(&json!("authorization_code")))
}

/// What a client without a name is called: by where its answers go.
fn name_of(members: &Map<String, Value>) -> Option<String> {
    let uri = members.get("redirect_uris")?.get(0)?.as_str()?;
    let uri = RedirectUri::try_from(uri.to_owned()).ok()?;
    Some(uri.host()).filter(|host| !host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::BusinessId;
    use crate::domain::language::Language;

    fn read(more: Value) -> Result<ClientMetadata, Vec<MetadataFault>> {
        let mut members = Map::new();
        members.insert(
            "redirect_uris".to_owned(),
            json!(["https://shop.example/back"]),
        );
        let Value::Object(more) = more else {
            unreachable!("an object")
        };
        members.extend(more);
        ClientMetadata::read(members)
    }

    fn kinds(more: Value) -> Vec<FaultKind> {
        let faults = read(more).expect_err("refused");
        faults.iter().map(|fault| fault.kind).collect()
    }

    #[test]
    fn a_client_without_a_name_goes_by_its_host() {
        let named = read(json!({})).expect("metadata");
        assert_eq!(named.client_name.default, "shop.example");
        let named = read(json!({"client_name": null})).expect("null is nothing");
        assert_eq!(named.client_name.default, "shop.example");
    }

    #[test]
    fn what_is_not_known_is_ignored_and_what_is_not_offered_is_refused() {
        read(json!({"favourite_colour": "blue", "require_auth_time": true})).expect("metadata");
        for more in [
            json!({"response_types": ["code", "id_token"]}),
            json!({"response_types": "code"}),
            json!({"grant_types": ["authorization_code", "implicit"]}),
            json!({"token_endpoint_auth_method": "tls_client_auth"}),
            json!({"id_token_signed_response_alg": "none"}),
            json!({"id_token_encrypted_response_alg": "RSA-OAEP"}),
            json!({"request_object_encryption_enc": "A128GCM"}),
            json!({"tls_client_certificate_bound_access_tokens": true}),
            json!({"subject_type": "private"}),
            json!({"logo_uri": "javascript:alert(1)"}),
            json!({"logo_uri": "http://shop.example/logo.png"}),
            json!({"logo_uri#nl": "https://user:pass@shop.example/logo.png"}),
            json!({"initiate_login_uri": "http://shop.example/login"}),
        ] {
            assert_eq!(kinds(more.clone()), [FaultKind::Member], "{more}");
        }
    }

    #[test]
    fn each_kind_of_fault_is_told_apart() {
        for more in [
            json!({"redirect_uris": "https://shop.example/back"}),
            json!({"redirect_uris": [1]}),
            json!({"redirect_uris": null}),
            json!({"redirect_uris": ["https://shop.example/a b"]}),
        ] {
            assert_eq!(kinds(more.clone()), [FaultKind::RedirectUri], "{more}");
        }
        let jwt = json!({"software_statement": "eyJh.eyJi.c2ln"});
        assert_eq!(kinds(jwt), [FaultKind::UnapprovedStatement]);
        for text in [json!("eyJh"), json!("a..c"), json!("a.b.c d"), json!(1)] {
            let more = json!({ "software_statement": text });
            assert_eq!(kinds(more.clone()), [FaultKind::InvalidStatement], "{more}");
        }
        let several = json!({"subject_type": 1, "scope": 2});
        assert_eq!(kinds(several), [FaultKind::Member, FaultKind::Member]);
    }

    #[test]
    fn pages_have_editions_per_language_that_are_told_as_they_came() {
        let told = json!({
            "policy_uri": "https://shop.example/privacy",
            "policy_uri#nl": "https://shop.example/nl/privacy",
            "tos_uri#nl-BE": "https://shop.example/be/voorwaarden",
            "logo_uri#en": "https://shop.example/logo-en.png",
        });
        let metadata = read(told.clone()).expect("metadata");
        let address = |uri: Option<&super::super::WebUri>| uri.map(|uri| uri.as_str().to_owned());
        for (language, policy, terms) in [
            (
                Language::Nl,
                "https://shop.example/nl/privacy",
                Some("https://shop.example/be/voorwaarden"),
            ),
            (Language::En, "https://shop.example/privacy", None),
        ] {
            assert_eq!(
                address(metadata.policy_in(language)).as_deref(),
                Some(policy)
            );
            assert_eq!(address(metadata.terms_in(language)).as_deref(), terms);
        }
        let again = serde_json::to_value(&metadata).expect("JSON");
        for (name, value) in told.as_object().expect("members") {
            assert_eq!(again[name], *value, "{name}");
        }
        for name in ["policy_uri#nl", "tos_uri#x", "logo_uri#", "client_uri#en"] {
            let more = json!({ name: "javascript:alert(1)" });
            assert_eq!(kinds(more), [FaultKind::Member], "{name}");
        }
    }

    #[test]
    fn what_gets_no_codes_needs_no_redirect_uri_and_says_its_name() {
        const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
        let business = BusinessId::new(uuid::Uuid::from_u128(1));
        let alone = |more: Value| {
            let Value::Object(members) = more else {
                unreachable!("an object")
            };
            let metadata = ClientMetadata::read(members)?;
            metadata.check(business).map_err(|error| vec![error.into()])
        };
        for grant in [DEVICE, "client_credentials"] {
            let fine = json!({"client_name": "TV", "grant_types": [grant], "response_types": []});
            assert!(alone(fine).is_ok(), "{grant}");
            let faults = alone(json!({"grant_types": [grant]})).expect_err("no name");
            assert!(faults[0].to_string().starts_with("client_name:"));
            assert_eq!(faults[0].kind, FaultKind::Member);
        }
        for (more, kind) in [
            (json!({"client_name": "Shop"}), FaultKind::RedirectUri),
            (json!({}), FaultKind::RedirectUri),
            (
                json!({"client_name": "Shop", "grant_types": ["authorization_code", DEVICE]}),
                FaultKind::RedirectUri,
            ),
            (
                json!({"client_name": "Shop", "grant_types": ["refresh_token"]}),
                FaultKind::Member,
            ),
            (
                json!({"client_name": "Shop", "grant_types": []}),
                FaultKind::Member,
            ),
        ] {
            let faults = alone(more.clone()).expect_err("refused");
            assert_eq!(faults[0].kind, kind, "{more}");
        }
        assert_eq!(kinds(json!({"response_types": []})), [FaultKind::Member]);
    }

    #[test]
    fn no_text_is_endless() {
        let business = BusinessId::new(uuid::Uuid::from_u128(1));
        let check = |more| read(more).expect("metadata").check(business).map(|_| ());
        assert_eq!(check(json!({"contacts": ["privacy@shop.example"]})), Ok(()));
        let long = "a".repeat(1_001);
        for more in [
            json!({"contacts": vec!["a@b.example"; 17]}),
            json!({"contacts": [long]}),
            json!({"contacts": ["a\nb"]}),
            json!({"contacts": ["a\u{202e}b"]}),
            json!({"default_acr_values": vec!["a"; 17]}),
            json!({"default_acr_values": [long]}),
            json!({"software_id": long}),
            json!({"software_version": "1\u{0}"}),
            json!({"scope": long}),
        ] {
            let refused = check(more.clone());
            assert!(matches!(refused, Err(InvalidClient::Text(_))), "{more}");
        }
    }
}
