//! Shared HTTP: assets, page shell.

pub mod assets;
pub mod error_page;
pub mod page;
