//! What has to hold of every input from outside, whatever it is.
//!
//! A judge takes a text, hands it to the code that reads such texts, and
//! panics if something is not as it must be. It says whether the text was
//! accepted. The fuzzer runs them on what it makes up, and the tests on the
//! corpora (`tests/it/corpora.rs`).

mod authorization_details;
mod authorization_request;
mod bounce;
mod claims;
mod client_assertion;
mod data_plan;
mod dpop_proof;
mod import;
mod jwks;
mod parties;
mod receipts;
mod registration;
mod request_object;
mod signer;
mod subject_identifier;

/// Looks at one input, and says whether it was accepted.
pub(crate) type Judge = fn(&str) -> bool;

/// Every judge, by the name of its corpus.
pub(crate) const ALL: [(&str, Judge); 13] = [
    ("authorization_details", authorization_details::judge),
    ("authorization_request", authorization_request::judge),
    ("bounce", bounce::judge),
    ("claims", claims::judge),
    ("client_assertion", client_assertion::judge),
    ("data_plan", data_plan::judge),
    ("dpop_proof", dpop_proof::judge),
    ("import", import::judge),
    ("jwks", jwks::judge),
    ("receipts", receipts::judge),
    ("registration", registration::judge),
    ("request_object", request_object::judge),
    ("subject_identifier", subject_identifier::judge),
];
