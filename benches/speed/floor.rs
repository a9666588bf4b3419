//! What the paths need, statement by statement: the calls that [`Bare`] makes.

use std::sync::PoisonError;

use sluis::clock::Clock;
use sluis::crypto::master::MasterKey;
use sluis::crypto::secret::{AccessToken, Opaque, RefreshToken, Session};
use sluis::domain::attribute::Email;
use sluis::domain::id::{AccountId, ClientId, FamilyId, GrantId, ReadId};
use sluis::random::Random;
use sqlx::Row as _;

use crate::Outcome;
use crate::instance::{Instance, Person};
use crate::measure::{Meter, Process};
use crate::paths::Path;
use crate::sql::{Bare, Statement, Step, Value};

/// As long as a wrapped key is: version, nonce, key and tag.
const WRAPPED: [u8; 61] = [7; 61];
/// About as long as the record of a read is when it is sealed.
const READ: [u8; 120] = [7; 120];
/// About as long as what is kept of a browser is when it is sealed.
const SEEN: [u8; 100] = [7; 100];
/// About as long as a request is when it is sealed.
const PUSHED: [u8; 480] = [7; 480];
const HOUR: i64 = 3_600_000_000;

/// The keys of one person's rows.
#[derive(Clone, Debug)]
struct Rows {
    account: String,
    grant: String,
    client: String,
    access: Vec<u8>,
    refresh: Vec<u8>,
    session: Vec<u8>,
    email: Vec<u8>,
    keyholder: String,
    params: String,
    verifier: Vec<u8>,
    /// The vault key, under the password.
    wrapped: Vec<u8>,
    known_browser: Vec<u8>,
    /// The key of the agreement, under the vault key.
    grant_key: Vec<u8>,
}

impl Rows {
    fn of(person: &Person, instance: &Instance, master: &MasterKey, bare: &Bare) -> Outcome<Self> {
        let access = Opaque::<AccessToken>::parse(&person.access_token).ok_or("no token")?;
        let refresh = Opaque::<RefreshToken>::parse(&person.refresh_token).ok_or("no token")?;
        let session = Opaque::<Session>::parse(&person.session).ok_or("no session")?;
        let email = Email::parse(&person.email).map_err(|_| "no address")?;
        let account = AccountId::new(session.owner());
        let keyholder = bare.one(
            sqlx::query(
                "SELECT id, vault_key_wrapped, params, verifier FROM keyholders \
                 WHERE account_id = $1 AND kind = 'password'",
            )
            .bind(account.to_string()),
        )?;
        let grant = GrantId::new(access.owner()).to_string();
        let grant_key = bare.one(
            sqlx::query("SELECT grant_key_wrapped FROM grants WHERE id = $1").bind(grant.clone()),
        )?;
        Ok(Self {
            account: account.to_string(),
            grant,
            client: person.client_id.parse::<ClientId>()?.to_string(),
            access: access.hash().to_vec(),
            refresh: refresh.hash().to_vec(),
            session: session.hash().to_vec(),
            email: master.email_index(&email.folded()).as_bytes().to_vec(),
            keyholder: keyholder.try_get(0)?,
            wrapped: keyholder.try_get(1)?,
            params: keyholder.try_get(2)?,
            verifier: keyholder.try_get(3)?,
            known_browser: instance.known_browser.hash_for(account.as_uuid()).to_vec(),
            grant_key: grant_key.try_get(0)?,
        })
    }
}

/// The calls of a path, bare, for one person after the other.
#[derive(Debug)]
pub(crate) struct Floor<'a> {
    bare: &'a Bare,
    people: Vec<Rows>,
    next: usize,
    clock: Clock,
    random: Random,
}

impl<'a> Floor<'a> {
    /// On the copy of an instance's database; only before its tokens are used.
    pub(crate) fn new(bare: &'a Bare, instance: &Instance) -> Outcome<Self> {
        let master = MasterKey::load(&instance.keys())?;
        let people = instance
            .people
            .iter()
            .map(|person| {
                let person = person.lock().unwrap_or_else(PoisonError::into_inner);
                Rows::of(&person, instance, &master, bare)
            })
            .collect::<Outcome<_>>()?;
        Ok(Self {
            bare,
            people,
            next: 0,
            clock: Clock::system(),
            random: Random::system(),
        })
    }

    /// The CPU time of the statements of a path. They are made before the
    /// clock starts.
    pub(crate) fn meter(mut self, path: Path) -> Outcome<Meter<'a>> {
        Meter::new("SQL", move |calls| {
            let calls = (0..calls)
                .map(|_| self.call(path))
                .collect::<Outcome<Vec<_>>>()?;
            Process::OWN.spends(|| self.bare.run(calls))
        })
    }

    fn call(&mut self, path: Path) -> Outcome<Vec<Step>> {
        match path {
            Path::UserInfo => self.userinfo(),
            Path::Introspect => self.introspect(),
            Path::Refresh => self.refresh(),
            Path::RefreshWithProof => self.refresh_with_proof(),
            Path::Push => self.push(),
            Path::Relogin => self.relogin(),
            Path::Login => self.login(),
            _ => Err(format!("the statements of {} are not listed", path.name()).into()),
        }
    }

    fn turn(&mut self) -> usize {
        self.next += 1;
        self.next % self.people.len()
    }

    fn now(&self) -> i64 {
        self.clock.now().as_micros()
    }

    fn secret_hash(&self) -> Vec<u8> {
        self.random.bytes::<32>().to_vec()
    }

    fn family(&self) -> Value {
        text(&FamilyId::new(self.random.uuid(self.clock.now())))
    }

    /// The token with its grant; the record of the read.
    fn userinfo(&mut self) -> Outcome<Vec<Step>> {
        let turn = self.turn();
        let rows = &self.people[turn];
        let read = ReadId::new(self.random.uuid(self.clock.now()));
        Ok(vec![
            access_token(rows)?,
            Step::Write(vec![Statement::containing(
                "INSERT INTO reads",
                vec![
                    text(&read),
                    Value::Int(self.now()),
                    blob(&READ),
                    text(&rows.grant),
                    // The chain of a grant that was given and never moved.
                    Value::Int(1),
                    blob(&rows.grant_key),
                ],
            )?]),
        ])
    }

    /// The token with its grant.
    fn introspect(&mut self) -> Outcome<Vec<Step>> {
        let turn = self.turn();
        Ok(vec![access_token(&self.people[turn])?])
    }

    /// The token with its grant; the newest receipt; the rotation, and the new
    /// access token.
    fn refresh(&mut self) -> Outcome<Vec<Step>> {
        let turn = self.turn();
        let (now, successor) = (self.now(), self.secret_hash());
        let rows = &mut self.people[turn];
        let (grant, before) = (
            rows.grant.clone(),
            std::mem::replace(&mut rows.refresh, successor.clone()),
        );
        let mut transaction = vec![
            Statement::containing(
                "UPDATE refresh_tokens SET rotated_at = $1, successor_hash",
                vec![
                    Value::Int(now),
                    blob(&successor),
                    text(&grant),
                    blob(&before),
                ],
            )?,
            Statement::containing(
                "DELETE FROM refresh_tokens WHERE grant_id = $1 AND expires_at",
                vec![text(&grant), Value::Int(now)],
            )?,
            Statement::containing(
                "INSERT INTO refresh_tokens",
                vec![
                    text(&grant),
                    blob(&successor),
                    self.family(),
                    text("openid profile email offline_access"),
                    text(r#"{"at":1790000000000000,"method":"pwd"}"#),
                    blob(&WRAPPED),
                    Value::Int(now),
                    Value::Int(now + 4_000 * HOUR),
                    Value::Nothing,
                    Value::Nothing,
                    Value::Nothing,
                    Value::Nothing,
                ],
            )?,
        ];
        transaction.extend(self.insert_access(&grant)?);
        Ok(vec![
            Step::Read(Statement::containing(
                "FROM refresh_tokens t JOIN",
                vec![text(&grant), blob(&before)],
            )?),
            newest_receipt(&grant)?,
            Step::Write(transaction),
        ])
    }

    /// The same, and the proof that none is taken twice.
    fn refresh_with_proof(&mut self) -> Outcome<Vec<Step>> {
        let mut steps = self.refresh()?;
        let proof = Statement::containing(
            "INSERT INTO dpop_proofs",
            vec![blob(&self.secret_hash()), Value::Int(self.now() + HOUR)],
        )?;
        if let Some(Step::Write(transaction)) = steps.last_mut() {
            transaction.push(proof);
        }
        Ok(steps)
    }

    /// The request; those that are over go.
    fn push(&mut self) -> Outcome<Vec<Step>> {
        let turn = self.turn();
        let now = self.now();
        Ok(vec![Step::Write(vec![
            Statement::containing("DELETE FROM pushed_requests", vec![Value::Int(now - HOUR)])?,
            Statement::containing(
                "INSERT INTO pushed_requests",
                vec![
                    blob(&self.secret_hash()),
                    text(&self.people[turn].client),
                    blob(&PUSHED),
                    Value::Int(now + HOUR),
                ],
            )?,
        ])])
    }

    fn insert_access(&self, grant: &str) -> Outcome<[Statement; 2]> {
        let now = self.now();
        Ok([
            Statement::containing(
                "DELETE FROM access_tokens WHERE grant_id = $1 AND expires_at",
                vec![text(grant), Value::Int(now)],
            )?,
            Statement::containing(
                "INSERT INTO access_tokens",
                vec![
                    text(grant),
                    blob(&self.secret_hash()),
                    self.family(),
                    text("openid profile email"),
                    blob(&WRAPPED),
                    Value::Int(now + HOUR),
                    Value::Int(now),
                    Value::Nothing,
                    Value::Nothing,
                    Value::Nothing,
                ],
            )?,
        ])
    }

    /// The session; the grant; the code, and who logs in through the session;
    /// the code again, with the newest receipt; its redemption.
    fn relogin(&mut self) -> Outcome<Vec<Step>> {
        let turn = self.turn();
        let (now, code) = (self.now(), self.secret_hash());
        let rows = &self.people[turn];
        let grant = &rows.grant;
        let mut redemption = vec![Statement::containing(
            "UPDATE codes SET redeemed_at",
            vec![Value::Int(now), text(grant), blob(&code)],
        )?];
        redemption.extend(self.insert_access(grant)?);
        Ok(vec![
            self.session(rows, &rows.session)?,
            Step::Read(Statement::containing(
                "WHERE g.account_id = $1 AND g.client_id = $2 AND g.ended_at IS NULL",
                vec![text(&rows.account), text(&rows.client)],
            )?),
            Step::Write(vec![
                Statement::containing(
                    "UPDATE sessions SET expires_at = expires_at",
                    vec![text(&rows.account), blob(&rows.session), Value::Int(now)],
                )?,
                Statement::containing(
                    "INSERT INTO session_clients",
                    vec![
                        text(&rows.account),
                        blob(&rows.session),
                        text("c2Vzc2lvbg"),
                        text(&rows.client),
                        text(grant),
                        text("c3ViamVjdA"),
                    ],
                )?,
                Statement::containing("due_at, paused FROM erasures", vec![text(&rows.account)])?,
                Statement::containing(
                    "DELETE FROM codes WHERE grant_id = $1 AND expires_at",
                    vec![text(grant), Value::Int(now - 24 * HOUR)],
                )?,
                Statement::containing(
                    "INSERT INTO codes",
                    vec![
                        text(grant),
                        blob(&code),
                        self.family(),
                        text(&"x".repeat(330)),
                        blob(&WRAPPED),
                        Value::Int(now + HOUR),
                        Value::Nothing,
                    ],
                )?,
            ]),
            Step::Read(Statement::containing(
                "FROM codes t JOIN",
                vec![text(grant), blob(&code)],
            )?),
            newest_receipt(grant)?,
            Step::Write(redemption),
        ])
    }

    /// Whose address it is, and who of them knows the browser; the guess, which is
    /// counted before it is looked at; whose password it is;
    /// that it is still theirs, what else they have to show, and the session that
    /// begins in a browser that they know; that session.
    fn login(&mut self) -> Outcome<Vec<Step>> {
        let turn = self.turn();
        let (now, session) = (self.now(), self.secret_hash());
        let rows = &self.people[turn];
        Ok(vec![
            Step::Read(Statement::containing(
                "k.kind = 'password' ORDER BY has",
                vec![blob(&rows.email), Value::Int(1)],
            )?),
            Step::Read(Statement::containing(
                "FROM accounts a JOIN known_browsers",
                vec![blob(&rows.email), Value::Int(200)],
            )?),
            Step::Write(vec![
                Statement::containing(
                    "UPDATE known_browsers SET failures = failures WHERE",
                    vec![text(&rows.account), blob(&rows.known_browser)],
                )?,
                Statement::containing(
                    "UPDATE known_browsers SET failures = $1",
                    vec![
                        Value::Int(1),
                        Value::Int(now),
                        text(&rows.account),
                        blob(&rows.known_browser),
                    ],
                )?,
            ]),
            Step::Read(Statement::containing(
                "k.params = $2 AND k.verifier = $3",
                vec![
                    blob(&rows.email),
                    text(&rows.params),
                    blob(&rows.verifier),
                    Value::Int(50),
                ],
            )?),
            Step::Write(vec![
                Statement::containing(
                    "UPDATE keyholders SET params = params",
                    vec![
                        text(&rows.account),
                        text(&rows.keyholder),
                        blob(&rows.wrapped),
                    ],
                )?,
                Statement::containing(
                    "UPDATE known_browsers SET failures = $1",
                    vec![
                        Value::Int(0),
                        Value::Int(0),
                        text(&rows.account),
                        blob(&rows.known_browser),
                    ],
                )?,
                Statement::containing("AS passwords", vec![text(&rows.account)])?,
                Statement::containing(
                    "DELETE FROM sessions WHERE account_id = $1 AND expires_at",
                    vec![text(&rows.account), Value::Int(now)],
                )?,
                Statement::containing(
                    "INSERT INTO sessions",
                    vec![
                        text(&rows.account),
                        blob(&session),
                        blob(&WRAPPED),
                        text(r#"{"at":1790000000000000,"method":"pwd"}"#),
                        Value::Int(now),
                        Value::Int(now + 12 * HOUR),
                    ],
                )?,
                Statement::containing(
                    "SELECT hash FROM sessions WHERE account_id = $1 AND hash <> $2",
                    vec![
                        text(&rows.account),
                        blob(&session),
                        blob(&session),
                        Value::Int(49),
                    ],
                )?,
                Statement::containing(
                    "UPDATE sessions SET seen_sealed",
                    vec![blob(&SEEN), text(&rows.account), blob(&session)],
                )?,
                Statement::containing(
                    "UPDATE known_browsers SET used_at",
                    vec![
                        Value::Int(now),
                        text(&rows.account),
                        blob(&rows.known_browser),
                    ],
                )?,
            ]),
            self.session(rows, &session)?,
        ])
    }

    fn session(&self, rows: &Rows, hash: &[u8]) -> Outcome<Step> {
        Ok(Step::Read(Statement::containing(
            "FROM sessions s JOIN accounts",
            vec![text(&rows.account), blob(hash), Value::Int(self.now())],
        )?))
    }
}

fn access_token(rows: &Rows) -> Outcome<Step> {
    Ok(Step::Read(Statement::containing(
        "FROM access_tokens t JOIN",
        vec![text(&rows.grant), blob(&rows.access)],
    )?))
}

fn newest_receipt(grant: &str) -> Outcome<Step> {
    Ok(Step::Read(Statement::containing(
        "FROM receipts WHERE grant_id = $1 ORDER BY seq DESC",
        vec![text(grant)],
    )?))
}

fn text<T: ToString + ?Sized>(text: &T) -> Value {
    Value::Text(text.to_string())
}

fn blob(bytes: &[u8]) -> Value {
    Value::Blob(bytes.to_vec())
}
