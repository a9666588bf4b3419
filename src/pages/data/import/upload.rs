//! The form with a file in it, read as it comes.

use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::StatusCode;

use crate::app::App;
use crate::service::pace::{Pace, TooSlow};
use crate::web::error_page::Fault;

/// More fields than the form has are not looked at.
const MOST_FIELDS: usize = 2;

/// Why a form was not read.
pub(super) enum Unread {
    /// It is none.
    Fault(Fault),
    /// It came too slowly.
    TooSlow,
}

impl From<Fault> for Unread {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<TooSlow> for Unread {
    fn from(_: TooSlow) -> Self {
        Self::TooSlow
    }
}

/// Reads the form for as long as it comes as fast as lines are.
pub(super) async fn read(app: &App, request: Request) -> Result<(String, Vec<u8>), Unread> {
    let mut form = Multipart::from_request(request, app)
        .await
        .map_err(|_| Fault::Malformed)?;
    let (mut csrf, mut file, mut pace) = (String::new(), Vec::new(), Pace::begin());
    let broken = |error: axum::extract::multipart::MultipartError| {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Fault::TooLarge
        } else {
            Fault::Malformed
        }
    };
    for _ in 0..MOST_FIELDS {
        let Some(mut field) = pace.wait(form.next_field()).await?.map_err(broken)? else {
            break;
        };
        let name = field.name().unwrap_or_default().to_owned();
        let mut bytes = Vec::new();
        while let Some(chunk) = pace.wait(field.chunk()).await?.map_err(broken)? {
            pace.moved(chunk.len());
            bytes.extend_from_slice(&chunk);
        }
        match name.as_str() {
            "csrf" => csrf = String::from_utf8(bytes).map_err(|_| Fault::Malformed)?,
            "file" => file = bytes,
            _ => {}
        }
    }
    Ok((csrf, file))
}
