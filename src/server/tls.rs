//! https without a proxy: the certificate and the handshake.
//!
//! Certificates live for weeks and whatever renews them writes files. Those are
//! looked at again as connections come, at most once a minute: two `stat` calls
//! a minute, and no restart, no signal, no hook that somebody forgets.

use std::io;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::server::TlsStream;

use crate::clock::Clock;
use crate::config::{Problem, Refusal, TlsFiles};
use crate::domain::time::Timestamp;

/// How long the files may have been others before it is noticed.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// What serves https: TLS 1.3 and 1.2, with the library's choice of ciphers,
/// none of which RFC 9325 advises against.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tls")
    }
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// Which of them cannot be used, why, and what to do.
    pub fn load(files: TlsFiles, clock: Clock) -> Result<Self, Problem> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let certificates = Certificates::load(files, clock, Arc::clone(&provider))?;
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| {
                let remedy = "leave it out, and put a proxy that speaks TLS in front";
                problem(CERT, error.to_string(), remedy)
            })?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(certificates));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    /// Shakes hands.
    pub(super) async fn accept(&self, connection: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.0.accept(connection).await
    }
}

/// The certificate of now.
#[derive(Debug)]
struct Certificates {
    files: TlsFiles,
    clock: Clock,
    provider: Arc<CryptoProvider>,
    current: RwLock<Current>,
}

#[derive(Debug)]
struct Current {
    key: Arc<CertifiedKey>,
    written_at: WrittenAt,
    looked_at: Timestamp,
}

/// When the files were written, where the system tells.
type WrittenAt = [Option<SystemTime>; 2];

impl Certificates {
    fn load(files: TlsFiles, clock: Clock, provider: Arc<CryptoProvider>) -> Result<Self, Problem> {
        let current = Current {
            // Before they are read: a change in between is seen the next time.
            written_at: written_at(&files),
            key: Arc::new(read(&files, &provider)?),
            looked_at: clock.now(),
        };
        Ok(Self {
            files,
            clock,
            provider,
            current: RwLock::new(current),
        })
    }

    fn current(&self) -> Arc<CertifiedKey> {
        let now = self.clock.now();
        let is_fresh = |current: &Current| now.is_within(LOOK_AGAIN, current.looked_at);
        {
            let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
            if is_fresh(&current) {
                return Arc::clone(&current.key);
            }
        }
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if !is_fresh(&current) {
            current.looked_at = now;
            self.look_again(&mut current);
        }
        Arc::clone(&current.key)
    }

    /// Takes what the files hold now, if it can be used. If not (one of them
    /// may be there before the other), the old certificate serves on.
    fn look_again(&self, current: &mut Current) {
        let written_at = written_at(&self.files);
        if written_at == current.written_at {
            return;
        }
        match read(&self.files, &self.provider) {
            Ok(key) => {
                current.key = Arc::new(key);
                current.written_at = written_at;
                tracing::info!("https is served with the new certificate");
            }
            Err(problem) => {
                tracing::error!(%problem, "https is served with the old certificate");
            }
        }
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current())
    }
}

fn written_at(files: &TlsFiles) -> WrittenAt {
    [&files.cert, &files.key].map(|file| file.metadata().and_then(|found| found.modified()).ok())
}

fn read(files: &TlsFiles, provider: &CryptoProvider) -> Result<CertifiedKey, Problem> {
    let chain = CertificateDer::pem_slice_iter(&bytes(CERT, &files.cert)?)
        .collect::<Result<Vec<_>, _>>()
        .ok()
        .filter(|chain| !chain.is_empty())
        .ok_or_else(|| {
            problem(
                CERT,
                format!("{} holds no certificate", files.cert.display()),
                "name a PEM file with the certificate of the issuer's host, and after it \
                 those that vouch for it",
            )
        })?;
    let key = PrivateKeyDer::from_pem_slice(&bytes(KEY, &files.key)?).map_err(|_| {
        problem(
            KEY,
            format!("{} holds no private key", files.key.display()),
            "name a PEM file with the private key of the certificate, without a password",
        )
    })?;
    CertifiedKey::from_der(chain, key, provider).map_err(|error| {
        problem(
            KEY,
            format!("{} cannot be used: {error}", files.key.display()),
            "name the private key that belongs to the certificate in SLUIS_TLS_CERT",
        )
    })
}

const CERT: &str = "SLUIS_TLS_CERT";
const KEY: &str = "SLUIS_TLS_KEY";

fn bytes(setting: &str, file: &Path) -> Result<Vec<u8>, Problem> {
    std::fs::read(file).map_err(|error| {
        problem(
            setting,
            format!("{} cannot be read ({error})", file.display()),
            "name a file that this user may read",
        )
    })
}

fn problem(setting: &str, what: String, remedy: &str) -> Problem {
    Problem {
        setting: setting.to_owned(),
        refusal: Refusal {
            what,
            remedy: remedy.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests;
