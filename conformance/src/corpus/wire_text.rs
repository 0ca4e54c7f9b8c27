//! Wire text: octets written so that everything is visible.
//!
//! | written | means |
//! | --- | --- |
//! | a line break | nothing |
//! | space to `~` | itself |
//! | `\r` `\n` `\t` `\0` `\\` `\xHH` | CR, LF, HTAB, NUL, backslash, that octet |
//! | `\{N*text}` | that text N times |
//! | `\|` `\^` | no octet: a new segment starts, the message breaks its rule here |
//! | `${authority}` `${host}` `${path}` `${origin}` `${token}` | filled in when the case is played |
//! | `${file-etag}` and others of a resource | the same, where the subject declares that resource |
//!
//! Anything else is an error with its place: an invisible octet never loads. The text is read as it stands in the file, so that
//! a place in it is a place in the file, and a checkout that turned LF into CR LF changes nothing.

use super::model::{Piece, WireText};

/// No wire text makes more octets than this.
pub const MOST_OCTETS: u64 = 16 * 1024 * 1024;

/// The variables of wire text.
pub const VARIABLES: &[(&str, Piece)] = &[
    ("authority", Piece::Authority),
    ("host", Piece::Host),
    ("path", Piece::Path),
    ("origin", Piece::Origin),
    ("token", Piece::Token),
    ("file-path", Piece::Fact("file-path")),
    ("file-etag", Piece::Fact("file-etag")),
    ("file-last-modified", Piece::Fact("file-last-modified")),
    ("file-earlier", Piece::Fact("file-earlier")),
    ("file-later", Piece::Fact("file-later")),
    ("file-length", Piece::Fact("file-length")),
    ("file-beginning", Piece::Fact("file-beginning")),
    ("file-ending", Piece::Fact("file-ending")),
    ("redirect-path", Piece::Fact("redirect-path")),
    ("protected-path", Piece::Fact("protected-path")),
];

/// Where the marks `\|` and `\^` may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marks {
    /// Nowhere: a value that is compared.
    Refused,
    /// In octets that are sent by a script.
    Sent,
    /// In a message; `\|` has to cut something there.
    Message,
}

/// What is wrong with a wire text, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireTextError {
    /// Octets from the beginning of the text as it stands in the file.
    pub offset: usize,
    /// What is wrong.
    pub what: String,
    /// What to write instead.
    pub remedy: String,
}

/// Reads the text between the quotes.
pub fn parse(text: &str, marks: Marks) -> Result<WireText, WireTextError> {
    let mut reader = Reader { text, at: 0, marks, pieces: Vec::new(), octets: 0, cut_at: None, fault_seen: false };
    while reader.at < text.len() {
        reader.item()?;
    }
    if let (Marks::Message, Some((place, offset))) = (marks, reader.cut_at)
        && place == reader.octets
    {
        return Err(wrong(offset, "`\\|` at the end cuts nothing", "remove it"));
    }
    Ok(WireText { pieces: reader.pieces })
}

fn wrong(offset: usize, what: impl Into<String>, remedy: impl Into<String>) -> WireTextError {
    WireTextError { offset, what: what.into(), remedy: remedy.into() }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    marks: Marks,
    pieces: Vec<Piece>,
    /// How many octets there are so far; a variable counts as one.
    octets: u64,
    /// The last `\|`: after how many octets, and where in the text.
    cut_at: Option<(u64, usize)>,
    fault_seen: bool,
}

impl Reader<'_> {
    fn item(&mut self) -> Result<(), WireTextError> {
        let rest = &self.text[self.at..];
        if rest.starts_with("${") {
            return self.variable();
        }
        match rest.as_bytes() {
            [b'\\', b'|', ..] => self.segment(),
            [b'\\', b'^', ..] => self.fault(),
            [b'\\', b'{', ..] => self.repetition(),
            _ => {
                let (octet, next) = octet(self.text, self.at)?;
                if let Some(octet) = octet {
                    self.push(octet)?;
                }
                self.at = next;
                Ok(())
            }
        }
    }

    fn push(&mut self, octet: u8) -> Result<(), WireTextError> {
        self.grow(1, self.at)?;
        match self.pieces.last_mut() {
            Some(Piece::Octets(octets)) => octets.push(octet),
            _ => self.pieces.push(Piece::Octets(vec![octet])),
        }
        Ok(())
    }

    fn grow(&mut self, by: u64, at: usize) -> Result<(), WireTextError> {
        self.octets = self.octets.saturating_add(by);
        if self.octets > MOST_OCTETS {
            return Err(wrong(at, format!("the text makes more than {MOST_OCTETS} octets"), "make it shorter"));
        }
        Ok(())
    }

    fn variable(&mut self) -> Result<(), WireTextError> {
        let start = self.at;
        let inner = &self.text[start + 2..];
        let name = inner.find(['}', '\n']).map(|end| &inner[..end]).unwrap_or(inner);
        let closed = inner[name.len()..].starts_with('}');
        match VARIABLES.iter().find(|(known, _)| closed && *known == name) {
            Some((_, piece)) => {
                self.grow(1, start)?;
                self.pieces.push(piece.clone());
                self.at = start + 2 + name.len() + 1;
                Ok(())
            }
            None if closed => {
                let remedy = match super::error::nearest(name, VARIABLES.iter().map(|(known, _)| *known)) {
                    Some(near) => format!("did you mean `${{{near}}}`?"),
                    None => "the variables are authority, host, path, origin, token, and those of resources (fixtures/README.md); a dollar sign before a brace is `\\x24{`".into(),
                };
                Err(wrong(start, format!("unknown variable `${{{name}}}`"), remedy))
            }
            None => {
                Err(wrong(start, "a variable is not closed", "end it with `}`, or write the dollar sign as `\\x24`"))
            }
        }
    }

    fn segment(&mut self) -> Result<(), WireTextError> {
        let start = self.at;
        if self.marks == Marks::Refused {
            return Err(wrong(start, "`\\|` has no meaning here", "remove it; a vertical bar is written `|`"));
        }
        if self.marks == Marks::Message {
            if self.octets == 0 {
                return Err(wrong(start, "`\\|` at the very beginning cuts nothing", "remove it"));
            }
            if self.cut_at.is_some_and(|(place, _)| place == self.octets) {
                return Err(wrong(start, "a second `\\|` at the same place cuts nothing", "remove it"));
            }
        }
        self.cut_at = Some((self.octets, start));
        self.pieces.push(Piece::Segment);
        self.at += 2;
        Ok(())
    }

    fn fault(&mut self) -> Result<(), WireTextError> {
        let start = self.at;
        if self.marks == Marks::Refused {
            return Err(wrong(start, "`\\^` has no meaning here", "remove it; a circumflex is written `^`"));
        }
        if self.fault_seen {
            return Err(wrong(start, "a second `\\^`", "mark only the first octet that breaks the rule"));
        }
        self.fault_seen = true;
        self.pieces.push(Piece::Fault);
        self.at += 2;
        Ok(())
    }

    /// `\{N*text}`: ends at the first `}` that is not written as an escape.
    fn repetition(&mut self) -> Result<(), WireTextError> {
        let start = self.at;
        let form = "a repetition is written `\\{N*text}`, as in `\\{8000*a}`";
        let inner = start + 2;
        let digits = self.text[inner..].bytes().take_while(u8::is_ascii_digit).count();
        let star = inner + digits;
        if digits == 0 || !self.text[star..].starts_with('*') {
            return Err(wrong(start, "a repetition without its number", form));
        }
        let times: u64 = match self.text[inner..star].parse() {
            Ok(0) => return Err(wrong(inner, "a repetition of no times", "leave it out")),
            Ok(times) if times <= MOST_OCTETS => times,
            _ => return Err(wrong(inner, format!("more than {MOST_OCTETS} times"), "repeat it less often")),
        };
        let mut octets = Vec::new();
        let mut at = star + 1;
        loop {
            let rest = &self.text[at..];
            match rest.as_bytes() {
                [] => return Err(wrong(start, "the repetition is not closed", form)),
                [b'}', ..] => break,
                [b'\\', b'|' | b'^' | b'{', ..] => {
                    return Err(wrong(at, "no mark and no repetition inside a repetition", "move it outside"));
                }
                [b'$', b'{', ..] => return Err(wrong(at, "no variable inside a repetition", "move it outside")),
                _ => {
                    let (octet, next) = octet(self.text, at)?;
                    octets.extend(octet);
                    at = next;
                }
            }
        }
        if octets.is_empty() {
            return Err(wrong(start, "a repetition of nothing", form));
        }
        self.grow(times.saturating_mul(octets.len() as u64), start)?;
        self.pieces.push(Piece::Repeat(times, octets));
        self.at = at + 1;
        Ok(())
    }
}

/// One octet, or none for a line break, and where the text goes on.
fn octet(text: &str, at: usize) -> Result<(Option<u8>, usize), WireTextError> {
    let Some(character) = text[at..].chars().next() else {
        return Err(wrong(at, "the text ends too early", "complete it"));
    };
    match character {
        '\n' => {
            let before = text[..at].strip_suffix('\r').unwrap_or(&text[..at]);
            if before.ends_with(' ') {
                return Err(wrong(before.len() - 1, "a line ends in a space", "write the space as `\\x20`"));
            }
            Ok((None, at + 1))
        }
        '\r' if text[at + 1..].starts_with('\n') => Ok((None, at + 1)),
        '\\' => escape(text, at),
        ' '..='~' => Ok((Some(character as u8), at + 1)),
        '\t' => Err(wrong(at, "a tab", "write it as `\\t`")),
        other => {
            let octets: String = other.to_string().bytes().map(|octet| format!("\\x{octet:02X}")).collect();
            let code = other as u32;
            Err(wrong(
                at,
                format!("U+{code:04X} is not printable ASCII"),
                format!("write its octets, such as `{octets}`"),
            ))
        }
    }
}

fn escape(text: &str, at: usize) -> Result<(Option<u8>, usize), WireTextError> {
    let simple = match text.as_bytes().get(at + 1) {
        Some(b'r') => b'\r',
        Some(b'n') => b'\n',
        Some(b't') => b'\t',
        Some(b'0') => 0,
        Some(b'\\') => b'\\',
        Some(b'x') => {
            let digits = text.as_bytes().get(at + 2..at + 4).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
            let value =
                digits.and_then(|digits| std::str::from_utf8(digits).ok()).and_then(|d| u8::from_str_radix(d, 16).ok());
            return match value {
                Some(octet) => Ok((Some(octet), at + 4)),
                None => Err(wrong(at, "`\\x` without two hexadecimal digits", "write it as in `\\x0D`")),
            };
        }
        _ => {
            let second = text[at + 1..].chars().next().map(|character| character.escape_debug().to_string());
            return Err(wrong(
                at,
                format!("unknown escape `\\{}`", second.unwrap_or_default()),
                "the escapes are \\r \\n \\t \\0 \\\\ \\xHH \\{N*text} \\| \\^",
            ));
        }
    };
    Ok((Some(simple), at + 2))
}

#[cfg(test)]
mod tests;
