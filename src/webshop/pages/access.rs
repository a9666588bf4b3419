//! Asking the provider anew, and bearing a no.

use crate::webshop::Shop;
use crate::webshop::guard::Visit;
use crate::webshop::person::Person;
use crate::webshop::relying_party::Failure;
use crate::webshop::session::Login;

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
pub(super) async fn look_again(shop: &Shop, visit: &Visit) -> Access {
    let Some(login) = visit.session(shop).login else {
        return Access::Guest;
    };
    match ask(shop, visit, &login).await {
        Ok(login) => Access::Open(login),
        Err(Failure::Refused) => match renew(shop, visit, &login).await {
            Access::Open(renewed) => match ask(shop, visit, &renewed).await {
                Ok(login) => Access::Open(login),
                Err(failure) => failed(shop, visit, renewed, failure),
            },
            refused => refused,
        },
        Err(failure) => failed(shop, visit, login, failure),
    }
}

fn failed(shop: &Shop, visit: &Visit, login: Login, failure: Failure) -> Access {
    match failure {
        Failure::Refused => lose(shop, visit, &login),
        Failure::Paused => {
            let mut blind = login.clone();
            blind.person = Person::default();
            keep(shop, visit, &login, blind.clone());
            Access::Paused(blind)
        }
        failure => Access::Unknown(login, failure),
    }
}

/// Trades the refresh token for fresh ones; `login` is the one that this
/// visit saw.
pub(super) async fn renew(shop: &Shop, visit: &Visit, login: &Login) -> Access {
    let turn = visit.session(shop).refreshing;
    let _turn = turn.lock().await;
    match visit.session(shop).login {
        None => return Access::Guest,
        // Another tab was first.
        Some(current) if !is_same(&current, login) => return Access::Open(current),
        Some(_) => {}
    }
    let Some(refresh_token) = &login.refresh_token else {
        return lose(shop, visit, login);
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
            fresh.receipt = renewed.receipt.unwrap_or(fresh.receipt);
            keep(shop, visit, login, fresh.clone());
            Access::Open(fresh)
        }
        Err(failure) => failed(shop, visit, login.clone(), failure),
    }
}

async fn ask(shop: &Shop, visit: &Visit, login: &Login) -> Result<Login, Failure> {
    let person = shop
        .relying_party
        .user_info(&login.access_token, &login.subject)
        .await?;
    let mut fresh = login.clone();
    fresh.person = person;
    keep(shop, visit, login, fresh.clone());
    Ok(fresh)
}

/// Keeps a newer state of a login, unless the visitor logged out or in again
/// while we asked.
fn keep(shop: &Shop, visit: &Visit, old: &Login, new: Login) {
    shop.sessions.change(&visit.session_id, |session| {
        if session.login.as_ref().is_some_and(|now| is_same(now, old)) {
            session.login = Some(new);
        }
    });
}

fn lose(shop: &Shop, visit: &Visit, login: &Login) -> Access {
    shop.sessions
        .change(&visit.session_id, |session| match &session.login {
            Some(now) if !is_same(now, login) => Access::Open(now.clone()),
            _ => {
                session.lose_access();
                Access::Lost
            }
        })
}

fn is_same(one: &Login, other: &Login) -> bool {
    one.access_token.secret() == other.access_token.secret()
}
