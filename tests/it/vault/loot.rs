//! What whoever has the database, `master.key` and our own code can do with them: every
//! key on everything, and then what that opened.

use std::collections::BTreeSet;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sluis::crypto::escrow::{EscrowFolder, EscrowKey};
use sluis::crypto::master::MasterKey;
use sluis::crypto::secret::{
    AccessToken, Browser, Code, DeviceCode, GrantBearer, HalfSignIn, Kind, Opaque, PushedRequest,
    RefreshToken, RegistrationToken, Session, TransferToken,
};
use sluis::crypto::vault::{self, GrantKey, Sealed, VaultKey};
use sluis::domain::id::{
    AccountId, ClientId, GrantId, ImportId, MessageId, PasskeyId, ReadId, RequestId, StreamId,
    TransferId,
};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::dump::Cell;

/// What the attacker has.
pub(super) struct Loot {
    master: MasterKey,
    /// Every escrow key that there is.
    escrow: Vec<EscrowKey>,
    /// Everything that may be sealed.
    pub(super) sealed: Vec<Sealed>,
    /// Every identifier.
    pub(super) ids: Vec<Uuid>,
    /// Every client.
    clients: Vec<ClientId>,
    /// Everything that may be a secret, as 32 bytes.
    pub(super) secrets: Vec<[u8; 32]>,
}

/// What was opened, in the order in which it leads to more.
#[derive(Default)]
pub(super) struct Opened {
    pub(super) vaults: Vec<VaultKey>,
    pub(super) grants: Vec<GrantKey>,
    pub(super) texts: BTreeSet<String>,
    /// What is still to be mailed, and is gone with the mail.
    pub(super) letters: BTreeSet<String>,
    /// Of how many authenticator apps the secret is known: by that alone nobody gets in.
    pub(super) apps: usize,
    /// How many secrets of businesses are known, which say nothing of anybody.
    pub(super) of_businesses: usize,
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
            clients: ["shop", "paper"]
                .map(|id| id.parse().expect("an id"))
                .into(),
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
                let asked = vault::open_asked_address(&self.master, account, sealed);
                opened
                    .texts
                    .extend(asked.map(|address| address.to_string()));
                let stream = StreamId::new(*id);
                if vault::open_receiver_authorization(&self.master, stream, sealed).is_ok() {
                    opened.of_businesses += 1;
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
        for client in &self.clients {
            let open = |sealed| vault::open_client_secret(&self.master, client, sealed);
            opened.of_businesses += self.sealed.iter().filter_map(|one| open(one).ok()).count();
        }
        self.go_on(&mut opened);
        opened
    }

    fn try_secret(&self, id: Uuid, secret: &[u8; 32], opened: &mut Opened) {
        let session = Self::secret::<Session>(id, secret);
        let browser = Self::secret::<Browser>(id, secret);
        let half = Self::secret::<HalfSignIn>(id, secret);
        let transfer = Self::secret::<TransferToken>(id, secret);
        let code = Self::secret::<Code>(id, secret);
        let device = Self::secret::<DeviceCode>(id, secret);
        let account = AccountId::new(id);
        for sealed in &self.sealed {
            opened.vaults.extend(
                [
                    vault::open_with_session(sealed, account, &session),
                    vault::open_with_half(sealed, account, &half),
                    vault::open_with_transfer(sealed, account, &transfer),
                    vault::open_with_transfer(sealed, account, &code),
                ]
                .into_iter()
                .flatten(),
            );
            let grant = vault::open_grant_key_on_device(&device, GrantId::new(id), sealed);
            opened.grants.extend(grant);
            if let Ok(request) = vault::open_request(&browser, RequestId::new(id), sealed) {
                opened
                    .texts
                    .insert(String::from_utf8_lossy(&request).into_owned());
            }
        }
        self.try_client_secret(id, secret, opened);
        let refresh = Self::secret::<RefreshToken>(id, secret);
        let successor = refresh.successor(&self.master.refresh());
        self.try_bearer(&Self::secret::<Code>(id, secret), opened);
        self.try_bearer(&Self::secret::<AccessToken>(id, secret), opened);
        self.try_bearer(&refresh, opened);
        self.try_bearer(&successor, opened);
    }

    fn try_client_secret(&self, id: Uuid, secret: &[u8; 32], opened: &mut Opened) {
        let pushed = Self::secret::<PushedRequest>(id, secret);
        let registered = Self::secret::<RegistrationToken>(id, secret);
        for sealed in &self.sealed {
            for client in &self.clients {
                if let Ok(request) = vault::open_pushed_request(&pushed, client, sealed) {
                    let request = String::from_utf8_lossy(&request).into_owned();
                    opened.texts.insert(request);
                }
                if vault::open_registered_secret(&registered, client, sealed).is_ok() {
                    opened.of_businesses += 1;
                }
            }
        }
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
                    self.try_of_account(vault, AccountId::new(*id), sealed, &mut texts);
                    let key = vault::open_grant_key(vault, GrantId::new(*id), sealed);
                    opened.grants.extend(key);
                }
            }
        }
        for sealed in &self.sealed {
            for id in &self.ids {
                for key in &opened.grants {
                    texts.extend(vault::open_released(key, GrantId::new(*id), sealed));
                    texts.extend(vault::open_asked(key, GrantId::new(*id), sealed));
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

    /// What a vault key opens that has a name of its own beside the account's.
    fn try_of_account(
        &self,
        vault: &VaultKey,
        account: AccountId,
        sealed: &Sealed,
        texts: &mut Vec<Zeroizing<Vec<u8>>>,
    ) {
        for id in &self.ids {
            let import = ImportId::new(*id);
            texts.extend(vault::open_import(vault, account, import, sealed));
            texts.extend(vault::open_import_summary(vault, account, import, sealed));
            texts.extend(vault::open_import_piece(vault, account, import, 0, sealed));
            let transfer = TransferId::new(*id);
            texts.extend(vault::open_journey(vault, account, transfer, sealed));
            let name = vault::open_passkey_name(vault, account, PasskeyId::new(*id), sealed);
            texts.extend(name.map(|name| Zeroizing::new(name.as_bytes().to_vec())));
        }
        for hash in &self.secrets {
            texts.extend(vault::open_seen(vault, account, hash, sealed));
        }
    }
}

/// What asks for a secret that no database has: a password's hash, a passkey's secret,
/// a code on paper.
const NOT_IN_ANY_DUMP: [&str; 3] = ["open_with_password", "open_with_passkey", "open_with_kit"];
/// What needs both halves of a pair of keys: `crypto::vault::replies` tries that one.
const BY_PAIRS: &str = "open_reply";

#[test]
fn the_attacker_tries_everything_that_opens() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/crypto");
    let parts = std::fs::read_dir(source.join("vault")).expect("a folder");
    let parts = parts.map(|part| part.expect("a file").path());
    let mut tried = 0;
    for file in parts.chain([source.join("vault.rs")]) {
        let text = std::fs::read_to_string(&file).expect("a source");
        for (_, rest) in text
            .match_indices("pub fn open_")
            .map(|(at, _)| text.split_at(at))
        {
            let name = rest["pub fn ".len()..]
                .split(['(', '<'])
                .next()
                .expect("a name");
            let is_tried = include_str!("loot.rs").contains(&format!("vault::{name}("));
            let is_excepted = NOT_IN_ANY_DUMP.contains(&name) || name == BY_PAIRS;
            assert!(is_tried != is_excepted, "{name} of {}", file.display());
            tried += usize::from(is_tried);
        }
    }
    assert!(tried > 20, "they were found");
}
