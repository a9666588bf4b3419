//! Asking the provider anew, and bearing a no.

use super::Shop;
use super::person::Person;
use super::relying_party::Failure;
use super::session::{Login, Session};

/// What the provider lets us see of this visitor, now.
pub(super) enum Access {
    /// They did not log in.
    Guest,
    /// They let us.
    Open(Login),
    /// They paused it: the agreement stands, and we see nothing.
    Paused(Login),
    /// They took it back; what we held is gone.
    Lost,
    /// The provider did not say; this is what it said last.
    Unknown(Login, Failure),
}

/// Asks UserInfo again. An access token that is refused may merely be old, so
/// the refresh token gets a try before we take it for a withdrawal.
pub(super) async fn look_again(shop: &Shop, session_id: &str) -> Access {
    let Some(login) = session(shop, session_id).login else {
        return Access::Guest;
    };
    match ask(shop, session_id, &login).await {
        Ok(login) => Access::Open(login),
        Err(Failure::Refused) => match renew(shop, session_id, &login).await {
            Access::Open(renewed) => match ask(shop, session_id, &renewed).await {
                Ok(login) => Access::Open(login),
                Err(failure) => failed(shop, session_id, renewed, failure),
            },
            refused => refused,
        },
        Err(failure) => failed(shop, session_id, login, failure),
    }
}

fn failed(shop: &Shop, session_id: &str, login: Login, failure: Failure) -> Access {
    match failure {
        Failure::Refused => lose(shop, session_id, &login),
        Failure::Paused => {
            let mut blind = login.clone();
            blind.person = Person::default();
            let mut book = shop.ledger.book();
            book.restrict(login.subject.as_str(), true);
            drop(book);
            keep(shop, session_id, &login, blind.clone());
            Access::Paused(blind)
        }
        failure => Access::Unknown(login, failure),
    }
}

/// Trades the refresh token for fresh ones; `login` is the one that was
/// seen.
pub(super) async fn renew(shop: &Shop, session_id: &str, login: &Login) -> Access {
    let turn = session(shop, session_id).refreshing;
    let _turn = turn.lock().await;
    match session(shop, session_id).login {
        None => return Access::Guest,
        // Another tab was first.
        Some(current) if !is_same(&current, login) => return Access::Open(current),
        Some(_) => {}
    }
    let Some(refresh_token) = &login.refresh_token else {
        return lose(shop, session_id, login);
    };
    match shop
        .relying_party
        .refresh(refresh_token, &login.subject)
        .await
    {
        Ok(renewed) => {
            let mut fresh = login.clone();
            fresh.access_token = renewed.access_token;
            // RFC 6749 §6: without a new refresh token the old one stays.
            fresh.refresh_token = renewed.refresh_token.or(fresh.refresh_token);
            fresh.terms = renewed.terms;
            let mut book = shop.ledger.book();
            book.agree(login.subject.as_str(), &fresh.terms);
            drop(book);
            fresh.receipt = renewed.receipt.unwrap_or(fresh.receipt);
            keep(shop, session_id, login, fresh.clone());
            Access::Open(fresh)
        }
        Err(failure) => failed(shop, session_id, login.clone(), failure),
    }
}

async fn ask(shop: &Shop, session_id: &str, login: &Login) -> Result<Login, Failure> {
    let person = shop
        .relying_party
        .user_info(&login.access_token, &login.subject)
        .await?;
    let mut fresh = login.clone();
    fresh.person = person;
    if shop.site.is_shop() {
        let mut book = shop.ledger.book();
        book.learn(login.subject.as_str(), &fresh.person, shop.now());
    }
    keep(shop, session_id, login, fresh.clone());
    Ok(fresh)
}

/// Keeps a newer state of a login, unless the visitor logged out or in again
/// while we asked.
fn keep(shop: &Shop, session_id: &str, old: &Login, new: Login) {
    shop.sessions.change(session_id, |session| {
        if session.login.as_ref().is_some_and(|now| is_same(now, old)) {
            session.login = Some(new);
        }
    });
}

fn session(shop: &Shop, session_id: &str) -> Session {
    shop.sessions.read(session_id)
}

fn lose(shop: &Shop, session_id: &str, login: &Login) -> Access {
    shop.sessions
        .change(session_id, |session| match &session.login {
            Some(now) if !is_same(now, login) => Access::Open(now.clone()),
            _ => {
                session.lose_access(login.subject.as_str());
                Access::Lost
            }
        })
}

fn is_same(one: &Login, other: &Login) -> bool {
    one.access_token.secret() == other.access_token.secret()
}
