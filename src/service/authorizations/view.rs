//! What the consent page is made from.

use std::collections::BTreeSet;

use enumset::EnumSet;

use crate::app::App;
use crate::domain::attribute::VaultContents;
use crate::domain::authorization::GrantAction;
use crate::domain::claim::Claim;
use crate::domain::grant::{Grant, GrantState};
use crate::domain::house_rules::{Answers, Asks};
use crate::domain::negotiation::{Ceiling, Choice, Outcome, Terms, Unmet, negotiate};
use crate::domain::plan::{Plan, PurposeId};
use crate::domain::receipt::{Hash, Method};
use crate::domain::tier::{Tier, TierChoice};
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::clients::{ceiling_for, plan_of, scopes_naming};
use crate::service::grants::fingerprint;
use crate::service::sessions::{OpenVault, SignedIn, open_vault};
use crate::store::grants::{self, GrantRow};

use super::{Waiting, answers, older_plan, wants_offline};

/// What the consent page is made from.
#[derive(Debug)]
pub struct ConsentView {
    /// The plan that is negotiated.
    pub plan: Plan,
    /// The consumer's attributes and profiles.
    pub contents: VaultContents,
    /// The revision of the vault that they were read at.
    pub(super) revision: i64,
    /// The agreement that there is already.
    pub current: Option<Grant>,
    /// The plan that it answers, when there is another edition since.
    pub before: Option<Plan>,
    /// Whether a no keeps to that agreement, and still logs in.
    pub keeps: bool,
    /// Since when there is one that a yes ends, for the business asks for
    /// another.
    pub replaces: Option<Timestamp>,
    /// Names everything that is on the page: the form carries it back.
    pub screen_hash: Hash,
    /// What the consumer's house rules say to a business with which there is
    /// no agreement.
    pub rules: Option<Answers>,
    /// Names the page that shows what the rules make of the question, and has
    /// one button: there is one when they answer it in full.
    pub rules_hash: Option<Hash>,
    /// Whether the business wants to read while the consumer is away.
    pub offline: bool,
    /// The highest tier that the business asks for.
    pub highest: TierChoice,
    /// The most that the client may be granted.
    pub ceiling: Ceiling,
    /// What a client without a plan asked for one by one.
    asked: EnumSet<Claim>,
    /// The purposes that were named one by one.
    named: BTreeSet<PurposeId>,
    pub(super) plan_hash: Hash,
    pub(super) row: Option<GrantRow>,
    pub(super) now: Timestamp,
}

impl ConsentView {
    /// What would come of a choice.
    pub fn outcome(&self, choice: &Choice) -> Outcome {
        let held = self.contents.attributes.held();
        let choice = Choice {
            tier: choice.tier.min(self.highest),
            ..choice.clone()
        };
        negotiate(
            &self.plan,
            &self.contents.profiles,
            held,
            self.ceiling,
            &choice,
            self.now,
        )
    }

    /// On which page someone read what they say yes to, by the hash that its
    /// form carried. `None` when that page is out of date, or has a choice
    /// that it did not show.
    pub(super) fn read_on(&self, screen_hash: &str, choice: &Choice) -> Option<Method> {
        if self.screen_hash.as_str() == screen_hash {
            return Some(Method::ConsentPage);
        }
        let shown = self.rules.as_ref().and_then(Answers::in_full)?;
        let terms = |choice| self.terms(choice).ok();
        let unchanged = self
            .rules_hash
            .as_ref()
            .is_some_and(|hash| hash.as_str() == screen_hash);
        (unchanged && terms(choice) == terms(shown)).then_some(Method::HouseRules)
    }

    pub(super) fn terms(&self, choice: &Choice) -> Result<Terms, NoTerms> {
        match self.outcome(choice) {
            Outcome::Agreed(mut terms) => {
                terms.offline = self.offline;
                terms.asked = self.asked;
                terms.named.clone_from(&self.named);
                Ok(terms)
            }
            Outcome::Unmet(unmet) => Err(NoTerms::Unmet(unmet)),
            Outcome::TooHigh => Err(NoTerms::TooHigh),
        }
    }
}

/// Why a choice comes to nothing.
pub(super) enum NoTerms {
    Unmet(Vec<Unmet>),
    TooHigh,
}

/// Gathers what the consent page shows.
pub async fn consent_view(
    app: &App,
    waiting: &Waiting,
    signed_in: &SignedIn,
) -> Result<ConsentView, Fault> {
    let OpenVault { contents, revision } = open_vault(app, signed_in).await?;
    let mut connection = app.store().read().await?;
    let row = grants::live(
        &mut connection,
        signed_in.account.id,
        &waiting.client.client.id,
    )
    .await?;
    drop(connection);
    let now = app.now();
    let request = &waiting.pending.request;
    let in_force = row
        .as_ref()
        .filter(|row| row.grant.state_at(now) == GrantState::Active);
    let kept = in_force.filter(|_| request.keeps_what_was_agreed());
    // A client without a plan that asks for more keeps what it was given before.
    let (before, asked_before) = kept.map_or_else(Default::default, |row| {
        let terms = &row.grant.terms;
        (scopes_naming(terms.all_claims() - terms.asked), terms.asked)
    });
    let scopes = request.scopes | before;
    let asked = waiting
        .client
        .asked_beyond(scopes, request.asked.claims() | asked_before);
    let (plan, plan_hash) = plan_of(&waiting.client, scopes, asked);
    let terms_before = kept.map(|row| &row.grant.terms);
    let mut named = terms_before.map_or_else(BTreeSet::new, |terms| terms.named.clone());
    let (plan, highest) = match &request.details {
        Some(details) => {
            named.extend(details.named());
            (details.narrow(&plan, terms_before, now), details.highest())
        }
        None => (plan, TierChoice::Tier(Tier::High)),
    };
    let offline =
        wants_offline(&waiting.client, request) || kept.is_some_and(|row| row.grant.terms.offline);
    let ceiling = ceiling_for(app, &waiting.client, signed_in, &contents, terms_before);
    let most = match ceiling.highest() {
        TierChoice::Tier(Tier::High) => "none",
        most => most.as_str(),
    };
    // Whoever has an agreement is no stranger: there, the rules say nothing.
    let is_new = row
        .as_ref()
        .is_none_or(|row| row.grant.state_at(now).is_over());
    let asks = Asks {
        plan: &plan,
        highest,
        ceiling,
        profiles: &contents.profiles,
        held: contents.attributes.held(),
        now,
    };
    let sector = waiting.client.business.document.sector();
    let rules = is_new
        .then(|| contents.rules.answer(sector, &asks))
        .flatten();
    let screen = format!(
        "request {}\naccount {}\nplan {}\nvault {revision}\ngrant {}\noffline {offline}\n\
         ceiling {most}\nrules {}\n",
        waiting.pending.id,
        signed_in.account.id,
        plan_hash.as_str(),
        row.as_ref().map_or_else(
            || "none".to_owned(),
            |row| fingerprint::of_grant(&row.grant).as_str().to_owned()
        ),
        rules.as_ref().map_or("none", |rules| rules.rule.as_str()),
    );
    let before = match kept {
        Some(row) => older_plan(app, &waiting.client, &row.grant).await?,
        None => None,
    };
    let keeps = kept.zip(before.as_ref()).is_some_and(|(row, before)| {
        let kept_to = Grant {
            refused: waiting.client.plan_version,
            ..row.grant.clone()
        };
        request.grant_action.is_none()
            && ceiling.covers(&kept_to.terms)
            && kept_to.terms.is_asked_anew(before, &plan)
            && answers(&kept_to, &waiting.client, Some(before), request, now)
    });
    let in_full = rules.as_ref().and_then(Answers::in_full).is_some();
    Ok(ConsentView {
        rules_hash: in_full.then(|| Hash::of(format!("{screen}in full\n").as_bytes())),
        rules,
        before,
        keeps,
        plan,
        contents,
        revision,
        replaces: row
            .as_ref()
            .filter(|_| request.grant_action == Some(GrantAction::Create))
            .map(|row| &row.grant)
            .filter(|grant| !grant.state_at(now).is_over())
            .map(|grant| grant.created_at),
        // A new agreement starts from nothing.
        current: in_force
            .filter(|_| request.grant_action != Some(GrantAction::Create))
            .map(|row| row.grant.clone()),
        screen_hash: Hash::of(screen.as_bytes()),
        offline,
        highest,
        ceiling,
        asked,
        named,
        plan_hash,
        row,
        now,
    })
}
