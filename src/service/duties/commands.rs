//! Commanding a client to delete (OpenID Provider Commands 1.0, draft): unlike
//! an event, a command is answered at once with what became of the account, and
//! so its answer can confirm the duty.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::{AnswerError, confirm};
use crate::app::App;
use crate::crypto::jwt::Typ;
use crate::crypto::signing::Algorithm;
use crate::domain::duty::{Duty, Kept};
use crate::domain::id::{ClientId, DutyId, GrantId, MessageId};
use crate::domain::message::Command;
use crate::domain::subject::Subject;
use crate::outbound::{Answer, FORM, Post};
use crate::service::Fault;
use crate::service::deliveries::Delivery;
use crate::store::{duties, grants};

/// How long a command token is good.
const LIFETIME: Duration = Duration::from_mins(2);
/// What is read of an answer: sixteen parts with a law each fit well.
const MOST_OF_ANSWER: usize = 32 * 1024;

/// The claims of a command token. Never a `nonce`, so that it cannot be taken
/// for an ID token.
#[derive(Serialize)]
struct CommandToken<'a> {
    iss: &'a str,
    aud: &'a ClientId,
    sub: &'a Subject,
    iat: i64,
    exp: i64,
    jti: MessageId,
    command: &'static str,
    /// Accounts here are people's own, and no organisation's.
    tenant: &'static str,
    // Ours: members that are not known are passed over.
    grant_id: GrantId,
    duty_id: DutyId,
    delete_by: i64,
}

/// Commands a client to delete. The token is made anew for each attempt, and
/// known by the same `jti`.
pub(in crate::service) async fn tell(app: &App, id: MessageId, command: &Command) -> Delivery {
    match try_to_tell(app, id, command).await {
        Ok(delivery) => delivery,
        Err(fault) => {
            tracing::error!(error = %fault, "a command cannot be given");
            Delivery::NotNow("the command could not be given".to_owned())
        }
    }
}

async fn try_to_tell(app: &App, id: MessageId, command: &Command) -> Result<Delivery, Fault> {
    let client = app.client(&command.client_id).await?;
    // Where it takes commands by now.
    let Some((client, endpoint)) = client.as_ref().and_then(|client| {
        let endpoint = client.client.metadata.command_endpoint.as_ref()?;
        Some((client, endpoint))
    }) else {
        return Ok(Delivery::Moot);
    };
    let mut connection = app.store().read().await?;
    let found = duties::of_client(&mut connection, &command.client_id, command.duty_id).await?;
    let Some(duty) = found.filter(|duty| duty.state().is_owed() && duty.is_of_all()) else {
        return Ok(Delivery::Moot);
    };
    // Whoever has come back has an account there again, which is not to go.
    let live = grants::live(&mut connection, duty.account_id, &command.client_id).await?;
    drop(connection);
    if live.is_some() {
        return Ok(Delivery::Moot);
    }
    let now = app.now();
    let claims = CommandToken {
        iss: app.issuer(),
        aud: &command.client_id,
        sub: &duty.subject,
        iat: now.as_seconds(),
        exp: now.plus(LIFETIME).as_seconds(),
        jti: id,
        command: "delete",
        tenant: "personal",
        grant_id: duty.grant_id,
        duty_id: duty.id,
        delete_by: duty.delete_by.as_seconds(),
    };
    let algorithm = Algorithm::from(client.client.metadata.id_token_signed_response_alg);
    let token = app.keys().await?.sign(Typ::Command, algorithm, &claims)?;
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("command_token", &token)
        .finish();
    let post = Post {
        url: endpoint.url(),
        content_type: FORM,
        accept: "application/json",
        authorization: None,
        dpop: None,
        body,
        most: MOST_OF_ANSWER,
    };
    let answer = match app.outbound().ask(post).await {
        Ok(answer) => answer,
        Err(error) => return Ok(Delivery::Unheard(error.to_string())),
    };
    let kept = match judge(&answer, &duty) {
        Verdict::Deleted(kept) => kept,
        Verdict::Delivery(delivery) => return Ok(delivery),
    };
    match confirm(app, client, duty.id, kept).await {
        // It was answered by the API meanwhile, or they came back: that stands.
        Ok(_) | Err(AnswerError::Answered | AnswerError::Lapsed) => Ok(Delivery::Heard),
        Err(AnswerError::Fault(fault)) => Err(fault),
        // It is gone, but for something that cannot be: nothing is confirmed by
        // that, and asking again would get the same.
        Err(AnswerError::Invalid(error)) => {
            tracing::warn!(client = %client.client.id, %error, "a command is answered wrongly");
            Ok(Delivery::Heard)
        }
        Err(error @ AnswerError::Unknown) => Ok(Delivery::NotNow(error.to_string())),
    }
}

/// What came of a command.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// The account is gone, but for this.
    Deleted(Vec<Kept>),
    /// It is not, or nothing says so.
    Delivery(Delivery),
}

/// An answer of a client (§ Success Response, § Incompatible State Response).
/// `kept` is ours.
#[derive(Deserialize)]
struct Reply {
    account_state: Option<String>,
    sub: Option<String>,
    #[serde(default)]
    kept: Vec<Kept>,
}

/// After a `delete` there is no account any more: its state is `unknown`. Some
/// write `deleted`. One that says what it has to keep may call it `archived`.
fn judge(answer: &Answer, duty: &Duty) -> Verdict {
    let unheard = |why: String| Verdict::Delivery(Delivery::Unheard(why));
    let status = answer.status;
    let reply: Option<Reply> = match status {
        200 | 409 => serde_json::from_slice(&answer.body).ok(),
        _ => None,
    };
    let about_them = |reply: &Reply| {
        let subject = duty.subject.to_string();
        reply.sub.as_ref().is_none_or(|sub| *sub == subject)
    };
    match (status, reply.filter(about_them)) {
        (200 | 409, Some(reply)) => match reply.account_state.as_deref() {
            Some("unknown" | "deleted") => Verdict::Deleted(reply.kept),
            Some("archived") if !reply.kept.is_empty() => Verdict::Deleted(reply.kept),
            // It read the command, and does not say that anything is deleted:
            // it can still confirm by the API.
            _ => Verdict::Delivery(Delivery::Heard),
        },
        // The draft takes this for a success; it proves nothing.
        (204 | 202, _) => Verdict::Delivery(Delivery::Heard),
        (400, _) => Verdict::Delivery(Delivery::Refused("answered with status 400".to_owned())),
        (status, _) => unheard(format!("answered with status {status}")),
    }
}

#[cfg(test)]
mod tests {
    use enumset::EnumSet;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::domain::claim::Claim;
    use crate::domain::duty::Reason;
    use crate::domain::id::AccountId;
    use crate::domain::time::Timestamp;

    fn duty() -> Duty {
        Duty {
            id: DutyId::new(Uuid::from_u128(1)),
            account_id: AccountId::new(Uuid::from_u128(2)),
            grant_id: GrantId::new(Uuid::from_u128(3)),
            client_id: "shop".parse().expect("an id"),
            subject: Subject::from_random([4; 16]),
            claims: EnumSet::only(Claim::Name),
            reason: Reason::Withdrawn,
            opened_at: Timestamp::from_seconds(1),
            delete_by: Timestamp::from_seconds(2),
            told_at: None,
            seen_at: None,
            overdue_at: None,
            lapsed_at: None,
            letter_at: None,
            answer: None,
        }
    }

    fn judged(status: u16, body: &serde_json::Value) -> Verdict {
        let answer = Answer {
            status,
            body: body.to_string().into_bytes(),
            dpop_nonce: None,
        };
        judge(&answer, &duty())
    }

    #[test]
    fn only_an_account_that_is_gone_confirms_anything() {
        let sub = duty().subject.to_string();
        for (status, body) in [
            (200, json!({"account_state": "unknown", "sub": sub})),
            (200, json!({"account_state": "deleted"})),
            (
                409,
                json!({"account_state": "unknown", "error": "incompatible_state"}),
            ),
        ] {
            assert_eq!(judged(status, &body), Verdict::Deleted(vec![]), "{body}");
        }
        for (status, body) in [
            (200, json!({"account_state": "active", "sub": sub})),
            (200, json!({"account_state": "archived"})),
            (200, json!({})),
            (202, json!({"account_state": "unknown"})),
            (204, json!(null)),
            (
                409,
                json!({"account_state": "suspended", "error": "incompatible_state"}),
            ),
        ] {
            let told = Verdict::Delivery(Delivery::Heard);
            assert_eq!(judged(status, &body), told, "{status} {body}");
        }
        for (status, body) in [
            (200, json!("deleted")),
            (
                200,
                json!({"account_state": "unknown", "sub": "somebody-else"}),
            ),
            (201, json!({"account_state": "unknown"})),
            (302, json!({"account_state": "unknown"})),
            (401, json!({"error": "unrecognized_provider"})),
            (500, json!({"account_state": "unknown"})),
        ] {
            let verdict = judged(status, &body);
            let unheard = matches!(verdict, Verdict::Delivery(Delivery::Unheard(_)));
            assert!(unheard, "{status} {body} {verdict:?}");
        }
        let refused = judged(400, &json!({"error": "unsupported_command"}));
        assert!(matches!(refused, Verdict::Delivery(Delivery::Refused(_))));
    }

    #[test]
    fn an_answer_may_say_what_is_kept() {
        let kept = json!([{"claims": ["name"], "basis": "legal_obligation",
                           "law": "Art. 52 AWR", "until": "2033-12-31"}]);
        for state in ["unknown", "deleted", "archived"] {
            let body = json!({"account_state": state, "kept": kept});
            let Verdict::Deleted(kept) = judged(200, &body) else {
                panic!("{body}");
            };
            assert_eq!(kept.len(), 1);
        }
    }
}
