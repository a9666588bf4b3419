//! What holds for every plan and for any text.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::domain::tier::Tier;

fn any_text(max: usize) -> impl Strategy<Value = LocalizedText> {
    let words = move || {
        proptest::string::string_regex(&format!("[A-Za-zéß☺\"\\\\]([ -~é]{{0,{}}}[a-z])?", max - 2))
            .expect("a pattern")
    };
    (words(), words()).prop_map(|(nl, en)| LocalizedText { nl, en })
}

fn any_set<T: EnumSetTypeFromBits>() -> impl Strategy<Value = EnumSet<T>> {
    any::<u32>().prop_map(T::from_bits)
}

/// Sets of any bits; those that stand for nothing are passed over.
trait EnumSetTypeFromBits: enumset::EnumSetType + std::fmt::Debug {
    fn from_bits(bits: u32) -> EnumSet<Self> {
        EnumSet::<Self>::all()
            .iter()
            .enumerate()
            .filter(|(index, _)| bits & (1 << index) != 0)
            .map(|(_, member)| member)
            .collect()
    }
}

impl EnumSetTypeFromBits for Claim {}
impl EnumSetTypeFromBits for Permission {}

fn any_purpose() -> impl Strategy<Value = Purpose> {
    let words = (any_text(80), any_text(600), any::<bool>(), any_text(200));
    let sets = (
        any_set::<Claim>(),
        any_set::<Claim>(),
        any_set::<Permission>(),
        any::<bool>(),
    );
    let rest = (
        0..LegalBasis::ALL.len(),
        any::<bool>(),
        prop_oneof![
            (1_u16..=120).prop_map(Retention::months),
            (1_u16..=3650).prop_map(Retention::days)
        ],
        prop::collection::vec(prop::sample::select(vec!["NL", "DE", "US"]), 0..4),
        prop::sample::subsequence(vec!["NL", "BE", "US"], 0..=3),
    );
    (words, sets, rest).prop_map(
        |(
            (title, text, offers, offer),
            (claims, voluntary, permissions, contacts),
            (basis, required, retention, recipients, storage),
        )| Purpose {
            id: PurposeId("p".to_owned()),
            code: "dpv:DeliveryOfGoods".to_owned(),
            title,
            text,
            basis: LegalBasis::ALL[basis],
            required,
            claims,
            voluntary_claims: voluntary - claims,
            permissions: if contacts {
                permissions & Permission::contact()
            } else {
                permissions & Permission::processing()
            },
            retention: retention.unwrap_or(Retention::MAX),
            offer: offers.then(|| Offer {
                text: offer,
                at_least: AtLeast {
                    claims: claims & voluntary,
                    ..AtLeast::default()
                },
            }),
            recipients: recipients
                .into_iter()
                .map(|country| Recipient {
                    name: "Someone".to_owned(),
                    country: country.to_owned(),
                })
                .collect(),
            storage: storage.into_iter().map(str::to_owned).collect(),
        },
    )
}

fn any_plan() -> impl Strategy<Value = Plan> {
    let purposes = prop::collection::vec(any_purpose(), 1..5).prop_map(|mut purposes| {
        for (index, purpose) in purposes.iter_mut().enumerate() {
            purpose.id = PurposeId(format!("p{index}"));
        }
        purposes
    });
    let within = prop::option::of(1_u16..=30);
    let all = (purposes, prop::option::of(any_set::<Claim>()), within);
    all.prop_map(|(purposes, requested, within)| {
        let offers = purposes.iter().filter_map(|purpose| purpose.offer.clone());
        let offers = offers
            .zip(Tier::ALL)
            .map(|(offer, tier)| TierOffer { tier, offer });
        let plan = Plan {
            requested: None,
            delete_within: within.and_then(Retention::days),
            offers: offers.collect(),
            purposes,
        };
        Plan {
            requested: requested.map(|claims| claims & plan.used_claims()),
            ..plan
        }
    })
}

proptest! {
    #[test]
    fn every_plan_survives_its_document(plan in any_plan()) {
        let text = plan.to_json();
        let again = Plan::parse(&text);
        prop_assert_eq!(again.as_ref(), Ok(&plan));
        prop_assert_eq!(again.map(|plan| plan.to_json()), Ok(text));
    }

    #[test]
    fn every_plan_fits_the_schema(plan in any_plan()) {
        let document: Value = serde_json::from_str(&plan.to_json()).expect("JSON");
        prop_assert!(fits_schema(&document));
    }

    #[test]
    fn any_text_is_read_without_panic(text in "\\PC*|[\\[\\]{}\":, a-z]{0,60}") {
        let _ = Plan::parse(&text);
    }

    #[test]
    fn broken_plan_is_read_without_panic(plan in any_plan(), cut in any::<prop::sample::Index>(), put in ".{0,3}") {
        let text: Vec<char> = plan.to_json().chars().collect();
        let at = cut.index(text.len());
        let mut broken: String = text[..at].iter().collect();
        broken.push_str(&put);
        broken.extend(&text[at + 1..]);
        let _ = Plan::parse(&broken);
    }
}
