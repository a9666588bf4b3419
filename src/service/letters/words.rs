//! What stands in the letters.

use super::{Told, erasure, opened_text, way_back};
use crate::app::App;
use crate::crypto::secret::{MailLink, Opaque};
use crate::domain::account::Gone;
use crate::domain::browser::Seen;
use crate::domain::message::About;
use crate::i18n::{Texts, t};
use crate::service::Fault;
use crate::service::notices::Words;
use crate::store::outbox::Claimed;

/// A subject, what is said, and where a button leads.
pub(super) struct Text {
    subject: String,
    lines: Vec<String>,
    label: String,
    path: String,
}

/// That an address came back, and what went with that.
fn reclaimed(texts: Texts, when: &str, gone: Gone) -> Vec<String> {
    let went = t!(texts, "email-undo-went", what = texts.gone(gone));
    let stays = t!(texts, "email-undo-password-stays");
    let mut lines = vec![t!(texts, "letter-address-restored-what", when = when)];
    lines.extend((!gone.is_nothing()).then_some(went));
    lines.extend(gone.leaves_later_password().then_some(stays));
    lines.push(t!(texts, "letter-address-restored-next"));
    lines
}

impl Text {
    pub(super) fn new(subject: String, lines: Vec<String>, label: String, path: &str) -> Self {
        let path = path.to_owned();
        Self {
            subject,
            lines,
            label,
            path,
        }
    }

    /// With a link of its own. Its letters need no escaping in a query.
    fn leading(mut self, link: Option<&Opaque<MailLink>>) -> Self {
        if let Some(link) = link {
            self.path = format!("{}?token={}", self.path, *link.reveal());
        }
        self
    }
}

/// What stands in a letter.
pub(super) fn of(
    app: &App,
    claimed: &Claimed,
    told: &Told,
    link: Option<&Opaque<MailLink>>,
) -> Result<Words, Fault> {
    let (about, language) = (&told.about, told.language);
    let texts = Texts::new(language);
    let issuer = &app.config().issuer;
    let when = texts.date_time(claimed.created_at);
    let text = match about {
        About::NewBrowser { seen_sealed } => {
            let seen = opened_text(app, claimed.id, seen_sealed)?;
            new_browser(texts, when, Seen::from_bytes(&seen).as_ref())
        }
        About::Confirm
        | About::Taken
        | About::AddressAsked
        | About::AddressKept
        | About::AddressLink { .. }
        | About::AddressLeft { .. }
        | About::AddressNew
        | About::AddressRestored
        | About::AddressReclaimed { .. }
        | About::AddressDropped { .. } => address(texts, when, issuer.as_str(), told),
        About::Forgotten { .. }
        | About::ForgottenClaim { .. }
        | About::RecoveryStarted { .. }
        | About::RecoveryTold { .. }
        | About::RecoveryReady
        | About::RecoveryStopped
        | About::Recovered
        | About::KitMade
        | About::EscrowDropped
        | About::EscrowAllowed => way_back::words(texts, when, about),
        About::PasswordGuessed { .. } => guessed(texts, &when, issuer.as_str()),
        About::EmptyingStarted { .. }
        | About::EmptyingReady
        | About::Emptied
        | About::ErasureWaits { .. }
        | About::ErasureCalledOff
        | About::Farewell { .. } => erasure::words(texts, &when, about),
        _ => way_in(texts, &when, about),
    };
    let Text {
        subject,
        lines,
        label,
        path,
    } = match about {
        About::Taken | About::PasswordGuessed { .. } | About::Guessed => text,
        _ => text.leading(link),
    };
    Ok(Words::new(issuer, language, &subject, lines, label, &path))
}

fn new_browser(texts: Texts, when: String, seen: Option<&Seen>) -> Text {
    let browser = seen.map_or_else(|| t!(texts, "browser-unknown"), |seen| texts.browser(seen));
    Text::new(
        t!(texts, "letter-browser-subject"),
        vec![
            t!(texts, "letter-browser-what", when = when, browser = browser),
            t!(texts, "letter-browser-you"),
            t!(texts, "letter-browser-not-you"),
        ],
        t!(texts, "letter-browser-link"),
        "/account/security",
    )
}

/// Of the address that an account has, or is to have.
fn address(texts: Texts, when: String, issuer: &str, told: &Told) -> Text {
    match &told.about {
        About::Taken => Text::new(
            t!(texts, "letter-tried-subject"),
            vec![
                t!(texts, "letter-tried-what", issuer = issuer, when = when),
                t!(texts, "letter-tried-forgot"),
                t!(texts, "letter-tried-not-you"),
            ],
            t!(texts, "letter-tried-link"),
            "/sign-in",
        ),
        About::AddressAsked => Text::new(
            t!(texts, "letter-address-asked-subject"),
            vec![
                t!(texts, "letter-address-asked-what", when = when),
                t!(texts, "letter-address-asked-not-you"),
            ],
            t!(texts, "letter-security-link"),
            "/account/security",
        ),
        About::AddressKept => Text::new(
            t!(texts, "letter-address-kept-subject"),
            vec![
                t!(texts, "letter-address-kept-what", when = when),
                t!(texts, "letter-address-kept-not-you"),
            ],
            t!(texts, "letter-security-link"),
            "/account/security",
        ),
        About::AddressLink { .. } => Text::new(
            t!(texts, "letter-address-link-subject"),
            vec![
                t!(
                    texts,
                    "letter-address-link-what",
                    when = when,
                    issuer = issuer
                ),
                t!(texts, "letter-address-link-not-you"),
            ],
            t!(texts, "letter-address-link-link"),
            "/change-email",
        ),
        About::AddressLeft { undo: true, .. } => Text::new(
            t!(texts, "letter-address-left-subject"),
            vec![
                t!(texts, "letter-address-left-what", when = when),
                t!(texts, "letter-address-left-undo"),
            ],
            t!(texts, "letter-address-left-link"),
            "/undo-email",
        ),
        About::AddressLeft { undo: false, .. } => Text::new(
            t!(texts, "letter-address-left-subject"),
            vec![
                t!(texts, "letter-address-left-what", when = when),
                t!(texts, "letter-address-left-never"),
            ],
            t!(texts, "letter-tried-link"),
            "/sign-in",
        ),
        About::AddressNew => Text::new(
            t!(texts, "letter-address-new-subject"),
            vec![
                t!(
                    texts,
                    "letter-address-new-what",
                    when = when,
                    issuer = issuer
                ),
                t!(texts, "letter-address-new-profiles"),
            ],
            t!(texts, "letter-security-link"),
            "/account/security",
        ),
        About::AddressRestored => Text::new(
            t!(texts, "letter-address-restored-subject"),
            vec![
                t!(texts, "letter-address-restored-what", when = when),
                t!(texts, "letter-address-restored-next"),
            ],
            t!(texts, "letter-recovered-link"),
            "/recover",
        ),
        About::AddressReclaimed { gone } => Text::new(
            t!(texts, "letter-address-restored-subject"),
            reclaimed(texts, &when, *gone),
            t!(texts, "letter-recovered-link"),
            "/recover",
        ),
        About::AddressDropped { .. } => Text::new(
            t!(texts, "letter-address-dropped-subject"),
            vec![
                t!(
                    texts,
                    "letter-address-dropped-what",
                    when = when,
                    issuer = issuer
                ),
                t!(texts, "letter-address-dropped-you"),
            ],
            t!(texts, "letter-tried-link"),
            "/sign-in",
        ),
        _ => Text::new(
            t!(texts, "letter-confirm-subject"),
            vec![
                t!(
                    texts,
                    "letter-confirm-why",
                    made = texts.date_time(told.made_at),
                    issuer = issuer
                ),
                t!(texts, "letter-confirm-not-you"),
            ],
            t!(texts, "letter-confirm-link"),
            "/confirm-email",
        ),
    }
}

/// Of somebody who tries one password after the other.
fn guessed(texts: Texts, when: &str, issuer: &str) -> Text {
    Text::new(
        t!(texts, "letter-guessed-subject"),
        vec![
            t!(texts, "letter-guessed-what", when = when, issuer = issuer),
            t!(texts, "letter-guessed-slower"),
            t!(texts, "letter-guessed-elsewhere"),
        ],
        t!(texts, "letter-security-link"),
        "/account/security",
    )
}

/// Of the ways in: whoever takes an account over changes these, and its owner
/// has to hear of it.
fn way_in(texts: Texts, when: &str, about: &About) -> Text {
    let (subject, line) = match about {
        About::PasskeyAdded => (
            t!(texts, "mail-passkey-added-subject"),
            t!(texts, "mail-passkey-added"),
        ),
        About::PasskeyRemoved => (
            t!(texts, "mail-passkey-removed-subject"),
            t!(texts, "mail-passkey-removed"),
        ),
        About::PasskeyDoubted => (
            t!(texts, "mail-passkey-doubted-subject"),
            t!(texts, "mail-passkey-doubted"),
        ),
        About::TotpAdded => (
            t!(texts, "mail-totp-added-subject"),
            t!(texts, "mail-totp-added"),
        ),
        About::TotpRemoved => (
            t!(texts, "mail-totp-removed-subject"),
            t!(texts, "mail-totp-removed"),
        ),
        About::CodesMade => (
            t!(texts, "mail-codes-made-subject"),
            t!(texts, "mail-codes-made"),
        ),
        About::CodeUsed { left } => (
            t!(texts, "mail-code-used-subject"),
            t!(texts, "mail-code-used", left = u32::clone(left)),
        ),
        About::MinorClosed => (
            t!(texts, "mail-minor-closed-subject"),
            t!(texts, "mail-minor-closed"),
        ),
        About::MinorOpened => (
            t!(texts, "mail-minor-opened-subject"),
            t!(texts, "mail-minor-opened"),
        ),
        About::WentAlong => (
            t!(texts, "mail-went-along-subject"),
            t!(texts, "mail-went-along"),
        ),
        About::Downloaded => (
            t!(texts, "mail-downloaded-subject"),
            t!(texts, "mail-downloaded"),
        ),
        About::PasswordChanged => (
            t!(texts, "mail-password-changed-subject"),
            t!(texts, "mail-password-changed"),
        ),
        About::PasswordSet => (
            t!(texts, "mail-password-set-subject"),
            t!(texts, "mail-password-set"),
        ),
        About::PasswordRemoved => (
            t!(texts, "mail-password-removed-subject"),
            t!(texts, "mail-password-removed"),
        ),
        _ => (t!(texts, "mail-guessed-subject"), t!(texts, "mail-guessed")),
    };
    Text::new(
        subject,
        vec![
            t!(texts, "mail-security-when", when = when),
            line,
            t!(texts, "mail-security-not-you"),
        ],
        t!(texts, "mail-security-link"),
        "/account/security",
    )
}
