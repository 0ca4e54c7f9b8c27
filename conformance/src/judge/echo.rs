//! The echo contract: what a subject says that it understood, read from the content of its response, and compared with what was said.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::corpus::model::{Bindings, Said};

/// A name and a value, as octets.
pub type Field = (Vec<u8>, Vec<u8>);

/// What the subject says that it understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Echo {
    /// The method.
    pub method: Vec<u8>,
    /// The request-target.
    pub target: Vec<u8>,
    /// Such as "1.1"; absent where the platform cannot tell.
    pub version: Option<String>,
    /// Field lines in order.
    pub fields: Vec<Field>,
    /// The content.
    pub body: Vec<u8>,
    /// Trailer field lines in order.
    pub trailers: Vec<Field>,
    /// What the platform cannot know.
    pub lacks: Vec<String>,
}

impl Echo {
    /// Reads the contract's JSON; `lacks` adds to what the echo itself says that it lacks. `None` if it is something else.
    pub fn read(content: &[u8], lacks: &[String]) -> Option<Echo> {
        let value: Value = serde_json::from_slice(content).ok()?;
        let object = value.as_object()?;
        let mut all: Vec<String> = lacks.to_vec();
        if let Some(own) = object.get("lacks") {
            all.extend(own.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned));
        }
        Some(Echo {
            method: octets(object.get("method")?)?,
            target: octets(object.get("target")?)?,
            version: object.get("version").and_then(Value::as_str).map(str::to_owned),
            fields: fields(object.get("fields")?)?,
            body: object.get("body").map_or(Some(Vec::new()), octets)?,
            trailers: object.get("trailers").map_or(Some(Vec::new()), fields)?,
            lacks: all,
        })
    }

    /// Whether the platform cannot know this.
    pub fn is_lacking(&self, what: &str) -> bool {
        self.lacks.iter().any(|lack| lack == what)
    }

    /// In one line, without what a subject's own front adds: for comparing deliveries. `named` says whether a field name was sent.
    pub(crate) fn line(&self, named: impl Fn(&[u8]) -> bool) -> String {
        let mut fields: Vec<String> = self
            .fields
            .iter()
            .filter(|(name, _)| named(name))
            .map(|(name, value)| format!("{}: {}", show(&name.to_ascii_lowercase()), show(value)))
            .collect();
        fields.sort();
        format!(
            "{} {} [{}] content {} trailers {}",
            show(&self.method),
            show(&self.target),
            fields.join("; "),
            show(&self.body),
            self.trailers
                .iter()
                .map(|(name, value)| format!("{}: {}", show(name), show(value)))
                .collect::<Vec<_>>()
                .join("; ")
        )
    }

    /// What differs from what was said; nothing if the subject understood it. Only what is given is compared, names without case;
    /// fields may be added but not missing; trailer fields may be dropped (RFC 9110 §6.5.1) but not changed.
    pub fn differences(&self, said: &Said, bindings: &Bindings) -> Vec<String> {
        let mut found = Vec::new();
        let bound = |text: &crate::corpus::model::WireText| text.bind(bindings).octets;
        if let Some(method) = said.method.as_ref().map(bound) {
            differ(&mut found, "method", &method, &self.method);
        }
        if let Some(target) = said.target.as_ref().map(bound)
            && (!self.is_lacking("raw-target") || !may_be_rewritten(&target))
        {
            differ(&mut found, "request-target", &target, &self.target);
        }
        if let (Some(version), Some(own)) = (&said.version, &self.version)
            && !self.is_lacking("version")
        {
            differ(&mut found, "version", version.as_bytes(), own.as_bytes());
        }
        let expected: Vec<Field> =
            said.fields.iter().map(|(name, text)| (name.clone().into_bytes(), bound(text))).collect();
        missing_fields(&mut found, "field", &expected, &self.fields, self);
        if let Some(content) = said.content.as_ref().map(bound) {
            differ(&mut found, "content", &content, &self.body);
        }
        if !self.trailers.is_empty() {
            let expected: Vec<Field> =
                said.trailers.iter().map(|(name, text)| (name.clone().into_bytes(), bound(text))).collect();
            missing_fields(&mut found, "trailer field", &expected, &self.trailers, self);
        }
        found
    }
}

/// A target that a platform without the raw one cannot give back: percent-encoded, absolute, or with dots and empty segments.
fn may_be_rewritten(target: &[u8]) -> bool {
    target.contains(&b'%') || !target.starts_with(b"/") || target.windows(2).any(|two| two == b"//" || two == b"/.")
}

fn differ(found: &mut Vec<String>, what: &str, expected: &[u8], came: &[u8]) {
    if expected != came {
        found.push(format!("{what} was {}, understood as {}", show(expected), show(came)));
    }
}

fn missing_fields(found: &mut Vec<String>, what: &str, expected: &[Field], came: &[Field], echo: &Echo) {
    let mut names: Vec<&[u8]> = Vec::new();
    for (name, _) in expected {
        if !names.iter().any(|seen| same_name(seen, name, echo)) {
            names.push(name);
        }
    }
    for name in names {
        if echo.is_lacking("underscore-names") && name.contains(&b'_') {
            continue;
        }
        let want: Vec<&[u8]> = values(expected, name, echo);
        let have: Vec<&[u8]> = values(came, name, echo);
        // Lines of one name may be joined by whoever takes them (RFC 9110 §5.3), and a front may add lines of its own.
        let joined = have.join(&b", "[..]);
        if !is_within(&want, &have) && joined != want.join(&b", "[..]) {
            let came = if have.is_empty() { "nothing".to_owned() } else { show(&joined) };
            found.push(format!("{what} {} was {}, understood as {came}", show(name), show(&want.join(&b", "[..]))));
        }
    }
}

fn values<'f>(fields: &'f [Field], name: &[u8], echo: &Echo) -> Vec<&'f [u8]> {
    fields.iter().filter(|(own, _)| same_name(own, name, echo)).map(|(_, value)| value.as_slice()).collect()
}

fn same_name(one: &[u8], other: &[u8], echo: &Echo) -> bool {
    if echo.is_lacking("underscore-names") {
        let fold = |octet: &u8| if *octet == b'_' { b'-' } else { octet.to_ascii_lowercase() };
        return one.iter().map(fold).eq(other.iter().map(fold));
    }
    one.eq_ignore_ascii_case(other)
}

/// Whether all of `want` stand in `have`, in order.
fn is_within(want: &[&[u8]], have: &[&[u8]]) -> bool {
    let mut rest = have.iter();
    want.iter().all(|value| rest.any(|own| own == value))
}

fn octets(value: &Value) -> Option<Vec<u8>> {
    STANDARD.decode(value.as_str()?).ok()
}

fn fields(value: &Value) -> Option<Vec<Field>> {
    value
        .as_array()?
        .iter()
        .map(|pair| match pair.as_array()?.as_slice() {
            [name, value] => Some((octets(name)?, octets(value)?)),
            _ => None,
        })
        .collect()
}

/// Octets for a person, in wire text, at most 80 of them.
pub(crate) fn show(octets: &[u8]) -> String {
    let mut text = String::from("'");
    for octet in octets.iter().take(80) {
        match octet {
            b'\r' => text.push_str("\\r"),
            b'\n' => text.push_str("\\n"),
            b'\t' => text.push_str("\\t"),
            b'\0' => text.push_str("\\0"),
            b'\\' => text.push_str("\\\\"),
            b' '..=b'~' => text.push(char::from(*octet)),
            _ => text.push_str(&format!("\\x{octet:02x}")),
        }
    }
    text.push('\'');
    if octets.len() > 80 {
        text.push_str(&format!(" and {} octets more", octets.len() - 80));
    }
    text
}
