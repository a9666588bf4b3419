//! Telling the streams of events: what is kept in the transaction of an act.
//!
//! A signal is made before the transaction, and finds in it whether the client
//! has a stream that wants to hear it. So a stream hears everything that is
//! written after it was made, and nothing that was not.

use enumset::EnumSet;

use crate::app::App;
use crate::domain::claim::Claim;
use crate::domain::duty::Duty;
use crate::domain::grant::{EventKind, Grant};
use crate::domain::id::{ClientId, MessageId, ReceiptId, TransactionId};
use crate::domain::message::{Message, NewMessage};
use crate::domain::receipt::Method;
use crate::domain::rights::{Right, RightsRequest};
use crate::domain::signal::{Happening, Initiator, News, Occurrence, Signal};
use crate::domain::time::Timestamp;
use crate::random::Random;
use crate::service::clients::releasable_by_grant;
use crate::store::session_clients::ClientSession;
use crate::store::{Connection, StoreError, outbox, streams};

/// Something that the stream of a client tells, if it has one.
#[derive(Clone, Debug)]
pub(super) struct Told {
    id: MessageId,
    client_id: ClientId,
    txn: TransactionId,
    occurrence: Occurrence,
    at: Timestamp,
}

impl Told {
    fn new(
        random: &Random,
        client_id: &ClientId,
        txn: TransactionId,
        occurrence: Occurrence,
        at: Timestamp,
    ) -> Self {
        Self {
            id: MessageId::new(random.uuid(at)),
            client_id: client_id.clone(),
            txn,
            occurrence,
            at,
        }
    }

    /// What is told of a move of a grant. Its receipt is the act that all of
    /// it comes from.
    pub(super) fn of_move(
        app: &App,
        method: Method,
        event: EventKind,
        before: &Grant,
        after: &Grant,
        receipt_id: ReceiptId,
        duty: Option<&Duty>,
    ) -> Vec<Self> {
        let by = match method {
            Method::ConsentPage | Method::HouseRules | Method::AccountPage => Initiator::User,
            Method::Schedule => Initiator::Policy,
            Method::Business => Initiator::Admin,
            Method::Command => Initiator::System,
        };
        let at = app.now();
        let move_of_it = Happening::of_move(event, before, after, receipt_id, duty, at);
        // Whoever takes an agreement back is logged in by it nowhere.
        let taken_back = matches!(event, EventKind::Withdrawn | EventKind::Erased);
        let end_of_logins = taken_back.then_some(Happening::SessionRevoked { sid: None });
        let end_of_account = (event == EventKind::Erased).then_some(Happening::AccountPurged);
        let occurrence = |what| Occurrence {
            grant_id: after.id,
            subject: after.subject.clone(),
            by,
            what,
        };
        let txn = TransactionId::new(*receipt_id.as_uuid());
        move_of_it
            .into_iter()
            .chain(end_of_logins)
            .chain(end_of_account)
            .map(|what| Self::new(app.random(), &after.client_id, txn, occurrence(what), at))
            .collect()
    }

    /// What is told of a request by which somebody uses a right.
    pub(super) fn of_request(app: &App, grant: &Grant, request: &RightsRequest) -> Vec<Self> {
        let (request_id, claims, due) = (request.id, request.claims, request.due);
        let asked = Happening::DataSubjectRequest {
            request_id,
            right: request.right,
            claims,
            due,
        };
        let objected =
            (request.right == Right::Objection).then_some(Happening::ProcessingObjected {
                request_id,
                claims,
                due,
            });
        let txn = TransactionId::new(*request_id.as_uuid());
        let told = |what| {
            let occurrence = Occurrence {
                grant_id: grant.id,
                subject: grant.subject.clone(),
                by: Initiator::User,
                what,
            };
            let at = request.opened_at;
            Self::new(app.random(), &grant.client_id, txn, occurrence, at)
        };
        [asked].into_iter().chain(objected).map(told).collect()
    }

    /// What is told of the end of a session, to one of its clients.
    pub(super) fn of_session(
        random: &Random,
        session: &ClientSession,
        by: Initiator,
        at: Timestamp,
    ) -> Self {
        let occurrence = Occurrence {
            grant_id: session.grant_id,
            subject: session.subject.clone(),
            by,
            what: Happening::SessionRevoked {
                sid: Some(session.sid.clone()),
            },
        };
        // Each client knows the end of a session by another name.
        let txn = TransactionId::new(random.uuid(at));
        Self::new(random, &session.client_id, txn, occurrence, at)
    }

    /// What is told of somebody's account, to one of the clients that they have an
    /// agreement with.
    pub(super) fn of_account(
        random: &Random,
        grant: &Grant,
        what: Happening,
        at: Timestamp,
    ) -> Self {
        let occurrence = Occurrence {
            grant_id: grant.id,
            subject: grant.subject.clone(),
            by: Initiator::User,
            what,
        };
        // Each client knows the act by another name.
        let txn = TransactionId::new(random.uuid(at));
        Self::new(random, &grant.client_id, txn, occurrence, at)
    }

    /// Leaves out the duty that it told of.
    pub(super) fn forget_duty(&mut self) {
        self.occurrence.what.forget_duty();
    }

    /// Keeps it for the stream of its client, if there is one that wants it.
    pub(super) async fn keep(&self, tx: &mut Connection) -> Result<(), StoreError> {
        let subject = &self.occurrence.subject;
        let kind = self.occurrence.what.event_type();
        let stream = streams::listening(tx, &self.client_id, subject).await?;
        let Some(stream) = stream.filter(|stream| stream.hears(kind)) else {
            return Ok(());
        };
        let message = Message::Signal(Signal {
            stream_id: stream.id,
            txn: self.txn,
            news: News::Of(self.occurrence.clone()),
        });
        let new = NewMessage {
            id: self.id,
            message,
            created_at: self.at,
        };
        outbox::insert(tx, &new).await
    }
}

/// What is told of an edit of a profile: to each client, which of the claims
/// that its grant releases at this moment are others now.
pub(super) async fn of_edit(
    app: &App,
    changed: EnumSet<Claim>,
    grants: &[&Grant],
) -> Result<Vec<Told>, StoreError> {
    let (now, random) = (app.now(), app.random());
    let mut told = Vec::new();
    for grant in grants {
        // Of a client that was removed, nobody listens any more.
        let Some(client) = app.client(&grant.client_id).await? else {
            continue;
        };
        let claims = changed & releasable_by_grant(app, &client, grant, now);
        if claims.is_empty() {
            continue;
        }
        let occurrence = Occurrence {
            grant_id: grant.id,
            subject: grant.subject.clone(),
            by: Initiator::User,
            what: Happening::ProfileChanged { claims },
        };
        let txn = TransactionId::new(random.uuid(now));
        told.push(Told::new(random, &grant.client_id, txn, occurrence, now));
    }
    Ok(told)
}
