//! Glue: see `wiregauge_fuzz::oracle::request_head`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|octets: &[u8]| wiregauge_fuzz::oracle::request_head(octets));

/// Without a fuzzer: replays the files named on the command line.
#[cfg(not(fuzzing))]
fn main() {
    wiregauge_fuzz::oracle::replay_files(wiregauge_fuzz::oracle::request_head);
}
