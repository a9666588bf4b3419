//! The consumer's pages: one file per page, its template struct (the "view
//! model") and its handler together.
//!
//! A template struct holds data that is ready to show, in types of the domain
//! where those have words or formats of their own ([`crate::i18n::Texts`]).
//! Templates decide nothing: what is ticked is what the consumer ticked.

pub mod consent;

#[cfg(test)]
mod samples;
