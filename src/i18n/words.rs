//! The words of the domain (`product.md` section 3) in each language.
//!
//! Templates hand things in by reference and code by value: both will do.

use std::borrow::Borrow;

use super::{Texts, t};
use crate::domain::claim::Claim;
use crate::domain::language::Language;
use crate::domain::permission::Permission;
use crate::domain::plan::LegalBasis;
use crate::domain::profile::Placement;
use crate::domain::tier::{Tier, TierChoice};

impl Texts {
    /// A claim, as people call it: `bezorgadres`, `delivery address`.
    #[must_use]
    pub fn claim(self, claim: impl Borrow<Claim>) -> String {
        match claim.borrow() {
            Claim::Name => t!(self, "claim-name"),
            Claim::GivenName => t!(self, "claim-given-name"),
            Claim::FamilyName => t!(self, "claim-family-name"),
            Claim::Nickname => t!(self, "claim-nickname"),
            Claim::Email => t!(self, "claim-email"),
            Claim::Locale => t!(self, "claim-locale"),
            Claim::Address => t!(self, "claim-address"),
            Claim::DeliveryAddress => t!(self, "claim-delivery-address"),
            Claim::PhoneNumber => t!(self, "claim-phone-number"),
            Claim::PaymentAccount => t!(self, "claim-payment-account"),
            Claim::Birthdate => t!(self, "claim-birthdate"),
            Claim::Gender => t!(self, "claim-gender"),
            Claim::Preferences => t!(self, "claim-preferences"),
        }
    }

    /// Some claims as a list.
    #[must_use]
    pub fn claims(self, claims: impl IntoIterator<Item = Claim>) -> String {
        let words: Vec<String> = claims.into_iter().map(|claim| self.claim(claim)).collect();
        self.list(&words)
    }

    /// A permission, as the name of a switch.
    #[must_use]
    pub fn permission(self, permission: impl Borrow<Permission>) -> String {
        match permission.borrow() {
            Permission::Analytics => t!(self, "permission-analytics"),
            Permission::Personalisation => t!(self, "permission-personalisation"),
            Permission::OmnichannelCollection => t!(self, "permission-omnichannel"),
            Permission::ContactEmail => t!(self, "permission-email"),
            Permission::ContactSms => t!(self, "permission-sms"),
            Permission::ContactPhone => t!(self, "permission-phone"),
            Permission::ContactPost => t!(self, "permission-post"),
        }
    }

    /// What a permission lets a business do, in a sentence.
    #[must_use]
    pub fn permission_meaning(self, permission: impl Borrow<Permission>) -> String {
        match permission.borrow() {
            Permission::Analytics => t!(self, "permission-analytics-meaning"),
            Permission::Personalisation => t!(self, "permission-personalisation-meaning"),
            Permission::OmnichannelCollection => t!(self, "permission-omnichannel-meaning"),
            Permission::ContactEmail => t!(self, "permission-email-meaning"),
            Permission::ContactSms => t!(self, "permission-sms-meaning"),
            Permission::ContactPhone => t!(self, "permission-phone-meaning"),
            Permission::ContactPost => t!(self, "permission-post-meaning"),
        }
    }

    /// A tier, by its name alone.
    #[must_use]
    pub fn tier(self, tier: impl Borrow<Tier>) -> String {
        self.tier_choice(TierChoice::Tier(*tier.borrow()))
    }

    /// A tier or none, by its name alone.
    #[must_use]
    pub fn tier_choice(self, choice: impl Borrow<TierChoice>) -> String {
        match choice.borrow() {
            TierChoice::Anonymous => t!(self, "tier-anonymous"),
            TierChoice::Tier(Tier::Low) => t!(self, "tier-low"),
            TierChoice::Tier(Tier::Medium) => t!(self, "tier-medium"),
            TierChoice::Tier(Tier::High) => t!(self, "tier-high"),
        }
    }

    /// What a tier is for, in a few words.
    #[must_use]
    pub fn tier_meaning(self, choice: impl Borrow<TierChoice>) -> String {
        match choice.borrow() {
            TierChoice::Anonymous => t!(self, "tier-anonymous-meaning"),
            TierChoice::Tier(Tier::Low) => t!(self, "tier-low-meaning"),
            TierChoice::Tier(Tier::Medium) => t!(self, "tier-medium-meaning"),
            TierChoice::Tier(Tier::High) => t!(self, "tier-high-meaning"),
        }
    }

    /// Where something starts to appear.
    #[must_use]
    pub fn placement(self, placement: impl Borrow<Placement>) -> String {
        match placement.borrow() {
            Placement::Low => t!(self, "placement-low"),
            Placement::Medium => t!(self, "placement-medium"),
            Placement::High => t!(self, "placement-high"),
            Placement::Never => t!(self, "placement-never"),
        }
    }

    /// A legal basis in plain words.
    #[must_use]
    pub fn basis(self, basis: impl Borrow<LegalBasis>) -> String {
        match basis.borrow() {
            LegalBasis::Consent => t!(self, "basis-consent"),
            LegalBasis::Contract => t!(self, "basis-contract"),
            LegalBasis::LegalObligation => t!(self, "basis-legal-obligation"),
            LegalBasis::VitalInterests => t!(self, "basis-vital-interests"),
            LegalBasis::PublicTask => t!(self, "basis-public-task"),
            LegalBasis::LegitimateInterest => t!(self, "basis-legitimate-interest"),
        }
    }

    /// A language in its own words.
    #[must_use]
    pub fn language_name(self, language: impl Borrow<Language>) -> &'static str {
        match language.borrow() {
            Language::Nl => "Nederlands",
            Language::En => "English",
        }
    }
}
