//! Classes of octets (RFC 9110 §5.5, §5.6; RFC 3986 for the request-target). Tables, so that every reader asks the same question the same way.

const fn table(of: fn_table::Kind) -> [bool; 256] {
    let mut table = [false; 256];
    let mut octet = 0;
    while octet < 256 {
        table[octet] = fn_table::holds(of, octet as u8);
        octet += 1;
    }
    table
}

mod fn_table {
    #[derive(Clone, Copy)]
    pub(super) enum Kind {
        Token,
        Target,
        Path,
        Host,
    }

    pub(super) const fn holds(kind: Kind, octet: u8) -> bool {
        let unreserved = octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~');
        let sub_delim = matches!(octet, b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=');
        match kind {
            Kind::Token => {
                octet.is_ascii_alphanumeric()
                    || matches!(
                        octet,
                        b'!' | b'#'
                            | b'$'
                            | b'%'
                            | b'&'
                            | b'\''
                            | b'*'
                            | b'+'
                            | b'-'
                            | b'.'
                            | b'^'
                            | b'_'
                            | b'`'
                            | b'|'
                            | b'~'
                    )
            }
            Kind::Target => unreserved || sub_delim || matches!(octet, b'%' | b':' | b'@' | b'/' | b'?' | b'[' | b']'),
            Kind::Path => unreserved || sub_delim || matches!(octet, b':' | b'@' | b'/' | b'?'),
            Kind::Host => unreserved || sub_delim || octet == b'%',
        }
    }
}

static TOKEN: [bool; 256] = table(fn_table::Kind::Token);
static TARGET: [bool; 256] = table(fn_table::Kind::Target);
static PATH: [bool; 256] = table(fn_table::Kind::Path);
static HOST: [bool; 256] = table(fn_table::Kind::Host);

/// Those of the tables that the scan asks with vectors; neither class holds an octet from 0x80 on.
pub(crate) const TOKEN_ASCII: [bool; 128] = ascii(table(fn_table::Kind::Token));
pub(crate) const PATH_ASCII: [bool; 128] = ascii(table(fn_table::Kind::Path));

const fn ascii(table: [bool; 256]) -> [bool; 128] {
    let mut half = [false; 128];
    let mut octet = 0;
    while octet < 128 {
        half[octet] = table[octet];
        octet += 1;
    }
    half
}

/// tchar (RFC 9110 §5.6.2).
#[inline(always)]
pub fn is_token(octet: u8) -> bool {
    TOKEN[octet as usize]
}

/// An octet that may stand in a request-target: unreserved, sub-delims, gen-delims but `#`, and `%` (RFC 3986 §2).
#[inline(always)]
pub fn is_target(octet: u8) -> bool {
    TARGET[octet as usize]
}

/// An octet that may stand in a path or a query but for `%`: pchar, `/` and `?` (RFC 3986 §3.3, §3.4).
#[inline(always)]
pub fn is_path(octet: u8) -> bool {
    PATH[octet as usize]
}

/// An octet of a reg-name: unreserved, sub-delims and `%` (RFC 3986 §3.2.2).
#[inline(always)]
pub fn is_host(octet: u8) -> bool {
    HOST[octet as usize]
}

/// SP or HTAB, the octets of optional white space (RFC 9110 §5.6.3).
#[inline(always)]
pub fn is_blank(octet: u8) -> bool {
    octet == b' ' || octet == b'\t'
}

/// An octet that may stand in a field value or reason phrase: HTAB, SP, VCHAR, obs-text (RFC 9110 §5.5).
#[inline(always)]
pub fn is_value(octet: u8) -> bool {
    octet == b'\t' || (octet >= 0x20 && octet != 0x7f)
}
