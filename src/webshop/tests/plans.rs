//! What the sites declare about themselves.

use serde_json::Value;

use crate::webshop::Site;

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_client_metadata_name_the_site_s_own_address() {
    for site in Site::ALL {
        let client = parse(&site.client_json("http://localhost:8001/", "b-1"));
        assert_eq!(client["redirect_uris"][0], "http://localhost:8001/callback");
        assert_eq!(client["business"], "b-1");
        assert!(!client.to_string().contains("{own_url}"));
        let scopes = client["scope"].as_str().unwrap();
        assert!(site.scopes().iter().all(|scope| scopes.contains(scope)));
        assert!(parse(site.business_json())["name"].is_string());
    }
}

#[test]
fn every_purpose_is_told_in_both_languages() {
    for site in Site::ALL {
        for purpose in parse(site.plan_json())["purposes"].as_array().unwrap() {
            for part in ["title", "text"] {
                for lang in ["nl", "en"] {
                    assert!(purpose[part][lang].is_string(), "{purpose}");
                }
            }
        }
    }
}

#[test]
fn the_newspaper_requires_no_data() {
    let plan = parse(Site::Newspaper.plan_json());
    let required = plan["purposes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|purpose| purpose["required"] == true);
    for purpose in required {
        assert_eq!(purpose["claims"], Value::Array(Vec::new()));
    }
}
