//! The words of the domain (`product.md` section 3) in each language.
//!
//! Templates hand things in by reference and code by value: both will do.

use std::borrow::Borrow;

use super::{Texts, t};
use crate::domain::account::{Gone, LaterPassword};
use crate::domain::attribute::{Country, Field, Problem, Source};
use crate::domain::browser::Seen;
use crate::domain::business::BusinessSector;
use crate::domain::claim::Claim;
use crate::domain::grant::{EventKind, GrantState};
use crate::domain::language::Language;
use crate::domain::negotiation::Missing;
use crate::domain::permission::Permission;
use crate::domain::plan::LegalBasis;
use crate::domain::profile::Placement;
use crate::domain::retention::CountsFrom;
use crate::domain::tier::{Tier, TierChoice};

impl Texts {
    /// What went when a change of address was undone, as a list.
    #[must_use]
    pub fn gone(self, gone: impl Borrow<Gone>) -> String {
        let Gone {
            password,
            passkeys,
            app,
            codes,
            kit,
        } = *gone.borrow();
        let what = [
            (password == LaterPassword::Goes, t!(self, "gone-password")),
            (passkeys > 0, t!(self, "gone-passkeys", count = passkeys)),
            (app, t!(self, "gone-app")),
            (codes, t!(self, "gone-codes")),
            (kit, t!(self, "gone-kit")),
        ];
        let what = what
            .into_iter()
            .filter_map(|(went, what)| went.then_some(what));
        self.list(&what.collect::<Vec<_>>())
    }

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

    /// A tier, as a word in a sentence.
    #[must_use]
    pub fn tier(self, tier: impl Borrow<Tier>) -> String {
        self.tier_word(TierChoice::Tier(*tier.borrow()))
    }

    /// A tier or none, as a word in a sentence.
    #[must_use]
    pub fn tier_word(self, choice: impl Borrow<TierChoice>) -> String {
        self.tier_choice(choice).to_lowercase()
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

    /// The head of what starts at a placement: `Laag`, `Midden erbij`, ….
    #[must_use]
    pub fn band(self, placement: impl Borrow<Placement>) -> String {
        match placement.borrow() {
            Placement::Low => t!(self, "band-low"),
            Placement::Medium => t!(self, "band-medium"),
            Placement::High => t!(self, "band-high"),
            Placement::Never => t!(self, "band-never"),
        }
    }

    /// What it means to start at a placement.
    #[must_use]
    pub fn band_meaning(self, placement: impl Borrow<Placement>) -> String {
        match placement.borrow() {
            Placement::Low => t!(self, "band-low-meaning"),
            Placement::Medium => t!(self, "band-medium-meaning"),
            Placement::High => t!(self, "band-high-meaning"),
            Placement::Never => t!(self, "band-never-meaning"),
        }
    }

    /// From which tier something is to be had, if from any.
    #[must_use]
    pub fn from_tier(self, tier: Option<Tier>) -> String {
        self.placement(tier.map_or(Placement::Never, Placement::from))
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

    /// A country by its ISO 3166-1 alpha-2 code; the code itself when there is
    /// no such country.
    #[must_use]
    pub fn country(self, code: &str) -> String {
        code.parse::<Country>().map_or_else(
            |_| code.to_owned(),
            |country| country.name(self.language()).to_owned(),
        )
    }

    /// A kind of business, as people call those that are of it.
    #[must_use]
    pub fn sector(self, sector: impl Borrow<BusinessSector>) -> String {
        match sector.borrow() {
            BusinessSector::Shop => t!(self, "sector-shop"),
            BusinessSector::Food => t!(self, "sector-food"),
            BusinessSector::Travel => t!(self, "sector-travel"),
            BusinessSector::Leisure => t!(self, "sector-leisure"),
            BusinessSector::Online => t!(self, "sector-online"),
            BusinessSector::Media => t!(self, "sector-media"),
            BusinessSector::Telecom => t!(self, "sector-telecom"),
            BusinessSector::Energy => t!(self, "sector-energy"),
            BusinessSector::Finance => t!(self, "sector-finance"),
            BusinessSector::Health => t!(self, "sector-health"),
            BusinessSector::Education => t!(self, "sector-education"),
            BusinessSector::Government => t!(self, "sector-government"),
            BusinessSector::Charity => t!(self, "sector-charity"),
            BusinessSector::Other => t!(self, "sector-other"),
        }
    }

    /// A kind of business with a capital, as the head of something.
    #[must_use]
    pub fn sector_title(self, sector: impl Borrow<BusinessSector>) -> String {
        capital(&self.sector(sector))
    }

    /// What a purpose lacks, in a sentence.
    #[must_use]
    pub fn missing(self, missing: impl Borrow<Missing>) -> String {
        match missing.borrow() {
            Missing::NotInTier { claim, from } => t!(
                self,
                "missing-not-in-tier-from",
                claim = self.claim(claim),
                placement = self.from_tier(*from)
            ),
            Missing::NotFilledIn { claim } => {
                t!(self, "missing-no-value", claim = self.claim(claim))
            }
            Missing::Withheld { claim } => {
                t!(self, "missing-is-withheld", claim = self.claim(claim))
            }
            Missing::AboveCeiling { claim, closed } => self.claim_closed(*claim, *closed),
            Missing::PermissionAboveCeiling { permission, closed } => {
                self.permission_closed(*permission, *closed)
            }
            Missing::PermissionNotInTier { permission, from } => t!(
                self,
                "missing-permission",
                permission = self.permission(permission),
                placement = self.from_tier(*from)
            ),
            Missing::NoPermissionChosen => t!(self, "missing-no-permission-chosen"),
        }
    }

    /// What is wrong with a field, and how to mend it.
    #[must_use]
    pub fn problem(self, problem: impl Borrow<Problem>) -> String {
        match problem.borrow() {
            Problem::Empty => t!(self, "problem-empty"),
            Problem::TooLong { max } => t!(self, "problem-too-long", max = (*max).to_string()),
            Problem::ControlCharacters => t!(self, "problem-control-characters"),
            Problem::NotAnEmail => t!(self, "problem-not-an-email"),
            Problem::NotAPhoneNumber => t!(self, "problem-not-a-phone-number"),
            Problem::NotAnIban => t!(self, "problem-not-an-iban"),
            Problem::NotAPostalCode { country, example } => t!(
                self,
                "problem-not-a-postal-code",
                country = country.name(self.language()),
                example = (*example).to_owned()
            ),
            Problem::NotACountry => t!(self, "problem-not-a-country"),
            Problem::NotADate => t!(self, "problem-not-a-date"),
            Problem::InTheFuture => t!(self, "problem-in-the-future"),
            Problem::TooLongAgo => t!(self, "problem-too-long-ago"),
            Problem::NotALanguage => t!(self, "problem-not-a-language"),
        }
    }

    /// What a field of a claim's form is called.
    #[must_use]
    pub fn field(self, claim: Claim, field: Field) -> String {
        match field {
            Field::Value => self.claim_title(claim),
            Field::StreetAddress => t!(self, "field-street-address"),
            Field::PostalCode => t!(self, "field-postal-code"),
            Field::Locality => t!(self, "field-locality"),
            Field::Region => t!(self, "field-region"),
            Field::Country => t!(self, "field-country"),
            Field::Iban => t!(self, "field-iban"),
            Field::Holder => t!(self, "field-holder"),
        }
    }

    /// A claim with a capital, as the head of something.
    #[must_use]
    pub fn claim_title(self, claim: impl Borrow<Claim>) -> String {
        capital(&self.claim(claim))
    }

    /// Some claims as a list, with a capital.
    #[must_use]
    pub fn claims_title(self, claims: impl IntoIterator<Item = Claim>) -> String {
        capital(&self.claims(claims))
    }

    /// Where an attribute came from.
    #[must_use]
    pub fn source(self, source: impl Borrow<Source>) -> String {
        match source.borrow() {
            Source::Consumer => t!(self, "source-consumer"),
            Source::Operator => t!(self, "source-operator"),
            Source::Import => t!(self, "source-import"),
        }
    }

    /// What happened to a grant.
    #[must_use]
    pub fn event(self, event: impl Borrow<EventKind>) -> String {
        match event.borrow() {
            EventKind::Given => t!(self, "event-given"),
            EventKind::Widened => t!(self, "event-widened"),
            EventKind::Narrowed => t!(self, "event-narrowed"),
            EventKind::Renewed => t!(self, "event-renewed"),
            EventKind::Paused => t!(self, "event-paused"),
            EventKind::Resumed => t!(self, "event-resumed"),
            EventKind::Withdrawn => t!(self, "event-withdrawn"),
            EventKind::Ended => t!(self, "event-ended"),
            EventKind::Expired => t!(self, "event-expired"),
            EventKind::Erased => t!(self, "event-erased"),
            EventKind::Answered => t!(self, "event-answered"),
            EventKind::Overdue => t!(self, "event-overdue"),
            EventKind::Requested => t!(self, "event-requested"),
            EventKind::Replied => t!(self, "event-replied"),
            EventKind::Unanswered => t!(self, "event-unanswered"),
            EventKind::Declined => t!(self, "event-declined"),
        }
    }

    /// From when on a retention counts.
    #[must_use]
    pub fn counts_from(self, from: impl Borrow<CountsFrom>) -> String {
        match from.borrow() {
            CountsFrom::Consent => t!(self, "counts-from-consent"),
            CountsFrom::LastLogin => t!(self, "counts-from-last-login"),
        }
    }

    /// Where a grant is in its life, in a word or two.
    #[must_use]
    pub fn state(self, state: impl Borrow<GrantState>) -> String {
        match state.borrow() {
            GrantState::Active => t!(self, "state-active"),
            GrantState::Paused => t!(self, "state-paused"),
            GrantState::Withdrawn => t!(self, "state-withdrawn"),
            GrantState::Ended => t!(self, "state-ended"),
            GrantState::Expired => t!(self, "state-expired"),
            GrantState::Erased => t!(self, "state-erased"),
        }
    }

    /// A browser and what it runs on: "Firefox on Linux".
    #[must_use]
    pub fn browser(self, seen: &Seen) -> String {
        match (seen.browser.name(), seen.system.name()) {
            (Some(browser), Some(system)) => {
                t!(self, "browser-on", browser = browser, system = system)
            }
            (Some(one), None) | (None, Some(one)) => one.to_owned(),
            (None, None) => t!(self, "browser-unknown"),
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

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
