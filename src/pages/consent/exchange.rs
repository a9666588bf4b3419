//! `/consent/{id}`: the question is shown, the answer is taken.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;

use super::assembly::{Assembly, plan_hash};
use super::ticks::{Read, Ticks};
use super::{AnsweredPage, ConsentPage, Problem};
use crate::domain::authorization::Answer;
use crate::domain::house_rules::Answers;
use crate::domain::id::RequestId;
use crate::domain::receipt::Hash;
use crate::domain::tier::TierChoice;
use crate::pages::confirm;
use crate::pages::way::{asker_of, find_request, lead_to, see_other};
use crate::service::authorizations::{
    self, ConsentView, Next, Replied, Reply, Waiting, consent_view, must_sign_in,
};
use crate::service::{Fault, grants};
use crate::web::authorization_response;
use crate::web::error_page;
use crate::web::form::ConsumerForm;
use crate::web::page::respond;
use crate::web::params::Params;
use crate::web::visitor::Consumer;

/// `GET /consent/{id}`: asks, unless there is nothing to ask any more.
pub async fn show(
    mut consumer: Consumer,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let waiting = match find(&mut consumer, &id).await {
        Ok(waiting) => waiting,
        Err(fault) => return consumer.error(fault),
    };
    if waiting.pending.request.transfer {
        return see_other(&format!("/transfer/{id}"));
    }
    let shown = match &waiting.pending.answer {
        Some(answer) => answered(&consumer, &waiting, answer, StatusCode::OK).await,
        None => ask(&consumer, &waiting, wants_form(query.as_deref())).await,
    };
    shown.unwrap_or_else(|fault| consumer.fault(&fault))
}

async fn find(consumer: &mut Consumer, id: &str) -> Result<Waiting, error_page::Fault> {
    let id: RequestId = id.parse().map_err(|_| error_page::Fault::UnknownRequest)?;
    let waiting = find_request(&mut consumer.visitor, id).await?;
    // The receipt says in which language the question was read.
    consumer.signed_in.account.language = consumer.visitor.language;
    Ok(waiting)
}

/// Whether someone wants to change what their house rules filled in.
fn wants_form(query: Option<&str>) -> bool {
    query
        .and_then(Params::parse)
        .is_some_and(|params| params.get("rules") == Some("change"))
}

async fn ask(consumer: &Consumer, waiting: &Waiting, wants_form: bool) -> Result<Response, Fault> {
    let app = &consumer.visitor.app;
    let signed_in = &consumer.signed_in;
    match authorizations::go_on(app, waiting, signed_in).await? {
        Next::SignIn(id) => Ok(sign_in_again(id)),
        Next::Answer(answer) => Ok(authorization_response::tell(&consumer.visitor, &answer).await),
        Next::Consent(_) => {
            let view = consent_view(app, waiting, signed_in).await?;
            let (plan, profiles) = (&view.plan, &view.contents.profiles);
            let ticks = match (&view.current, &view.rules) {
                (Some(grant), _) => {
                    Ticks::of_terms(&grant.terms, view.before.as_ref(), plan, profiles)
                }
                (None, Some(rules)) => Ticks::of_rules(rules, plan, profiles),
                (None, None) => Ticks::default(),
            };
            let question = Question::new(consumer, waiting, &view);
            Ok(match (&view.rules, &view.rules_hash) {
                (Some(rules), Some(hash)) if !wants_form => question.fill_in(rules, hash, &ticks),
                (Some(rules), _) => question.begin(rules, &ticks),
                (None, _) => question.show(StatusCode::OK, &question.page(&ticks)),
            })
        }
    }
}

fn sign_in_again(id: RequestId) -> Response {
    see_other(&format!("/sign-in?request={id}"))
}

/// The question, as it stands for one consumer.
struct Question<'a> {
    consumer: &'a Consumer,
    waiting: &'a Waiting,
    assembly: Assembly<'a>,
}

impl<'a> Question<'a> {
    fn new(consumer: &'a Consumer, waiting: &'a Waiting, view: &'a ConsentView) -> Self {
        Self {
            consumer,
            waiting,
            assembly: Assembly {
                action: format!("/consent/{}", waiting.pending.id),
                terms: view.screen_hash.as_str(),
                about: Some(&waiting.client.business.document),
                plan: &view.plan,
                offline: view.offline,
                highest: view.highest,
                ceiling: view.ceiling,
                contents: &view.contents,
                current: view.current.as_ref(),
                before: view.before.as_ref(),
                keeps: view.keeps,
                replaces: view.replaces,
                rules: view.rules.as_ref(),
                now: consumer.visitor.app.now(),
                texts: consumer.visitor.texts(),
            },
        }
    }

    fn page(&self, ticks: &Ticks) -> ConsentPage {
        let asker = asker_of(self.waiting, &self.consumer.visitor);
        self.assembly.page(self.consumer.shell(None), asker, ticks)
    }

    /// The page that house rules filled in.
    fn fill_in(&self, rules: &Answers, terms: &Hash, ticks: &Ticks) -> Response {
        let asker = asker_of(self.waiting, &self.consumer.visitor);
        let shell = self.consumer.shell(None);
        let page = self.assembly.filled_in(shell, asker, rules, terms, ticks);
        self.show(StatusCode::OK, &page)
    }

    /// The form, with what house rules say, and what comes in the way of it.
    fn begin(&self, rules: &Answers, ticks: &Ticks) -> Response {
        let problems = rules.tier().map_or_else(Vec::new, |tier| {
            self.assembly.problems(&rules.blocked, tier, ticks)
        });
        let page = ConsentPage {
            problems,
            ..self.page(ticks)
        };
        self.show(StatusCode::OK, &page)
    }

    fn show(&self, status: StatusCode, page: &impl Template) -> Response {
        let mut response = respond(status, page);
        lead_to(&mut response, self.waiting);
        response
    }

    fn show_problems(&self, ticks: &Ticks, problems: Vec<Problem>) -> Response {
        let page = ConsentPage {
            problems,
            ..self.page(ticks)
        };
        self.show(StatusCode::UNPROCESSABLE_ENTITY, &page)
    }
}

/// The page for a question that has its answer.
async fn answered(
    consumer: &Consumer,
    waiting: &Waiting,
    answer: &Answer,
    status: StatusCode,
) -> Result<Response, Fault> {
    let manage = match answer {
        Answer::Denied | Answer::Transferred => None,
        // Whoever answered may have been someone else in this browser.
        Answer::Allowed { grant_id, .. } => {
            grants::one(&consumer.visitor.app, &consumer.signed_in, *grant_id)
                .await?
                .map(|view| format!("/account/businesses/{}", view.grant.id))
        }
    };
    let page = AnsweredPage {
        shell: consumer.shell(None),
        asker: asker_of(waiting, &consumer.visitor),
        manage,
    };
    Ok(respond(status, &page))
}

/// `POST /consent/{id}`
pub async fn submit(Path(id): Path<String>, form: ConsumerForm) -> Response {
    let ConsumerForm {
        mut consumer,
        params,
    } = form;
    match gives_most(&mut consumer, &id, &params).await {
        Ok(true) => {}
        Ok(false) => return Box::pin(answer(&mut consumer, &id, &params)).await,
        Err(page) => return page,
    }
    match confirm::in_form(&mut consumer, &params).await {
        Ok(confirmed) => confirmed.answer(Box::pin(answer(&mut consumer, &id, &params)).await),
        Err(page) => let_lead(&mut consumer, &id, page).await,
    }
}

/// Whether it is a yes that gives what only the high profile holds, be it one
/// item of it: that nobody may say who only finds an open browser. What cannot be
/// read or is not there any more gives nothing, and is told by [`answer`].
async fn gives_most(consumer: &mut Consumer, id: &str, params: &Params) -> Result<bool, Response> {
    if params.get("answer") != Some("allow") {
        return Ok(false);
    }
    let Ok(waiting) = find(consumer, id).await else {
        return Ok(false);
    };
    let app = &consumer.visitor.app;
    let view = consent_view(app, &waiting, &consumer.signed_in).await;
    let view = view.map_err(|fault| consumer.fault(&fault))?;
    let (plan, profiles) = (&view.plan, &view.contents.profiles);
    let offered = Question::new(consumer, &waiting, &view).assembly.offered();
    let read = Ticks::read(params, plan, profiles, &offered).ok();
    Ok(read.is_some_and(|Read { ticks, .. }| {
        ticks
            .tier
            .is_some_and(|tier| ticks.choice(tier, plan, profiles).gives_most(profiles))
    }))
}

/// The page that asks who someone is carries the form, which leads to the client.
async fn let_lead(consumer: &mut Consumer, id: &str, mut page: Response) -> Response {
    if let Ok(waiting) = find(consumer, id).await {
        lead_to(&mut page, &waiting);
    }
    page
}

async fn answer(consumer: &mut Consumer, id: &str, params: &Params) -> Response {
    // Who loses a race against another tab finds the answer when looking again.
    for last in [false, true] {
        let waiting = match find(consumer, id).await {
            Ok(waiting) => waiting,
            Err(fault) => return consumer.error(fault),
        };
        match take(consumer, &waiting, params).await {
            Ok(response) => return response,
            Err(Fault::Contended) if !last => {}
            Err(fault) => return consumer.fault(&fault),
        }
    }
    consumer.fault(&Fault::Contended)
}

async fn take(consumer: &Consumer, waiting: &Waiting, params: &Params) -> Result<Response, Fault> {
    let app = &consumer.visitor.app;
    let pending = &waiting.pending;
    if pending.request.transfer {
        return Ok(see_other(&format!("/transfer/{}", pending.id)));
    }
    // Also whoever sends a form without having been shown it has to be the
    // one that the business asked for.
    if must_sign_in(app, &waiting.client, pending, &consumer.signed_in).await? {
        return Ok(sign_in_again(pending.id));
    }
    match params.get("answer") {
        Some("deny") => {
            let no = Reply::Deny {
                screen_hash: params.get("terms").unwrap_or_default().to_owned(),
            };
            let replied = authorizations::reply(app, waiting, &consumer.signed_in, no).await?;
            tell(
                consumer,
                waiting,
                replied,
                TierChoice::Anonymous,
                &Ticks::default(),
            )
            .await
        }
        Some("allow") => allow(consumer, waiting, params).await,
        Some("show") => show_choice(consumer, waiting, params).await,
        _ => Ok(consumer.error(error_page::Fault::Malformed)),
    }
}

/// Shows the page for what is chosen so far. Nothing is answered by it.
async fn show_choice(
    consumer: &Consumer,
    waiting: &Waiting,
    params: &Params,
) -> Result<Response, Fault> {
    if let Some(answer) = &waiting.pending.answer {
        return answered(consumer, waiting, answer, StatusCode::CONFLICT).await;
    }
    let app = &consumer.visitor.app;
    let view = consent_view(app, waiting, &consumer.signed_in).await?;
    let question = Question::new(consumer, waiting, &view);
    let (plan, profiles) = (&view.plan, &view.contents.profiles);
    let Ok(read) = Ticks::read(params, plan, profiles, &question.assembly.offered()) else {
        return Ok(consumer.error(error_page::Fault::Malformed));
    };
    let same = params.get("plan") == Some(&plan_hash(plan));
    let ticks = if same {
        read.ticks
    } else {
        read.ticks.on_another_plan()
    };
    let page = ConsentPage {
        changed: !same,
        ..question.page(&ticks)
    };
    Ok(question.show(StatusCode::OK, &page))
}

async fn allow(consumer: &Consumer, waiting: &Waiting, params: &Params) -> Result<Response, Fault> {
    let app = &consumer.visitor.app;
    let view = consent_view(app, waiting, &consumer.signed_in).await?;
    let question = Question::new(consumer, waiting, &view);
    let profiles = &view.contents.profiles;
    let offered = question.assembly.offered();
    let Ok(read) = Ticks::read(params, &view.plan, profiles, &offered) else {
        return Ok(consumer.error(error_page::Fault::Malformed));
    };
    let Read {
        ticks,
        retention_wrong,
    } = read;
    let tier = match (ticks.tier, &waiting.pending.answer) {
        (Some(tier), _) if !retention_wrong => tier,
        (_, Some(answer)) => {
            return answered(consumer, waiting, answer, StatusCode::CONFLICT).await;
        }
        (tier, None) => {
            let mut problems = Vec::new();
            if tier.is_none() {
                problems.push(Problem::NoTier);
            }
            if retention_wrong {
                problems.push(Problem::Retention);
            }
            return Ok(question.show_problems(&ticks, problems));
        }
    };
    let reply = Reply::Allow {
        choice: ticks.choice(tier, &view.plan, profiles),
        screen_hash: params.get("terms").unwrap_or_default().to_owned(),
    };
    let replied = authorizations::reply(app, waiting, &consumer.signed_in, reply).await?;
    let ticks = if params.get("plan") == Some(&plan_hash(&view.plan)) {
        ticks
    } else {
        ticks.on_another_plan()
    };
    tell(consumer, waiting, replied, tier, &ticks).await
}

/// Says what came of a reply.
async fn tell(
    consumer: &Consumer,
    waiting: &Waiting,
    replied: Replied,
    tier: TierChoice,
    ticks: &Ticks,
) -> Result<Response, Fault> {
    match replied {
        Replied::Answer(answer) => {
            Ok(authorization_response::tell(&consumer.visitor, &answer).await)
        }
        Replied::AnsweredBefore(answer) => {
            answered(consumer, waiting, &answer, StatusCode::CONFLICT).await
        }
        Replied::Unmet(view, unmet) => {
            let question = Question::new(consumer, waiting, &view);
            let problems = question.assembly.problems(&unmet, tier, ticks);
            Ok(question.show_problems(ticks, problems))
        }
        Replied::TooHigh(view) => {
            let question = Question::new(consumer, waiting, &view);
            Ok(question.show_problems(ticks, vec![Problem::TooHigh]))
        }
        Replied::Changed(view) => {
            let question = Question::new(consumer, waiting, &view);
            let page = ConsentPage {
                changed: true,
                ..question.page(ticks)
            };
            Ok(question.show(StatusCode::CONFLICT, &page))
        }
    }
}
