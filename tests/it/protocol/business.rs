//! A business that talks to the provider itself, without a library that would
//! keep it from doing wrong.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, HOST};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sluis::domain::client::ClientMetadata;
use sluis::domain::id::{BusinessId, ClientId};
use sluis::domain::plan::Plan;
use sluis::service::clients::{add_business, add_client};
use tower::ServiceExt as _;

use crate::harness::{Actor, Client, Page, TestApp, VERIFIER, business_document};

/// What someone who has just signed up can meet.
pub(crate) const SCOPES: &str = "openid profile email offline_access";
pub(crate) const ALL_SCOPES: &str = "openid profile email address phone offline_access";

/// The header of a body that is a form.
pub(crate) const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// A business with one client.
#[derive(Clone)]
pub(crate) struct Business {
    pub(crate) client: Client,
    pub(crate) business_id: BusinessId,
    pub(crate) secret: Option<String>,
    method: String,
    router: Router,
}

impl Business {
    /// One that authenticates with a secret in the header, and may refresh.
    pub(crate) async fn open(app: &TestApp, id: &str) -> Self {
        Self::with(app, id, json!({}), None).await
    }

    /// One whose metadata differ in these members.
    pub(crate) async fn with(app: &TestApp, id: &str, more: Value, plan: Option<&str>) -> Self {
        let business = add_business(&app.app, business_document(id)).await;
        let business = business.expect("a business");
        Self::client_of(app, business.id, id, more, plan).await
    }

    /// A client of a business that there is.
    pub(crate) async fn client_of(
        app: &TestApp,
        business_id: BusinessId,
        id: &str,
        more: Value,
        plan: Option<&str>,
    ) -> Self {
        let mut metadata = json!({
            "redirect_uris": [format!("https://{id}.example/back?from=sluis")],
            "client_name": format!("The {id}"),
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "client_secret_basic",
        });
        for (name, value) in more.as_object().expect("members") {
            metadata[name] = value.clone();
        }
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let redirect_uri = text(&metadata["redirect_uris"][0]);
        let method = text(&metadata["token_endpoint_auth_method"]);
        let metadata: ClientMetadata = serde_json::from_value(metadata).expect("metadata");
        let plan = plan.map(|plan| Plan::parse(plan).expect("a plan"));
        let client_id: ClientId = id.parse().expect("an id");
        let new = add_client(&app.app, business_id, Some(client_id), metadata, plan)
            .await
            .expect("a client");
        Self {
            client: Client {
                id: id.to_owned(),
                redirect_uri,
                issuer: app.app.issuer().to_owned(),
            },
            business_id,
            secret: new.secret.map(|secret| secret.reveal().to_string()),
            method,
            router: app.router.clone(),
        }
    }

    /// One that registered itself, from what it was told.
    pub(crate) fn registered(app: &TestApp, told: &Value) -> Self {
        let client_id = text(told, "client_id").to_owned();
        let id: ClientId = client_id.parse().expect("an id");
        Self {
            client: Client {
                id: client_id,
                redirect_uri: told["redirect_uris"][0].as_str().expect("a URI").to_owned(),
                issuer: app.app.issuer().to_owned(),
            },
            // It is not told; only tests of its business ask.
            business_id: BusinessId::new(id.as_str().parse().expect("a UUID")),
            secret: told["client_secret"].as_str().map(str::to_owned),
            method: text(told, "token_endpoint_auth_method").to_owned(),
            router: app.router.clone(),
        }
    }

    /// The same business, that talks to a server that this router leads to.
    pub(crate) fn at(self, router: Router) -> Self {
        Self { router, ..self }
    }

    /// Sends someone here, who agrees with a tier if asked, and takes the code.
    pub(crate) async fn code(
        &self,
        actor: &mut Actor,
        tier: &str,
        more: &[(&str, &str)],
    ) -> String {
        let page = actor.visit(&self.client.request(more)).await;
        let page = if page.redirect().is_some() {
            page
        } else {
            let page = actor.submit(page.allowing(tier)).await;
            actor.confirm(page).await
        };
        let answer = self.client.answer(&page);
        answer
            .get("code")
            .unwrap_or_else(|| panic!("{answer:?}"))
            .clone()
    }

    /// A whole login, with a refresh token.
    pub(crate) async fn log_in(&self, actor: &mut Actor, tier: &str) -> Value {
        self.log_in_for(actor, tier, SCOPES).await
    }

    /// Somebody who has logged in with the low tier, and the page of their agreement.
    pub(crate) async fn customer(&self, app: &TestApp, name: &str) -> (Actor, String) {
        let email = format!("{}@home.example", name.to_lowercase());
        let mut actor = app.person(name, &email).await;
        self.log_in(&mut actor, "low").await;
        let grant = actor.newest_grant().await;
        (actor, grant)
    }

    /// Somebody who has logged in and withdrawn, and the page of what was agreed.
    pub(crate) async fn withdrawn(&self, app: &TestApp, name: &str) -> (Actor, String) {
        let (mut actor, grant) = self.customer(app, name).await;
        press(&mut actor, &grant, "withdraw").await;
        (actor, grant)
    }

    /// A whole login with these scopes.
    pub(crate) async fn log_in_for(&self, actor: &mut Actor, tier: &str, scope: &str) -> Value {
        let code = self.code(actor, tier, &[("scope", scope)]).await;
        self.redeem(&code).await.ok()
    }

    /// A whole login: its ID token, and what that says.
    pub(crate) async fn log_in_known(&self, actor: &mut Actor) -> (String, Value) {
        let tokens = self.log_in(actor, "low").await;
        let id_token = text(&tokens, "id_token").to_owned();
        let claims = claims_of(&id_token);
        (id_token, claims)
    }

    pub(crate) async fn redeem(&self, code: &str) -> Told {
        let params = [
            ("redirect_uri", self.client.redirect_uri.as_str()),
            ("code_verifier", VERIFIER),
        ];
        self.redeem_with(code, &params).await
    }

    pub(crate) async fn redeem_with(&self, code: &str, more: &[(&str, &str)]) -> Told {
        let mut params = vec![("grant_type", "authorization_code"), ("code", code)];
        params.extend_from_slice(more);
        self.token(&params).await
    }

    pub(crate) async fn refresh(&self, token: &str) -> Told {
        self.refresh_with(token, &[]).await
    }

    pub(crate) async fn refresh_with(&self, token: &str, more: &[(&str, &str)]) -> Told {
        let mut params = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
        params.extend_from_slice(more);
        self.token(&params).await
    }

    pub(crate) async fn introspect(&self, token: &str) -> Told {
        self.post("/introspect", &[("token", token)]).await
    }

    /// Asks for one form of the answer.
    pub(crate) async fn introspect_as(&self, token: &str, accept: &str) -> Told {
        let headers = [("accept", accept)];
        self.send("/introspect", &headers, &[("token", token)])
            .await
    }

    pub(crate) async fn revoke(&self, token: &str, more: &[(&str, &str)]) -> Told {
        let mut params = vec![("token", token)];
        params.extend_from_slice(more);
        self.post("/revoke", &params).await
    }

    /// Asks at the token endpoint, and authenticates as it registered to.
    pub(crate) async fn token(&self, params: &[(&str, &str)]) -> Told {
        self.post("/token", params).await
    }

    /// Posts a form, and authenticates as it registered to.
    pub(crate) async fn post(&self, path: &str, params: &[(&str, &str)]) -> Told {
        self.send(path, &[], params).await
    }

    /// [`Self::post`], with more headers.
    pub(crate) async fn send(
        &self,
        path: &str,
        more: &[(&str, &str)],
        params: &[(&str, &str)],
    ) -> Told {
        let mut params = params.to_vec();
        let secret = self.secret.as_deref().unwrap_or_default();
        let header = match self.method.as_str() {
            "client_secret_basic" => Some(basic(&self.client.id, secret)),
            "client_secret_post" => {
                params.push(("client_id", &self.client.id));
                params.push(("client_secret", secret));
                None
            }
            _ => {
                params.push(("client_id", &self.client.id));
                None
            }
        };
        self.send_as(path, header.as_deref(), more, &params).await
    }

    /// Asks at the token endpoint with this `Authorization` and these parameters.
    pub(crate) async fn token_as(
        &self,
        authorization: Option<&str>,
        params: &[(&str, &str)],
    ) -> Told {
        self.send_as("/token", authorization, &[], params).await
    }

    async fn send_as(
        &self,
        path: &str,
        authorization: Option<&str>,
        more: &[(&str, &str)],
        params: &[(&str, &str)],
    ) -> Told {
        let body = form(params);
        let headers: Vec<_> = authorization
            .map(|value| (AUTHORIZATION.as_str(), value))
            .into_iter()
            .chain([FORM])
            .chain(more.iter().copied())
            .collect();
        self.ask(Method::POST, path, &headers, body).await
    }

    pub(crate) async fn userinfo(&self, token: &str) -> Told {
        let bearer = format!("Bearer {token}");
        let headers = [(AUTHORIZATION.as_str(), bearer.as_str())];
        self.ask(Method::GET, "/userinfo", &headers, String::new())
            .await
    }

    /// Sends JSON with a token of its own; `null` is nothing at all.
    pub(crate) async fn ask_json(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Told {
        let bearer = format!("Bearer {token}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        self.ask(method, path, &headers, body).await
    }

    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Told {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, "localhost:8000");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body)).expect("a request");
        let response = self.router.clone().oneshot(request).await;
        let (parts, body) = response.expect("an answer").into_parts();
        let body = to_bytes(body, 1 << 22).await.expect("a body");
        Told {
            status: parts.status,
            headers: parts.headers,
            json: serde_json::from_slice(&body).unwrap_or(Value::Null),
            body: String::from_utf8(body.to_vec()).expect("text"),
        }
    }
}

/// RFC 6749 §2.3.1.
pub(crate) fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

pub(crate) fn form(params: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(params)
        .finish()
}

/// What the provider told a business.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
    pub(crate) body: String,
}

impl Told {
    /// What it got.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{:?}", self.json);
        assert_eq!(self.header("cache-control"), "no-store");
        self.json
    }

    /// The error code, after the checks that hold for every error.
    #[track_caller]
    pub(crate) fn error(&self) -> &str {
        assert!(!self.status.is_success(), "{:?}", self.json);
        assert_eq!(self.header("cache-control"), "no-store");
        let description = self.json["error_description"].as_str();
        assert!(description.is_some_and(|text| !text.is_empty()), "{self:?}");
        self.json["error"].as_str().expect("an error")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("text"))
    }
}

/// A member that is text.
#[track_caller]
pub(crate) fn text<'a>(tokens: &'a Value, member: &str) -> &'a str {
    tokens[member]
        .as_str()
        .unwrap_or_else(|| panic!("{tokens} has no {member}"))
}

/// What an ID token claims. Whether it may be believed is the referee's to say.
pub(crate) fn claims_of(id_token: &str) -> Value {
    let payload = id_token.split('.').nth(1).expect("a payload");
    let bytes = URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

/// Chooses another tier on the page of a grant. Narrowing acts at once.
pub(crate) async fn change_tier(actor: &mut Actor, grant: &str, tier: &str) -> Page {
    let page = actor.get(grant).await;
    change_tier_on(actor, &page, tier).await
}

/// Chooses another tier on a page of a grant that is open.
pub(crate) async fn change_tier_on(actor: &mut Actor, page: &Page, tier: &str) -> Page {
    let page = actor.submit(page.tiers().with("tier", tier)).await;
    actor.confirm(page).await
}

/// Presses one of the buttons on the page of a grant.
pub(crate) async fn press(actor: &mut Actor, grant: &str, button: &str) {
    let form = actor.get(grant).await.form(button).press(button);
    let page = actor.submit(form).await;
    assert!(page.redirect().is_some(), "{}", page.words());
}
