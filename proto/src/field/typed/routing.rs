//! The connection and the way of a message (RFC 9110 §7, RFC 9112 §6.1; X-Forwarded-* by custom).

use super::{Lines, Product, TypedField};
use crate::field::grammar::{Cursor, FieldError, Parameters, Text, Token, Weight, write_list};

token_list!(
    /// Connection (RFC 9110 §7.6.1): connection options.
    Connection, "Connection", list
);
token_list!(
    /// Trailer (RFC 9110 §6.6.2): names of fields.
    Trailer, "Trailer", list
);
token_list!(
    /// X-Forwarded-Proto: schemes, the client's first.
    XForwardedProto, "X-Forwarded-Proto", some
);

/// A field that is a list of a type with `read` and `write`.
macro_rules! list_of {
    ($(#[$doc:meta])* $type:ident, $name:literal, $member:ty, $how:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $type(pub Vec<$member>);

        impl TypedField for $type {
            const NAME: &'static str = $name;
            const LINES: Lines = Lines::Combined;

            fn read(cursor: &mut Cursor<'_>) -> Result<Self, FieldError> {
                cursor.$how(<$member>::read).map($type)
            }

            fn write(&self, out: &mut Vec<u8>) {
                write_list(&self.0, out, <$member>::write);
            }
        }
    };
}

list_of!(
    /// Upgrade (RFC 9110 §7.8): protocols in order of preference.
    Upgrade, "Upgrade", Product, some
);
list_of!(
    /// Transfer-Encoding (RFC 9112 §6.1) as a list. What frames a message is decided by [`crate::body`], not here.
    TransferEncoding, "Transfer-Encoding", TransferCoding, some
);
list_of!(
    /// TE (RFC 9110 §10.1.4).
    Te, "TE", AcceptedCoding, list
);
list_of!(
    /// Via (RFC 9110 §7.6.3): the first recipient first.
    Via, "Via", Hop, some
);
list_of!(
    /// X-Forwarded-Host: what stood in Host, the client's first.
    XForwardedHost, "X-Forwarded-Host", Host, some
);
list_of!(
    /// X-Forwarded-For: addresses or names, the client's first. None of them can be trusted.
    XForwardedFor, "X-Forwarded-For", Node, some
);
single!(
    /// Max-Forwards (RFC 9110 §7.6.2).
    MaxForwards, "Max-Forwards", u64, |cursor| cursor.number(),
    |number, out| out.extend_from_slice(number.to_string().as_bytes())
);

/// A transfer coding and its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferCoding {
    /// Its name, compared without case.
    pub name: Token,
    /// Its parameters.
    pub parameters: Parameters,
}

impl TransferCoding {
    fn read(cursor: &mut Cursor<'_>) -> Result<TransferCoding, FieldError> {
        Ok(TransferCoding { name: cursor.token()?, parameters: cursor.parameters()? })
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.name.write(out);
        self.parameters.write(out);
    }
}

/// A member of TE: `trailers`, or a transfer coding and how much it is liked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedCoding {
    /// The coding. A parameter `q` of it is not written.
    pub coding: TransferCoding,
    /// How much it is liked.
    pub weight: Weight,
}

impl AcceptedCoding {
    fn read(cursor: &mut Cursor<'_>) -> Result<AcceptedCoding, FieldError> {
        let wrong = cursor.expected("a coding with a weight of 0 to 1");
        let mut coding = TransferCoding::read(cursor)?;
        let weight = coding.parameters.first("q").map(|weight| Weight::from_octets(weight.as_octets()));
        let weight = weight.unwrap_or(Some(Weight::ONE)).ok_or(wrong)?;
        coding.parameters = coding.parameters.without("q");
        Ok(AcceptedCoding { coding, weight })
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.coding.name.write(out);
        self.coding.parameters.without("q").write(out);
        self.weight.write(out);
    }
}

/// Host (RFC 9110 §7.2): a host and perhaps a port, as they stand; may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host(Text);

impl Host {
    /// Such a value, unless the octets are none.
    pub fn new(value: &[u8]) -> Option<Host> {
        let right = !value.contains(&b',') && crate::field::host::is_right(value);
        Text::new(value).filter(|_| right).map(Host)
    }

    /// The whole value.
    pub fn as_octets(&self) -> &[u8] {
        self.0.as_octets()
    }

    /// The port, unless there is none or an empty one.
    pub fn port(&self) -> Option<u16> {
        let value = self.0.as_str()?;
        value.rsplit_once(':').and_then(|(_, port)| port.parse().ok())
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Host, FieldError> {
        let wrong = cursor.expected("a host and perhaps a port");
        Host::new(cursor.take_while(|octet| !matches!(octet, b',' | b' ' | b'\t'))).ok_or(wrong)
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
}

impl TypedField for Host {
    const NAME: &'static str = "Host";
    const LINES: Lines = Lines::One;

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, FieldError> {
        Host::read(cursor)
    }

    fn write(&self, out: &mut Vec<u8>) {
        Host::write(self, out);
    }
}

/// Who received or sent a message: a host with perhaps a port, an address, or a pseudonym. One octet or more, all visible,
/// none of `,` `(` `)` `"` `;`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node(Text);

impl Node {
    /// Such a name, unless the octets are none.
    pub fn new(octets: &[u8]) -> Option<Node> {
        let right = !octets.is_empty() && octets.iter().all(|octet| is_node(*octet));
        Text::new(octets).filter(|_| right).map(Node)
    }

    /// Whether it is that name, compared without case.
    pub fn is(&self, name: &str) -> bool {
        self.0.as_octets().eq_ignore_ascii_case(name.as_bytes())
    }

    /// The name.
    pub fn as_octets(&self) -> &[u8] {
        self.0.as_octets()
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Node, FieldError> {
        let wrong = cursor.expected("a host or a name");
        Node::new(cursor.take_while(is_node)).ok_or(wrong)
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
}

fn is_node(octet: u8) -> bool {
    octet.is_ascii_graphic() && !b",()\";".contains(&octet)
}

/// A member of Via: a recipient on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The name of the protocol; `None` means HTTP.
    pub protocol: Option<Token>,
    /// Its version.
    pub version: Token,
    /// Who received it.
    pub by: Node,
    /// What it says of itself.
    pub comment: Option<super::Comment>,
}

impl Hop {
    fn read(cursor: &mut Cursor<'_>) -> Result<Hop, FieldError> {
        let first = cursor.token()?;
        let (protocol, version) = if cursor.take(b'/') { (Some(first), cursor.token()?) } else { (None, first) };
        if cursor.peek().is_none_or(|octet| !crate::octet::is_blank(octet)) {
            return Err(cursor.expected("white space, and who received the message"));
        }
        cursor.blanks();
        let by = Node::read(cursor)?;
        cursor.blanks();
        let comment = if cursor.peek() == Some(b'(') { Some(super::Comment::read(cursor)?) } else { None };
        Ok(Hop { protocol, version, by, comment })
    }

    fn write(&self, out: &mut Vec<u8>) {
        if let Some(protocol) = &self.protocol {
            protocol.write(out);
            out.push(b'/');
        }
        self.version.write(out);
        out.push(b' ');
        self.by.write(out);
        if let Some(comment) = &self.comment {
            out.push(b' ');
            comment.write(out);
        }
    }
}
