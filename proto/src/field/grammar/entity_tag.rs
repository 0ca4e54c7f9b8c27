//! entity-tag (RFC 9110 §8.8.3).

use super::{Cursor, FieldError};

/// Whether equal entity-tags promise equal octets (RFC 9110 §8.8.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Validation {
    /// They do.
    Strong,
    /// They only promise that one will do for the other (`W/`).
    Weak,
}

/// entity-tag: an opaque tag, strong or weak.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EntityTag {
    validation: Validation,
    opaque: Vec<u8>,
}

impl EntityTag {
    /// An entity-tag of these octets (without the quotes), unless one is no etagc: a control, SP, DEL or `"`.
    ///
    /// ```
    /// use wiregauge_proto::field::grammar::{EntityTag, Validation};
    /// let weak = EntityTag::new(Validation::Weak, "v1").expect("a tag");
    /// let strong = EntityTag::new(Validation::Strong, "v1").expect("a tag");
    /// assert!(weak.weakly_equals(&strong) && !weak.strongly_equals(&strong));
    /// ```
    pub fn new(validation: Validation, opaque: impl Into<Vec<u8>>) -> Option<EntityTag> {
        let opaque = opaque.into();
        opaque.iter().all(|octet| is_etagc(*octet)).then_some(EntityTag { validation, opaque })
    }

    /// Strong or weak.
    pub fn validation(&self) -> Validation {
        self.validation
    }

    /// The opaque tag without its quotes.
    pub fn opaque(&self) -> &[u8] {
        &self.opaque
    }

    /// The strong comparison (RFC 9110 §8.8.3.2): both strong, and the same.
    pub fn strongly_equals(&self, other: &EntityTag) -> bool {
        self.validation == Validation::Strong && self == other
    }

    /// The weak comparison (RFC 9110 §8.8.3.2): the same opaque tag.
    pub fn weakly_equals(&self, other: &EntityTag) -> bool {
        self.opaque == other.opaque
    }

    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<EntityTag, FieldError> {
        let validation = if cursor.take(b'W') {
            cursor.need(b'/', "\"/\" of a weak entity-tag")?;
            Validation::Weak
        } else {
            Validation::Strong
        };
        cursor.need(b'"', "an entity-tag")?;
        let opaque = cursor.take_while(is_etagc).to_vec();
        cursor.need(b'"', "the closing quote of the entity-tag")?;
        Ok(EntityTag { validation, opaque })
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        if self.validation == Validation::Weak {
            out.extend_from_slice(b"W/");
        }
        out.push(b'"');
        out.extend_from_slice(&self.opaque);
        out.push(b'"');
    }
}

fn is_etagc(octet: u8) -> bool {
    octet > b' ' && octet != b'"' && octet != 0x7f
}
