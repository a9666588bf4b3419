//! What the keeper's page tells, line by line.

use jiff::Timestamp;

use crate::webshop::event::{News, Reason};
use crate::webshop::lang::Lang;
use crate::webshop::ledger::{Book, Confirmation, Customer, Duty, Heard, Invoice, Request};
use crate::webshop::person::Fact;
use crate::webshop::words;

/// Somebody's name with us, as far as a line has room for it.
fn short(subject: &str) -> String {
    match subject.char_indices().nth(10) {
        Some((end, _)) => format!("{}…", &subject[..end]),
        None => subject.to_owned(),
    }
}

/// Days left until a moment; fewer than none when it is past.
fn days_left(until: Timestamp, now: Timestamp) -> i64 {
    (until.as_second() - now.as_second()).div_euclid(24 * 60 * 60)
}

fn clock(until: Timestamp, now: Timestamp, lang: Lang) -> String {
    let day = words::day_of(until, lang);
    let left = match days_left(until, now) {
        ..0 => lang.t("te laat", "overdue").to_owned(),
        0 => lang.t("vandaag", "today").to_owned(),
        1 => lang.t("nog 1 dag", "1 day left").to_owned(),
        days => match lang {
            Lang::Nl => format!("nog {days} dagen"),
            Lang::En => format!("{days} days left"),
        },
    };
    format!("{day} ({left})")
}

/// A duty to delete, with its clock.
pub(super) struct DutyRow {
    pub(super) number: u64,
    pub(super) who: String,
    pub(super) why: &'static str,
    pub(super) claims: String,
    pub(super) told: String,
    pub(super) delete_by: Option<String>,
    pub(super) deleted: Option<String>,
    /// The invoices that stay, and until when.
    pub(super) kept: Option<String>,
    pub(super) stage: &'static str,
    pub(super) says: String,
}

impl DutyRow {
    pub(super) fn of(duty: &Duty, now: Timestamp, lang: Lang) -> Self {
        let why = match duty.reason {
            Reason::Withdrawn => lang.t("Afspraak ingetrokken", "Agreement withdrawn"),
            Reason::Expired => lang.t("De tijd is om", "The time is up"),
            Reason::Narrowed => lang.t("Minder afgesproken", "Less is agreed"),
            Reason::Ended => lang.t("Door ons beëindigd", "Ended by us"),
        };
        let (stage, says) = match (&duty.deleted_at, &duty.confirmation) {
            (None, _) => (
                "told",
                lang.t(
                    "Wij weten het. Er is nog niets gewist.",
                    "We have been told. Nothing is deleted yet.",
                )
                .to_owned(),
            ),
            (Some(_), Confirmation::Accepted(at)) => (
                "confirmed",
                format!(
                    "{} {}.",
                    lang.t(
                        "Gewist en bij Sluis bevestigd om",
                        "Deleted, and confirmed to Sluis at"
                    ),
                    words::time_of(*at)
                ),
            ),
            (Some(_), Confirmation::Refused(why)) => (
                "refused",
                format!(
                    "{} ({why})",
                    lang.t(
                        "Gewist. Sluis nam de bevestiging niet aan",
                        "Deleted. Sluis did not take the confirmation"
                    )
                ),
            ),
            (Some(_), _) => (
                "deleted",
                lang.t(
                    "Gewist. Sluis heeft onze bevestiging nog niet.",
                    "Deleted. Sluis does not have our confirmation yet.",
                )
                .to_owned(),
            ),
        };
        Self {
            number: duty.number,
            who: short(&duty.subject),
            why,
            claims: words::claims(&duty.claims, lang),
            told: words::time_of(duty.told_at),
            delete_by: duty.delete_by.map(|until| clock(until, now, lang)),
            deleted: duty.deleted_at.map(words::time_of),
            kept: duty.kept.as_ref().map(|kept| {
                let numbers: Vec<String> = kept.invoices.iter().map(u64::to_string).collect();
                format!(
                    "{} {} ({}), {} {}: {}",
                    lang.t("rekening", "invoice"),
                    numbers.join(", "),
                    words::claims(&kept.claims, lang),
                    lang.t("tot en met", "until"),
                    words::day(kept.until, lang),
                    lang.t(
                        "zeven jaar, art. 52 Algemene wet inzake rijksbelastingen",
                        "seven years, art. 52 of the Dutch General Tax Act"
                    ),
                )
            }),
            stage,
            says,
        }
    }
}

/// What somebody asks, with its clock.
pub(super) struct RequestRow {
    pub(super) id: String,
    pub(super) number: Option<String>,
    pub(super) who: String,
    pub(super) right: &'static str,
    pub(super) claims: String,
    pub(super) opened: Option<String>,
    pub(super) due: Option<String>,
    pub(super) overdue: bool,
}

impl RequestRow {
    pub(super) fn of(request: &Request, now: Timestamp, lang: Lang) -> Self {
        Self {
            id: request.id.clone(),
            number: request.number.clone(),
            who: short(&request.subject),
            right: right(&request.right, lang),
            claims: words::claims(&request.claims, lang),
            opened: request.opened.map(|at| words::day_of(at, lang)),
            due: request.due.map(|due| clock(due, now, lang)),
            overdue: request.state == "overdue",
        }
    }
}

fn right(word: &str, lang: Lang) -> &'static str {
    match word {
        "access" => lang.t("Inzage (art. 15 AVG)", "Access (GDPR art. 15)"),
        "rectification" => lang.t("Verbetering (art. 16 AVG)", "Rectification (GDPR art. 16)"),
        "restriction" => lang.t("Beperking (art. 18 AVG)", "Restriction (GDPR art. 18)"),
        "portability" => lang.t("Meenemen (art. 20 AVG)", "Portability (GDPR art. 20)"),
        "objection" => lang.t("Bezwaar (art. 21 AVG)", "Objection (GDPR art. 21)"),
        _ => lang.t("Een recht van de klant", "A right of the customer"),
    }
}

/// A customer, and what of theirs came by an event.
pub(super) struct CustomerRow {
    pub(super) who: String,
    pub(super) called: String,
    pub(super) facts: Vec<Fact>,
    pub(super) orders: usize,
    pub(super) read: String,
    /// Claims that changed and that we have not read.
    pub(super) stale: Option<String>,
    pub(super) change: Option<String>,
    pub(super) restricted: bool,
    pub(super) objected: bool,
    /// Which edition of the plan they agreed to, if Sluis says.
    pub(super) plan: Option<String>,
}

impl CustomerRow {
    pub(super) fn of(customer: &Customer, book: &Book, lang: Lang) -> Self {
        let person = &customer.person;
        let nameless = lang.t("Klant zonder naam", "Customer without a name");
        Self {
            who: short(&customer.subject),
            called: person.name().unwrap_or(nameless).to_owned(),
            facts: if customer.restricted {
                Vec::new()
            } else {
                person.facts(lang)
            },
            orders: book.invoices_of(&customer.subject).count(),
            read: words::time_of(customer.read_at),
            stale: customer
                .stale
                .as_ref()
                .map(|stale| words::claims(&stale.claims, lang)),
            change: customer.told_changes().next().map(|change| {
                format!(
                    "{} ({} {}, {} {})",
                    words::claims(&change.claims, lang),
                    lang.t("gehoord om", "heard at"),
                    words::time_of(change.told_at),
                    lang.t("gelezen om", "read at"),
                    words::time_of(change.read_at),
                )
            }),
            restricted: customer.restricted,
            objected: customer.objected,
            plan: customer.terms.plan_version.map(|version| {
                let edition = format!("{} {version}", lang.t("versie", "version"));
                match customer.terms.plan_current {
                    Some(false) => {
                        let older = lang.t(
                            "niet de nieuwste: het meerdere is geweigerd of nog niet gevraagd",
                            "not the newest: more was refused, or not asked yet",
                        );
                        format!("{edition} ({older})")
                    }
                    _ => edition,
                }
            }),
        }
    }
}

/// An invoice in the books.
pub(super) struct InvoiceRow {
    pub(super) number: u64,
    pub(super) name: String,
    pub(super) amount: String,
    pub(super) placed: String,
    pub(super) until: String,
    /// Whose it is: a customer's, a guest's, or of somebody who left.
    pub(super) whose: &'static str,
}

impl InvoiceRow {
    pub(super) fn of(invoice: &Invoice, book: &Book, lang: Lang) -> Self {
        let whose = match &invoice.subject {
            None => lang.t("gast", "guest"),
            Some(subject) if book.customer(subject).is_some() => lang.t("klant", "customer"),
            Some(_) => lang.t("ingetrokken; blijft van de wet", "withdrawn; stays by law"),
        };
        Self {
            number: invoice.number,
            name: format!("{}, {}", invoice.name, invoice.address),
            amount: lang.euros(invoice.cents),
            placed: words::day_of(invoice.placed, lang),
            until: words::day(invoice.keep_until(), lang),
            whose,
        }
    }
}

/// Something that Sluis told.
pub(super) struct EventRow {
    pub(super) at: String,
    pub(super) who: Option<String>,
    pub(super) name: &'static str,
    pub(super) what: String,
    pub(super) did: &'static str,
}

impl EventRow {
    pub(super) fn of(heard: &Heard, lang: Lang) -> Self {
        let (name, what, did) = tell(heard, lang);
        Self {
            at: words::time_of(heard.happened_at.unwrap_or(heard.at)),
            who: heard.subject.as_deref().map(short),
            name,
            what,
            did,
        }
    }
}

/// The event's own name, what it says, and what we do then.
fn tell(heard: &Heard, lang: Lang) -> (&'static str, String, &'static str) {
    let deleting = lang.t(
        "Uitgelogd; wissen, op wat de wet wil bewaren na.",
        "Logged out; delete, but for what the law keeps.",
    );
    match &heard.news {
        News::Ended(_) if heard.commanded => (
            "delete",
            lang.t("Sluis draagt op te wissen.", "Sluis commands to delete.")
                .to_owned(),
            deleting,
        ),
        News::Ended(ending) if ending.reason == Reason::Expired => (
            "retention-expired",
            lang.t("De afgesproken tijd is om.", "The agreed time is up.")
                .to_owned(),
            deleting,
        ),
        News::Ended(_) => (
            "consent-withdrawn",
            lang.t("De afspraak is ingetrokken.", "The agreement is withdrawn.")
                .to_owned(),
            deleting,
        ),
        News::Changed {
            change, dropped, ..
        } => (
            "consent-changed",
            changed(change, dropped, lang),
            lang.t(
                "Gewist wat eraf ging; opnieuw gelezen.",
                "Deleted what went; read anew.",
            ),
        ),
        News::Restricted(true) => (
            "processing-restricted",
            lang.t("De klant pauzeert ons.", "The customer paused us.")
                .to_owned(),
            lang.t("Bewaren mag, gebruiken niet.", "We may keep, and not use."),
        ),
        News::Restricted(false) => (
            "processing-restricted",
            lang.t("De pauze is voorbij.", "The pause is over.")
                .to_owned(),
            lang.t("Opnieuw gelezen.", "Read anew."),
        ),
        News::ProfileChanged { claims } => (
            "profile-changed",
            format!(
                "{} {}.",
                lang.t("Gewijzigd:", "Changed:"),
                words::claims(claims, lang)
            ),
            lang.t(
                "Gemerkt, en opnieuw gelezen zodra wij kunnen.",
                "Marked, and read anew as soon as we can.",
            ),
        ),
        News::SignedOut { .. } => (
            "session-revoked",
            lang.t("Uitgelogd bij Sluis.", "Signed out at Sluis.")
                .to_owned(),
            lang.t("Ook hier uitgelogd.", "Logged out here too."),
        ),
        News::Request { right: word } => (
            "data-subject-request",
            right(word, lang).to_owned(),
            lang.t(
                "Staat hierboven, met de termijn.",
                "Listed above, with its term.",
            ),
        ),
        News::Objected => (
            "processing-objected",
            lang.t("De klant maakt bezwaar.", "The customer objects.")
                .to_owned(),
            lang.t("Geen reclame meer.", "No more advertising."),
        ),
        News::Verification => (
            "verification",
            lang.t("De stroom werkt.", "The stream works.").to_owned(),
            "",
        ),
        News::StreamUpdated { status } => ("stream-updated", status.clone(), ""),
        News::Other(kind) => (
            "?",
            kind.clone(),
            lang.t("Daar doen wij niets mee.", "We have no use for it."),
        ),
    }
}

fn changed(change: &str, dropped: &[String], lang: Lang) -> String {
    let what = match change {
        "narrowed" => lang.t("Er is minder afgesproken.", "Less is agreed."),
        "widened" => lang.t("Er is meer afgesproken.", "More is agreed."),
        "renewed" => lang.t("De afspraak is verlengd.", "The agreement is renewed."),
        _ => lang.t("De afspraak is anders.", "The agreement is another."),
    };
    if dropped.is_empty() {
        return what.to_owned();
    }
    let gone = lang.t("Eraf:", "Gone:");
    format!("{what} {gone} {}.", words::claims(dropped, lang))
}
