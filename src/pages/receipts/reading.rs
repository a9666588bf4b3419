//! Receipts that hold, in plain words.

use crate::domain::grant::EventKind;
use crate::domain::language::Language;
use crate::domain::plan::LegalBasis;
use crate::domain::receipt::{Party, Process, Receipt};
use crate::domain::retention::CountsFrom;
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};
use crate::service::receipts::Checked;

mod recorded;

use recorded::{Asked, Owed};

/// A file of receipts that holds.
#[derive(Clone)]
pub struct Reading {
    /// Whether it is a whole chain, and not one receipt by itself.
    pub is_chain: bool,
    /// What happened, event by event.
    pub events: Vec<Happened>,
}

/// One event, as its receipt tells it.
#[derive(Clone)]
pub struct Happened {
    /// The receipt.
    pub receipt: Receipt,
    /// Whether it is the last of them, which is shown open.
    pub is_last: bool,
}

impl Reading {
    /// Of what was checked.
    #[must_use]
    pub fn of(checked: Checked) -> Self {
        let (is_chain, receipts) = match checked {
            Checked::Receipt(receipt) => (false, vec![*receipt]),
            Checked::Chain(receipts) => (true, receipts),
        };
        let last = receipts.len().saturating_sub(1);
        Self {
            is_chain,
            events: receipts
                .into_iter()
                .enumerate()
                .map(|(at, receipt)| Happened {
                    receipt,
                    is_last: at == last,
                })
                .collect(),
        }
    }

    /// The newest receipt: what it says holds by now, as far as the file goes.
    #[must_use]
    pub fn newest(&self) -> Option<&Happened> {
        self.events.last()
    }

    /// How the agreement stands, as far as the file goes. What is recorded
    /// beside it says nothing of it.
    #[must_use]
    pub fn stands(&self, texts: Texts) -> String {
        let mut newest_first = self.events.iter().rev();
        newest_first
            .find(|event| !event.receipt.event.kind.is_record())
            .map_or_else(
                || t!(texts, "reading-stands-elsewhere"),
                |event| event.stands(texts),
            )
    }

    /// How many receipts there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.events.len()
    }
}

impl Happened {
    /// When, in words.
    #[must_use]
    pub fn at(&self, texts: Texts) -> String {
        moment(texts, &self.receipt.event.at, Texts::date_time)
    }

    /// Until when it holds; `None` when it holds no longer, or nothing is held.
    #[must_use]
    pub fn until(&self, texts: Texts) -> Option<String> {
        let until = self.receipt.event.valid_until.as_deref()?;
        Some(moment(texts, until, Texts::date))
    }

    /// How the agreement stands after it, in a sentence.
    fn stands(&self, texts: Texts) -> String {
        let at = self.at(texts);
        match self.receipt.event.kind {
            EventKind::Withdrawn => t!(texts, "reading-withdrawn", at = at),
            EventKind::Ended => t!(texts, "reading-ended", at = at),
            EventKind::Expired => t!(texts, "reading-expired", at = at),
            EventKind::Erased => t!(texts, "reading-erased", at = at),
            EventKind::Paused => t!(texts, "reading-paused", at = at),
            EventKind::Answered
            | EventKind::Overdue
            | EventKind::Requested
            | EventKind::Replied
            | EventKind::Unanswered
            | EventKind::Declined => t!(texts, "reading-stands-elsewhere"),
            EventKind::Given
            | EventKind::Widened
            | EventKind::Narrowed
            | EventKind::Renewed
            | EventKind::Resumed => match self.until(texts) {
                Some(until) => t!(texts, "reading-until", until = until),
                None => t!(texts, "reading-nothing-held"),
            },
        }
    }

    /// Whose act it was, and how it was done. A word that only a later edition
    /// knows is told as it is.
    #[must_use]
    pub fn by(&self, texts: Texts) -> String {
        let event = &self.receipt.event;
        match (event.by.as_str(), event.method.as_str()) {
            ("dpv:DataSubject", "consent-page") => t!(texts, "reading-by-consent-page"),
            ("dpv:DataSubject", "house-rules") => t!(texts, "reading-by-house-rules"),
            ("dpv:DataSubject", "account-page") => t!(texts, "reading-by-account-page"),
            ("dpv:DataController", "business") => t!(texts, "reading-by-business"),
            (_, "schedule") => t!(texts, "reading-by-schedule"),
            (_, "command") => t!(texts, "reading-by-command"),
            (by, method) => format!("{by}, {method}"),
        }
    }

    /// Who is answerable.
    #[must_use]
    pub fn parties(&self) -> &[Party] {
        &self.receipt.parties
    }

    /// For what, in the language of the page.
    #[must_use]
    pub fn purposes(&self) -> Vec<Agreed<'_>> {
        self.receipt.processes.iter().map(Agreed).collect()
    }

    /// Everything that is released.
    #[must_use]
    pub fn claims(&self, texts: Texts) -> Option<String> {
        let claims = self.receipt.profile.claims;
        (!claims.is_empty()).then(|| texts.claims(claims))
    }

    /// What was offered, and whether it stands, a line each.
    #[must_use]
    pub fn offers(&self, texts: Texts) -> Vec<String> {
        let offered = self.receipt.offers.iter();
        offered
            .map(|offered| {
                let offer = offered.offer.get(texts.language());
                if offered.stands {
                    t!(texts, "reading-offer-stands", offer = offer)
                } else {
                    t!(texts, "reading-offer-falls", offer = offer)
                }
            })
            .collect()
    }

    /// The deletion duty that it is about, if it is about one.
    #[must_use]
    pub fn duty(&self) -> Option<Owed<'_>> {
        self.receipt.duty.as_ref().map(Owed::of)
    }

    /// The request by right that it is about, if it is about one.
    #[must_use]
    pub fn request(&self) -> Option<Asked<'_>> {
        self.receipt.request.as_ref().map(Asked::of)
    }

    /// The edition of the plan that was not taken, if it is about one.
    #[must_use]
    pub fn declined(&self, texts: Texts) -> Option<String> {
        let declined = self.receipt.declined.as_ref()?;
        let version = declined.plan_version.0;
        Some(t!(texts, "reading-plan-edition", version = version))
    }

    /// What the consumer can do about it.
    #[must_use]
    pub fn rights(&self, texts: Texts) -> String {
        let rights = &self.receipt.controls.right_types;
        let words: Vec<String> = rights.iter().map(|right| words_of(texts, right)).collect();
        texts.list(&words)
    }

    /// In which language it was read.
    #[must_use]
    pub fn read_in(&self, texts: Texts) -> String {
        match self.receipt.notice.lang {
            Language::Nl => t!(texts, "reading-in-dutch"),
            Language::En => t!(texts, "reading-in-english"),
        }
    }
}

/// A purpose as a receipt tells it.
#[derive(Clone, Copy)]
pub struct Agreed<'a>(&'a Process);

impl Agreed<'_> {
    /// A few words.
    #[must_use]
    pub fn title(&self, texts: Texts) -> &str {
        self.0.title.get(texts.language())
    }

    /// Why.
    #[must_use]
    pub fn text(&self, texts: Texts) -> &str {
        self.0.text.get(texts.language())
    }

    /// The purpose in the words of the W3C Data Privacy Vocabulary.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0.purpose
    }

    /// On what ground.
    #[must_use]
    pub fn basis(&self, texts: Texts) -> String {
        match self.0.basis {
            LegalBasis::Consent => t!(texts, "ground-consent"),
            LegalBasis::Contract => t!(texts, "ground-contract"),
            LegalBasis::LegalObligation => t!(texts, "ground-legal-obligation"),
            LegalBasis::VitalInterests => t!(texts, "ground-vital-interests"),
            LegalBasis::PublicTask => t!(texts, "ground-public-task"),
            LegalBasis::LegitimateInterest => t!(texts, "ground-legitimate-interest"),
        }
    }

    /// Which data.
    #[must_use]
    pub fn claims(&self, texts: Texts) -> Option<String> {
        (!self.0.claims.is_empty()).then(|| texts.claims(self.0.claims))
    }

    /// What may be done with them, and by which channels the consumer may be
    /// reached.
    #[must_use]
    pub fn permissions(&self, texts: Texts) -> Option<String> {
        let permitted = self.0.permissions.iter().chain(&self.0.channels);
        let words: Vec<String> = permitted
            .map(|one| format!("“{}”", texts.permission(one)))
            .collect();
        (!words.is_empty()).then(|| texts.list(&words))
    }

    /// How long.
    #[must_use]
    pub fn keeps(&self, texts: Texts) -> String {
        let storage = &self.0.storage;
        let period = texts.retention(storage.duration);
        let from = match storage.counts_from {
            CountsFrom::Consent => t!(texts, "reading-from-consent"),
            CountsFrom::LastLogin => t!(texts, "reading-from-last-login"),
        };
        match &storage.until {
            Some(until) => t!(
                texts,
                "reading-keeps-until",
                period = period,
                from = from,
                until = moment(texts, until, Texts::date)
            ),
            None => t!(texts, "reading-keeps", period = period, from = from),
        }
    }

    /// How soon after that it must be gone; the law may have the business keep some of it
    /// (GDPR art. 17(3)(b)).
    #[must_use]
    pub fn goes(&self, texts: Texts) -> String {
        let period = texts.retention(self.0.storage.delete_within);
        if self.0.basis == LegalBasis::LegalObligation {
            t!(texts, "reading-gone-but-by-law", period = period)
        } else {
            t!(texts, "reading-gone-within", period = period)
        }
    }

    /// Where.
    #[must_use]
    pub fn places(&self, texts: Texts) -> String {
        let places = self.0.storage.locations.iter();
        let words: Vec<String> = places.map(|code| texts.country(code)).collect();
        texts.list(&words)
    }

    /// Who else gets them.
    #[must_use]
    pub fn recipients(&self, texts: Texts) -> String {
        let named = self.0.recipients.iter();
        let words: Vec<String> = named
            .map(|one| format!("{} ({})", one.name, texts.country(&one.country)))
            .collect();
        if words.is_empty() {
            t!(texts, "nobody")
        } else {
            texts.list(&words)
        }
    }

    /// What the consumer gets in return.
    #[must_use]
    pub fn offer(&self, texts: Texts) -> Option<&str> {
        let offer = self.0.offer.as_ref()?;
        Some(offer.get(texts.language()))
    }
}

/// A moment in words, or as it was written where it is none.
fn moment(texts: Texts, text: &str, say: impl Fn(Texts, Timestamp) -> String) -> String {
    Timestamp::from_rfc3339(text).map_or_else(|| text.to_owned(), |moment| say(texts, moment))
}

fn words_of(texts: Texts, right: &str) -> String {
    match right {
        "eu-gdpr:A7-3" => t!(texts, "reading-right-withdraw"),
        "eu-gdpr:A13" => t!(texts, "reading-right-informed"),
        "eu-gdpr:A15" => t!(texts, "reading-right-access"),
        "eu-gdpr:A16" => t!(texts, "reading-right-rectification"),
        "eu-gdpr:A17" => t!(texts, "reading-right-erasure"),
        "eu-gdpr:A18" => t!(texts, "reading-right-restriction"),
        "eu-gdpr:A20" => t!(texts, "reading-right-portability"),
        "eu-gdpr:A21" => t!(texts, "reading-right-object"),
        "eu-gdpr:A77" => t!(texts, "reading-right-complain"),
        other => other.to_owned(),
    }
}
