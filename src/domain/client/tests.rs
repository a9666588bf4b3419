//! What a client may register, and which redirect URI a request means.

use super::*;
use crate::domain::language::Language;

const WEB: ApplicationType = ApplicationType::Web;
const NATIVE: ApplicationType = ApplicationType::Native;

fn business(number: u128) -> BusinessId {
    BusinessId::new(uuid::Uuid::from_u128(number))
}

fn metadata(uris: &[&str], more: &str) -> ClientMetadata {
    let text = format!(
        r#"{{"client_name": "Shop", "redirect_uris": {}{more}}}"#,
        serde_json::to_string(uris).expect("JSON")
    );
    serde_json::from_str(&text).expect("metadata")
}

fn checked(uris: &[&str], more: &str) -> Result<Sector, InvalidClient> {
    metadata(uris, more).check(business(1))
}

fn matches(registered: &str, asked: &str, kind: ApplicationType) -> bool {
    let uri = RedirectUri::try_from(registered.to_owned()).expect("a redirect URI");
    uri.matches(asked, kind)
}

const NATIVE_MEMBER: &str = r#", "application_type": "native""#;

#[test]
fn a_redirect_uri_means_exactly_its_letters() {
    let registered = "https://shop.example/back?to=1";
    for kind in [WEB, NATIVE] {
        assert!(matches(registered, registered, kind));
        for other in [
            "https://shop.example/back",
            "https://shop.example/back?to=2",
            "https://shop.example/back?to=1&more=1",
            "https://shop.example/back?to=1#x",
            "https://shop.example/back/?to=1",
            "https://shop.example/a/../back?to=1",
            "https://shop.example:443/back?to=1",
            "https://SHOP.example/back?to=1",
            "HTTPS://shop.example/back?to=1",
            "http://shop.example/back?to=1",
            "https://shop.example.evil.example/back?to=1",
            "https://evil.example/https://shop.example/back?to=1",
            "https://user@shop.example/back?to=1",
            " https://shop.example/back?to=1",
            "https://shop.example/back?to=1 ",
            "https://shop.example/b%61ck?to=1",
            "",
        ] {
            assert!(!matches(registered, other, kind), "{other}");
        }
    }
}

#[test]
fn the_loopback_port_of_a_native_app_may_differ() {
    for (registered, asked) in [
        ("http://127.0.0.1/back", "http://127.0.0.1:49152/back"),
        ("http://127.0.0.1:3000/back", "http://127.0.0.1:49152/back"),
        ("http://127.0.0.1:3000/back", "http://127.0.0.1/back"),
        ("http://127.0.0.1/back", "http://127.0.0.1:80/back"),
        ("http://127.0.0.1", "http://127.0.0.1:49152"),
        ("http://[::1]/back?a=b", "http://[::1]:49152/back?a=b"),
    ] {
        assert!(matches(registered, asked, NATIVE), "{registered} {asked}");
        assert!(!matches(registered, asked, WEB), "{registered} {asked}");
    }
}

#[test]
fn nothing_but_the_port_may_differ() {
    let registered = "http://127.0.0.1/back?a=b";
    for asked in [
        "http://127.0.0.1:1/other?a=b",
        "http://127.0.0.1:1/back?a=c",
        "http://127.0.0.1:1/back",
        "http://127.0.0.1:1/back?a=b#x",
        "http://127.0.0.1:1/x/../back?a=b",
        "http://127.0.0.2:1/back?a=b",
        "http://127.1:1/back?a=b",
        "http://2130706433:1/back?a=b",
        "http://[::1]:1/back?a=b",
        "http://localhost:1/back?a=b",
        "http://user@127.0.0.1:1/back?a=b",
        "http://127.0.0.1:1@evil.example/back?a=b",
        "http://127.0.0.1:1\\@evil.example/back?a=b",
        "http://127.0.0.1:/back?a=b",
        "http://127.0.0.1:+1/back?a=b",
        "http://127.0.0.1:65536/back?a=b",
        "http://127.0.0.1:1:1/back?a=b",
        "https://127.0.0.1:1/back?a=b",
        "http://127.0.0.1.evil.example/back?a=b",
    ] {
        assert!(!matches(registered, asked, NATIVE), "{asked}");
    }
}

#[test]
fn the_port_of_any_other_host_counts() {
    for (registered, asked) in [
        ("http://localhost/back", "http://localhost:49152/back"),
        ("http://app.localhost/back", "http://app.localhost:1/back"),
        (
            "http://[::ffff:127.0.0.1]/back",
            "http://[::ffff:127.0.0.1]:1/back",
        ),
        ("http://192.168.0.1/back", "http://192.168.0.1:1/back"),
        ("https://127.0.0.1/back", "https://127.0.0.1:1/back"),
        (
            "http://127.0.0.1.example/back",
            "http://127.0.0.1.example:1/back",
        ),
    ] {
        assert!(!matches(registered, asked, NATIVE), "{registered} {asked}");
    }
}

#[test]
fn an_origin_without_a_path_and_one_with_a_slash_are_two() {
    assert!(!matches("http://127.0.0.1", "http://127.0.0.1:1/", NATIVE));
    assert!(!matches(
        "https://shop.example",
        "https://shop.example/",
        WEB
    ));
}

#[test]
fn redirect_uris_that_leak_or_mislead_are_not_registered() {
    for uri in [
        "back",
        "//shop.example/back",
        "http://shop.example/back",
        "https://shop.example/back#x",
        "https://shop.example/back#",
        "https://user@shop.example/back",
        "https://user:word@shop.example/back",
        "https://:word@shop.example/back",
        "http://localhost.example/back",
        "javascript:alert(1)",
        "data:text/html,x",
        "shop:/back",
        "com.example.shop:/back",
    ] {
        let refused = checked(&[uri], "");
        assert!(
            matches!(refused, Err(InvalidClient::RedirectUri { .. })),
            "{uri}"
        );
    }
    assert!(checked(&["com.example.shop:/back"], NATIVE_MEMBER).is_ok());
    assert!(checked(&["shop:/back"], NATIVE_MEMBER).is_err());
    for uri in [
        "https://shop.example/back?a=b",
        "http://localhost:3000/back",
        "http://shop.localhost/back",
        "http://127.0.0.1:3000/back",
        "http://[::1]:3000/back",
    ] {
        assert!(checked(&[uri], "").is_ok(), "{uri}");
    }
}

#[test]
fn an_address_is_not_endless_however_it_is_written() {
    let read = |text: &str| WebUri::try_from(text.to_owned()).map(String::from);
    let long = format!("https://shop.example/{}", "a".repeat(1_979));
    assert_eq!(read(&long), Ok(long.clone()));
    assert!(read(&format!("{long}a")).is_err());
    // What is escaped gets longer, and is read again from where it is kept.
    for text in ["https://shop.example/é", &long] {
        let kept = read(text).expect("an address");
        assert_eq!(read(&kept), Ok(kept.clone()));
    }
    assert!(read(&format!("https://shop.example/{}", "é".repeat(900))).is_err());
}

#[test]
fn a_redirect_uri_is_printable_and_not_endless() {
    let long = format!("https://shop.example/{}", "a".repeat(2_000));
    for text in [
        long.as_str(),
        "https://shop.example/a b",
        "https://shop.example/\n",
        "https://shop.example/é",
    ] {
        assert!(RedirectUri::try_from(text.to_owned()).is_err(), "{text}");
    }
}

#[test]
fn what_a_client_lacks_is_named() {
    assert_eq!(checked(&[], ""), Err(InvalidClient::NoRedirectUri));
    let many: Vec<String> = (0..65)
        .map(|n| format!("https://shop.example/{n}"))
        .collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(checked(&many, ""), Err(InvalidClient::ManyRedirectUris));
    let uris = ["https://shop.example/back"];
    let refused = checked(&uris, r#", "grant_types": ["refresh_token"]"#);
    assert_eq!(refused, Err(InvalidClient::NoWayIn));
}

#[test]
fn a_name_can_be_shown_in_each_language() {
    let named = |name: &str| {
        let mut client = metadata(&["https://shop.example/back"], "");
        client.client_name = ClientName::new(name);
        client.check(business(1))
    };
    assert!(named("Bakkerij De Vries 🥐").is_ok());
    for name in [
        "",
        "  ",
        "Shop\n",
        "Sh\u{202e}po",
        "Sh\u{200b}op",
        &"a".repeat(201),
    ] {
        assert_eq!(named(name), Err(InvalidClient::NoName), "{name:?}");
    }
    let tagged = r#", "client_name#nl": " ""#;
    let refused = checked(&["https://shop.example/back"], tagged);
    assert_eq!(refused, Err(InvalidClient::NoName));
}

#[test]
fn a_client_is_called_what_its_reader_can_read() {
    let client = metadata(
        &["https://shop.example/back"],
        r#", "client_name#nl": "Winkel", "x": 1"#,
    );
    assert_eq!(client.client_name.get(Language::Nl), "Winkel");
    assert_eq!(client.client_name.get(Language::En), "Shop");
    let text = serde_json::to_string(&client).expect("JSON");
    let read: ClientMetadata = serde_json::from_str(&text).expect("metadata");
    assert_eq!(read, client);
}

#[test]
fn subjects_are_those_of_one_host_of_one_business() {
    let client = metadata(
        &["https://shop.example/a", "https://shop.example:8443/b"],
        "",
    );
    let sector = client.check(business(1)).expect("one host");
    assert_eq!(sector, Sector::of_host(business(1), "SHOP.example"));
    assert_ne!(Ok(sector.clone()), client.check(business(2)));
    assert_ne!(Ok(sector), checked(&["https://news.example/a"], ""));
    let several = checked(&["https://shop.example/a", "https://news.example/a"], "");
    assert_eq!(several, Err(InvalidClient::SeveralHosts));
}

#[test]
fn apps_of_two_businesses_are_never_one_sector() {
    for uri in [
        "http://127.0.0.1/back",
        "http://localhost/back",
        "com.example.shop:/back",
    ] {
        let app = metadata(&[uri], NATIVE_MEMBER);
        assert_ne!(app.check(business(1)), app.check(business(2)), "{uri}");
    }
    let other = checked(&["com.example.news:/back"], NATIVE_MEMBER);
    assert_ne!(checked(&["com.example.shop:/back"], NATIVE_MEMBER), other);
}

#[test]
fn an_app_may_be_called_back_at_every_loopback_address() {
    let every = [
        "http://127.0.0.1/back",
        "http://[::1]/back",
        "http://localhost/back",
    ];
    assert!(checked(&every, NATIVE_MEMBER).is_ok());
}

#[test]
fn public_subjects_need_no_common_host_and_stay_with_one_business() {
    let hosts = ["https://shop.example/a", "https://news.example/a"];
    let public = metadata(&hosts, r#", "subject_type": "public""#);
    assert_eq!(
        public.check(business(1)),
        Ok(Sector::of_business(business(1)))
    );
    assert_ne!(public.check(business(1)), public.check(business(2)));
}

#[test]
fn people_know_a_client_by_its_home_page() {
    let with = metadata(
        &["https://id.shop.example/back"],
        r#", "client_uri": "https://shop.example""#,
    );
    assert_eq!(with.domain(), "shop.example");
    assert_eq!(
        metadata(&["https://id.shop.example/back"], "").domain(),
        "id.shop.example"
    );
    assert_eq!(
        metadata(&["com.example.shop:/back"], "").domain(),
        "com.example.shop"
    );
}

#[test]
fn a_web_address_cannot_run_anything() {
    for text in [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://shop.example",
        "https:",
        "shop.example",
    ] {
        assert!(WebUri::try_from(text.to_owned()).is_err(), "{text}");
    }
    let uri = WebUri::try_from("https://shop.example:8443/logo.png".to_owned()).expect("https");
    assert_eq!(uri.origin(), "https://shop.example:8443");
}
