//! Who asks, put into words.

use url::Url;

use super::logo;
use crate::domain::language::Language;
use crate::store::clients::RegisteredClient;
use crate::web::page::Asker;

/// A client and its business, as the consumer may know them. The domain is
/// that of `redirect_uri`, or of the first that the client registered: where
/// answers go is checked, whatever else a business says is its own story.
pub(super) fn asker(
    client: &RegisteredClient,
    redirect_uri: Option<&str>,
    language: Language,
) -> Asker {
    let metadata = &client.client.metadata;
    let business = client.business.document.name.clone();
    let name = metadata.client_name.get(language);
    let redirect_uri = redirect_uri.or_else(|| {
        metadata
            .redirect_uris
            .first()
            .map(crate::domain::client::RedirectUri::as_str)
    });
    Asker {
        client: (name != business).then(|| name.to_owned()),
        business,
        domain: redirect_uri.map_or_else(String::new, domain),
        logo: client
            .logo(language)
            .map(|hash| logo::path(&client.client.id, hash)),
        policy: metadata
            .policy_in(language)
            .map(|uri| uri.as_str().to_owned()),
        terms: metadata
            .terms_in(language)
            .map(|uri| uri.as_str().to_owned()),
    }
}

/// The host of a URL, with its port where that is not the usual one; the
/// scheme of an app.
pub(super) fn domain(redirect_uri: &str) -> String {
    let Ok(url) = Url::parse(redirect_uri) else {
        return String::new();
    };
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => url.scheme().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_domain_is_where_the_answer_goes() {
        for (uri, expected) in [
            ("https://shop.example/back", "shop.example"),
            ("https://shop.example:443/back", "shop.example"),
            ("http://localhost:8100/back", "localhost:8100"),
            ("http://[::1]:8100/back", "[::1]:8100"),
            ("com.example.shop:/back", "com.example.shop"),
            ("nonsense", ""),
        ] {
            assert_eq!(domain(uri), expected);
        }
    }
}
