//! All that an account holds and all that came of it, in one document.

use crate::app::App;
use crate::domain::export::{
    AccountFacts, Export, ExportedDuty, ExportedGrant, ExportedRead, FORMAT, HeldAttribute, Moment,
};
use crate::service::history::{Criteria, search};
use crate::service::sessions::{OpenVault, SignedIn};
use crate::service::{Fault, accounts, duties, grants};
use crate::store::receipts;

/// How often the history is gone on with: of more reads, the newest are in it.
const MOST_SEARCHES: usize = 20;

/// Writes the document for someone whose vault is open.
pub async fn export(app: &App, signed_in: &SignedIn, vault: &OpenVault) -> Result<Export, Fault> {
    let now = app.now();
    let contact = accounts::contact(app, signed_in.account.id).await?;
    let mut all = Vec::new();
    for view in grants::all(app, signed_in).await? {
        let mut connection = app.store().read().await?;
        let chain = receipts::of_grant(&mut connection, view.grant.id).await?;
        drop(connection);
        let about = &view.client.business.document;
        let business = (about.name.as_str(), about.contact.as_str());
        all.push(ExportedGrant::new(
            business,
            &view.grant,
            &view.plan,
            chain,
            now,
        ));
    }
    let (reads, reads_complete) = reads(app, signed_in).await?;
    let owed = duties::of_account(app, signed_in).await?;
    let jwks = serde_json::from_str(app.keys().await?.jwks_json())
        .map_err(|_| Fault::Inconsistent("the published keys do not read"))?;
    Ok(Export {
        format: FORMAT,
        provider: app.issuer().to_owned(),
        exported_at: Moment(now),
        account: AccountFacts {
            created_at: Moment(signed_in.account.created_at),
            language: signed_in.account.language,
            contact_email: contact.email,
        },
        attributes: HeldAttribute::all(&vault.contents.attributes),
        profiles: vault.contents.profiles.clone(),
        rules: vault.contents.rules.clone(),
        grants: all,
        reads,
        reads_complete,
        duties: owed
            .iter()
            .map(|view| ExportedDuty::from(&view.duty))
            .collect(),
        jwks,
    })
}

async fn reads(app: &App, signed_in: &SignedIn) -> Result<(Vec<ExportedRead>, bool), Fault> {
    let mut criteria = Criteria::default();
    let mut all = Vec::new();
    for _ in 0..MOST_SEARCHES {
        let found = search(app, signed_in, &criteria).await?;
        all.extend(found.reads.into_iter().map(|read| ExportedRead {
            grant_id: read.grant_id,
            at: Moment(read.at),
            claims: read.record.claims,
            purposes: read.record.purposes,
        }));
        match found.stopped_at {
            None => return Ok((all, true)),
            stopped_at => criteria.window.before = stopped_at,
        }
    }
    Ok((all, false))
}
