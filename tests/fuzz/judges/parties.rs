//! Who asks, when, and under which plan.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use sluis::domain::business::{Business, BusinessDocument, Vetting};
use sluis::domain::client::{Client, ClientMetadata};
use sluis::domain::id::BusinessId;
use sluis::domain::plan::{Plan, PlanVersion};
use sluis::domain::receipt::Hash;
use sluis::domain::time::Timestamp;
use sluis::store::clients::RegisteredClient;
use uuid::Uuid;

use super::signer::OWN;

pub(super) const ISSUER: &str = "https://op.example";
pub(super) const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

/// A plan of which requests can name parts.
pub(super) static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    let text = include_str!("../corpus/data_plan/shop.json");
    Plan::parse(text).expect("a plan")
});

/// An app, a shop on a server, and a bank. All sign with the same key, and
/// have the same redirect URI.
pub(super) static CLIENTS: LazyLock<[RegisteredClient; 3]> = LazyLock::new(|| {
    let keys = || json!({"keys": [OWN.jwk()]});
    [
        client(
            json!({
                "client_name": "App",
                "application_type": "native",
                "redirect_uris": ["https://shop.example/back?from=sluis", "http://127.0.0.1/back"],
                "token_endpoint_auth_method": "none",
                "subject_type": "public",
            }),
            None,
        ),
        client(
            json!({
                "client_name": "Shop",
                "redirect_uris": ["https://shop.example/back?from=sluis"],
                "scope": "openid profile email offline_access",
                "jwks": keys(),
                "request_object_signing_alg": "EdDSA",
                "token_endpoint_auth_method": "private_key_jwt",
            }),
            Some(PLAN.clone()),
        ),
        client(
            json!({
                "client_name": "Bank",
                "redirect_uris": ["https://shop.example/back?from=sluis"],
                "security_profile": "fapi2",
                "token_endpoint_auth_method": "private_key_jwt",
                "jwks": keys(),
            }),
            Some(PLAN.clone()),
        ),
    ]
});

pub(super) const BUSINESS: BusinessId = BusinessId::new(Uuid::from_u128(7));

pub(super) fn business() -> Business {
    Business {
        id: BUSINESS,
        document: BusinessDocument {
            name: "Shop BV".to_owned(),
            address: "Dam 1, Amsterdam".to_owned(),
            contact: "privacy@shop.example".to_owned(),
            registration: None,
            country: "NL".to_owned(),
            sector: None,
        },
        vetting: Vetting::Vetted,
    }
}

fn client(members: Value, plan: Option<Plan>) -> RegisteredClient {
    let metadata = ClientMetadata::read(members_of(members)).expect("metadata");
    let sector = metadata.check(BUSINESS).expect("metadata");
    RegisteredClient {
        client: Client {
            id: "shop".parse().expect("an id"),
            business_id: BUSINESS,
            secret_hash: None,
            secret_sealed: None,
            sector,
            metadata,
        },
        business: business(),
        plan_version: PlanVersion(u32::from(plan.is_some())),
        plan: plan.map(|plan| (plan, Hash::of(b"plan"))),
        removed_at: None,
        logos: Vec::new(),
    }
}

pub(super) fn members_of(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
