//! What letters carry that may not lie open in the outbox.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::app::App;
use crate::crypto::seal::Sealed;
use crate::crypto::vault;
use crate::domain::id::MessageId;
use crate::service::Fault;

/// What may not lie open in the outbox, sealed, as text.
pub(super) fn sealed_text(app: &App, id: MessageId, bytes: &[u8]) -> String {
    let sealed = vault::seal_letter(app.master(), id, bytes, app.random());
    URL_SAFE_NO_PAD.encode(sealed.as_bytes())
}

/// Opens what [`sealed_text`] sealed.
pub(super) fn opened_text(
    app: &App,
    id: MessageId,
    text: &str,
) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let bytes = URL_SAFE_NO_PAD.decode(text);
    let bytes = bytes.map_err(|_| Fault::Inconsistent("a letter that does not read"))?;
    Ok(vault::open_letter(
        app.master(),
        id,
        &Sealed::from_bytes(bytes),
    )?)
}
