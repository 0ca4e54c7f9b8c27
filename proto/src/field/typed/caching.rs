//! Caching, and what has to do with time (RFC 9111 §5, RFC 9110 §6.6.1, §10.2.3, RFC 6797).

use super::{Lines, TypedField};
use crate::field::grammar::{Cursor, FieldError, HttpDate, Text, Token, write_list};

date!(
    /// Date (RFC 9110 §6.6.1).
    Date, "Date"
);

/// delta-seconds (RFC 9111 §1.2.2): a number too large counts as 2^31.
fn delta_seconds(cursor: &mut Cursor<'_>) -> Result<u32, FieldError> {
    let wrong = cursor.expected("a number of seconds");
    let digits = cursor.take_while(|octet| octet.is_ascii_digit());
    if digits.is_empty() {
        return Err(wrong);
    }
    let number = digits.iter().try_fold(0_u32, |number, digit| {
        number.checked_mul(10)?.checked_add(u32::from(digit - b'0')).filter(|number| *number < 1 << 31)
    });
    Ok(number.unwrap_or(1 << 31))
}

fn write_number(number: &u32, out: &mut Vec<u8>) {
    out.extend_from_slice(number.to_string().as_bytes());
}

single!(
    /// Age (RFC 9111 §5.1) in seconds; 2^31 stands for all that is larger, and is the most there should be.
    Age, "Age", u32, delta_seconds, write_number
);

/// Expires (RFC 9111 §5.3). What is no date lies in the past, `0` above all; that is no error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expires {
    /// At that time.
    At(HttpDate),
    /// It has expired. Written as `0`.
    Past,
}

impl TypedField for Expires {
    const NAME: &'static str = "Expires";
    const LINES: Lines = Lines::One;

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, FieldError> {
        let date = HttpDate::read(cursor).map_or(Expires::Past, Expires::At);
        cursor.take_while(|_| true);
        Ok(date)
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Expires::At(date) => date.write(out),
            Expires::Past => out.push(b'0'),
        }
    }
}

/// A directive and its argument, if it has one. Token and quoted-string mean the same (RFC 9111 §5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// Its name, compared without case.
    pub name: Token,
    /// Its argument, without quotes.
    pub argument: Option<Text>,
}

impl Directive {
    fn read(cursor: &mut Cursor<'_>) -> Result<Directive, FieldError> {
        let name = cursor.token()?;
        let argument = if cursor.take(b'=') { Some(cursor.word()?) } else { None };
        Ok(Directive { name, argument })
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.name.write(out);
        if let Some(argument) = &self.argument {
            out.push(b'=');
            argument.write_word(out);
        }
    }
}

macro_rules! directives {
    ($(#[$doc:meta])* $type:ident, $name:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $type(pub Vec<Directive>);

        impl $type {
            /// The first directive of that name.
            pub fn first(&self, name: &str) -> Option<&Directive> {
                self.0.iter().find(|directive| directive.name.is(name))
            }
        }

        impl TypedField for $type {
            const NAME: &'static str = $name;
            const LINES: Lines = Lines::Combined;

            fn read(cursor: &mut Cursor<'_>) -> Result<Self, FieldError> {
                cursor.list(Directive::read).map($type)
            }

            fn write(&self, out: &mut Vec<u8>) {
                write_list(&self.0, out, Directive::write);
            }
        }
    };
}

directives!(
    /// Cache-Control (RFC 9111 §5.2): directives as they stand.
    CacheControl, "Cache-Control"
);
directives!(
    /// Pragma (RFC 9111 §5.4).
    Pragma, "Pragma"
);

impl CacheControl {
    /// The seconds of a directive such as `max-age`; `None` where it is missing or its argument is no number.
    ///
    /// ```
    /// use wiregauge_proto::field::typed::{CacheControl, TypedField};
    /// let control = CacheControl::parse(&mut [b"no-cache=\"set-cookie\", max-age=60".as_slice()].into_iter()).expect("right");
    /// assert_eq!(control.seconds("Max-Age"), Some(60));
    /// ```
    pub fn seconds(&self, name: &str) -> Option<u32> {
        let argument = self.first(name)?.argument.as_ref()?;
        let mut cursor = Cursor::new(Self::NAME, argument.as_octets());
        let seconds = delta_seconds(&mut cursor).ok()?;
        cursor.end().ok().map(|()| seconds)
    }
}

/// Retry-After (RFC 9110 §10.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// After that many seconds (2^31 stands for more).
    Seconds(u32),
    /// At that time.
    At(HttpDate),
}

impl TypedField for RetryAfter {
    const NAME: &'static str = "Retry-After";
    const LINES: Lines = Lines::One;

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, FieldError> {
        if cursor.peek().is_some_and(|octet| octet.is_ascii_digit()) {
            delta_seconds(cursor).map(RetryAfter::Seconds)
        } else {
            HttpDate::read(cursor).map(RetryAfter::At)
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            RetryAfter::Seconds(seconds) => write_number(seconds, out),
            RetryAfter::At(date) => date.write(out),
        }
    }
}

/// Which hosts a Strict-Transport-Security field speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subdomains {
    /// This host only.
    Excluded,
    /// This host and those below it (`includeSubDomains`).
    Included,
}

/// Strict-Transport-Security (RFC 6797 §6.1). Directives it does not know are passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StrictTransportSecurity {
    /// For how many seconds (2^31 stands for more).
    pub max_age: u32,
    /// For which hosts.
    pub subdomains: Subdomains,
}

impl TypedField for StrictTransportSecurity {
    const NAME: &'static str = "Strict-Transport-Security";
    const LINES: Lines = Lines::One;

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, FieldError> {
        let mut max_age = None;
        let mut subdomains = Subdomains::Excluded;
        loop {
            let wrong = cursor.expected("each directive once, max-age with a number");
            if cursor.peek().is_some_and(|octet| octet != b';') {
                let directive = Directive::read(cursor)?;
                if directive.name.is("max-age") {
                    let value = directive.argument.ok_or(wrong)?;
                    let mut number = Cursor::new(Self::NAME, value.as_octets());
                    let seconds = delta_seconds(&mut number).map_err(|_| wrong)?;
                    if number.end().is_err() || max_age.replace(seconds).is_some() {
                        return Err(wrong);
                    }
                } else if directive.name.is("includeSubDomains") {
                    subdomains = Subdomains::Included;
                }
            }
            if !cursor.semicolon() {
                break;
            }
        }
        let max_age = max_age.ok_or_else(|| cursor.expected("a directive max-age"))?;
        Ok(StrictTransportSecurity { max_age, subdomains })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"max-age=");
        write_number(&self.max_age, out);
        if self.subdomains == Subdomains::Included {
            out.extend_from_slice(b"; includeSubDomains");
        }
    }
}
