//! What every entrance needs of HTTP: who is visiting, forms and their CSRF
//! tokens, headers, limits, the page shell, assets, and how faults are told.

pub mod assets;
pub mod authorization_response;
pub mod client_ip;
pub mod cookies;
pub mod error_page;
pub mod form;
pub mod front_channel;
pub mod headers;
pub mod limits;
pub mod logout_request;
pub mod page;
pub mod params;
pub mod qr;
pub mod visitor;
