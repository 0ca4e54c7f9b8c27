//! What a client says that it takes.

use super::{Request, ResponseOptions};
use crate::field::typed::{self, Accept, ContentType, TypedField};

/// Whether the request takes content of that type. Without the field, or with one that cannot be read, it takes anything.
pub(super) fn accepts(request: &Request, content_type: Option<&[u8]>) -> bool {
    let Some(Ok(accept)) = typed::get::<Accept>(&request.fields) else { return true };
    let Some(Ok(content_type)) = content_type.map(|value| ContentType::parse(&mut [value].into_iter())) else {
        return true;
    };
    accept.weight_of(&content_type).thousandths() > 0
}

/// 406, and what there is (RFC 9110 §15.5.7).
pub(super) fn not_acceptable(content_type: Option<Vec<u8>>, close: bool) -> ResponseOptions {
    let words = [b"Available is: ", content_type.unwrap_or_default().as_slice(), b"\n"].concat();
    ResponseOptions {
        status: 406,
        content_type: Some(b"text/plain; charset=utf-8".to_vec()),
        content: words.into(),
        close,
        ..ResponseOptions::default()
    }
}
