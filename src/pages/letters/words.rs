//! What a letter and a complaint say, in the language of the letter.

use super::Letter;
use crate::domain::duty::Reason;
use crate::domain::language::Language;
use crate::domain::rights::RightsRequest;
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};

impl Letter {
    /// The phrases, by value, as templates hand them on.
    #[must_use]
    pub const fn texts(&self) -> Texts {
        self.texts
    }

    /// The tag of its language.
    #[must_use]
    pub const fn lang(&self) -> &'static str {
        self.texts.language().as_str()
    }

    /// The languages that it can be had in as well.
    pub fn others(&self) -> impl Iterator<Item = Language> {
        let own = self.texts.language();
        Language::ALL.into_iter().filter(move |other| *other != own)
    }

    /// Whether it is about some data of an agreement that lives on.
    #[must_use]
    pub fn is_of_some(&self) -> bool {
        self.reason == Reason::Narrowed
    }

    /// What there was, in a sentence.
    #[must_use]
    pub fn agreement(&self) -> String {
        let (texts, since) = (self.texts, self.texts.date(self.since));
        let (issuer, client) = (self.issuer.as_str(), self.client.as_str());
        if self.is_of_some() {
            return t!(
                texts,
                "letter-agreement-lives",
                issuer = issuer,
                client = client
            );
        }
        if self.claims.is_empty() {
            return t!(
                texts,
                "letter-agreement-nothing",
                since = since,
                issuer = issuer,
                client = client
            );
        }
        t!(
            texts,
            "letter-agreement",
            since = since,
            issuer = issuer,
            client = client,
            claims = texts.claims(self.claims.iter().copied())
        )
    }

    /// What there was and how it ended, as it is told to an authority.
    #[must_use]
    pub fn complaint(&self) -> String {
        let (texts, since) = (self.texts, self.texts.date(self.since));
        let (issuer, client) = (self.issuer.as_str(), self.client.as_str());
        let agreement = if self.is_of_some() {
            t!(
                texts,
                "complaint-agreement-lives",
                issuer = issuer,
                client = client
            )
        } else if self.claims.is_empty() {
            t!(
                texts,
                "complaint-agreement-nothing",
                since = since,
                issuer = issuer,
                client = client
            )
        } else {
            t!(
                texts,
                "complaint-agreement",
                since = since,
                issuer = issuer,
                client = client,
                claims = texts.claims(self.claims.iter().copied())
            )
        };
        let date = texts.date(self.opened_at);
        let end = match self.reason {
            Reason::Withdrawn => t!(texts, "letter-end-withdrawn", date = date),
            Reason::Ended => t!(texts, "complaint-end-ended", date = date),
            Reason::Expired => t!(texts, "letter-end-expired", date = date),
            Reason::Narrowed => self.narrowed(),
        };
        let due = texts.date(self.delete_by);
        // What nobody asked is not said to have been asked.
        let asked = match self.known_at {
            Some(at) => t!(
                texts,
                "complaint-not-deleted",
                date = texts.date(at),
                due = due
            ),
            None => t!(texts, "complaint-not-confirmed", due = due),
        };
        format!("{agreement} {end} {asked}")
    }

    /// What belongs to the agreement no longer.
    fn narrowed(&self) -> String {
        let texts = self.texts;
        t!(
            texts,
            "letter-end-narrowed",
            date = texts.date(self.opened_at),
            claims = texts.claims(self.claims.iter().copied())
        )
    }

    /// What the business is to do.
    #[must_use]
    pub fn demand(&self) -> String {
        let texts = self.texts;
        if self.is_of_some() {
            t!(texts, "letter-demand-some")
        } else {
            t!(texts, "letter-demand")
        }
    }

    /// Until when the business has time to answer the letter (GDPR art. 12(3));
    /// `None` once it is up, or without a letter.
    #[must_use]
    pub fn answer_by(&self) -> Option<Timestamp> {
        let due = self.letter_at.map(RightsRequest::due_of);
        due.filter(|due| *due >= self.today)
    }

    /// Which rules it breaks, and what the authority is to do. Silence breaks
    /// one only once a letter had its month.
    #[must_use]
    pub fn accusation(&self) -> String {
        let texts = self.texts;
        let is_silent = self.letter_at.is_some() && self.answer_by().is_none();
        match (self.is_of_some(), is_silent) {
            (false, true) => t!(texts, "complaint-demand"),
            (false, false) => t!(texts, "complaint-demand-first"),
            (true, true) => t!(texts, "complaint-demand-some"),
            (true, false) => t!(texts, "complaint-demand-some-first"),
        }
    }

    /// What there is to show for it.
    #[must_use]
    pub fn evidence(&self) -> String {
        let (texts, issuer) = (self.texts, self.issuer.as_str());
        if self.is_of_some() {
            t!(texts, "complaint-evidence-some", issuer = issuer)
        } else {
            t!(texts, "complaint-evidence", issuer = issuer)
        }
    }

    /// How it ended, and what was asked then.
    #[must_use]
    pub fn end(&self) -> String {
        let (texts, date) = (self.texts, self.texts.date(self.opened_at));
        let end = match self.reason {
            Reason::Withdrawn => t!(texts, "letter-end-withdrawn", date = date),
            Reason::Ended => t!(texts, "letter-end-ended", date = date),
            Reason::Expired => t!(texts, "letter-end-expired", date = date),
            Reason::Narrowed => self.narrowed(),
        };
        let Some(known_at) = self.known_at else {
            return end;
        };
        let asked = t!(
            texts,
            "letter-asked",
            date = texts.date(known_at),
            due = texts.date(self.delete_by)
        );
        format!("{end} {asked}")
    }
}
