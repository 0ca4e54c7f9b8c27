//! What must hold for every octet string. An oracle panics, with the octets, where something does not.
//!
//! | oracle | what holds |
//! | --- | --- |
//! | [`request_head`], [`response_head`] | no panic, spans inside, limits kept, the clean parts are clean |
//! | [`chunked`] | no panic, content is what a naive decoder finds, limits kept |
//! | [`split`] | whole = any cuts = octet by octet: same events, same error, same place |
//! | [`roundtrip`] | what is written reads back as itself; what would not is refused |
//! | [`findings_agree`] | strict accepts exactly what has no finding of syntax or framing |
//! | [`diff_httparse`] | agreement with httparse, but for listed differences |

mod chunked;
mod findings;
mod head;
mod httparse;
mod roundtrip;
mod split;

pub use chunked::chunked;
pub use findings::findings_agree;
pub use head::{request_head, response_head};
pub use httparse::{KNOWN_DIFFERENCES, diff_httparse};
pub use roundtrip::roundtrip;
pub use split::split;

/// A name, and what must hold for every octet string.
pub type Oracle = (&'static str, fn(&[u8]));

/// Every oracle by the name of its target.
pub const ALL: &[Oracle] = &[
    ("request_head", request_head),
    ("response_head", response_head),
    ("chunked", chunked),
    ("split", split),
    //RT     ("roundtrip", roundtrip),
    ("findings_agree", findings_agree),
    ("diff_httparse", diff_httparse),
];

/// Runs one oracle over the files named on the command line: what a target does when no fuzzer drives it.
pub fn replay_files(oracle: fn(&[u8])) {
    for path in std::env::args_os().skip(1) {
        match std::fs::read(&path) {
            Ok(octets) => oracle(&octets),
            Err(error) => {
                eprintln!("{}: {error}", path.to_string_lossy());
                std::process::exit(2);
            }
        }
    }
}

/// Octets as one can read them in a panic.
fn shown(octets: &[u8]) -> String {
    octets.escape_ascii().to_string()
}
