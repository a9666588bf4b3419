//! `/account/profiles/{claim}`: filling in, correcting, confirming or removing
//! one attribute.
//!
//! # The forms
//! Posted to the page's own path; fields `csrf`, `revision` (that of the vault
//! that the page showed), `return`, those of [`fields`] by their key, and
//! `placement` (`low`, `medium`, `high`, `never`). `answer` is `save`,
//! `confirm` or `remove`, by the button pressed.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;

use super::asker::asker;
use super::confirm::in_form_if;
use super::overview::Done;
use super::profiles::{HeldValue, held_value};
use super::way::{LocalPath, see_other};
use crate::domain::attribute::{
    AttributeValue, Checks, Country, Field, FieldErrors, FormFields, fields,
};
use crate::domain::claim::Claim;
use crate::domain::profile::Placement;
use crate::i18n::t;
use crate::service::clients::releasable_by_grant;
use crate::service::profiles::{Edit, EditError, edit};
use crate::service::sessions::open_vault;
use crate::service::{self, grants};
use crate::web::error_page::Fault;
use crate::web::form::ConsumerForm;
use crate::web::page::{Section, Shell, respond};
use crate::web::params::Params;
use crate::web::visitor::Consumer;

/// The page of one attribute.
#[derive(Clone, Template)]
#[template(path = "attribute.html")]
pub struct AttributePage {
    /// Around it.
    pub shell: Shell,
    /// Of the vault that the page shows; comes back as `revision`.
    pub revision: i64,
    /// What to say about what was just done.
    pub done: Option<Done>,
    /// Which.
    pub claim: Claim,
    /// What is held now, if anything.
    pub held: Option<HeldValue>,
    /// What stands in the fields: what is held, or what was typed.
    pub typed: FormFields,
    /// What is wrong with it.
    pub errors: Option<FieldErrors>,
    /// From which tier it appears.
    pub placement: Placement,
    /// Names of the businesses that see it now, and to which a change goes.
    pub seen_by: Vec<String>,
    /// Path to go back to when done: `/account/profiles` or a consent page;
    /// comes back as `return`.
    pub return_to: String,
}

impl AttributePage {
    /// The fields, ready to show.
    #[must_use]
    pub fn inputs(&self) -> Vec<Input> {
        fields(self.claim)
            .iter()
            .map(|field| self.input(*field))
            .collect()
    }

    fn input(&self, field: Field) -> Input {
        let texts = self.shell.texts;
        Input {
            field,
            label: texts.field(self.claim, field),
            value: self.typed.get(field).to_owned(),
            error: self
                .errors
                .as_ref()
                .and_then(|errors| errors.at(field))
                .map(|problem| texts.problem(problem)),
            max: field.max_length(self.claim),
            optional: field.is_optional(),
            kind: InputKind::of(self.claim, field),
            autocomplete: autocomplete(self.claim, field),
            hint: self.hint(field),
        }
    }

    fn hint(&self, field: Field) -> Option<String> {
        let texts = self.shell.texts;
        match (self.claim, field) {
            (Claim::PhoneNumber, _) => Some(t!(texts, "hint-phone-number")),
            (Claim::PaymentAccount, Field::Iban) => Some(t!(texts, "hint-iban")),
            (Claim::Gender, _) => Some(t!(texts, "hint-gender")),
            (Claim::Preferences, _) => Some(t!(texts, "hint-preferences")),
            (Claim::Locale, _) => Some(t!(texts, "hint-locale")),
            _ => None,
        }
    }

    /// Every country by name, and whether it is the one that was chosen: the
    /// Netherlands as long as nothing was.
    #[must_use]
    pub fn countries(&self) -> Vec<(Country, &'static str, bool)> {
        let language = self.shell.texts.language();
        let typed = self.typed.get(Field::Country);
        let chosen = typed.parse().unwrap_or(Country::NETHERLANDS);
        Country::all(language)
            .into_iter()
            .map(|country| (country, country.name(language), country == chosen))
            .collect()
    }

    /// Every placement, for the select.
    #[must_use]
    pub fn placements(&self) -> [Placement; 4] {
        Placement::ALL
    }
}

/// One input of the form.
#[derive(Clone)]
pub struct Input {
    /// Which; its key is both id and name.
    pub field: Field,
    /// What stands above it.
    pub label: String,
    /// What stands in it.
    pub value: String,
    /// What is wrong with it.
    pub error: Option<String>,
    /// The most characters.
    pub max: usize,
    /// Whether it may stay empty.
    pub optional: bool,
    /// How it is drawn.
    pub kind: InputKind,
    /// The token that lets browsers fill it in (WCAG 1.3.5).
    pub autocomplete: &'static str,
    /// How to fill it in.
    pub hint: Option<String>,
}

impl Input {
    /// The ids of what is said about it: its error, then its hint.
    #[must_use]
    pub fn described_by(&self) -> Option<String> {
        let said = [
            self.error.is_some().then_some("error"),
            self.hint.is_some().then_some("hint"),
        ];
        let ids: Vec<String> = said
            .into_iter()
            .flatten()
            .map(|what| format!("{}-{what}", self.field))
            .collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// How an input is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// `<input type=…>`.
    Line(&'static str),
    /// `<textarea>`.
    Lines,
    /// `<select>` of countries.
    Country,
}

impl InputKind {
    const fn of(claim: Claim, field: Field) -> Self {
        match (claim, field) {
            (_, Field::Country) => Self::Country,
            (_, Field::StreetAddress) | (Claim::Preferences, _) => Self::Lines,
            (Claim::Email, _) => Self::Line("email"),
            (Claim::PhoneNumber, _) => Self::Line("tel"),
            (Claim::Birthdate, _) => Self::Line("date"),
            _ => Self::Line("text"),
        }
    }
}

/// The autofill tokens of the HTML standard.
const fn autocomplete(claim: Claim, field: Field) -> &'static str {
    match (claim, field) {
        (Claim::DeliveryAddress, Field::StreetAddress) => "shipping street-address",
        (Claim::DeliveryAddress, Field::PostalCode) => "shipping postal-code",
        (Claim::DeliveryAddress, Field::Locality) => "shipping address-level2",
        (Claim::DeliveryAddress, Field::Region) => "shipping address-level1",
        (Claim::DeliveryAddress, Field::Country) => "shipping country",
        (_, Field::StreetAddress) => "street-address",
        (_, Field::PostalCode) => "postal-code",
        (_, Field::Locality) => "address-level2",
        (_, Field::Region) => "address-level1",
        (_, Field::Country) => "country",
        (Claim::Name, _) => "name",
        (Claim::GivenName, _) => "given-name",
        (Claim::FamilyName, _) => "family-name",
        (Claim::Nickname, _) => "nickname",
        (Claim::Email, _) => "email",
        (Claim::Locale, _) => "language",
        (Claim::PhoneNumber, _) => "tel",
        (Claim::Birthdate, _) => "bday",
        (Claim::Gender, _) => "sex",
        _ => "off",
    }
}

/// `GET /account/profiles/{claim}`; `return` is where to go back to.
pub async fn show(
    consumer: Consumer,
    Path(claim): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(claim) = claim_of(&claim) else {
        return consumer.error(Fault::NotFound);
    };
    let params = Params::parse(&query.unwrap_or_default()).unwrap_or_default();
    let contents = &consumer.vault.contents;
    let typed = contents
        .attributes
        .get(claim)
        .map_or_else(FormFields::default, |attribute| attribute.value.to_fields());
    let placement = contents.profiles.claim_placement(claim);
    match page(&consumer, claim, &params, typed, placement).await {
        Ok(page) => respond(StatusCode::OK, &page),
        Err(fault) => consumer.fault(&fault),
    }
}

/// The short name alone, so that a page has one path.
fn claim_of(text: &str) -> Option<Claim> {
    text.parse()
        .ok()
        .filter(|claim: &Claim| claim.key() == text)
}

fn return_path(params: &Params) -> LocalPath {
    LocalPath::of_param(params, "return", "/account/profiles")
}

async fn page(
    consumer: &Consumer,
    claim: Claim,
    params: &Params,
    typed: FormFields,
    placement: Placement,
) -> Result<AttributePage, service::Fault> {
    let return_to = return_path(params).as_str().to_owned();
    let here = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("return", &return_to)
        .finish();
    Ok(AttributePage {
        shell: Shell {
            here: format!("/account/profiles/{claim}?{here}"),
            ..consumer.shell(Some(Section::Profiles))
        },
        revision: consumer.vault.revision,
        done: None,
        claim,
        held: held_value(
            &consumer.vault.contents.attributes,
            claim,
            consumer.visitor.texts(),
        ),
        typed,
        errors: None,
        placement,
        seen_by: seen_by(consumer, claim).await?,
        return_to,
    })
}

/// Who may see a claim now.
async fn seen_by(consumer: &Consumer, claim: Claim) -> Result<Vec<String>, service::Fault> {
    let app = &consumer.visitor.app;
    let now = app.now();
    let views = grants::all(app, &consumer.signed_in).await?;
    Ok(views
        .iter()
        .filter(|view| releasable_by_grant(app, &view.client, &view.grant, now).contains(claim))
        .map(|view| {
            asker(&view.client, None, consumer.visitor.language)
                .name()
                .to_owned()
        })
        .collect())
}

/// `POST /account/profiles/{claim}`
pub async fn submit(Path(claim): Path<String>, form: ConsumerForm) -> Response {
    let ConsumerForm {
        mut consumer,
        params,
    } = form;
    let Some(claim) = claim_of(&claim) else {
        return consumer.error(Fault::NotFound);
    };
    let before = consumer.vault.contents.profiles.claim_placement(claim);
    let moved: Option<Placement> = params.get("placement").and_then(|text| text.parse().ok());
    let guarded = moved.is_some_and(|to| to.unguards(before));
    let confirmed = match in_form_if(guarded, &mut consumer, &params).await {
        Ok(confirmed) => confirmed,
        Err(page) => return page,
    };
    let response = save(consumer, claim, &params)
        .await
        .unwrap_or_else(|(consumer, fault)| consumer.fault(&fault));
    confirmed.answer(response)
}

async fn save(
    mut consumer: Consumer,
    claim: Claim,
    params: &Params,
) -> Result<Response, (Consumer, service::Fault)> {
    let typed = FormFields::pick(claim, params.iter());
    let held_placement = consumer.vault.contents.profiles.claim_placement(claim);
    let placement = match params.get("placement").map(str::parse) {
        None => held_placement,
        Some(Ok(placement)) => placement,
        Some(Err(_)) => return Ok(consumer.error(Fault::Malformed)),
    };
    let Some(revision) = params.get("revision").and_then(|text| text.parse().ok()) else {
        return Ok(consumer.error(Fault::Malformed));
    };
    let checks = Checks::at(consumer.visitor.app.now());
    let wanted = match params.get("answer") {
        Some("save") => match AttributeValue::parse(claim, &typed, &checks) {
            Ok(value) => Edit::Several(vec![
                Edit::Set(value),
                Edit::PlaceClaims(vec![(claim, placement)]),
            ]),
            Err(errors) => {
                return match page(&consumer, claim, params, typed, placement).await {
                    Ok(page) => {
                        let page = AttributePage {
                            errors: Some(errors),
                            ..page
                        };
                        Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page))
                    }
                    Err(fault) => Err((consumer, fault)),
                };
            }
        },
        Some("confirm") => Edit::Confirm(claim),
        Some("remove") => Edit::Remove(claim),
        _ => return Ok(consumer.error(Fault::Malformed)),
    };
    let app = &consumer.visitor.app;
    match edit(app, &consumer.signed_in, revision, &wanted).await {
        Ok(()) => Ok(see_other(&told(return_path(params).as_str()))),
        Err(EditError::Stale) => {
            match open_vault(app, &consumer.signed_in).await {
                Ok(vault) => consumer.vault = vault,
                Err(fault) => return Err((consumer, fault)),
            }
            match page(&consumer, claim, params, typed, placement).await {
                Ok(page) => {
                    let page = AttributePage {
                        done: Some(Done::Stale),
                        ..page
                    };
                    Ok(respond(StatusCode::CONFLICT, &page))
                }
                Err(fault) => Err((consumer, fault)),
            }
        }
        Err(EditError::Fault(fault)) => Err((consumer, fault)),
    }
}

/// Our own page of profiles says that it was saved; a consent page shows it.
fn told(path: &str) -> String {
    if path == "/account/profiles" {
        Done::Saved.told_at(path)
    } else {
        path.to_owned()
    }
}
