//! A document of another provider, read at the edge: what is in it is of a type
//! and within its limits, or there is no [`ImportFile`].
//!
//! What this edition does not understand to the last member is refused, and not
//! taken over in part: what nobody understands here would be lost on the way
//! from here. Agreements live between a person and a provider; of those of
//! another provider there is an [`Archive`], to be read and taken along.

mod comparison;
mod head;
mod limits;
mod room;
#[cfg(test)]
mod tests;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::age;
use super::attribute::{Attribute, AttributeValue, Attributes, Checks, Source, VaultContents};
use super::claim::Claim;
use super::export::{
    AccountFacts, AttributeFacts, ExportedDeparture, ExportedDuty, ExportedGrant, ExportedRead,
    ExportedRequest, FORMAT, HeldAttribute, KeySet, Moment, bounded,
};
use super::house_rules::HouseRules;
use super::profile::Profiles;
use super::time::Timestamp;

pub use comparison::{Item, Stand, compare};
pub use head::{ArchiveHead, Counts, Flaw, FlawKind, ImportHead, ImportSummary, KeysFrom, Origin};
pub use room::Load;

/// The most providers that an account was at before.
const MOST_ARCHIVES: usize = 32;
/// The largest document that is read.
pub const MAX_FILE: usize = 32 * 1024 * 1024;

/// How often an account went along to other providers, as far as it is told.
pub const MOST_DEPARTURES: usize = 1_000;

/// What the receipts and the purposes of reads in a document take in memory, at most: more
/// than those of any life, and a few times what the document is.
const MAX_TEXTS: usize = 3 * MAX_FILE;
/// More than there are claims.
const MOST_ATTRIBUTES: usize = 100;

/// How far into what cannot be read its format is looked for.
const LOOKED_AT: usize = 64 * 1024;

/// A document, read.
pub struct ImportFile {
    /// What its owner stated there, as what they state here: nobody here has
    /// verified anything.
    pub contents: VaultContents,
    /// The claims whose values cannot be used here.
    pub unusable: Vec<Claim>,
    /// What came of the account at the provider that wrote it, and then at
    /// those before it.
    pub archives: Vec<Archive>,
}

/// What came of an account at another provider.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Archive {
    /// That provider.
    pub provider: String,
    /// When it wrote this down.
    pub exported_at: Moment,
    /// When it came along from there, if it has.
    #[serde(default)]
    pub imported_at: Option<Moment>,
    /// The account there.
    pub account: AccountFacts,
    /// What it held, without the values.
    pub attributes: Vec<AttributeFacts>,
    /// Its agreements.
    pub grants: Vec<ExportedGrant>,
    /// Who read what.
    pub reads: Vec<ExportedRead>,
    /// Whether those are all the reads.
    pub reads_complete: bool,
    /// What businesses had to delete.
    pub duties: Vec<ExportedDuty>,
    /// What was asked of businesses by right.
    pub requests: Vec<ExportedRequest>,
    /// To whom it went along.
    #[serde(
        default,
        deserialize_with = "bounded::at_most::<MOST_DEPARTURES, _, _>"
    )]
    pub departures: Vec<ExportedDeparture>,
    /// Receipts that were left behind when it came along.
    #[serde(default)]
    pub flaws: Vec<Flaw>,
    /// The keys that its receipts are said to verify with.
    pub jwks: KeySet,
}

impl Archive {
    /// What there is to say of it besides its records.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin {
            provider: self.provider.clone(),
            exported_at: self.exported_at,
            imported_at: self.imported_at,
            account: self.account.clone(),
            attributes: self.attributes.clone(),
            departures: self.departures.clone(),
            reads_complete: self.reads_complete,
            jwks: self.jwks.clone(),
        }
    }

    /// How much there is.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            grants: self.grants.len(),
            receipts: self.grants.iter().map(|grant| grant.receipts.len()).sum(),
            reads: self.reads.len(),
            duties: self.duties.len(),
            requests: self.requests.len(),
        }
    }
}

#[derive(Deserialize)]
struct Header {
    format: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "format")]
    _format: IgnoredAny,
    provider: String,
    exported_at: Moment,
    account: AccountFacts,
    #[serde(deserialize_with = "bounded::at_most::<MOST_ATTRIBUTES, _, _>")]
    attributes: Vec<HeldAttribute>,
    profiles: Profiles,
    rules: HouseRules,
    #[serde(default)]
    closed_until: Option<Moment>,
    grants: Vec<ExportedGrant>,
    reads: Vec<ExportedRead>,
    reads_complete: bool,
    duties: Vec<ExportedDuty>,
    /// Not in documents of before there were any.
    #[serde(default)]
    requests: Vec<ExportedRequest>,
    #[serde(
        default,
        deserialize_with = "bounded::at_most::<MOST_DEPARTURES, _, _>"
    )]
    departures: Vec<ExportedDeparture>,
    #[serde(default, deserialize_with = "bounded::at_most::<MOST_ARCHIVES, _, _>")]
    archives: Vec<Archive>,
    jwks: KeySet,
}

/// Why a document is not read. Says nothing of what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadImport {
    /// It is larger than any that is read.
    #[error("the file is larger than {MAX_FILE} bytes")]
    TooLarge,
    /// It is something else.
    #[error("this is not an export of Sluis: a JSON document whose format is {FORMAT}")]
    NotAnExport,
    /// A later edition wrote it.
    #[error("a later edition of Sluis wrote this file: this one does not understand all of it")]
    Newer {
        /// In which line of the document that shows, if in one.
        line: usize,
    },
    /// It is broken off, or was changed.
    #[error("line {line}, column {column} is not as an export has it")]
    Malformed {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// There is more in it than in the life of a person.
    #[error("there are too many {0}")]
    TooMany(&'static str),
    /// A text is longer than any, or holds what cannot be seen.
    #[error("{0} is too long, or holds what cannot be seen")]
    Text(&'static str),
    /// It closes what is closed to minors for longer than anybody is one.
    #[error("closed_until is further off than the sixteenth birthday of anybody")]
    Closed,
    /// It was written later than now.
    #[error("the file says that it is of a time that is yet to come")]
    Future,
}

/// Who wrote a document, and nothing else of it.
#[derive(Deserialize)]
struct Writers {
    #[serde(default)]
    provider: String,
    #[serde(default, deserialize_with = "bounded::at_most::<MOST_ARCHIVES, _, _>")]
    archives: Vec<Writer>,
}

#[derive(Deserialize)]
struct Writer {
    #[serde(default)]
    provider: String,
}

impl ImportFile {
    /// The providers that a document is from, the newest first. It costs little,
    /// and says nothing of whether the document can be read.
    #[must_use]
    pub fn providers(bytes: &[u8]) -> Vec<String> {
        let Ok(writers) = serde_json::from_slice::<Writers>(bytes) else {
            return Vec::new();
        };
        let earlier = writers.archives.into_iter().map(|one| one.provider);
        let mut providers = Vec::new();
        for provider in std::iter::once(writers.provider).chain(earlier) {
            if provider.len() <= limits::MAX_NAME && !providers.contains(&provider) {
                providers.push(provider);
            }
        }
        providers
    }

    /// Reads a document that came at `now`.
    pub fn read(bytes: &[u8], now: Timestamp) -> Result<Self, BadImport> {
        if bytes.len() > MAX_FILE {
            return Err(BadImport::TooLarge);
        }
        let header: Header =
            serde_json::from_slice(bytes).map_err(|error| unreadable(bytes, &error))?;
        if header.format != FORMAT {
            return Err(if is_ours(&header.format) {
                BadImport::Newer { line: 0 }
            } else {
                BadImport::NotAnExport
            });
        }
        let document = bounded::with_texts(MAX_TEXTS, || serde_json::from_slice(bytes));
        let document: Document = document.map_err(|error| why(&error))?;
        let Document {
            attributes,
            profiles,
            rules,
            archives: earlier,
            ..
        } = document;
        let (mut contents, unusable, facts) = stated(attributes, profiles, rules, now)?;
        contents.closed_until = document.closed_until.map(|until| until.0);
        if contents
            .closed_until
            .is_some_and(|until| !age::is_minors(until, now))
        {
            return Err(BadImport::Closed);
        }
        let newest = Archive {
            provider: document.provider,
            exported_at: document.exported_at,
            imported_at: None,
            account: document.account,
            attributes: facts,
            grants: document.grants,
            reads: document.reads,
            reads_complete: document.reads_complete,
            duties: document.duties,
            requests: document.requests,
            departures: document.departures,
            flaws: Vec::new(),
            jwks: document.jwks,
        };
        let mut archives = vec![newest];
        archives.extend(earlier);
        limits::check(&archives, now)?;
        Ok(Self {
            contents,
            unusable,
            archives,
        })
    }
}

/// What cannot even be looked through: an export that broke off, or something
/// else.
fn unreadable(bytes: &[u8], error: &serde_json::Error) -> BadImport {
    let start = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    let mut places = start.windows(FORMAT.len());
    if places.any(|place| place == FORMAT.as_bytes()) {
        why(error)
    } else {
        BadImport::NotAnExport
    }
}

/// Whether a format is an edition of this one.
fn is_ours(format: &str) -> bool {
    FORMAT
        .rsplit_once("/v")
        .is_some_and(|(base, _)| format.starts_with(base))
}

/// The reason may quote a value, and is told by its place alone.
fn why(error: &serde_json::Error) -> BadImport {
    let said = error.to_string();
    let (line, column) = (error.line(), error.column());
    if said.starts_with(bounded::TOO_MANY) {
        return BadImport::TooMany("parts of something");
    }
    let unknown = said.starts_with("unknown field")
        || said.starts_with("unknown variant")
        || said.contains("is not a claim that Sluis knows");
    if unknown {
        BadImport::Newer { line }
    } else {
        BadImport::Malformed { line, column }
    }
}

type Stated = (VaultContents, Vec<Claim>, Vec<AttributeFacts>);

/// What a document says that its owner stated. A value that the forms here
/// would not take is left out, and said so.
fn stated(
    held: Vec<HeldAttribute>,
    profiles: Profiles,
    rules: HouseRules,
    now: Timestamp,
) -> Result<Stated, BadImport> {
    if held.len() > Claim::all().len() {
        return Err(BadImport::TooMany("attributes"));
    }
    let checks = Checks::at(now);
    let (mut attributes, mut unusable, mut facts) = (Attributes::new(), Vec::new(), Vec::new());
    for one in held {
        facts.push(one.facts());
        match AttributeValue::from_json(one.claim, &one.value, &checks) {
            Ok(value) => {
                // That something was verified is the other provider's word for it.
                let stated_at = one.confirmed_at.0.min(now);
                attributes.insert(Attribute::new(value, Source::Import, stated_at));
            }
            Err(_) => unusable.push(one.claim),
        }
    }
    let contents = VaultContents {
        attributes,
        profiles,
        rules,
        closed_until: None,
    };
    Ok((contents, unusable, facts))
}
