//! Relying parties that are not ours, as businesses build them: each is a
//! small site around a library or server from a package registry
//! (`tests/parties`), with the configuration that its page in `docs/clients`
//! shows. People log in there with Chromium.

mod authlib;
mod fapi2;
mod frontchannel;
mod mod_auth_openidc;
mod oidc_client_ts;
mod openid_client;
mod process;
mod provider;
mod site;
