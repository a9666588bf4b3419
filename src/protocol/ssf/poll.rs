//! `/ssf/poll/{stream_id}`: a client fetches its events (RFC 8936).

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{FromRef, Path, State};
use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize, Serializer};
use tokio::time::interval;

use super::super::error::OAuthError;
use super::{Call, Members, answer, bad, told, unknown};
use crate::app::App;
use crate::domain::id::{MessageId, StreamId};
use crate::service::streams::{self, Fetched, Report, SetError};

/// Events at a time: each is signed while the client waits.
const MOST_EVENTS: u32 = 100;
/// How many events a client reports on at a time.
const MOST_REPORTED: usize = 1_000;
/// A client that does not want to be answered at once waits so often, so long.
const LOOKS: u32 = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);
/// Clients that wait on a node. Others are answered at once.
const MOST_WAITING: usize = 128;

/// What the handler needs: who waits here, besides the application.
#[derive(Clone)]
pub(super) struct Polls {
    app: App,
    waiting: Arc<Mutex<HashSet<StreamId>>>,
}

impl Polls {
    pub(super) fn of(app: &App) -> Self {
        Self {
            app: app.clone(),
            waiting: Arc::default(),
        }
    }

    /// A place to wait, unless all are taken or somebody waits by that stream.
    fn place(&self, id: StreamId) -> Option<Place> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        (waiting.len() < MOST_WAITING && waiting.insert(id)).then(|| Place {
            id,
            waiting: Arc::clone(&self.waiting),
        })
    }
}

impl FromRef<Polls> for App {
    fn from_ref(polls: &Polls) -> Self {
        polls.app.clone()
    }
}

/// A place to wait, which is free again when the client has gone.
struct Place {
    id: StreamId,
    waiting: Arc<Mutex<HashSet<StreamId>>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.remove(&self.id);
    }
}

/// Why a client will not have an event (RFC 8936 §2.6).
#[derive(Deserialize)]
struct Refusal {
    err: Option<String>,
}

/// What a poll says (§2.4).
struct Poll {
    report: Report,
    most: u32,
    immediately: bool,
}

impl Poll {
    fn read(members: &Members) -> Result<Self, OAuthError> {
        let most: Option<u32> = members.optional("maxEvents")?;
        let acknowledged: Option<Vec<String>> = members.optional("ack")?;
        let refused: Option<BTreeMap<String, Refusal>> = members.optional("setErrs")?;
        let (acknowledged, refused) = (
            acknowledged.unwrap_or_default(),
            refused.unwrap_or_default(),
        );
        if acknowledged.len() + refused.len() > MOST_REPORTED {
            return Err(bad(format!("at most {MOST_REPORTED} of ack and setErrs")));
        }
        // What is no identifier of ours names nothing that we have.
        let ours = |text: &str| text.parse::<MessageId>().ok();
        let why = |refusal: &Refusal| SetError::from_word(refusal.err.as_deref());
        Ok(Self {
            report: Report {
                acknowledged: acknowledged.iter().filter_map(|id| ours(id)).collect(),
                refused: refused
                    .iter()
                    .filter_map(|(id, refusal)| Some((ours(id)?, why(refusal))))
                    .collect(),
            },
            most: most.unwrap_or(MOST_EVENTS).min(MOST_EVENTS),
            immediately: members.optional("returnImmediately")?.unwrap_or(false),
        })
    }
}

/// What is answered (§2.5).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(serialize_with = "in_order")]
    sets: Vec<(MessageId, String)>,
    more_available: bool,
}

/// The oldest first. Objects have no order, but many a reader keeps it.
fn in_order<S: Serializer>(sets: &[(MessageId, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(sets.iter().map(|(id, jwt)| (id, jwt)))
}

/// `POST`: the client says what it has, and gets what there is.
pub(super) async fn poll(
    State(polls): State<Polls>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, OAuthError> {
    let app = &polls.app;
    let client = call.reader(app).await?;
    let poll = Poll::read(&call.members()?)?;
    let id: StreamId = id.parse().map_err(|_| unknown())?;
    let look = |report| streams::poll(app, &client, id, report, poll.most);
    let mut fetched = look(poll.report).await.map_err(told)?;
    let is_patient = !poll.immediately && poll.most > 0;
    if is_patient
        && fetched.sets.is_empty()
        && let Some(_place) = polls.place(id)
    {
        let mut ticks = interval(BETWEEN_LOOKS);
        ticks.tick().await;
        for _ in 0..LOOKS {
            ticks.tick().await;
            fetched = look(Report::default()).await.map_err(told)?;
            if !fetched.sets.is_empty() {
                break;
            }
        }
    }
    let Fetched { sets, more } = fetched;
    let document = Answer {
        sets,
        more_available: more,
    };
    Ok(answer(StatusCode::OK, &document))
}
