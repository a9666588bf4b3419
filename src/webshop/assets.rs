//! Style sheets and pictures. The logos are there as PNG as well, since that is
//! what Sluis shows of its clients: 192 pixels wide, drawn from the SVG by
//! `chromium --headless --default-background-color=00000000 --screenshot=…`.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "src/webshop/assets/"]
struct Files;

pub(super) async fn serve(Path(name): Path<String>) -> Response {
    let media_type = match name.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "png")) => "image/png",
        Some((_, "svg")) => "image/svg+xml",
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, "max-age=300"),
    ];
    match Files::get(&name) {
        Some(file) => (headers, file.data).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
