//! Businesses, and the clients that tests play.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use sluis::domain::business::{BusinessDocument, BusinessSector};
use sluis::domain::client::ClientMetadata;
use sluis::domain::id::ClientId;
use sluis::domain::plan::Plan;
use sluis::jobs;
use sluis::service::clients::{add_business, add_client};
use sluis::service::plans::{PublishError, Published, publish};
use sluis::store::clients::RegisteredClient;
use url::Url;

use super::{Page, TestApp};

impl TestApp {
    /// A shop that needs an address to deliver to, and would like more.
    pub(crate) async fn shop(&self) -> Client {
        self.client("shop", Some(SHOP_PLAN)).await
    }

    /// A newspaper that needs nothing.
    pub(crate) async fn paper(&self) -> Client {
        self.client("paper", Some(PAPER_PLAN)).await
    }

    pub(crate) async fn client(&self, id: &str, plan: Option<&str>) -> Client {
        self.client_in(None, id, plan).await
    }

    /// The business publishes another edition of its plan, as soon as it may.
    pub(crate) async fn publish(&self, client: &str, plan: &str) -> Published {
        let plan = Plan::parse(plan).expect("a plan");
        let id = client.parse().expect("an id");
        match publish(&self.app, &id, &plan, None).await {
            Err(PublishError::Unsettled(_)) => {
                self.carry_out_editions().await;
                publish(&self.app, &id, &plan, None).await
            }
            published => published,
        }
        .expect("an edition")
    }

    /// Agreements are held against the newest editions.
    pub(crate) async fn carry_out_editions(&self) {
        self.wait(Duration::from_secs(6));
        jobs::plans::run_once(&self.app).await.expect("a database");
    }

    /// A client, as the provider knows it.
    pub(crate) async fn registered_client(&self, id: &str) -> Arc<RegisteredClient> {
        let found = self.app.client(&id.parse().expect("an id")).await;
        found.expect("a database").expect("a client")
    }

    /// A client of a kind of business.
    pub(crate) async fn client_in(
        &self,
        sector: Option<BusinessSector>,
        id: &str,
        plan: Option<&str>,
    ) -> Client {
        let business = BusinessDocument {
            sector,
            ..business_document(id)
        };
        let business = add_business(&self.app, business).await.expect("a business");
        let redirect_uri = format!("https://{id}.example/back?from=sluis");
        let metadata: ClientMetadata = serde_json::from_value(serde_json::json!({
            "redirect_uris": [redirect_uri],
            "client_name": format!("The {id}"),
            "client_name#nl": format!("De {id}"),
            "policy_uri": format!("https://{id}.example/privacy"),
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "none",
        }))
        .expect("metadata");
        let plan = plan.map(|plan| Plan::parse(plan).expect("a plan"));
        let client_id: ClientId = id.parse().expect("an id");
        add_client(&self.app, business.id, Some(client_id), metadata, plan)
            .await
            .expect("a client");
        Client {
            id: id.to_owned(),
            redirect_uri,
            issuer: self.app.issuer().to_owned(),
        }
    }
}

/// What the business of a client says of itself.
pub(crate) fn business_document(id: &str) -> BusinessDocument {
    BusinessDocument {
        name: format!("{id} BV"),
        address: "Dam 1, Amsterdam".to_owned(),
        contact: format!("privacy@{id}.example"),
        registration: None,
        country: "NL".to_owned(),
        sector: None,
    }
}

/// A client, as a test plays it.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) redirect_uri: String,
    /// Whose answers it takes.
    pub(crate) issuer: String,
}

/// RFC 7636 appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

impl Client {
    /// Where it sends people who press its button.
    pub(crate) fn request(&self, more: &[(&str, &str)]) -> String {
        let mut params = vec![
            ("client_id", self.id.as_str()),
            ("redirect_uri", &self.redirect_uri),
            ("response_type", "code"),
            ("state", "the state"),
            ("nonce", "n"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        if more.iter().all(|(name, _)| *name != "scope") {
            params.push(("scope", "openid profile email address phone"));
        }
        params.extend_from_slice(more);
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(params)
            .finish();
        format!("/authorize?{query}")
    }

    /// What an answer says, after the checks that every client makes.
    pub(crate) fn answer(&self, page: &Page) -> BTreeMap<String, String> {
        let location = page.location();
        assert!(
            location.starts_with(&self.redirect_uri),
            "{location} is not an answer"
        );
        let url = Url::parse(location).expect("a URL");
        let answer: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(answer["state"], "the state");
        assert_eq!(answer["iss"], self.issuer);
        assert_eq!(answer["from"], "sluis");
        answer
    }
}

/// Of [`TestApp::shop`].
pub(crate) const SHOP_PLAN: &str = r#"{"purposes": [
    {"id": "deliver", "purpose": "dpv:DeliveryOfGoods",
     "title": {"nl": "Bezorgen", "en": "Deliver your order"},
     "text": {"nl": "We brengen je pakket.", "en": "We bring your parcel."},
     "basis": "contract", "required": true,
     "claims": ["name", "email", "delivery_address"], "voluntary_claims": ["phone_number"],
     "retention": "P3M", "storage": ["NL"]},
    {"id": "news", "purpose": "dpv:DirectMarketing",
     "title": {"nl": "Nieuws", "en": "News from us"},
     "text": {"nl": "We mailen wat er nieuw is.", "en": "We mail what is new."},
     "basis": "consent", "required": false,
     "claims": ["email"], "channels": ["email"],
     "retention": "P6M", "offer": {"nl": "5% korting", "en": "5% off"}, "storage": ["NL"]},
    {"id": "suggest", "purpose": "dpv:ServicePersonalisation",
     "title": {"nl": "Wat bij je past", "en": "Show what fits you"},
     "text": {"nl": "We kiezen wat bij je past.", "en": "We choose what fits you."},
     "basis": "consent", "required": false,
     "claims": ["preferences"], "permissions": ["analytics", "personalisation"],
     "retention": "P1Y", "storage": ["NL"]}
]}"#;

/// Of [`TestApp::paper`].
pub(crate) const PAPER_PLAN: &str = r#"{"purposes": [
    {"id": "letter", "purpose": "dpv:DirectMarketing",
     "title": {"nl": "Nieuwsbrief", "en": "Newsletter"},
     "text": {"nl": "Elke ochtend het nieuws.", "en": "The news every morning."},
     "basis": "consent", "required": false,
     "claims": ["email"], "retention": "P6M", "storage": ["NL"]}
]}"#;

/// Of a club that needs an address for mail, and would like a phone number.
pub(crate) const CLUB_PLAN: &str = r#"{"purposes": [{"id": "member", "purpose": "dpv:MemberManagement",
    "title": {"nl": "Lid zijn", "en": "Be a member"},
    "text": {"nl": "Je bent lid.", "en": "You are a member."},
    "basis": "contract", "required": true,
    "claims": ["email"], "voluntary_claims": ["phone_number"],
    "retention": "P5Y", "storage": ["NL"]}]}"#;

/// Of a newspaper that needs an address for mail.
pub(crate) const LETTER_PLAN: &str = r#"{"purposes": [
    {"id": "letter", "purpose": "dpv:DirectMarketing",
     "title": {"nl": "Nieuwsbrief", "en": "Newsletter"},
     "text": {"nl": "Elke ochtend het nieuws.", "en": "The news every morning."},
     "basis": "contract", "required": true,
     "claims": ["email"], "retention": "P6M", "storage": ["NL"]}
]}"#;
