//! Shared HTTP: assets, page shell.

pub mod assets;
pub mod page;
