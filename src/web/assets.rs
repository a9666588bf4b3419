//! Style sheets, pictures and the scripts, compiled in. Their URLs hold a hash of their
//! content, so that browsers may keep them for ever.

use std::fmt::Write as _;
use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// One file, as it is served.
struct Asset {
    name: &'static str,
    url: String,
    media_type: &'static str,
    content: Vec<u8>,
}

impl Asset {
    fn new(name: &'static str, media_type: &'static str, parts: &[&[u8]]) -> Self {
        let content = parts.concat();
        Self {
            name,
            url: url(name, &content),
            media_type,
            content,
        }
    }
}

static ASSETS: LazyLock<[Asset; 5]> = LazyLock::new(|| {
    [
        // One sheet: the base alone would for a moment ask for `data:` images,
        // which the pages' policy refuses.
        Asset::new(
            "sluis.css",
            "text/css; charset=utf-8",
            &[
                include_bytes!("assets/vendor/pico.classless.css"),
                include_bytes!("assets/sluis.css"),
                include_bytes!("assets/pages.css"),
            ],
        ),
        Asset::new(
            "form_post.js",
            "text/javascript; charset=utf-8",
            &[include_bytes!("assets/form_post.js")],
        ),
        Asset::new(
            "onward.js",
            "text/javascript; charset=utf-8",
            &[include_bytes!("assets/onward.js")],
        ),
        Asset::new(
            "passkeys.js",
            "text/javascript; charset=utf-8",
            &[include_bytes!("assets/passkeys.js")],
        ),
        Asset::new(
            "sluis.svg",
            "image/svg+xml",
            &[include_bytes!("assets/sluis.svg")],
        ),
    ]
});

fn url(name: &str, content: &[u8]) -> String {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let mut url = format!("/assets/{stem}-");
    for byte in digest(&SHA256, content).as_ref().iter().take(8) {
        let _ = write!(url, "{byte:02x}");
    }
    url + "." + extension
}

/// The URL of a file: `asset("sluis.css")` is `/assets/sluis-0123456789abcdef.css`.
/// Empty for a file that there is not; a test renders every page and would see it.
#[must_use]
pub fn asset(name: &str) -> &'static str {
    ASSETS
        .iter()
        .find(|asset| asset.name == name)
        .map_or("", |asset| asset.url.as_str())
}

/// Serves the files, and the icon that browsers look for unasked.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/assets/{file}", get(serve))
        .route("/favicon.ico", get(icon))
}

async fn serve(Path(file): Path<String>) -> Response {
    ASSETS
        .iter()
        .find(|asset| asset.url.strip_prefix("/assets/") == Some(&file))
        .map_or_else(
            || StatusCode::NOT_FOUND.into_response(),
            |asset| send(asset, "public, max-age=31536000, immutable"),
        )
}

async fn icon() -> Response {
    ASSETS
        .iter()
        .find(|asset| asset.name == "sluis.svg")
        .map_or_else(
            || StatusCode::NOT_FOUND.into_response(),
            |asset| send(asset, "public, max-age=86400"),
        )
}

fn send(asset: &'static Asset, caching: &'static str) -> Response {
    (
        [
            (header::CONTENT_TYPE, asset.media_type),
            (header::CACHE_CONTROL, caching),
        ],
        asset.content.as_slice(),
    )
        .into_response()
}

#[cfg(test)]
pub(crate) mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt as _;

    use super::*;

    /// Every file with its URL, for the preview of the pages.
    pub(crate) fn all() -> impl Iterator<Item = (&'static str, &'static [u8])> {
        ASSETS
            .iter()
            .map(|asset| (asset.url.as_str(), asset.content.as_slice()))
    }

    async fn fetch(path: &str) -> Response {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        router::<()>().oneshot(request).await.expect("an answer")
    }

    #[tokio::test]
    async fn a_file_is_served_for_ever_under_the_hash_of_its_content() {
        for (url, content) in all() {
            let response = fetch(url).await;
            assert_eq!(response.status(), StatusCode::OK, "{url}");
            let caching = &response.headers()[header::CACHE_CONTROL];
            assert_eq!(caching, "public, max-age=31536000, immutable");
            let body = to_bytes(response.into_body(), 1 << 20)
                .await
                .expect("a body");
            assert_eq!(body, content);
        }
    }

    #[tokio::test]
    async fn a_file_of_another_edition_is_not_found() {
        assert_eq!(
            fetch("/assets/sluis-0000000000000000.css").await.status(),
            StatusCode::NOT_FOUND
        );
        assert_eq!(
            fetch("/assets/..%2Fassets.rs").await.status(),
            StatusCode::NOT_FOUND
        );
    }
}
