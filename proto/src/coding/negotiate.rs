//! Which coding a client takes (RFC 9110 §12.5.3), and which content is worth one.

use super::Coding;
use crate::field::typed::AcceptEncoding;

/// What to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// In this coding.
    Coded(Coding),
    /// As it is.
    Identity,
    /// The client takes none of the codings, nor the content as it is. To send it as it is all the same is allowed, 406 is too.
    Nothing,
}

/// The best of `offered` (the server's favourite first) for a client that sent this field, if it sent one. Among codings that are
/// liked alike the first is taken, and a coding before none; without the field nothing is coded, for what does not ask may not
/// understand.
pub fn negotiate(accepted: Option<&AcceptEncoding>, offered: &[Coding]) -> Choice {
    let Some(AcceptEncoding(accepted)) = accepted else { return Choice::Identity };
    let named = |is: &dyn Fn(&str) -> bool| {
        accepted.iter().find(|member| is(member.value.as_str())).map(|member| member.weight.thousandths())
    };
    let any = named(&|name| name == "*");
    let weight = |coding: Coding| named(&|name| Coding::of(name.as_bytes()) == Some(coding)).or(any).unwrap_or(0);
    // No coding is acceptable unless it is excluded, itself or by `*`; unless it is named, it is the last choice.
    let plain = named(&|name| name.eq_ignore_ascii_case("identity"));
    let best = offered.iter().map(|coding| (weight(*coding), *coding)).filter(|(weight, _)| *weight > 0);
    let best = best.reduce(|best, next| if next.0 > best.0 { next } else { best });
    match (best, plain) {
        (Some((weight, _)), Some(plain)) if plain > weight => Choice::Identity,
        (Some((_, coding)), _) => Choice::Coded(coding),
        (None, Some(0)) => Choice::Nothing,
        (None, None) if any == Some(0) => Choice::Nothing,
        (None, _) => Choice::Identity,
    }
}

/// Whether content of that media type (the value of a Content-Type field) gets shorter: text, and what is written like
/// text. What nobody knows does not.
///
/// ```
/// use wiregauge_proto::coding::gains;
/// assert!(gains(b"text/html; charset=utf-8") && gains(b"image/svg+xml") && !gains(b"image/png"));
/// ```
pub fn gains(content_type: &[u8]) -> bool {
    let essence = content_type.split(|octet| *octet == b';').next().unwrap_or_default();
    let essence = essence.trim_ascii().to_ascii_lowercase();
    let Ok(essence) = std::str::from_utf8(&essence) else { return false };
    // A stream of events is made of pieces that must not wait for one another.
    essence != "text/event-stream"
        && (essence.starts_with("text/")
            || SUFFIXES.iter().any(|suffix| essence.ends_with(suffix))
            || TYPES.contains(&essence))
}

const SUFFIXES: [&str; 3] = ["+json", "+xml", "+text"];
const TYPES: [&str; 13] = [
    "application/json",
    "application/javascript",
    "application/xml",
    "application/x-javascript",
    "application/x-ndjson",
    "application/wasm",
    "application/toml",
    "application/yaml",
    "application/sql",
    "application/graphql",
    "application/x-www-form-urlencoded",
    "font/ttf",
    "image/bmp",
];
