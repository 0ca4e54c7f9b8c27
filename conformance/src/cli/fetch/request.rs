//! What to ask, and by which agent.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Arc;

use wiregauge_proto::Limits;
use wiregauge_proto::coding::{Guards, Settings};
use wiregauge_proto::connection::Waits;
use wiregauge_proto::driver::{self, Content};
use wiregauge_proto::head::Version;
use wiregauge_proto::user_agent::{Ask, Options, Watch};

use super::super::Failure;
use super::Args;
use super::values::{Data, Header, ProxyAt};
use super::watching::Watcher;

/// Everything that an exchange needs, checked.
pub(super) struct Plan {
    pub(super) options: Options,
    pub(super) ask: Ask,
    pub(super) limits: Bounds,
}

/// What the user has set, for the words of an error.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    /// `--limit`
    pub(super) content: Option<u64>,
    /// `--max-redirects`
    pub(super) redirects: u32,
    /// Whether there is a proxy.
    pub(super) proxy: bool,
    /// Why nobody is trusted, if nobody is.
    pub(super) distrust: Option<String>,
}

/// `content` is that of [`content`], opened before.
pub(super) fn plan(args: &Args, content: Content, watcher: &Arc<Watcher>) -> Result<Plan, Failure> {
    let (trusts, distrust) = match args.trust.trusts()? {
        Ok(trusts) => (Some(trusts), None),
        Err(why) => (None, Some(why)),
    };
    let redirects = if args.no_follow { 0 } else { args.max_redirects };
    let limits = Bounds { content: args.limit, redirects, proxy: args.proxy.is_some(), distrust };
    let watch = {
        let watcher = watcher.clone();
        Watch::new(move |connection, step| watcher.sees(connection, step))
    };
    let options = Options {
        http: driver::Options {
            limits: Limits { content: args.limit.unwrap_or(u64::MAX), ..Limits::DEFAULT },
            // A long content may take long, as long as it comes.
            waits: Waits { message: None, ..Waits::DEFAULT },
            codings: (!args.raw).then(|| Settings { encode: false, guards: guards(args.limit), ..Settings::default() }),
            ..driver::Options::default()
        },
        redirects,
        cookies: true,
        local_address: args.local_address,
        trusts,
        proxy: args.proxy.clone().map(|ProxyAt(proxy)| proxy),
        name: Some(concat!("wiregauge/", env!("CARGO_PKG_VERSION")).to_owned()),
        watch: Some(watch),
        ..Options::default()
    };
    let version = if args.http10 { Version::HTTP_10 } else { Version::HTTP_11 };
    if args.http10 && matches!(content, Content::Reader { size: None, .. }) {
        return Err(Failure::usage("--http1.0 has no chunked content: give --data a file, whose size is known"));
    }
    if args.http10 && args.expect_continue {
        return Err(Failure::usage("--http1.0 knows no --expect-continue"));
    }
    let ask = Ask {
        method: args.method().as_bytes().to_vec(),
        version,
        fields: args.header.iter().map(|Header(field)| field.clone()).collect(),
        content,
        expect_continue: args.expect_continue,
        ..Ask::get(args.url.clone())
    };
    Ok(Plan { options, ask, limits })
}

/// Decoded content may not be longer than the user allows either.
fn guards(limit: Option<u64>) -> Guards {
    let of_any = Guards::default();
    Guards { octets: limit.unwrap_or(u64::MAX), ..of_any }
}

/// What is sent. Opening a pipe waits for whoever writes to it.
pub(super) fn content(args: &Args) -> Result<Content, Failure> {
    let Some(data) = &args.data else { return Ok(Content::None) };
    match data {
        Data::Text(text) => Ok(Content::Octets(text.clone().into_bytes())),
        Data::StandardInput => Ok(Content::Reader { reader: Box::new(io::stdin()), size: None }),
        Data::File(path) => file(path).map_err(|error| Failure::file(path, error)),
    }
}

fn file(path: &Path) -> io::Result<Content> {
    if fs::metadata(path)?.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    // A pipe or a device has no size before its end.
    let size = metadata.is_file().then_some(metadata.len());
    Ok(Content::Reader { reader: Box::new(file), size })
}
