//! What is called, and how: each path as a client or a browser walks it.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sluis::clock::Clock;
use sluis::crypto::secret::{Browser, Opaque};
use sluis::random::Random;
use url::form_urlencoded;

use crate::Outcome;
use crate::http::{CALLERS, Caller, Connection, between, drive, get, post};
use crate::instance::{Instance, Person, Server};
use crate::measure::Meter;
use crate::proof::Prover;

/// A way through the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Path {
    /// A route that does nothing: what HTTP costs.
    Empty,
    Discovery,
    Jwks,
    UserInfo,
    /// What a business learns of an access token.
    Introspect,
    Refresh,
    /// The same, by a client that shows that it holds a key.
    RefreshWithProof,
    /// Pushing an authorization request.
    Push,
    /// Logging in again where one has an agreement, with a live session:
    /// `/authorize`, the code, `/token`.
    Relogin,
    /// Signing in with a password.
    Login,
    /// The overview of one's agreements.
    Account,
}

impl Path {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty route",
            Self::Discovery => "discovery",
            Self::Jwks => "JWKS",
            Self::UserInfo => "UserInfo",
            Self::Introspect => "introspection",
            Self::Refresh => "refresh",
            Self::RefreshWithProof => "refresh with DPoP",
            Self::Push => "PAR",
            Self::Relogin => "SSO re-login",
            Self::Login => "password login",
            Self::Account => "account overview",
        }
    }

    /// Callers of this path, each with a connection of its own. They walk
    /// through the people one after the other.
    pub(crate) fn callers(
        self,
        instance: &Instance,
        server: &Server,
    ) -> Outcome<Vec<Box<dyn Caller>>> {
        (0..CALLERS)
            .map(|number| self.caller(instance, server, number))
            .collect()
    }

    fn caller(
        self,
        instance: &Instance,
        server: &Server,
        number: usize,
    ) -> Outcome<Box<dyn Caller>> {
        let http = Connection::open(server.address)?;
        let walk = Walk {
            people: Arc::clone(&instance.people),
            next: number,
        };
        Ok(match self {
            Self::Empty => Fixed::boxed(http, "/healthz"),
            Self::Discovery => Fixed::boxed(http, "/.well-known/openid-configuration"),
            Self::Jwks => Fixed::boxed(http, "/jwks"),
            Self::UserInfo => Box::new(UserInfo { http, walk }),
            Self::Introspect => Box::new(Introspect { http, walk }),
            Self::Refresh => Box::new(Refresh {
                http,
                walk,
                prover: None,
            }),
            Self::RefreshWithProof => Box::new(Refresh {
                http,
                walk,
                prover: Some((Prover::new()?, format!("{}/token", instance.issuer()))),
            }),
            Self::Push => Box::new(Push { http, walk }),
            Self::Relogin => Box::new(Relogin {
                http,
                walk,
                browser: browser(),
            }),
            Self::Login => Box::new(Login::open(http, walk, instance)?),
            Self::Account => Box::new(Account { http, walk }),
        })
    }

    /// The CPU time that this path costs the server.
    pub(crate) fn meter<'a>(self, instance: &Instance, server: &'a Server) -> Outcome<Meter<'a>> {
        let mut callers = self.callers(instance, server)?;
        Meter::new(self.name(), move |calls| {
            server.process.spends(|| drive(&mut callers, calls))
        })
    }
}

/// Everybody, and whose turn it is.
struct Walk {
    people: Arc<Vec<Mutex<Person>>>,
    next: usize,
}

impl Walk {
    fn with_next<T>(&mut self, act: impl FnOnce(&mut Person) -> Outcome<T>) -> Outcome<T> {
        let index = self.next % self.people.len();
        self.next += CALLERS;
        let mut person = self.people[index]
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        act(&mut person)
    }
}

struct Fixed {
    http: Connection,
    request: Vec<u8>,
}

impl Fixed {
    fn boxed(http: Connection, path: &str) -> Box<dyn Caller> {
        Box::new(Self {
            http,
            request: get(path, ""),
        })
    }
}

impl Caller for Fixed {
    fn call(&mut self) -> Outcome<()> {
        self.http.expect(200, &self.request).map(|_| ())
    }
}

struct UserInfo {
    http: Connection,
    walk: Walk,
}

impl Caller for UserInfo {
    fn call(&mut self) -> Outcome<()> {
        let request = self.walk.with_next(|person| {
            let bearer = format!("authorization: Bearer {}\r\n", person.access_token);
            Ok(get("/userinfo", &bearer))
        })?;
        let answer = self.http.expect(200, &request)?;
        // A release of nothing would be cheap, and no release.
        answer.member("email").map(|_| ())
    }
}

struct Introspect {
    http: Connection,
    walk: Walk,
}

impl Caller for Introspect {
    fn call(&mut self) -> Outcome<()> {
        let request = self.walk.with_next(|person| {
            let form = form(&[("token", &person.access_token)]);
            Ok(post("/introspect", &basic(person), &form))
        })?;
        let answer = self.http.expect(200, &request)?;
        // What does not work is told quickly.
        answer.member("sub").map(|_| ())
    }
}

struct Refresh {
    http: Connection,
    walk: Walk,
    /// Who proves, and to whom.
    prover: Option<(Prover, String)>,
}

impl Caller for Refresh {
    fn call(&mut self) -> Outcome<()> {
        let http = &mut self.http;
        let proof = match &self.prover {
            Some((prover, url)) => prover.post(url)?,
            None => String::new(),
        };
        self.walk.with_next(|person| {
            let form = form(&[
                ("grant_type", "refresh_token"),
                ("refresh_token", &person.refresh_token),
            ]);
            let fields = basic(person) + &proof;
            let answer = http.expect(200, &post("/token", &fields, &form))?;
            let access_token = answer.member("access_token")?;
            // A token that is bound to a key is of no use to the other paths.
            if proof.is_empty() {
                access_token.clone_into(&mut person.access_token);
            } else if answer.member("token_type")? != "DPoP" {
                return Err("the token is bound to no key".into());
            }
            answer
                .member("refresh_token")?
                .clone_into(&mut person.refresh_token);
            Ok(())
        })
    }
}

struct Relogin {
    http: Connection,
    walk: Walk,
    browser: String,
}

impl Caller for Relogin {
    fn call(&mut self) -> Outcome<()> {
        let (http, browser) = (&mut self.http, &self.browser);
        self.walk.with_next(|person| {
            let query = form(&request(person, &redirect_uri(person)));
            let cookies = format!(
                "cookie: sluis-browser={browser}; sluis-session={}\r\n",
                person.session
            );
            let answer = http.expect(303, &get(&format!("/authorize?{query}"), &cookies))?;
            let location = answer.field("location")?;
            let code = between(location, "?code=", "&").ok_or("a redirect without a code")?;
            let form = form(&[
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", &redirect_uri(person)),
                ("code_verifier", VERIFIER),
            ]);
            let answer = http.expect(200, &post("/token", &basic(person), &form))?;
            answer.member("id_token").map(|_| ())
        })
    }
}

struct Push {
    http: Connection,
    walk: Walk,
}

impl Caller for Push {
    fn call(&mut self) -> Outcome<()> {
        let http = &mut self.http;
        self.walk.with_next(|person| {
            let form = form(&request(person, &redirect_uri(person)));
            let answer = http.expect(201, &post("/par", &basic(person), &form))?;
            answer.member("request_uri").map(|_| ())
        })
    }
}

fn redirect_uri(person: &Person) -> String {
    format!("https://{}.example/callback", person.client_id)
}

/// An authorization request.
fn request<'a>(person: &'a Person, redirect_uri: &'a str) -> [(&'a str, &'a str); 8] {
    [
        ("response_type", "code"),
        ("client_id", &person.client_id),
        ("redirect_uri", redirect_uri),
        ("scope", "openid profile email"),
        ("state", "b2Ygd2hlcmUgSSB3YXM"),
        ("nonce", "bm90IHR3aWNlIHRoZSBzYW1l"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
}

/// The pair of RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

struct Login {
    http: Connection,
    walk: Walk,
    cookies: String,
    csrf: String,
    password: String,
}

impl Login {
    /// The form is fetched once: its token is good for as long as the browser
    /// is the same and nobody is signed in.
    fn open(mut http: Connection, walk: Walk, instance: &Instance) -> Outcome<Self> {
        let (browser, known) = (browser(), instance.known_browser.reveal());
        let cookies = format!(
            "cookie: sluis-browser={browser}; sluis-known={}\r\n",
            *known
        );
        let page = http.expect(200, &get("/sign-in", &cookies))?;
        let csrf = between(page.body, "name=\"csrf\" value=\"", "\"")
            .ok_or("the form to sign in has no token")?
            .to_owned();
        Ok(Self {
            http,
            walk,
            cookies,
            csrf,
            password: instance.password.clone(),
        })
    }
}

impl Caller for Login {
    fn call(&mut self) -> Outcome<()> {
        let (csrf, password) = (&self.csrf, &self.password);
        let form = self.walk.with_next(|person| {
            Ok(form(&[
                ("csrf", csrf),
                ("email", &person.email),
                ("password", password),
            ]))
        })?;
        let answer = self
            .http
            .expect(303, &post("/sign-in", &self.cookies, &form))?;
        answer.field("set-cookie").map(|_| ())
    }
}

struct Account {
    http: Connection,
    walk: Walk,
}

impl Caller for Account {
    fn call(&mut self) -> Outcome<()> {
        let request = self.walk.with_next(|person| {
            let cookie = format!("cookie: sluis-session={}\r\n", person.session);
            Ok(get("/account", &cookie))
        })?;
        self.http.expect(200, &request).map(|_| ())
    }
}

/// One that has been there for no more than a moment.
fn browser() -> String {
    let secret = Opaque::<Browser>::generate_unowned(&Random::system());
    format!(
        "{}.{}",
        *secret.reveal(),
        Clock::system().now().as_seconds()
    )
}

fn basic(person: &Person) -> String {
    let pair = format!("{}:{}", person.client_id, person.client_secret);
    format!("authorization: Basic {}\r\n", STANDARD.encode(pair))
}

fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}
