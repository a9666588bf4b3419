//! The editions of the shop's data plan, among which the keeper chooses.

use serde_json::Value;

use super::site::Site;

/// What the shop asks of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edition {
    /// Less than it did: no birthdays, no telephone, and data for a month.
    Narrower,
    /// As it began.
    Usual,
    /// More: it wants to remind people of their bicycle's service.
    Wider,
}

impl Edition {
    pub(super) const ALL: [Self; 3] = [Self::Narrower, Self::Usual, Self::Wider];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Narrower => "narrower",
            Self::Usual => "usual",
            Self::Wider => "wider",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|edition| edition.word() == word)
    }

    /// The plan, as the API for plans takes it.
    pub(super) fn plan(self) -> Value {
        let mut plan: Value = serde_json::from_str(Site::Shop.plan_json()).unwrap_or_default();
        let Some(purposes) = plan["purposes"].as_array_mut() else {
            return plan;
        };
        match self {
            Self::Usual => {}
            Self::Narrower => {
                purposes.retain(|purpose| purpose["id"] != "birthday");
                for purpose in purposes.iter_mut().filter(|one| one["id"] == "deliver") {
                    purpose["voluntary_claims"] = Value::Array(Vec::new());
                    purpose["retention"] = "P1M".into();
                }
            }
            Self::Wider => {
                let service = serde_json::from_str(include_str!("plans/shop-service.json"));
                purposes.push(service.unwrap_or_default());
            }
        }
        plan
    }

    /// Which edition a published plan is, by the purposes in it.
    pub(super) fn of_plan(plan: &Value) -> Option<Self> {
        let ids = |plan: &Value| -> Vec<String> {
            let purposes = plan["purposes"].as_array().cloned().unwrap_or_default();
            let id = |purpose: &Value| purpose["id"].as_str().map(str::to_owned);
            purposes.iter().filter_map(id).collect()
        };
        let published = ids(plan);
        Self::ALL
            .into_iter()
            .find(|edition| ids(&edition.plan()) == published)
    }
}
