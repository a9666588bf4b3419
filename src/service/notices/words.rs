//! What stands in a mail, as text and as HTML.

use askama::Template;

use crate::app::App;
use crate::config::Issuer;
use crate::crypto::postmark::Postmark;
use crate::domain::attribute::Email;
use crate::domain::language::Language;
use crate::i18n::{Texts, t};
use crate::mail::{Mail, one_line};
use crate::service::Fault;
use crate::store::outbox::Claimed;

/// What stands in a mail.
#[derive(Clone)]
pub(in crate::service) struct Words {
    pub(in crate::service) language: Language,
    pub(in crate::service) subject: String,
    pub(in crate::service) lines: Vec<String>,
    pub(in crate::service) link: String,
    pub(in crate::service) url: String,
    pub(in crate::service) footer: String,
}

#[derive(Template)]
#[template(path = "mail.txt")]
struct AsText<'a> {
    subject: &'a str,
    lines: &'a [String],
    link: &'a str,
    url: &'a str,
    footer: &'a str,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct AsHtml<'a> {
    language: &'a str,
    subject: &'a str,
    lines: &'a [String],
    link: &'a str,
    url: &'a str,
    footer: &'a str,
}

impl Words {
    /// Of a mail that leads to a page of this server.
    pub(in crate::service) fn new(
        issuer: &Issuer,
        language: Language,
        subject: &str,
        lines: Vec<String>,
        link: String,
        path: &str,
    ) -> Self {
        Self {
            language,
            subject: one_line(subject),
            lines,
            link,
            url: issuer.at(path),
            footer: t!(
                Texts::new(language),
                "mail-footer",
                issuer = issuer.as_str()
            ),
        }
    }

    /// The mail that brings a message to an address.
    pub(in crate::service) fn to_mail(
        &self,
        app: &App,
        claimed: &Claimed,
        to: Email,
    ) -> Result<Mail, Fault> {
        let (text, html) = self
            .written()
            .map_err(|_| Fault::Inconsistent("a mail cannot be rendered"))?;
        Ok(Mail {
            mark: Postmark::new(app.master(), claimed.id, &to),
            to,
            language: self.language,
            subject: self.subject.clone(),
            text,
            html,
            date: claimed.created_at,
        })
    }

    /// As text, and as HTML.
    fn written(&self) -> Result<(String, String), askama::Error> {
        let Self {
            language,
            subject,
            lines,
            link,
            url,
            footer,
        } = self;
        let text = AsText {
            subject,
            lines,
            link,
            url,
            footer,
        };
        let html = AsHtml {
            language: language.as_str(),
            subject,
            lines,
            link,
            url,
            footer,
        };
        Ok((text.render()?, html.render()?))
    }
}
