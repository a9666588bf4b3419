//! The linter: what a plan may say, and had better not.

use std::fmt;

use super::super::claim::Claim;
use super::super::permission::Permission;
use super::super::profile::default_retention;
use super::super::retention::Retention;
use super::super::tier::Tier;
use super::super::time::Timestamp;
use super::fault::words_for;
use super::{LegalBasis, Plan, Purpose, PurposeId};

/// A word of advice on a valid plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The purpose that it is about.
    pub purpose: PurposeId,
    /// What is unwise.
    pub concern: Concern,
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.purpose, self.concern)
    }
}

/// What can be unwise about a purpose, in plain words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Concern {
    /// Consent that a login depends on is not freely given (GDPR art. 7(4)).
    #[error(
        "it is required and rests on consent, but consent that people cannot refuse is not consent; make it optional, or name the basis on which you need it"
    )]
    RequiredConsent,
    /// A duty of the law is not up to the consumer.
    #[error("the law obliges you to this, so it cannot be optional; is the basis right?")]
    OptionalDuty,
    /// Direct marketing is for the consumer to allow (ePrivacy directive, art. 13).
    #[error(
        "contacting people rests on {}, but its channels are switches that start off: the basis is consent",
        .0.as_str()
    )]
    ContactWithoutConsent(LegalBasis),
    /// A permission is for the consumer to give.
    #[error(
        "{} rests on {}, but each permission is a switch that starts off: the basis is consent",
        .0,
        .1.as_str()
    )]
    PermissionWithoutConsent(Permission, LegalBasis),
    /// A required purpose asks for leave that may be refused.
    #[error(
        "it is required, yet asks for leave that people may refuse while they still log in; put its permissions and channels in a purpose of their own"
    )]
    SwitchInRequired,
    /// The period is longer than any tier of a new account allows.
    #[error(
        "you want to keep data for {asked}, but the high tier allows {allowed} unless people raise it themselves; most grants will end sooner"
    )]
    LongRetention {
        /// What the plan asks.
        asked: Retention,
        /// What the highest tier of a new account allows.
        allowed: Retention,
    },
    /// Few people show this claim to begin with.
    #[error(
        "it needs {}, which new accounts show in the high tier alone; people with another tier must add it by hand to log in",
        words_for(*.0)
    )]
    NeedsHighTier(Claim),
    /// A switch that does nothing.
    #[error("it is optional and asks for nothing, so it is a switch that does nothing")]
    AsksNothing,
    /// A channel without an address for it.
    #[error("it contacts people by {channel}, but does not ask for {}", words_for(*.claim))]
    ChannelWithoutClaim {
        /// The channel.
        channel: Permission,
        /// What it needs.
        claim: Claim,
    },
    /// Nobody is told where the data are.
    #[error("it does not say in which countries the data are kept (`storage`)")]
    NoStorage,
    /// The same words in both languages.
    #[error("its Dutch and English texts are the same; is one of them still to be translated?")]
    Untranslated,
}

impl Plan {
    /// What is allowed and still unwise, in the order of the purposes.
    #[must_use]
    pub fn lint(&self) -> Vec<Advice> {
        self.purposes
            .iter()
            .flat_map(|purpose| {
                concerns(purpose, self).map(|concern| Advice {
                    purpose: purpose.id.clone(),
                    concern,
                })
            })
            .collect()
    }
}

fn concerns(purpose: &Purpose, plan: &Plan) -> impl Iterator<Item = Concern> {
    let mut concerns = Vec::new();
    let mut raise = |when: bool, concern: Concern| {
        if when {
            concerns.push(concern);
        }
    };
    let Purpose {
        basis, permissions, ..
    } = *purpose;
    let contact = permissions & Permission::contact();
    let processing = permissions & Permission::processing();
    let consents = basis == LegalBasis::Consent;
    let asks_nothing = purpose.all_claims().is_empty() && permissions.is_empty();

    raise(
        purpose.required && consents && !asks_nothing,
        Concern::RequiredConsent,
    );
    raise(
        !purpose.required && basis == LegalBasis::LegalObligation,
        Concern::OptionalDuty,
    );
    raise(
        !contact.is_empty() && !consents,
        Concern::ContactWithoutConsent(basis),
    );
    for permission in processing {
        raise(
            !consents,
            Concern::PermissionWithoutConsent(permission, basis),
        );
    }
    raise(
        purpose.required && !permissions.is_empty(),
        Concern::SwitchInRequired,
    );
    raise(!purpose.required && asks_nothing, Concern::AsksNothing);
    let allowed = default_retention(Tier::High);
    raise(
        purpose.retention.end(ANY_DAY) > allowed.end(ANY_DAY),
        Concern::LongRetention {
            asked: purpose.retention,
            allowed,
        },
    );
    for claim in purpose.claims {
        raise(
            purpose.required && claim.default_tier() == Tier::High,
            Concern::NeedsHighTier(claim),
        );
    }
    for channel in contact {
        if let Some(claim) = reached_by(channel) {
            let asked = plan.used_claims().contains(claim)
                || (claim == Claim::Address && plan.used_claims().contains(Claim::DeliveryAddress));
            raise(!asked, Concern::ChannelWithoutClaim { channel, claim });
        }
    }
    raise(
        purpose.storage.is_empty() && !asks_nothing,
        Concern::NoStorage,
    );
    raise(purpose.text.nl == purpose.text.en, Concern::Untranslated);
    concerns.into_iter()
}

/// From when periods are compared: one of months and one of days have no
/// order of their own.
const ANY_DAY: Timestamp = Timestamp::from_seconds(1_767_225_600);

const fn reached_by(channel: Permission) -> Option<Claim> {
    match channel {
        Permission::ContactEmail => Some(Claim::Email),
        Permission::ContactSms | Permission::ContactPhone => Some(Claim::PhoneNumber),
        Permission::ContactPost => Some(Claim::Address),
        Permission::Analytics | Permission::Personalisation | Permission::OmnichannelCollection => {
            None
        }
    }
}
