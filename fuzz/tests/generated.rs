//! Every oracle over generated messages, so that oracles and generators are tested before any fuzzer runs.

use arbitrary::Unstructured;
use wiregauge_fuzz::generate;
use wiregauge_fuzz::oracle;

#[test]
fn every_oracle_holds_on_generated_messages() {
    let mut shares = [0usize; 2];
    for seed in 0..6000 {
        let choices = generate::seeded(seed, 600);
        let mut u = Unstructured::new(&choices);
        let made = match seed % 3 {
            0 => generate::requests(&mut u),
            1 => generate::responses(&mut u),
            _ => generate::chunked(&mut u),
        };
        let octets = made.expect("600 octets are enough choices for any message here");
        for (_, oracle) in oracle::ALL {
            oracle(&octets);
        }
        if seed % 3 == 0 {
            use wiregauge_proto::message::{Kind, Then, read_all_strict};
            let limits = wiregauge_proto::Limits::DEFAULT;
            let then = read_all_strict(Kind::Requests, &octets, false, &[], &limits).then;
            shares[usize::from(matches!(then, Then::Reject(_)))] += 1;
        }
    }
    let all: usize = shares.iter().sum();
    println!("requests accepted or unfinished {} %, rejected {} %", shares[0] * 100 / all, shares[1] * 100 / all);
    assert!(
        shares.iter().all(|share| share * 100 / all >= 20),
        "a generator that only makes one kind tests nothing: {shares:?}"
    );
}

#[test]
fn the_same_seed_makes_the_same_message() {
    let make = || {
        let choices = generate::seeded(7, 600);
        generate::requests(&mut Unstructured::new(&choices)).expect("enough choices")
    };
    assert_eq!(make(), make());
    let choices = generate::seeded(8, 100);
    let cuts = generate::cuts(&mut Unstructured::new(&choices), 50).expect("enough choices");
    assert!(cuts.windows(2).all(|pair| pair[0] < pair[1]) && cuts.iter().all(|cut| (1..50).contains(cut)));
}
