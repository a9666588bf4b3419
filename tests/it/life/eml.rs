//! Reads a mail the way a mail program does (RFC 5322, RFC 2045, RFC 2047), as
//! far as ours need it, and takes nothing that is not well formed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A mail.
#[derive(Clone, Debug)]
pub(crate) struct Eml {
    header: Vec<(String, String)>,
    pub(crate) text: String,
    pub(crate) html: String,
}

impl Eml {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mail = std::str::from_utf8(bytes).expect("a mail in ASCII");
        assert!(mail.is_ascii());
        let (header, body) = split(mail);
        let kind = field(&header, "Content-Type");
        let boundary = kind
            .strip_prefix("multipart/alternative; boundary=\"")
            .and_then(|rest| rest.split('"').next())
            .unwrap_or_else(|| panic!("not two alternatives: {kind}"));
        let parts: Vec<&str> = body.split(&format!("--{boundary}")).collect();
        assert_eq!(parts.len(), 4, "two parts and an end");
        assert_eq!(parts[3].trim_end(), "--");
        let part = |part: &str, kind: &str| {
            let (header, body) = split(part.strip_prefix("\r\n").expect("a line"));
            assert_eq!(field(&header, "Content-Type"), kind);
            assert_eq!(
                field(&header, "Content-Transfer-Encoding"),
                "quoted-printable"
            );
            unquote(body)
        };
        Self {
            text: part(parts[1], "text/plain; charset=utf-8"),
            html: part(parts[2], "text/html; charset=utf-8"),
            header,
        }
    }

    /// A field of the header, which is there once.
    #[track_caller]
    pub(crate) fn field(&self, name: &str) -> String {
        field(&self.header, name)
    }

    /// The names of all fields.
    pub(crate) fn fields(&self) -> Vec<&str> {
        self.header.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Whether it says this, in both of its forms.
    #[track_caller]
    pub(crate) fn says(&self, what: &str) {
        assert!(
            self.text.contains(what),
            "{what:?} is not in:\n{}",
            self.text
        );
        assert!(
            self.html.contains(what),
            "{what:?} is not in:\n{}",
            self.html
        );
    }
}

fn split(mail: &str) -> (Vec<(String, String)>, &str) {
    let (header, body) = mail.split_once("\r\n\r\n").expect("a header and a body");
    let unfolded = header.replace("\r\n ", " ").replace("\r\n\t", " ");
    let fields = unfolded
        .split("\r\n")
        .map(|line| {
            let (name, value) = line.split_once(": ").expect("a field");
            assert!(
                name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'),
                "{name}"
            );
            (name.to_owned(), decode(value))
        })
        .collect();
    (fields, body)
}

#[track_caller]
fn field(header: &[(String, String)], name: &str) -> String {
    let found: Vec<&str> = header
        .iter()
        .filter(|(other, _)| other.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
        .collect();
    assert_eq!(found.len(), 1, "{name} in {header:?}");
    found[0].to_owned()
}

/// RFC 2047 §2: `=?utf-8?b?…?=`. White space between two of them is none (§6.2).
fn decode(value: &str) -> String {
    let mut decoded = String::new();
    let mut after_word = false;
    for word in value.split(' ') {
        let inner = word
            .strip_prefix("=?utf-8?b?")
            .and_then(|rest| rest.strip_suffix("?="));
        let text = inner.map(|inner| {
            let bytes = STANDARD.decode(inner).expect("base64");
            String::from_utf8(bytes).expect("UTF-8")
        });
        let between_words = after_word && text.is_some();
        if !decoded.is_empty() && !between_words {
            decoded.push(' ');
        }
        after_word = text.is_some();
        decoded.push_str(text.as_deref().unwrap_or(word));
    }
    decoded
}

/// RFC 2045 §6.7.
fn unquote(body: &str) -> String {
    let joined = body.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_str();
    while let Some((before, after)) = rest.split_once('=') {
        bytes.extend_from_slice(before.as_bytes());
        bytes.push(u8::from_str_radix(&after[..2], 16).expect("two hexadecimal digits"));
        rest = &after[2..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    let text = String::from_utf8(bytes).expect("UTF-8");
    text.replace("\r\n", "\n")
}
