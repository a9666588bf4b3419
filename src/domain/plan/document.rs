//! Reading the JSON format of data plans (`docs/data-plan.md`).

use std::collections::BTreeMap;

use enumset::EnumSet;
use serde_json::{Map, Value};

use super::super::attribute::Country;
use super::super::claim::Claim;
use super::super::language::{Language, LocalizedText};
use super::super::permission::Permission;
use super::super::retention::Retention;
use super::fault::{PlanFault, PlanProblem};
use super::json;
use super::reader::{MAX_ITEMS, Path, Reader, excerpt};
use super::{LONGEST_DELETION, LegalBasis, Plan, Purpose, PurposeId, Recipient};

/// The JSON Schema of the format, as it is published.
pub const SCHEMA: &str = include_str!("../../../docs/schemas/data-plan-v1.json");

/// The most purposes that a plan may have: a page with more is not read.
pub const MAX_PURPOSES: usize = 32;

/// The most bytes that a plan may have.
pub const MAX_PLAN: usize = 256 * 1024;
/// The most characters of what a purpose is called.
pub const MAX_TITLE: usize = 80;
const MAX_TEXT: usize = 600;
const MAX_NAME: usize = 120;
const MAX_CODE: usize = 80;

const PLAN_MEMBERS: &[&str] = &[
    "$schema",
    "version",
    "claims",
    "delete_within",
    "purposes",
    "offers",
];
const PURPOSE_MEMBERS: &[&str] = &[
    "id",
    "purpose",
    "title",
    "text",
    "basis",
    "required",
    "claims",
    "voluntary_claims",
    "permissions",
    "channels",
    "retention",
    "offer",
    "at_least",
    "recipients",
    "storage",
];
const RECIPIENT_MEMBERS: &[&str] = &["name", "country"];
const TEXT_MEMBERS: &[&str] = &["nl", "en"];

impl Plan {
    /// Reads a data plan. Whatever is wrong with it is reported at once.
    pub fn parse(text: &str) -> Result<Self, Vec<PlanProblem>> {
        let mut reader = Reader::default();
        let plan = reader.read_document(text);
        reader.finish(plan)
    }
}

impl Reader {
    fn read_document(&mut self, text: &str) -> Option<Plan> {
        let root = Path::root();
        if text.len() > MAX_PLAN {
            self.fault(&root, PlanFault::TooLarge { max: MAX_PLAN });
            return None;
        }
        let document = match json::read(text) {
            Ok(document) => document,
            Err(reason) => {
                self.fault(&root, PlanFault::NotJson(reason));
                return None;
            }
        };
        let members = self.object(&root, &document, PLAN_MEMBERS)?;
        if let Some(schema) = members.get("$schema") {
            self.text(&root.member("$schema"), schema);
        }
        let requested = members
            .get("claims")
            .map(|list| self.claims(&root.member("claims"), list));
        let delete_within = self.delete_within(&root, members);
        let purposes = self.purposes(&root, members)?;
        let offers = self.tier_offers(&root, members, &purposes)?;
        let plan = Plan {
            requested,
            delete_within,
            purposes,
            offers,
        };
        // As it is kept, it names what it leaves out, and has to be read again.
        if plan.to_json().len() > MAX_PLAN {
            self.fault(&root, PlanFault::TooLarge { max: MAX_PLAN });
        }
        for claim in plan.unused_of(requested.unwrap_or_default()) {
            self.fault(&root.member("claims"), PlanFault::UnusedClaim(claim));
        }
        Some(plan)
    }

    /// At most 30 days: a month may be longer.
    fn delete_within(&mut self, root: &Path, members: &Map<String, Value>) -> Option<Retention> {
        let value = members.get("delete_within")?;
        let path = root.member("delete_within");
        let text = self.text(&path, value)?;
        let period: Option<Retention> = text.parse().ok();
        let (_, longest) = LONGEST_DELETION.parts();
        let fits = period.filter(|period| matches!(period.parts(), (0, days) if days <= longest));
        if fits.is_none() {
            self.fault(&path, PlanFault::LateDeletion);
        }
        fits
    }

    fn purposes(&mut self, root: &Path, members: &Map<String, Value>) -> Option<Vec<Purpose>> {
        let path = root.member("purposes");
        let list = self.required(root, members, "purposes")?;
        let items = self.list(&path, list, MAX_PURPOSES)?;
        if items.is_empty() {
            self.fault(&path, PlanFault::NoPurposes);
        }
        let mut seen: BTreeMap<PurposeId, usize> = BTreeMap::new();
        let mut purposes = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let path = path.item(index);
            let Some(members) = self.object(&path, item, PURPOSE_MEMBERS) else {
                continue;
            };
            let id = self.id(&path, members);
            if let Some(id) = &id {
                if let Some(first) = seen.get(id) {
                    let fault = PlanFault::DuplicateId { first: *first };
                    self.fault(&path.member("id"), fault);
                } else {
                    seen.insert(id.clone(), index);
                }
            }
            purposes.extend(self.purpose(&path, members, id));
        }
        // With a purpose that could not be read, what the others use says
        // nothing of what the plan uses.
        (purposes.len() == items.len()).then_some(purposes)
    }

    fn purpose(
        &mut self,
        path: &Path,
        members: &Map<String, Value>,
        id: Option<PurposeId>,
    ) -> Option<Purpose> {
        // Everything is read before anything is given up, so that no problem
        // hides another.
        let code = self.code(path, members);
        let title = self.localized(path, members, "title", MAX_TITLE);
        let text = self.localized(path, members, "text", MAX_TEXT);
        let basis = self.basis(path, members);
        let required = self
            .required(path, members, "required")
            .and_then(|value| self.boolean(&path.member("required"), value));
        let retention = self.retention(path, members);
        let (claims, voluntary_claims) = self.both_claims(path, members);
        let permissions = self.permissions(path, members);
        let recipients = self.recipients(path, members);
        let storage = self.storage(path, members);
        let read = || {
            Some(Purpose {
                id: id?,
                code: code?,
                title: title?,
                text: text?,
                basis: basis?,
                required: required?,
                claims,
                voluntary_claims,
                permissions,
                retention: retention?,
                offer: None,
                recipients,
                storage,
            })
        };
        let purpose = read();
        let offer = self.offer_of_purpose(path, members, purpose.as_ref());
        Some(Purpose { offer, ..purpose? })
    }

    fn id(&mut self, path: &Path, members: &Map<String, Value>) -> Option<PurposeId> {
        let value = self.required(path, members, "id")?;
        let path = path.member("id");
        let text = self.text(&path, value)?;
        let id = text.parse().ok();
        if id.is_none() {
            self.fault(&path, PlanFault::BadId);
        }
        id
    }

    fn code(&mut self, path: &Path, members: &Map<String, Value>) -> Option<String> {
        let value = self.required(path, members, "purpose")?;
        let path = path.member("purpose");
        let text = self.text(&path, value)?;
        if is_purpose_code(text) {
            Some(text.to_owned())
        } else {
            self.fault(&path, PlanFault::BadCode);
            None
        }
    }

    fn basis(&mut self, path: &Path, members: &Map<String, Value>) -> Option<LegalBasis> {
        let value = self.required(path, members, "basis")?;
        let path = path.member("basis");
        let text = self.text(&path, value)?;
        let basis = LegalBasis::ALL
            .into_iter()
            .find(|basis| basis.as_str() == text);
        if basis.is_none() {
            self.fault(&path, PlanFault::UnknownBasis);
        }
        basis
    }

    pub(super) fn retention(
        &mut self,
        path: &Path,
        members: &Map<String, Value>,
    ) -> Option<Retention> {
        let value = self.required(path, members, "retention")?;
        let path = path.member("retention");
        let text = self.text(&path, value)?;
        let retention = text.parse().ok();
        if retention.is_none() {
            self.fault(&path, PlanFault::BadRetention);
        }
        retention
    }

    fn both_claims(
        &mut self,
        path: &Path,
        members: &Map<String, Value>,
    ) -> (EnumSet<Claim>, EnumSet<Claim>) {
        let mut read = |name| {
            members.get(name).map_or(EnumSet::empty(), |list| {
                self.claims(&path.member(name), list)
            })
        };
        let needed = read("claims");
        let voluntary = read("voluntary_claims");
        for claim in needed & voluntary {
            let path = path.member("voluntary_claims");
            self.fault(&path, PlanFault::NeededAndVoluntary(claim));
        }
        (needed, voluntary)
    }

    pub(super) fn claims(&mut self, path: &Path, value: &Value) -> EnumSet<Claim> {
        self.set(path, value, |word| {
            word.parse()
                .map_err(|_| PlanFault::UnknownClaim(excerpt(word)))
        })
    }

    fn permissions(&mut self, path: &Path, members: &Map<String, Value>) -> EnumSet<Permission> {
        let (processing, contact) = self.switches(path, members);
        // product.md section 5, rule 7: analysis and marketing never share a switch.
        if !processing.is_empty() && !contact.is_empty() {
            self.fault(path, PlanFault::ProcessesAndContacts);
        }
        processing | contact
    }

    /// Processing, and contact channels.
    pub(super) fn switches(
        &mut self,
        path: &Path,
        members: &Map<String, Value>,
    ) -> (EnumSet<Permission>, EnumSet<Permission>) {
        let mut read = |name, contact: bool| {
            members.get(name).map_or(EnumSet::empty(), |list| {
                self.set(&path.member(name), list, |word| {
                    match word.parse::<Permission>() {
                        Ok(permission) if permission.is_contact() == contact => Ok(permission),
                        Ok(channel) if channel.is_contact() => Err(PlanFault::IsAChannel(channel)),
                        Ok(permission) => Err(PlanFault::IsAPermission(permission)),
                        Err(_) if contact => Err(PlanFault::UnknownChannel(excerpt(word))),
                        Err(_) => Err(PlanFault::UnknownPermission(excerpt(word))),
                    }
                })
            })
        };
        (read("permissions", false), read("channels", true))
    }

    fn recipients(&mut self, path: &Path, members: &Map<String, Value>) -> Vec<Recipient> {
        let path = path.member("recipients");
        let Some(items) = members
            .get("recipients")
            .and_then(|value| self.list(&path, value, MAX_ITEMS))
        else {
            return Vec::new();
        };
        let mut recipients = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let path = path.item(index);
            let Some(members) = self.object(&path, item, RECIPIENT_MEMBERS) else {
                continue;
            };
            let name = self
                .required(&path, members, "name")
                .and_then(|value| self.words(&path.member("name"), value, MAX_NAME));
            let country = self
                .required(&path, members, "country")
                .and_then(|value| self.country(&path.member("country"), value));
            if let (Some(name), Some(country)) = (name, country) {
                recipients.push(Recipient { name, country });
            }
        }
        recipients
    }

    fn storage(&mut self, path: &Path, members: &Map<String, Value>) -> Vec<String> {
        let path = path.member("storage");
        let Some(items) = members
            .get("storage")
            .and_then(|value| self.list(&path, value, MAX_ITEMS))
        else {
            return Vec::new();
        };
        let mut countries = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let path = path.item(index);
            let Some(country) = self.country(&path, item) else {
                continue;
            };
            if countries.contains(&country) {
                self.fault(&path, PlanFault::NamedTwice);
            } else {
                countries.push(country);
            }
        }
        countries
    }

    fn country(&mut self, path: &Path, value: &Value) -> Option<String> {
        let text = self.text(path, value)?;
        let country = Some(text)
            .filter(|text| text.len() == 2)
            .and_then(|text| text.parse::<Country>().ok());
        if country.is_none() {
            self.fault(path, PlanFault::BadCountry);
        }
        country.map(|country| country.alpha2().to_owned())
    }

    pub(super) fn localized(
        &mut self,
        path: &Path,
        members: &Map<String, Value>,
        name: &str,
        max: usize,
    ) -> Option<LocalizedText> {
        let value = self.required(path, members, name)?;
        let path = path.member(name);
        let texts = self.object(&path, value, TEXT_MEMBERS)?;
        let mut read = |language: Language| {
            let path = path.member(language.as_str());
            let Some(value) = texts.get(language.as_str()) else {
                self.fault(&path, PlanFault::MissingLanguage(language));
                return None;
            };
            self.words(&path, value, max)
        };
        let nl = read(Language::Nl);
        let en = read(Language::En);
        Some(LocalizedText { nl: nl?, en: en? })
    }
}

/// A term of the Data Privacy Vocabulary or one of its sector extensions.
fn is_purpose_code(text: &str) -> bool {
    let Some((vocabulary, term)) = text.split_once(':') else {
        return false;
    };
    let sector = vocabulary.strip_prefix("sector-").is_some_and(|sector| {
        !sector.is_empty() && sector.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
    });
    text.len() <= MAX_CODE
        && (vocabulary == "dpv" || sector)
        && term.starts_with(|c: char| c.is_ascii_uppercase())
        && term.bytes().all(|b| b.is_ascii_alphanumeric())
}
