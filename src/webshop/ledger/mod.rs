//! What the shop keeps: the people who agreed, the invoices that the law wants
//! kept, what it was told, and what it owes. In memory, and bounded.

mod customer;
mod duty;
mod heard;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

pub(super) use self::customer::{Customer, Invoice, Stale, Terms};
pub(super) use self::duty::{Confirmation, Duty, Kept};
pub(super) use self::heard::Heard;

use self::heard::Seen;

use super::event::{Ending, Reason};
use super::person::Person;

/// More customers than this and the one who was read longest ago is forgotten.
const MOST_PEOPLE: usize = 4_096;
const MOST_INVOICES: usize = 10_000;
const MOST_DUTIES: usize = 1_000;
const MOST_REQUESTS: usize = 100;
/// Events that the keeper can look back on.
const MOST_HEARD: usize = 50;

/// What one shop keeps.
#[derive(Default)]
pub(super) struct Ledger(Mutex<Book>);

impl Ledger {
    /// Opens the book, for as long as the answer is held.
    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The book itself.
#[derive(Default)]
pub(super) struct Book {
    people: BTreeMap<String, Customer>,
    invoices: VecDeque<Invoice>,
    duties: VecDeque<Duty>,
    last_duty: u64,
    requests: Vec<Request>,
    heard: VecDeque<Heard>,
    pub(super) seen: Seen,
    /// The shopkeeper wants to press the button himself before anything is
    /// deleted.
    pub(super) waits: bool,
}

/// What somebody asks of us through Sluis, and by when.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) id: String,
    pub(super) number: Option<String>,
    pub(super) subject: String,
    pub(super) right: String,
    /// What it is about; all of it when there are none.
    pub(super) claims: Vec<String>,
    pub(super) opened: Option<Timestamp>,
    pub(super) due: Option<Timestamp>,
    /// As Sluis calls it: open, answered or overdue.
    pub(super) state: String,
}

impl Book {
    /// Somebody logged in.
    pub(super) fn welcome(&mut self, subject: &str, person: Person, terms: Terms, now: Timestamp) {
        self.make_room();
        let known = self.people.remove(subject).filter(|customer| {
            // What was said of another agreement says nothing of this one.
            customer.terms.grant_id == terms.grant_id
        });
        let mut customer =
            known.unwrap_or_else(|| Customer::new(subject.to_owned(), terms.clone(), now));
        customer.terms = terms;
        customer.learn(person, now);
        self.people.insert(subject.to_owned(), customer);
    }

    fn make_room(&mut self) {
        if self.people.len() >= MOST_PEOPLE {
            let oldest = self.people.values().min_by_key(|customer| customer.read_at);
            if let Some(subject) = oldest.map(|customer| customer.subject.clone()) {
                self.people.remove(&subject);
            }
        }
    }

    /// UserInfo told something anew.
    pub(super) fn learn(&mut self, subject: &str, person: &Person, now: Timestamp) {
        if let Some(customer) = self.people.get_mut(subject) {
            customer.learn(person.clone(), now);
        }
    }

    /// There is something new about them, which we do not know yet.
    pub(super) fn mark(&mut self, subject: &str, stale: Stale) {
        if let Some(customer) = self.people.get_mut(subject) {
            customer.mark(stale);
        }
    }

    /// The token endpoint told of the agreement anew.
    pub(super) fn agree(&mut self, subject: &str, terms: &Terms) {
        if let Some(customer) = self.people.get_mut(subject) {
            customer.terms = terms.clone();
        }
    }

    /// These are no longer part of the agreement.
    pub(super) fn drop_claims(&mut self, subject: &str, claims: &[String]) {
        if let Some(customer) = self.people.get_mut(subject) {
            customer.drop_claims(claims);
        }
    }

    pub(super) fn restrict(&mut self, subject: &str, restricted: bool) {
        if let Some(customer) = self.people.get_mut(subject) {
            customer.restricted = restricted;
        }
    }

    pub(super) fn object(&mut self, subject: &str) {
        if let Some(customer) = self.people.get_mut(subject) {
            customer.objected = true;
        }
    }

    pub(super) fn customer(&self, subject: &str) -> Option<&Customer> {
        self.people.get(subject)
    }

    pub(super) fn people(&self) -> impl Iterator<Item = &Customer> {
        self.people.values()
    }

    /// Who is to be read anew, and whether the terms are.
    pub(super) fn stale(&self) -> Vec<(String, bool)> {
        // Whom we may not use we may not read either.
        let people = self.people.values().filter(|one| !one.restricted);
        people
            .filter_map(|one| Some((one.subject.clone(), one.stale.as_ref()?.terms)))
            .collect()
    }

    pub(super) fn put_in_books(&mut self, invoice: Invoice) {
        if self.invoices.len() >= MOST_INVOICES {
            self.invoices.pop_front();
        }
        self.invoices.push_back(invoice);
    }

    pub(super) fn invoices(&self) -> impl DoubleEndedIterator<Item = &Invoice> {
        self.invoices.iter()
    }

    pub(super) fn invoices_of(&self, subject: &str) -> impl Iterator<Item = &Invoice> {
        self.invoices
            .iter()
            .filter(move |invoice| invoice.subject.as_deref() == Some(subject))
    }

    pub(super) fn hear(&mut self, heard: Heard) {
        if self.heard.len() >= MOST_HEARD {
            self.heard.pop_back();
        }
        self.heard.push_front(heard);
    }

    pub(super) fn heard(&self) -> impl Iterator<Item = &Heard> {
        self.heard.iter()
    }

    /// Writes down what we owe, once: events come twice, and the list of duties
    /// tells the same. Gives our number of it.
    pub(super) fn owe(&mut self, subject: &str, ending: &Ending, now: Timestamp) -> u64 {
        let mut known = self.duties.iter_mut();
        if let Some(duty) = known.find(|duty| duty.is_of(subject, ending)) {
            duty.complete(ending);
            return duty.number;
        }
        if self.duties.len() >= MOST_DUTIES {
            self.duties.pop_front();
        }
        self.last_duty += 1;
        let mut duty = Duty::new(self.last_duty, subject, ending, now);
        if duty.claims.is_empty() {
            // A command does not say what it covers: what we hold, then.
            let customer = self.people.get(subject);
            duty.claims = customer.map_or_else(Vec::new, |customer| customer.person.claims());
        }
        self.duties.push_back(duty);
        self.last_duty
    }

    /// Deletes what a duty is about, and writes down what the law keeps.
    pub(super) fn carry_out(&mut self, number: u64, now: Timestamp) {
        let Self {
            people,
            invoices,
            duties,
            ..
        } = self;
        let mut duties = duties.iter_mut();
        let Some(duty) = duties.find(|duty| duty.number == number && duty.deleted_at.is_none())
        else {
            return;
        };
        duty.deleted_at = Some(now);
        duty.kept = Kept::of(duty, invoices.iter());
        let Some(customer) = people.get_mut(&duty.subject) else {
            return;
        };
        if duty.reason == Reason::Narrowed {
            // What was read since then is what we may know now.
            if customer.read_at <= duty.told_at {
                customer.drop_claims(&duty.claims);
            }
        } else if customer.is_under(duty.grant_id.as_deref()) {
            people.remove(&duty.subject);
        }
    }

    pub(super) fn duties(&self) -> impl DoubleEndedIterator<Item = &Duty> {
        self.duties.iter()
    }

    /// What came of a confirmation.
    pub(super) fn confirmed(&mut self, duty_id: &str, outcome: &Confirmation) {
        let duties = self.duties.iter_mut();
        for duty in duties.filter(|duty| duty.duty_id.as_deref() == Some(duty_id)) {
            duty.confirmation = outcome.clone();
        }
    }

    /// The newest duty about somebody's whole agreement.
    pub(super) fn farewell(&self, subject: &str) -> Option<&Duty> {
        self.duties
            .iter()
            .rev()
            .find(|duty| duty.subject == subject && duty.reason != Reason::Narrowed)
    }

    pub(super) fn set_requests(&mut self, mut requests: Vec<Request>) {
        requests.truncate(MOST_REQUESTS);
        self.requests = requests;
    }

    pub(super) fn requests(&self) -> &[Request] {
        &self.requests
    }
}
