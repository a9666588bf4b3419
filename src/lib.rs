//! Sluis: an OpenID Connect provider that belongs to the consumer.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod domain;
pub mod i18n;
pub mod pages;
pub mod protocol;
pub mod random;
pub mod server;
pub mod service;
pub mod store;
pub mod web;
pub mod webshop;
