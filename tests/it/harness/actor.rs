//! People with a browser.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::header::{
    ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, HOST, ORIGIN, SET_COOKIE, USER_AGENT,
};
use axum::http::{Method, Request};
use futures_util::stream::{self, StreamExt as _};
use tokio::sync::oneshot;
use tower::ServiceExt as _;

use super::{Client, Page, TestApp};
use crate::html::Form;

/// Whom most tests are about.
pub(crate) const ADA: &str = "ada@home.example";
pub(crate) const BOB: &str = "bob@home.example";
pub(crate) const EVE: &str = "eve@home.example";
pub(crate) const SANNE: &str = "sanne@example.com";
/// Someone who means harm.
pub(crate) const THIEF: &str = "eve@evil.example";
/// Where someone moves to.
pub(crate) const NEW_ADDRESS: &str = "ada@new.example";
/// With which everybody signs up.
pub(crate) const PASSWORD: &str = "een zin die niemand raadt";
/// Chosen in its place.
pub(crate) const NEW_PASSWORD: &str = "een heel ander wachtwoord";

/// How browsers tell from where a form is sent.
pub(crate) type SentFrom = &'static [(&'static str, &'static str)];

/// A form on a page of this server.
const HERE: SentFrom = &[
    ("origin", "http://localhost:8000"),
    ("sec-fetch-site", "same-origin"),
];

/// Somebody's browser: its cookies, and what it does with forms.
#[derive(Clone)]
pub(crate) struct Actor {
    router: Router,
    pub(crate) jar: BTreeMap<String, String>,
    pub(crate) languages: String,
    /// What it says that it is.
    pub(crate) agent: Option<String>,
    /// From where it calls, if that is known: then limits by network hold.
    pub(crate) peer: Option<SocketAddr>,
    /// What a proxy on the way says of that.
    pub(crate) proxied: Vec<(&'static str, String)>,
    /// Where its forms are.
    pub(crate) sends_from: SentFrom,
}

impl Actor {
    /// The browser of someone who reads English, at a server that this router leads to.
    pub(crate) fn at(router: Router) -> Self {
        Self {
            router,
            jar: BTreeMap::new(),
            languages: "en".to_owned(),
            agent: None,
            peer: None,
            proxied: Vec::new(),
            sends_from: HERE,
        }
    }

    /// The same browser, when the server was opened again.
    pub(crate) fn moved_to(self, app: &TestApp) -> Self {
        Self {
            router: app.router.clone(),
            ..self
        }
    }

    /// The same browser, at another node.
    pub(crate) fn at_node(self, router: Router) -> Self {
        Self { router, ..self }
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

    /// Submits a form and goes where that leads.
    pub(crate) async fn land(&mut self, form: Form) -> Page {
        let page = self.submit(form).await;
        self.follow(page).await
    }

    /// Sends a form, and holds back the last byte of it until something else is done.
    pub(crate) async fn submit_late<T>(
        &mut self,
        form: Form,
        meanwhile: impl Future<Output = T>,
    ) -> (Page, T) {
        let mut first = form.body().into_bytes();
        let last = first.split_off(first.len() - 1);
        let (reached, is_reached) = oneshot::channel();
        let (go_on, may_go_on) = oneshot::channel();
        let last = stream::once(async move {
            let _ = reached.send(());
            let _ = may_go_on.await;
            Ok::<_, Infallible>(last)
        });
        let body = Body::from_stream(stream::once(async move { Ok(first) }).chain(last));
        let body = Some((body, "application/x-www-form-urlencoded"));
        let sending = self.send_any(Method::POST, &form.action, body);
        tokio::join!(sending, async {
            let _ = is_reached.await;
            let done = meanwhile.await;
            let _ = go_on.send(());
            done
        })
    }

    async fn send_body(&mut self, path: &str, body: Vec<u8>, kind: &str) -> Page {
        let body = Some((Body::from(body), kind));
        self.send_any(Method::POST, path, body).await
    }

    pub(crate) async fn send(&mut self, method: Method, path: &str, body: Option<String>) -> Page {
        let body = body.map(|body| (Body::from(body), "application/x-www-form-urlencoded"));
        self.send_any(method, path, body).await
    }

    /// Asks for a page, and does not read what comes.
    pub(crate) async fn begin_to_read(&self, path: &str) -> axum::response::Response {
        let pairs: Vec<String> = self.jar.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let request = Request::get(path)
            .header(HOST, "localhost:8000")
            .header(COOKIE, pairs.join("; "))
            .body(Body::empty());
        let answer = self.router.clone().oneshot(request.expect("a request"));
        answer.await.expect("an answer")
    }

    /// Begins to send a file to a page, and never goes on; ends when the page
    /// answers all the same.
    pub(crate) async fn begin_to_send(&self, path: &str) -> axum::response::Response {
        let pairs: Vec<String> = self.jar.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let silence = stream::pending::<Result<Vec<u8>, Infallible>>();
        let request = Request::post(path)
            .header(HOST, "localhost:8000")
            .header(COOKIE, pairs.join("; "))
            .header(CONTENT_TYPE, "multipart/form-data; boundary=xX")
            .header(ORIGIN, "http://localhost:8000")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from_stream(silence));
        let mut request = request.expect("a request");
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        let answer = self.router.clone().oneshot(request);
        answer.await.expect("an answer")
    }

    async fn send_any(&mut self, method: Method, path: &str, body: Option<(Body, &str)>) -> Page {
        assert!(path.starts_with('/'), "{path} is not on this server");
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, "localhost:8000")
            .header(ACCEPT_LANGUAGE, &self.languages);
        if let Some(agent) = &self.agent {
            request = request.header(USER_AGENT, agent);
        }
        if !self.jar.is_empty() {
            let pairs: Vec<String> = self.jar.iter().map(|(k, v)| format!("{k}={v}")).collect();
            request = request.header(COOKIE, pairs.join("; "));
        }
        for (name, value) in &self.proxied {
            request = request.header(*name, value);
        }
        let request = match body {
            Some((body, kind)) => self
                .sends_from
                .iter()
                .fold(
                    request.header(CONTENT_TYPE, kind),
                    |request, (name, value)| request.header(*name, *value),
                )
                .body(body),
            None => request.body(Body::empty()),
        };
        let mut request = request.expect("a request");
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        let response = self.router.clone().oneshot(request).await;
        let (parts, body) = response.expect("an answer").into_parts();
        for cookie in parts.headers.get_all(SET_COOKIE) {
            self.keep(cookie.to_str().expect("a cookie"));
        }
        let body = to_bytes(body, 1 << 25).await.expect("a body");
        Page {
            path: path.to_owned(),
            status: parts.status,
            headers: parts.headers,
            html: String::from_utf8(body.to_vec()).expect("text"),
        }
    }

    /// Sends a form with a file in it.
    pub(crate) async fn upload(&mut self, path: &str, fields: &[(&str, &[u8])]) -> Page {
        let mut body = Vec::new();
        for (name, value) in fields {
            let filename = if *name == "file" {
                "; filename=\"a.json\""
            } else {
                ""
            };
            let head = format!(
                "--xX\r\ncontent-disposition: form-data; name=\"{name}\"{filename}\r\n\r\n"
            );
            body.extend(head.bytes());
            body.extend(*value);
            body.extend(b"\r\n");
        }
        body.extend(b"--xX--\r\n");
        self.send_body(path, body, "multipart/form-data; boundary=xX")
            .await
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

    /// The form that signs out, with its button pressed.
    pub(crate) async fn signing_out(&mut self) -> Form {
        let form = self.get("/sign-out").await.form("sign-out");
        form.press("sign-out-confirm")
    }

    pub(crate) async fn sign_out(&mut self) -> Page {
        let form = self.signing_out().await;
        self.submit(form).await
    }

    /// Signs out, if they are signed in.
    pub(crate) async fn leave(&mut self) {
        if self.jar.contains_key("sluis-session") {
            self.sign_out().await;
        }
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

    /// Fills in one attribute that is a single field.
    pub(crate) async fn edit(&mut self, claim: &str, value: &str) {
        self.fill_in(claim, &[("value", value)]).await;
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

    /// Makes a house rule for a kind of business, in place of what it said.
    pub(crate) async fn rule(&mut self, sector: &str, says: &[(&str, &str)]) {
        let page = self.get(&format!("/account/rules/{sector}")).await;
        let mut form = page.form("rules");
        for (name, value) in says {
            form = form.with(name, value);
        }
        let page = self.submit(form.press("rule-save")).await;
        assert_eq!(page.location(), "/account/rules?done=saved");
    }

    /// Logs in at a client with a tier, and returns the path of the grant.
    pub(crate) async fn agree(&mut self, client: &Client, tier: &str) -> String {
        let page = self.visit(&client.request(&[])).await;
        let page = self.submit(page.allowing(tier)).await;
        let page = self.confirm(page).await;
        assert!(client.answer(&page).contains_key("code"));
        self.newest_grant().await
    }

    /// The form by which an agreement ends sooner or later than it would, on its page.
    pub(crate) async fn keeping(&mut self, grant: &str, period: &str) -> Form {
        let form = self.get(grant).await.form("/change");
        form.with("retention", period)
    }

    /// Shows again who they are, where a page asks.
    pub(crate) async fn confirm(&mut self, page: Page) -> Page {
        if !page.has_form("confirm") {
            return page;
        }
        let form = page.form("confirm").with("confirm-password", PASSWORD);
        self.submit(form.press("confirm-submit")).await
    }

    /// The page of the newest grant in the overview. The clock stands still: of
    /// two that are made without a wait between them, none is the newer.
    pub(crate) async fn newest_grant(&mut self) -> String {
        let page = self.get("/account/businesses").await;
        page.link_to("/account/businesses/")
    }
}
