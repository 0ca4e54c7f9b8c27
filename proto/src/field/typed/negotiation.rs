//! What a client prefers (RFC 9110 §12.5).

use super::{ContentType, Lines, TypedField};
use crate::field::grammar::{Cursor, FieldError, Parameters, Token, Weight, write_list};

/// A value and how much it is liked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighted {
    /// The value; `*` for any other.
    pub value: Token,
    /// How much it is liked.
    pub weight: Weight,
}

impl Weighted {
    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Weighted, FieldError> {
        Ok(Weighted { value: cursor.token()?, weight: cursor.weight()? })
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        self.value.write(out);
        self.weight.write(out);
    }
}

macro_rules! weighted {
    ($(#[$doc:meta])* $type:ident, $name:literal, $how:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $type(pub Vec<Weighted>);

        impl TypedField for $type {
            const NAME: &'static str = $name;
            const LINES: Lines = Lines::Combined;

            fn read(cursor: &mut Cursor<'_>) -> Result<Self, FieldError> {
                cursor.$how(Weighted::read).map($type)
            }

            fn write(&self, out: &mut Vec<u8>) {
                write_list(&self.0, out, Weighted::write);
            }
        }
    };
}

weighted!(
    /// Accept-Encoding (RFC 9110 §12.5.3). An empty one accepts `identity` only.
    AcceptEncoding, "Accept-Encoding", list
);
weighted!(
    /// Accept-Charset (RFC 9110 §12.5.2).
    AcceptCharset, "Accept-Charset", some
);
weighted!(
    /// Accept-Language (RFC 9110 §12.5.4). Language ranges are read as tokens.
    AcceptLanguage, "Accept-Language", some
);

/// A media-range with its parameters and weight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaRange {
    /// The type; `*` for any.
    pub kind: Token,
    /// The subtype; `*` for any, as it has to be behind a type `*`.
    pub subtype: Token,
    /// The parameters but for `q`, which is not written from here.
    pub parameters: Parameters,
    /// How much it is liked: the parameter `q`, wherever it stood.
    pub weight: Weight,
}

/// Accept (RFC 9110 §12.5.1). An empty one accepts nothing in particular.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accept(pub Vec<MediaRange>);

impl TypedField for Accept {
    const NAME: &'static str = "Accept";
    const LINES: Lines = Lines::Combined;

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, FieldError> {
        cursor.list(MediaRange::read).map(Accept)
    }

    fn write(&self, out: &mut Vec<u8>) {
        write_list(&self.0, out, MediaRange::write);
    }
}

impl Accept {
    /// How much content of that type is liked: the weight of the most specific range that fits; 0 where none does (RFC 9110
    /// §12.5.1). Nothing at all in the field takes anything.
    ///
    /// ```
    /// use wiregauge_proto::field::typed::{Accept, ContentType, TypedField};
    /// let accept = Accept::parse(&mut [b"text/*;q=0.3, text/html;level=1, */*;q=0.5".as_slice()].into_iter()).expect("a field");
    /// let weight = |kind: &str| {
    ///     let kind = ContentType::parse(&mut [kind.as_bytes()].into_iter()).expect("a type");
    ///     accept.weight_of(&kind).thousandths()
    /// };
    /// assert_eq!(["text/html;level=1", "text/plain", "image/png"].map(weight), [1000, 300, 500]);
    /// ```
    pub fn weight_of(&self, content_type: &ContentType) -> Weight {
        if self.0.is_empty() {
            return Weight::ONE;
        }
        let fitting = self.0.iter().filter_map(|range| range.fits(content_type).map(|rank| (rank, range.weight)));
        fitting
            .reduce(|best, next| if next.0 > best.0 { next } else { best })
            .map_or(Weight::ZERO, |(_, weight)| weight)
    }
}

impl MediaRange {
    /// How specific it is, if it fits.
    fn fits(&self, content_type: &ContentType) -> Option<usize> {
        let fits = |word: &Token, other: &Token| word.is("*") || word.is(other.as_str());
        if !fits(&self.kind, &content_type.kind) || !fits(&self.subtype, &content_type.subtype) {
            return None;
        }
        let mut parameters = 0;
        for (name, value) in self.parameters.iter() {
            let other = content_type.parameters.first(name.as_str())?;
            if !other.as_octets().eq_ignore_ascii_case(value.as_octets()) {
                return None;
            }
            parameters += 1;
        }
        Some(usize::from(!self.kind.is("*")) + usize::from(!self.subtype.is("*")) + parameters)
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<MediaRange, FieldError> {
        let kind = cursor.token()?;
        cursor.need(b'/', "\"/\" of a media-range")?;
        let wrong = cursor.expected("the subtype *");
        let subtype = cursor.token()?;
        if kind.is("*") && !subtype.is("*") {
            return Err(wrong);
        }
        let wrong = cursor.expected("parameters with one weight of 0 to 1");
        let parameters = cursor.parameters()?;
        let mut weights = parameters.iter().filter(|(name, _)| name.is("q"));
        let weight = match (weights.next(), weights.next()) {
            (None, _) => Weight::ONE,
            (Some((_, weight)), None) => Weight::from_octets(weight.as_octets()).ok_or(wrong)?,
            _ => return Err(wrong),
        };
        Ok(MediaRange { kind, subtype, parameters: parameters.without("q"), weight })
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.kind.write(out);
        out.push(b'/');
        self.subtype.write(out);
        self.parameters.without("q").write(out);
        self.weight.write(out);
    }
}
