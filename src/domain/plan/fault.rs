//! What can be wrong with a data plan, in plain words for developers.

use std::fmt;

use super::super::claim::Claim;
use super::super::language::Language;
use super::super::permission::Permission;
use super::super::retention::InvalidRetention;
use super::InvalidPurposeId;

/// One problem of a data plan, and where in the document it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanProblem {
    /// The place, as a `JSONPath` (RFC 9535): `$.purposes[0].title.nl`.
    pub path: String,
    /// What is wrong there.
    pub fault: PlanFault,
}

impl fmt::Display for PlanProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.fault)
    }
}

impl std::error::Error for PlanProblem {}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanFault {
    /// The text is no JSON at all, or has a member twice.
    #[error("this is not JSON as it should be: {0}")]
    NotJson(String),
    /// The document is absurdly long.
    #[error("the plan is longer than {max} bytes")]
    TooLarge {
        /// The most bytes that it may have.
        max: usize,
    },
    /// Something else stands where an object should.
    #[error("this must be an object")]
    NotAnObject,
    /// Something else stands where a list should.
    #[error("this must be a list")]
    NotAList,
    /// Something else stands where a string should.
    #[error("this must be a string")]
    NotText,
    /// Something else stands where true or false should.
    #[error("this must be true or false")]
    NotABoolean,
    /// The format has no such member.
    #[error("there is no such field in a data plan; here you can use {}", .known.join(", "))]
    UnknownMember {
        /// Those that it has there.
        known: &'static [&'static str],
    },
    /// A member is lacking.
    #[error("this is missing")]
    Missing,
    /// A text is lacking in one language.
    #[error("there is no text in {}", in_english(*.0))]
    MissingLanguage(Language),
    /// A text is empty.
    #[error("this is empty")]
    Empty,
    /// A text is too long to be read.
    #[error("this has more than {max} characters, and nobody would read it")]
    TooLong {
        /// The most characters that it may have.
        max: usize,
    },
    /// A text has characters that cannot be seen.
    #[error("this contains line breaks or invisible characters")]
    ControlCharacters,
    /// A list has too many items.
    #[error("there are more than {max} of these")]
    TooMany {
        /// The most that there may be.
        max: usize,
    },
    /// A list says the same thing twice.
    #[error("this is named twice")]
    NamedTwice,
    /// A plan for nothing.
    #[error("a plan needs at least one purpose; one without claims lets people log in anonymously")]
    NoPurposes,
    /// The identifier of a purpose is malformed.
    #[error("{InvalidPurposeId}")]
    BadId,
    /// Two purposes have one identifier.
    #[error("purpose {first} has this id already (counting from 0)")]
    DuplicateId {
        /// The index of the first that has it.
        first: usize,
    },
    /// The purpose code is malformed.
    #[error(
        "this is not a purpose of the W3C Data Privacy Vocabulary; one looks like dpv:DeliveryOfGoods"
    )]
    BadCode,
    /// The legal basis is not one of the six.
    #[error(
        "this is not a legal basis; use consent, contract, legal_obligation, vital_interests, public_task or legitimate_interest"
    )]
    UnknownBasis,
    /// The retention period is malformed or too long.
    #[error("{InvalidRetention}")]
    BadRetention,
    /// The business would take longer to delete than it may.
    #[error("this is not a number of days or weeks such as P14D, of at most 30 days")]
    LateDeletion,
    /// The country code is not one.
    #[error("this is not a country; use a two-letter code such as NL")]
    BadCountry,
    /// The catalogue has no such claim.
    #[error("`{0}` is not a claim that Sluis knows")]
    UnknownClaim(String),
    /// There is no such processing permission.
    #[error("`{0}` is not a permission; use analytics, personalisation or omnichannel_collection")]
    UnknownPermission(String),
    /// There is no such contact channel.
    #[error("`{0}` is not a channel; use email, sms, phone or post")]
    UnknownChannel(String),
    /// A channel stands among the permissions.
    #[error("`{0}` is a contact channel; put it in `channels`")]
    IsAChannel(Permission),
    /// A permission stands among the channels.
    #[error("`{0}` is a way of processing; put it in `permissions`")]
    IsAPermission(Permission),
    /// Analysis and marketing share a purpose.
    #[error(
        "this purpose both processes data and contacts people; make them two purposes, so that people can choose"
    )]
    ProcessesAndContacts,
    /// A claim is both needed and not.
    #[error("you say of {} both that you need it and that it is voluntary", words_for(*.0))]
    NeededAndVoluntary(Claim),
    /// It is said what an offer takes, and there is none.
    #[error("this says what an offer takes, but there is no `offer`")]
    NothingOffered,
    /// An offer takes a claim that is not asked for.
    #[error("the offer takes {}, but that is not asked for here", words_for(*.0))]
    OfferTakesClaim(Claim),
    /// An offer takes a permission that is not asked for.
    #[error("the offer takes {0}, but that is not asked for here")]
    OfferTakesPermission(Permission),
    /// An offer takes more time than is asked for.
    #[error("the offer takes data for longer than you ask to keep them")]
    OfferTakesTime,
    /// There is no such tier.
    #[error("this is not a tier; use low, medium or high")]
    UnknownTier,
    /// A claim is asked for without a reason.
    #[error("you ask for {}, but no purpose uses it", words_for(*.0))]
    UnusedClaim(Claim),
}

const fn in_english(language: Language) -> &'static str {
    match language {
        Language::Nl => "Dutch (nl)",
        Language::En => "English (en)",
    }
}

/// What a claim is called in a sentence.
pub(super) const fn words_for(claim: Claim) -> &'static str {
    match claim {
        Claim::Name => "a name",
        Claim::GivenName => "a given name",
        Claim::FamilyName => "a family name",
        Claim::Nickname => "a nickname",
        Claim::Email => "an e-mail address",
        Claim::Locale => "a language",
        Claim::Address => "a home address",
        Claim::DeliveryAddress => "a delivery address",
        Claim::PhoneNumber => "a telephone number",
        Claim::PaymentAccount => "a bank account",
        Claim::Birthdate => "a birthdate",
        Claim::Gender => "a gender",
        Claim::Preferences => "preferences",
    }
}
