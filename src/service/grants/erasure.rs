//! The end of a grant whose account goes.

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
    let client = agreed_client(app, &row.grant).await?;
    let at = Moment::of(app, &client, &row.grant).await?;
    let scene = at.scene(app, &client, method, app.now());
    scene.make(row, Move::Erase, None).await
}
