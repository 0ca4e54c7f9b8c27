//! Field lines in order, and a `HeaderMap`.

use std::collections::HashMap;

use http::header::{HeaderMap, HeaderName, HeaderValue};

use super::ConvertError;
use crate::field;
use crate::head::write;
use crate::head::{FieldLine, write::PartError};
use crate::message::OwnedField;
use crate::rule::Rule;

pub(super) fn owned(lines: &[FieldLine], octets: &[u8]) -> Vec<OwnedField> {
    lines.iter().map(|l| (l.name.of(octets).to_vec(), field::unfolded(l.value.of(octets)).into_owned())).collect()
}

/// The fields in a map, each of them one that can be on the wire.
pub(super) fn in_map(fields: &[OwnedField]) -> Result<HeaderMap, ConvertError> {
    let mut map = HeaderMap::new();
    for (name, value) in fields {
        check(name, value)?;
        let key = HeaderName::from_bytes(name).map_err(|_| ConvertError::FieldName(name.clone()))?;
        let value =
            HeaderValue::from_bytes(value).map_err(|_| ConvertError::FieldValue { name: name.clone(), why: None })?;
        map.try_append(key, value).map_err(|_| ConvertError::TooManyFields)?;
    }
    Ok(map)
}

/// The fields of the map as lines, in the order and with the names of those that went `along`, as far as they are still there.
pub(super) fn on_the_wire(map: &HeaderMap, along: &[OwnedField]) -> Result<Vec<OwnedField>, ConvertError> {
    // How many lines of each name went along; the last of them takes along what is left of the values.
    let mut left: HashMap<HeaderName, usize> = HashMap::new();
    let names: Vec<_> = along.iter().map(|(name, _)| HeaderName::from_bytes(name).ok()).collect();
    for name in names.iter().flatten() {
        *left.entry(name.clone()).or_default() += 1;
    }
    let mut values: HashMap<HeaderName, http::header::ValueIter<'_, HeaderValue>> = HashMap::new();
    let mut lines = Vec::with_capacity(map.len());
    for ((name, _), key) in along.iter().zip(&names) {
        let (Some(key), Some(left)) = (key, key.as_ref().and_then(|key| left.get_mut(key))) else { continue };
        *left -= 1;
        let of_it = values.entry(key.clone()).or_insert_with(|| map.get_all(key).iter());
        let count = if *left == 0 { usize::MAX } else { 1 };
        lines.extend(of_it.take(count).map(|value| (name.clone(), value.as_bytes().to_vec())));
    }
    let new = map.iter().filter(|(name, _)| !left.contains_key(*name));
    lines.extend(new.map(|(name, value)| (name.as_str().as_bytes().to_vec(), value.as_bytes().to_vec())));
    lines.iter().try_for_each(|(name, value)| check(name, value))?;
    Ok(lines)
}

/// Whether a strict reader reads the line back as it is.
pub(super) fn check(name: &[u8], value: &[u8]) -> Result<(), ConvertError> {
    match write::field_line(&mut Vec::new(), 0, name, value) {
        Ok(_) => Ok(()),
        Err(PartError::Rule(Rule::FieldNameEmpty | Rule::FieldNameOctet)) => {
            Err(ConvertError::FieldName(name.to_vec()))
        }
        Err(why) => Err(ConvertError::FieldValue { name: name.to_vec(), why: Some(why.into()) }),
    }
}
