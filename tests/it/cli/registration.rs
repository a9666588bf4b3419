//! `sluis client token`, and what clients make of it.

use serde_json::json;
use sluis::app::{App, Migrations};
use sluis::clock::Clock;
use sluis::config::{Config, Registration};
use sluis::random::Random;
use sluis::service::registration::register;

use super::Place;

#[tokio::test]
async fn the_operator_vouches_for_a_client_by_saying_whose_it_is() {
    let place = Place::migrated();
    let app = place.open().await;
    let open = Config {
        registration: Registration::Open,
        ..app.config().clone()
    };
    app.close().await;
    let app = App::open(open, Migrations::Refuse, Clock::system(), Random::system());
    let app = app.await.expect("an instance");
    let metadata = json!({"redirect_uris": ["https://shop.example/back"]});
    let members = metadata.as_object().expect("members").clone();
    let registered = register(&app, None, members).await.expect("a client");
    app.close().await;
    let id = registered.client.id.to_string();
    let document = json!({
        "name": "Shop BV", "address": "Dam 1", "contact": "privacy@shop.example", "country": "NL",
    });
    place.write_json("shop.json", &document);
    let vouched = place.run(&["client", "vouch", &id, "shop.json"]).json();
    assert_eq!(vouched["client_id"], id.as_str());
    assert_eq!(
        vouched["business"],
        registered.client.business_id.to_string()
    );
    assert_eq!(vouched["name"], "Shop BV");
    let again = place.run(&["client", "vouch", &id, "shop.json"]);
    again.is_refused(&["vouches for this client already"]);
    let nobody = place.run(&["client", "vouch", "nobody", "shop.json"]);
    nobody.is_refused(&["there is no client nobody"]);
    place.write_json("shop.json", &json!({"name": "Shop BV"}));
    let unclear = place.run(&["client", "vouch", &id, "shop.json"]);
    unclear.is_refused(&["shop.json", "cannot be used"]);
    place.run(&["client", "vouch", &id]).is_wrong_usage();
}

#[tokio::test]
async fn a_token_that_was_made_registers_clients_of_its_business() {
    let place = Place::new();
    let business = place.add_business();
    let made = place
        .run(&["client", "token", "--business", &business, "--uses", "2"])
        .json();
    assert_eq!(
        (&made["business"], &made["uses"]),
        (&json!(business), &json!(2))
    );
    assert!(made["expires_at"].is_string());
    let endpoint = made["registration_endpoint"].as_str().expect("a URL");
    assert!(endpoint.ends_with("/register"), "{endpoint}");
    let token = made["initial_access_token"].as_str().expect("a token");

    let app = place.open().await;
    let metadata = json!({"redirect_uris": ["https://shop.example/back"]});
    for fine in [true, true, false] {
        let members = metadata.as_object().expect("members").clone();
        let registered = register(&app, Some(token), members).await;
        assert_eq!(registered.is_ok(), fine);
        if let Ok(registered) = registered {
            assert_eq!(registered.client.business_id.to_string(), business);
        }
    }
    app.close().await;
}

#[test]
fn a_token_needs_a_business_and_registration_that_is_on() {
    let place = Place::migrated();
    let nobody = "01920000-0000-7000-8000-000000000001";
    place
        .run(&["client", "token", "--business", nobody])
        .is_refused(&["there is no business", "sluis business add"]);
    place
        .run_with(
            &["client", "token", "--business", nobody],
            &[("SLUIS_REGISTRATION", "off")],
        )
        .is_refused(&["SLUIS_REGISTRATION is off", "sluis client add"]);
    for wrong in [
        &["client", "token"][..],
        &["client", "token", "--business", "the shop"],
        &["client", "token", "--business", nobody, "--uses", "0"],
        &["client", "token", "--business", nobody, "--hours", "9000"],
    ] {
        place.run(wrong).is_wrong_usage();
    }
}
