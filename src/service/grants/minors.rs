//! The agreements of somebody who turns out to be a minor: what goes beyond what
//! a minor may agree to ends in the transaction that keeps the birthdate.

use super::{MoveError, Scene, Values, Written, agreed_client, agreed_plan};
use crate::app::App;
use crate::domain::attribute::VaultContents;
use crate::domain::grant::{GrantState, Move};
use crate::domain::receipt::Method;
use crate::service::Fault;
use crate::service::clients::ceiling_of;
use crate::service::sessions::SignedIn;
use crate::store::grants;

/// The agreements that have to be narrowed, with receipt, deletion duty and news
/// for the business, ready to be kept. None of somebody of age.
pub(in crate::service) async fn narrow_for_minor(
    app: &App,
    signed_in: &SignedIn,
    contents: &VaultContents,
) -> Result<Vec<Written>, Fault> {
    let now = app.now();
    let minor_until = contents.minor_until(now);
    let mut all = Vec::new();
    if minor_until.is_none() {
        return Ok(all);
    }
    let mut connection = app.store().read().await?;
    let rows = grants::of_account(&mut connection, signed_in.account.id).await?;
    drop(connection);
    for row in rows {
        let state = row.grant.state_at(now);
        if !matches!(state, GrantState::Active | GrantState::Paused) {
            continue;
        }
        let client = agreed_client(app, &row.grant).await?;
        let (plan, plan_hash) = agreed_plan(app, &client, &row.grant).await?;
        let ceiling = ceiling_of(app, &client).for_minor(minor_until);
        let terms = row.grant.terms.below(ceiling, &contents.profiles, &plan);
        if terms == row.grant.terms {
            continue;
        }
        let scene = Scene {
            app,
            client: &client,
            plan: &plan,
            plan_hash: &plan_hash,
            language: signed_in.account.language,
            authentication: Some(signed_in.authentication),
            method: Method::AccountPage,
            screen_hash: None,
            now,
        };
        let version = row.grant.plan_version;
        let values = Some(Values {
            signed_in,
            attributes: &contents.attributes,
            revision: None,
        });
        match scene.make(row, Move::Narrow(terms, version), values).await {
            Ok(written) => all.push(written),
            Err(MoveError::Fault(fault)) => return Err(fault),
            Err(_) => return Err(Fault::Inconsistent("a grant in force cannot narrow")),
        }
    }
    Ok(all)
}
