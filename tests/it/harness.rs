//! A provider in this process, on either database, and people who use it the
//! way a browser does.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{
    ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE,
};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use sluis::app::{App, Migrations};
use sluis::clock::Clock;
use sluis::config::Config;
use sluis::domain::business::BusinessDocument;
use sluis::domain::client::ClientMetadata;
use sluis::domain::id::ClientId;
use sluis::domain::plan::Plan;
use sluis::domain::time::Timestamp;
use sluis::random::Random;
use sluis::service::clients::{add_business, add_client};
use tower::ServiceExt as _;
use url::Url;

use crate::html::{Form, forms, tags};
use crate::postgres::Database;

/// One of the two databases that every test of a page runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// Runs each test on both databases.
macro_rules! on_both_databases {
    ($(async fn $name:ident($app:ident: TestApp) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn run($app: TestApp) $body

            #[tokio::test]
            async fn on_sqlite() {
                run(TestApp::start(crate::harness::Engine::Sqlite).await).await;
            }

            #[tokio::test]
            async fn on_postgresql() {
                run(TestApp::start(crate::harness::Engine::Postgres).await).await;
            }
        }
    )+};
}
pub(crate) use on_both_databases;

/// When tests begin: Monday 21 September 2026, 14:13:20 UTC.
const START: Timestamp = Timestamp::from_seconds(1_790_000_000);

pub(crate) const PASSWORD: &str = "een zin die niemand raadt";

/// A provider with its own database, and a clock that the test turns.
pub(crate) struct TestApp {
    pub(crate) app: App,
    pub(crate) router: Router,
    clock: Clock,
    folder: Folder,
    _database: Option<Database>,
}

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn fresh() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("sluis-test-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl TestApp {
    pub(crate) async fn start(engine: Engine) -> Self {
        Self::start_with(engine, Random::system()).await
    }

    /// One whose secrets a test may know.
    pub(crate) async fn start_with(engine: Engine, random: Random) -> Self {
        let folder = Folder::fresh();
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Database::fresh().await),
        };
        let database_url = match &database {
            Some(database) => database.url().clone(),
            None => format!("sqlite://{}/sluis.db", folder.0.display())
                .parse()
                .expect("a database URL"),
        };
        let config = Config {
            database_url,
            keys_dir: folder.0.join("keys"),
            ..Config::default()
        };
        let clock = Clock::manual(START);
        let app = App::open(config, Migrations::Apply, clock.clone(), random)
            .await
            .expect("an instance");
        Self {
            router: sluis::server::router(&app),
            app,
            clock,
            folder,
            _database: database,
        }
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, time: Duration) {
        self.clock.advance(time);
    }

    /// Where the files of this instance are.
    pub(crate) fn folder(&self) -> &std::path::Path {
        &self.folder.0
    }

    /// A browser that nobody has used yet, of someone who reads English.
    pub(crate) fn browser(&self) -> Actor {
        Actor::at(self.router.clone())
    }

    /// Someone who has just signed up.
    pub(crate) async fn person(&self, name: &str, email: &str) -> Actor {
        let mut actor = self.browser();
        let page = actor.sign_up("/sign-up", name, email).await;
        assert_eq!(page.location(), "/account?done=welcome");
        actor
    }

    /// A shop that needs an address to deliver to, and would like more.
    pub(crate) async fn shop(&self) -> Client {
        self.client("shop", Some(SHOP_PLAN)).await
    }

    /// A newspaper that needs nothing.
    pub(crate) async fn paper(&self) -> Client {
        self.client("paper", Some(PAPER_PLAN)).await
    }

    pub(crate) async fn client(&self, id: &str, plan: Option<&str>) -> Client {
        let business = BusinessDocument {
            name: format!("{id} BV"),
            address: "Dam 1, Amsterdam".to_owned(),
            contact: format!("privacy@{id}.example"),
            registration: None,
            country: "NL".to_owned(),
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
        }
    }
}

/// A client, as a test plays it.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) redirect_uri: String,
}

/// RFC 7636 appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

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
        assert_eq!(answer["iss"], "http://localhost:8000");
        assert_eq!(answer["from"], "sluis");
        answer
    }
}

/// Somebody's browser: its cookies, and what it does with forms.
#[derive(Clone)]
pub(crate) struct Actor {
    router: Router,
    pub(crate) jar: BTreeMap<String, String>,
    pub(crate) languages: String,
}

impl Actor {
    /// The browser of someone who reads English, at a server that this router leads to.
    pub(crate) fn at(router: Router) -> Self {
        Self {
            router,
            jar: BTreeMap::new(),
            languages: "en".to_owned(),
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        self.send(Method::GET, path, None).await
    }

    /// Gets a page and goes where it leads, as long as that is on this server.
    pub(crate) async fn visit(&mut self, path: &str) -> Page {
        let page = self.get(path).await;
        self.follow(page).await
    }

    /// Goes where an answer leads, as long as that is on this server.
    pub(crate) async fn follow(&mut self, mut page: Page) -> Page {
        for _ in 0..10 {
            match page.redirect() {
                Some(location) if location.starts_with('/') => {
                    let location = location.to_owned();
                    page = self.get(&location).await;
                }
                _ => return page,
            }
        }
        panic!("redirected for ever: {:?}", page.redirect());
    }

    pub(crate) async fn submit(&mut self, form: Form) -> Page {
        let action = form.action.clone();
        self.send(Method::POST, &action, Some(form.body())).await
    }

    pub(crate) async fn send(&mut self, method: Method, path: &str, body: Option<String>) -> Page {
        assert!(path.starts_with('/'), "{path} is not on this server");
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, "localhost:8000")
            .header(ACCEPT_LANGUAGE, &self.languages);
        if !self.jar.is_empty() {
            let pairs: Vec<String> = self.jar.iter().map(|(k, v)| format!("{k}={v}")).collect();
            request = request.header(COOKIE, pairs.join("; "));
        }
        let request = match body {
            Some(body) => request
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(ORIGIN, "http://localhost:8000")
                .header("sec-fetch-site", "same-origin")
                .body(Body::from(body)),
            None => request.body(Body::empty()),
        };
        let request = request.expect("a request");
        let response = self.router.clone().oneshot(request).await;
        let (parts, body) = response.expect("an answer").into_parts();
        for cookie in parts.headers.get_all(SET_COOKIE) {
            self.keep(cookie.to_str().expect("a cookie"));
        }
        let body = to_bytes(body, 1 << 22).await.expect("a body");
        Page {
            path: path.to_owned(),
            status: parts.status,
            headers: parts.headers,
            html: String::from_utf8(body.to_vec()).expect("text"),
        }
    }

    fn keep(&mut self, cookie: &str) {
        assert!(cookie.contains("; HttpOnly"), "{cookie}");
        assert!(cookie.contains("; SameSite=Lax"), "{cookie}");
        let (pair, attributes) = cookie.split_once(';').expect("attributes");
        let (name, value) = pair.split_once('=').expect("a value");
        if attributes.contains("Max-Age=0") {
            self.jar.remove(name);
        } else {
            self.jar.insert(name.to_owned(), value.to_owned());
        }
    }

    pub(crate) async fn sign_up(&mut self, path: &str, name: &str, email: &str) -> Page {
        let form = self.get(path).await.form("sign-up");
        let form = form
            .with("name", name)
            .with("email", email)
            .with("password", PASSWORD);
        self.submit(form.press("sign-up-submit")).await
    }

    pub(crate) async fn sign_in(&mut self, path: &str, email: &str, password: &str) -> Page {
        let form = self.get(path).await.form("sign-in");
        let form = form.with("email", email).with("password", password);
        self.submit(form.press("sign-in-submit")).await
    }

    /// Fills in one attribute.
    pub(crate) async fn fill_in(&mut self, claim: &str, fields: &[(&str, &str)]) {
        let page = self.get(&format!("/account/profiles/{claim}")).await;
        let mut form = page.form("attribute");
        for (name, value) in fields {
            form = form.with(name, value);
        }
        let page = self.submit(form.press("save")).await;
        assert_eq!(page.location(), "/account/profiles?done=saved");
    }

    /// Fills in where parcels go.
    pub(crate) async fn live_in_amsterdam(&mut self) {
        let fields = [
            ("street_address", "Prinsengracht 263"),
            ("postal_code", "1016gv"),
            ("locality", "Amsterdam"),
        ];
        self.fill_in("delivery_address", &fields).await;
    }

    /// Logs in at a client with a tier, and returns the path of the grant.
    pub(crate) async fn agree(&mut self, client: &Client, tier: &str) -> String {
        let page = self.visit(&client.request(&[])).await;
        let form = page.form("consent").with("tier", tier).press("allow");
        let page = self.submit(form).await;
        assert!(client.answer(&page).contains_key("code"));
        self.newest_grant().await
    }

    /// The page of the newest grant in the overview.
    pub(crate) async fn newest_grant(&mut self) -> String {
        let page = self.get("/account/businesses").await;
        page.links()
            .into_iter()
            .find(|link| link.starts_with("/account/businesses/"))
            .expect("a grant")
    }
}

/// What a server answered.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) path: String,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) html: String,
}

impl Page {
    /// Where it leads, if anywhere. Always by 303.
    pub(crate) fn redirect(&self) -> Option<&str> {
        let location = self.headers.get(LOCATION)?.to_str().expect("a location");
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.path);
        Some(location)
    }

    pub(crate) fn location(&self) -> &str {
        self.redirect()
            .unwrap_or_else(|| panic!("{} answered {}:\n{}", self.path, self.status, self.words()))
    }

    /// The form of this id, or that posts to a path with this end.
    pub(crate) fn form(&self, name: &str) -> Form {
        forms(&self.html)
            .into_iter()
            .find(|form| form.id == name || form.action.ends_with(name))
            .unwrap_or_else(|| {
                let (path, status) = (&self.path, self.status);
                panic!("{path} ({status}) has no form {name}:\n{}", self.words())
            })
    }

    pub(crate) fn has_form(&self, name: &str) -> bool {
        forms(&self.html)
            .iter()
            .any(|form| form.id == name || form.action.ends_with(name))
    }

    /// What a reader reads.
    pub(crate) fn words(&self) -> String {
        let main = self.html.split_once("<main").map_or("", |(_, main)| main);
        let texts: Vec<String> = tags(main).into_iter().map(|(_, text)| text).collect();
        texts
            .join(" ")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[track_caller]
    pub(crate) fn says(&self, text: &str) {
        assert!(
            self.words().contains(text),
            "{} ({}) does not say {text:?}:\n{}",
            self.path,
            self.status,
            self.words()
        );
    }

    #[track_caller]
    pub(crate) fn says_not(&self, text: &str) {
        assert!(!self.words().contains(text), "{} says {text:?}", self.path);
    }

    /// `data-code` of an error page.
    pub(crate) fn error(&self) -> Option<String> {
        tags(&self.html)
            .into_iter()
            .find(|(tag, _)| tag.get("id") == Some("error"))
            .and_then(|(tag, _)| tag.get("data-code").map(str::to_owned))
    }

    pub(crate) fn links(&self) -> Vec<String> {
        tags(&self.html)
            .into_iter()
            .filter(|(tag, _)| tag.name == "a")
            .filter_map(|(tag, _)| tag.get("href").map(str::to_owned))
            .collect()
    }

    /// What is said at a field.
    pub(crate) fn error_at(&self, field: &str) -> Option<String> {
        let id = format!("{field}-error");
        tags(&self.html)
            .into_iter()
            .find(|(tag, _)| tag.get("id") == Some(&id))
            .map(|(_, text)| text)
    }

    pub(crate) fn lang(&self) -> String {
        tags(&self.html)
            .into_iter()
            .find(|(tag, _)| tag.name == "html")
            .and_then(|(tag, _)| tag.get("lang").map(str::to_owned))
            .unwrap_or_default()
    }
}

const SHOP_PLAN: &str = r#"{"purposes": [
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

const PAPER_PLAN: &str = r#"{"purposes": [
    {"id": "letter", "purpose": "dpv:DirectMarketing",
     "title": {"nl": "Nieuwsbrief", "en": "Newsletter"},
     "text": {"nl": "Elke ochtend het nieuws.", "en": "The news every morning."},
     "basis": "consent", "required": false,
     "claims": ["email"], "retention": "P6M", "storage": ["NL"]}
]}"#;
