//! A lean HTTP client: prepared bytes go out, the answer is cut from what comes
//! in. Its own CPU time is not counted, but it shares the machine.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread;

use crate::Outcome;

/// How many callers are at work at the same time.
pub(crate) const CALLERS: usize = 16;

/// A connection that is kept.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) head: &'a str,
    pub(crate) body: &'a str,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: vec![0; 64 * 1024],
        })
    }

    /// Sends a request and reads its answer.
    pub(crate) fn send(&mut self, request: &[u8]) -> Outcome<Answer<'_>> {
        self.stream.write_all(request)?;
        let mut filled = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..])?;
            if read == 0 {
                return Err("the server closed the connection".into());
            }
            filled += read;
            let text = std::str::from_utf8(&self.buffer[..filled])?;
            let Some(end) = text.find("\r\n\r\n") else {
                continue;
            };
            let head = &text[..end];
            let length: usize = field(head, "content-length").unwrap_or("0").parse()?;
            if filled >= end + 4 + length {
                break;
            }
        }
        let text = std::str::from_utf8(&self.buffer[..filled])?;
        let (head, body) = text.split_once("\r\n\r\n").ok_or("an answer without end")?;
        let status = head.get(9..12).ok_or("an answer without status")?.parse()?;
        Ok(Answer { status, head, body })
    }

    /// The same, and an answer that is not this one is a failure.
    pub(crate) fn expect(&mut self, status: u16, request: &[u8]) -> Outcome<Answer<'_>> {
        let answer = self.send(request)?;
        if answer.status == status {
            Ok(answer)
        } else {
            Err(format!("wanted {status}, got {}\n{}", answer.head, answer.body).into())
        }
    }
}

impl Answer<'_> {
    /// A header field, if it is there.
    pub(crate) fn field(&self, name: &str) -> Outcome<&str> {
        field(self.head, name).ok_or_else(|| format!("{name} is missing in {}", self.head).into())
    }

    /// A text member of a JSON answer. Only for values without escapes, as
    /// tokens are.
    pub(crate) fn member(&self, name: &str) -> Outcome<&str> {
        between(self.body, &format!("\"{name}\":\""), "\"")
            .ok_or_else(|| format!("{name} is missing in {}", self.body).into())
    }
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

/// What is between two texts.
pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    let (found, _) = rest.split_once(after)?;
    Some(found)
}

/// The bytes of a GET.
pub(crate) fn get(path: &str, fields: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{fields}\r\n").into_bytes()
}

/// The bytes of a form that is sent.
pub(crate) fn post(path: &str, fields: &str, form: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\n\
         content-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\n{fields}\r\n{form}",
        form.len()
    )
    .into_bytes()
}

/// One who calls over a connection of its own.
pub(crate) trait Caller: Send {
    fn call(&mut self) -> Outcome<()>;
}

/// Lets all callers call at the same time, `calls` times in all.
pub(crate) fn drive(callers: &mut [Box<dyn Caller>], calls: usize) -> Outcome<()> {
    let each = calls.div_ceil(callers.len());
    thread::scope(|scope| {
        let running: Vec<_> = callers
            .iter_mut()
            .map(|caller| scope.spawn(move || (0..each).try_for_each(|_| caller.call())))
            .collect();
        running.into_iter().try_for_each(|caller| {
            caller
                .join()
                .unwrap_or_else(|_| Err("a caller panicked".into()))
        })
    })
}
