//! The OAuth and OpenID Connect endpoints, through the front door: requests to
//! the real router, people who press the buttons of real pages.

mod authorize;
mod business;
mod claims;
mod client_credentials;
mod clients;
mod codes;
mod discovery;
mod dpop;
mod dpop_policy;
mod fapi2;
mod grant_management;
mod grants_api;
mod hints;
mod holder;
mod initial_access;
mod instance;
mod introspection;
mod jwks_uri;
mod known;
mod logout;
mod prompt;
mod referee;
mod refresh;
mod registrar;
mod response_modes;
mod revocation;
mod rfc7523;
mod rfc7591;
mod rfc7592;
mod rfc8628;
mod rfc8628_page;
mod rfc9101;
mod rfc9126;
mod rfc9396;
mod rfc9396_limits;
mod sector_identifier;
mod together;
mod unvetted;
mod userinfo;
mod vouching;
mod without_redirects;

pub(crate) use business::{ALL_SCOPES, Business, SCOPES, Told, press, text};
