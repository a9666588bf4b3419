//! What the site remembers of a visitor, in memory and by cookie.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use openidconnect::{AccessToken, CsrfToken, RefreshToken, SubjectIdentifier};

use super::lang::Lang;
use super::ledger::Terms;
use super::pages::Note;
use super::person::Person;
use super::receipt::Held;
use super::relying_party::Pending;

/// More visitors than this and the one who was away longest is forgotten.
const MOST_SESSIONS: usize = 4_096;
/// Sessions of one person that are brought up to date when something changes;
/// the others are when they are used.
const MOST_READ: usize = 16;
/// Logins that one visitor may have open, in as many tabs.
const MOST_PENDING: usize = 8;
/// Of one product, in a basket.
pub(super) const MOST_OF_ONE: u32 = 20;

/// One visitor.
#[derive(Clone)]
pub(super) struct Session {
    /// Every form carries it, so that no other site can send one.
    pub(super) csrf: String,
    pub(super) lang: Option<Lang>,
    pub(super) basket: BTreeMap<&'static str, u32>,
    pub(super) login: Option<Login>,
    /// Who took our access back in this browser, and has not logged in since.
    pub(super) lost: Option<String>,
    /// Who was signed out by Sluis, and has not logged in since.
    pub(super) signed_out: Option<String>,
    /// No browser's: it holds the tokens of somebody who logged out here, so
    /// that what changes can be read.
    parked: bool,
    /// Number of the last order. The law keeps its invoice.
    pub(super) order: Option<u64>,
    /// What became of the shopkeeper's last button.
    pub(super) note: Option<Note>,
    pending: VecDeque<Pending>,
    /// One refresh at a time: a rotated token that is used twice looks stolen
    /// (RFC 9700 §4.14.2).
    pub(super) refreshing: Arc<tokio::sync::Mutex<()>>,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            csrf: secret(),
            lang: None,
            basket: BTreeMap::new(),
            login: None,
            lost: None,
            signed_out: None,
            parked: false,
            order: None,
            note: None,
            pending: VecDeque::new(),
            refreshing: Arc::default(),
        }
    }
}

impl Session {
    pub(super) fn await_login(&mut self, pending: Pending) {
        if self.pending.len() == MOST_PENDING {
            self.pending.pop_front();
        }
        self.pending.push_back(pending);
    }

    /// Each state counts once.
    pub(super) fn take_pending(&mut self, state: &str) -> Option<Pending> {
        let at = self
            .pending
            .iter()
            .position(|pending| pending.state.secret() == state)?;
        self.pending.remove(at)
    }

    /// Somebody is in.
    pub(super) fn enter(&mut self, login: Login) {
        self.login = Some(login);
        self.lost = None;
        self.signed_out = None;
    }

    /// Somebody went.
    pub(super) fn leave(&mut self) -> Option<Login> {
        self.lost = None;
        self.signed_out = None;
        self.login.take()
    }

    /// The agreement is over: everything that came from the provider goes, and
    /// what was chosen under it.
    pub(super) fn lose_access(&mut self, subject: &str) {
        self.leave();
        self.basket.clear();
        self.lost = Some(subject.to_owned());
    }

    fn is_of(&self, subject: &str) -> bool {
        let login = self.login.as_ref();
        login.is_some_and(|login| login.subject.as_str() == subject)
    }

    pub(super) fn put_in_basket(&mut self, product: &'static str) {
        let count = self.basket.entry(product).or_default();
        *count = (*count + 1).min(MOST_OF_ONE);
    }
}

/// A visitor who logged in.
#[derive(Clone)]
pub(super) struct Login {
    pub(super) access_token: AccessToken,
    pub(super) refresh_token: Option<RefreshToken>,
    pub(super) subject: SubjectIdentifier,
    /// Which login at the provider this is.
    pub(super) sid: Option<String>,
    pub(super) terms: Terms,
    /// As UserInfo last told.
    pub(super) person: Person,
    pub(super) receipt: Held,
}

/// The sessions of one site.
#[derive(Default)]
pub(super) struct Sessions(Mutex<Book>);

#[derive(Default)]
struct Book {
    /// Counts visits; stands in for a clock.
    visits: u64,
    entries: HashMap<String, Entry>,
}

struct Entry {
    last_visit: u64,
    session: Session,
}

impl Sessions {
    /// Whether a cookie is of a visitor we know.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.book().entries.contains_key(id)
    }

    /// Begins a session and gives its id.
    pub(super) fn begin(&self) -> String {
        let id = secret();
        self.book().entry(&id);
        id
    }

    /// Moves a session to a new id, so that an id from before the login is of
    /// no use after it.
    pub(super) fn renew(&self, id: &str) -> String {
        let new_id = secret();
        let mut book = self.book();
        if let Some(entry) = book.entries.remove(id) {
            book.entries.insert(new_id.clone(), entry);
        }
        new_id
    }

    /// A copy of a session.
    pub(super) fn read(&self, id: &str) -> Session {
        self.book().entry(id).session.clone()
    }

    /// The agreement with somebody is over, in every browser.
    pub(super) fn lose(&self, subject: &str) {
        let mut book = self.book();
        book.entries
            .retain(|_, entry| !(entry.session.parked && entry.session.is_of(subject)));
        for entry in book.entries.values_mut() {
            let session = &mut entry.session;
            if session.is_of(subject) || session.signed_out.as_deref() == Some(subject) {
                session.lose_access(subject);
            }
        }
    }

    /// A login at the provider is over, or all of somebody's.
    pub(super) fn sign_out(&self, subject: &str, sid: Option<&str>) {
        let mut last = None;
        for entry in self.book().entries.values_mut() {
            let session = &mut entry.session;
            let is_meant = session.login.as_ref().is_some_and(|login| {
                login.subject.as_str() == subject
                    && sid.is_none_or(|sid| login.sid.as_deref() == Some(sid))
            });
            if is_meant && !session.parked {
                last = session.leave();
                session.signed_out = Some(subject.to_owned());
            }
        }
        if let Some(login) = last {
            self.park(login);
        }
    }

    /// Keeps the tokens of somebody who is no longer in any browser.
    pub(super) fn park(&self, login: Login) {
        self.unpark(login.subject.as_str());
        let mut book = self.book();
        let session = &mut book.entry(&secret()).session;
        session.parked = true;
        session.login = Some(login);
    }

    /// They are back, with tokens that are newer.
    pub(super) fn unpark(&self, subject: &str) {
        self.book()
            .entries
            .retain(|_, entry| !(entry.session.parked && entry.session.is_of(subject)));
    }

    /// Sessions with tokens of somebody.
    pub(super) fn of(&self, subject: &str) -> Vec<String> {
        let book = self.book();
        let found = book
            .entries
            .iter()
            .filter(|(_, entry)| entry.session.is_of(subject));
        found.map(|(id, _)| id.clone()).take(MOST_READ).collect()
    }

    /// Changes a session.
    pub(super) fn change<R>(&self, id: &str, act: impl FnOnce(&mut Session) -> R) -> R {
        act(&mut self.book().entry(id).session)
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn entry(&mut self, id: &str) -> &mut Entry {
        self.visits += 1;
        if !self.entries.contains_key(id) && self.entries.len() >= MOST_SESSIONS {
            let oldest = self
                .entries
                .iter()
                .min_by_key(|(_, entry)| entry.last_visit)
                .map(|(id, _)| id.clone());
            if let Some(oldest) = oldest {
                self.entries.remove(&oldest);
            }
        }
        let entry = self.entries.entry(id.to_owned()).or_insert_with(|| Entry {
            last_visit: 0,
            session: Session::default(),
        });
        entry.last_visit = self.visits;
        entry
    }
}

/// 256 bits that nobody can guess.
fn secret() -> String {
    CsrfToken::new_random_len(32).into_secret()
}
