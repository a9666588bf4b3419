//! A reader of JSON that goes on after a problem, and knows where it is.

use enumset::{EnumSet, EnumSetType};
use serde_json::{Map, Value};

use super::super::attribute::is_control;
use super::fault::{PlanFault, PlanProblem};

/// The most items of any list but that of the purposes.
pub(super) const MAX_ITEMS: usize = 32;

/// More of them would help nobody.
const MAX_PROBLEMS: usize = 200;

/// Collects problems while it reads. A method that gives `None` has put at
/// least one down.
#[derive(Default)]
pub(super) struct Reader {
    problems: Vec<PlanProblem>,
}

impl Reader {
    pub(super) fn fault(&mut self, path: &Path, fault: PlanFault) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(PlanProblem {
                path: path.0.clone(),
                fault,
            });
        }
    }

    /// What was read, if there was nothing wrong with it.
    pub(super) fn finish<T>(self, read: Option<T>) -> Result<T, Vec<PlanProblem>> {
        match read {
            Some(read) if self.problems.is_empty() => Ok(read),
            _ => Err(self.problems),
        }
    }

    /// A list without repetition, each word of which `parse` knows.
    pub(super) fn set<T: EnumSetType>(
        &mut self,
        path: &Path,
        value: &Value,
        parse: impl Fn(&str) -> Result<T, PlanFault>,
    ) -> EnumSet<T> {
        let mut set = EnumSet::empty();
        let items = self.list(path, value, MAX_ITEMS).unwrap_or_default();
        for (index, item) in items.iter().enumerate() {
            let path = path.item(index);
            match self.text(&path, item).map(&parse) {
                Some(Ok(member)) if set.contains(member) => {
                    self.fault(&path, PlanFault::NamedTwice);
                }
                Some(Ok(member)) => {
                    set.insert(member);
                }
                Some(Err(fault)) => self.fault(&path, fault),
                None => {}
            }
        }
        set
    }

    /// Text that people read: not empty, not too long, nothing invisible.
    pub(super) fn words(&mut self, path: &Path, value: &Value, max: usize) -> Option<String> {
        let text = self.text(path, value)?.trim();
        let fault = if text.is_empty() {
            PlanFault::Empty
        } else if text.chars().count() > max {
            PlanFault::TooLong { max }
        } else if text.chars().any(is_control) {
            PlanFault::ControlCharacters
        } else {
            return Some(text.to_owned());
        };
        self.fault(path, fault);
        None
    }

    pub(super) fn required<'v>(
        &mut self,
        path: &Path,
        members: &'v Map<String, Value>,
        name: &str,
    ) -> Option<&'v Value> {
        let value = members.get(name);
        if value.is_none() {
            self.fault(&path.member(name), PlanFault::Missing);
        }
        value
    }

    pub(super) fn object<'v>(
        &mut self,
        path: &Path,
        value: &'v Value,
        known: &'static [&'static str],
    ) -> Option<&'v Map<String, Value>> {
        let Some(members) = value.as_object() else {
            self.fault(path, PlanFault::NotAnObject);
            return None;
        };
        for name in members.keys() {
            if !known.contains(&name.as_str()) {
                self.fault(&path.member(name), PlanFault::UnknownMember { known });
            }
        }
        Some(members)
    }

    pub(super) fn list<'v>(
        &mut self,
        path: &Path,
        value: &'v Value,
        max: usize,
    ) -> Option<&'v [Value]> {
        let Some(items) = value.as_array() else {
            self.fault(path, PlanFault::NotAList);
            return None;
        };
        if items.len() > max {
            self.fault(path, PlanFault::TooMany { max });
            return None;
        }
        Some(items)
    }

    pub(super) fn text<'v>(&mut self, path: &Path, value: &'v Value) -> Option<&'v str> {
        let text = value.as_str();
        if text.is_none() {
            self.fault(path, PlanFault::NotText);
        }
        text
    }

    pub(super) fn boolean(&mut self, path: &Path, value: &Value) -> Option<bool> {
        let boolean = value.as_bool();
        if boolean.is_none() {
            self.fault(path, PlanFault::NotABoolean);
        }
        boolean
    }
}

pub(super) fn excerpt(word: &str) -> String {
    word.chars().take(64).collect()
}

/// A place in the document, as a `JSONPath` (RFC 9535).
pub(super) struct Path(String);

impl Path {
    pub(super) fn root() -> Self {
        Self("$".to_owned())
    }

    pub(super) fn member(&self, name: &str) -> Self {
        let plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if plain && name.len() <= 64 {
            Self(format!("{}.{name}", self.0))
        } else {
            let name: String = excerpt(name).escape_debug().collect();
            Self(format!("{}['{name}']", self.0))
        }
    }

    pub(super) fn item(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }
}
