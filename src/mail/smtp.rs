//! A server that takes mail, by SMTP (RFC 5321).
//!
//! Each mail has a connection of its own: one that was given up half way might
//! answer the next mail with what it owed the first.

use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use secrecy::ExposeSecret as _;
use tokio::time::timeout;

use super::Unsent;
use crate::config::{SmtpServer, SmtpTls};

/// From the first byte to the last answer. Servers take their time to look
/// into who they talk to.
const PATIENCE: Duration = Duration::from_secs(15);
/// To say goodbye, when all is done.
const GOODBYE: Duration = Duration::from_secs(1);

pub(super) struct Smtp {
    server: SmtpServer,
    tls: TlsParameters,
    /// What this machine says that it is.
    hello: ClientId,
}

impl Smtp {
    pub(super) fn new(server: &SmtpServer, host: &str, authorities: &[u8]) -> Result<Self, Error> {
        let mut tls = TlsParameters::builder(server.host.clone());
        if !authorities.is_empty() {
            tls = tls.add_root_certificate(Certificate::from_pem(authorities)?);
        }
        Ok(Self {
            server: server.clone(),
            tls: tls.build_rustls()?,
            hello: ClientId::Domain(host.to_owned()),
        })
    }

    /// Hands a mail over. Once this returns, the server answers for it.
    pub(super) async fn send(
        &self,
        from: &Address,
        to: &Address,
        mail: &[u8],
    ) -> Result<(), Unsent> {
        match timeout(PATIENCE, self.hand_over(from, to, mail)).await {
            Ok(handed) => handed,
            Err(_) => Err(Unsent::Away(
                "the mail server does not answer in time".to_owned(),
            )),
        }
    }

    async fn hand_over(&self, from: &Address, to: &Address, mail: &[u8]) -> Result<(), Unsent> {
        let mut connection = self.connect().await?;
        let handed = transact(&mut connection, from, to, mail).await;
        // It was taken, or not: how the farewell goes changes nothing.
        let _ = timeout(GOODBYE, connection.abort()).await;
        handed
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Unsent> {
        let server = &self.server;
        let implicit = (server.tls == SmtpTls::Implicit).then(|| self.tls.clone());
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            (server.host.as_str(), server.port),
            Some(PATIENCE),
            &self.hello,
            implicit,
            None,
        )
        .await
        .map_err(|error| away("the greeting", &error))?;
        if server.tls == SmtpTls::StartTls {
            let upgraded = connection.starttls(self.tls.clone(), &self.hello).await;
            upgraded.map_err(|error| away("STARTTLS", &error))?;
        }
        if let Some((user, password)) = &server.credentials {
            let password = password.expose_secret().to_owned();
            let credentials = Credentials::new(user.clone(), password);
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            let signed_in = connection.auth(&mechanisms, &credentials).await;
            signed_in.map_err(|error| away("AUTH", &error))?;
        }
        Ok(connection)
    }
}

/// RFC 5321 §3.3: from whom, to whom, and what.
async fn transact(
    connection: &mut AsyncSmtpConnection,
    from: &Address,
    to: &Address,
    mail: &[u8],
) -> Result<(), Unsent> {
    let ascii = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
    let parameters = if ascii(from) && ascii(to) {
        Vec::new()
    } else if connection
        .server_info()
        .supports_feature(Extension::SmtpUtfEight)
    {
        vec![MailParameter::SmtpUtfEight]
    } else {
        // RFC 6531 §3.2: it must not be sent through here. Another day it may be.
        return Err(Unsent::NotNow(
            "the mail server takes no such address".to_owned(),
        ));
    };
    let sender = Mail::new(Some(from.clone()), parameters);
    connection
        .command(sender)
        .await
        .map_err(|error| away("MAIL", &error))?;
    let recipient = Rcpt::new(to.clone(), Vec::new());
    connection.command(recipient).await.map_err(|error| {
        if nobody_is_there(&error) {
            Unsent::Refused(told("RCPT", &error))
        } else if error.is_permanent() {
            away("RCPT", &error)
        } else {
            not_now("RCPT", &error)
        }
    })?;
    connection
        .command(Data)
        .await
        .map_err(|error| not_now("DATA", &error))?;
    connection
        .message(mail)
        .await
        .map_err(|error| not_now("the mail", &error))?;
    Ok(())
}

/// Whether a server says of an address that it has nobody there, and not that it
/// will not have mail from here ("Relay access denied"): that is for the operator
/// to mend, and nobody's address is to blame (RFC 5321 §4.2.3, RFC 3463 §3.8).
fn nobody_is_there(error: &Error) -> bool {
    let of_mailbox = error
        .status()
        .is_some_and(|code| matches!(u16::from(code), 550 | 551 | 553));
    let says = std::error::Error::source(error).map(ToString::to_string);
    of_mailbox && !says.is_some_and(|text| text.trim_start().starts_with("5.7."))
}

/// Something that is wrong with the server, or with how it is spoken to.
fn away(asked: &str, error: &Error) -> Unsent {
    Unsent::Away(told(asked, error))
}

/// The server answered, of this mail: others may fare better.
fn not_now(asked: &str, error: &Error) -> Unsent {
    match error.status() {
        Some(_) => Unsent::NotNow(told(asked, error)),
        None => away(asked, error),
    }
}

/// What may be told of an error: the words of a server may hold an address.
fn told(asked: &str, error: &Error) -> String {
    match error.status() {
        Some(code) => format!("the mail server answered {asked} with {code}"),
        None if error.is_tls() => format!("no TLS that is trusted, at {asked}"),
        None => format!("the mail server cannot be reached, or does not speak SMTP, at {asked}"),
    }
}
