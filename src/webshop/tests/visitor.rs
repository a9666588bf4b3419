//! A browser that a test holds in its hand.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use jiff::Timestamp;
use tower::ServiceExt as _;
use url::Url;

use super::fake_provider::{CLIENT_ID, FakeProvider};
use crate::webshop::pages::routes;
use crate::webshop::{ClientConfig, Shop, Site, upkeep};

/// Where the site believes that it lives; nothing listens there.
const OWN_URL: &str = "http://127.0.0.1:9";

/// When tests happen: 24 August 2026.
pub(super) const START: i64 = 1_787_572_800;

pub(super) struct Visitor {
    site: Router,
    pub(super) shop: Arc<Shop>,
    clock: Arc<AtomicI64>,
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
    async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        Self {
            status: parts.status,
            location: parts
                .headers
                .get(header::LOCATION)
                .map(|value| value.to_str().unwrap().to_owned()),
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

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
        let clock = Arc::new(AtomicI64::new(START));
        let config = ClientConfig {
            issuer: issuer.to_owned(),
            client_id: CLIENT_ID.to_owned(),
            client_secret: Some("hush".to_owned()),
            own_url: Url::parse(OWN_URL).unwrap(),
            now: {
                let clock = Arc::clone(&clock);
                Arc::new(move || Timestamp::from_second(clock.load(Ordering::Relaxed)).unwrap())
            },
        };
        let shop = Shop::new(site, config).unwrap();
        Self {
            site: routes(Arc::clone(&shop)),
            shop,
            clock,
            cookies: BTreeMap::new(),
            languages: "en-GB,en;q=0.9",
        }
    }

    /// Another browser at the same site.
    pub(super) fn beside(&self) -> Self {
        Self {
            site: self.site.clone(),
            shop: Arc::clone(&self.shop),
            clock: Arc::clone(&self.clock),
            cookies: BTreeMap::new(),
            languages: self.languages,
        }
    }

    pub(super) fn speaking(mut self, languages: &'static str) -> Self {
        self.languages = languages;
        self
    }

    /// Lets seconds pass.
    pub(super) fn wait(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Lets the shop do what it does by itself.
    pub(super) async fn let_it_work(&self) {
        upkeep::round(&self.shop).await;
    }

    /// The shop's door for machines, where no cookies are.
    pub(super) async fn knock(&self, path: &str, headers: &[(&str, &str)], body: String) -> Page {
        let mut request = Request::post(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body)).unwrap();
        Page::of(self.site.clone().oneshot(request).await.unwrap()).await
    }

    /// Tells the shop something, by its stream of events.
    pub(super) async fn push(&self, token: String) -> Page {
        let secret = self.shop.upkeep.secret().to_owned();
        let headers = [
            ("authorization", secret.as_str()),
            ("content-type", "application/secevent+jwt"),
        ];
        self.knock("/sluis/events", &headers, token).await
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
        Page::of(response).await
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
        mood.offers = serde_json::json!([
            {"purpose": "recommendations", "offer": {"nl": "5%", "en": "5%"}, "stands": true},
            {"tier": "medium", "offer": {"nl": "Gratis", "en": "Free"}, "stands": true},
        ]);
    });
}
