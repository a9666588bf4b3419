//! A receiver of events that takes them as fast as they come.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::Outcome;

const TAKEN: &[u8] = b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n";

/// One that listens until the program ends.
#[derive(Debug)]
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    heard: Arc<Mutex<Heard>>,
}

/// How much came, and when.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Heard {
    pub(crate) events: usize,
    first: Option<Instant>,
    last: Option<Instant>,
}

impl Heard {
    /// From the first to the last of them.
    pub(crate) fn took(&self) -> Duration {
        match (self.first, self.last) {
            (Some(first), Some(last)) => last - first,
            _ => Duration::ZERO,
        }
    }
}

impl Receiver {
    pub(crate) fn open() -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let receiver = Self {
            address: listener.local_addr()?,
            heard: Arc::default(),
        };
        let heard = Arc::clone(&receiver.heard);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let heard = Arc::clone(&heard);
                // A connection that breaks off is made anew by whoever needs it.
                thread::spawn(move || take(stream, &heard));
            }
        });
        Ok(receiver)
    }

    pub(crate) fn heard(&self) -> Heard {
        *lock(&self.heard)
    }

    /// Begins to count anew.
    pub(crate) fn forget(&self) {
        *lock(&self.heard) = Heard::default();
    }
}

fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes what comes over a connection, one request after the other.
fn take(mut stream: TcpStream, heard: &Mutex<Heard>) -> Outcome<()> {
    stream.set_nodelay(true)?;
    let (mut buffer, mut filled) = (vec![0; 64 * 1024], 0);
    loop {
        let read = stream.read(&mut buffer[filled..])?;
        if read == 0 {
            return Ok(());
        }
        filled += read;
        let text = std::str::from_utf8(&buffer[..filled])?;
        let Some(end) = text.find("\r\n\r\n") else {
            continue;
        };
        let length = text[..end]
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .map_or(Ok(0), |(_, value)| value.trim().parse::<usize>())?;
        if filled < end + 4 + length {
            continue;
        }
        filled = 0;
        note(heard);
        stream.write_all(TAKEN)?;
    }
}

#[expect(clippy::disallowed_methods, reason = "the length of a run is measured")]
fn note(heard: &Mutex<Heard>) {
    let now = Instant::now();
    let mut heard = lock(heard);
    heard.events += 1;
    heard.first.get_or_insert(now);
    heard.last = Some(now);
}
