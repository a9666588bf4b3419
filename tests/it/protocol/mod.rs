//! The OAuth and OpenID Connect endpoints, through the front door: requests to
//! the real router, people who press the buttons of real pages.

mod authorize;
mod business;
mod claims;
mod clients;
mod codes;
mod discovery;
mod dpop;
mod dpop_policy;
mod hints;
mod holder;
mod introspection;
mod known;
mod logout;
mod prompt;
mod referee;
mod refresh;
mod revocation;
mod together;
mod userinfo;

pub(crate) use business::{ALL_SCOPES, Business, SCOPES, Told, press, text};
