//! Somebody with every attribute, through everything that there is to do.

use axum::http::Method;

use crate::harness::{Actor, PASSWORD, Page, TestApp};
use crate::people::changing;
use crate::protocol::{Business, text};

pub(super) const EMAIL: &str = "Xanthippe.Quist@wolkenveld.example";
/// The one that she asks for in its place.
pub(super) const ASKED: &str = "Xanthippe.Oosterwold@wintertuin.example";

/// What is typed, by attribute and field.
const TYPED: &[(&str, &[(&str, &str)])] = &[
    ("name", &[("value", "Xanthippe Quist-Oosterwold")]),
    ("given_name", &[("value", "Xanthippe")]),
    ("family_name", &[("value", "Quist-Oosterwold")]),
    ("nickname", &[("value", "Zwaluwtje")]),
    ("locale", &[("value", "gsw-LI")]),
    (
        "address",
        &[
            ("street_address", "Veldmuisstraat 417"),
            ("postal_code", "9712kx"),
            ("locality", "Groningen"),
        ],
    ),
    (
        "delivery_address",
        &[
            ("street_address", "Ooievaarslaan 88-bis"),
            ("postal_code", "6211 lm"),
            ("locality", "Maastricht"),
        ],
    ),
    ("phone_number", &[("value", "06 5391 7426")]),
    (
        "payment_account",
        &[
            ("iban", "nl91 abna 0417 1643 00"),
            ("holder", "X. Quist e/o"),
        ],
    ),
    ("birthdate", &[("value", "1979-02-23")]),
    ("gender", &[("value", "tweegeestig")]),
    (
        "preferences",
        &[("value", "Houdt van zoute drop & kaarsen")],
    ),
];

/// Everything about her, as typed and as normalised, that nobody else may see.
pub(super) fn values() -> Vec<String> {
    let normalised = [
        EMAIL,
        ASKED,
        "Zwaluw II",
        "9712 KX",
        "6211 LM",
        "+31653917426",
        "NL91ABNA0417164300",
        "0417164300",
        "xanthippe",
        "wolkenveld",
        "wintertuin",
        "oosterwold",
        "19790223",
    ];
    TYPED
        .iter()
        .flat_map(|(_, fields)| fields.iter().map(|(_, value)| *value))
        .chain(normalised)
        .map(str::to_owned)
        .collect()
}

/// What she and the business have in their hands at the end: cookies, codes,
/// tokens, and what they keep to themselves.
pub(super) struct Traces {
    pub(super) shop: Business,
    pub(super) secrets: Vec<String>,
}

/// Fills in every attribute.
pub(super) async fn fill_in(actor: &mut Actor) {
    for (claim, fields) in TYPED {
        actor.fill_in(claim, fields).await;
    }
}

/// From a business's button to what it reads, and on to an edit, a refresh and
/// the history; with things left lying about in every state.
pub(super) async fn travel(app: &TestApp, actor: &mut Actor) -> Traces {
    let shop = Business::with(app, "shop", serde_json::json!({}), Some(WANTS_ALL)).await;
    let scope = ("scope", crate::protocol::ALL_SCOPES);
    let hint = ("login_hint", EMAIL);
    let mut secrets = vec![PASSWORD.to_owned()];
    secrets.extend(shop.secret.clone());
    fill_in(actor).await;
    let code = shop.code(actor, "high", &[scope, hint]).await;
    let tokens = shop.redeem(&code).await.ok();
    let claims = shop.userinfo(text(&tokens, "access_token")).await.ok();
    assert_eq!(claims["nickname"], "Zwaluwtje");
    let iban = &claims["https://schemas.sluis.example/claims/payment_account"]["iban"];
    assert_eq!(iban, "NL91ABNA0417164300");
    let renewed = shop.refresh(text(&tokens, "refresh_token")).await.ok();
    actor.edit("nickname", "Zwaluw II").await;
    let claims = shop.userinfo(text(&renewed, "access_token")).await.ok();
    assert_eq!(claims["nickname"], "Zwaluw II");
    let history = actor.get("/account/history").await;
    history.says("The shop");
    for tokens in [&tokens, &renewed] {
        for member in ["access_token", "refresh_token", "id_token"] {
            secrets.push(text(tokens, member).to_owned());
        }
    }
    secrets.push(code);
    let page = changing::ask_for(actor, ASKED).await;
    assert_eq!(page.location(), "/account/security?done=email-asked");
    // An address that is not confirmed, a code that nobody redeems, questions that nobody answers, a sign-in that
    // was taken back, and a wrong password.
    secrets.push(shop.code(actor, "high", &[scope]).await);
    let page = app
        .browser()
        .visit(&shop.client.request(&[scope, hint]))
        .await;
    assert!(page.has_form("sign-in"));
    let ask = shop.client.request(&[scope, hint, ("prompt", "consent")]);
    assert!(actor.visit(&ask).await.has_form("consent"));
    let mut elsewhere = app.browser();
    elsewhere.sign_in("/sign-in", EMAIL, PASSWORD).await;
    secrets.extend(elsewhere.jar.values().cloned());
    sign_out(&mut elsewhere).await;
    let wrong = app
        .browser()
        .sign_in("/sign-in", EMAIL, "a wrong password")
        .await;
    assert_eq!(wrong.status, 422);
    secrets.extend(actor.jar.values().cloned());
    Traces { shop, secrets }
}

async fn sign_out(actor: &mut Actor) -> Page {
    let page = actor.sign_out().await;
    assert!(page.redirect().is_some(), "{}", page.words());
    actor.send(Method::GET, "/sign-out", None).await
}

const WANTS_ALL: &str = r#"{"purposes": [
    {"id": "deliver", "purpose": "dpv:DeliveryOfGoods",
     "title": {"nl": "Bezorgen", "en": "Deliver your order"},
     "text": {"nl": "We brengen je pakket.", "en": "We bring your parcel."},
     "basis": "contract", "required": true,
     "claims": ["name", "given_name", "family_name", "nickname", "email", "locale", "address",
                "delivery_address", "phone_number", "payment_account", "birthdate", "gender", "preferences"],
     "retention": "P3M", "storage": ["NL"]}
]}"#;
