//! Authentication (RFC 9110 §11; Basic: RFC 7617; Digest: RFC 7616, whose parameters stay parameters).

use super::{Lines, TypedField};
use crate::field::grammar::{Cursor, FieldError, Text, Token, write_list};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What stands behind an auth-scheme (RFC 9110 §11.2 to §11.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthDetails {
    /// Nothing.
    None,
    /// token68: one word such as base64 makes.
    Token68(Token68),
    /// auth-params, at least one: Digest and most others.
    Parameters(Vec<(Token, Text)>),
}

/// token68 (RFC 9110 §11.2): letters, digits and `-._~+/`, then perhaps `=` signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token68(String);

impl Token68 {
    /// A token68, unless the text is none.
    pub fn new(text: &str) -> Option<Token68> {
        let word = text.trim_end_matches('=');
        let right = !word.is_empty() && word.bytes().all(is_token68);
        right.then(|| Token68(text.to_owned()))
    }

    /// As it stood.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_token68(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"-._~+/".contains(&octet)
}

/// A challenge or credentials: a scheme and its details.
///
/// ```
/// use wiregauge_proto::field::typed::{Auth, Authorization, TypedField};
/// let authorization = Authorization(Auth::basic(b"Aladdin", b"open sesame").expect("no colon in the name"));
/// assert_eq!(authorization.lines(), [b"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="]);
/// assert_eq!(authorization.0.basic_credentials(), Some((b"Aladdin".to_vec(), b"open sesame".to_vec())));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Auth {
    /// auth-scheme, compared without case.
    pub scheme: Token,
    /// What follows it.
    pub details: AuthDetails,
}

impl Auth {
    /// Credentials of the Basic scheme (RFC 7617 §2); `None` if the user-id holds a colon, or either a control.
    pub fn basic(user_id: &[u8], password: &[u8]) -> Option<Auth> {
        if user_id.contains(&b':') || user_id.iter().chain(password).any(u8::is_ascii_control) {
            return None;
        }
        let encoded = STANDARD.encode([user_id, b":", password].concat());
        Some(Auth { scheme: Token::new("Basic")?, details: AuthDetails::Token68(Token68::new(&encoded)?) })
    }

    /// User-id and password of Basic credentials; `None` if they are not such.
    pub fn basic_credentials(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let AuthDetails::Token68(word) = &self.details else { return None };
        let pair = STANDARD.decode(&word.0).ok().filter(|_| self.scheme.is("Basic"))?;
        let colon = pair.iter().position(|octet| *octet == b':')?;
        Some((pair[..colon].to_vec(), pair[colon + 1..].to_vec()))
    }

    /// The value of the first auth-param of that name.
    pub fn parameter(&self, name: &str) -> Option<&Text> {
        let AuthDetails::Parameters(all) = &self.details else { return None };
        all.iter().find(|(other, _)| other.is(name)).map(|(_, value)| value)
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Auth, FieldError> {
        let scheme = cursor.token()?;
        let gap = cursor.take_while(|octet| octet == b' ').len();
        if gap == 0 || matches!(cursor.peek(), None | Some(b',')) {
            return Ok(Auth { scheme, details: AuthDetails::None });
        }
        if let Some(word) = token68(cursor) {
            return Ok(Auth { scheme, details: AuthDetails::Token68(word) });
        }
        let mut all = vec![parameter(cursor)?];
        loop {
            let before = cursor.clone();
            // Commas separate parameters and challenges alike: what follows is a parameter if "=" stands behind its name.
            cursor.take_while(|octet| matches!(octet, b',' | b' ' | b'\t'));
            match parameter(cursor) {
                Ok(_) if !before.rest().trim_ascii_start().starts_with(b",") => {
                    *cursor = before;
                    break;
                }
                Ok(one) if all.len() < crate::field::grammar::MEMBERS => all.push(one),
                Ok(_) => return Err(before.expected("fewer parameters")),
                Err(_) => {
                    *cursor = before;
                    break;
                }
            }
        }
        Ok(Auth { scheme, details: AuthDetails::Parameters(all) })
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.scheme.write(out);
        match &self.details {
            AuthDetails::None => {}
            AuthDetails::Token68(word) => {
                out.push(b' ');
                out.extend_from_slice(word.0.as_bytes());
            }
            AuthDetails::Parameters(all) => {
                out.push(b' ');
                write_list(all, out, |(name, value), out| {
                    name.write(out);
                    out.push(b'=');
                    // Many recipients want these quoted (RFC 7616 §3.3, §3.4), and none minds quotes elsewhere but for these.
                    let bare = ["algorithm", "stale", "nc", "userhash", "qop"].iter().any(|bare| name.is(bare));
                    if bare { value.write_word(out) } else { value.write_quoted(out) }
                });
            }
        }
    }
}

/// A token68 that ends at a comma or the end; otherwise nothing is taken.
fn token68(cursor: &mut Cursor<'_>) -> Option<Token68> {
    let mut ahead = cursor.clone();
    let word = [ahead.take_while(is_token68), ahead.take_while(|octet| octet == b'=')].concat();
    ahead.blanks();
    let word = std::str::from_utf8(&word).ok().and_then(Token68::new);
    let word = word.filter(|_| matches!(ahead.peek(), None | Some(b',')))?;
    *cursor = ahead;
    Some(word)
}

/// auth-param: white space is tolerated around its equals sign.
fn parameter(cursor: &mut Cursor<'_>) -> Result<(Token, Text), FieldError> {
    let name = cursor.token()?;
    cursor.blanks();
    cursor.need(b'=', "\"=\" and the value of the parameter")?;
    cursor.blanks();
    Ok((name, cursor.word()?))
}

single!(
    /// Authorization (RFC 9110 §11.6.2).
    Authorization, "Authorization", Auth, Auth::read, Auth::write
);
single!(
    /// Proxy-Authorization (RFC 9110 §11.7.2).
    ProxyAuthorization, "Proxy-Authorization", Auth, Auth::read, Auth::write
);

macro_rules! challenges {
    ($(#[$doc:meta])* $type:ident, $name:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $type(pub Vec<Auth>);

        impl TypedField for $type {
            const NAME: &'static str = $name;
            const LINES: Lines = Lines::Apart;

            fn read(cursor: &mut Cursor<'_>) -> Result<Self, FieldError> {
                cursor.some(Auth::read).map($type)
            }

            fn write(&self, out: &mut Vec<u8>) {
                write_list(&self.0, out, Auth::write);
            }

            fn lines(&self) -> Vec<Vec<u8>> {
                super::each_apart(&self.0, Auth::write)
            }
        }
    };
}

challenges!(
    /// WWW-Authenticate (RFC 9110 §11.6.1): challenges, written a line each.
    WwwAuthenticate, "WWW-Authenticate"
);
challenges!(
    /// Proxy-Authenticate (RFC 9110 §11.7.1): challenges, written a line each.
    ProxyAuthenticate, "Proxy-Authenticate"
);
