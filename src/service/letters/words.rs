//! What stands in each letter.

use super::opened_text;
use crate::app::App;
use crate::crypto::secret::{MailLink, Opaque};
use crate::domain::browser::Seen;
use crate::domain::message::About;
use crate::i18n::{Texts, t};
use crate::service::accounts::Contact;
use crate::service::notices::Words;
use crate::service::{Fault, recovery};
use crate::store::outbox::Claimed;

/// What stands in the mail.
pub(super) fn words(
    app: &App,
    claimed: &Claimed,
    about: &About,
    link: Option<&Opaque<MailLink>>,
    contact: &Contact,
) -> Result<Words, Fault> {
    let texts = Texts::new(contact.language);
    let issuer = &app.config().issuer;
    let when = texts.date_time(claimed.created_at);
    // The letters of a link need no escaping in a query.
    let with_link = |path: &str| match link {
        Some(link) => format!("{path}?token={}", *link.reveal()),
        None => path.to_owned(),
    };
    let (subject, lines, label, path) = match about {
        About::Confirm => (
            t!(texts, "letter-confirm-subject"),
            vec![
                t!(texts, "letter-confirm-why", issuer = issuer.as_str()),
                t!(texts, "letter-confirm-not-you"),
            ],
            t!(texts, "letter-confirm-link"),
            with_link("/confirm-email"),
        ),
        About::SignUpTried { .. } => (
            t!(texts, "letter-tried-subject"),
            vec![
                t!(
                    texts,
                    "letter-tried-what",
                    issuer = issuer.as_str(),
                    when = when
                ),
                t!(texts, "letter-tried-forgot"),
                t!(texts, "letter-tried-not-you"),
            ],
            t!(texts, "letter-tried-link"),
            "/sign-in".to_owned(),
        ),
        About::NewBrowser { seen_sealed } => {
            let seen = opened_text(app, claimed.id, seen_sealed)?;
            let browser = Seen::from_bytes(&seen)
                .map_or_else(|| t!(texts, "browser-unknown"), |seen| texts.browser(&seen));
            (
                t!(texts, "letter-browser-subject"),
                vec![
                    t!(texts, "letter-browser-what", when = when, browser = browser),
                    t!(texts, "letter-browser-you"),
                    t!(texts, "letter-browser-not-you"),
                ],
                t!(texts, "letter-browser-link"),
                "/account/security".to_owned(),
            )
        }
        About::Forgotten { .. } => (
            t!(texts, "letter-forgotten-subject"),
            vec![
                t!(texts, "letter-forgotten-what", when = when),
                t!(texts, "letter-forgotten-not-you"),
            ],
            t!(texts, "letter-forgotten-link"),
            with_link("/recover/continue"),
        ),
        About::RecoveryStarted { ready_at } => (
            // The wait counts from now: it may have taken a while to tell.
            t!(texts, "letter-started-subject"),
            vec![
                t!(
                    texts,
                    "letter-started-what",
                    when = when,
                    ready = texts.date_time((*ready_at).max(app.now().plus(recovery::WAIT)))
                ),
                t!(texts, "letter-started-not-you"),
            ],
            t!(texts, "letter-started-link"),
            with_link("/recover/stop"),
        ),
        About::RecoveryReady => (
            t!(texts, "letter-ready-subject"),
            vec![
                t!(texts, "letter-ready-what"),
                t!(texts, "letter-ready-not-you"),
            ],
            t!(texts, "letter-ready-link"),
            with_link("/recover/continue"),
        ),
        About::RecoveryStopped => (
            t!(texts, "letter-stopped-subject"),
            vec![t!(texts, "letter-stopped-what", when = when)],
            t!(texts, "letter-security-link"),
            "/account/security".to_owned(),
        ),
        About::Recovered => (
            t!(texts, "letter-recovered-subject"),
            vec![
                t!(texts, "letter-recovered-what", when = when),
                t!(texts, "letter-recovered-not-you"),
            ],
            t!(texts, "letter-recovered-link"),
            "/recover".to_owned(),
        ),
        About::KitMade => (
            t!(texts, "letter-kit-subject"),
            vec![
                t!(texts, "letter-kit-what", when = when),
                t!(texts, "letter-kit-not-you"),
            ],
            t!(texts, "letter-security-link"),
            "/account/security".to_owned(),
        ),
        About::Guessed { .. } => (
            t!(texts, "letter-guessed-subject"),
            vec![
                t!(
                    texts,
                    "letter-guessed-what",
                    when = when,
                    issuer = issuer.as_str()
                ),
                t!(texts, "letter-guessed-slower"),
                t!(texts, "letter-guessed-elsewhere"),
            ],
            t!(texts, "letter-security-link"),
            "/account/security".to_owned(),
        ),
        About::EscrowAllowed => (
            t!(texts, "letter-escrow-again-subject"),
            vec![
                t!(texts, "letter-escrow-again-what", when = when),
                t!(texts, "letter-escrow-not-you"),
            ],
            t!(texts, "letter-security-link"),
            "/account/security".to_owned(),
        ),
        About::EscrowDropped => (
            t!(texts, "letter-escrow-subject"),
            vec![
                t!(texts, "letter-escrow-what", when = when),
                t!(texts, "letter-escrow-not-you"),
            ],
            t!(texts, "letter-security-link"),
            "/account/security".to_owned(),
        ),
    };
    Ok(Words::new(
        issuer,
        contact.language,
        &subject,
        lines,
        label,
        &path,
    ))
}
