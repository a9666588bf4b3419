//! `/account/rules/{sector}`: one house rule, made, tried and changed.
//!
//! # The form
//! Posted to `/account/rules/{sector}`; fields by name:
//! - `csrf`, `revision` (that of the vault that the page showed);
//! - `tier`: `ask`, `anonymous`, `low`, `medium`, `high`;
//! - `retention`: empty to be asked, `longest`, or an ISO 8601 period;
//! - `permission-{permission}`: `ask`, `yes`, `no`;
//! - `rest`: `ask`, `no`;
//! - `at`: where to try it, `example` or the id of a client;
//! - `answer`: `save`, `try` or `remove`, by the button pressed.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::RulesOutcome;
use crate::domain::business::BusinessSector;
use crate::domain::house_rules::{Asks, HouseRules, Keeping, Rule, Standing, example_plan};
use crate::domain::negotiation::Ceiling;
use crate::domain::permission::Permission;
use crate::domain::plan::Plan;
use crate::domain::profile::Placement;
use crate::domain::retention::Retention;
use crate::domain::tier::{Tier, TierChoice};
use crate::domain::time::Timestamp;
use crate::i18n::t;
use crate::pages::asker::asker;
use crate::pages::overview::Done;
use crate::pages::profiles::periods;
use crate::pages::way::see_other;
use crate::service::Fault;
use crate::service::house_rules::{KnownBusiness, known};
use crate::service::profiles::{Edit, EditError, edit};
use crate::service::sessions::open_vault;
use crate::web::error_page;
use crate::web::form::ConsumerForm;
use crate::web::page::{Section, Shell, respond};
use crate::web::params::Params;
use crate::web::visitor::Consumer;

/// Where the list of rules is.
const RULES: &str = "/account/rules";
/// What `at` says for the plan that comes with Sluis.
const EXAMPLE: &str = "example";

/// One rule.
#[derive(Clone, Template)]
#[template(path = "rule.html")]
pub struct RulePage {
    /// Around it.
    pub shell: Shell,
    /// Of the vault that the page shows; comes back as `revision`.
    pub revision: i64,
    /// What to say about what was just done.
    pub done: Option<Done>,
    /// Until when the consumer is a minor.
    pub minor_until: Option<Timestamp>,
    /// For which kind of business.
    pub sector: BusinessSector,
    /// Whether it is one that is kept already.
    pub exists: bool,
    /// What it says: as it is kept, or as it was typed.
    pub rule: Rule,
    /// From which tier the profiles have each permission.
    pub permissions: Vec<(Permission, Placement)>,
    /// Where it can be tried besides the example: the id and the name of each.
    pub known: Vec<(String, String)>,
    /// Where it was tried, or else the example.
    pub at: String,
    /// What came of trying it.
    pub tried: Option<Tried>,
}

/// What came of trying a rule.
#[derive(Clone)]
pub struct Tried {
    /// Where.
    pub business: String,
    /// What that business would get.
    pub outcome: RulesOutcome,
}

impl RulePage {
    /// Each choice of a tier, and whether the rule makes it.
    #[must_use]
    pub fn tiers(&self) -> [(TierChoice, bool); 4] {
        TierChoice::ALL.map(|tier| (tier, self.rule.tier == Some(tier)))
    }

    /// The periods to choose from, and whether the rule names each.
    #[must_use]
    pub fn periods(&self) -> Vec<(Retention, bool)> {
        let said = self.rule.retention.and_then(Keeping::limit);
        let mut all = periods();
        all.extend(said.filter(|said| !all.contains(said)));
        all.into_iter()
            .map(|period| (period, said == Some(period)))
            .collect()
    }

    /// Whether the rule was tried at a client.
    #[must_use]
    pub fn is_at(&self, id: &str) -> bool {
        self.at == id
    }

    /// Whether the rule leaves it to profile and plan how long.
    #[must_use]
    pub fn longest(&self) -> bool {
        self.rule.retention == Some(Keeping::Longest)
    }

    /// The permissions about what is done with data, and then the channels:
    /// whether it is those, and each.
    #[must_use]
    pub fn groups(&self) -> [(bool, Vec<(Permission, Placement)>); 2] {
        [false, true].map(|contact| {
            let group = self
                .permissions
                .iter()
                .filter(|(permission, _)| permission.is_contact() == contact);
            (contact, group.copied().collect())
        })
    }

    /// Whether a permission is answered with a yes.
    #[must_use]
    pub fn allows(&self, permission: &Permission) -> bool {
        self.rule.says(*permission) == Some(Standing::Yes)
    }

    /// Whether a permission is answered with a no.
    #[must_use]
    pub fn refuses(&self, permission: &Permission) -> bool {
        self.rule.says(*permission) == Some(Standing::No)
    }
}

/// `GET /account/rules/{sector}`
pub async fn show(consumer: Consumer, Path(sector): Path<String>) -> Response {
    let Ok(sector) = sector.parse() else {
        return consumer.error(error_page::Fault::NotFound);
    };
    let rule = consumer.vault.contents.rules.own(sector);
    let rule = rule.cloned().unwrap_or_default();
    present(&consumer, sector, rule, StatusCode::OK, None, None).await
}

async fn present(
    consumer: &Consumer,
    sector: BusinessSector,
    rule: Rule,
    status: StatusCode,
    done: Option<Done>,
    at: Option<&str>,
) -> Response {
    match page(consumer, sector, rule, at).await {
        Ok(page) => respond(status, &RulePage { done, ..page }),
        Err(fault) => consumer.fault(&fault),
    }
}

/// The page, with the rule tried at `at` if that is somewhere.
async fn page(
    consumer: &Consumer,
    sector: BusinessSector,
    rule: Rule,
    at: Option<&str>,
) -> Result<RulePage, Fault> {
    let visitor = &consumer.visitor;
    let contents = &consumer.vault.contents;
    let mut rules = contents.rules.clone();
    let exists = rules.own(sector).is_some();
    rules.set(sector, rule.clone());
    // A business that another rule holds for says nothing about this one.
    let mut known = known(&visitor.app, &consumer.signed_in).await?;
    known.retain(|business| {
        let holds = rules.of(business.sector());
        holds.is_some_and(|(kind, _)| kind == sector)
    });
    let tried = at.map(|at| try_at(consumer, &rules, sector, &known, at));
    Ok(RulePage {
        shell: consumer.shell(Some(Section::Rules)),
        revision: consumer.vault.revision,
        done: None,
        minor_until: consumer.minor_until(),
        sector,
        exists,
        rule,
        permissions: Permission::all()
            .iter()
            .map(|permission| {
                let placement = contents.profiles.permission_placement(permission);
                (permission, placement)
            })
            .collect(),
        at: at.unwrap_or(EXAMPLE).to_owned(),
        tried: tried.flatten(),
        known: known
            .iter()
            .map(|business| {
                (
                    business.client.client.id.to_string(),
                    name(consumer, business),
                )
            })
            .collect(),
    })
}

fn name(consumer: &Consumer, business: &KnownBusiness) -> String {
    let asker = asker(&business.client, None, consumer.visitor.language);
    asker.name().to_owned()
}

/// What comes of trying rules at a business that is known, or at the example;
/// `None` when there is no such business.
fn try_at(
    consumer: &Consumer,
    rules: &HouseRules,
    sector: BusinessSector,
    known: &[KnownBusiness],
    at: &str,
) -> Option<Tried> {
    let texts = consumer.visitor.texts();
    if at == EXAMPLE {
        let business = t!(texts, "tried-example", sector = texts.sector(sector));
        let plan = example_plan(sector);
        let ceiling = Ceiling::NONE.for_minor(consumer.minor_until());
        return outcome(consumer, rules, sector, &plan, ceiling, business);
    }
    let business = known
        .iter()
        .find(|business| business.client.client.id.as_str() == at)?;
    let name = name(consumer, business);
    let ceiling = business.ceiling.for_minor(consumer.minor_until());
    let plan = &business.plan;
    outcome(consumer, rules, business.sector(), plan, ceiling, name)
}

fn outcome(
    consumer: &Consumer,
    rules: &HouseRules,
    sector: BusinessSector,
    plan: &Plan,
    ceiling: Ceiling,
    business: String,
) -> Option<Tried> {
    let contents = &consumer.vault.contents;
    let asks = Asks {
        plan,
        highest: TierChoice::Tier(Tier::High),
        ceiling,
        profiles: &contents.profiles,
        held: contents.attributes.held(),
        now: consumer.visitor.app.now(),
    };
    let answers = rules.answer(sector, &asks)?;
    let outcome = RulesOutcome::new(&answers, plan, contents, consumer.visitor.texts());
    Some(Tried { business, outcome })
}

/// `POST /account/rules/{sector}`
pub async fn submit(Path(sector): Path<String>, form: ConsumerForm) -> Response {
    let ConsumerForm {
        mut consumer,
        params,
    } = form;
    let Ok(sector) = sector.parse() else {
        return consumer.error(error_page::Fault::NotFound);
    };
    let revision = params.get("revision").and_then(|text| text.parse().ok());
    let (Some(revision), Some(rule)) = (revision, read(&params)) else {
        return consumer.error(error_page::Fault::Malformed);
    };
    let change = match params.get("answer") {
        Some("try") => {
            let at = params.get("at").unwrap_or(EXAMPLE);
            return present(&consumer, sector, rule, StatusCode::OK, None, Some(at)).await;
        }
        Some("save") => Edit::SetRule(sector, Some(rule.clone())),
        Some("remove") => Edit::SetRule(sector, None),
        _ => return consumer.error(error_page::Fault::Malformed),
    };
    match edit(
        &consumer.visitor.app,
        &consumer.signed_in,
        revision,
        &change,
    )
    .await
    {
        Ok(()) => see_other(&Done::Saved.told_at(RULES)),
        Err(EditError::Stale) => {
            // What was typed stays, on top of how things stand now.
            match open_vault(&consumer.visitor.app, &consumer.signed_in).await {
                Ok(vault) => consumer.vault = vault,
                Err(fault) => return consumer.fault(&fault),
            }
            let (status, done) = (StatusCode::CONFLICT, Some(Done::Stale));
            present(&consumer, sector, rule, status, done, None).await
        }
        Err(EditError::Fault(fault)) => consumer.fault(&fault),
    }
}

/// What the form says; `None` if it says something that the page does not
/// offer, or something twice. What it does not say is left to be asked.
fn read(params: &Params) -> Option<Rule> {
    if params
        .duplicate(["tier", "retention", "rest", "at", "answer"])
        .is_some()
    {
        return None;
    }
    let mut rule = Rule {
        tier: match params.get("tier") {
            None | Some("ask") => None,
            Some(text) => Some(text.parse().ok()?),
        },
        retention: match params.get("retention") {
            None => None,
            Some("longest") => Some(Keeping::Longest),
            Some(text) => {
                let period = text.parse().ok()?;
                periods().contains(&period).then_some(())?;
                Some(Keeping::AtMost(period))
            }
        },
        refuses_the_rest: match params.get("rest") {
            None | Some("ask") => false,
            Some("no") => true,
            Some(_) => return None,
        },
        ..Rule::default()
    };
    for permission in Permission::all() {
        let name = format!("permission-{permission}");
        if params.duplicate([name.as_str()]).is_some() {
            return None;
        }
        let standing = match params.get(&name) {
            None | Some("ask") => continue,
            Some("yes") => Standing::Yes,
            Some("no") => Standing::No,
            Some(_) => return None,
        };
        rule.permissions.insert(permission, standing);
    }
    Some(rule)
}
