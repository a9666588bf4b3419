//! What the end of an account does to its grants, and that it was called off.

use super::business::Moment;
use super::{MoveError, Written, agreed_client};
use crate::app::App;
use crate::domain::grant::Move;
use crate::domain::receipt::Method;
use crate::store::grants::GrantRow;

/// Ends a grant with its account. Its owner may be away: no key is needed.
pub(in crate::service) async fn erased(
    app: &App,
    row: GrantRow,
    method: Method,
) -> Result<Written, MoveError> {
    moved(app, row, Move::Erase, method).await
}

/// Lets a grant go on that was paused for an erasure. Its owner need not be
/// signed in: who reads their mail calls it off as well.
pub(in crate::service) async fn resumed(app: &App, row: GrantRow) -> Result<Written, MoveError> {
    moved(app, row, Move::Resume, Method::AccountPage).await
}

async fn moved(app: &App, row: GrantRow, mv: Move, method: Method) -> Result<Written, MoveError> {
    let client = agreed_client(app, &row.grant).await?;
    let at = Moment::of(app, &client, &row.grant).await?;
    let scene = at.scene(app, &client, method, app.now());
    scene.make(row, mv, None).await
}
