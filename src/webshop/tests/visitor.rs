//! A browser that a test holds in its hand.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use tower::ServiceExt as _;
use url::Url;

use super::fake_provider::{CLIENT_ID, FakeProvider};
use crate::webshop::{ClientConfig, Site, router};

/// Where the site believes that it lives; nothing listens there.
const OWN_URL: &str = "http://127.0.0.1:9";

pub(super) struct Visitor {
    site: Router,
    pub(super) cookies: BTreeMap<String, String>,
    languages: &'static str,
}

pub(super) struct Page {
    pub(super) status: StatusCode,
    pub(super) location: Option<String>,
    pub(super) headers: axum::http::HeaderMap,
    pub(super) text: String,
}

impl Page {
    pub(super) fn has(&self, text: &str) -> bool {
        self.text.contains(text)
    }

    /// The value of the field with this id.
    pub(super) fn field(&self, id: &str) -> Option<&str> {
        let input = self.text.split_once(&format!("<input id=\"{id}\""))?.1;
        let value = input.split_once("value=\"")?.1;
        Some(value.split_once('"')?.0)
    }

    fn csrf(&self) -> &str {
        let rest = self.text.split_once("name=\"csrf\" value=\"").unwrap().1;
        rest.split_once('"').unwrap().0
    }
}

impl Visitor {
    pub(super) fn of(site: Site, issuer: &str) -> Self {
        let config = ClientConfig {
            issuer: issuer.to_owned(),
            client_id: CLIENT_ID.to_owned(),
            client_secret: Some("hush".to_owned()),
            own_url: Url::parse(OWN_URL).unwrap(),
        };
        Self {
            site: router(site, config).unwrap(),
            cookies: BTreeMap::new(),
            languages: "en-GB,en;q=0.9",
        }
    }

    /// Another browser at the same site.
    pub(super) fn beside(&self) -> Self {
        Self {
            site: self.site.clone(),
            cookies: BTreeMap::new(),
            languages: self.languages,
        }
    }

    pub(super) fn speaking(mut self, languages: &'static str) -> Self {
        self.languages = languages;
        self
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: String) -> Page {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = request
            .header(header::COOKIE, cookies.join("; "))
            .header(header::ACCEPT_LANGUAGE, self.languages)
            .body(Body::from(body))
            .unwrap();
        let response = self.site.clone().oneshot(request).await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        Page {
            status: parts.status,
            location: parts
                .headers
                .get(header::LOCATION)
                .map(|value| value.to_str().unwrap().to_owned()),
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    pub(super) async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path), String::new()).await
    }

    /// Sends a form as it stands.
    pub(super) async fn post_raw(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, body).await
    }

    /// Sends a form of a page, with the page's CSRF token.
    pub(super) async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        let home = self.get("/").await;
        let mut fields = vec![("csrf", home.csrf())];
        fields.extend(form);
        self.post_raw(path, &fields).await
    }

    /// Goes to the provider and gives the address that it sends back to.
    pub(super) async fn go_to_provider(&mut self, login: &str) -> String {
        let away = self.get(login).await;
        assert_eq!(away.status, StatusCode::SEE_OTHER, "{}", away.text);
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let answer = client.get(away.location.unwrap()).send().await.unwrap();
        let back = answer.headers()[header::LOCATION].to_str().unwrap();
        back.strip_prefix(OWN_URL).unwrap().to_owned()
    }

    /// Logs in, whatever comes of it.
    pub(super) async fn log_in(&mut self) -> Page {
        let callback = self.go_to_provider("/login").await;
        self.get(&callback).await
    }
}

/// Someone with an address who lets the shop have it.
pub(super) fn grant_everything(provider: &FakeProvider) {
    provider.set(|mood| {
        mood.claims = serde_json::json!({
            "name": "Sanne de Vries", "given_name": "Sanne",
            "email": "sanne@voorbeeld.example", "email_verified": true,
            "https://schemas.sluis.example/claims/delivery_address": {
                "street_address": "Kanaalstraat 12", "postal_code": "3531 CJ",
                "locality": "Utrecht", "country": "NL"},
            "https://schemas.sluis.example/claims/preferences": "wicker, tailwind",
        });
        mood.processes = serde_json::json!([
            {"id": "deliver", "title": {"nl": "Bezorgen", "en": "Deliver your order"},
             "text": {"nl": "Wij brengen het.", "en": "We bring it."},
             "legal_basis": "eu-gdpr:A6-1-b", "necessity": "required",
             "claims": ["name", "email", "delivery_address", "phone_number"],
             "storage": {"duration": "P3M", "until": "2027-02-22T10:00:00Z"}},
            {"id": "invoice", "title": {"nl": "Rekening", "en": "Keep the invoice"},
             "text": {"nl": "Moet.", "en": "We must."}, "legal_basis": "eu-gdpr:A6-1-c",
             "necessity": "required", "claims": ["name"], "storage": {"duration": "P84M"}},
            {"id": "recommendations", "title": {"nl": "Meedenken", "en": "Think along"},
             "text": {"nl": "Ja.", "en": "Yes."}, "legal_basis": "eu-gdpr:A6-1-a",
             "necessity": "optional", "claims": ["preferences"],
             "permissions": ["personalisation"], "storage": {"duration": "P6M"}},
        ]);
    });
}
