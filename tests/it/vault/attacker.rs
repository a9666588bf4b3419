//! Whoever has the database, `master.key` and our own code opens nothing but
//! the contact e-mail of an account without escrow, and what waits to be mailed
//! there.

use std::collections::BTreeSet;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sluis::crypto::escrow::{EscrowFolder, EscrowKey};
use sluis::crypto::master::MasterKey;
use sluis::crypto::password::Password;
use sluis::crypto::secret::{
    AccessToken, Browser, Code, GrantBearer, Kind, Opaque, RefreshToken, Session,
};
use sluis::crypto::vault::{self, GrantKey, Sealed, VaultKey};
use sluis::domain::attribute::{Attributes, Email};
use sluis::domain::id::{AccountId, GrantId, MessageId, ReadId, RequestId};
use sluis::domain::language::Language;
use sluis::service::accounts::{self, NewAccount};
use uuid::Uuid;

use super::dump::{Cell, READ, cells};
use super::journey::{self, EMAIL};
use crate::harness::{Engine, PASSWORD, TestApp};
use crate::life::deliver;
use crate::protocol::text;

/// What the attacker has.
pub(super) struct Loot {
    master: MasterKey,
    /// Every escrow key that there is.
    escrow: Vec<EscrowKey>,
    /// Everything that may be sealed.
    sealed: Vec<Sealed>,
    /// Every identifier.
    ids: Vec<Uuid>,
    /// Everything that may be a secret, as 32 bytes.
    secrets: Vec<[u8; 32]>,
}

/// What was opened, in the order in which it leads to more.
#[derive(Default)]
pub(super) struct Opened {
    pub(super) vaults: Vec<VaultKey>,
    pub(super) grants: Vec<GrantKey>,
    pub(super) texts: BTreeSet<String>,
    /// What is still to be mailed, and is gone with the mail.
    letters: BTreeSet<String>,
    /// Of how many authenticator apps the secret is known: by that alone nobody gets in.
    apps: usize,
}

/// A cell, and whatever is folded up in it: the strings of its JSON, and the bytes
/// that they are a text of.
fn unfolded(cell: &Cell) -> Vec<Vec<u8>> {
    let mut found = vec![cell.bytes.clone()];
    let json = serde_json::from_slice(&cell.bytes);
    let mut waiting: Vec<serde_json::Value> = json.into_iter().collect();
    while let Some(value) = waiting.pop() {
        match value {
            serde_json::Value::Array(values) => waiting.extend(values),
            serde_json::Value::Object(members) => {
                waiting.extend(members.into_iter().map(|(_, value)| value));
            }
            serde_json::Value::String(text) => {
                found.extend(URL_SAFE_NO_PAD.decode(&text));
                found.push(text.into_bytes());
            }
            _ => {}
        }
    }
    found
}

impl Loot {
    /// A dump, with what lies in a keys folder.
    pub(super) fn new(keys: &Path, cells: &[Cell]) -> Self {
        let master = MasterKey::load(keys).expect("the operator's key");
        let folder = EscrowFolder::below(keys);
        let epochs = folder.epochs().expect("a folder").into_iter();
        let files = epochs.map(|epoch| folder.load(epoch).expect("a key"));
        let escrow = files.chain([EscrowKey::of_master(&master)]).collect();
        let cells: Vec<Vec<u8>> = cells.iter().flat_map(unfolded).collect();
        let bytes = || cells.iter();
        let texts = || bytes().filter_map(|bytes| std::str::from_utf8(bytes).ok());
        let ids: BTreeSet<Uuid> = texts().filter_map(|text| text.parse().ok()).collect();
        Self {
            master,
            escrow,
            sealed: bytes()
                .filter(|bytes| bytes.len() > 28)
                .map(|bytes| Sealed::from_bytes(bytes.clone()))
                .collect(),
            ids: ids.into_iter().collect(),
            secrets: bytes()
                .filter_map(|bytes| bytes.as_slice().try_into().ok())
                .collect(),
        }
    }

    fn secret<K: Kind>(owner: Uuid, secret: &[u8; 32]) -> Opaque<K> {
        let bytes = [owner.as_bytes(), secret.as_slice()].concat();
        let text = format!("{}{}", K::PREFIX, URL_SAFE_NO_PAD.encode(bytes));
        Opaque::parse(&text).expect("the one shape")
    }

    /// Tries every key on everything, and then what that opened on everything.
    pub(super) fn open(&self) -> Opened {
        let mut opened = Opened::default();
        for id in &self.ids {
            let account = AccountId::new(*id);
            for sealed in &self.sealed {
                if let Ok(email) = vault::open_contact_email(&self.master, account, sealed) {
                    opened.texts.insert(email.to_string());
                }
                let message = MessageId::new(*id);
                if let Ok(letter) = vault::open_letter(&self.master, message, sealed) {
                    let letter = String::from_utf8_lossy(&letter).into_owned();
                    opened.letters.insert(letter);
                }
                for link in &self.secrets {
                    let address = vault::open_link_address(&self.master, account, link, sealed);
                    opened
                        .texts
                        .extend(address.map(|address| address.to_string()));
                }
                if vault::open_totp(&self.master, account, sealed).is_ok() {
                    opened.apps += 1;
                }
                for escrow in &self.escrow {
                    let vault = vault::open_with_escrow(sealed, account, escrow);
                    opened.vaults.extend(vault);
                }
            }
            for secret in &self.secrets {
                self.try_secret(*id, secret, &mut opened);
            }
        }
        self.go_on(&mut opened);
        opened
    }

    fn try_secret(&self, id: Uuid, secret: &[u8; 32], opened: &mut Opened) {
        let session = Self::secret::<Session>(id, secret);
        let browser = Self::secret::<Browser>(id, secret);
        for sealed in &self.sealed {
            let vault = vault::open_with_session(sealed, AccountId::new(id), &session);
            opened.vaults.extend(vault);
            if let Ok(request) = vault::open_request(&browser, RequestId::new(id), sealed) {
                opened
                    .texts
                    .insert(String::from_utf8_lossy(&request).into_owned());
            }
        }
        let refresh = Self::secret::<RefreshToken>(id, secret);
        let successor = refresh.successor(&self.master.refresh());
        self.try_bearer(&Self::secret::<Code>(id, secret), opened);
        self.try_bearer(&Self::secret::<AccessToken>(id, secret), opened);
        self.try_bearer(&refresh, opened);
        self.try_bearer(&successor, opened);
    }

    fn try_bearer<K: GrantBearer>(&self, token: &Opaque<K>, opened: &mut Opened) {
        let keys = self.sealed.iter();
        let keys = keys.filter_map(|sealed| vault::open_grant_key_with(token, sealed).ok());
        opened.grants.extend(keys);
    }

    fn go_on(&self, opened: &mut Opened) {
        let mut texts = Vec::new();
        for sealed in &self.sealed {
            for id in &self.ids {
                for vault in &opened.vaults {
                    texts.extend(vault::open_contents(vault, AccountId::new(*id), sealed));
                    let key = vault::open_grant_key(vault, GrantId::new(*id), sealed);
                    opened.grants.extend(key);
                }
            }
        }
        for sealed in &self.sealed {
            for id in &self.ids {
                for key in &opened.grants {
                    texts.extend(vault::open_released(key, GrantId::new(*id), sealed));
                    for read in &self.ids {
                        texts.extend(vault::open_read(
                            key,
                            GrantId::new(*id),
                            ReadId::new(*read),
                            sealed,
                        ));
                    }
                }
            }
        }
        let texts = texts
            .iter()
            .map(|text| String::from_utf8_lossy(text).into_owned());
        opened.texts.extend(texts);
    }
}

/// An instance with one account, after a full journey; the dump, and an access
/// token that is in other hands.
pub(super) async fn travelled(engine: Engine, escrow: bool) -> (TestApp, Vec<Cell>, String) {
    let app = TestApp::start(engine).await;
    let new = NewAccount {
        email: Email::parse(EMAIL).expect("an address"),
        attributes: Attributes::default(),
        language: Language::En,
        escrow,
    };
    let password = Password::parse(PASSWORD.to_owned()).expect("a password");
    accounts::add(&app.app, new, password)
        .await
        .expect("an account");
    let mut actor = app.browser();
    let page = actor.sign_in("/sign-in", EMAIL, PASSWORD).await;
    assert_eq!(page.location(), "/account");
    let traces = journey::travel(&app, &mut actor).await;
    let scope = [("scope", crate::protocol::ALL_SCOPES)];
    let code = traces.shop.code(&mut actor, "high", &scope).await;
    let tokens = traces.shop.redeem(&code).await.ok();
    let token = text(&tokens, "access_token").to_owned();
    let dump = cells(&app, engine).await;
    (app, dump, token)
}

fn loot(app: &TestApp, dump: &[Cell]) -> Loot {
    Loot::new(&app.folder().join("keys"), dump)
}

async fn nothing_opens_without_escrow(engine: Engine) {
    let (app, dump, token) = travelled(engine, false).await;
    let mut loot = loot(&app, &dump);
    assert!(loot.sealed.len() > 10 && loot.ids.len() > 5 && loot.secrets.len() > 5);
    let opened = loot.open();
    assert_eq!(opened.texts, BTreeSet::from([EMAIL.to_owned()]));
    assert!(opened.vaults.is_empty() && opened.grants.is_empty());
    assert_eq!(opened.apps, 0, "she has none");
    // In which browser she signed in that is new; nothing that she has ever told.
    let told = crate::vault::journey::values();
    assert!(!opened.letters.is_empty(), "something waits to be mailed");
    for letter in &opened.letters {
        let letter = letter.to_lowercase();
        let of_hers = told.iter().find(|value| {
            letter.contains(&value.to_lowercase()) && !EMAIL.eq_ignore_ascii_case(value)
        });
        assert_eq!(of_hers, None, "{letter}");
    }

    // Once it is mailed, it is not there any more.
    deliver(&app).await;
    let mailed = self::loot(&app, &cells(&app, engine).await).open();
    assert_eq!(mailed.letters, BTreeSet::new());
    assert_eq!(mailed.texts, BTreeSet::from([EMAIL.to_owned()]));

    // That it would have opened, had a secret been there: one access token
    // opens what one business may see, and no more.
    let token: Opaque<AccessToken> = Opaque::parse(&token).expect("a token");
    let bytes = URL_SAFE_NO_PAD
        .decode(&token.reveal()[5..])
        .expect("base64url");
    loot.secrets.push(bytes[16..].try_into().expect("32 bytes"));
    let opened = loot.open();
    assert_eq!((opened.vaults.len(), opened.grants.len()), (0, 1));
    assert!(
        opened
            .texts
            .iter()
            .any(|text| text.contains("NL91ABNA0417164300"))
    );
}

async fn everything_opens_with_escrow(engine: Engine) {
    let (app, dump, _) = travelled(engine, true).await;
    let opened = loot(&app, &dump).open();
    assert_eq!((opened.vaults.len(), opened.grants.len()), (1, 1));
    assert!(opened.texts.contains(EMAIL));
    let shown = opened
        .texts
        .iter()
        .filter(|text| text.contains("NL91ABNA0417164300"));
    assert_eq!(
        shown.count(),
        2,
        "in the vault, and in what the business may see"
    );
    // With which it shows what a dump would show if reads were not sealed.
    let is_read = |text: &String| READ.iter().all(|word| text.contains(word));
    assert!(opened.texts.iter().any(is_read));
}

#[tokio::test]
async fn the_operator_opens_nothing_but_the_contact_address_without_escrow_on_sqlite() {
    nothing_opens_without_escrow(Engine::Sqlite).await;
}

#[tokio::test]
async fn the_operator_opens_nothing_but_the_contact_address_without_escrow_on_postgresql() {
    nothing_opens_without_escrow(Engine::Postgres).await;
}

#[tokio::test]
async fn the_operator_opens_everything_with_escrow_on_sqlite() {
    everything_opens_with_escrow(Engine::Sqlite).await;
}

#[tokio::test]
async fn the_operator_opens_everything_with_escrow_on_postgresql() {
    everything_opens_with_escrow(Engine::Postgres).await;
}
