//! Values in JSON: the shapes that OpenID Connect responses carry, read back
//! from a file, with the checks of the forms.

use serde_json::{Map, Value};

use super::super::claim::{Claim, UnknownClaim};
use super::form::{Checks, Field, FieldErrors, FormFields, fields};
use super::value::AttributeValue;

/// Why a JSON value is not the value of a claim. Says nothing of the value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// A claim of one field is a string.
    #[error("this must be a string")]
    NotText,
    /// A claim of several fields is an object.
    #[error("this must be an object with the members {}", keys(*.0))]
    NotAnObject(Claim),
    /// The object has a member that the claim has not.
    #[error("`{member}` is not one of {}", keys(*.claim))]
    UnknownMember {
        /// The claim that lacks it.
        claim: Claim,
        /// The name of the member.
        member: String,
    },
    /// A member of the object is not a string.
    #[error("{0} must be a string")]
    MemberNotText(Field),
    /// The shape is right, and a check failed.
    #[error(transparent)]
    Fields(#[from] FieldErrors),
}

fn keys(claim: Claim) -> String {
    let keys: Vec<&str> = fields(claim).iter().map(|field| field.key()).collect();
    keys.join(", ")
}

impl AttributeValue {
    /// Takes a value in the shape of [`AttributeValue::to_claim`]. The
    /// `formatted` member of an address is left aside, since it is made of
    /// the others.
    pub fn from_json(claim: Claim, json: &Value, checks: &Checks) -> Result<Self, DocumentError> {
        let form = if fields(claim) == [Field::Value] {
            FormFields::of_value(json.as_str().ok_or(DocumentError::NotText)?)
        } else {
            let object = json.as_object().ok_or(DocumentError::NotAnObject(claim))?;
            read_members(claim, object)?
        };
        Ok(Self::parse(claim, &form, checks)?)
    }
}

fn read_members(claim: Claim, object: &Map<String, Value>) -> Result<FormFields, DocumentError> {
    let is_address = matches!(claim, Claim::Address | Claim::DeliveryAddress);
    let mut form = FormFields::default();
    for (member, text) in object {
        if is_address && member == "formatted" {
            continue;
        }
        let field = Field::from_key(member)
            .filter(|field| fields(claim).contains(field))
            .ok_or_else(|| DocumentError::UnknownMember {
                claim,
                member: member.chars().take(64).collect(),
            })?;
        form.set(
            field,
            text.as_str().ok_or(DocumentError::MemberNotText(field))?,
        );
    }
    Ok(form)
}

/// A value out of a document, and whether the document vouches for it.
#[derive(Clone, PartialEq, Eq)]
pub struct DocumentValue {
    /// The value; it knows which claim it is for.
    pub value: AttributeValue,
    /// Whether `email_verified` or `phone_number_verified` stood beside it.
    pub verified: bool,
}

unprintable!(DocumentValue);

/// Something wrong with a document of attributes. Says nothing of the values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentProblem {
    /// It is a list, a string, …
    #[error("attributes are a JSON object with a member for each claim")]
    NotAnObject,
    /// A member names no claim.
    #[error(transparent)]
    UnknownClaim(#[from] UnknownClaim),
    /// A `…_verified` member is not true or false.
    #[error("{0}_verified must be true or false")]
    NotABoolean(Claim),
    /// A `…_verified` member stands alone.
    #[error("{0}_verified says that nothing was verified: there is no {0}")]
    NothingToVerify(Claim),
    /// The value of a claim cannot be taken.
    #[error("{claim}: {error}")]
    Value {
        /// Which claim.
        claim: Claim,
        /// Why not.
        error: DocumentError,
    },
}

/// Reads the attributes of an account by claim name, as a UserInfo response
/// has them. Reports every problem at once.
pub fn read_document(
    json: &Value,
    checks: &Checks,
) -> Result<Vec<DocumentValue>, Vec<DocumentProblem>> {
    let Some(object) = json.as_object() else {
        return Err(vec![DocumentProblem::NotAnObject]);
    };
    let mut problems = Vec::new();
    let mut values: Vec<DocumentValue> = Vec::new();
    for (name, json) in object {
        if verified_member(name).is_some() {
            continue;
        }
        let read = name
            .parse()
            .map_err(DocumentProblem::from)
            .and_then(|claim: Claim| {
                AttributeValue::from_json(claim, json, checks)
                    .map_err(|error| DocumentProblem::Value { claim, error })
            });
        match read {
            Ok(value) => values.push(DocumentValue {
                value,
                verified: false,
            }),
            Err(problem) => problems.push(problem),
        }
    }
    for (name, json) in object {
        let Some(claim) = verified_member(name) else {
            continue;
        };
        let held = values.iter_mut().find(|held| held.value.claim() == claim);
        match (json.as_bool(), held) {
            (None, _) => problems.push(DocumentProblem::NotABoolean(claim)),
            (Some(verified), Some(held)) => held.verified = verified,
            (Some(_), None) if object.contains_key(claim.claim_name()) => {}
            (Some(_), None) => problems.push(DocumentProblem::NothingToVerify(claim)),
        }
    }
    if problems.is_empty() {
        Ok(values)
    } else {
        Err(problems)
    }
}

fn verified_member(name: &str) -> Option<Claim> {
    [Claim::Email, Claim::PhoneNumber]
        .into_iter()
        .find(|claim| super::released::verified_name(*claim) == Some(name))
}
