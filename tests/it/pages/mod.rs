//! The consumer's pages, used the way people use them: by the forms and links
//! that are on them.

mod access;
mod arriving;
mod consent;
mod export;
mod forgery;
mod grant;
mod heavy;
mod house_rules;
mod import;
mod language;
mod minors;
mod offers;
mod permissions;
mod plans;
mod profiles;
mod question;
mod receipts;
mod records;
mod rules;
mod twice;
