//! What stands in the letters about a way back in, and about what it needs.

use super::words::Text;
use crate::domain::message::About;
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};

/// Of the way back in, and of what it needs.
pub(super) fn words(texts: Texts, when: String, about: &About) -> Text {
    match about {
        About::Forgotten { .. } => Text::new(
            t!(texts, "letter-forgotten-subject"),
            vec![
                t!(texts, "letter-forgotten-what", when = when),
                t!(texts, "letter-forgotten-not-you"),
            ],
            t!(texts, "letter-forgotten-link"),
            "/recover/continue",
        ),
        About::ForgottenClaim { made_at, .. } => Text::new(
            t!(texts, "letter-forgotten-subject"),
            vec![
                t!(texts, "letter-forgotten-what", when = when),
                t!(
                    texts,
                    "letter-forgotten-claim",
                    made = texts.date_time(*made_at)
                ),
                t!(texts, "letter-forgotten-not-you"),
            ],
            t!(texts, "letter-forgotten-link"),
            "/recover/continue",
        ),
        About::RecoveryStarted { ready_at } => Text::new(
            t!(texts, "letter-started-subject"),
            vec![
                t!(
                    texts,
                    "letter-started-what",
                    when = when,
                    ready = texts.date_time(*ready_at)
                ),
                t!(texts, "letter-started-not-you"),
            ],
            t!(texts, "letter-started-link"),
            "/recover/stop",
        ),
        About::RecoveryTold {
            ready_at, empties, ..
        } => told_before(texts, &when, *ready_at, *empties),
        About::RecoveryReady => Text::new(
            t!(texts, "letter-ready-subject"),
            vec![
                t!(texts, "letter-ready-what"),
                t!(texts, "letter-ready-not-you"),
            ],
            t!(texts, "letter-ready-link"),
            "/recover/continue",
        ),
        About::RecoveryStopped => Text::new(
            t!(texts, "letter-stopped-subject"),
            vec![t!(texts, "letter-stopped-what", when = when)],
            t!(texts, "letter-security-link"),
            "/account/security",
        ),
        About::KitMade => Text::new(
            t!(texts, "letter-kit-subject"),
            vec![
                t!(texts, "letter-kit-what", when = when),
                t!(texts, "letter-kit-not-you"),
            ],
            t!(texts, "letter-security-link"),
            "/account/security",
        ),
        About::EscrowAllowed => Text::new(
            t!(texts, "letter-escrow-again-subject"),
            vec![
                t!(texts, "letter-escrow-again-what", when = when),
                t!(texts, "letter-escrow-not-you"),
            ],
            t!(texts, "letter-security-link"),
            "/account/security",
        ),
        About::EscrowDropped => Text::new(
            t!(texts, "letter-escrow-subject"),
            vec![
                t!(texts, "letter-escrow-what", when = when),
                t!(texts, "letter-escrow-not-you"),
            ],
            t!(texts, "letter-security-link"),
            "/account/security",
        ),
        _ => Text::new(
            t!(texts, "letter-recovered-subject"),
            vec![
                t!(texts, "letter-recovered-what", when = when),
                t!(texts, "letter-recovered-not-you"),
            ],
            t!(texts, "letter-recovered-link"),
            "/recover",
        ),
    }
}

/// At an address that was left: its own way to undo that comes first.
fn told_before(texts: Texts, when: &str, ready_at: Timestamp, empties: bool) -> Text {
    let ready = texts.date_time(ready_at);
    let (subject, what) = if empties {
        (
            t!(texts, "letter-emptying-subject"),
            t!(texts, "letter-emptying-what", when = when, ready = ready),
        )
    } else {
        (
            t!(texts, "letter-started-subject"),
            t!(texts, "letter-started-what", when = when, ready = ready),
        )
    };
    let left = t!(texts, "letter-address-left-subject");
    let undo = t!(texts, "letter-erasure-waits-undo", subject = left);
    let link = t!(texts, "letter-tried-link");
    Text::new(subject, vec![what, undo], link, "/sign-in")
}
