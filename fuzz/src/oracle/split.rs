//! Where octets are cut never matters.

use wiregauge_proto::message::{Event, Fault, Kind, Reader};
use wiregauge_proto::{Findings, Limits, Strict, Witness};

use super::shown;

/// What a stream said, so that two readings can be compared: neighbouring content joined, spans in the stream.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    events: Vec<String>,
    fault: Option<Fault>,
}

/// Whole, at single cuts, and octet by octet a stream says the same, for both kinds and two witnesses.
pub fn split(octets: &[u8]) {
    for kind in [Kind::Requests, Kind::Responses] {
        for ended in [false, true] {
            let whole = read(kind, octets, &[], ended, Strict);
            let every: Vec<usize> = (1..octets.len()).collect();
            assert_eq!(whole, read(kind, octets, &every, ended, Strict), "octet by octet: {}", shown(octets));
            // A few cuts that depend on the octets alone, so that a found input stays found.
            let mut state = octets.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, octet| {
                (hash ^ u64::from(*octet)).wrapping_mul(0x0100_0000_01b3)
            });
            for _ in 0..4 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                if octets.len() < 2 {
                    break;
                }
                let cut = 1 + (state >> 33) as usize % (octets.len() - 1);
                assert_eq!(whole, read(kind, octets, &[cut], ended, Strict), "cut at {cut}: {}", shown(octets));
            }
            let found = read(kind, octets, &[], ended, Findings::default());
            let pieces = read(kind, octets, &every, ended, Findings::default());
            assert_eq!(found, pieces, "findings octet by octet: {}", shown(octets));
        }
    }
}

fn read<W: Witness>(kind: Kind, octets: &[u8], cuts: &[usize], ended: bool, witness: W) -> Told {
    let mut reader = Reader::new(kind, Limits::DEFAULT, witness);
    let mut told = Told::default();
    let mut content: Vec<u8> = Vec::new();
    let mut at = 0;
    let ends = cuts.iter().copied().chain([octets.len()]);
    for end in ends {
        let last = end == octets.len();
        loop {
            let (consumed, event) = match reader.read(&octets[at..end], ended && last) {
                Ok(read) => read,
                Err(fault) => {
                    flush(&mut told, &mut content);
                    told.fault = Some(fault);
                    return told;
                }
            };
            let base = &octets[at..];
            let before = at;
            at += consumed;
            match event {
                Event::Need => break,
                Event::Content(range) => {
                    content.extend_from_slice(&base[range]);
                    continue;
                }
                Event::Switched | Event::End => {
                    flush(&mut told, &mut content);
                    told.events.push(format!("{event:?} at {at}"));
                    if last {
                        return told;
                    }
                    told.events.pop();
                    break;
                }
                Event::Complete { trailers } => {
                    flush(&mut told, &mut content);
                    let trailers: Vec<_> = trailers.iter().map(|t| (t.name.of(base), t.value.of(base))).collect();
                    told.events.push(format!("complete at {at}: {trailers:?}"));
                }
                head => {
                    flush(&mut told, &mut content);
                    told.events.push(format!("{before}: {head:?}"));
                }
            }
        }
    }
    flush(&mut told, &mut content);
    told
}

fn flush(told: &mut Told, content: &mut Vec<u8>) {
    if !content.is_empty() {
        told.events.push(format!("content {}", shown(content)));
        content.clear();
    }
}
