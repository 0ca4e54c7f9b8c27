//! The resources that the reference server has beside its contract: a file that does not change, a redirection, and something that
//! wants credentials, as fixtures/README.md describes them.

use std::time::SystemTime;

use wiregauge_proto::driver::message::values;
use wiregauge_proto::driver::{Request, ResponseOptions};
use wiregauge_proto::field::grammar::{EntityTag, HttpDate, Validation};
use wiregauge_proto::representation::{Representation, Validators};

use crate::subject::Resources;

const FILE: &str = "/resources/file";
const REDIRECT: &str = "/resources/redirect";
const PROTECTED: &str = "/resources/protected";

/// `wiregauge:wiregauge`, the one pair that is let in.
const CREDENTIALS: &[u8] = b"Basic d2lyZWdhdWdlOndpcmVnYXVnZQ==";

/// Where they are.
pub fn resources() -> Resources {
    Resources {
        file: Some(FILE.to_owned()),
        redirect: Some(REDIRECT.to_owned()),
        protected: Some(PROTECTED.to_owned()),
    }
}

/// The answer of one of them; `None` where the contract answers.
pub(super) fn answer(request: &Request) -> Option<ResponseOptions> {
    let path = request.target.split(|octet| *octet == b'?').next().unwrap_or_default();
    let mut options = match std::str::from_utf8(path).ok()? {
        FILE => file().answer(request, SystemTime::now()),
        REDIRECT => ResponseOptions {
            status: 302,
            fields: vec![(b"Location".to_vec(), FILE.as_bytes().to_vec())],
            ..ResponseOptions::default()
        },
        PROTECTED => protected(request),
        _ => return None,
    };
    options.allowed_methods = Some(vec![b"GET".to_vec(), b"HEAD".to_vec()]);
    Some(options)
}

/// Four KiB of lines, the first and the last of which tell where they stand.
fn file() -> Representation {
    let lines: String =
        (0..128).map(|number| format!("{number:010} this line is as long as others\n")[..32].to_owned()).collect();
    Representation {
        content: lines.into_bytes().into(),
        content_type: Some(b"text/plain; charset=utf-8".to_vec()),
        validators: Validators {
            etag: EntityTag::new(Validation::Strong, "v1"),
            last_modified: HttpDate::from_seconds(1_700_000_000),
        },
        fields: vec![
            (b"Cache-Control".to_vec(), b"max-age=60".to_vec()),
            (b"Vary".to_vec(), b"Accept-Encoding".to_vec()),
        ],
    }
}

fn protected(request: &Request) -> ResponseOptions {
    let mut given = values(&request.fields, "authorization");
    match (given.next(), given.next()) {
        (Some(CREDENTIALS), None) => ResponseOptions {
            content: "You are let in.\n".into(),
            content_type: Some(b"text/plain".to_vec()),
            ..ResponseOptions::default()
        },
        _ => ResponseOptions {
            status: 401,
            fields: vec![(b"WWW-Authenticate".to_vec(), b"Basic realm=\"wiregauge\", charset=\"UTF-8\"".to_vec())],
            ..ResponseOptions::default()
        },
    }
}
