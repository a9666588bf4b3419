//! What the shop does when it is told something.

use super::Shop;
use super::event::{Ending, Event, News};
use super::ledger::{Heard, Stale};

/// Takes an event to heart. One that was heard before changes nothing.
pub(super) fn react(shop: &Shop, event: Event) {
    let mut book = shop.ledger.book();
    if !book.seen.is_new(&event.jti) {
        return;
    }
    let now = shop.now();
    book.hear(Heard {
        at: now,
        happened_at: event.happened_at,
        subject: event.subject.clone(),
        news: event.news.clone(),
        commanded: false,
    });
    let subject = event.subject.unwrap_or_default();
    let stale = |claims, terms| Stale {
        claims,
        terms,
        told_at: now,
    };
    match event.news {
        News::Ended(ending) => {
            drop(book);
            end(shop, &subject, &ending);
        }
        News::Changed { dropped, duty, .. } => {
            // The new terms say what may be known: that is read anew.
            book.mark(&subject, stale(Vec::new(), true));
            drop(book);
            match duty {
                Some(ending) => end(shop, &subject, &ending),
                None => shop.ledger.book().drop_claims(&subject, &dropped),
            }
        }
        News::Restricted(restricted) => {
            book.restrict(&subject, restricted);
            // It may have changed meanwhile (docs/shared-signals.md §4).
            if !restricted {
                book.mark(&subject, stale(Vec::new(), true));
            }
        }
        News::ProfileChanged { claims } => book.mark(&subject, stale(claims, false)),
        News::SignedOut { sid } => {
            drop(book);
            shop.sessions.sign_out(&subject, sid.as_deref());
        }
        News::Objected => book.object(&subject),
        News::Request { .. } | News::Verification | News::StreamUpdated { .. } | News::Other(_) => {
        }
    }
    shop.upkeep.wake();
}

/// An agreement is over. Nobody is logged in under it from here on; what is
/// held is deleted at once, unless the shopkeeper wants to press the button.
pub(super) fn end(shop: &Shop, subject: &str, ending: &Ending) {
    let mut book = shop.ledger.book();
    let now = shop.now();
    let number = book.owe(subject, ending, now);
    let is_over = book
        .customer(subject)
        .is_none_or(|customer| customer.is_under(ending.grant_id.as_deref()));
    if !book.waits {
        book.carry_out(number, now);
    }
    drop(book);
    if is_over && ending.is_whole() {
        shop.sessions.lose(subject);
    }
}
