//! A mail server, as well- or ill-mannered as a test wants it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::eml::Eml;

/// What it answers where.
#[derive(Clone, Debug)]
pub(crate) struct Manners {
    pub(crate) greeting: &'static str,
    pub(crate) sender: &'static str,
    pub(crate) recipient: &'static str,
    /// And to whom it answers something else: a domain, and what.
    pub(crate) elsewhere: Option<(&'static str, &'static str)>,
    pub(crate) mail: &'static str,
    /// Whether it says nothing, ever.
    pub(crate) silent: bool,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            greeting: "220 post.example",
            sender: "250 fine",
            recipient: "250 fine",
            elsewhere: None,
            mail: "250 taken",
            silent: false,
        }
    }
}

/// What somebody handed over.
#[derive(Clone, Debug)]
pub(crate) struct Handed {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) mail: Eml,
}

pub(crate) struct PostOffice {
    pub(crate) address: SocketAddr,
    manners: Arc<Mutex<Manners>>,
    handed: Arc<Mutex<Vec<Handed>>>,
}

impl PostOffice {
    pub(crate) async fn open(manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let office = Self {
            address: listener.local_addr().expect("an address"),
            manners: Arc::new(Mutex::new(manners)),
            handed: Arc::default(),
        };
        let (manners, handed) = (Arc::clone(&office.manners), Arc::clone(&office.handed));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let manners = manners.lock().expect("manners").clone();
                let handed = Arc::clone(&handed);
                tokio::spawn(async move {
                    // A client that hangs up is no fault of ours.
                    let _ = serve(stream, &manners, &handed).await;
                });
            }
        });
        office
    }

    /// How it is named in the settings.
    pub(crate) fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub(crate) fn behave(&self, manners: Manners) {
        *self.manners.lock().expect("manners") = manners;
    }

    /// What was handed over since the last look.
    pub(crate) fn empty(&self) -> Vec<Handed> {
        std::mem::take(&mut *self.handed.lock().expect("mail"))
    }
}

async fn serve(
    stream: TcpStream,
    manners: &Manners,
    handed: &Mutex<Vec<Handed>>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    if manners.silent {
        let mut line = String::new();
        // Until whoever it is goes away.
        stream.read_line(&mut line).await?;
        return Ok(());
    }
    say(&mut stream, manners.greeting).await?;
    let (mut from, mut to) = (String::new(), String::new());
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let within = || {
            let inner = line
                .split_once('<')
                .and_then(|(_, rest)| rest.split_once('>'));
            inner.expect("a path").0.to_owned()
        };
        let answer = match line.trim_end() {
            line if line.starts_with("EHLO localhost") => "250-post.example\r\n250 8BITMIME",
            line if line.starts_with("MAIL FROM:") => {
                from = within();
                manners.sender
            }
            line if line.starts_with("RCPT TO:") => {
                to = within();
                match manners.elsewhere {
                    Some((domain, answer)) if to.ends_with(domain) => answer,
                    _ => manners.recipient,
                }
            }
            "DATA" => {
                say(&mut stream, "354 go on").await?;
                let mail = read_mail(&mut stream).await?;
                if manners.mail.starts_with('2') {
                    let mail = Eml::read(mail.as_bytes());
                    let (from, to) = (from.clone(), to.clone());
                    handed.lock().expect("mail").push(Handed { from, to, mail });
                }
                manners.mail
            }
            "QUIT" => {
                say(&mut stream, "221 bye").await?;
                return Ok(());
            }
            _ => "500 what?",
        };
        say(&mut stream, answer).await?;
    }
}

async fn say(stream: &mut BufReader<TcpStream>, what: &str) -> std::io::Result<()> {
    stream.write_all(format!("{what}\r\n").as_bytes()).await?;
    stream.flush().await
}

/// RFC 5321 §4.5.2: up to a dot by itself; one that begins a line is doubled.
async fn read_mail(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut mail = String::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        if line == ".\r\n" {
            return Ok(mail);
        }
        mail.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
