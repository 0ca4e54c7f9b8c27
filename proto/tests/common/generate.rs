//! Messages by chance: right ones by the grammar, then a few octets changed, taken away, doubled or put in.

use wiregauge_proto::message::Kind;

/// xorshift64*: the same numbers in every run.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Chance {
        Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 33) as usize % bound
    }

    pub(crate) fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    pub(crate) fn pick<'p, T: ?Sized>(&mut self, from: &[&'p T]) -> &'p T {
        from[self.below(from.len())]
    }
}

const NAMES: &[&str] = &["Accept", "X", "x-y_z!", "Cookie", "Content-Type", "User-Agent", "Hosts", "Content-Lengths"];
const VALUES: &[&str] = &["a", "", "a b", "a\tb", "*/*", "a=\"b,c\"", "text/html; q=0.5, */*", "\u{e9}\u{80}", "::::"];
const BLANKS: &[&str] = &["", " ", " ", " ", "\t", "  ", " \t "];
const TARGETS: &[&str] =
    &["/", "/", "/a/b;c?d=e&f", "/%41%2f", "http://a/b", "HTTPS://[::1]:8080?x", "/a:b@c!$&'()*+,;=~", "http://a:/"];
const HOSTS: &[&str] = &["a", "a:80", "a.b.c:", "[::1]", "[v1.a:b]:1", "", "1.2.3.4", "%41b", "a,b"];

/// A right message; `answered` is the method that it answers, if it is a response.
pub(crate) fn message(chance: &mut Chance, kind: Kind) -> Vec<u8> {
    let mut out = Vec::new();
    let mut old = false;
    let mut bodiless = false;
    match kind {
        Kind::Requests => {
            if chance.one_in(8) {
                put(&mut out, "\r\n");
            }
            let method = chance.pick(&["GET", "POST", "M-SEARCH", "get", "OPTIONS", "CONNECT"]);
            let target = match method {
                "CONNECT" => chance.pick(&["a:80", "[::1]:443", "a%20b:0"]),
                "OPTIONS" => chance.pick(&["*", "/", "http://a"]),
                _ => chance.pick(TARGETS),
            };
            old = chance.one_in(6);
            put(&mut out, &format!("{method} {target} HTTP/1.{}\r\n", if old { 0 } else { 1 + 8 * chance.below(2) }));
            if !old || chance.one_in(2) {
                field(chance, &mut out, &["Host", "host", "HOST"], HOSTS);
            }
        }
        Kind::Responses => {
            old = chance.one_in(6) || old;
            let status = chance.pick(&["200", "404", "599", "100", "204", "304", "206"]);
            bodiless = matches!(status, "100" | "204" | "304");
            let reason = chance.pick(&["OK", "", "Not Found", "\u{e9}\t"]);
            put(&mut out, &format!("HTTP/1.{} {status} {reason}\r\n", u8::from(!old)));
        }
    }
    for _ in 0..chance.below(4) {
        field(chance, &mut out, NAMES, VALUES);
    }
    if chance.one_in(3) {
        field(chance, &mut out, &["Connection"], &["close", "Keep-Alive", "a,, b ,", "upgrade"]);
    }
    if bodiless {
        put(&mut out, "\r\n");
        return out;
    }
    match chance.below(4) {
        0 if kind == Kind::Requests => put(&mut out, "\r\n"),
        0 => put(&mut out, "\r\nuntil the end"),
        1 => {
            let length = chance.below(12);
            field(
                chance,
                &mut out,
                &["Content-Length", "content-length"],
                &[&format!("{length}"), &format!("00{length}")],
            );
            put(&mut out, "\r\n");
            out.extend((0..length).map(|_| chance.next() as u8));
        }
        _ if old => put(&mut out, "Content-Length: 0\r\n\r\n"),
        _ => {
            let codings: &[&str] = match kind {
                Kind::Requests => &["chunked", "Chunked", ",chunked ,"],
                Kind::Responses => &["chunked", "gzip , chunked", "a;b=c ; d=\"e,f\",CHUNKED"],
            };
            field(chance, &mut out, &["Transfer-Encoding"], codings);
            put(&mut out, "\r\n");
            chunked(chance, &mut out);
        }
    }
    out
}

/// A right chunked body.
pub(crate) fn chunked(chance: &mut Chance, out: &mut Vec<u8>) {
    for _ in 0..chance.below(3) {
        let size = 1 + chance.below(20);
        let zeros = "0".repeat(chance.below(3));
        put(out, &if chance.one_in(2) { format!("{zeros}{size:x}") } else { format!("{zeros}{size:X}") });
        extensions(chance, out);
        out.extend((0..size).map(|_| chance.next() as u8));
        put(out, "\r\n");
    }
    put(out, &"0".repeat(1 + chance.below(2)));
    extensions(chance, out);
    for _ in 0..chance.below(2) {
        field(chance, out, NAMES, VALUES);
    }
    put(out, "\r\n");
}

fn extensions(chance: &mut Chance, out: &mut Vec<u8>) {
    for _ in 0..chance.below(2) * chance.below(3) {
        let blank = chance.pick(BLANKS);
        put(out, blank);
        put(out, chance.pick(&[";a", "; a", ";\ta-b"]));
        put(out, chance.pick(&["", "=b", " = b", "=\"\"", "=\"b;c\"", "=\"\\\"=\""]));
    }
    put(out, "\r\n");
}

fn field(chance: &mut Chance, out: &mut Vec<u8>, names: &[&str], values: &[&str]) {
    put(out, chance.pick(names));
    put(out, ":");
    put(out, chance.pick(BLANKS));
    put(out, chance.pick(values));
    put(out, chance.pick(BLANKS));
    put(out, "\r\n");
}

/// Every char of `text` as one octet.
fn put(out: &mut Vec<u8>, text: &str) {
    out.extend(text.chars().map(|c| u8::try_from(u32::from(c)).expect("an octet")));
}

/// Changes a few octets, mostly in ways that somebody will take for harmless.
pub(crate) fn mutate(chance: &mut Chance, octets: &mut Vec<u8>) {
    const INSERTED: &[&[u8]] = &[
        b"\r",
        b"\n",
        b"\r\n",
        b"\0",
        b" ",
        b"\t",
        b":",
        b";",
        b",",
        b"=",
        b"\"",
        b"\\",
        b"%",
        b"/",
        b"@",
        b"[",
        b"]",
        b"#",
        b"\x0b",
        b"\x7f",
        b"\x80",
        b"0",
        b"1",
        b"a",
        b"x",
        b"-",
        b"+",
        b"0x",
        b"Host: a\r\n",
        b"Content-Length: 0\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"\r\n ",
        b"HTTP/1.1",
    ];
    for _ in 0..1 + chance.below(2) {
        let at = chance.below(octets.len() + 1);
        match chance.below(6) {
            0 | 1 => drop(octets.splice(at..at, chance.pick(INSERTED).iter().copied())),
            2 if at < octets.len() => octets[at] = chance.next() as u8,
            3 if at < octets.len() => octets[at] = chance.pick(INSERTED)[0],
            4 if at < octets.len() => drop(octets.remove(at)),
            5 if at < octets.len() => {
                let end = (at + 1 + chance.below(8)).min(octets.len());
                let doubled = octets[at..end].to_vec();
                drop(octets.splice(at..at, doubled));
            }
            _ => octets.truncate(at),
        }
    }
}
