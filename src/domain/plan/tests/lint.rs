//! What is advised.

use serde_json::{Value, json};

use super::*;

fn concerns(purpose: Value) -> Vec<Concern> {
    valid(&plan_of(&[purpose]))
        .lint()
        .into_iter()
        .map(|advice| advice.concern)
        .collect()
}

#[test]
fn linter_keeps_silent_about_a_good_plan() {
    let news = with(news(), "channels", json!(["email"]));
    assert_eq!(valid(&plan_of(&[purpose(), news])).lint(), []);
}

#[test]
fn linter_advises_on_what_is_unwise() {
    use Concern as C;
    assert_eq!(
        concerns(with(purpose(), "basis", json!("consent"))),
        [C::RequiredConsent]
    );
    assert_eq!(
        concerns(with(
            with(purpose(), "required", json!(false)),
            "basis",
            json!("legal_obligation")
        )),
        [C::OptionalDuty]
    );
    let mail_alone = with(news(), "channels", json!(["email"]));
    assert_eq!(
        concerns(with(mail_alone, "basis", json!("legitimate_interest"))),
        [C::ContactWithoutConsent(LegalBasis::LegitimateInterest)]
    );
    assert_eq!(
        concerns(with(purpose(), "permissions", json!(["analytics"]))),
        [
            C::PermissionWithoutConsent(Permission::Analytics, LegalBasis::Contract),
            C::SwitchInRequired
        ]
    );
    assert!(matches!(
        concerns(with(purpose(), "retention", json!("P1Y")))[..],
        [C::LongRetention { .. }]
    ));
    assert_eq!(concerns(with(purpose(), "retention", json!("P180D"))), []);
    assert_eq!(
        concerns(with(purpose(), "claims", json!(["birthdate"]))),
        [C::NeedsHighTier(Claim::Birthdate)]
    );
    assert_eq!(
        concerns(news()),
        [C::ChannelWithoutClaim {
            channel: Permission::ContactPost,
            claim: Claim::Address
        }]
    );
    assert_eq!(
        concerns(with(
            without(with(news(), "claims", json!([])), "channels"),
            "storage",
            json!([])
        )),
        [C::AsksNothing]
    );
    assert_eq!(concerns(without(purpose(), "storage")), [C::NoStorage]);
    assert_eq!(
        concerns(with(purpose(), "text", json!({"nl": "x", "en": "x"}))),
        [C::Untranslated]
    );
}
