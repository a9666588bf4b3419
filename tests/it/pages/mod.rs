//! The consumer's pages, used the way people use them: by the forms and links
//! that are on them.

mod access;
mod another_time;
pub(crate) mod arriving;
mod arriving_busy;
mod consent;
mod cross_site;
pub(crate) mod export;
mod forgery;
mod grant;
mod headers;
mod heavy;
mod house_rules;
pub(crate) mod import;
mod import_receipts;
mod language;
mod largest;
mod minors;
mod offers;
mod past_purposes;
mod permissions;
mod plans;
mod profiles;
mod question;
mod receipts;
mod records;
mod room;
mod rules;
mod twice;
