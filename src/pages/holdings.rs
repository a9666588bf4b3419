//! `/account/who-has-what`: businesses against data, in one table.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::asker::asker;
use crate::domain::claim::Claim;
use crate::domain::holding::Holding;
use crate::i18n::t;
use crate::service::holdings::{self, Holder};
use crate::web::page::{Section, Shell, respond};
use crate::web::visitor::Consumer;

/// The table.
#[derive(Clone, Template)]
#[template(path = "holdings.html")]
pub struct HoldingsPage {
    /// Around it.
    pub shell: Shell,
    /// The columns: every claim that anybody has or had.
    pub claims: Vec<Claim>,
    /// The rows.
    pub holders: Vec<HolderRow>,
}

/// What one business has.
#[derive(Clone)]
pub struct HolderRow {
    /// What to call it.
    pub business: String,
    /// `/account/businesses/{grant_id}` of the newest agreement.
    pub path: String,
    /// For each column, how the claim stands and where its agreement is; `None`
    /// of what it never had.
    pub cells: Vec<Option<Cell>>,
}

impl HolderRow {
    /// Whether it knows nothing but that the person is the same one.
    #[must_use]
    pub fn has_nothing(&self) -> bool {
        self.cells.iter().all(Option::is_none)
    }
}

/// How a claim stands with a business.
#[derive(Clone)]
pub struct Cell {
    /// Which.
    pub claim: Claim,
    /// How.
    pub holding: Holding,
    /// The page of its agreement.
    pub path: String,
}

/// `GET /account/who-has-what`
pub async fn show(consumer: Consumer) -> Response {
    let holders = match holdings::of_account(&consumer.visitor.app, &consumer.signed_in).await {
        Ok(holders) => holders,
        Err(fault) => return consumer.fault(&fault),
    };
    let claims: Vec<Claim> = Claim::all()
        .iter()
        .filter(|claim| holders.iter().any(|one| one.holdings.contains_key(claim)))
        .collect();
    let row = |holder: &Holder| HolderRow {
        business: asker(&holder.client, None, consumer.visitor.language)
            .name()
            .to_owned(),
        path: format!("/account/businesses/{}", holder.grant_id),
        cells: claims
            .iter()
            .map(|claim| {
                let (holding, grant_id) = holder.holdings.get(claim)?;
                Some(Cell {
                    claim: *claim,
                    holding: *holding,
                    path: format!("/account/businesses/{grant_id}"),
                })
            })
            .collect(),
    };
    let page = HoldingsPage {
        shell: consumer.shell(Some(Section::Businesses)),
        holders: holders.iter().map(row).collect(),
        claims,
    };
    respond(StatusCode::OK, &page)
}
