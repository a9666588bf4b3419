//! (being written)

pub mod client_ip;
