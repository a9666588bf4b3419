//! Logging out of clients: who is told, and how (OpenID Connect Back-Channel
//! Logout 1.0 and Front-Channel Logout 1.0). A client with a stream of events
//! hears it there as well.
//!
//! Refresh tokens of a session are not revoked with it: §2.7 of the former
//! keeps those that were granted `offline_access`, and there are no others
//! here.

use std::collections::HashSet;
use std::time::Duration;

use serde::Serialize;
use url::form_urlencoded;

use crate::app::App;
use crate::crypto::jwt::Typ;
use crate::crypto::signing::Algorithm;
use crate::domain::id::{AccountId, ClientId, GrantId, MessageId};
use crate::domain::message::{Logout, Message, NewMessage};
use crate::domain::signal::Initiator;
use crate::domain::subject::Subject;
use crate::domain::time::Timestamp;
use crate::domain::token::Sid;
use crate::outbound::FORM;
use crate::random::Random;
use crate::service::Fault;
use crate::service::deliveries::Delivery;
use crate::service::signals::Told;
use crate::store::clients::RegisteredClient;
use crate::store::session_clients::{self, ClientSession};
use crate::store::sessions;
use crate::store::{Connection, StoreError, address_changes, departures, outbox};

/// How long a logout token is good (§4 recommends two minutes at most).
const LOGOUT_TOKEN_LIFETIME: Duration = Duration::from_mins(2);
/// How often it is looked whether any session is left. Each time, somebody would
/// have had to show anew who they are.
const ROUNDS: u32 = 10;

/// The end of a session, as it is told to clients.
#[derive(Clone)]
pub(super) struct Farewell {
    random: Random,
    now: Timestamp,
    by: Initiator,
    /// Clients that asked for nothing to be told.
    deaf: HashSet<ClientId>,
}

impl Farewell {
    /// Looks up which of the clients of a session want to be told, and notes
    /// whose doing its end is.
    pub(super) async fn of_session(
        app: &App,
        account_id: AccountId,
        hash: [u8; 32],
        by: Initiator,
    ) -> Result<Self, StoreError> {
        let mut connection = app.store().read().await?;
        let clients = session_clients::of_session(&mut connection, account_id, hash).await?;
        drop(connection);
        Self::of_clients(app, clients, by).await
    }

    /// Looks nothing up: who wants to be told is found out when they are.
    pub(super) fn to_whoever(app: &App, by: Initiator) -> Self {
        Self {
            random: app.random().clone(),
            now: app.now(),
            by,
            deaf: HashSet::new(),
        }
    }

    /// [`Farewell::of_session`], of all sessions of an account.
    pub(super) async fn of_account(
        app: &App,
        account_id: AccountId,
        by: Initiator,
    ) -> Result<Self, StoreError> {
        let mut connection = app.store().read().await?;
        let clients = session_clients::of_account(&mut connection, account_id).await?;
        drop(connection);
        Self::of_clients(app, clients, by).await
    }

    async fn of_clients(
        app: &App,
        clients: Vec<ClientSession>,
        by: Initiator,
    ) -> Result<Self, StoreError> {
        let mut deaf = HashSet::new();
        for ClientSession { client_id, .. } in clients {
            if !deaf.contains(&client_id) && !listens(app.client(&client_id).await?.as_deref()) {
                deaf.insert(client_id);
            }
        }
        Ok(Self {
            random: app.random().clone(),
            now: app.now(),
            by,
            deaf,
        })
    }

    /// Ends the session, and keeps a message for each client that is to be
    /// told. Of any number of nodes that try, one does.
    pub(super) async fn end_session(
        &self,
        tx: &mut Connection,
        account_id: AccountId,
        hash: [u8; 32],
    ) -> Result<Vec<ClientSession>, StoreError> {
        let ended = sessions::end(tx, account_id, hash).await?;
        for client in &ended {
            Told::of_session(&self.random, client, self.by, self.now)
                .keep(tx)
                .await?;
            // Who joined meanwhile is told: there is no harm in it.
            if !self.deaf.contains(&client.client_id) {
                let logout = of_client(client);
                outbox::insert(tx, &new_message(&self.random, logout, self.now)).await?;
            }
        }
        Ok(ended)
    }

    /// Ends all sessions of an account but one, if one is to stay; those as well
    /// that take the place of others meanwhile, since somebody shows again who they
    /// are. With them ends what was allowed in them that opens the vault by itself,
    /// and what was asked for in them: a change of address that waits.
    pub(super) async fn end_all(
        &self,
        tx: &mut Connection,
        account_id: AccountId,
        but: Option<[u8; 32]>,
    ) -> Result<(), StoreError> {
        for _ in 0..ROUNDS {
            let mut others = sessions::hashes(tx, account_id).await?;
            others.retain(|hash| Some(*hash) != but);
            if others.is_empty() {
                address_changes::end(tx, account_id, self.now).await?;
                return departures::end_all(tx, account_id).await;
            }
            // One that is being replaced is waited for, and its successor is found in
            // the next round.
            for hash in others {
                self.end_session(tx, account_id, hash).await?;
            }
        }
        Err(StoreError::Contended)
    }
}

fn listens(client: Option<&RegisteredClient>) -> bool {
    client.is_some_and(|client| client.client.metadata.backchannel_logout_uri.is_some())
}

fn of_client(client: &ClientSession) -> Logout {
    Logout {
        client_id: client.client_id.clone(),
        grant_id: client.grant_id,
        subject: client.subject.clone(),
        sid: Some(client.sid.clone()),
    }
}

fn new_message(random: &Random, logout: Logout, now: Timestamp) -> NewMessage {
    NewMessage {
        id: MessageId::new(random.uuid(now)),
        message: Message::BackchannelLogout(logout),
        created_at: now,
    }
}

/// What is told at the end of an agreement that the consumer took back.
#[derive(Clone)]
pub(super) struct Parting {
    random: Random,
    /// Whether the client needs a message for each session (§2.2,
    /// `backchannel_logout_session_required`).
    by_session: bool,
    client_id: ClientId,
    subject: Subject,
    now: Timestamp,
}

impl Parting {
    /// From a client; `None` when it asked for nothing to be told.
    pub(super) fn with(app: &App, client: &RegisteredClient, subject: &Subject) -> Option<Self> {
        let metadata = &client.client.metadata;
        (listens(Some(client)) && client.removed_at.is_none()).then(|| Self {
            random: app.random().clone(),
            by_session: metadata.backchannel_logout_session_required,
            client_id: client.client.id.clone(),
            subject: subject.clone(),
            now: app.now(),
        })
    }

    /// Keeps what the client is to be told, of an agreement whose sessions
    /// these were.
    pub(super) async fn keep(
        &self,
        tx: &mut Connection,
        grant_id: GrantId,
        sessions: &[ClientSession],
    ) -> Result<(), StoreError> {
        let whole = || Logout {
            client_id: self.client_id.clone(),
            grant_id,
            subject: self.subject.clone(),
            sid: None,
        };
        let logouts = if self.by_session {
            sessions.iter().map(of_client).collect()
        } else {
            vec![whole()]
        };
        for logout in logouts {
            outbox::insert(tx, &new_message(&self.random, logout, self.now)).await?;
        }
        Ok(())
    }
}

/// The claims of a logout token (§2.4). Never a `nonce`, so that it cannot be
/// taken for an ID token.
#[derive(Serialize)]
struct LogoutToken<'a> {
    iss: &'a str,
    aud: &'a ClientId,
    iat: i64,
    exp: i64,
    jti: MessageId,
    sub: &'a Subject,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a Sid>,
    events: Events,
}

#[derive(Default, Serialize)]
struct Events {
    #[serde(rename = "http://schemas.openid.net/event/backchannel-logout")]
    logout: Nothing,
}

#[derive(Default, Serialize)]
struct Nothing {}

/// Tells a client that somebody was logged out. The token is made anew for
/// each attempt, and known by the same `jti`.
pub(super) async fn tell(app: &App, id: MessageId, logout: &Logout) -> Delivery {
    match try_to_tell(app, id, logout).await {
        Ok(delivery) => delivery,
        Err(fault) => {
            tracing::error!(error = %fault, "a logout token cannot be made");
            Delivery::Unheard("the logout token could not be made".to_owned())
        }
    }
}

async fn try_to_tell(app: &App, id: MessageId, logout: &Logout) -> Result<Delivery, Fault> {
    let client = app.client(&logout.client_id).await?;
    let Some(metadata) = client.as_ref().map(|client| &client.client.metadata) else {
        return Ok(Delivery::Heard);
    };
    // Where it wants to be told by now.
    let Some(uri) = &metadata.backchannel_logout_uri else {
        return Ok(Delivery::Heard);
    };
    let now = app.now();
    let claims = LogoutToken {
        iss: app.issuer(),
        aud: &logout.client_id,
        iat: now.as_seconds(),
        exp: now.plus(LOGOUT_TOKEN_LIFETIME).as_seconds(),
        jti: id,
        sub: &logout.subject,
        sid: logout.sid.as_ref(),
        events: Events::default(),
    };
    let algorithm = Algorithm::from(metadata.id_token_signed_response_alg);
    let token = app.keys().await?.sign(Typ::Logout, algorithm, &claims)?;
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("logout_token", &token)
        .finish();
    Ok(match app.outbound().post(uri.url(), FORM, body).await {
        Ok(200 | 204) => Delivery::Heard,
        // §2.8: it read the request, and either it is wrong or it cannot be done.
        Ok(400) => Delivery::Refused("answered with status 400".to_owned()),
        Ok(status) => Delivery::Unheard(format!("answered with status {status}")),
        Err(error) => Delivery::Unheard(error.to_string()),
    })
}
