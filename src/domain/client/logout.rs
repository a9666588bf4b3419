//! Where a client is told of the end of a session.

use url::Url;

use super::{ClientMetadata, FetchUri, InvalidClient, RedirectUri};
use crate::domain::token::Sid;

impl ClientMetadata {
    /// OpenID Connect Back-Channel Logout 1.0 §2.2 and Front-Channel Logout 1.0
    /// §2.
    pub(super) fn check_logout(&self) -> Result<(), InvalidClient> {
        let has_fragment = |uri: &FetchUri| uri.url().fragment().is_some();
        let uris = [&self.backchannel_logout_uri, &self.frontchannel_logout_uri];
        if uris.into_iter().flatten().any(has_fragment) {
            return Err(InvalidClient::Logout(
                "`backchannel_logout_uri` and `frontchannel_logout_uri` must not have a fragment",
            ));
        }
        if self.command_endpoint.as_ref().is_some_and(has_fragment) {
            return Err(InvalidClient::Logout(
                "`command_endpoint` must not have a fragment",
            ));
        }
        // Else whoever signs out would visit a site that they never saw.
        let elsewhere = self.frontchannel_logout_uri.as_ref().is_some_and(|uri| {
            let origin = uri.url().origin();
            !self
                .redirect_uris
                .iter()
                .filter_map(RedirectUri::parsed)
                .any(|own| own.origin() == origin)
        });
        if elsewhere {
            return Err(InvalidClient::Logout(
                "`frontchannel_logout_uri` must have the scheme, host and port of a redirect URI",
            ));
        }
        Ok(())
    }

    /// The address that a browser visits at the end of a session, and its
    /// origin. It says which session, whether the client needs that or not
    /// (Front-Channel Logout 1.0 §2 takes both or neither).
    #[must_use]
    pub fn frontchannel_logout(&self, issuer: &str, sid: &Sid) -> Option<(Url, String)> {
        let mut url = self.frontchannel_logout_uri.as_ref()?.url().clone();
        let origin = url.origin();
        // An IPv6 address cannot be named in a content security policy.
        if !origin.is_tuple() || url.host_str().is_some_and(|host| host.starts_with('[')) {
            return None;
        }
        url.query_pairs_mut()
            .append_pair("iss", issuer)
            .append_pair("sid", sid.as_str());
        Some((url, origin.ascii_serialization()))
    }

    /// The address at which a login begins that the client did not ask for, and
    /// its host (OpenID Connect Core 1.0 §4). Nothing is known of where someone
    /// wants to go there, and who they are is not said.
    #[must_use]
    pub fn initiated_login(&self, issuer: &str) -> Option<(Url, String)> {
        let mut url = self.initiate_login_uri.as_ref()?.url().clone();
        let host = url.host_str()?.to_owned();
        url.query_pairs_mut().append_pair("iss", issuer);
        Some((url, host))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::id::BusinessId;

    fn read(more: &Value) -> ClientMetadata {
        let mut members = json!({
            "client_name": "Shop",
            "redirect_uris": ["https://shop.example/back", "http://localhost:8100/back"],
            "subject_type": "public",
        });
        for (name, value) in more.as_object().expect("members") {
            members[name] = value.clone();
        }
        serde_json::from_value(members).expect("metadata")
    }

    fn check(more: &Value) -> Result<(), InvalidClient> {
        let business = BusinessId::new(uuid::Uuid::from_u128(1));
        read(more).check(business).map(|_| ())
    }

    #[test]
    fn a_browser_is_sent_only_to_the_origin_of_a_redirect_uri() {
        for uri in [
            "https://shop.example/bye?x=y",
            "https://shop.example:443/",
            "http://localhost:8100/bye",
        ] {
            assert_eq!(
                check(&json!({"frontchannel_logout_uri": uri})),
                Ok(()),
                "{uri}"
            );
        }
        for uri in [
            "https://evil.example/bye",
            "https://www.shop.example/bye",
            "https://shop.example:8443/bye",
            "http://localhost:8101/bye",
            "http://127.0.0.1:8100/bye",
            "https://shop.example/bye#x",
        ] {
            let refused = check(&json!({"frontchannel_logout_uri": uri}));
            assert!(matches!(refused, Err(InvalidClient::Logout(_))), "{uri}");
        }
        let back = json!({"backchannel_logout_uri": "https://inside.shop.example/bye"});
        assert_eq!(check(&back), Ok(()), "nobody visits that");
        let back = json!({"backchannel_logout_uri": "https://shop.example/bye#x"});
        assert!(matches!(check(&back), Err(InvalidClient::Logout(_))));
    }

    #[test]
    fn addresses_that_are_no_web_addresses_cannot_be_read() {
        for name in [
            "backchannel_logout_uri",
            "frontchannel_logout_uri",
            "initiate_login_uri",
        ] {
            for uri in [
                "javascript:alert(1)",
                "data:text/html,x",
                "http://shop.example/bye",
                "//shop.example/bye",
                "https://shop.example@evil.example/bye",
                "https://",
            ] {
                let mut members = json!({"redirect_uris": [], "client_name": "Shop"});
                members[name] = json!(uri);
                let read = serde_json::from_value::<ClientMetadata>(members);
                assert!(read.is_err(), "{name}: {uri}");
            }
        }
    }

    #[test]
    fn what_is_added_to_an_address_cannot_break_out_of_it() {
        let sid = Sid::from_bytes(&[7; 32]);
        let shop = read(&json!({
            "frontchannel_logout_uri": "https://shop.example/bye?a=b&c",
            "initiate_login_uri": "https://login.shop.example/start?from=sluis",
        }));
        let (url, origin) = shop
            .frontchannel_logout("https://sluis.example/a?b&c=\"d\"", &sid)
            .expect("an address");
        assert_eq!(origin, "https://shop.example");
        assert_eq!(
            url.as_str(),
            format!(
                "https://shop.example/bye?a=b&c&iss=https%3A%2F%2Fsluis.example%2Fa%3Fb%26c%3D%22d%22&sid={sid}"
            )
        );
        let (url, host) = shop
            .initiated_login("https://sluis.example")
            .expect("an address");
        assert_eq!(host, "login.shop.example");
        assert_eq!(
            url.as_str(),
            "https://login.shop.example/start?from=sluis&iss=https%3A%2F%2Fsluis.example"
        );
        assert_eq!(
            read(&json!({})).frontchannel_logout("https://x.example", &sid),
            None
        );
    }
}
