//! Serving https without a proxy in front.

use std::path::PathBuf;

use super::source::{Location, Settings};
use super::{Issuer, Refusal};

/// The PEM files that https is served with. Whether they can be used is seen
/// by [`Tls`](crate::server::Tls), which reads them again when they change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// `SLUIS_TLS_CERT`: the certificate of the issuer's host, and after it
    /// those that vouch for it.
    pub cert: PathBuf,
    /// `SLUIS_TLS_KEY`: its private key.
    pub key: PathBuf,
}

impl TlsFiles {
    /// Both settings or neither.
    pub(super) fn take(settings: &mut Settings, issuer: &Issuer) -> Option<Self> {
        let cert = settings.take_optional::<Location>("tls_cert");
        let key = settings.take_optional::<Location>("tls_key");
        let (cert, key) = match (cert, key) {
            (Some(cert), Some(key)) => (cert.0, key.0),
            (None, None) => return None,
            (cert, _) => {
                let alone = if cert.is_some() {
                    "tls_cert"
                } else {
                    "tls_key"
                };
                settings.refuse(
                    alone,
                    Refusal::new(
                        "https needs a certificate and its private key",
                        "set both SLUIS_TLS_CERT and SLUIS_TLS_KEY, or neither",
                    ),
                );
                return None;
            }
        };
        if !issuer.is_https() {
            settings.refuse(
                "tls_cert",
                Refusal::new(
                    format!("https would be served for {issuer}"),
                    "set SLUIS_ISSUER to the https address that the certificate is for",
                ),
            );
        }
        Some(Self { cert, key })
    }
}
