//! What was found once stays found, and every fixture is a seed: all of it goes through every oracle on stable.

use std::path::Path;

use wiregauge::corpus::load_embedded;
use wiregauge::corpus::model::{Bindings, Body, Verb, WireText};
use wiregauge_fuzz::oracle;

fn bindings() -> Bindings {
    Bindings {
        authority: "127.0.0.1:8080".into(),
        host: "127.0.0.1".into(),
        path: "/".into(),
        origin: "127.0.0.1:8081".into(),
        token: "token".into(),
        facts: Default::default(),
    }
}

/// Oracles are linear or quadratic on purpose ("octet by octet"); seeds longer than this say nothing new for their time.
const LONGEST: usize = 16 * 1024;

#[test]
fn every_fixture_is_a_seed_for_every_oracle() {
    let corpus = load_embedded().unwrap_or_else(|errors| panic!("{}", errors[0]));
    let bindings = bindings();
    let mut seeds = std::collections::BTreeSet::new();
    for case in &corpus.cases {
        let mut add = |text: &WireText| seeds.insert(text.bind(&bindings).octets);
        match &case.body {
            Body::Message(message) => {
                add(&message.wire);
                message.rest.as_ref().map(&mut add);
            }
            Body::Script(steps) => steps.iter().for_each(|step| {
                if let Verb::Send(text) = &step.verb {
                    add(text);
                }
            }),
        }
    }
    let (seeds, long): (Vec<_>, Vec<_>) = seeds.into_iter().partition(|octets| octets.len() <= LONGEST);
    println!("{} seeds, {} longer than {LONGEST} octets left out", seeds.len(), long.len());
    assert!(seeds.len() >= 100, "the corpus is the seed");
    for octets in &seeds {
        for (name, oracle) in oracle::ALL {
            if octets.len() <= 2048 || *name != "split" {
                oracle(octets);
            }
        }
        // A chunked body is looked at where it begins, too.
        if let Some(at) = octets.windows(4).position(|w| w == b"\r\n\r\n") {
            oracle::chunked(&octets[at + 4..]);
        }
    }
}

#[test]
fn every_regression_still_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions");
    for (name, oracle) in oracle::ALL {
        let Ok(files) = std::fs::read_dir(folder.join(name)) else { continue };
        for file in files {
            let path = file.expect("a readable folder").path();
            let octets = std::fs::read(&path).expect("a readable file");
            println!("{}", path.display());
            oracle(&octets);
        }
    }
}
