//! `/receipts`: anybody drops a file of receipts, or pastes one, and reads in
//! plain words what was agreed.
//!
//! What was dropped is checked, told and forgotten: it is neither kept nor
//! logged. Of a file that does not hold nothing is told but what is wrong with
//! it, since whatever else it says may be anybody's invention.

mod reading;
mod refusal;

use askama::Template;
use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::http::StatusCode;
use axum::response::Response;

pub use reading::{Agreed, Happened, Reading};
pub use refusal::Refusal;

use crate::app::App;
use crate::i18n::t;
use crate::service::receipts::{MAX_FILE, check};
use crate::web::error_page::Fault;
use crate::web::page::{Shell, respond};
use crate::web::visitor::Visitor;

/// The largest form with such a file: the file, and what is around it.
pub const MAX_FORM: usize = MAX_FILE + 16 * 1024;
/// More fields than the form has are not looked at.
const MOST_FIELDS: usize = 4;

/// The page.
#[derive(Clone, Template)]
#[template(path = "receipts.html")]
pub struct ReceiptsPage {
    /// Around it.
    pub shell: Shell,
    /// Who signs what is checked here.
    pub issuer: String,
    /// What came of the last file.
    pub outcome: Outcome,
}

/// What came of a file.
#[derive(Clone)]
pub enum Outcome {
    /// None was sent yet.
    Fresh,
    /// The form was empty.
    Empty,
    /// It holds, and says this.
    Holds(Box<Reading>),
    /// It does not hold.
    Fails(Refusal),
}

impl Outcome {
    fn status(&self) -> StatusCode {
        match self {
            Self::Fresh | Self::Holds(_) => StatusCode::OK,
            Self::Empty | Self::Fails(_) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

/// `GET /receipts`
pub async fn show(visitor: Visitor) -> Response {
    tell(&visitor, Outcome::Fresh)
}

/// `POST /receipts`
pub async fn submit(State(app): State<App>, visitor: Visitor, request: Request) -> Response {
    let dropped = match Dropped::read(&app, request).await {
        Ok(dropped) => dropped,
        Err(fault) => return visitor.error(fault),
    };
    if !visitor.accepts_csrf(&dropped.csrf) {
        return visitor.error(Fault::Forged);
    }
    let Some(file) = dropped.file() else {
        return tell(&visitor, Outcome::Empty);
    };
    match check(&app, file).await {
        Ok(Ok(checked)) => tell(&visitor, Outcome::Holds(Box::new(Reading::of(checked)))),
        Ok(Err(refused)) => {
            let refusal = Refusal::of(&refused, visitor.texts(), app.issuer());
            tell(&visitor, Outcome::Fails(refusal))
        }
        Err(fault) => visitor.fault(&fault),
    }
}

fn tell(visitor: &Visitor, outcome: Outcome) -> Response {
    let page = ReceiptsPage {
        shell: visitor.shell(),
        issuer: visitor.app.issuer().to_owned(),
        outcome,
    };
    respond(page.outcome.status(), &page)
}

/// What the form brought.
#[derive(Default)]
struct Dropped {
    csrf: String,
    upload: Vec<u8>,
    text: String,
}

impl Dropped {
    async fn read(app: &App, request: Request) -> Result<Self, Fault> {
        let malformed = |_| Fault::Malformed;
        let mut form = Multipart::from_request(request, app)
            .await
            .map_err(malformed)?;
        let mut dropped = Self::default();
        for _ in 0..MOST_FIELDS {
            let field = form.next_field().await.map_err(|error| broken(&error))?;
            let Some(field) = field else {
                break;
            };
            let name = field.name().unwrap_or_default().to_owned();
            let bytes = field.bytes().await.map_err(|error| broken(&error))?;
            let text = || String::from_utf8(bytes.to_vec()).map_err(|_| Fault::Malformed);
            match name.as_str() {
                "csrf" => dropped.csrf = text()?,
                "file" => dropped.upload = bytes.to_vec(),
                "text" => dropped.text = text()?,
                _ => {}
            }
        }
        Ok(dropped)
    }

    /// The file, byte for byte; or else what was pasted, as it was before the
    /// form changed its line ends (HTML, "multipart/form-data").
    fn file(self) -> Option<Vec<u8>> {
        if !self.upload.is_empty() {
            return Some(self.upload);
        }
        let lines: Vec<&str> = self.text.split_whitespace().collect();
        match lines.as_slice() {
            [] => None,
            [only] => Some(only.as_bytes().to_vec()),
            _ => Some((lines.join("\n") + "\n").into_bytes()),
        }
    }
}

/// What cannot be read any further.
fn broken(error: &axum::extract::multipart::MultipartError) -> Fault {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Fault::TooLarge
    } else {
        Fault::Malformed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(upload: &str, text: &str) -> Option<String> {
        let dropped = Dropped {
            csrf: String::new(),
            upload: upload.as_bytes().to_vec(),
            text: text.to_owned(),
        };
        let file = dropped.file()?;
        Some(String::from_utf8(file).expect("text"))
    }

    #[test]
    fn a_file_is_taken_as_it_is_and_pasted_text_as_it_was() {
        assert_eq!(file("", " \r\n\t "), None);
        assert_eq!(file("", "a.b.c\r\n").as_deref(), Some("a.b.c"));
        assert_eq!(
            file("", "a.b.c\r\nd.e.f\r\n\r\n g.h.i").as_deref(),
            Some("a.b.c\nd.e.f\ng.h.i\n")
        );
        assert_eq!(file("a\r\nb", "c").as_deref(), Some("a\r\nb"));
    }
}
