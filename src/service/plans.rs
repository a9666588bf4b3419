//! Publishing data plans. Each edition stands beside those before it, which
//! stay as they were: an old receipt names one of them by its hash.

use std::time::Duration;

use crate::app::App;
use crate::domain::grant::Grant;
use crate::domain::id::ClientId;
use crate::domain::permission::Permission;
use crate::domain::plan::{Plan, PlanVersion};
use crate::domain::profile::Profiles;
use crate::domain::scope::Scope;
use crate::domain::tier::TierChoice;
use crate::service::Fault;
use crate::service::clients::{ceiling_of, scopes_naming};
use crate::store::clients::{self, RegisteredClient};
use crate::store::{StoreError, editions};

/// How often publishing is tried again when another edition comes between.
const TRIES: usize = 5;
/// The most editions of a client in a [`DAY`]: each is kept for ever, and each
/// that asks for less is news to everybody who agreed.
const MOST_IN_A_DAY: u32 = 20;
const DAY: Duration = Duration::from_hours(24);
/// When it makes sense to try again while an edition is being carried out.
pub const SETTLING: Duration = Duration::from_secs(15);

/// Which edition of its client's plan an agreement answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edition {
    /// Which.
    pub version: PlanVersion,
    /// Whether it is the newest. It is not when people kept to what they had
    /// agreed to, or have not been asked since.
    pub is_current: bool,
    /// The newest edition that they were asked about, and kept to what they had.
    pub refused: Option<PlanVersion>,
}

impl Edition {
    /// The edition that an agreement answers; `None` where none was declared.
    #[must_use]
    pub fn of(grant: &Grant, client: &RegisteredClient) -> Option<Self> {
        client.plan.as_ref().map(|_| Self {
            version: grant.plan_version,
            is_current: grant.plan_version == client.plan_version,
            refused: Some(grant.refused).filter(|refused| *refused > grant.plan_version),
        })
    }
}

/// What came of publishing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// The edition that the plan is.
    pub version: PlanVersion,
    /// Whether it asks for less than the one before: agreements narrow at once.
    pub narrower: bool,
    /// Whether it asks for more, or for something else: people are asked.
    pub wider: bool,
}

/// Something in a plan that its client cannot have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Where in the document, as a `JSONPath`.
    pub path: String,
    /// What is wrong there.
    pub problem: String,
}

/// Why a plan is not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// There is no such client.
    #[error("there is no such client")]
    Unknown,
    /// Another edition stands than the one that was to be replaced.
    #[error("edition {} of the plan stands by now", .0.0)]
    Stale(PlanVersion),
    /// The edition before it is still being carried out, and this one asks for
    /// more: agreements that lose something by the first would have it back by
    /// the second, and nobody would have been asked.
    #[error(
        "agreements are still being held against edition {} of the plan; one that asks for more \
         can follow when that is done: try again in some seconds", .0.0
    )]
    Unsettled(PlanVersion),
    /// There were too many in a day.
    #[error("no client publishes more than {MOST_IN_A_DAY} editions in a day: try again tomorrow")]
    TooMany,
    /// The plan asks for what the client cannot have.
    #[error("the client cannot have all that the plan asks for")]
    Misfits(Vec<Misfit>),
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for PublishError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// Publishes a plan as the next edition of a client's; one that is the same as
/// the newest makes none. With `in_place_of`, only if one of those stands.
///
/// One that asks for more waits until every agreement has been held against the
/// one before ([`PublishError::Unsettled`]): a wider plan never widens an
/// agreement (`product.md` section 5, rule 4), also not by way of a narrower one
/// that was gone before anything had narrowed.
pub async fn publish(
    app: &App,
    client_id: &ClientId,
    plan: &Plan,
    in_place_of: Option<&[PlanVersion]>,
) -> Result<Published, PublishError> {
    for _ in 0..TRIES {
        // What it is held against is what stands, and not what stood just now.
        app.forget_client(client_id);
        let client = app.client(client_id).await?.ok_or(PublishError::Unknown)?;
        let before = client.plan_version;
        if in_place_of.is_some_and(|editions| !editions.contains(&before)) {
            return Err(PublishError::Stale(before));
        }
        let misfits = misfits(app, &client, plan);
        if !misfits.is_empty() {
            return Err(PublishError::Misfits(misfits));
        }
        if client.plan.as_ref().is_some_and(|(old, _)| old == plan) {
            return Ok(Published {
                version: before,
                narrower: false,
                wider: false,
            });
        }
        let standing = client.standing_plan();
        let published = Published {
            version: PlanVersion(before.0.saturating_add(1)),
            narrower: plan.is_narrower_than(standing),
            wider: plan.is_wider_than(standing),
        };
        let (id, plan, now) = (client_id.clone(), plan.clone(), app.now());
        let wider = published.wider;
        let done = app
            .store()
            .write(move |tx| {
                Box::pin(async move {
                    let lately = editions::published_since(tx, &id, now.minus(DAY)).await?;
                    if lately >= MOST_IN_A_DAY {
                        return Err(PublishError::TooMany);
                    }
                    if wider && editions::is_any_behind(tx, &id, before).await? {
                        return Err(PublishError::Unsettled(before));
                    }
                    Ok(clients::publish_plan(tx, &id, before, &plan, now).await?)
                })
            })
            .await?;
        app.forget_client(client_id);
        if done {
            return Ok(published);
        }
    }
    Err(Fault::Contended.into())
}

fn misfits(app: &App, client: &RegisteredClient, plan: &Plan) -> Vec<Misfit> {
    let registered = client.client.metadata.scope.as_deref();
    let mut misfits = out_of_scope(plan, registered);
    if let Some(most) = ceiling_of(app, client).tier() {
        misfits.extend(above(plan, most));
    }
    misfits
}

/// The claims of a plan that a client could never ask for: a claim that a
/// standard scope names is released to that scope alone.
#[must_use]
pub fn out_of_scope(plan: &Plan, registered: Option<&str>) -> Vec<Misfit> {
    let Some(registered) = registered else {
        return Vec::new();
    };
    let scopes = Scope::parse_list(registered);
    let beyond = Scope::claims_of(Scope::all()) - Scope::claims_of(scopes);
    let mut misfits = Vec::new();
    for (index, purpose) in plan.purposes().iter().enumerate() {
        for (member, claims) in [
            ("claims", purpose.claims),
            ("voluntary_claims", purpose.voluntary_claims),
        ] {
            for claim in claims & beyond {
                let naming = Scope::list(scopes_naming(claim.into()));
                misfits.push(Misfit {
                    path: format!("$.purposes[{index}].{member}"),
                    problem: format!(
                        "{claim} comes with the scope `{naming}`, which the client does not \
                         register; add it to `scope`, or leave the claim out"
                    ),
                });
            }
        }
    }
    misfits
}

/// What nobody may be asked by a client that nobody vouches for: data above its
/// ceiling, and data as the price of a login.
fn above(plan: &Plan, most: TierChoice) -> Vec<Misfit> {
    let profiles = Profiles::default();
    let (claims, permissions) = (profiles.claims(most), profiles.permissions(most));
    let mut misfits = Vec::new();
    for (index, purpose) in plan.purposes().iter().enumerate() {
        let mut note = |member: &str, problem: String| {
            misfits.push(Misfit {
                path: format!("$.purposes[{index}].{member}"),
                problem,
            });
        };
        if purpose.required {
            for claim in purpose.claims {
                note(
                    "claims",
                    format!(
                        "nobody vouches for this client yet, so that it cannot make {claim} the \
                         price of a login; put it in `voluntary_claims`"
                    ),
                );
            }
        }
        for (member, asked) in [
            ("claims", purpose.claims),
            ("voluntary_claims", purpose.voluntary_claims),
        ] {
            for claim in asked - claims {
                note(
                    member,
                    format!("{claim} is above what a client may ask that nobody vouches for"),
                );
            }
        }
        for permission in purpose.permissions - permissions {
            let member = if permission.is_contact() {
                "channels"
            } else {
                "permissions"
            };
            note(member, refused(permission));
        }
    }
    misfits
}

fn refused(permission: Permission) -> String {
    format!("{permission} is above what a client may ask that nobody vouches for")
}
