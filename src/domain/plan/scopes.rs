//! The plan of a client that declared none: what its scopes name, to log in.

use enumset::EnumSet;

use super::super::claim::Claim;
use super::super::language::LocalizedText;
use super::super::retention::Retention;
use super::super::scope::Scope;
use super::{LegalBasis, Plan, Purpose, PurposeId};

impl Plan {
    /// Reads a plan into standard scopes: one required purpose, `login`. Its
    /// retention is the longest that a new account allows, so that the
    /// consumer's tier decides.
    #[must_use]
    pub fn from_scopes(scopes: EnumSet<Scope>) -> Self {
        Self::from_request(scopes, EnumSet::empty())
    }

    /// [`Self::from_scopes`], with claims that were asked for one by one. Those
    /// are voluntary, also the ones that a client calls essential: without
    /// them it gets a login that is less smooth, and not none (OpenID Connect
    /// Core 1.0 §5.5.1). Claims that no standard scope names take a plan that
    /// says what for.
    #[must_use]
    pub fn from_request(scopes: EnumSet<Scope>, asked: EnumSet<Claim>) -> Self {
        let named = Scope::claims_of(scopes);
        let needed = named & (Claim::Name | Claim::Email | Claim::Address | Claim::PhoneNumber);
        let named = named | (asked & Scope::claims_of(Scope::all()));
        Self {
            requested: None,
            delete_within: None,
            purposes: vec![Purpose {
                id: PurposeId("login".to_owned()),
                code: "dpv:IdentityAuthentication".to_owned(),
                title: LocalizedText {
                    nl: "Inloggen".to_owned(),
                    en: "Log you in".to_owned(),
                },
                text: LocalizedText {
                    nl: "Je herkennen als je terugkomt, en je account bij ons bijhouden."
                        .to_owned(),
                    en: "Recognise you when you come back, and keep your account with us."
                        .to_owned(),
                },
                // Required, and so no consent (GDPR art. 7(4)): whoever wants an
                // account there asks for this.
                basis: LegalBasis::Contract,
                required: true,
                claims: needed,
                voluntary_claims: named - needed,
                permissions: EnumSet::empty(),
                retention: Retention::months(6).unwrap_or(Retention::MAX),
                offer: None,
                recipients: Vec::new(),
                storage: Vec::new(),
            }],
            offers: Vec::new(),
        }
    }

    /// The plan of somebody who is in no position to require anything: every
    /// claim is voluntary.
    #[must_use]
    pub fn requiring_nothing(mut self) -> Self {
        for purpose in &mut self.purposes {
            purpose.voluntary_claims |= std::mem::take(&mut purpose.claims);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Advice, Concern};
    use super::*;

    #[test]
    fn scopes_without_claims_make_a_plan_that_lets_anyone_in() {
        let plan = Plan::from_scopes(Scope::Openid | Scope::OfflineAccess);
        assert_eq!(plan.purposes().len(), 1);
        assert!(plan.used_claims().is_empty());
    }

    #[test]
    fn profile_scope_needs_a_name_and_would_like_the_rest() {
        let plan = Plan::from_scopes(Scope::Openid | Scope::Profile | Scope::Email);
        let login = &plan.purposes()[0];
        assert_eq!(login.claims, Claim::Name | Claim::Email);
        assert_eq!(
            login.voluntary_claims,
            Claim::GivenName
                | Claim::FamilyName
                | Claim::Nickname
                | Claim::Birthdate
                | Claim::Gender
                | Claim::Locale
        );
        assert!(login.required && login.permissions.is_empty());
    }

    #[test]
    fn what_is_asked_for_one_by_one_is_voluntary_and_standard() {
        let asked = Claim::Email | Claim::Birthdate | Claim::Name | Claim::Preferences;
        let plan = Plan::from_request(Scope::Openid | Scope::Email, asked);
        let login = &plan.purposes()[0];
        assert_eq!(login.claims, Claim::Email);
        assert_eq!(login.voluntary_claims, Claim::Birthdate | Claim::Name);
    }

    #[test]
    fn plan_of_any_scopes_calls_nothing_consent_that_cannot_be_refused() {
        for bits in 0..(1_u16 << Scope::all().len()) {
            let plan = Plan::from_scopes(EnumSet::from_u16(bits));
            for plan in [plan.clone(), plan.requiring_nothing()] {
                let advice = plan.lint();
                let unwise = |advice: &Advice| advice.concern == Concern::RequiredConsent;
                assert!(!advice.iter().any(unwise), "{advice:?}");
            }
        }
    }

    #[test]
    fn plan_of_any_scopes_is_a_valid_document() {
        for bits in 0..(1_u16 << Scope::all().len()) {
            let plan = Plan::from_scopes(EnumSet::from_u16(bits));
            assert_eq!(Plan::parse(&plan.to_json()), Ok(plan.clone()));
            let voluntary = plan.clone().requiring_nothing();
            assert_eq!(voluntary.used_claims(), plan.used_claims());
            assert!(voluntary.purposes()[0].claims.is_empty());
            assert_eq!(Plan::parse(&voluntary.to_json()), Ok(voluntary));
        }
    }
}
