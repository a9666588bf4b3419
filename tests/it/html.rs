//! Reads the forms of a page, so that a test sends what a person would: the
//! fields that are there, with what stands in them, by a button that is there.

use std::collections::BTreeMap;

use url::form_urlencoded;

/// One tag: its name and attributes.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    pub(crate) name: String,
    attributes: BTreeMap<String, String>,
}

impl Tag {
    pub(crate) fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute).map(String::as_str)
    }

    fn has(&self, attribute: &str) -> bool {
        self.attributes.contains_key(attribute)
    }
}

/// The tags of a page, in order, each with the text behind it.
pub(crate) fn tags(html: &str) -> Vec<(Tag, String)> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let Some(end) = end_of_tag(rest) else { break };
        let inside = &rest[..end];
        rest = &rest[end + 1..];
        if inside.starts_with(|first: char| first.is_ascii_alphabetic()) {
            let text = rest.split('<').next().unwrap_or_default();
            found.push((tag(inside), unescape(text)));
        } else if let Some(name) = inside.strip_prefix('/') {
            let close = Tag {
                name: format!("/{name}"),
                attributes: BTreeMap::new(),
            };
            let text = rest.split('<').next().unwrap_or_default();
            found.push((close, unescape(text)));
        }
    }
    found
}

/// `>` outside quotes.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut quoted = false;
    text.char_indices().find_map(|(at, c)| {
        quoted ^= c == '"';
        (c == '>' && !quoted).then_some(at)
    })
}

fn tag(inside: &str) -> Tag {
    let (name, mut rest) = inside
        .split_once(|c: char| c.is_whitespace())
        .unwrap_or((inside, ""));
    let mut attributes = BTreeMap::new();
    loop {
        rest = rest.trim_start();
        let end = rest
            .find(|c: char| c == '=' || c.is_whitespace())
            .unwrap_or(rest.len());
        if end == 0 {
            break;
        }
        let key = rest[..end].to_owned();
        rest = &rest[end..];
        let value = match rest.strip_prefix("=\"") {
            Some(quoted) => {
                let (value, after) = quoted.split_once('"').expect("a closed quote");
                rest = after;
                unescape(value)
            }
            None => String::new(),
        };
        attributes.insert(key, value);
    }
    Tag {
        name: name.trim_end_matches('/').to_owned(),
        attributes,
    }
}

fn unescape(text: &str) -> String {
    let mut out = text.to_owned();
    for (entity, plain) in [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ] {
        out = out.replace(entity, plain);
    }
    out
}

/// A field as it stands in a form.
#[derive(Clone, Debug)]
enum Field {
    Text(String),
    /// Its value, and whether it is ticked.
    Box(String, bool),
    /// The values that there are, and the one that is chosen. `None` can be
    /// so of radio buttons alone.
    Choice(Vec<String>, Option<String>),
}

/// A form, filled in as the page has it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    pub(crate) id: String,
    pub(crate) action: String,
    fields: Vec<(String, Field)>,
    /// Buttons: id, name, value.
    buttons: Vec<(String, String, String)>,
    pressed: Option<(String, String)>,
}

/// The forms of a page.
pub(crate) fn forms(html: &str) -> Vec<Form> {
    let mut all = Vec::new();
    let mut open: Option<Form> = None;
    let mut select: Option<(String, Vec<String>, Option<String>)> = None;
    for (tag, text) in tags(html) {
        if tag.name == "form" {
            open = Some(Form {
                id: tag.get("id").unwrap_or_default().to_owned(),
                action: tag.get("action").unwrap_or_default().to_owned(),
                ..Form::default()
            });
            let asks_only = tag.get("method") == Some("get") && tag.get("id") == Some("history");
            assert!(
                asks_only || tag.get("method") == Some("post"),
                "every form posts"
            );
        }
        let Some(form) = &mut open else { continue };
        let name = tag.get("name").unwrap_or_default().to_owned();
        let value = tag.get("value").unwrap_or_default().to_owned();
        match tag.name.as_str() {
            "input" => form.add_input(&tag, name, value),
            "textarea" => {
                let text = text.strip_prefix('\n').unwrap_or(&text).to_owned();
                form.fields.push((name, Field::Text(text)));
            }
            "select" => select = Some((name, Vec::new(), None)),
            "option" => {
                let (_, values, chosen) = select.as_mut().expect("an option in a select");
                if tag.has("selected") {
                    *chosen = Some(value.clone());
                }
                values.push(value);
            }
            "/select" => {
                let (name, values, chosen) = select.take().expect("a select");
                let chosen = chosen.or_else(|| values.first().cloned());
                form.fields.push((name, Field::Choice(values, chosen)));
            }
            "button" => {
                let id = tag.get("id").unwrap_or_default().to_owned();
                form.buttons.push((id, name, value));
            }
            "/form" => all.extend(open.take()),
            _ => {}
        }
    }
    all
}

impl Form {
    fn add_input(&mut self, tag: &Tag, name: String, value: String) {
        match tag.get("type") {
            Some("checkbox") => {
                self.fields
                    .push((name, Field::Box(value, tag.has("checked"))));
            }
            Some("radio") => {
                if tag.has("disabled") {
                    return;
                }
                let chosen = tag.has("checked").then(|| value.clone());
                match self.fields.iter_mut().find(|(other, _)| *other == name) {
                    Some((_, Field::Choice(values, now))) => {
                        values.push(value);
                        *now = now.take().or(chosen);
                    }
                    _ => self.fields.push((name, Field::Choice(vec![value], chosen))),
                }
            }
            _ => self.fields.push((name, Field::Text(value))),
        }
    }

    fn field(&self, name: &str) -> Option<&Field> {
        self.fields
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, field)| field)
    }

    /// Types into a field, chooses from a select or radio buttons, or ticks a
    /// box (`on`, or empty to clear it). It has to be there.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        let id = self.id.clone();
        let field = self
            .fields
            .iter_mut()
            .find(|(other, _)| other == name)
            .map(|(_, field)| field)
            .unwrap_or_else(|| panic!("form {id:?} has no field {name:?}"));
        match field {
            Field::Text(text) => value.clone_into(text),
            Field::Box(_, ticked) => *ticked = !value.is_empty(),
            Field::Choice(values, chosen) => {
                assert!(
                    values.iter().any(|offered| offered == value),
                    "{name} does not offer {value:?} but {values:?}"
                );
                *chosen = Some(value.to_owned());
            }
        }
        self
    }

    /// Sends what no page would.
    pub(crate) fn forged(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(other, _)| other != name);
        self.fields
            .push((name.to_owned(), Field::Text(value.to_owned())));
        self
    }

    /// Leaves out a field that a page would send.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(other, _)| other != name);
        self
    }

    /// Presses a button, which has to be there.
    pub(crate) fn press(mut self, id: &str) -> Self {
        let button = self.buttons.iter().find(|(other, ..)| other == id);
        let (_, name, value) = button.unwrap_or_else(|| {
            panic!(
                "form {:?} has no button {id:?}: {:?}",
                self.id, self.buttons
            )
        });
        if !name.is_empty() {
            self.pressed = Some((name.clone(), value.clone()));
        }
        self
    }

    pub(crate) fn has_button(&self, id: &str) -> bool {
        self.buttons.iter().any(|(other, ..)| other == id)
    }

    pub(crate) fn has_field(&self, name: &str) -> bool {
        self.field(name).is_some()
    }

    /// What stands in a field, what is chosen, or `on` if it is ticked.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        match self.field(name)? {
            Field::Text(text) => Some(text),
            Field::Box(value, true) => Some(value),
            Field::Box(_, false) => None,
            Field::Choice(_, chosen) => chosen.as_deref(),
        }
    }

    /// What can be chosen in a field.
    pub(crate) fn offers(&self, name: &str) -> Vec<&str> {
        match self.field(name) {
            Some(Field::Choice(values, _)) => values.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// The boxes that are ticked.
    pub(crate) fn ticked(&self) -> Vec<&str> {
        self.fields
            .iter()
            .filter(|(_, field)| matches!(field, Field::Box(_, true)))
            .map(|(name, _)| name.as_str())
            .collect()
    }

    /// The body that a browser sends.
    pub(crate) fn body(&self) -> String {
        let mut body = form_urlencoded::Serializer::new(String::new());
        for (name, _) in &self.fields {
            if let Some(value) = self.value(name) {
                // HTML Living Standard §4.10.21.7: line breaks are sent as CRLF.
                body.append_pair(name, &value.replace("\r\n", "\n").replace('\n', "\r\n"));
            }
        }
        if let Some((name, value)) = &self.pressed {
            body.append_pair(name, value);
        }
        body.finish()
    }
}

#[test]
fn a_form_is_sent_as_a_browser_would() {
    let html = r#"<form id="f" method="post" action="/x?a=1&#38;b=2"><input type="hidden" name="csrf" value="a&#34;b">
        <input name="t" type="text" value="&#60;x&#62;"><textarea name="a">
one
two</textarea><input type="checkbox" name="c" value="on"><input type="checkbox" name="d" value="on" checked>
        <input type="radio" name="r" value="1"><input type="radio" name="r" value="2">
        <select name="s"><option value="">-</option><option value="P1D" selected>day</option></select>
        <button id="go" name="answer" value="yes">Go</button></form>"#;
    let form = forms(html).remove(0);
    assert_eq!(form.action, "/x?a=1&b=2");
    assert_eq!(form.offers("r"), ["1", "2"]);
    assert_eq!(form.value("r"), None);
    assert_eq!(
        form.with("c", "on").with("r", "2").press("go").body(),
        "csrf=a%22b&t=%3Cx%3E&a=one%0D%0Atwo&c=on&d=on&r=2&s=P1D&answer=yes"
    );
}
